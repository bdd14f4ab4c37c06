"""The drivers' own connections, which run compiled statements without SQLAlchemy's layers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

from models.store.compiled import Compiled


class RawConnection(Protocol):
    """The driver's own connection, used inside SQLAlchemy's transaction."""

    def do(self, *statements: str) -> None:
        """Run statements without values and results, in one round trip where the driver can."""

    def rows(self, compiled: Compiled, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Run a statement and fetch all rows, as the driver gives them."""

    def later(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement that returns nothing, once for each of ``rows``.

        It is run before all that follows on this connection, and may be sent together with it:
        what it fails with may be raised there, or by ``settle``.
        """

    def expect(self, compiled: Compiled, values: Mapping[str, Any]) -> None:
        """Say that ``rows`` will be asked for these before anything changes what it says.

        It may then travel with what is asked before it.
        """

    def expect_no_more(self) -> None:
        """Take back what ``expect`` has said and nobody asked for."""

    def settle(self) -> None:
        """Run what ``later`` has left waiting."""

    def forget(self) -> None:
        """Forget what is left waiting or expected: its transaction is rolled back."""

    def copy(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows, as ``later`` with a plain insert does, and cheaper where that is."""


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

    def later(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        if len(rows) == 1:
            self._driver.execute(compiled.sql, compiled.bind(rows[0]))
        else:
            self._driver.cursor().executemany(compiled.sql, [compiled.bind(row) for row in rows])

    # Nothing waits here: a statement is no round trip.

    def expect(self, compiled: Compiled, values: Mapping[str, Any]) -> None:
        pass

    def expect_no_more(self) -> None:
        pass

    def settle(self) -> None:
        pass

    def forget(self) -> None:
        pass

    def copy(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        self.later(compiled, rows)


def raw_connection_of(connection: Connection) -> RawConnection:
    """Return the raw connection of this one, the same object for as long as it is pooled."""
    pooled = connection.connection
    raw: RawConnection | None = pooled.info.get("raw")
    if raw is None:
        raw = pooled.info["raw"] = _open(connection.dialect, pooled.driver_connection)
    return raw


def do(connection: Connection, *statements: str) -> None:
    """Run statements without values and results on this connection.

    Database errors come as SQLAlchemy's, as those of ``settle`` do.
    """
    with _errors_of(connection):
        raw_connection_of(connection).do(*statements)


def settle(connection: Connection) -> None:
    """Run what prepared statements have left waiting on this connection."""
    raw: RawConnection | None = connection.connection.info.get("raw")
    if raw is not None:
        with _errors_of(connection):
            raw.settle()


def expect_no_more(connection: Connection) -> None:
    """Take back what prepared statements have expected: the call is over that would ask for it."""
    raw_connection_of(connection).expect_no_more()


def forget(connection: Connection) -> None:
    """Forget what prepared statements have left waiting: it is rolled back."""
    if not connection.invalidated:
        raw_connection_of(connection).forget()


@contextmanager
def _errors_of(connection: Connection) -> Iterator[None]:
    error: type[Exception] = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except error as problem:
        raise DBAPIError.instance(None, None, problem, error, hide_parameters=True) from problem


def _open(dialect: Dialect, driver: Any) -> RawConnection:
    if dialect.name != "postgresql":
        return _Sqlite(driver)
    # psycopg is loaded only where there is a PostgreSQL: it takes some megabytes.
    from models.store.libpq import Libpq

    return Libpq(driver)
