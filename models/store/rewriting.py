"""Keep a SQLite file and its log small, and without anything of what was erased or forgotten.

SQLite overwrites a row that is deleted where it stands (``secure_delete``). Where it had split a
page before, copies of the rows that moved may stand in the part that is unused since then; only a
file that is written anew has none. The file itself keeps when that was, as its ``user_version``:
the day by number, 1 where it was made and not yet written anew, and 0 once somebody was erased
since, as for all files of before. Rows that go by their age are not noted: some go in every hour.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from enum import Enum
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.store.connections import do
from models.store.failures import StoreDown

ERASED = 0
MARK_NEW, MARK_ERASED = "PRAGMA user_version=1", f"PRAGMA user_version={ERASED}"

SMALL = 16_000_000
"""Bytes of a file that is written anew at any hour: the exchange takes a tenth of a second."""

LARGEST = 1_000_000_000
"""Bytes of a file that a station writes anew by itself: the exchange takes some eight seconds."""

ROOM = 3
"""How many times its size must be free on its disk: for the new file, and for the log."""

CHECKPOINT_EACH = 1_000
"""Pages of the log after which a commit writes them into the file, as SQLite's own setting is."""

FREE_PAGES, PAGES_AT_ONCE = 1_000, 250
"""Freed pages of 4 KB that a SQLite file keeps, and how many it gives back in a transaction."""

TABLES = "SELECT count(*) FROM sqlite_master"


class Rewritten(Enum):
    """How a file was written anew."""

    DONE = "done"
    WRITTEN_MEANWHILE = "written meanwhile"
    NO_ROOM = "no room"


class WrittenMeanwhile(Exception):
    """Somebody wrote since the new file was begun, so that it must not take the old one's place."""


def holds_copies(session: Session, forgotten_since: date | None) -> bool:
    """Return whether somebody was erased since the file was written anew.

    With a day, also whether that was before it: by now there are copies of what goes by its age.
    """
    day: int = session.execute(text("PRAGMA user_version")).scalar_one()
    return day == ERASED or (forgotten_since is not None and day < forgotten_since.toordinal())


def give_back(session: Session) -> bool:
    """Give some freed pages back to the system; return whether more are free than should be."""
    can_shrink = session.execute(text("PRAGMA auto_vacuum")).scalar()
    free = session.execute(text("PRAGMA freelist_count")).scalar_one() if can_shrink else 0
    if free <= FREE_PAGES:
        return False
    # The driver steps it once, which frees a page.
    one = ("PRAGMA incremental_vacuum(1)",)
    do(session.connection(), *(one * PAGES_AT_ONCE))
    return free - PAGES_AT_ONCE > FREE_PAGES


def truncate_log(engine: Engine) -> bool:
    """Write the log into the file and empty it; False where somebody reads from it. Never waits."""
    with _failures(), closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        timeout = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        try:
            cursor.execute("PRAGMA busy_timeout=0")
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout={timeout}")
    return not is_busy


def size_of(engine: Engine) -> int:
    """Return the bytes of the file of a SQLite store, without its log."""
    return _file_of(engine).stat().st_size


def drop_left_over(engine: Engine) -> None:
    """Remove the new file of a process that was killed: it names who is erased later."""
    file = _new_file_of(engine)
    with _failures():
        file.unlink(missing_ok=True)
        file.with_name(f"{file.name}-journal").unlink(missing_ok=True)


def has_room(engine: Engine) -> bool:
    """Return whether the disk has room for what ``NewFile`` writes."""
    return shutil.disk_usage(_file_of(engine).parent).free > ROOM * size_of(engine)


class NewFile:
    """A file next to the store's, for one use; ``close`` removes it.

    It may be closed at any moment, as when the station stops: nothing takes the store's place that
    is not there as a whole.
    """

    def __init__(self, engine: Engine, today: date) -> None:
        self._engine = engine
        self._day = today.toordinal()
        self._file = _file_of(engine)
        self._path = _new_file_of(engine)
        self._watching = engine.raw_connection()
        self._version = 0

    def write(self) -> None:
        """Write the rows into it, from a snapshot: others read and write. Raises StoreDown."""
        with _failures():
            drop_left_over(self._engine)
            self._version = self._version_now()
            # Like the file itself, it is for nobody else to read.
            self._path.touch(mode=self._file.stat().st_mode & 0o777)
            self._watching.cursor().execute("VACUUM INTO ?", (str(self._path),))
            with closing(self._opened()) as new:
                new.execute("PRAGMA synchronous=OFF")
                new.execute(f"PRAGMA user_version={self._day}")

    def exchange(self) -> None:
        """Put its pages in place of the store's, in one transaction that nobody writes beside.

        Whoever reads goes on with the old ones. Raises WrittenMeanwhile, StoreDown; then nothing
        has happened.
        """
        with _failures(), closing(self._engine.raw_connection()) as connection:
            target = connection.driver_connection
            assert isinstance(target, sqlite3.Connection)
            # Its pages are written into the file after the transaction, not within the commit.
            with _without_checkpoints(target), closing(self._opened()) as new:
                pages, day = _number(new, "PRAGMA page_count"), _number(new, "PRAGMA user_version")
                if day != self._day or _number(new, TABLES) != _number(target, TABLES):
                    raise WrittenMeanwhile
                # In several steps, because the first takes the lock, and then nobody can have
                # written who has not yet.
                new.backup(target, pages=max(1, pages // 4), progress=self._look)

    def _look(self, status: int, _left: int, _pages: int) -> None:
        is_under_way = status != sqlite3.SQLITE_DONE
        if is_under_way and (status or self._version_now() != self._version):
            raise WrittenMeanwhile

    def _opened(self) -> sqlite3.Connection:
        # SQLite would make an empty file where there is none, as after ``close``.
        return sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
        )

    def _version_now(self) -> int:
        # This connection writes nothing, so the number changes with every commit of others, and
        # when the log was emptied.
        version: int = self._watching.cursor().execute("PRAGMA data_version").fetchone()[0]
        return version

    def close(self) -> None:
        """Remove the new file."""
        self._watching.close()
        drop_left_over(self._engine)


@contextmanager
def _failures() -> Iterator[None]:
    # These are the driver's own errors: of a disk that is full, or of another process that writes.
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        raise StoreDown(str(problem)) from problem


@contextmanager
def _without_checkpoints(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("PRAGMA wal_autocheckpoint=0")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_EACH}")


def _number(connection: sqlite3.Connection, query: str) -> int:
    number: int = connection.execute(query).fetchone()[0]
    return number


def _new_file_of(engine: Engine) -> Path:
    file = _file_of(engine)
    return file.with_name(f"{file.name}.anew")


def _file_of(engine: Engine) -> Path:
    assert engine.url.database is not None
    return Path(engine.url.database)
