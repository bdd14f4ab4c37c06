"""Save checked rows by their codes, and count what changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from models.events.events import Event
from models.loading.cells import CellReader
from models.loading.sheets import SHEETS, SheetFile, SheetProblem, SheetRow
from models.network.stations import Care, Enterprise, Station, StationKind
from models.network.translations import translations_of
from models.rules.languages import Translated
from models.store import Moment
from models.teams.teams import Team

Coded = TypeVar("Coded", Enterprise, Station, Team, Event)

Existing = Mapping[str, Coded]
"""Stored rows by code."""


@dataclass(slots=True)
class Report:
    """Rows by sheet that were new, changed or the same; and the problems of the others."""

    added: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    changed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    same: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    problems: list[SheetProblem] = field(default_factory=list)

    def lines(self) -> list[str]:
        """A line for each sheet that had rows, then one for each problem."""
        lines = []
        for sheet in SHEETS:
            counts = self.added[sheet], self.changed[sheet], self.same[sheet]
            if any(counts):
                new, changed, same = counts
                lines.append(f"{sheet}: {new} new, {changed} changed, {same} as before")
        return lines + [str(problem) for problem in self.problems]


@dataclass(slots=True)
class Saver:
    """Saves the rows of one file in one transaction and counts them in ``report``."""

    session: Session
    sheets: SheetFile
    care: Care
    now: Moment
    report: Report

    def reader(self, sheet: str, row: SheetRow) -> CellReader:
        """A reader of this row, which reports problems to ``report``."""
        return CellReader(self.sheets.file, sheet, row, self.report.problems)

    def rows_with_code(self, sheet: str) -> list[tuple[SheetRow, CellReader, str]]:
        """The rows that have a code, unique within the sheet; others are reported."""
        rows, seen = [], dict[str, int]()
        for row in self.sheets.rows[sheet]:
            reader = self.reader(sheet, row)
            code = reader.code()
            if code in seen:
                reader.problem(f"the code {code!r} stands in line {seen[code]} already", "code")
            elif code:
                seen[code] = row.line
                rows.append((row, reader, code))
        return rows

    def by_code(self, model: type[Coded]) -> dict[str, Coded]:
        """Every stored row of a table by its code."""
        self.session.flush()
        return {each.code: each for each in self.session.exec(select(model)).all()}

    def save(
        self,
        sheet: str,
        row: SheetRow,
        reader: CellReader,
        existing: dict[str, Coded],
        model: Callable[..., Coded],
        code: str,
        values: dict[str, Any],
        changed: bool = False,
    ) -> None:
        """Add the row of this code or update its columns; add a new one to ``existing``.

        A row with problems is skipped. ``changed`` counts it as changed in any case.
        """
        if reader.is_bad:
            return
        stored = existing.get(code)
        if stored is None:
            existing[code] = stored = model(code=code, **values)
            if isinstance(stored, Station | Team):
                stored.since = self.now
            self.session.add(stored)
            self.session.flush()
            self.count(sheet, new=True)
            return
        differs = set_columns(stored, values)
        self.count(sheet, changed=differs or changed)

    def count(self, sheet: str, *, new: bool = False, changed: bool = False) -> None:
        """Count a row as new, changed or the same."""
        counts = self.report.added if new else self.report.changed if changed else self.report.same
        counts[sheet] += 1


def set_columns(stored: SQLModel, values: Mapping[str, Any]) -> bool:
    """Set the columns that differ, and return whether any did."""
    differing = {name: value for name, value in values.items() if getattr(stored, name) != value}
    for name, value in differing.items():
        setattr(stored, name, value)
    return bool(differing)


def columns_of(**texts: Translated) -> dict[str, Any]:
    """The values of a row for these texts."""
    written: dict[str, Any] = {name: said.text for name, said in texts.items()}
    return written | {"translations": translations_of(texts)}


def names_of(row: Enterprise | Station | Team) -> tuple[str, ...]:
    return row.text_of("name").versions()


def names_around(station: Station | None, stations: Existing[Station]) -> list[str]:
    """The names of the station and its town: people search by place."""
    if station is None or station.kind is StationKind.DISTRICT:
        return []
    names = [*names_of(station)]
    for above in stations.values():
        if above.id == station.parent_id and above.kind is StationKind.TOWN:
            names += names_of(above)
    return names
