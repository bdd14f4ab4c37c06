"""Ask people the day after how an event was; organizers see it without names.

An answer belongs to its member as long as it can be changed. Afterwards nothing points to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import UniqueConstraint, delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event, EventState, Kind, Signup, SignupState
from models.network.stations import Care
from models.rules.events import feedback as rules
from models.rules.events import windows
from models.rules.events.feedback import Answer, Shown
from models.rules.events.windows import EventAct, Why
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment

TOPIC = "feedback"
ASKED_WITHIN = timedelta(days=3)
"""How long after the end somebody is asked at most, as when the station was away."""

EVENTS_AT_ONCE = 20


class Feedback(SQLModel, table=True):
    """What a member says of an event: ``stars`` from 1 to 5, and ``words`` or nothing.

    ``member_id`` is None once it cannot be changed any more.
    """

    __table_args__ = (UniqueConstraint("event_id", "member_id"),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    stars: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The answer was not taken, for this reason."""

    why: Why


# Asking


def any_to_ask(session: Session, now: Moment, care: Care) -> bool:
    """Return whether ``ask`` has work."""
    return bool(_due(session, now, care))


def ask(session: Session, now: Moment, care: Care) -> int:
    """Ask who came to events of the day before how it was; return how many events it were.

    Where nobody was checked in, those are asked who had a seat.
    """
    due = _due(session, now, care)[:EVENTS_AT_ONCE]
    for event_id in due:
        event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
        if event.feedback_asked_at is not None:
            continue
        event.feedback_asked_at = now
        session.add(event)
        session.flush()
        deliveries.plan_all(
            session, [_plan(event, each, now) for each in came(session, event)], now
        )
    return len(due)


def _due(session: Session, now: Moment, care: Care) -> list[int]:
    """Return the events whose people are to be asked now, in the order of their ids."""
    ended = session.exec(
        select(Event.id, Event.ends_at).where(
            col(Event.ends_at) <= now,
            col(Event.ends_at) > now - ASKED_WITHIN,
            col(Event.feedback_asked_at).is_(None),
            col(Event.state).in_((EventState.OPEN, EventState.CLOSED)),
            # A team that meets every week would be asked every week.
            Event.kind != Kind.SESSION,
        )
    )
    return sorted(number for number, at in ended if rules.ask_at(at, care.zone) <= now)


def came(session: Session, event: Event) -> Sequence[int]:
    """Return the members who came to an event; where nobody was checked in, those with a seat."""
    for state in (SignupState.ATTENDED, SignupState.SEATED):
        members = session.exec(
            select(Signup.member_id)
            .where(
                Signup.event_id == event.id,
                Signup.state == state,
                col(Signup.member_id).is_not(None),
            )
            .order_by(col(Signup.id))
        ).all()
        if members:
            return [each for each in members if each is not None]
    return []


def _plan(event: Event, member_id: int, now: Moment) -> Plan:
    return Plan(
        key=f"feedback:{event.id}:{member_id}",
        member_id=member_id,
        topic=TOPIC,
        facts={"event_id": event.id},
        due_at=now,
        expires_at=event.ends_at + windows.AFTERWARDS,
    )


# Answering


def rate(
    session: Session, event_id: int, member_id: int, stars: int, now: Moment
) -> Feedback | NotTaken:
    """Take a member's stars, in the place of those they gave before."""
    if not 1 <= stars <= rules.MOST_STARS:
        raise ValueError(f"{stars} stars")
    if why := why_not(session, event_id, member_id, now):
        return NotTaken(why)
    answer = of(session, event_id, member_id) or Feedback(
        event_id=event_id, member_id=member_id, stars=stars
    )
    answer.stars = stars
    session.add(answer)
    session.flush()
    return answer


def say(
    session: Session, event_id: int, member_id: int, words: str, now: Moment
) -> Feedback | NotTaken:
    """Take a member's sentence beside their stars, in the place of the one before."""
    if why := why_not(session, event_id, member_id, now):
        return NotTaken(why)
    answer = of(session, event_id, member_id)
    if answer is None:
        return NotTaken(Why.NO_SUCH_CLAIM)
    answer.words = words
    session.add(answer)
    session.flush()
    return answer


def take_back(session: Session, event_id: int, member_id: int) -> None:
    """Delete what a member said of an event."""
    session.execute(
        delete(Feedback).where(
            col(Feedback.event_id) == event_id, col(Feedback.member_id) == member_id
        )
    )


def why_not(session: Session, event_id: int, member_id: int, now: Moment) -> Why | None:
    """Return why this member cannot say how the event was; None if they can."""
    event = session.get(Event, event_id)
    claim = session.exec(
        select(Signup.state).where(Signup.event_id == event_id, Signup.member_id == member_id)
    ).first()
    if event is None:
        return Why.NO_SUCH_CLAIM
    state = SignupState(claim) if claim is not None else None
    return windows.refusal(EventAct.RATE, event, now, state)


def cut_off(session: Session, before: Moment) -> None:
    """Let nothing point to who answered about events that ended before a moment."""
    over = select(Event.id).where(col(Event.ends_at) < before)
    session.execute(
        update(Feedback)
        .where(col(Feedback.member_id).is_not(None), col(Feedback.event_id).in_(over))
        .values(member_id=None)
    )


# Reading


def of(session: Session, event_id: int, member_id: int) -> Feedback | None:
    """Return what a member said of an event, as long as they can change it."""
    return session.exec(
        select(Feedback).where(Feedback.event_id == event_id, Feedback.member_id == member_id)
    ).first()


def shown(session: Session, event_id: int) -> Shown | None:
    """Return what organizers see of the answers about an event; None with fewer than five."""
    rows = session.exec(
        select(Feedback.stars, Feedback.words)
        .where(Feedback.event_id == event_id)
        .order_by(col(Feedback.id))
    )
    return rules.shown([Answer(stars, words) for stars, words in rows])


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return what a member said of events, as plain values, as long as it is known whose it is."""
    rows = session.exec(
        select(Event.title, Feedback.stars, Feedback.words)
        .join(Feedback, col(Feedback.event_id) == col(Event.id))
        .where(Feedback.member_id == member_id)
        .order_by(col(Feedback.id))
    )
    return [{"event": title, "stars": stars, "words": words} for title, stars, words in rows]


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one member the answers of another; of two about one event the later stays."""
    rows = session.exec(
        select(Feedback)
        .where(col(Feedback.member_id).in_((stays, goes)))
        .order_by(col(Feedback.id).desc())
    ).all()
    newest: dict[int, Feedback] = {}
    for each in rows:
        if each.event_id in newest:
            session.delete(each)
        newest.setdefault(each.event_id, each)
    session.flush()
    for each in newest.values():
        each.member_id = stays
        session.add(each)
    session.flush()
