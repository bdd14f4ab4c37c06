"""The one way to the database: a funnel for writes, threads of their own for reads."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, TypeVar

import orjson
from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Insert,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session as PlainSession
from sqlmodel import Session, SQLModel

from models.store.statements import line_of
from models.store.tables import table_of

Moment = datetime
"""A point in time: always aware, always UTC in the store (naive values are refused there)."""

Result = TypeVar("Result")
Verb = Callable[Concatenate[Session, ...], Result]

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-8000",
)

# A batch keeps later calls waiting, so it stays short: 64 updates take some 40 ms.
BATCH = 64
RETRIES = 3

# A batch that holds rows waits so long for those of another, in milliseconds. PostgreSQL looks for
# a deadlock after a second only (deadlock_timeout), and two batches would soon be in one.
PATIENCE = 20
READ_ONLY = "25006"
"""PostgreSQL's word for a server that takes no writes now: a standby, after a failover."""
DEADLOCK, SERIALIZATION_FAILURE, LOCK_TIMEOUT = "40P01", "40001", "55P03"


# Constraints need names of their own: SQLite's cannot be changed by a migration without one.
SQLModel.metadata.naming_convention = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


def one_of(words: type[StrEnum]) -> Any:
    """The column type of a word out of a list: plain text, so that the list can grow."""
    return Words(words)


class Words(TypeDecorator[StrEnum]):
    """A StrEnum, kept as its value."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class StoreDown(Exception):
    """The database cannot be reached, or cannot write now. The caller may try again later."""


@dataclass(slots=True)
class _Call:
    fn: Callable[..., Any]
    args: tuple[Any, ...]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    outcome: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Lane:
    """One writer: a queue, a thread and a connection."""

    calls: queue.SimpleQueue[_Call | None] = field(default_factory=queue.SimpleQueue)
    thread: threading.Thread | None = None


class Store:
    """Runs verbs on threads of its own: one that writes, and a few that read beside it.

    ``url`` is ``sqlite:///path`` or ``postgresql://…``. ``lanes`` is the number of writing
    connections; SQLite has always one, and on PostgreSQL several share the batches among them and
    wait for each other's rows, at twice the cost. ``readers`` is the number of reading threads.
    ``fails_to_write`` says how the last write ended: what can be read may be on a full disk.
    """

    def __init__(self, url: str, *, lanes: int = 1, readers: int = 2) -> None:
        self.engine = open_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._lanes = [_Lane() for _ in range(1 if self.is_sqlite else lanes)]
        self._reading = ThreadPoolExecutor(readers, thread_name_prefix="store-read")
        self._closed = False
        self.fails_to_write = False
        # Between asking whether the store is closed and queueing a call nobody may close it.
        self._closing = threading.Lock()
        for number, lane in enumerate(self._lanes):
            lane.thread = threading.Thread(
                target=self._serve, args=(lane,), name=f"store-write-{number}", daemon=True
            )
            lane.thread.start()

    async def write(self, fn: Verb[Result], *args: Any, lane: str = "") -> Result:
        """Run ``fn(session, *args)`` in a transaction; return what it returned once durable.

        Calls that wait together are committed together, each in a savepoint of its own.
        Calls of one ``lane`` (a chat, say) keep their order. Raises StoreDown when the
        database is away, and whatever ``fn`` raised, after undoing it.
        """
        loop = asyncio.get_running_loop()
        call = _Call(fn, args, loop, loop.create_future())
        with self._closing:
            if self._closed:
                raise StoreDown("the store is closed")
            self._lanes[hash(lane) % len(self._lanes)].calls.put(call)
        result: Result = await call.future
        return result

    async def read(self, fn: Verb[Result], *args: Any) -> Result:
        """Run ``fn(session, *args)`` on a snapshot beside the writers; nothing it does is kept."""
        if self._closed:
            raise StoreDown("the store is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, self.read_now, fn, *args)

    def write_now(self, fn: Verb[Result], *args: Any) -> Result:
        """As ``write``, on the caller's own thread: for the command line."""
        with store_failures(), self.engine.begin() as connection, _session(connection) as session:
            result = fn(session, *args)
            session.flush()
            return result

    def read_now(self, fn: Verb[Result], *args: Any) -> Result:
        """As ``read``, on the caller's own thread."""
        reader = self.engine.execution_options(read_only=True)
        with store_failures(), reader.connect() as connection, _session(connection) as session:
            return fn(session, *args)

    def close(self) -> None:
        """Finish what was asked, then close every connection."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            for lane in self._lanes:
                lane.calls.put(None)
        for lane in self._lanes:
            if lane.thread is not None:
                lane.thread.join()
        self._reading.shutdown()
        self.engine.dispose()

    # The funnel

    def _serve(self, lane: _Lane) -> None:
        while (call := lane.calls.get()) is not None:
            batch = [call]
            last = False
            while len(batch) < BATCH and not lane.calls.empty():
                following = lane.calls.get()
                if following is None:
                    last = True
                    break
                batch.append(following)
            while batch:
                ended = self._commit(batch)
                self.fails_to_write = any(isinstance(each.error, StoreDown) for each in batch)
                _hand_back(batch[:ended])
                batch = batch[ended:]
            if last:
                return

    def _commit(self, batch: list[_Call], attempt: int = 1) -> int:
        """Run the calls in one transaction; where it fails as a whole, one by one.

        Returns how many have ended: those that must wait for another batch begin the next one.
        """
        ended = len(batch)
        try:
            connection = self._begin()
        except StoreDown as problem:
            # Nobody in the batch waits for the same time-out once more.
            for call in batch:
                call.error = problem
            return ended
        try:
            # Leaving a connection that was lost fails in its own turn: that is a store down, too.
            with store_failures(), connection, _session(connection) as session:
                if len(batch) == 1:
                    # A failure of the only call undoes the transaction: no savepoint is needed.
                    batch[0].outcome = batch[0].fn(session, *batch[0].args)
                    session.flush()
                else:
                    ended = self._run_in_savepoints(session, connection, batch)
                connection.commit()
        except BaseException as problem:
            if len(batch) > 1:
                ended = len(batch)
                for call in batch:
                    call.outcome = call.error = None
                    self._commit([call])
            elif not _is_conflict(problem):
                batch[0].error = problem
            elif attempt < RETRIES:
                self._commit(batch, attempt + 1)
            else:
                batch[0].error = StoreDown(f"still in conflict after {RETRIES} attempts")
        return ended

    def _begin(self) -> Connection:
        with store_failures():
            connection = self.engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            return connection

    def _run_in_savepoints(
        self, session: Session, connection: Connection, batch: list[_Call]
    ) -> int:
        """Run the calls up to the first that must wait for another batch; say how many ran."""
        line = line_of(connection)
        # From the second call on the batch holds rows, and waits no longer than others can bear.
        patience = () if self.is_sqlite else (f"SET LOCAL lock_timeout = {PATIENCE}",)
        for number, call in enumerate(batch):
            if number == 0:
                line.do("SAVEPOINT call")
            else:
                line.do("RELEASE SAVEPOINT call", *patience, "SAVEPOINT call")
                patience = ()
            try:
                call.outcome = call.fn(session, *call.args)
                session.flush()
            except Exception as problem:
                if number and _state_of(problem) == LOCK_TIMEOUT:
                    line.do("ROLLBACK TO SAVEPOINT call")
                    session.expunge_all()
                    return number
                if _is_database_trouble(problem):
                    # The transaction may be broken as a whole: begin again, call by call.
                    raise
                call.error = problem
                line.do("ROLLBACK TO SAVEPOINT call")
            session.expunge_all()
        return len(batch)


@contextmanager
def store_failures() -> Iterator[None]:
    """Turn a driver's word for "the database is away, or full" into StoreDown."""
    try:
        yield
    except DBAPIError as problem:
        if problem.connection_invalidated or _is_away(problem):
            raise StoreDown(str(problem.orig)) from problem
        raise


def _is_away(problem: DBAPIError) -> bool:
    if _state_of(problem) == READ_ONLY:
        return True
    if _is_conflict(problem) or not isinstance(problem, OperationalError | InterfaceError):
        return False
    # SQLite calls a mistake in a statement operational, too, and marks it by this code.
    return getattr(problem.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR


def _session(connection: Connection) -> Session:
    return Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False)


def _is_database_trouble(problem: BaseException) -> bool:
    return isinstance(problem, DBAPIError)


def _is_conflict(problem: BaseException | None) -> bool:
    return _state_of(problem) in (DEADLOCK, SERIALIZATION_FAILURE, LOCK_TIMEOUT)


def _state_of(problem: BaseException | None) -> str | None:
    """PostgreSQL's code for an error."""
    code: str | None = getattr(getattr(problem, "orig", None), "sqlstate", None)
    return code


def _hand_back(batch: Iterable[_Call]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[_Call]] = {}
    for call in batch:
        loops.setdefault(call.loop, []).append(call)
    for loop, calls in loops.items():
        # Whoever asked may have closed their loop: the work is done, and nobody waits for it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, calls)


def _settle(calls: list[_Call]) -> None:
    for call in calls:
        if call.future.done():
            continue
        if call.error is not None:
            call.future.set_exception(call.error)
        else:
            call.future.set_result(call.outcome)


def open_engine(url: str) -> Engine:
    """Return an engine for ``sqlite:///…`` or ``postgresql://…``, set up as this store needs it."""

    def dumps(value: object) -> str:
        return orjson.dumps(value).decode()

    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
        engine = create_engine(
            url,
            json_serializer=dumps,
            json_deserializer=orjson.loads,
            # Parameters are people's words, and an error's text goes into the log.
            hide_parameters=True,
            pool_size=16,
            # A server that was restarted is noticed before a call is begun, not by it.
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 5,
                "options": "-c lock_timeout=3000 -c timezone=UTC",
                # After a rollback psycopg makes the server forget all prepared statements, those
                # of models.libpq too, if it has any of its own. So it has none.
                "prepare_threshold": None,
            },
        )
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    if not url.startswith("sqlite:///"):
        raise ValueError("[store] url must begin with sqlite:/// or postgresql://")
    try:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StoreDown(f"{problem.filename}: {problem.strerror}") from problem
    engine = create_engine(
        url,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy's own recipe: the driver must not begin transactions by itself.
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later may lose its snapshot.
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def insert_once(session: PlainSession, model: type[SQLModel], values: Mapping[str, Any]) -> bool:
    """Insert the row unless a unique key is there already; say whether it is new."""
    statement = _insert_or_nothing(table_of(model), session.get_bind().dialect.name)
    return session.execute(statement, values).first() is not None


@cache
def _insert_or_nothing(table: Table, dialect: str) -> Insert:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing().returning(*table.primary_key.columns)


def hold(session: PlainSession) -> None:
    """Have the session keep every row object that it reads, and what is made ``once``.

    For one that reads and is closed: otherwise what many refer to, one after the other, is read
    anew for each of them.
    """
    kept: list[object] = []
    event.listen(session, "loaded_as_persistent", lambda _session, row: kept.append(row))
    session.info["made"] = {}


def once(session: PlainSession, key: Hashable, make: Callable[[], Result]) -> Result:
    """What ``make`` gives: made once in a session that holds, each time in others."""
    made = session.info.get("made")
    if made is None:
        return make()
    if key not in made:
        made[key] = make()
    result: Result = made[key]
    return result


def ping(session: Session) -> None:
    """Ask the database for a sign of life."""
    session.execute(text("SELECT 1"))
