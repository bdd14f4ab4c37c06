"""What the loaders of all sheets have in common: a row is read, compared, and written."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlmodel import Session, SQLModel, select

from models.loading.cells import CellReader
from models.loading.directory import Directory, Known, Names
from models.loading.pinyin import syllables
from models.loading.rows import (
    Compared,
    Fate,
    Ready,
    Report,
    blank,
    differences,
    insert_all,
    update_row,
)
from models.loading.sheets import SheetFile, SheetProblem, SheetRow
from models.network import roles
from models.network.roles import NotAllowed
from models.network.stations import Care
from models.rules.languages import Translated
from models.rules.network import permissions
from models.rules.network.permissions import Act, Held
from models.rules.sentences import Text, say
from models.store import Moment, table_of

LONGEST_CODE = 40


@dataclass(slots=True)
class Plan:
    """What loading a file starts from: the file, what there is, the clock, and who loads it.

    ``by`` is None for the operator, who may load into every place. A member may do so at the
    stations ``at``, by their roles ``held``, and below these. ``were_there`` are the lines of the
    people who were in the store when somebody looked at the file.
    """

    sheets: SheetFile
    directory: Directory
    care: Care
    now: Moment
    by: int | None = None
    at: frozenset[int] = frozenset()
    held: Sequence[Held] = ()
    were_there: frozenset[int] = frozenset()
    problems: list[SheetProblem] = field(default_factory=list)

    def take_rights(self, session: Session) -> None:
        """Take note of where ``by`` may load. Raises NotAllowed when they may nowhere."""
        if self.by is None:
            return
        granted = roles.grants_of(session, self.by, self.now)
        allowed = permissions.roles_for(Act.LOAD)
        at = frozenset(place.id for grant, place in granted if grant.role in allowed)
        if not at or (self.at and at != self.at):
            raise NotAllowed(Act.LOAD)
        self.at, self.held = at, roles.held_by(session, self.by, self.now)

    def covers(self, station: Known | None) -> bool:
        """Whether whoever loads may do so at this station."""
        if self.by is None:
            return True
        return station is not None and any(each.id in self.at for each in station.line())

    def require(self, reader: CellReader, station: Known | None, name: str = "station") -> None:
        """Report a row of a place that is not theirs."""
        if reader.is_bad or self.covers(station):
            return
        if station is None:
            reader.missing(name)
        else:
            what = say("you may not load into {place}", place=Translated(station.names[0]))
            reader.wrong(name, what)


class Loader(ABC):
    """The rows of one sheet. ``at_once`` of them are compared and written with few statements."""

    sheet: ClassVar[str]
    at_once: ClassVar[int] = 50

    def __init__(self, plan: Plan) -> None:
        self.plan, self.directory = plan, plan.directory
        self.rows: list[Ready] = []
        self._lines: dict[str, int] = {}

    @abstractmethod
    def read(self, session: Session) -> None:
        """Read the sheet's rows into ``rows``, report the bad ones, and say what others name.

        ``session`` is for what the store has of the rows that they name.
        """

    @abstractmethod
    def compare(self, session: Session, rows: Sequence[Ready]) -> list[Compared]:
        """Say what would become of rows that are not bad."""

    @abstractmethod
    def write(self, session: Session, rows: Sequence[Ready], report: Report) -> None:
        """Write rows that are not bad, and count them."""

    def readers(self) -> list[CellReader]:
        found = self.plan.sheets.rows[self.sheet]
        return [self.reader(row) for row in found]

    def reader(self, row: SheetRow) -> CellReader:
        return CellReader(self.plan.sheets, self.sheet, row, self.plan.problems)

    def keep(self, ready: Ready, name: str = "code") -> None:
        """Keep a row that was read; a second one that means the same is reported at its cell."""
        reader = ready.reader
        if ready.key and ready.key in self._lines:
            reader.problem(self.said_twice(ready, self._lines[ready.key]), name)
        elif ready.key and not reader.is_bad:
            self._lines[ready.key] = reader.line
        self.rows.append(ready)

    def said_twice(self, ready: Ready, line: int) -> Text:
        """Say that another row, at that line, means the same."""
        if ready.reader.has("code"):
            return say("the code '{code}' stands in line {line} already", code=ready.key, line=line)
        return say("the same name stands in line {line} already", line=line)

    def code_of(
        self,
        reader: CellReader,
        names: Names,
        name: str,
        prefix: str,
        is_same: Callable[[Known], bool],
    ) -> str:
        """The row's code. Without one it is known by its name; a new row gets a code made of it.

        ``is_same`` tells which of those that are called so would be the same place or group.
        """
        code, alike = reader.code(), [each for each in names.called(name) if is_same(each)]
        if code or reader.has("code"):
            others = [each.code for each in alike if each.code != code]
            if code and others and code not in names.by_code and not reader.is_bad:
                what = say("'{name}' is there with the code {code}", name=name, code=others[0])
                reader.wrong("name", what)
            return code
        if len(alike) > 1:
            codes = ", ".join(each.code for each in alike)
            what = say("several are called '{words}': give the code, one of {codes}", words=name,
                       codes=codes)  # fmt: skip
            reader.problem(what)
            return ""
        if alike:
            return alike[0].code
        return _made(names, f"{prefix}-{syllables(name)}" if prefix else syllables(name))


def _made(names: Names, wanted: str) -> str:
    """A code that no other row has."""
    wanted = re.sub(r"-+", "-", re.sub(r"[^\w-]+", "-", wanted)).strip("-") or "row"
    for number in range(1, 1_000_000):
        tail = f"-{number}" if number > 1 else ""
        code = f"{wanted[: LONGEST_CODE - len(tail)].rstrip('-')}{tail}"
        if code not in names.by_code:
            return code
    raise AssertionError("there are not so many rows")


class CodedLoader(Loader):
    """Rows that are known by a code in a table of their own."""

    model: ClassVar[type[SQLModel]]

    def stored(self, session: Session, rows: Sequence[Ready]) -> dict[str, Any]:
        """The stored rows by code."""
        table = table_of(self.model)
        found = session.execute(
            select(table).where(table.c.code.in_([each.key for each in rows]))  # type: ignore[call-overload]
        )
        return {each.code: each for each in found}

    def compare(self, session: Session, rows: Sequence[Ready]) -> list[Compared]:
        stored = self.stored(session, rows)
        return [self.compared(each, stored.get(each.key)) for each in rows]

    def compared(self, ready: Ready, stored: Any) -> Compared:
        if stored is None:
            return Compared(ready, Fate.ADDED)
        if ready.known is not None:
            ready.known.id = stored.id
        changes, fields = differences(stored, ready.values)
        fate = Fate.CHANGED if changes else Fate.SAME
        return Compared(ready, fate, stored, changes, fields)

    def write(self, session: Session, rows: Sequence[Ready], report: Report) -> None:
        compared = self.compare(session, rows)
        new = [each.ready for each in compared if each.fate is Fate.ADDED]
        insert_all(session, self.model, self.blank(), new)
        for each in compared:
            if each.fate is Fate.CHANGED:
                update_row(session, self.model, each.stored.id, each.changes)
        for each in compared:
            report.count(self.sheet, each.fate)

    def blank(self) -> dict[str, Any]:
        """What a new row has by default; places and groups know since when they are there."""
        made = blank(self.model)
        return made | ({"since": self.plan.now} if "since" in table_of(self.model).c else {})
