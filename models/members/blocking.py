"""Block a person who harms others, and let them back in.

Who is blocked reads and erases their own data and asks for help; all else is refused to them in one
place, the conversation's ``Routes``, and nobody signs them up (``models.events.gates``). The reason
stands in the audit alone.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, null, update
from sqlmodel import Session, col

from models.events import signups
from models.events.signups import GaveUp
from models.members import seeing
from models.network import audit, helpers, roles
from models.network.members import FOR_GOOD, Address, Member, is_blocked
from models.network.stations import Care
from models.rules.network.permissions import Act
from models.rules.texts import one_line
from models.sending import deliveries
from models.store import Moment
from models.teams import leading
from models.teams.teams import Bid, BidState

LONGEST_REASON = 200


class NotBlocked(StrEnum):
    """Why nobody was blocked, or let in again."""

    NO_REASON = "no reason"
    ROLE_ELSEWHERE = "holds a role that the organizer cannot take"
    PAST = "until a moment that has passed"
    NOT_BLOCKED = "not blocked"


@dataclass(frozen=True, slots=True)
class Blocked:
    """Until when, and how many seats and places in queues were given up; None: for good."""

    until: Moment | None
    given_up: int


def block(
    session: Session,
    member_id: int,
    reason: str,
    by: int,
    care: Care,
    now: Moment,
    *,
    until: Moment | None = None,
) -> Blocked | NotBlocked:
    """Block a member until a moment, or for good, and tell them once.

    Their seats go to the queues, they leave their teams, and their roles end, as does what they
    help at. Raises NotAllowed where ``by`` does not see them or is not above every role they hold.
    """
    member = session.get_one(Member, member_id, with_for_update=True, populate_existing=True)
    seeing.require_above(session, by, Act.BLOCK_MEMBER, member, now)
    reason = one_line(reason)[:LONGEST_REASON]
    if not reason:
        return NotBlocked.NO_REASON
    if until is not None and until <= now:
        return NotBlocked.PAST
    held = roles.grants_of(session, member_id, now)
    for grant, place in held:
        if not roles.may_grant(session, by, grant.role, place, now, team_id=grant.team_id):
            return NotBlocked.ROLE_ELSEWHERE
    desk = seeing.desk_of(session, member)
    leading.leave_all(session, member_id, now)
    for grant, _place in roles.grants_of(session, member_id, now):
        roles.withdraw(session, grant.id, by, now)
    helpers.end_of(session, member_id, now)
    open_bids = (col(Bid.member_id) == member_id, col(Bid.state) == BidState.OPEN)
    session.execute(delete(Bid).where(*open_bids))
    given_up = _give_up_seats(session, member_id, care, now)
    # What a question would lead to is refused; so it is not asked any more.
    theirs = col(Address.member_id) == member_id
    session.execute(update(Address).where(theirs).values(dialog=null()))
    _set(session, member_id, until or FOR_GOOD)
    audit.record(
        session,
        by,
        Act.BLOCK_MEMBER,
        f"member:{member_id}",
        now,
        station_id=desk,
        reason=reason,
        until=until.isoformat() if until is not None else "",
    )
    _tell(session, member_id, "blocked", now)
    return Blocked(until, given_up)


def unblock(
    session: Session, member_id: int, reason: str, by: int, now: Moment
) -> NotBlocked | None:
    """Let a member in again before the time, and tell them; None when that is done.

    Raises NotAllowed as ``block`` does. What they gave up does not come back.
    """
    member = session.get_one(Member, member_id, with_for_update=True, populate_existing=True)
    seeing.require_above(session, by, Act.BLOCK_MEMBER, member, now)
    if not is_blocked(member, now):
        return NotBlocked.NOT_BLOCKED
    desk = seeing.desk_of(session, member)
    _set(session, member_id, None)
    audit.record(
        session,
        by,
        Act.BLOCK_MEMBER,
        f"member:{member_id}",
        now,
        station_id=desk,
        reason=one_line(reason)[:LONGEST_REASON],
        ended=True,
    )
    _tell(session, member_id, "unblocked", now)
    return None


def _give_up_seats(session: Session, member_id: int, care: Care, now: Moment) -> int:
    """Give up every claim that can be given up; what has begun stays as it is."""
    given_up = 0
    for _claim, event in signups.of_member(session, member_id, now):
        outcome = signups.give_up(session, event.id, member_id, care, now)
        given_up += isinstance(outcome, GaveUp)
    return given_up


def _set(session: Session, member_id: int, until: Moment | None) -> None:
    session.flush()
    which = col(Member.id) == member_id
    session.execute(update(Member).where(which).values(blocked_until=until))
    session.expire_all()


def _tell(session: Session, member_id: int, topic: str, now: Moment) -> None:
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{member_id}:{now.timestamp():.6f}",
        topic=topic,
        facts={},
        due_at=now,
        expires_at=now + deliveries.A_WEEK,
        now=now,
    )
