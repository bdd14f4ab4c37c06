"""What is left of erased people in the file of a SQLite store, and how it is written anew."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import cast
from unittest.mock import AsyncMock
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import Session

from models.network.stations import Care
from models.store import Store, StoreDown, memory_of, rewriting
from models.store.rewriting import Rewritten
from scheduler.jobs import Jobs
from scheduler.planning import Forgetting, Planner
from scheduler.rewriting import Rewriting

PEOPLE, ERASED = 6_000, 600
TODAY = date(2026, 12, 5)


@pytest.fixture(scope="module")
def filled(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that holds as many names as make SQLite split its pages often."""
    path = tmp_path_factory.mktemp("filled") / "filled.db"
    shutil.copyfile(migrated_sqlite, path)
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany(
            "INSERT INTO key (name, value) VALUES (?, 'v')",
            [(_name(number),) for number in range(PEOPLE)],
        )
    return path


@pytest.fixture
def store(filled: Path, sqlite_url: str) -> Iterator[Store]:
    shutil.copyfile(filled, sqlite_url.removeprefix("sqlite:///"))
    store = Store(sqlite_url)
    yield store
    store.close()


def _name(number: int) -> str:
    """A name like no other, of which no order follows."""
    return f"{Random(number).getrandbits(40):010x}zqx"


def _delete(session: Session, numbers: range) -> None:
    session.execute(
        text("DELETE FROM key WHERE name = :name"), [{"name": _name(each)} for each in numbers]
    )


def _erase(session: Session, numbers: range) -> None:
    _delete(session, numbers)
    memory_of(session).erased.extend(numbers)


def _count(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM key")).scalar_one())


def _note(session: Session, name: str) -> None:
    session.execute(text("INSERT INTO key (name, value) VALUES (:name, 'v')"), {"name": name})


def _left(url: str) -> int:
    """How many of those who were erased are named in the files of the store."""
    path = Path(url.removeprefix("sqlite:///"))
    content = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    return sum(_name(number).encode() in content for number in range(ERASED))


async def test_a_file_that_is_written_anew_names_nobody_who_was_erased(
    store: Store, sqlite_url: str
) -> None:
    before = await store.read(_count)
    assert not await store.holds_copies()
    await store.write(_erase, range(ERASED))
    await store.truncate_log()
    # SQLite overwrote them where they stood, not where it left them when it split their pages.
    assert await store.holds_copies()
    assert _left(sqlite_url) > 0
    assert await store.rewrite(TODAY) is Rewritten.DONE
    assert _left(sqlite_url) == 0
    assert not await store.holds_copies()
    assert await store.read(_count) == before - ERASED
    # What is there goes on as it was: the log, freed pages that are given back, and writing.
    await store.write(_note, "later")
    assert await store.read(_count) == before - ERASED + 1
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert file.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_what_goes_by_its_age_is_named_nowhere_after_a_month(
    store: Store, sqlite_url: str
) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    night = datetime(2026, 12, 5, 3, 1, tzinfo=zone)

    def forget(session: Session, _before: datetime) -> None:
        _delete(session, range(ERASED))

    planner = Planner(
        store,
        cast(Jobs, AsyncMock()),
        {},
        Care(zone, "22:00-08:00"),
        forgetting=[Forgetting(timedelta(), forget)],
    )
    duty = Rewriting(store, zone)
    # A file that was made new is written once, and then each month, by night.
    assert not await duty.is_due(night - timedelta(hours=9))
    assert await duty.is_due(night)
    await duty.work(night)
    assert not await duty.is_due(night + timedelta(minutes=1))
    await planner.tidy(night)
    assert _left(sqlite_url) > 0
    for days in (1, 29, 30):
        assert not await duty.is_due(night + timedelta(days=days)), days
    due = night + timedelta(days=31)
    assert not await duty.is_due(due + timedelta(hours=9))
    assert await duty.is_due(due)
    await duty.work(due)
    assert _left(sqlite_url) == 0
    assert not await duty.is_due(due)


async def test_a_file_of_an_earlier_version_is_written_anew_once(store: Store) -> None:
    def make_old(session: Session) -> None:
        session.execute(text("PRAGMA user_version=0"))

    await store.write(make_old)
    assert await store.holds_copies()
    assert await store.rewrite(TODAY) is Rewritten.DONE
    assert not await store.holds_copies()


async def test_an_erasure_by_a_command_marks_the_file_as_well(store: Store) -> None:
    store.write_now(partial(_erase, numbers=range(1)))
    assert await store.holds_copies()


async def test_what_is_written_meanwhile_is_not_lost(store: Store, sqlite_url: str) -> None:
    """An answer that was given while the new file was written keeps its row, and the old file."""
    await store.write(_erase, range(ERASED))
    before = await store.read(_count)
    new = rewriting.NewFile(store.engine, TODAY)
    new.write()
    await store.write(_note, "meanwhile")
    with pytest.raises(rewriting.WrittenMeanwhile):
        new.exchange()
    new.close()
    assert await store.read(_count) == before + 1
    assert await store.holds_copies()
    # Nothing of the try is left, and the next one, while nobody writes, succeeds.
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    assert not path.with_name(f"{path.name}.anew").exists()
    assert await store.rewrite(TODAY) is Rewritten.DONE
    assert await store.read(_count) == before + 1


async def test_who_signs_up_during_a_night_of_writing_waits_and_loses_nothing(store: Store) -> None:
    await store.write(_erase, range(ERASED))
    before = await store.read(_count)
    rewritten = asyncio.create_task(store.rewrite(TODAY, holding=True))
    told = await asyncio.gather(
        *(store.write(_note, f"during {number}") for number in range(200)), return_exceptions=True
    )
    assert await rewritten is Rewritten.DONE
    assert told == [None] * 200
    assert await store.read(_count) == before + 200
    assert not await store.holds_copies()


async def test_another_process_that_writes_at_the_exchange_keeps_its_row(
    store: Store, sqlite_url: str
) -> None:
    await store.write(_erase, range(ERASED))
    before = await store.read(_count)
    new = rewriting.NewFile(store.engine, TODAY)
    new.write()
    locked, ended = threading.Event(), threading.Event()

    def write_apart() -> None:
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            other.execute("INSERT INTO key (name, value) VALUES ('apart', 'v')")
            locked.set()
            ended.wait(10)
            other.execute("COMMIT")

    command = threading.Thread(target=write_apart)
    command.start()
    assert locked.wait(10)
    exchanged = asyncio.create_task(asyncio.to_thread(new.exchange))
    await asyncio.sleep(0)
    ended.set()
    with pytest.raises((rewriting.WrittenMeanwhile, StoreDown)):
        await exchanged
    new.close()
    await asyncio.to_thread(command.join)
    assert await store.read(_count) == before + 1


async def test_whoever_reads_goes_on_with_what_was_there(store: Store, sqlite_url: str) -> None:
    await store.write(_erase, range(ERASED))
    reader = store.engine.execution_options(read_only=True).connect()
    before = reader.execute(text("SELECT count(*) FROM key")).scalar_one()
    assert await store.rewrite(TODAY) is Rewritten.DONE
    await store.write(_note, "later")
    assert reader.execute(text("SELECT count(*) FROM key")).scalar_one() == before
    reader.close()
    # The old pages stand in the file until nobody reads them; the log's tick sees to it.
    assert store.holds_erased
    await store.truncate_log()
    assert _left(sqlite_url) == 0


async def test_without_room_on_the_disk_nothing_is_begun(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(_erase, range(1))
    monkeypatch.setattr(rewriting, "ROOM", 10**12)
    assert await store.rewrite(TODAY) is Rewritten.NO_ROOM
    assert await store.holds_copies()


async def test_a_station_that_stops_before_the_exchange_keeps_its_file(store: Store) -> None:
    """The exchange waits its turn behind a slow verb, and nobody waits for it any more."""
    await store.write(_erase, range(ERASED))
    before = await store.read(_count)
    begun, goes_on = threading.Event(), threading.Event()

    def dawdle(session: Session) -> None:
        begun.set()
        goes_on.wait(10)

    slow = asyncio.create_task(store.write(dawdle))
    await asyncio.to_thread(begun.wait, 10)
    rewriting_it = asyncio.create_task(store.rewrite(TODAY, holding=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rewriting_it.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rewriting_it
    goes_on.set()
    await slow
    assert await store.read(_count) == before
    assert await store.holds_copies()


async def test_a_file_that_is_gone_or_not_whole_takes_nobodys_place(
    store: Store, sqlite_url: str
) -> None:
    await store.write(_erase, range(ERASED))
    before = await store.read(_count)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    anew = path.with_name(f"{path.name}.anew")
    new = rewriting.NewFile(store.engine, TODAY)
    new.write()
    anew.unlink()
    with pytest.raises(StoreDown):
        new.exchange()
    for mark in (0, TODAY.toordinal()):
        with closing(sqlite3.connect(anew)) as empty:
            empty.execute(f"PRAGMA user_version={mark}")
        with pytest.raises(rewriting.WrittenMeanwhile):
            new.exchange()
    new.close()
    assert not anew.exists()
    assert await store.read(_count) == before


async def test_what_a_killed_process_left_is_removed_at_the_next_start(
    store: Store, sqlite_url: str
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    left = [path.with_name(f"{path.name}.anew{end}") for end in ("", "-journal")]
    for each in left:
        each.write_bytes(b"somebody")
    Rewriting(store, ZoneInfo("Asia/Shanghai"))
    assert not any(each.exists() for each in left)
