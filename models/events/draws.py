"""Draw the seats of an event: what its organizers do about it, each act audited; and the record.

Each verb raises ``roles.NotAllowed`` when ``by`` may not run the event. What the clock does is in
``models.events.drawing``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.events import changes, entries
from models.events.entries import Draw, DrawEntry
from models.events.events import HIDDEN, Event
from models.network import audit, roles
from models.rules.events import draw_records, draws, gates, windows
from models.rules.events.draws import FORMAT
from models.rules.events.states import DrawState
from models.rules.events.windows import Phase
from models.rules.network.permissions import Act
from models.store import Moment


class WhyNot(StrEnum):
    """Why nothing was done about a draw."""

    BY_HAND = "an organizer approves each sign-up"
    NO_LIMIT = "seats for all"
    HAS_CLAIMS = "somebody has signed up"
    TOO_SOON = "it begins too soon"
    NOT_OPEN = "sign-up is not open"
    IS_DRAWN = "its seats are drawn already"
    IS_FIXED = "the list is fixed"
    NOT_CLOSED = "entries have not closed"
    IS_NAMED = "a number is named"


@dataclass(frozen=True, slots=True)
class Done:
    event: Event
    draw: Draw | None


@dataclass(frozen=True, slots=True)
class NotDone:
    event: Event
    why: WhyNot


def set_up(session: Session, event_id: int, by: int | None, now: Moment) -> Done | NotDone:
    """Let the seats of an event be drawn; not after somebody has signed up for it."""
    event = _locked(session, event_id, by, now)
    why, closes_at = why_not(event, now), draws.entries_close(event.closes_at, event.starts_at, now)
    if why is not None or closes_at is None:
        return NotDone(event, why or WhyNot.TOO_SOON)
    entries.begin(session, event, closes_at, now)
    changes.note_change(session, event, now)
    commitment = draws.commitment_of(of_event(session, event).secret)
    return _done(session, event, by, now, "draw", commitment=commitment)


def why_not(event: Event, now: Moment) -> WhyNot | None:
    """Return why the seats of an event cannot be drawn from now on; None if they can."""
    if event.draw:
        return WhyNot.IS_DRAWN
    if windows.phase_of(event, now) not in (Phase.OPEN, Phase.UNPUBLISHED):
        return WhyNot.NOT_OPEN
    if event.held or event.waiting:
        return WhyNot.HAS_CLAIMS
    if event.seats is None:
        return WhyNot.NO_LIMIT
    if gates.from_column(event.gates).approval:
        return WhyNot.BY_HAND
    if draws.entries_close(event.closes_at, event.starts_at, now) is None:
        return WhyNot.TOO_SOON
    return None


def take_back(session: Session, event_id: int, by: int | None, now: Moment) -> Done | NotDone:
    """Give the seats to who comes first again, while nobody has entered."""
    event = _locked(session, event_id, by, now)
    if event.draw != DrawState.ENTERING or event.entered:
        return NotDone(event, WhyNot.IS_FIXED if event.draw else WhyNot.NOT_OPEN)
    session.execute(delete(DrawEntry).where(col(DrawEntry.event_id) == event.id))
    session.execute(delete(Draw).where(col(Draw.event_id) == event.id))
    session.expire_all()
    event.draw = DrawState.NONE
    changes.note_change(session, event, now)
    return _done(session, event, by, now, "draw taken back")


def admit_web(session: Session, event_id: int, by: int | None, now: Moment) -> Done | NotDone:
    """Let people enter of whom only a web chat is known; they are counted apart."""
    event = _locked(session, event_id, by, now)
    if event.draw != DrawState.ENTERING:
        return NotDone(event, WhyNot.IS_FIXED)
    draw = of_event(session, event)
    draw.admits_web = True
    session.add(draw)
    return _done(session, event, by, now, "draw admits web chats")


def name_number(
    session: Session, event_id: int, name: str, by: int | None, now: Moment
) -> Done | NotDone:
    """Name the public number that is drawn after closing: once, and before entries close."""
    event = _locked(session, event_id, by, now)
    if event.draw != DrawState.ENTERING or windows.phase_of(event, now) != Phase.OPEN:
        return NotDone(event, WhyNot.IS_FIXED)
    draw = of_event(session, event)
    if draw.number_name:
        return NotDone(event, WhyNot.IS_NAMED)
    draw.number_name = name
    session.add(draw)
    return _done(session, event, by, now, "draw number named", name=name)


def enter_number(
    session: Session, event_id: int, number: str, by: int | None, now: Moment
) -> Done | NotDone:
    """Draw with this public number, or without one where it is empty; it cannot be done twice."""
    event = _locked(session, event_id, by, now)
    if event.draw != DrawState.CLOSED:
        is_before = event.draw in (DrawState.ENTERING, DrawState.CLOSING)
        return NotDone(event, WhyNot.NOT_CLOSED if is_before else WhyNot.IS_DRAWN)
    start(session, event, number)
    return _done(session, event, by, now, "drawn", number=number)


def start(session: Session, event: Event, number: str) -> None:
    """Fix everything that the draw of a locked event follows from."""
    draw = of_event(session, event)
    draw.number, draw.gone = number, _gone(session, event.id)
    draw.first_turn, draw.written = event.turns, 0
    event.draw = DrawState.DRAWING
    session.add_all((draw, event))
    session.flush()


def _gone(session: Session, event_id: int) -> dict[str, list[int]]:
    """Return who gave up after the list was fixed, by their places in their entries."""
    left = select(DrawEntry.code).where(
        DrawEntry.event_id == event_id, col(DrawEntry.gone_at).is_not(None)
    )
    rows = session.exec(
        select(DrawEntry.code, DrawEntry.gone_at)
        .where(DrawEntry.event_id == event_id, DrawEntry.takes_seat, col(DrawEntry.code).in_(left))
        .order_by(col(DrawEntry.id))
    ).all()
    places: dict[str, list[bool]] = {}
    for code, gone_at in rows:
        places.setdefault(code, []).append(gone_at is not None)
    gone = {
        code: frozenset(place for place, is_gone in enumerate(each) if is_gone)
        for code, each in places.items()
    }
    return draw_records.gone_to_json({code: each for code, each in gone.items() if each})


def of_event(session: Session, event: Event) -> Draw:
    """Return the draw of an event that has one, as it is stored now."""
    return session.exec(
        select(Draw).where(Draw.event_id == event.id).execution_options(populate_existing=True)
    ).one()


def _locked(session: Session, event_id: int, by: int | None, now: Moment) -> Event:
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    return event


def _done(
    session: Session, event: Event, by: int | None, now: Moment, what: str, **details: object
) -> Done:
    session.add(event)
    session.flush()
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, what=what, **details)
    return Done(event, entries.of_event(session, event.id))


def may_enter(session: Session, event: Event, member_id: int) -> bool:
    """Return whether a member may be in the draw of an event; True where nothing is drawn."""
    is_drawn = event.draw == DrawState.ENTERING
    return not is_drawn or entries.may_enter(session, event.id, [member_id])


# What is published


def record_of(session: Session, event_id: int) -> dict[str, Any] | None:
    """Return what is published of the draw of an event; None for one without, and for drafts.

    It grows with the draw: commitment and number's name first, then the list, then the result.
    """
    event = session.get(Event, event_id)
    draw = entries.of_event(session, event_id)
    if event is None or draw is None or event.state in HIDDEN:
        return None
    record: dict[str, Any] = {
        "format": FORMAT,
        "event": event.id,
        "state": str(event.draw),
        "opened_at": draw.opened_at.isoformat(),
        "commitment": draws.commitment_of(draw.secret),
        "number_name": draw.number_name,
        "earlier": draw.earlier,
    }
    if draw.closed_at is not None and draw.listed is not None:
        record["closed_at"] = draw.closed_at.isoformat()
        record["list"], record["list_hash"] = draw.listed, draw.list_hash
    if draw.drawn_at is not None and draw.result is not None:
        record |= {
            "drawn_at": draw.drawn_at.isoformat(),
            "secret": draw.secret,
            "number": draw.number or "",
            "gone": draw.gone,
            **draw.result,
        }
    return record
