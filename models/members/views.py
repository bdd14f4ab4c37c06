"""Who opened a list with a member's name, as the audit has it."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, or_, select

from models.desk.threads import Thread
from models.events.events import Signup, SignupState
from models.network import aliases
from models.network.aliases import MemberAlias
from models.network.audit import CODES_TAKEN, Audit
from models.network.members import Member
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.store import Moment

SCANNED = 1000
"""How many of the newest views of a member's lists are looked at."""

VIEWS = (Act.SEE_LIST, Act.SEE_TEAM, Act.SEE_REACH)
LIST_TAKEN = "list taken"
"""What the audit of 0.2.0 says where a list was taken as a file."""


def of_member(session: Session, member_id: int) -> list[Audit]:
    """Return the views of lists while this member was on them, the newest first.

    Those are the lists of events by claims, of teams by present memberships, threads with a name,
    lists of whom an announcement did not reach, and of personal codes before their row of a file
    was bound; and what is known of them, where an organizer opened that. The member's own views
    are left out.
    """
    mine = aliases.all_of(session, member_id)
    claims = {
        f"event:{each.event_id}": each
        for each in session.exec(select(Signup).where(Signup.member_id == member_id))
    }
    joined = {
        f"team:{each.team_id}": each.joined_at
        for each in session.exec(select(Membership).where(Membership.member_id == member_id))
    }
    told = select(Thread.id).where(Thread.member_id == member_id, col(Thread.with_name))
    # The audit never changes: a thread that was opened as a wish stands there as such.
    own = {f"{kind}:{number}" for number in session.exec(told) for kind in ("thread", "wish")}
    missed = _missed(session, member_id)
    places = _loaded_at(session, member_id)
    bound = select(func.min(MemberAlias.at)).where(MemberAlias.member_id == member_id)
    bound_at = session.exec(bound).one() if places else None
    opened = {f"member:{number}" for number in mine}
    subjects = [*claims, *joined, *own, *missed, *places, *opened]
    rows = session.exec(
        select(Audit)
        .where(
            col(Audit.subject).in_(subjects),
            col(Audit.act).in_((*VIEWS, Act.SEE_PERSON, Act.RUN_EVENT, Act.BIND_MEMBER)),
            or_(col(Audit.member_id).is_(None), col(Audit.member_id).not_in(mine)),
        )
        .order_by(col(Audit.id).desc())
        .limit(SCANNED)
    ).all()
    return [
        row
        for row in rows
        if row.subject in own
        or (row.subject in opened and row.act == Act.SEE_PERSON)
        or (row.subject in places and _had_code(row, mine, bound_at))
        or (row.subject in missed and row.act == Act.SEE_REACH)
        or (row.subject in joined and row.act == Act.SEE_TEAM and joined[row.subject] <= row.at)
        or (row.subject in claims and _was_listed(row, claims[row.subject]))
    ]


def _loaded_at(session: Session, member_id: int) -> set[str]:
    """Return the stations, as subjects, on whose lists of personal codes a row of a file stands."""
    path = session.exec(
        select(Station.path)
        .join(Member, col(Member.station_id) == col(Station.id))
        .where(Member.id == member_id, col(Member.loaded_as) != "")
    ).first()
    return {f"station:{each}" for each in (path or "").split("/") if each}


def _had_code(view: Audit, mine: Sequence[int], bound_at: Moment | None) -> bool:
    """Whether a list of codes was taken after the row was loaded and before it was bound."""
    if view.act != Act.BIND_MEMBER or view.details.get("what") != CODES_TAKEN:
        return False
    upto: int = view.details.get("upto", 0)
    return min(mine) <= upto and (bound_at is None or view.at < bound_at)


def _was_listed(view: Audit, claim: Signup) -> bool:
    """Whether a claim was on the list of its event when it was opened."""
    if view.act == Act.RUN_EVENT:
        return view.details.get("what") == LIST_TAKEN and claim.at <= view.at
    if "signup" in view.details:
        return view.act == Act.SEE_LIST and view.details["signup"] == claim.id
    was_given_up = claim.state == SignupState.CANCELLED and claim.at <= view.at
    upto: int = view.details.get("upto", 0)
    return view.act == Act.SEE_LIST and claim.id <= upto and not was_given_up


def _missed(session: Session, member_id: int) -> set[str]:
    """Return the announcements, as subjects, of whose lists of people not reached one is part."""
    opened = session.exec(select(Audit.subject).where(Audit.act == Act.SEE_REACH).distinct())
    numbers: Sequence[int] = [int(subject.partition(":")[2]) for subject in opened]
    if not numbers:
        return set()
    found = session.exec(
        select(Delivery.announcement_id).where(
            col(Delivery.announcement_id).in_(numbers),
            Delivery.member_id == member_id,
            col(Delivery.state).not_in((DeliveryState.SENT, *OPEN_STATES)),
        )
    )
    return {f"announcement:{number}" for number in found}
