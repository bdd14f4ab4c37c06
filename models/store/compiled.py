"""A Core statement compiled for one dialect: its SQL, and how values go in and come out."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]
Row = Any
"""A named tuple of the columns that were selected."""


class Compiled:
    """One statement in one dialect: its SQL, and how values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=_positional(dialect), column_keys=keys)
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        self.fixed = {
            name: compiled.params[name]
            for bind, name in compiled.bind_names.items()
            if not bind.required
        }
        assert compiled.positiontup is not None
        self.positions: Sequence[str] = compiled.positiontup
        self.query = self.sql.encode()
        self.into: dict[str, Convert] = {}
        for bind, name in compiled.bind_names.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                self.into[name] = convert
        returned = getattr(statement, "selected_columns", None)
        columns = list(returned if returned is not None else statement.exported_columns)
        self.out: list[tuple[int, Convert]] = []
        for place, column in enumerate(columns):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                self.out.append((place, convert))
        names = [column.key or f"column_{place}" for place, column in enumerate(columns)]
        self.row = _row_of(names)
        self.error: type[Exception] = dialect.loaded_dbapi.Error

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the values as the driver takes them, in the order of the placeholders."""
        filled = {**self.fixed, **values} if self.fixed else values
        into = self.into
        return [
            into[name](filled[name]) if name in into else filled[name] for name in self.positions
        ]

    def read(self, fetched: Sequence[Any]) -> Row:
        """Return a fetched row as a named tuple, its values converted to Python's types."""
        if self.out:
            values = list(fetched)
            for place, convert in self.out:
                values[place] = convert(values[place])
            return self.row._make(values)
        return self.row._make(fetched)


def _positional(dialect: Dialect) -> Dialect:
    """Return the dialect with positional parameters: libpq takes $1, psycopg does not."""
    if dialect.name != "postgresql":
        return dialect
    return type(dialect)(paramstyle="numeric_dollar")  # type: ignore[call-arg]


def _row_of(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)
