"""One-time codes for roles: whoever sends one to the bot gets the role."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.network import audit
from models.network.members import Caller
from models.network.roles import NotAllowed, RoleGiven, give, held_by, may_grant
from models.network.stations import Station
from models.rules.network import codes, permissions
from models.rules.network.permissions import Act, Place, Role
from models.store import Moment, one_of

CODE_LASTS = timedelta(days=7)


class Invite(SQLModel, table=True):
    """A one-time code for a role, stored as a hash; the role given ends at ``role_until``.

    ``by_member_id`` is None for a code made at the command line.
    """

    id: int = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True)
    role: Role = Field(sa_type=one_of(Role))
    station_id: int = Field(foreign_key="station.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    by_member_id: int | None = None
    expires_at: Moment
    role_until: Moment | None = None
    used_at: Moment | None = None
    withdrawn_at: Moment | None = None


class BadRoleCode(StrEnum):
    """Why a code gives no role."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def invite(
    session: Session,
    role: Role,
    station: Station,
    now: Moment,
    *,
    team_id: int | None = None,
    by: int | None = None,
    role_until: Moment | None = None,
) -> str:
    """Return a new code for a role; the first member who sends it within a week gets it.

    ``by`` is None at the command line. Raises NotAllowed when ``by`` may not give the role there.
    """
    if by is not None and not may_grant(session, by, role, station, now, team_id=team_id):
        raise NotAllowed(role)
    code = codes.make(secrets.choice)
    session.add(
        Invite(
            code_hash=_hash(code),
            role=role,
            station_id=station.id,
            team_id=team_id,
            by_member_id=by,
            expires_at=now + CODE_LASTS,
            role_until=role_until,
        )
    )
    session.flush()
    if by is not None:
        audit.record(session, by, _inviting(role), f"role:{role}", now, station_id=station.id)
    return code


def _inviting(role: Role) -> Act:
    return Act.INVITE_ORGANIZER if role in permissions.ORGANIZERS else Act.INVITE_CORE_MEMBER


def claim(session: Session, caller: Caller, code: str, now: Moment) -> RoleGiven | BadRoleCode:
    """Give the caller the role of a code, once; whoever made it must still be allowed to."""
    invitation = session.exec(
        select(Invite).where(Invite.code_hash == _hash(code)).with_for_update()
    ).first()
    if invitation is None:
        return BadRoleCode.UNKNOWN
    if invitation.used_at is not None:
        return BadRoleCode.USED
    if now >= invitation.expires_at:
        return BadRoleCode.EXPIRED
    role, by, team_id = invitation.role, invitation.by_member_id, invitation.team_id
    station = session.get_one(Station, invitation.station_id)
    if invitation.withdrawn_at is not None or (
        by is not None and not may_grant(session, by, role, station, now, team_id=team_id)
    ):
        return BadRoleCode.WITHDRAWN
    invitation.used_at = now
    session.add(invitation)
    given = give(
        session, caller.id, role, station, now, team_id=team_id, until=invitation.role_until
    )
    subject = f"member:{caller.id}"
    audit.record(session, by, _inviting(role), subject, now, station_id=station.id, role=str(role))
    return given


def open_invites(session: Session, by: int, now: Moment) -> Sequence[tuple[Invite, Station]]:
    """Return the unused codes for roles that this member may give, the newest first."""
    rows = session.exec(
        select(Invite, Station)
        .join(Station, col(Station.id) == col(Invite.station_id))
        .where(
            col(Invite.used_at).is_(None),
            col(Invite.withdrawn_at).is_(None),
            col(Invite.expires_at) > now,
        )
        .order_by(col(Invite.id).desc())
    ).all()
    held = held_by(session, by, now)
    return [
        (each, station)
        for each, station in rows
        if permissions.may_grant(each.role, held, Place(station.path, each.team_id), now)
    ]


def withdraw_invite(session: Session, invite_id: int, by: int, now: Moment) -> bool:
    """Make a code give nothing any more; return False if it is used or has ended already.

    Raises NotAllowed when ``by`` may not give its role.
    """
    row = session.exec(select(Invite).where(Invite.id == invite_id).with_for_update()).first()
    if row is None:
        return False
    station = session.get_one(Station, row.station_id)
    if not may_grant(session, by, row.role, station, now, team_id=row.team_id):
        raise NotAllowed(row.role)
    if row.used_at is not None or row.withdrawn_at is not None or now >= row.expires_at:
        return False
    row.withdrawn_at = now
    session.add(row)
    session.flush()
    subject = f"role:{row.role}"
    audit.record(
        session, by, _inviting(row.role), subject, now, station_id=station.id, withdrawn=True
    )
    return True


def codes_of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the codes that a member made, as plain values; the codes themselves are not stored."""
    codes = session.exec(
        select(Invite, Station).join(Station).where(Invite.by_member_id == member_id)
    ).all()
    return [
        {
            "role": code.role,
            "station": station.name,
            "expires_at": code.expires_at,
            "used_at": code.used_at,
        }
        for code, station in codes
    ]


def forget_codes(session: Session, member_id: int) -> None:
    """Delete the unused codes of a member who is erased: nobody answers for them any more."""
    session.exec(
        delete(Invite).where(col(Invite.by_member_id) == member_id, col(Invite.used_at).is_(None))
    )


def _hash(code: str) -> str:
    return hashlib.sha256(codes.plain(code).encode()).hexdigest()
