"""Rows that were read and checked: what loading each of them would do, and what it did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, SQLModel

from models.loading.cells import CellReader
from models.loading.columns import SHEETS
from models.loading.directory import Known
from models.loading.sheets import SheetProblem
from models.network.translations import translations_of
from models.rules.languages import Translated
from models.store import table_of


class Fate(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    BAD = "bad"


@dataclass(slots=True)
class Ready:
    """A row that was read. ``values`` are by the columns of its table.

    A Known among them stands for its number, a Translated for a text with its translations.
    ``known`` is what others name it by, ``more`` what its sheet keeps besides.
    """

    reader: CellReader
    key: str
    label: str
    values: dict[str, Any] = field(default_factory=dict)
    known: Known | None = None
    more: Any = None


@dataclass(slots=True)
class Compared:
    """A row beside what the store has of it: what would become of it, and which columns differ.

    ``changes`` are those of the table and ``fields`` those of the sheet.
    """

    ready: Ready
    fate: Fate
    stored: Any = None
    changes: dict[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """Rows by sheet that were new, changed or the same; and the problems of the others.

    ``bad`` counts these others, once every row has been read and written.
    """

    added: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    changed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    same: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    bad: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHEETS, 0))
    problems: list[SheetProblem] = field(default_factory=list)

    def count(self, sheet: str, fate: Fate, rows: int = 1) -> None:
        by_fate = {Fate.ADDED: self.added, Fate.CHANGED: self.changed, Fate.SAME: self.same}
        if fate in by_fate:
            by_fate[fate][sheet] += rows

    def add(self, other: "Report") -> None:
        """Add the counts of another report."""
        for mine, theirs in (
            (self.added, other.added),
            (self.changed, other.changed),
            (self.same, other.same),
        ):
            for sheet, rows in theirs.items():
                mine[sheet] += rows

    def lines(self) -> list[str]:
        """A line in English for each sheet that had rows, then one for each problem."""
        lines = []
        for sheet, (new, changed, same) in self.counts():
            lines.append(f"{sheet}: {new} new, {changed} changed, {same} as before")
        return lines + [str(problem) for problem in self.problems]

    def counts(self) -> list[tuple[str, tuple[int, int, int]]]:
        """New, changed and unchanged rows of each sheet that had any."""
        counted = [
            (sheet, (self.added[sheet], self.changed[sheet], self.same[sheet])) for sheet in SHEETS
        ]
        return [(sheet, counts) for sheet, counts in counted if any(counts)]


COLUMNS = {
    "parent_id": "parent",
    "enterprise_id": "enterprise",
    "station_id": "station",
    "team_id": "team",
    "event_id": "event",
    "search": "aliases",
    "picture_id": "picture",
    "loaded_as": "code",
    "starts_at": "day",
    "ends_at": "until",
    "closes_at": "closes_before",
}
"""What the sheet calls a column of the table, where that is something else."""


def as_row(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the table has them."""
    row: dict[str, Any] = {}
    texts: dict[str, Translated] = {}
    for name, value in values.items():
        match value:
            case Known():
                row[name] = value.id
            case Translated():
                row[name], texts[name] = value.text, value
            case _:
                row[name] = value
    if texts:
        row["translations"] = translations_of(texts)
    return row


def differences(stored: Any, values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What differs from a stored row: by columns of the table, and columns of the sheet."""
    row = as_row(values)
    changes = {name: value for name, value in row.items() if getattr(stored, name) != value}
    if not changes:
        return changes, ()
    fields = [COLUMNS.get(name, name) for name in changes if name != "translations"]
    if "translations" in changes:
        now, then = changes["translations"], stored.translations or {}
        for text in dict.fromkeys((*now, *then)):
            codes = dict.fromkeys((*now.get(text, {}), *then.get(text, {})))
            fields += [
                f"{text}_{code}"
                for code in codes
                if now.get(text, {}).get(code) != then.get(text, {}).get(code)
            ]
    if len(fields) > 1 and "search" in changes:
        # It follows from the other columns as well.
        fields.remove("aliases")
    return changes, tuple(fields)


def insert_all(
    session: Session, model: type[SQLModel], blank: Mapping[str, Any], rows: Sequence[Ready]
) -> None:
    """Insert rows with one statement, over what a row has by default; their numbers are noted."""
    if not rows:
        return
    table = table_of(model)
    numbers = session.scalars(
        insert(table).returning(table.c.id, sort_by_parameter_order=True),
        [{**blank, **as_row(each.values)} for each in rows],
    ).all()
    for each, number in zip(rows, numbers, strict=True):
        if each.known is not None:
            each.known.id = number


def update_row(
    session: Session, model: type[SQLModel], number: int, changes: Mapping[str, Any]
) -> None:
    table = table_of(model)
    session.execute(update(table).where(table.c.id == number).values(**changes))


def blank(make: Callable[[], SQLModel]) -> dict[str, Any]:
    """What a new row has by default, without a number."""
    return {name: value for name, value in make().model_dump().items() if name != "id"}
