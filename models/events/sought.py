"""The lists of events that organizers page through: by state, place, kind, month and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, or_, select

from models.events.agenda import Whose
from models.events.events import HIDDEN, Category, Event, EventState, Kind
from models.network.stations import Station
from models.rules.events import undated
from models.rules.search import search
from models.store import Moment


class Standing(StrEnum):
    """Where an event stands, as a list is asked for; HIDDEN ones are not published yet."""

    COMING = "coming"
    PAST = "past"
    HIDDEN = "hidden"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    ANY = "any"

    @property
    def is_backwards(self) -> bool:
        """Whether the latest stands first."""
        return self in (Standing.PAST, Standing.CANCELLED, Standing.ANY)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events are wanted; what is empty leaves nothing out.

    ``path`` is of a station, and means what is below it as well; ``since`` and ``until`` bound the
    start, of a postponed event the one that was planned.
    """

    standing: Standing = Standing.COMING
    path: str = ""
    kind: Kind | None = None
    category: Category | None = None
    since: Moment | None = None
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """The last event of a page: the next page begins behind it."""

    starts_at: Moment
    event_id: int

    def __str__(self) -> str:
        return f"{self.starts_at.isoformat()}~{self.event_id}"

    @classmethod
    def of(cls, event: Event) -> "Key":
        return cls(event.starts_at, event.id)

    @classmethod
    def read(cls, words: str) -> "Key | None":
        """The key of ``str(key)``; None for anything else."""
        at, _, number = words.partition("~")
        try:
            starts_at = datetime.fromisoformat(at)
        except ValueError:
            return None
        if starts_at.tzinfo is None or not (number.isdecimal() and len(number) < 10):
            return None
        return cls(starts_at, int(number))


Rows = Sequence[tuple[Event, Station]]


def page(
    session: Session, whose: Whose, sought: Sought, now: Moment, after: Key | None, limit: int
) -> Rows:
    """Return one page of the events, with their stations."""
    starts_at, number = col(Event.starts_at), col(Event.id)
    query = _rows(whose, sought, now)
    if sought.standing.is_backwards:
        query = query.order_by(starts_at.desc(), number.desc())
    else:
        query = query.order_by(starts_at, number)
    if after is not None:
        is_back = sought.standing.is_backwards
        past = starts_at < after.starts_at if is_back else starts_at > after.starts_at
        later = number < after.event_id if is_back else number > after.event_id
        query = query.where(or_(past, and_(starts_at == after.starts_at, later)))
    rows: Rows = session.exec(query.limit(limit)).all()
    return rows


def matching(
    session: Session, whose: Whose, sought: Sought, words: str, now: Moment, limit: int
) -> Rows:
    """Return the events that match the words, best first; one of this number before all others."""
    query = select(Event.id, Event.search).where(*_conditions(whose, sought, now))
    entries = session.exec(query.order_by(col(Event.starts_at).desc())).all()
    ids = [number for number, _score in search.rank(words, entries)][:limit]
    if words.isdecimal() and len(words) < 10:
        ids = list(dict.fromkeys([int(words), *ids]))
    rows = session.exec(
        select(Event, Station)
        .join(Station, col(Station.id) == col(Event.station_id))
        .where(col(Event.id).in_(ids), whose.condition())
    ).all()
    by_id = {event.id: (event, station) for event, station in rows}
    return [by_id[each] for each in ids if each in by_id]


def _rows(whose: Whose, sought: Sought, now: Moment) -> Any:
    query = select(Event, Station).join(Station, col(Station.id) == col(Event.station_id))
    return query.where(*_conditions(whose, sought, now))


def _conditions(whose: Whose, sought: Sought, now: Moment) -> list[ColumnElement[bool]]:
    starts_at, state = col(Event.starts_at), col(Event.state)
    found: list[ColumnElement[bool]] = [whose.condition()]
    is_on = state.in_((EventState.OPEN, EventState.CLOSED))
    match sought.standing:
        case Standing.COMING:
            found += [is_on, col(Event.ends_at) > now, starts_at < undated.BEGINS]
        case Standing.PAST:
            found += [is_on, col(Event.ends_at) <= now]
        case Standing.HIDDEN:
            found += [state.in_(HIDDEN)]
        case Standing.POSTPONED:
            found += [is_on, starts_at >= undated.BEGINS]
        case Standing.CANCELLED:
            found += [state == EventState.CANCELLED]
    is_put_off = sought.standing is Standing.POSTPONED
    if sought.since is not None:
        found.append(starts_at >= (undated.put_off(sought.since) if is_put_off else sought.since))
    if sought.until is not None:
        found.append(starts_at < (undated.put_off(sought.until) if is_put_off else sought.until))
    if sought.kind is not None:
        found.append(col(Event.kind) == sought.kind)
    if sought.category is not None:
        found.append(col(Event.category) == sought.category)
    if sought.path:
        below = select(Station.id).where(col(Station.path).startswith(sought.path))
        found.append(col(Event.station_id).in_(below))
    return found
