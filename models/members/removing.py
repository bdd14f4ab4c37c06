"""Erase a person on their request, which they may take back for a day.

Somebody may ask an organizer, by telephone or at the counter, to be erased. Nothing undoes it, and
an organizer may err or mean harm: so the person is told at once, in their chats, and has a day to
say no. A row of a file, which nobody talks with, goes at once.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from models.members import privacy, seeing
from models.members.binding import is_unbound
from models.members.erasures import ErasureRequest, stay
from models.network import audit
from models.network.members import Member
from models.network.stations import Care
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.store import Moment, insert_once

DELAY = timedelta(days=1)
AT_ONCE = 20


class WhyErased(StrEnum):
    """Why an organizer has somebody erased; words would name them in the audit for good."""

    ASKED = "asked"
    LEFT = "left"
    WRONG_ROW = "wrong_row"
    DIED = "died"


class NotErased(StrEnum):
    ASKED_ALREADY = "asked already"


@dataclass(frozen=True, slots=True)
class ErasedAt:
    """When the person is erased; that is now where nobody talks with the row."""

    due_at: Moment


def ask(
    session: Session, member_id: int, why: WhyErased, by: int, care: Care, now: Moment
) -> ErasedAt | NotErased:
    """Have a member erased after a day, and tell them; a row of a file at once.

    Raises NotAllowed where ``by`` does not see them or is not above every role they hold.
    """
    member = session.get_one(Member, member_id, with_for_update=True, populate_existing=True)
    seeing.require_above(session, by, Act.ERASE_MEMBER, member, now)
    alone = select(Member.id).where(Member.id == member_id, is_unbound())
    is_row = session.exec(alone).first() is not None
    due_at = now if is_row else now + DELAY
    if not is_row and not insert_once(
        session,
        ErasureRequest,
        {
            "member_id": member_id,
            "by_member_id": by,
            "why": str(why),
            "at": now,
            "due_at": due_at,
        },
    ):
        return NotErased.ASKED_ALREADY
    desk = seeing.desk_of(session, member)
    audit.record(
        session, by, Act.ERASE_MEMBER, f"member:{member_id}", now, station_id=desk, why=str(why)
    )
    if is_row:
        # A row that was wrong may come again as it should be.
        is_wrong = why is WhyErased.WRONG_ROW
        privacy.erase_member(session, member_id, care, now, may_come_again=is_wrong)
        return ErasedAt(now)
    _tell(session, member_id, "erasure", now, due_at=due_at.isoformat())
    return ErasedAt(due_at)


def take_back(session: Session, member_id: int, by: int, now: Moment) -> bool:
    """Take it back as an organizer, and tell the person; False where nothing waits.

    Raises NotAllowed as ``ask`` does.
    """
    member = session.get_one(Member, member_id)
    seeing.require_above(session, by, Act.ERASE_MEMBER, member, now)
    if not stay(session, member_id):
        return False
    audit.record(
        session,
        by,
        Act.ERASE_MEMBER,
        f"member:{member_id}",
        now,
        station_id=seeing.desk_of(session, member),
        taken_back=True,
    )
    _tell(session, member_id, "erasure-taken-back", now)
    return True


def _tell(session: Session, member_id: int, topic: str, now: Moment, **facts: str) -> None:
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{member_id}:{now.timestamp():.6f}",
        topic=topic,
        facts=facts,
        due_at=now,
        expires_at=now + DELAY,
        now=now,
    )


def any_due(session: Session, now: Moment) -> bool:
    """Return whether ``erase_due`` has work."""
    query = select(ErasureRequest.member_id).where(col(ErasureRequest.due_at) <= now).limit(1)
    return session.exec(query).first() is not None


def erase_due(session: Session, now: Moment, care: Care) -> int:
    """Erase those whose day is over; return how many."""
    due = session.exec(
        select(ErasureRequest.member_id, ErasureRequest.why)
        .where(col(ErasureRequest.due_at) <= now)
        .order_by(col(ErasureRequest.due_at))
        .limit(AT_ONCE)
        .with_for_update()
    ).all()
    for member_id, why in due:
        is_wrong = why == WhyErased.WRONG_ROW
        privacy.erase_member(session, member_id, care, now, may_come_again=is_wrong)
    return len(due)
