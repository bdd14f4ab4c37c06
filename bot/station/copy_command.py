"""What ``yizhan copy`` does: move a station from SQLite to PostgreSQL or back."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from sqlmodel import Session

import migrations
from bot.station import schema, settings
from bot.station.alone import SQLITE, claimed
from bot.station.extending import found
from bot.station.opening import Refused
from bot.station.progress import Bar
from models.store import Store, blobs, copying
from models.store.blobs import folder_of
from models.store.copying import Compared

POSTGRESQL = "postgresql://"


@dataclass(frozen=True, slots=True)
class Place:
    """A store's address, and the folder of its pictures; None where they are in the store."""

    url: str
    pictures: Path | None = None


def place_of(words: str) -> Place:
    """The store of an address, or of a file of settings. Raises Misconfigured and Refused."""
    if words.startswith((SQLITE, POSTGRESQL)):
        return Place(words)
    if "://" in words:
        raise Refused(f"A store's URL begins with {SQLITE} or {POSTGRESQL}")
    path = Path(words)
    read = settings.read(path, only_store=True).store
    # A variable goes before every file, and two files that are named mean two stores.
    written = tomllib.loads(path.read_text("utf-8")).get("store", {})
    folder = written.get("pictures", read.pictures)
    return Place(written.get("url", read.url), Path(folder) if folder else None)


def copy(source: Place, target: Place) -> bool:
    """Copy all rows, compare them and say so; return whether both stores are the same.

    Raises Refused when one of the two is in use, is not of this version, or is not empty.
    """
    if source.url == target.url:
        raise Refused("Both are the same store")
    # The tables of subjects that are installed are copied as well.
    found()
    with _alone(source.url, "source"), _alone(target.url, "target"):
        has_begun = _prepare(source.url, target.url)
        migrations.import_models()
        with _opened(source) as reading, _opened(target) as writing:
            for store, which in ((reading, "source"), (writing, "target")):
                others = store.read_now(copying.others_connected)
                if others:
                    raise Refused(
                        f"The {which} is used by others (connections: {others}): stop the station "
                        "and close them first"
                    )
            _require_pictures(reading)
            had = _require_folder(reading, writing)
            if not has_begun:
                writing.write_now(_begin)
            is_whole = reading.read_now(_copy_and_compare, writing)
            if is_whole:
                writing.write_now(blobs.claim, had)
            return is_whole


def _require_folder(source: Store, target: Store) -> str:
    """Return how the source marks its folder, which the target may take over at the end.

    Raises ForeignFolder where the target's is marked by anybody else.
    """
    had = source.read_now(blobs.mark)
    # The target will have the source's key in its own place.
    copied = target.read_now(_mark_of_copy, source)
    if (folder := folder_of(target.engine.dialect)) is not None:
        folder.require(had, copied)
    return had


def _require_pictures(source: Store) -> None:
    """Raise Refused where no picture is found: they would be copied as nothing, alike in both."""
    lost, every = source.read_now(blobs.lost)
    if lost == every > 0:
        raise Refused(
            "The source keeps its pictures in a folder, where none is found: name the file of "
            "settings that says [store] pictures"
        )
    if lost:
        typer.echo(f"{lost} of {every} pictures are lost, and copied as erased ones.", err=True)


def _mark_of_copy(target: Session, source: Store) -> str:
    return source.read_now(blobs.mark, target)


def _copy_and_compare(session: Session, target: Store) -> bool:
    total = sum(copying.count(session).values())
    with Bar(total, "Copying") as bar:
        copying.copy(session, target, lambda _table, rows: bar.add(rows))
    with Bar(total, "Comparing") as bar:
        compared = target.read_now(_compare, session, lambda _table, rows: bar.add(rows))
    differing = [each for each in compared if each.differences]
    for table in compared:
        if table.rows:
            typer.echo(f"{table.table}: {table.rows:,} rows, {table.digest[:16]}")
    if differing:
        for difference in (each for table in differing for each in table.differences):
            key = ", ".join(map(str, difference.key))
            typer.echo(f"{difference.table} ({key}) {difference.fault}.", err=True)
        typer.echo(
            "The target is not what the source is, and cannot be served: make it anew, empty, and "
            "copy once more.",
            err=True,
        )
        return False
    target.write_now(_finish, copying.last_numbers(session))
    rows = sum(table.rows for table in compared)
    typer.echo(
        f"{rows:,} rows of {len(compared)} tables are copied, and each is the same in both stores. "
        "Put the target's address into [store] url, then run yizhan serve."
    )
    return True


def _compare(
    target: Session, source: Session, progress: Callable[[str, int], None]
) -> list[Compared]:
    return list(copying.compare(source, target, progress))


def _begin(session: Session) -> None:
    filled = [name for name, rows in copying.count(session).items() if rows]
    if filled:
        raise Refused(f"The target is not empty, it has rows in {filled[0]}: name an empty one")
    copying.begin(session)
    migrations.mark(session.connection(), migrations.COPYING)


def _finish(session: Session, numbers: dict[str, int]) -> None:
    copying.set_last_numbers(session, numbers)
    copying.finish(session)
    copying.analyze(session)
    migrations.mark(session.connection(), migrations.head())


def _prepare(source: str, target: str) -> bool:
    """See that the source is of this version, and give an empty target its tables.

    Returns whether a copy into the target has begun before.
    """
    if source.startswith(SQLITE) and not Path(source.removeprefix(SQLITE)).exists():
        raise Refused(f"{source.removeprefix(SQLITE)}: there is no such store")
    at = migrations.current(source)
    if at != migrations.head():
        if not migrations.is_known(at):
            raise migrations.unknown(at)
        raise Refused("The source's tables are not of this version: run yizhan migrate there first")
    if lack := schema.lacking(source):
        raise Refused(lack)
    at = migrations.current(target)
    if at is None:
        schema.upgrade(target)
    elif at not in (migrations.head(), migrations.COPYING):
        if not migrations.is_known(at):
            raise migrations.unknown(at)
        raise Refused("The target's tables are not of this version: name an empty one")
    return at == migrations.COPYING


@contextmanager
def _alone(url: str, which: str) -> Iterator[None]:
    """Keep a SQLite store for this process; one that is served is refused."""
    if url.startswith(SQLITE):
        Path(url.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)
    claim = claimed(url)
    if claim is None:
        raise Refused(f"A station serves the {which}: stop it first")
    with claim:
        yield


@contextmanager
def _opened(place: Place) -> Iterator[Store]:
    store = Store(place.url, pictures=place.pictures)
    try:
        yield store
    finally:
        store.close()
