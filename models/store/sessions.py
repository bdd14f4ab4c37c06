"""Sessions of the store, and what one of them remembers until it is closed."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Insert, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as PlainSession
from sqlmodel import Session, SQLModel

from models.store.connections import RawConnection, raw_connection_of
from models.store.tables import table_of

Result = TypeVar("Result")


@dataclass(slots=True)
class SessionMemory:
    """What one session remembers.

    ``raw`` is its raw connection and the dialect, known after the first prepared statement.
    ``erased`` are the numbers of members who are erased when the transaction is committed.
    ``keeps`` says whether loaded ``rows`` and the ``values`` of ``cached`` stay until it is closed.
    """

    raw: tuple[RawConnection, Dialect] | None = None
    keeps: bool = False
    erased: list[int] = field(default_factory=list)
    rows: list[object] = field(default_factory=list)
    values: dict[Hashable, Any] = field(default_factory=dict)


def open_session(connection: Connection) -> Session:
    """Return a session in the connection's transaction; the caller commits or rolls back."""
    return Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False)


def memory_of(session: PlainSession) -> SessionMemory:
    """Return what this session remembers, the same object for as long as it lives."""
    memory: SessionMemory | None = session.info.get("memory")
    if memory is None:
        memory = session.info["memory"] = SessionMemory()
    return memory


def raw_of(session: Session) -> tuple[RawConnection, Dialect]:
    """Return the session's raw connection; a session of the store has one for all its life."""
    memory = memory_of(session)
    if memory.raw is None:
        connection = session.connection()
        memory.raw = (raw_connection_of(connection), connection.dialect)
    return memory.raw


def keep_loaded_rows(session: PlainSession) -> None:
    """Make a session keep every row object that it loads, and the values of ``cached``.

    For a session that reads for many recipients and is closed: without this, a row that many refer
    to is read again for each of them.
    """
    memory = memory_of(session)
    memory.keeps = True
    event.listen(session, "loaded_as_persistent", lambda _session, row: memory.rows.append(row))


def cached(session: PlainSession, key: Hashable, make: Callable[[], Result]) -> Result:
    """Return what ``make`` returns: called once per key in a session that keeps, else each time."""
    memory = memory_of(session)
    if not memory.keeps:
        return make()
    if key not in memory.values:
        memory.values[key] = make()
    result: Result = memory.values[key]
    return result


def insert_once(session: PlainSession, model: type[SQLModel], values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique key is taken already; return whether it was inserted."""
    statement = _insert_or_nothing(table_of(model), session.get_bind().dialect.name)
    return session.execute(statement, values).first() is not None


@cache
def _insert_or_nothing(table: Table, dialect: str) -> Insert:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing().returning(*table.primary_key.columns)
