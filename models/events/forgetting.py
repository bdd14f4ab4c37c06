"""Forget what people answered at sign-up: with their claims, with them, or after its time."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, update
from sqlmodel import Session, col, select

from models.events.events import Event, EventState, Signup
from models.events.pictures import StoredPicture
from models.events.questions import Answer, MemberAnswer, of_event
from models.rules.events import undated
from models.store import Moment
from models.store.compiled import Row


def _delete(session: Session, *which: ColumnElement[bool]) -> None:
    """Delete answers, and the pictures that no other answer shows."""
    pictured = col(Answer.picture_id).is_not(None)
    pictures = session.exec(select(Answer.picture_id).where(pictured, *which)).all()
    session.execute(delete(Answer).where(*which))
    erase_pictures(session, pictures)


def erase_pictures(session: Session, picture_ids: Iterable[int | None]) -> None:
    numbers = [each for each in picture_ids if each is not None]
    if not numbers:
        return
    shown = exists().where(col(Answer.picture_id) == col(StoredPicture.id))
    session.execute(
        delete(StoredPicture).where(
            col(StoredPicture.id).in_(numbers), col(StoredPicture.is_private), ~shown
        )
    )


def delete_of_question(session: Session, question_id: int) -> None:
    """Delete the answers to a question."""
    _delete(session, col(Answer.question_id) == question_id)


def forget_kept(session: Session, member_id: int) -> None:
    """Delete what a member let us keep for the next event."""
    session.execute(delete(MemberAnswer).where(col(MemberAnswer.member_id) == member_id))


def drop(session: Session, signup_id: int) -> None:
    """Delete the answers of a claim that was given up, and of those who came along with it."""
    along = select(Signup.id).where(Signup.party_id == signup_id)
    _delete(session, or_(col(Answer.signup_id) == signup_id, col(Answer.signup_id).in_(along)))


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one claim the answers of another that it has not; the rest of them goes."""
    answered = select(Answer.question_id).where(Answer.signup_id == stays)
    theirs = col(Answer.signup_id) == goes
    numbers = session.exec(answered).all()
    _delete(session, theirs, col(Answer.question_id).in_(numbers))
    session.execute(update(Answer).where(theirs).values(signup_id=stays))


def unite_kept(session: Session, stays: int, goes: int) -> None:
    """Give one member what another let us keep; of two under one key the member's own stays."""
    own = session.exec(select(MemberAnswer.key).where(MemberAnswer.member_id == stays)).all()
    theirs = col(MemberAnswer.member_id) == goes
    session.execute(delete(MemberAnswer).where(theirs, col(MemberAnswer.key).in_(own)))
    session.execute(update(MemberAnswer).where(theirs).values(member_id=stays))


def forget_member(session: Session, member_id: int) -> None:
    """Delete what a member answered at sign-up, for themselves and for those they brought."""
    own = select(Signup.id).where(Signup.member_id == member_id)
    along = select(Signup.id).where(
        or_(col(Signup.party_id).in_(own), col(Signup.by_member_id) == member_id),
        col(Signup.member_id).is_(None),
    )
    _delete(session, or_(col(Answer.signup_id).in_(own), col(Answer.signup_id).in_(along)))


WAITS_FOR_A_DATE = timedelta(days=180)
"""How much longer the answers of an event are kept whose date is to come."""


def erase_at(event: Event | Row, keep_days: int) -> Moment:
    """Return when answers are erased that are kept so many days after the event."""
    waits = undated.is_to_come(event.ends_at) and event.state != EventState.CANCELLED
    ends_at = undated.planned(event.ends_at) + (WAITS_FOR_A_DATE if waits else timedelta(0))
    return ends_at + timedelta(days=keep_days)


def moved(session: Session, event: Event) -> None:
    """Set anew when the answers of an event are erased, which was moved, postponed or cancelled."""
    for each in of_event(session, event.id) if event.questions else ():
        then = erase_at(event, each.keep_days)
        session.execute(
            update(Answer).where(col(Answer.question_id) == each.id).values(erase_at=then)
        )


def any_due(session: Session, now: Moment) -> bool:
    """Return whether answers are to be erased."""
    due = select(Answer.id).where(col(Answer.erase_at) <= now).limit(1)
    return session.exec(due).first() is not None


CHUNK = 500


def erase_due(session: Session, now: Moment) -> int:
    """Erase answers whose time is over; return how many, at most ``CHUNK``."""
    due = select(Answer.id).where(col(Answer.erase_at) <= now).limit(CHUNK)
    numbers = session.exec(due).all()
    # The quota in which somebody counts tells what they had answered.
    told = select(Answer.signup_id).where(col(Answer.id).in_(numbers))
    session.execute(update(Signup).where(col(Signup.id).in_(told)).values(counts_in=""))
    _delete(session, col(Answer.id).in_(numbers))
    return len(numbers)
