"""Engines for SQLite and PostgreSQL, set up as the store needs them."""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from models.store.blobs import Folder
from models.store.connections import forget, settle
from models.store.failures import StoreDown
from models.store.rewriting import MARK_NEW

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-8000",
    # What is deleted is overwritten: erased people are in no free page.
    "PRAGMA secure_delete=ON",
)


OTHERS_MAKE_IT = 60.0
"""Seconds for which a connection waits while others make the same new file, tables and all."""


def open_engine(url: str, pictures: Path | None = None) -> Engine:
    """Return an engine for ``sqlite:///…`` or ``postgresql://…``.

    ``pictures`` is the folder for bytes of pictures and sounds; None keeps them in the store.

    Raises ValueError for any other address, StoreDown when the folder of a SQLite file cannot be
    made.
    """

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
            # Who asks next gets the connection that knows the statements, and their plans.
            pool_use_lifo=True,
            # A server that was restarted is noticed before a call is begun, not by it.
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 5,
                # Compiling a plan takes longer than any of ours runs.
                "options": "-c lock_timeout=3000 -c timezone=UTC -c jit=off",
                # After a rollback psycopg makes the server forget all prepared statements, those
                # of models.store.libpq too, if it has any of its own. So it has none.
                "prepare_threshold": None,
            },
        )
        event.listen(engine, "begin", _begin_postgresql)
        # What prepared statements have left waiting runs before all that follows it.
        event.listen(engine, "before_cursor_execute", _settle_before)
        event.listen(engine, "commit", _settle_at_the_end)
        event.listen(engine, "rollback", forget)
        event.listen(engine, "reset", _forget_at_reset)
        return _with_folder(engine, pictures)
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
    event.listen(engine, "do_connect", _open_sqlite)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return _with_folder(engine, pictures)


def _with_folder(engine: Engine, pictures: Path | None) -> Engine:
    # A column's type is told the dialect, of which each engine has its own, and nothing else.
    if pictures is not None:
        engine.dialect.blobs = Folder(pictures)  # type: ignore[attr-defined]
    return engine


def _open_sqlite(dialect: Any, _record: object, args: Any, kwargs: Any) -> Any:
    try:
        return dialect.connect(*args, **kwargs)
    except sqlite3.OperationalError as problem:
        # SQLite says that it cannot open a file, and not which.
        problem.args = (f"{problem}: {args[0]}",)
        raise


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy's own recipe: the driver must not begin transactions by itself.
    connection.isolation_level = None
    until = time.monotonic() + OTHERS_MAKE_IT
    while True:
        try:
            _set_pragmas(connection)
            return
        except sqlite3.OperationalError as problem:
            # Of several that make one file at once SQLite refuses some without waiting at all: its
            # busy timeout does not count for who has read the empty file and now would write it.
            is_busy = problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _set_pragmas(connection: Any) -> None:
    # A file that is made now can give freed pages back to the system. Said of one that is there,
    # this would wait for whoever writes.
    if connection.execute("PRAGMA page_count").fetchone() == (0,):
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute(MARK_NEW)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later may lose its snapshot.
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _settle_before(connection: Connection, *_more: Any) -> None:
    settle(connection)


def _settle_at_the_end(connection: Connection) -> None:
    try:
        settle(connection)
    except DBAPIError:
        # For SQLAlchemy a transaction is over whose commit fails, and PostgreSQL holds it open.
        with suppress(connection.dialect.loaded_dbapi.Error):
            connection.connection.rollback()
        raise


def _forget_at_reset(_driver: Any, record: Any, _state: Any) -> None:
    # It goes back to the pool, after an error perhaps that nobody rolled back.
    raw = record.info.get("raw")
    if raw is not None:
        raw.forget()
