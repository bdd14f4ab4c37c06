"""Recall known answers: which of those that a member may be told a text asks for.

What is compared stands in the memory of each process; a text costs no query but the one, every
``REFRESH_AFTER``, whether anything has changed.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.desk import chain
from models.desk.known import KnownAnswer
from models.desk.misses import REFRESH_AFTER
from models.network.stations import Station
from models.rules.desk.likeness import NOTHING, Found, Index

State = tuple[object, ...]
"""What differs after every change of the answers."""

MOST_READERS = 500


@dataclass(frozen=True, slots=True)
class _Kept:
    """What decides who may be told an answer; ``depth`` is how far below the district it stands."""

    station_id: int
    depth: int
    question: str
    valid_until: date | None


@dataclass(slots=True)
class _Book:
    """All answers at one state; ``told`` holds, by station and day, who is told which."""

    index: Index
    general: Mapping[int, _Kept]
    of_events: Mapping[int, Mapping[int, _Kept]]
    paths: Mapping[int, str]
    told: dict[tuple[int | None, date], frozenset[int]] = field(default_factory=dict)


EMPTY = _Book(Index({}), {}, {}, {})


class Recall:
    """The answers of one process, at most ``REFRESH_AFTER`` old."""

    def __init__(self) -> None:
        self._book = EMPTY
        self._state: State = ()
        self._read_at: datetime | None = None

    def find(
        self,
        session: Session,
        station_id: int | None,
        now: datetime,
        zone: ZoneInfo,
        text: str,
        *,
        event_id: int | None = None,
        only_event: bool = False,
    ) -> Found:
        """Return what the text asks, among the answers of the station and those above it.

        With ``event_id`` that event's own answers come first; none follow with ``only_event``.
        """
        book, today = self._refreshed(session, now), now.astimezone(zone).date()
        own = book.of_events.get(event_id, {}) if event_id is not None else {}
        if own:
            valid = {number for number, each in own.items() if _is_valid(each, today)}
            found = book.index.find(text, valid)
            if found.best is not None or only_event:
                return found
        if only_event:
            return NOTHING
        told = book.told.get((station_id, today))
        if told is None:
            if len(book.told) >= MOST_READERS:
                book.told.clear()
            told = book.told[station_id, today] = _told(book, station_id, today)
        return book.index.find(text, told) if told else NOTHING

    def _refreshed(self, session: Session, now: datetime) -> _Book:
        read_at = self._read_at
        if read_at is None or not read_at <= now < read_at + REFRESH_AFTER:
            state = _state(session)
            if state != self._state:
                self._book, self._state = _read(session), state
            self._read_at = now
        return self._book


def _state(session: Session) -> State:
    answers = select(func.count(), func.max(KnownAnswer.id), func.max(KnownAnswer.changed_at))
    paths = select(Station.id, Station.path).order_by(col(Station.id))
    return (*session.execute(answers).one(), *map(tuple, session.execute(paths)))


def _read(session: Session) -> _Book:
    paths = dict(session.exec(select(Station.id, Station.path)).all())
    asked: dict[int, tuple[str, ...]] = {}
    general: dict[int, _Kept] = {}
    of_events: dict[int, dict[int, _Kept]] = defaultdict(dict)
    for row in session.exec(select(KnownAnswer).order_by(col(KnownAnswer.id))):
        asked[row.id] = (*row.text_of("question").versions(), *row.variants)
        depth = paths.get(row.station_id, "").count("/")
        kept = _Kept(row.station_id, depth, row.question, row.valid_until)
        (general if row.event_id is None else of_events[row.event_id])[row.id] = kept
    return _Book(Index(asked), general, of_events, paths)


def _told(book: _Book, station_id: int | None, today: date) -> frozenset[int]:
    """The answers of a station and of those above it; the nearest one to each question.

    Who has no station is told those of the district.
    """
    above = chain.above(book.paths, station_id)
    nearest: dict[str, tuple[int, int]] = {}
    for number, each in book.general.items():
        if each.station_id in above and _is_valid(each, today):
            nearest[each.question] = max(nearest.get(each.question, (0, 0)), (each.depth, number))
    return frozenset(number for _depth, number in nearest.values())


def _is_valid(kept: _Kept, today: date) -> bool:
    return kept.valid_until is None or today <= kept.valid_until
