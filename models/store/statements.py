"""Core statements compiled once and run by the driver's own means.

For the path of every update and of a rush. Measured, in CPU: through a session's ``execute`` such a
statement costs 30 to 50 us; on SQLite's own connection 3 to 6; on PostgreSQL 25 to 50 by psycopg's
cursor, and 10 by the calls of libpq that psycopg itself makes. A round trip costs the server as
much again: a statement without an answer travels with the next one that has one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.store.compiled import Compiled, Row
from models.store.connections import RawConnection
from models.store.sessions import memory_of, raw_of


class Prepared:
    """A Core statement, compiled at its first use in each dialect, run by the driver itself.

    A statement is prepared where it runs for every update, every claim or every recipient; the
    module says what that saves. All others go through the session.

    What the session has pending is flushed first, as ``Session.execute`` does. Database errors
    come as SQLAlchemy's, without the values; those of ``run`` and ``run_many`` at the next
    statement or at the end of the call, at the latest. ``keys`` names the columns of an insert.
    """

    def __init__(self, statement: Executable, keys: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._keys = keys
        self._compiled: dict[str, Compiled] = {}

    def first(self, session: Session, values: Mapping[str, Any]) -> Row | None:
        """Return the first row, or None."""
        compiled, rows = self._run(session, values)
        return compiled.read(rows[0]) if rows else None

    def one(self, session: Session, values: Mapping[str, Any]) -> Row:
        """Return the first row. Raises LookupError when there is none."""
        row = self.first(session, values)
        if row is None:
            raise LookupError("the row that must be there is not")
        return row

    def all(self, session: Session, values: Mapping[str, Any]) -> list[Row]:
        """Return all rows."""
        compiled, rows = self._run(session, values)
        return [compiled.read(each) for each in rows]

    def expect(self, session: Session, values: Mapping[str, Any]) -> None:
        """Say that the rows of these values will be asked for by this call.

        Nothing in between may change what they say. It saves PostgreSQL a round trip.
        """
        raw, compiled = self._prepare(session)
        raw.expect(compiled, values)

    def run(self, session: Session, values: Mapping[str, Any]) -> None:
        """Run a statement that returns nothing."""
        self.run_many(session, (values,))

    def run_many(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each of ``rows``, of which there are few."""
        session.flush()
        raw, compiled = self._prepare(session)
        try:
            raw.later(compiled, rows)
        except compiled.error as problem:
            raise self._as_sqlalchemy(compiled, problem) from problem

    def insert_all(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows by a plain insert: on PostgreSQL by COPY, which plans nothing."""
        session.flush()
        raw, compiled = self._prepare(session)
        try:
            raw.copy(compiled, rows)
        except compiled.error as problem:
            raise self._as_sqlalchemy(compiled, problem) from problem

    def _run(
        self, session: Session, values: Mapping[str, Any]
    ) -> tuple[Compiled, Sequence[Sequence[Any]]]:
        session.flush()
        raw, compiled = self._prepare(session)
        try:
            return compiled, raw.rows(compiled, values)
        except compiled.error as problem:
            raise self._as_sqlalchemy(compiled, problem) from problem

    def _prepare(self, session: Session) -> tuple[RawConnection, Compiled]:
        raw, dialect = memory_of(session).raw or raw_of(session)
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = Compiled(self._statement, dialect, self._keys)
            self._compiled[dialect.name] = compiled
        return raw, compiled

    def _as_sqlalchemy(self, compiled: Compiled, problem: Exception) -> BaseException:
        return DBAPIError.instance(
            compiled.sql, None, problem, compiled.error, hide_parameters=True
        )
