"""Core statements compiled once and run on the driver's own cursor.

For the path of every update and of a rush. Measured: such a statement costs 3 to 6 us of CPU, the
same one through a session's ``execute`` 30 to 50.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Session

Convert = Callable[[Any], Any]
Row = Any
"""A named tuple of the columns that were selected."""


class _Compiled:
    """One statement in one dialect: its SQL, and how values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        self.fixed = {
            name: compiled.params[name]
            for bind, name in compiled.bind_names.items()
            if not bind.required
        }
        self.positions: Sequence[str] | None = compiled.positiontup
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

    def bind(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver wants them: in their order, or by their names."""
        filled = {**self.fixed, **values} if self.fixed else values
        into = self.into
        if self.positions is not None:
            return [
                into[name](filled[name]) if name in into else filled[name]
                for name in self.positions
            ]
        return {
            name: into[name](value) if name in into else value for name, value in filled.items()
        }

    def read(self, found: Sequence[Any]) -> Row:
        if self.out:
            values = list(found)
            for place, convert in self.out:
                values[place] = convert(values[place])
            return self.row._make(values)
        return self.row._make(found)


def _row_of(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)


class Prepared:
    """A Core statement, compiled at its first use in each dialect.

    What the session has pending is flushed first, as ``Session.execute`` does. Database errors
    come as SQLAlchemy's, without the values. ``keys`` names the columns of an insert.
    """

    def __init__(self, statement: Executable, keys: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._keys = keys
        self._compiled: dict[str, _Compiled] = {}

    def first(self, session: Session, values: Mapping[str, Any]) -> Row | None:
        """The first row, or None."""
        compiled, cursor = self._run(session, values)
        found = cursor.fetchone()
        return None if found is None else compiled.read(found)

    def one(self, session: Session, values: Mapping[str, Any]) -> Row:
        """The first row; raises LookupError when there is none."""
        row = self.first(session, values)
        if row is None:
            raise LookupError("the row that must be there is not")
        return row

    def all(self, session: Session, values: Mapping[str, Any]) -> list[Row]:
        compiled, cursor = self._run(session, values)
        return [compiled.read(found) for found in cursor.fetchall()]

    def run(self, session: Session, values: Mapping[str, Any]) -> None:
        """Run it for what it does."""
        self._run(session, values)

    def run_many(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of the rows."""
        session.flush()
        driver, compiled = self._prepare(session)
        cursor = driver.cursor()
        try:
            cursor.executemany(compiled.sql, [compiled.bind(row) for row in rows])
        except compiled.error as problem:
            raise self._as_ours(compiled, problem) from problem

    def _run(self, session: Session, values: Mapping[str, Any]) -> tuple[_Compiled, Any]:
        session.flush()
        driver, compiled = self._prepare(session)
        try:
            return compiled, driver.execute(compiled.sql, compiled.bind(values))
        except compiled.error as problem:
            raise self._as_ours(compiled, problem) from problem

    def _prepare(self, session: Session) -> tuple[Any, _Compiled]:
        known = session.info.get("driver")
        if known is None:
            connection = session.connection()
            known = (connection.connection.driver_connection, connection.dialect)
            # A session of the store lives on one connection, from its first to its last statement.
            session.info["driver"] = known
        driver, dialect = known
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = _Compiled(self._statement, dialect, self._keys)
            self._compiled[dialect.name] = compiled
        return driver, compiled

    def _as_ours(self, compiled: _Compiled, problem: Exception) -> BaseException:
        return DBAPIError.instance(
            compiled.sql, None, problem, compiled.error, hide_parameters=True
        )
