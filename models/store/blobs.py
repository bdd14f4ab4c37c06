"""Bytes of pictures and sounds: in the store, or in a folder beside it, by their hash.

A column of type ``Blob`` is read and written alike in both cases. With a folder it holds a
reference, and the folder the content, once each. What no row refers to any more is dropped by the
hourly tidying, unless it was written within the last hour. So a folder is one store's: its mark
says whose, and who finds another's neither starts nor drops anything.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Dialect,
    LargeBinary,
    TypeDecorator,
    case,
    func,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import DontWrapMixin
from sqlmodel import Session, SQLModel

from models.store import keys
from models.store.failures import StoreDown

OWNER = "store"
"""The file in a folder that names the store whose rows refer to it: by a key, and by its place."""

OWNING = "pictures"
"""The store's key of which the mark has the beginning. A copy of the store has the same, and stands
in another place.
"""

log = structlog.get_logger(__name__)

MARK = b"in the folder by sha256:"
LONG = len(MARK) + hashlib.sha256().digest_size


class FolderDown(StoreDown, DontWrapMixin):
    """The folder of pictures cannot be written; as with the store itself, the caller may repeat."""


class ForeignFolder(Exception):
    """The folder is another store's, which would drop the files of this one.

    The message is a sentence without its full stop.
    """


class Folder:
    """Files named by the hash of their content, in folders named by its first two digits."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, content: bytes) -> bytes:
        """Write content, on the disk, unless it is there; return the reference to it.

        Raises FolderDown, which undoes the transaction.
        """
        digest = hashlib.sha256(content).digest()
        try:
            self._keep(content, self._file(digest))
        except OSError as problem:
            raise FolderDown(f"the folder of pictures: {problem.strerror}") from problem
        return MARK + digest

    def _keep(self, content: bytes, file: Path) -> None:
        with suppress(FileNotFoundError):
            # It may be about to be dropped: to what is new nothing happens for an hour.
            os.utime(file)
            return
        if not file.parent.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _sync(self.path)
        with NamedTemporaryFile(dir=file.parent, delete=False) as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).rename(file)
        _sync(file.parent)

    def read(self, reference: bytes) -> bytes:
        """Return the content of a reference; nothing, as of an erased picture, if it is lost."""
        try:
            return self._file(reference[len(MARK) :]).read_bytes()
        except OSError as problem:
            log.error("a picture's file cannot be read", reason=problem.strerror)
            return b""

    def owner(self) -> str:
        """The mark of the store that has the folder; empty where nobody has it."""
        try:
            return (self.path / OWNER).read_text("utf-8")
        except OSError:
            return ""

    def require(self, *owners: str) -> None:
        """Raise ForeignFolder where somebody else than one of these has it."""
        has = self.owner()
        place = has.partition(" ")[2]
        if has and has not in owners:
            raise ForeignFolder(
                f"[store] pictures: {self.path} is the folder of the store {place}; "
                "each store needs one of its own, also a copy of it. Where that one is gone for "
                f"good, remove {self.path / OWNER}"
            )

    def claim(self, owner: str, instead_of: str = "") -> None:
        """Make the folder a store's, if it is nobody's or the other's.

        Raises ForeignFolder, FolderDown.
        """
        self.require(owner, instead_of)
        if self.owner() == owner:
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # It appears as a whole; another process of the station may write the same.
            with NamedTemporaryFile("w", encoding="utf-8", dir=self.path, delete=False) as part:
                part.write(owner)
                part.flush()
                os.fsync(part.fileno())
            Path(part.name).replace(self.path / OWNER)
            _sync(self.path)
        except OSError as problem:
            raise FolderDown(f"the folder of pictures: {problem.strerror}") from problem

    def size(self, reference: bytes) -> int:
        """Return the bytes of the content of a reference; 0 if it is lost."""
        try:
            return self._file(reference[len(MARK) :]).stat().st_size
        except OSError:
            return 0

    def files(self) -> Iterator[Path]:
        """Every file, also what a process that died left half written."""
        return (each for each in self.path.glob("??/*") if each.is_file())

    def drop(self, file: Path, before: datetime) -> bool:
        """Remove a file that was last wanted before a moment; return whether it was."""
        aside = file.with_name(f"{file.name}.aside")
        try:
            if file.stat().st_mtime >= before.timestamp():
                return False
            file.rename(aside)
            if aside.stat().st_mtime >= before.timestamp():
                # Somebody wanted it between the two.
                aside.rename(file)
                return False
            aside.unlink()
        except FileNotFoundError:
            return False
        return True

    def _file(self, digest: bytes) -> Path:
        name = digest.hex()
        return self.path / name[:2] / name


class Blob(TypeDecorator[bytes]):
    """Bytes that may stand in the store's folder; none are none in either."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        folder = folder_of(dialect)
        return folder.keep(value) if value and folder is not None else value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        if value is None or not value.startswith(MARK):
            return value
        folder = folder_of(dialect)
        if folder is None:
            log.error("a picture's file cannot be read", reason="[store] pictures names no folder")
            return b""
        return folder.read(value)


def _sync(folder: Path) -> None:
    """Have the names of files in a folder on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def claim(session: Session, instead_of: str = "", at: Path | None = None) -> None:
    """Make the folder this store's, as ``Folder.claim`` does; nothing without a folder.

    ``at`` is where a SQLite file goes that has not its name yet.
    """
    folder = folder_of(session.get_bind().dialect)
    if folder is not None:
        folder.claim(_mark(keys.shared(session, OWNING), session, at), instead_of)


def mark(session: Session, place: Session | None = None) -> str:
    """What a folder is marked with as this store's, or as a copy's that stands in another place.

    Empty where the store had none yet.
    """
    key = keys.kept(session, OWNING)
    return "" if key is None else _mark(key, place or session)


def require(session: Session) -> None:
    """Raise ForeignFolder where the folder is another store's."""
    folder = folder_of(session.get_bind().dialect)
    if folder is not None:
        folder.require(mark(session))


def _mark(key: bytes, place: Session, at: Path | None = None) -> str:
    return f"{key.hex()[:32]} {_place_of(place, at)}"


def _place_of(session: Session, at: Path | None) -> str:
    """Where a store stands: it is the same after a restore into its place, and a copy's is not."""
    url = session.connection().engine.url
    if url.database is not None and url.get_backend_name() == "sqlite":
        return str((at or Path(url.database)).resolve())
    server, database = session.execute(text(PLACE)).one()
    return f"{url.database} (database {database} of cluster {server})"


PLACE = """
SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database())
FROM pg_control_system()
"""


def folder_of(dialect: Dialect) -> Folder | None:
    """The folder of a store; each engine has a dialect of its own."""
    folder: Folder | None = getattr(dialect, "blobs", None)
    return folder


def referred_to(session: Session) -> set[str]:
    """The names of all files that a row refers to."""
    found: set[str] = set()
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Blob):
                kept = type_coerce(column, LargeBinary)
                rows = session.execute(select(kept).where(func.length(column) == LONG)).scalars()
                found |= {each[len(MARK) :].hex() for each in rows if each.startswith(MARK)}
    return found


def lost(session: Session) -> tuple[int, int]:
    """Return how many files rows refer to that are not there, and how many they refer to at all."""
    wanted = referred_to(session)
    return len(wanted - there(session)), len(wanted)


def there(session: Session) -> set[str]:
    """The names of all files in the folder; none without one."""
    folder = folder_of(session.get_bind().dialect)
    return {each.name for each in folder.files()} if folder is not None else set()


def references(session: Session, key: Any, column: Any) -> dict[int, str]:
    """The names of the files that a column of type ``Blob`` refers to, by a key of its row."""
    query = select(key, type_coerce(column, LargeBinary)).where(func.length(column) == LONG)
    rows = session.execute(query).all()
    return {each[0]: each[1][len(MARK) :].hex() for each in rows if each[1].startswith(MARK)}


def sizes(session: Session, column: Any, *where: ColumnElement[bool]) -> list[int]:
    """The bytes of each content of a column of type ``Blob``; of a file that is lost, none."""
    folder = folder_of(session.get_bind().dialect)
    length = func.length(column)
    reference = case((length == LONG, type_coerce(column, LargeBinary)))
    rows = session.execute(select(length, reference).where(*where)).all()
    return [
        folder.size(kept) if folder and kept is not None and kept.startswith(MARK) else size
        for size, kept in rows
    ]


def drop_unused(session: Session, before: datetime) -> int:
    """Drop the files that no row refers to and nobody wrote since; return how many.

    To be read on a snapshot that is newer than ``before``: what is being written now stays.
    """
    folder = folder_of(session.get_bind().dialect)
    if folder is None:
        return 0
    if not (own := mark(session)) or folder.owner() != own:
        # Somebody may have given it to another store since this one started.
        log.error("nothing is dropped from a folder of pictures that is not this store's")
        return 0
    candidates = list(folder.files())
    wanted = referred_to(session)
    return sum(folder.drop(each, before) for each in candidates if each.name not in wanted)
