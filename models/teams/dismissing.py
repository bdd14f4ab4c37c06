"""Take a role from a member, and tell them."""

from sqlmodel import Session

from models.network import roles
from models.network.roles import Grant
from models.sending import deliveries
from models.store import Moment


def dismiss(session: Session, grant_id: int, by: int, now: Moment) -> Grant | None:
    """End a role and notify its member, unless it is their own doing; None if it had ended.

    Raises NotAllowed when ``by`` may not take it away.
    """
    grant = roles.withdraw(session, grant_id, by, now)
    if grant is not None and grant.member_id != by:
        deliveries.plan_for_member(
            session,
            grant.member_id,
            key=f"role-ended:{grant.id}:{int(now.timestamp())}",
            topic="role-ended",
            facts={
                "role": str(grant.role),
                "station_id": grant.station_id,
                "team_id": grant.team_id,
            },
            due_at=now,
            expires_at=now + deliveries.A_WEEK,
            now=now,
        )
    return grant
