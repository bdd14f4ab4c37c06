"""What the databases' errors mean for a call: try again, give it up, or the store is down."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

READ_ONLY = "25006"
"""PostgreSQL's code for a server that takes no writes now: a standby, after a failover."""
NO_RIGHT = "42501"
"""And for tables of another role: somebody else than the station's own role restored them."""
DEADLOCK, SERIALIZATION_FAILURE, LOCK_TIMEOUT = "40P01", "40001", "55P03"


class StoreDown(Exception):
    """The database cannot be reached, cannot write, or is damaged; the caller may try again."""


@contextmanager
def store_failures() -> Iterator[None]:
    """Turn a driver's error for a database that is away, full or damaged into StoreDown."""
    try:
        yield
    except DBAPIError as problem:
        if _is_damaged(problem):
            raise StoreDown("it is damaged or no database: restore a backup") from problem
        if problem.connection_invalidated or _is_away(problem):
            raise StoreDown(str(problem.orig)) from problem
        raise


def _is_damaged(problem: DBAPIError) -> bool:
    return _sqlite_code(problem) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def _sqlite_code(problem: DBAPIError) -> int:
    # SQLite's extended codes hold the plain one in their lowest byte.
    code: int = getattr(problem.orig, "sqlite_errorcode", 0) & 0xFF
    return code


def _is_away(problem: DBAPIError) -> bool:
    if state_of(problem) in (READ_ONLY, NO_RIGHT):
        return True
    if is_conflict(problem) or not isinstance(problem, OperationalError | InterfaceError):
        return False
    # SQLite calls a mistake in a statement operational, too, and marks it by this code.
    return _sqlite_code(problem) != sqlite3.SQLITE_ERROR


def is_database_error(problem: BaseException) -> bool:
    return isinstance(problem, DBAPIError)


def is_conflict(problem: BaseException | None) -> bool:
    return state_of(problem) in (DEADLOCK, SERIALIZATION_FAILURE, LOCK_TIMEOUT)


def state_of(problem: BaseException | None) -> str | None:
    """Return PostgreSQL's code (SQLSTATE) of an error; None for other errors."""
    code: str | None = getattr(getattr(problem, "orig", None), "sqlstate", None)
    return code
