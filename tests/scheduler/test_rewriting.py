"""At which hours a station writes its SQLite file anew after an erasure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session
from structlog.testing import capture_logs

from models.store import Store, memory_of
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
