"""What ``yizhan backup`` and ``yizhan restore`` do, on either kind of store."""

import os
import shlex
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import inspect

from bot.station import clearing, schema
from bot.station.alone import SQLITE, claimed
from bot.station.erased import ErasedList
from bot.station.opening import Refused
from models.network.stations import Care
from models.store import Store, blobs, keys, open_engine, store_failures
from models.store.blobs import Folder

TIME = "%Y%m%dT%H%M%SZ"
FILE, DUMP, PICTURES, SEALED, PART = ".db", ".dump", ".pictures.tar", ".sealed", ".part"

ABANDONED = timedelta(days=1)
"""For longer no backup is being written."""


# Backing up


def backup(url: str, folder: Path, now: datetime, *, through: str = "") -> Path:
    """Write the store as it stands into a new file in ``folder``; return its path.

    A station may serve meanwhile. ``through`` is a command that encrypts: it reads the backup from
    its standard input, and what it writes to its standard output is kept. Raises Refused.
    """
    if through:
        # Before the store is written out in plain.
        _words_of(through)
    if url.startswith(SQLITE):
        return _kept(
            folder, now, FILE, partial(_copy_file, Path(url.removeprefix(SQLITE))), through
        )
    return _kept(folder, now, DUMP, partial(_dump, url), through)


def pictures(kept: Path, folder: Path, now: datetime, *, through: str = "") -> Path:
    """Write all files of the folder of pictures into a new one; as ``backup`` otherwise."""

    def pack(part: Path) -> None:
        with tarfile.open(part, "w") as tar:
            for file in sorted(Folder(kept).files()):
                # One that nothing refers to may be dropped meanwhile.
                with suppress(FileNotFoundError):
                    tar.add(file, file.relative_to(kept))

    return _kept(folder, now, PICTURES, pack, through)


def _kept(
    folder: Path, now: datetime, kind: str, write: Callable[[Path], None], through: str
) -> Path:
    path = folder / f"yizhan-{now:{TIME}}{kind}"
    part = path.with_name(f"{path.name}{PART}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        write(part)
        if through:
            path = _seal(part, path.with_name(f"{path.name}{SEALED}"), through)
        else:
            _end_file(part, path)
    except OSError as problem:
        raise Refused(f"{problem.filename}: {problem.strerror}") from problem
    finally:
        part.unlink(missing_ok=True)
    return path


def rotate(folder: Path, keep: timedelta, now: datetime) -> list[Path]:
    """Remove backups older than ``keep`` by the time in their names, but never the newest.

    What one that was killed left half written, and perhaps not encrypted yet, goes after a day.
    """
    made = sorted(
        (at, path) for path in folder.glob("yizhan-2*") if (at := _time_of(path)) is not None
    )
    whole = [(at, path) for at, path in made if path.suffix != PART]
    old = [path for at, path in whole if at < now - keep and at != whole[-1][0]]
    old += [path for at, path in made if path.suffix == PART and at < now - ABANDONED]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def _time_of(path: Path) -> datetime | None:
    """The time in the name of a file of ours; None for any other."""
    written, _, rest = path.name.removeprefix("yizhan-").partition(".")
    kind = f".{rest.removesuffix(PART).removesuffix(SEALED)}"
    try:
        at = datetime.strptime(written, TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if kind in (FILE, DUMP, PICTURES) else None


def _copy_file(store: Path, part: Path) -> None:
    """Write a SQLite file anew from one snapshot, without what was deleted, and look it through."""
    if not store.exists():
        raise Refused(f"{store}: there is no such store")
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as reading:
            reading.execute("VACUUM INTO ?", (str(part),))
        _look_through(part)
    except sqlite3.Error as problem:
        raise Refused(f"The store cannot be copied: {problem}") from problem


def _look_through(file: Path) -> None:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reading:
        found = reading.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise Refused(f"{file.name} is damaged: {found}")


def _dump(url: str, part: Path) -> None:
    """Let pg_dump write its own format, and pg_restore read its table of contents."""
    with _connection(url) as (address, environment):
        _run("pg_dump", "--format=custom", f"--file={part}", address, environment=environment)
        _run("pg_restore", "--list", str(part), environment=environment)


@contextmanager
def _connection(url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The address without its secrets, for a command line, and the environment with them.

    Other users of the machine see the command lines of all processes. The environment has no
    variable for the password of a key, so that one goes by a file of services.
    """
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    given: dict[str, Any] = dict(conninfo_to_dict(url))
    password, of_key = given.pop("password", None), given.pop("sslpassword", None)
    kept = {"PGPASSWORD": password} if password else {}
    with ExitStack() as stack:
        if of_key:
            if "service" in given:
                raise Refused("[store] url has a service: write its sslpassword into that file")
            services = Path(stack.enter_context(TemporaryDirectory())) / "services"
            services.write_text(f"[yizhan]\nsslpassword={of_key}\n", "utf-8")
            kept["PGSERVICEFILE"] = str(services)
            given["service"] = "yizhan"
        yield f"--dbname={make_conninfo(**given)}", {**os.environ, **kept}


def _run(program: str, *arguments: str, environment: dict[str, str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise Refused(f"{program} is not installed: it comes with PostgreSQL's client")
    done = subprocess.run(  # noqa: S603
        [found, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"{program} ended with {done.returncode}"]
        raise Refused(lines[0].rstrip("."))


def _words_of(through: str) -> list[str]:
    try:
        words = shlex.split(through)
    except ValueError as problem:
        raise Refused(f"--through cannot be read: {problem}") from problem
    if not words:
        raise Refused("--through names no command")
    return words


def _seal(part: Path, path: Path, through: str) -> Path:
    words = _words_of(through)
    sealed = path.with_name(f"{path.name}{PART}")
    try:
        with part.open("rb") as plain, sealed.open("wb") as out:
            done = subprocess.run(words, stdin=plain, stdout=out, check=False)  # noqa: S603
        if done.returncode or not sealed.stat().st_size:
            raise Refused(f"{words[0]} ended with {done.returncode}: nothing kept")
        _end_file(sealed, path)
    finally:
        sealed.unlink(missing_ok=True)
    return path


def _end_file(part: Path, path: Path) -> None:
    """Give a whole file its name, once it is on the disk."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# Restoring


def restore(
    url: str,
    file: Path,
    folder: Path | None,
    erase: Callable[[str], int],
) -> int:
    """Put a backup into an empty store, bring its tables to this version, and ``erase`` in it.

    Pictures that were packed beside it go into ``folder``, which is this store's from now on.
    ``erase`` is given the URL of the store, which on SQLite has not its name yet; what it returns
    is returned. Where anything fails the store is empty as before, so that it can be tried again.

    Raises Refused where the store is not empty or in use, or the file is no backup of its
    kind, ForeignFolder, and what ``migrations.upgrade`` and ``erase`` raise.
    """

    def finish(restored: str) -> int:
        schema.upgrade(restored)
        if folder is not None:
            _claim(folder, restored, url)
            if packed.exists():
                with tarfile.open(packed) as tar:
                    tar.extractall(folder, filter="data")
        return erase(restored)

    if not file.exists():
        raise Refused(f"{file}: there is no such file")
    if file.suffix == SEALED:
        raise Refused(f"{file} is encrypted: decrypt it first")
    kind = FILE if url.startswith(SQLITE) else DUMP
    if file.suffix != kind:
        raise Refused(f"{file}: a backup for {url.partition(':')[0]} ends in {kind}")
    packed = file.with_name(f"{file.name.removesuffix(kind)}{PICTURES}")
    if not packed.exists() and packed.with_name(f"{packed.name}{SEALED}").exists():
        raise Refused(f"{packed.name}{SEALED} is encrypted: decrypt it as well")
    if packed.exists() and folder is None:
        raise Refused(f"{packed.name} needs a folder: set [store] pictures")
    try:
        if kind == FILE:
            return _put_file(file, Path(url.removeprefix(SQLITE)), url, finish)
        return _put_dump(file, url, finish)
    except OSError as problem:
        raise Refused(f"{problem.filename}: {problem.strerror}") from problem


def _claim(folder: Path, restored: str, url: str) -> None:
    at = Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None
    with closing(Store(restored, pictures=folder)) as store:
        store.write_now(keys.shared, blobs.OWNING)
        store.write_now(partial(blobs.claim, at=at))


def erased_by(lists: Sequence[ErasedList]) -> dict[int, datetime]:
    """Who stands in the lists, and when they were erased. Raises Refused for what is no list."""
    found: dict[int, datetime] = {}
    try:
        for number, at in (pair for each in lists for pair in each.erased().items()):
            found[number] = max(at, found.get(number, at))
    except OSError as problem:
        raise Refused(f"{problem.filename}: {problem.strerror}") from problem
    except ValueError as problem:
        raise Refused(
            f"A list of who was erased has a line that is no time: {problem}"
        ) from problem
    return found


def erase_again(store: Store, erased: Mapping[int, datetime], care: Care, now: datetime) -> int:
    """Erase those who were erased and are in the store again; say how many."""
    from models.members import privacy

    return sum(
        store.write_now(partial(privacy.erase_by_number, erased_at=at), number, care, now)
        for number, at in sorted(erased.items())
    )


def _put_file(file: Path, store: Path, url: str, finish: Callable[[str], int]) -> int:
    store.parent.mkdir(parents=True, exist_ok=True)
    claim = claimed(url)
    if claim is None:
        raise Refused("A station serves this store: stop it first")
    with claim:
        left = [path for end in ("", "-wal", "-shm") if (path := Path(f"{store}{end}")).exists()]
        if left:
            raise Refused(f"{left[0]} is in the way: move it away first")
        part = store.with_name(f"{store.name}.part")
        try:
            shutil.copyfile(file, part)
            _look_through(part)
            with closing(sqlite3.connect(part, isolation_level=None)) as writing:
                # From now on it gives freed pages back, also where it did not before.
                writing.execute("PRAGMA auto_vacuum=INCREMENTAL")
                writing.execute("VACUUM")
            done = finish(f"{SQLITE}{part}")
            with closing(sqlite3.connect(part)) as writing:
                # It goes to its place without a log.
                writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _end_file(part, store)
        except sqlite3.Error as problem:
            raise Refused(f"{file} is no backup: {problem}") from problem
        finally:
            for end in ("", "-wal", "-shm"):
                Path(f"{part}{end}").unlink(missing_ok=True)
        return done


def _put_dump(file: Path, url: str, finish: Callable[[str], int]) -> int:
    engine = open_engine(url)
    try:
        with store_failures(), engine.connect() as connection:
            tables = inspect(connection).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise Refused(f"The database is not empty, it has {tables[0]}: name an empty one")
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    before = clearing.everything(url)
    with _connection(url) as (address, environment):
        _run("pg_restore", *options, address, str(file), environment=environment)
    try:
        return finish(url)
    except BaseException:
        clearing.clear(url, before)
        raise
