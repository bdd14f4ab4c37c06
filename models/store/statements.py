"""Core statements compiled once and run by the driver's own means.

For the path of every update and of a rush. Measured, in CPU: through a session's ``execute`` such a
statement costs 30 to 50 us; on SQLite's own connection 3 to 6; on PostgreSQL 25 to 50 by psycopg's
cursor, and 10 by the calls of libpq that psycopg itself makes.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Session

Convert = Callable[[Any], Any]
Row = Any
"""A named tuple of the columns that were selected."""


class Compiled:
    """One statement in one dialect: its SQL, and how values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=_spoken(dialect), column_keys=keys)
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
        """The values as the driver wants them, in their order."""
        filled = {**self.fixed, **values} if self.fixed else values
        into = self.into
        return [
            into[name](filled[name]) if name in into else filled[name] for name in self.positions
        ]

    def read(self, found: Sequence[Any]) -> Row:
        if self.out:
            values = list(found)
            for place, convert in self.out:
                values[place] = convert(values[place])
            return self.row._make(values)
        return self.row._make(found)


def _spoken(dialect: Dialect) -> Dialect:
    """The dialect with its parameters in order; libpq has them as $1, and psycopg does not."""
    if dialect.name != "postgresql":
        return dialect
    return type(dialect)(paramstyle="numeric_dollar")  # type: ignore[call-arg]


def _row_of(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)


class Line(Protocol):
    """A database connection below SQLAlchemy, in SQLAlchemy's transaction."""

    def do(self, *statements: str) -> None:
        """Run statements without values and without an outcome, in one trip where there is one."""

    def rows(self, compiled: Compiled, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]: ...

    def many(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None: ...


class _Sqlite:
    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def do(self, *statements: str) -> None:
        for sql in statements:
            self._driver.execute(sql)

    def rows(self, compiled: Compiled, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        found: list[Sequence[Any]] = self._driver.execute(
            compiled.sql, compiled.bind(values)
        ).fetchall()
        return found

    def many(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        self._driver.cursor().executemany(compiled.sql, [compiled.bind(row) for row in rows])


def line_of(connection: Connection) -> Line:
    """The line of this connection, the same one for as long as the connection lives."""
    pooled = connection.connection
    line: Line | None = pooled.info.get("line")
    if line is None:
        line = pooled.info["line"] = _open_line(connection.dialect, pooled.driver_connection)
    return line


def _open_line(dialect: Dialect, driver: Any) -> Line:
    if dialect.name != "postgresql":
        return _Sqlite(driver)
    # psycopg is loaded only where there is a PostgreSQL: it takes some megabytes.
    from models.store.libpq import Libpq

    return Libpq(driver)


class Prepared:
    """A Core statement, compiled at its first use in each dialect.

    What the session has pending is flushed first, as ``Session.execute`` does. Database errors
    come as SQLAlchemy's, without the values. ``keys`` names the columns of an insert.
    """

    def __init__(self, statement: Executable, keys: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._keys = keys
        self._compiled: dict[str, Compiled] = {}

    def first(self, session: Session, values: Mapping[str, Any]) -> Row | None:
        """The first row, or None."""
        compiled, found = self._run(session, values)
        return compiled.read(found[0]) if found else None

    def one(self, session: Session, values: Mapping[str, Any]) -> Row:
        """The first row; raises LookupError when there is none."""
        row = self.first(session, values)
        if row is None:
            raise LookupError("the row that must be there is not")
        return row

    def all(self, session: Session, values: Mapping[str, Any]) -> list[Row]:
        compiled, found = self._run(session, values)
        return [compiled.read(each) for each in found]

    def run(self, session: Session, values: Mapping[str, Any]) -> None:
        """Run it for what it does."""
        self._run(session, values)

    def run_many(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of the rows; a few."""
        session.flush()
        line, compiled = self._prepare(session)
        try:
            line.many(compiled, rows)
        except compiled.error as problem:
            raise self._as_ours(compiled, problem) from problem

    def _run(
        self, session: Session, values: Mapping[str, Any]
    ) -> tuple[Compiled, Sequence[Sequence[Any]]]:
        session.flush()
        line, compiled = self._prepare(session)
        try:
            return compiled, line.rows(compiled, values)
        except compiled.error as problem:
            raise self._as_ours(compiled, problem) from problem

    def _prepare(self, session: Session) -> tuple[Line, Compiled]:
        known = session.info.get("line")
        if known is None:
            connection = session.connection()
            # A session of the store lives on one connection, from its first to its last statement.
            known = session.info["line"] = (line_of(connection), connection.dialect)
        line, dialect = known
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = Compiled(self._statement, dialect, self._keys)
            self._compiled[dialect.name] = compiled
        return line, compiled

    def _as_ours(self, compiled: Compiled, problem: Exception) -> BaseException:
        return DBAPIError.instance(
            compiled.sql, None, problem, compiled.error, hide_parameters=True
        )
