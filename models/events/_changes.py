"""Move, relocate and cancel events, without permission and audit.

Private to ``models.events``: ``running`` has the verbs that write the audit.
"""

from sqlalchemy import update
from sqlmodel import Session

from models.events import changes, reminders
from models.events._claims import SIGNUPS, count
from models.events.events import Event, EventState, SignupState
from models.network.stations import Care
from models.sending.hearing import Hearing
from models.store import Moment


def move(
    session: Session,
    event: Event,
    *,
    starts_at: Moment,
    ends_at: Moment,
    closes_at: Moment,
    reason: str,
    care: Care,
    now: Moment,
    place: str | None = None,
) -> Hearing:
    """Move an event and its reminders, with ``place`` to another place; return who hears of it."""
    was = changes.facts_of(event)
    event.starts_at, event.ends_at, event.closes_at = starts_at, ends_at, closes_at
    event.reason = reason
    if place is not None:
        _put_at(event, place)
    session.add(event)
    session.flush()
    # No offer outlasts sign-up; one whose deadline is now in the past lapses.
    session.execute(
        update(SIGNUPS)
        .where(
            SIGNUPS.c.event_id == event.id,
            SIGNUPS.c.state == SignupState.OFFERED,
            SIGNUPS.c.offered_until > closes_at,
        )
        .values(offered_until=closes_at)
    )
    reminders.replan_event(session, event.id, care, now)
    return changes.tell(session, event, was, now)


def relocate(session: Session, event: Event, *, place: str, now: Moment) -> Hearing:
    """Change an event's place; return who hears of it."""
    was = changes.facts_of(event)
    _put_at(event, place)
    return changes.tell(session, event, was, now)


def _put_at(event: Event, place: str) -> None:
    """Set the place. Its translations and its map are of the old one, so they are deleted."""
    if place != event.place:
        event.put_text("place", place)
        event.map_url = ""


def call_off(session: Session, event: Event, *, reason: str, now: Moment) -> Hearing:
    """Cancel an event with its reminders and offers; return who hears of it."""
    was = changes.facts_of(event)
    event.state, event.reason = EventState.CANCELLED, reason
    session.add(event)
    session.flush()
    # Offers end here without a notice: lapsing would say that the seat goes to the next member.
    ended = session.execute(
        update(SIGNUPS)
        .where(SIGNUPS.c.event_id == event.id, SIGNUPS.c.state == SignupState.OFFERED)
        .values(state=SignupState.WAITING, offered_until=None)
        .returning(SIGNUPS.c.id)
    ).all()
    count(session, event.id, held=-len(ended), waiting=len(ended))
    session.refresh(event)
    reminders.forget_event(session, event.id)
    return changes.tell(session, event, was, now)
