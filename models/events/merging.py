"""Unite the claims of two members who are one person: of two on one event the better stays."""

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from models.events import offers, reminders
from models.events._claims import CAME, CLAIM, EVENT, HOLDING, SIGNUPS, count
from models.events.events import Signup, SignupState
from models.events.reminders import Reminder
from models.network.stations import Care
from models.store import Moment
from models.store.compiled import Row

BETTER = (
    SignupState.ATTENDED,
    SignupState.SEATED,
    SignupState.OFFERED,
    SignupState.NO_SHOW,
    SignupState.WAITING,
    SignupState.ENTERED,
    SignupState.CANCELLED,
)
"""The states of a claim, the best first; of two that wait, the earlier turn is better."""


def unite_claims(
    session: Session, stays: int, goes: int, care: Care, now: Moment
) -> frozenset[int]:
    """Give one member the claims of another; return the ids of the claims that were deleted.

    A seat held twice is freed and offered to the queue.
    """
    both = select(Signup.event_id).where(Signup.member_id == goes)
    events = session.exec(
        select(Signup.event_id)
        .where(Signup.member_id == stays, col(Signup.event_id).in_(both))
        .order_by(col(Signup.event_id))
    ).all()
    session.expunge_all()
    deleted = frozenset(_unite(session, each, stays, goes, care, now) for each in events)
    session.execute(update(SIGNUPS).where(SIGNUPS.c.member_id == goes).values(member_id=stays))
    session.execute(update(Reminder).where(col(Reminder.member_id) == goes).values(member_id=stays))
    return deleted


def _unite(session: Session, event_id: int, stays: int, goes: int, care: Care, now: Moment) -> int:
    EVENT.one(session, {"event_id": event_id})
    claims = [
        CLAIM.one(session, {"event_id": event_id, "member_id": each}) for each in (stays, goes)
    ]
    best, other = sorted(claims, key=_rank)
    reminders.forget(session, other.id)
    session.execute(delete(SIGNUPS).where(SIGNUPS.c.id == other.id))
    session.execute(update(SIGNUPS).where(SIGNUPS.c.id == best.id).values(member_id=stays))
    if other.state == SignupState.WAITING:
        count(session, event_id, waiting=-1)
    elif other.state in (*HOLDING, *CAME):
        count(session, event_id, held=-1)
        offers.fill(session, event_id, care, now)
    number: int = other.id
    return number


def _rank(claim: Row) -> tuple[int, int]:
    return BETTER.index(SignupState(claim.state)), claim.turn
