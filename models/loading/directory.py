"""What places, companies, teams and events there are: those of the store, and of the file."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from models.events.events import Event
from models.network.stations import Enterprise, Station, StationKind
from models.store import table_of
from models.teams.teams import Team

SUFFIX = re.compile(r"(?:街道|镇街|镇|驿站|站)$")


@dataclass(slots=True, eq=False)
class Known:
    """A row that others may name. ``id`` is None while it stands in the file alone.

    ``above`` is the station that it belongs to or that stands above it; ``names`` are those in
    every language. ``path`` is a station's, empty while it has none.
    """

    code: str
    id: int | None
    names: tuple[str, ...]
    above: "Known | None" = None
    kind: StationKind | None = None
    enterprise: "Known | None" = None
    path: str = ""

    def number(self) -> int:
        """The row's number in the store, where it is by now."""
        assert self.id is not None
        return self.id

    def line(self) -> "Iterator[Known]":
        """The station itself and those above it."""
        station: Known | None = self
        while station is not None:
            yield station
            station = station.above


@dataclass(frozen=True, slots=True)
class Several:
    """The codes of those that are called the same."""

    codes: tuple[str, ...]


@dataclass(slots=True)
class Names:
    """Rows of one kind by their codes, and by their names where these are of one only."""

    by_code: dict[str, Known] = field(default_factory=dict)
    _by_name: dict[str, list[Known]] = field(default_factory=dict)

    def add(self, known: Known) -> Known:
        """Add a row, or say anew what one of this code is called."""
        self.by_code[known.code] = known
        self.call(known, known.names)
        return known

    def call(self, known: Known, names: Iterable[str]) -> None:
        """Take note of what a row is called."""
        known.names = tuple(dict.fromkeys(names))
        for name in known.names:
            called = self._by_name.setdefault(name.casefold(), [])
            if known not in called:
                called.append(known)

    def called(self, name: str) -> list[Known]:
        """Those that are called so now."""
        found = self._by_name.get(name.casefold(), ())
        return [each for each in found if name.casefold() in map(str.casefold, each.names)]

    def find(self, words: str, within: Known | None = None) -> Known | Several | None:
        """The row of this code, or the only one of this name: 桂城, 桂城街道.

        One of the station ``within`` goes before those of others that are called the same.
        """
        if (known := self.by_code.get(words)) is not None:
            return known
        found = self.called(words) or self.called(SUFFIX.sub("", words))
        if within is not None:
            found = [each for each in found if each.above is within] or found
        if len(found) > 1:
            return Several(tuple(each.code for each in found))
        return found[0] if found else None


class Directory:
    """Everything that a row of a file may refer to, read once."""

    def __init__(self, session: Session) -> None:
        self.enterprises, self.stations, self.teams = Names(), Names(), Names()
        self.events = Names()
        self.by_id: dict[int, Known] = {}
        employers = {
            each.id: self.enterprises.add(_known(each))
            for each in _rows(session, Enterprise, "name")
        }
        stations = _rows(session, Station, "name", "kind", "path", "parent_id", "enterprise_id")
        for each in stations:
            known = self.stations.add(_known(each))
            known.kind, known.path = each.kind, each.path
            known.enterprise = employers.get(each.enterprise_id)
            self.by_id[each.id] = known
        for each in stations:
            self.by_id[each.id].above = self.by_id.get(each.parent_id)
        for model, names, title in ((Team, self.teams, "name"), (Event, self.events, "title")):
            for each in _rows(session, model, title, "station_id"):
                names.add(_known(each, title)).above = self.by_id.get(each.station_id)

    @property
    def root(self) -> Known | None:
        """The district."""
        return next((each for each in self.by_id.values() if each.above is None), None)

    def around(self, station: Known | None) -> list[str]:
        """The names of the station and its town: people search by place."""
        if station is None or station.kind is StationKind.DISTRICT:
            return []
        names = [*station.names]
        if station.above is not None and station.above.kind is StationKind.TOWN:
            names += station.above.names
        return names


def _rows(session: Session, model: type[SQLModel], *columns: str) -> Sequence[Any]:
    table = table_of(model)
    wanted = [table.c[name] for name in ("id", "code", "translations", *columns)]
    return session.execute(select(*wanted).order_by(table.c.id)).all()


def _known(row: Any, title: str = "name") -> Known:
    others = (row.translations or {}).get(title, {}).values()
    names = dict.fromkeys(each for each in (getattr(row, title), *others) if each)
    return Known(row.code, row.id, tuple(names))
