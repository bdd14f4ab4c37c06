"""The drivers' own connections, which run compiled statements without SQLAlchemy's layers."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect

from models.store.compiled import Compiled


class RawConnection(Protocol):
    """The driver's own connection, used inside SQLAlchemy's transaction."""

    def do(self, *statements: str) -> None:
        """Run statements without values and results, in one round trip where the driver can."""

    def rows(self, compiled: Compiled, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Run a statement and fetch all rows, as the driver gives them."""

    def many(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each of ``rows``."""

    def copy(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows, as ``many`` with a plain insert does, and cheaper where that is."""


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

    def copy(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        self.many(compiled, rows)


def raw_connection_of(connection: Connection) -> RawConnection:
    """Return the raw connection of this one, the same object for as long as it is pooled."""
    pooled = connection.connection
    raw: RawConnection | None = pooled.info.get("raw")
    if raw is None:
        raw = pooled.info["raw"] = _open(connection.dialect, pooled.driver_connection)
    return raw


def _open(dialect: Dialect, driver: Any) -> RawConnection:
    if dialect.name != "postgresql":
        return _Sqlite(driver)
    # psycopg is loaded only where there is a PostgreSQL: it takes some megabytes.
    from models.store.libpq import Libpq

    return Libpq(driver)
