"""Copy every row from one store to another, of either kind, and compare the two row by row.

The source is read in one snapshot. The target keeps how far it is in a table of its own, written
with each batch, so that a copy that was killed goes on where it was.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    and_,
    bindparam,
    collate,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlmodel import Session, SQLModel

from models.store.funnel import Store
from models.store.statements import Prepared

BATCH = 2_000
BATCH_OF_FILES = 20
"""How many rows a transaction writes; fewer where a row holds a picture or a sound."""

DIFFERENCES = 5
"""How many differing rows of a table are named."""

_PROGRESS = Table(
    "copy_progress",
    MetaData(),
    Column("table", String, primary_key=True),
    Column("after", JSON(none_as_null=True)),
    Column("rows", Integer, nullable=False),
    Column("is_done", Integer, nullable=False),
)
"""For each table begun, the key of the last row that was written, and how many were.

Other programs never see it: the target is in use only after it is dropped.
"""

Row = tuple[Any, ...]
Progress = Callable[[str, int], None]
"""Is told a table and how many of its rows have been written, or compared, since the last call."""


class Fault(StrEnum):
    """How a row of the target is not what the source has."""

    MISSING = "is missing"
    UNEXPECTED = "is in the target only"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not the same in both stores, by its primary key."""

    table: str
    key: Row
    fault: Fault


@dataclass(frozen=True, slots=True)
class Compared:
    """A table of both stores: rows of the source, the hash of their values, what differs."""

    table: str
    rows: int
    digest: str
    differences: tuple[Difference, ...]


def tables() -> Sequence[Table]:
    """Every table, each after those that it refers to."""
    return SQLModel.metadata.sorted_tables


def count(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables()
    }


def begin(session: Session) -> None:
    """Make the table of progress in a target, unless a copy has begun there already."""
    _PROGRESS.create(session.connection(), checkfirst=True)


def finish(session: Session) -> None:
    """Take the table of progress out of a target."""
    _PROGRESS.drop(session.connection(), checkfirst=True)


def copy(source: Session, target: Store, progress: Progress) -> None:
    """Write all rows of ``source`` that ``target`` has not yet, table by table, in batches."""
    for table in tables():
        _copy_table(source, target, table, progress)


def compare(source: Session, target: Session, progress: Progress) -> Iterator[Compared]:
    """Compare all rows of both, table by table, in the order of their keys."""
    for table in tables():
        yield _compare_table(source, target, table, progress)


def last_numbers(session: Session) -> dict[str, int]:
    """The highest number that each table has given to a row, which may be gone since."""
    given: dict[str, int] = {}
    for table, column in _numbered():
        highest = session.execute(select(func.max(column))).scalar() or 0
        given[table.name] = max(highest, _last_number(session, table, column))
    return given


def set_last_numbers(session: Session, given: dict[str, int]) -> None:
    """Count on from these numbers, so that no row gets the number of one that is gone."""
    for table, column in _numbered():
        number = given[table.name]
        if _is_sqlite(session):
            session.execute(
                text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name}
            )
            session.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"),
                {"name": table.name, "number": number},
            )
        else:
            session.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, :column), :number, :given)"),
                {
                    "name": f'"{table.name}"',
                    "column": column.name,
                    "number": max(number, 1),
                    "given": number > 0,
                },
            )


def others_connected(session: Session) -> int:
    """How many other connections a database on PostgreSQL has; 0 for a file."""
    if _is_sqlite(session):
        return 0
    found: int = session.execute(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND coalesce(backend_type, '') IN ('', 'client backend')"
        )
    ).scalar_one()
    return found


def analyze(session: Session) -> None:
    """Let the database look at what it holds now, for its plans."""
    session.execute(text("ANALYZE"))


# Rows in the order of their keys


def _key_of(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns)


def _ordered(session: Session, column: Column[Any]) -> ColumnElement[Any]:
    """A column of the key in an order that both kinds of store share: of bytes, for text."""
    if not isinstance(_kept_as(column), String):
        return column
    return collate(column, "BINARY" if _is_sqlite(session) else "C")


def _after(session: Session, table: Table, key: Row) -> ColumnElement[bool]:
    """The rows behind this key, each column of it in the order of ``_ordered``."""
    columns = _key_of(table)
    conditions = []
    for place, column in enumerate(columns):
        same = [each == value for each, value in zip(columns[:place], key, strict=False)]
        conditions.append(and_(*same, _ordered(session, column) > key[place]))
    return or_(*conditions)


def _rows(session: Session, table: Table, after: Row | None = None) -> Iterator[Row]:
    """Every row of a table, in the order of the key; not all of them in memory."""
    query: Select[Any] = select(table).order_by(
        *(_ordered(session, column) for column in _key_of(table))
    )
    if after is not None:
        query = query.where(_after(session, table, after))
    found = session.execute(query.execution_options(yield_per=_batch_of(table)))
    return (tuple(row) for row in found)


def _batch_of(table: Table) -> int:
    holds_files = any(isinstance(_kept_as(column), LargeBinary) for column in table.columns)
    return BATCH_OF_FILES if holds_files else BATCH


def _kept_as(column: Column[Any]) -> Any:
    """The type as which the database keeps a column, below our own."""
    return getattr(column.type, "impl_instance", column.type)


def _places(table: Table) -> list[int]:
    """Where in a row the columns of its key stand."""
    names = list(table.columns.keys())
    return [names.index(column.key) for column in _key_of(table)]


# Writing


def _copy_table(source: Session, target: Store, table: Table, progress: Progress) -> None:
    at = target.read_now(_progress_of, table)
    if at is not None and at.is_done:
        progress(table.name, at.rows)
        return
    rows = at.rows if at is not None else 0
    progress(table.name, rows)
    after = _typed(table, at.after) if at is not None and at.after is not None else None
    places, names = _places(table), list(table.columns.keys())
    writing = Prepared(insert(table), keys=names)
    unwritten = _rows(source, table, after)
    while batch := list(islice(unwritten, _batch_of(table))):
        rows += len(batch)
        key = [batch[-1][place] for place in places]
        target.write_now(_write, writing, table, batch, key, rows)
        progress(table.name, len(batch))
    target.write_now(_end_table, table, _forward(source, table), rows)


def _write(
    session: Session,
    writing: Prepared,
    table: Table,
    batch: Sequence[Row],
    key: Sequence[Any],
    rows: int,
) -> None:
    names = list(table.columns.keys())
    own = [names.index(column.key) for column in _own(table)]
    given = []
    for row in batch:
        values = dict(zip(names, row, strict=True))
        for place in own:
            # A row that refers to a later one of its table points there when that is written.
            if row[place] is not None and row[place] > values["id"]:
                values[names[place]] = None
        given.append(values)
    writing.insert_all(session, given)
    _note(session, table, rows, after=_plain(key))


def _end_table(session: Session, table: Table, forward: dict[str, list[Row]], rows: int) -> None:
    """Write the references to later rows, and that the table is done."""
    for name, pairs in forward.items():
        pointing = update(table).where(table.c.id == bindparam("row"))
        for number, refers_to in pairs:
            session.execute(pointing.values({name: refers_to}), {"row": number})
    _note(session, table, rows, is_done=1)


def _own(table: Table) -> list[Column[Any]]:
    """The columns that refer to rows of the same table."""
    return [key.parent for key in table.foreign_keys if key.column.table is table]


def _forward(source: Session, table: Table) -> dict[str, list[Row]]:
    """By column the rows that refer to a later row of their table, each with its number."""
    return {
        column.name: [
            tuple(row)
            for row in source.execute(select(table.c.id, column).where(column > table.c.id))
        ]
        for column in _own(table)
    }


def _progress_of(session: Session, table: Table) -> Any:
    return session.execute(select(_PROGRESS).where(_PROGRESS.c.table == table.name)).first()


def _note(session: Session, table: Table, rows: int, **values: Any) -> None:
    here = _PROGRESS.c.table == table.name
    known = session.execute(select(_PROGRESS.c.rows).where(here)).first()
    noted = {"rows": rows, "is_done": 0, **values}
    if known is not None:
        session.execute(update(_PROGRESS).where(here).values(noted))
    else:
        session.execute(insert(_PROGRESS).values({"table": table.name, **noted}))


def _plain(key: Sequence[Any]) -> list[Any]:
    """A key as JSON keeps it."""
    loaded: list[Any] = orjson.loads(orjson.dumps(list(key)))
    return loaded


def _typed(table: Table, key: Sequence[Any]) -> Row:
    """A key that JSON kept, in the types of its columns."""
    return tuple(
        date.fromisoformat(value) if isinstance(column.type, Date) else value
        for column, value in zip(_key_of(table), key, strict=True)
    )


# Comparing


def _compare_table(source: Session, target: Session, table: Table, progress: Progress) -> Compared:
    places, batch = _places(table), _batch_of(table)
    digest, rows = hashlib.sha256(), 0
    differences: list[Difference] = []
    ours, theirs = _rows(source, table), _rows(target, table)
    left, right = next(ours, None), next(theirs, None)
    while left is not None or right is not None:
        fault = _fault(left, right, places)
        if fault is not None and len(differences) < DIFFERENCES:
            row = right if fault is Fault.UNEXPECTED else left
            assert row is not None
            key = tuple(row[place] for place in places)
            differences.append(Difference(table.name, key, fault))
        if left is not None and fault is not Fault.UNEXPECTED:
            digest.update(canonical(left))
            rows += 1
            if rows % batch == 0:
                progress(table.name, batch)
            left = next(ours, None)
            if fault is Fault.MISSING:
                continue
        right = next(theirs, None)
    progress(table.name, rows % batch)
    return Compared(table.name, rows, digest.hexdigest(), tuple(differences))


def _fault(left: Row | None, right: Row | None, places: Sequence[int]) -> Fault | None:
    if right is None:
        return Fault.MISSING
    if left is None:
        return Fault.UNEXPECTED
    # By code point, and so by bytes of UTF-8, as both stores order text here.
    ours = [left[place] for place in places]
    theirs = [right[place] for place in places]
    if ours < theirs:
        return Fault.MISSING
    if ours > theirs:
        return Fault.UNEXPECTED
    return None if canonical(left) == canonical(right) else Fault.DIFFERS


def canonical(row: Row) -> bytes:
    """A row's values as bytes that are the same for either store: moments in UTC, keys sorted."""
    return orjson.dumps(row, default=_of_bytes, option=orjson.OPT_SORT_KEYS)


def _of_bytes(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(f"a {type(value).__name__} is no value of a row")


# Numbers of rows


def _numbered() -> Iterator[tuple[Table, Column[Any]]]:
    for table in tables():
        if table.autoincrement_column is not None:
            yield table, table.autoincrement_column


def _last_number(session: Session, table: Table, column: Column[Any]) -> int:
    if _is_sqlite(session):
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return session.execute(query, {"name": table.name}).scalar() or 0
    name = session.execute(
        text("SELECT pg_get_serial_sequence(:name, :column)"),
        {"name": f'"{table.name}"', "column": column.name},
    ).scalar_one()
    last, is_given = session.execute(text(f"SELECT last_value, is_called FROM {name}")).one()  # noqa: S608
    return last if is_given else 0


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
