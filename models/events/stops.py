"""Tours with several stops: who gets on where, who is there, and a message to who is missing.

The stops are read out of ``Event.meet``; a claim keeps the name of its own. To get on is to be
checked in.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from models.events import answering, checking_in
from models.events._claims import LIVE
from models.events.answering import ListIsFixed, NoSeatForThat, Noted
from models.events.checking_in import CheckedIn, NotNow
from models.events.events import Event, Signup, SignupState
from models.network import audit
from models.network.members import Member
from models.network.stations import Care
from models.rules.events import stops as rules
from models.rules.events.questions import STOP
from models.rules.events.stops import Stop
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.store import Moment

LONGEST = 200
"""Characters of a message to people of an event."""

BOARDING = timedelta(hours=2)
"""So long before the start one may say that one is on the bus: it gathers people on its way."""

DUE = (SignupState.SEATED, SignupState.NO_SHOW, SignupState.ATTENDED)


class Word(SQLModel, table=True):
    """What was written to people of an event on its day.

    ``by_member_id`` is None after whoever wrote it is erased.
    """

    __tablename__ = "event_word"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    text: str
    at: Moment


@dataclass(frozen=True, slots=True)
class AtStop:
    """A stop, None for those who have chosen none: how many are ``due`` and how many are here."""

    stop: Stop | None
    due: int
    here: int


def of(event: Event) -> tuple[Stop, ...]:
    """Return the stops of an event; none where it has one meeting point or none."""
    return rules.of(event.meet)


def labels(event: Event) -> dict[str, Translated]:
    """Return how the stops are called by their names, in every language that tells all of them."""
    own = of(event)
    others = {
        language: told
        for language, text in event.translations.get("meet", {}).items()
        if len(told := rules.of(text)) == len(own)
    }
    return {
        stop.name: Translated(
            stop.label, {language: told[place].label for language, told in others.items()}
        )
        for place, stop in enumerate(own)
    }


def choose(
    session: Session, event_id: int, member_id: int, name: str, care: Care, now: Moment
) -> Stop | NoSeatForThat | ListIsFixed | None:
    """Keep where a member gets on, and who comes along with them without a chat.

    Of a course it is kept for its other dates as well, where they chose none yet. None where there
    is no such stop, or no such claim.
    """
    event = session.get(Event, event_id)
    stop = rules.named(of(event), name) if event is not None else None
    claim = session.exec(
        select(Signup).where(
            Signup.event_id == event_id,
            Signup.member_id == member_id,
            col(Signup.state).in_((*LIVE, SignupState.ATTENDED)),
        )
    ).first()
    if stop is None or claim is None:
        return None
    done = answering.put(session, event_id, {claim.id: {STOP: stop.name}}, care, now)
    session.expire(claim)
    if not isinstance(done, Noted):
        return done
    if event is not None and event.series_id is not None:
        _choose_for_others(session, event.series_id, member_id, stop, care, now)
    return stop


def _choose_for_others(
    session: Session, series_id: int, member_id: int, stop: Stop, care: Care, now: Moment
) -> None:
    """Keep a stop with a member's claims at the dates of a course that have it."""
    rows = session.exec(
        select(Signup.id, Event)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(
            Event.series_id == series_id,
            Signup.member_id == member_id,
            Signup.stop == "",
            col(Signup.state).in_(LIVE),
        )
        # In the order of their numbers, so that two members never wait for each other.
        .order_by(col(Event.id))
    ).all()
    for number, event in rows:
        if rules.named(of(event), stop.name) is not None:
            answering.put(session, event.id, {number: {STOP: stop.name}}, care, now)


def chosen(session: Session, event_id: int, member_id: int) -> str:
    """Return the name of the stop that a member has chosen; empty without one."""
    return (
        session.exec(
            select(Signup.stop).where(Signup.event_id == event_id, Signup.member_id == member_id)
        ).first()
        or ""
    )


def roll(session: Session, event: Event) -> list[AtStop]:
    """Return the stops in their order with who is due there, and last those without one."""
    rows = session.exec(
        select(Signup.stop, Signup.state).where(
            Signup.event_id == event.id, col(Signup.state).in_(DUE)
        )
    ).all()
    by_name: dict[str, list[str]] = {}
    known = {each.name for each in of(event)}
    for name, state in rows:
        by_name.setdefault(name if name in known else "", []).append(state)

    def counted(stop: Stop | None) -> AtStop:
        states = by_name.get(stop.name if stop is not None else "", [])
        return AtStop(stop, len(states), sum(each == SignupState.ATTENDED for each in states))

    found = [counted(each) for each in of(event)]
    return [*found, counted(None)] if "" in by_name else found


def board(
    session: Session, event_id: int, member_id: int, now: Moment
) -> CheckedIn | NotNow | None:
    """Check in a member who says that they are on the bus; None without a seat, or too early."""
    event = session.get(Event, event_id, with_for_update=True)
    if event is None or not of(event) or not is_boarding(event, now):
        return None
    if why := checking_in.why_not(event, now):
        return NotNow(why)
    claim = session.exec(
        select(Signup).where(
            Signup.event_id == event_id,
            Signup.member_id == member_id,
            col(Signup.state).in_(checking_in.SEAT),
        )
    ).first()
    return checking_in.check_in(session, event, claim, None, now) if claim is not None else None


def is_boarding(event: Event, now: Moment) -> bool:
    """Return whether a bus may be gathering the people of an event now."""
    return event.starts_at - BOARDING <= now < event.ends_at


# Messages to who is missing


def write(
    session: Session,
    event_id: int,
    text: str,
    by: int,
    now: Moment,
    *,
    stop: str | None = None,
    signup_ids: Collection[int] | None = None,
) -> int:
    """Send a text to all who are due at a stop and not there, or to chosen people with a seat.

    Return to how many. ``stop`` is empty for those who have chosen none. Whoever has no chat is
    not counted. Raises NotAllowed when ``by`` may not check people in at the event.
    """
    event = checking_in.to_check_in(session, event_id, by, now)
    missing = (SignupState.SEATED, SignupState.NO_SHOW)
    query = select(Signup.id, Signup.member_id, Signup.stop).where(
        Signup.event_id == event_id,
        col(Signup.state).in_(missing if signup_ids is None else DUE),
        col(Signup.member_id).is_not(None),
    )
    if signup_ids is not None:
        query = query.where(col(Signup.id).in_(signup_ids))
    known = {each.name for each in of(event)}
    rows = [
        (number, member_id)
        for number, member_id, name in session.exec(query).all()
        if stop is None or (name if name in known else "") == stop
    ]
    if not rows:
        return 0
    word = Word(event_id=event_id, by_member_id=by, text=text, at=now)
    session.add(word)
    session.flush()
    for number, member_id in rows:
        assert member_id is not None
        deliveries.plan_for_member(
            session,
            member_id,
            key=f"event-word:{word.id}:{number}",
            topic="event-word",
            facts={"event_id": event_id, "word_id": word.id},
            due_at=now,
            expires_at=event.ends_at,
            now=now,
            about=by,
        )
    place, subject = event.station_id, f"event:{event_id}"
    audit.record(
        session, by, Act.CHECK_IN, subject, now, station_id=place, what="message", people=len(rows)
    )
    return len(rows)


def word_of(session: Session, word_id: int) -> str:
    """Return the text of a message; empty if there is none."""
    word = session.get(Word, word_id)
    return word.text if word is not None else ""


def written_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the messages that a member wrote to people of events, as plain values."""
    rows = session.exec(select(Word).where(Word.by_member_id == member_id)).all()
    return [{"event": each.event_id, "text": each.text, "at": each.at} for each in rows]


def missing(session: Session, event: Event, stop: str) -> Sequence[tuple[Signup, Member | None]]:
    """Return who is due at a stop, empty: at none of them, and not there yet."""
    known = {each.name for each in of(event)}
    rows = session.exec(
        select(Signup, Member)
        .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
        .where(
            Signup.event_id == event.id,
            col(Signup.state).in_((SignupState.SEATED, SignupState.NO_SHOW)),
        )
        .order_by(col(Signup.turn))
    ).all()
    return [each for each in rows if (each[0].stop if each[0].stop in known else "") == stop]
