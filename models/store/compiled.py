"""A Core statement compiled for one dialect: its SQL, and how values go in and come out."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Dialect, Insert
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel.sql.sqltypes import UTCDateTime

from models.store.tables import Words

Convert = Callable[[Any], Any]
Row = Any
"""A named tuple of the columns that were selected."""


class Compiled:
    """One statement in one dialect: its SQL, and how values go in and come out.

    ``copy`` is PostgreSQL's command for the rows of an insert that gives values alone.
    """

    def __init__(self, statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=_compiling(dialect), column_keys=keys)
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        self.query = self.sql.encode()
        assert compiled.positiontup is not None
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        # What stands in the statement itself is converted here, once.
        self.bound: list[Any] = []
        self.into: list[tuple[int, str, Convert | None]] = []
        for place, name in enumerate(compiled.positiontup):
            bind = binds[name]
            convert = _into(bind.type, dialect)
            fixed = None if bind.required else compiled.params[name]
            self.bound.append(fixed if bind.required or convert is None else convert(fixed))
            if bind.required:
                self.into.append((place, name, convert))
        returned = getattr(statement, "selected_columns", None)
        columns = list(returned if returned is not None else statement.exported_columns)
        self.out: list[tuple[int, Convert]] = []
        for place, column in enumerate(columns):
            convert = _out_of(column.type, dialect)
            if convert is not None:
                self.out.append((place, convert))
        names = [column.key or f"column_{place}" for place, column in enumerate(columns)]
        self.row = _row_of(names)
        self.error: type[Exception] = dialect.loaded_dbapi.Error
        self.copy = ""
        if isinstance(statement, Insert):
            quoted = map(compiled.preparer.quote, compiled.positiontup)
            into = compiled.preparer.format_table(statement.table)
            self.copy = f"COPY {into} ({', '.join(quoted)}) FROM STDIN"

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the values as the driver takes them, in the order of the placeholders."""
        bound = self.bound.copy()
        for place, name, convert in self.into:
            value = values[name]
            bound[place] = value if convert is None else convert(value)
        return bound

    def read(self, fetched: Sequence[Any]) -> Row:
        """Return a fetched row as a named tuple, its values converted to Python's types."""
        if self.out:
            values = list(fetched)
            for place, convert in self.out:
                values[place] = convert(values[place])
            fetched = values
        # As namedtuple's _make, without its call and check: the columns are those of the statement.
        return tuple.__new__(self.row, fetched)


# A rush converts some fifty words and moments for one decision. SQLAlchemy's own processors do it
# in Python, through two or three calls each: a tenth of the decision, where these take a hundredth.


def _into(kind: Any, dialect: Dialect) -> Convert | None:
    """Return how a value of this type is given to the driver; None: as it is."""
    if isinstance(kind, Words):
        values = {each: each.value for each in kind.words}
        return lambda word: None if word is None else values[word]
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _moment_into_text
    convert: Convert | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _out_of(kind: Any, dialect: Dialect) -> Convert | None:
    """Return how a value of this type is made of what the driver returns; None: it is that."""
    if isinstance(kind, Words):
        words = {each.value: each for each in kind.words}
        return lambda value: None if value is None else words[value]
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _moment_of_text
    convert: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return convert


# A message binds its own moment some ten times, and a rush reads those of one event each time.
@lru_cache(maxsize=1024)
def _moment_into_text(moment: datetime | None) -> str | None:
    """Return a moment as SQLAlchemy keeps it in SQLite. Raises ValueError for a naive one."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a moment must have a timezone")
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:-6]


@lru_cache(maxsize=1024)
def _moment_of_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class _WordsSpelledOut(SQLiteCompiler):
    """Writes the words of a statement itself into it, where others are bound.

    SQLite plans a statement anew at each run that binds a value where a partial index names one,
    as in ``state = ?`` beside an index ``WHERE state = 'waiting'``: several times what it takes.
    """

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **options: Any) -> str:
        if isinstance(bindparam.type, Words) and not bindparam.required:
            options["literal_binds"] = True
        written: str = super().visit_bindparam(  # type: ignore[no-untyped-call]
            bindparam, *args, **options
        )
        return written


def _compiling(dialect: Dialect) -> Dialect:
    """Return the dialect as statements are compiled for its driver below SQLAlchemy."""
    if dialect.name == "postgresql":
        # libpq takes $1, psycopg does not.
        return type(dialect)(paramstyle="numeric_dollar")  # type: ignore[call-arg]
    compiling = copy(dialect)
    compiling.statement_compiler = _WordsSpelledOut
    return compiling


def _row_of(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)
