"""At which hours a station writes its SQLite file anew after an erasure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session
from structlog.testing import capture_logs

from models.store import Store, memory_of
from models.store import rewriting as kept
from models.store.rewriting import Rewritten
from scheduler import rewriting
from scheduler.rewriting import Rewriting

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 12, 5, 12, tzinfo=ZONE)
NIGHT = datetime(2026, 12, 6, 3, 1, tzinfo=ZONE)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    store = Store(sqlite_url)
    yield store
    store.close()


def _erase(session: Session) -> None:
    memory_of(session).erased.append(7)


async def test_a_small_file_is_written_anew_within_a_minute(store: Store) -> None:
    duty = Rewriting(store, ZONE)
    assert not await duty.is_due(NOON)
    await store.write(_erase)
    assert await duty.is_due(NOON)
    await duty.work(NOON)
    assert not await duty.is_due(NOON)


async def test_a_large_file_waits_for_the_night_and_is_written_once_in_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SMALL", 0)
    duty = Rewriting(store, ZONE)
    await store.write(_erase)
    assert not await duty.is_due(NOON)
    assert await duty.is_due(NIGHT)
    await duty.work(NIGHT)
    assert not await store.holds_copies()
    # Who is erased later in the same night is so on the next one.
    await store.write(_erase)
    assert not await duty.is_due(NIGHT + timedelta(minutes=30))
    assert await duty.is_due(NIGHT + timedelta(days=1))


async def test_a_file_that_is_too_large_is_named_once_a_night(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SMALL", 0)
    monkeypatch.setattr(rewriting, "LARGEST", 1)
    duty = Rewriting(store, ZONE)
    await store.write(_erase)
    with capture_logs() as logged:
        await duty.work(NIGHT)
    assert [each["log_level"] for each in logged] == ["warning"]
    assert await store.holds_copies()
    assert not await duty.is_due(NIGHT + timedelta(minutes=1))


async def test_after_tries_in_vain_it_pauses_for_longer_and_insists_before_the_night_ends(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SMALL", 0)
    duty = Rewriting(store, ZONE)
    await store.write(_erase)
    tries: list[datetime] = []

    async def in_vain(_today: date, *, holding: bool) -> Rewritten:
        tries.append(now)
        return Rewritten.DONE if holding else Rewritten.WRITTEN_MEANWHILE

    monkeypatch.setattr(store, "rewrite", in_vain)
    now = NIGHT
    while now < NIGHT + timedelta(hours=2):
        if await duty.is_due(now):
            await duty.work(now)
        now += timedelta(minutes=1)
    since = [(each - NIGHT) // timedelta(minutes=1) for each in tries]
    assert since == [0, 1, 3, 7, 15, 31, 63, 89]


async def test_a_disk_without_room_is_named_once_a_night(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "ROOM", 10**12)
    duty = Rewriting(store, ZONE)
    await store.write(_erase)
    with capture_logs() as logged:
        await duty.work(NIGHT)
    assert [each["log_level"] for each in logged] == ["warning"]
    assert not await duty.is_due(NIGHT + timedelta(hours=9))
    assert await duty.is_due(NIGHT + timedelta(days=1))
