"""Mark those who had a seat and did not come, some hours after the end."""

from sqlalchemy import ColumnElement, exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.events.events import Event, EventState, Signup, SignupState
from models.rules.events import windows
from models.store import Moment


def any_absent(session: Session, now: Moment) -> bool:
    # Runs every second: without an event that has just ended it reads no claims.
    """Return whether ``mark_absent`` has work."""
    if session.exec(select(Event.id).where(*_just_ended(now)).limit(1)).first() is None:
        return False
    return session.exec(select(Signup.id).where(*_absent(now)).limit(1)).first() is not None


def mark_absent(session: Session, now: Moment) -> int:
    """Mark members with a seat who were not checked in as absent; return how many.

    It leaves events at which no member was checked in.
    """
    absent = select(Signup.id).where(*_absent(now)).limit(1000)
    marked = session.execute(
        update(Signup)
        .where(col(Signup.id).in_(absent), col(Signup.state) == SignupState.SEATED)
        .values(state=SignupState.NO_SHOW)
        .returning(col(Signup.id))
    ).all()
    return len(marked)


def _absent(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a seat not used at an ended event with at least one check-in."""
    came = aliased(Signup)
    ended = select(Event.id).where(
        *_just_ended(now),
        exists().where(
            col(came.event_id) == col(Event.id), col(came.state) == SignupState.ATTENDED
        ),
    )
    return col(Signup.state) == SignupState.SEATED, col(Signup.event_id).in_(ended)


def _just_ended(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of an event that took place and ended recently.

    Those before are marked already.
    """
    ends_at, last = col(Event.ends_at), now - windows.ABSENT_AFTER
    return (
        ends_at <= last,
        ends_at > last - windows.CHECK_IN_CLOSES,
        col(Event.state).in_((EventState.OPEN, EventState.CLOSED)),
    )
