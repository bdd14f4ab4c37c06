"""Rings on PostgreSQL: whoever holds a page open hears of what another process settled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
import pytest

from bot.station import bells
from bot.station.bells import Bells
from models.sending.bells import TOGETHER
from models.store import Store

WITHIN = 20.0


@dataclass
class Ear:
    """Keeps what was heard, and how often it was to look for what it may have missed."""

    heard: list[str] = field(default_factory=list)
    looks: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def hears(self, address: str) -> None:
        self.heard.append(address)
        self.news.set()

    def misses(self) -> None:
        self.looks += 1
        self.news.set()

    async def has(self, *, heard: int = 0, looks: int = 0) -> None:
        async with asyncio.timeout(WITHIN):
            while len(self.heard) < heard or self.looks < looks:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def ear(postgresql_url: str) -> AsyncIterator[Ear]:
    ear = Ear()
    listening = asyncio.create_task(bells.listen(postgresql_url, ear.hears, ear.misses))
    await ear.has(looks=1)
    yield ear
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


@pytest.fixture
async def ringing(postgresql_url: str) -> AsyncIterator[Bells]:
    store = Store(postgresql_url)
    ringing = Bells(store)
    yield ringing
    await ringing.stop()
    await asyncio.to_thread(store.close)


async def test_a_ring_is_heard_by_every_process(
    ear: Ear, ringing: Bells, postgresql_url: str
) -> None:
    other = Ear()
    listening = asyncio.create_task(bells.listen(postgresql_url, other.hears, other.misses))
    await other.has(looks=1)
    ringing.ring("ana")
    await asyncio.gather(ear.has(heard=1), other.has(heard=1))
    listening.cancel()
    assert ear.heard == other.heard == ["ana"]


async def test_many_who_are_told_at_once_are_rung_for_together(ear: Ear, ringing: Bells) -> None:
    addresses = [f"{number:064}" for number in range(2 * TOGETHER + 1)]
    for address in addresses:
        ringing.ring(address)
        ringing.ring(address)
    await ear.has(heard=len(addresses))
    await ringing.stop()
    assert ear.heard == addresses


async def test_whoever_was_cut_off_looks_for_what_they_missed_and_hears_again(
    ear: Ear, ringing: Bells, postgresql_url: str
) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN yizhan%'"
        ).fetchone()
    assert cut == (1,)
    await ear.has(looks=2)
    ringing.ring("ana")
    await ear.has(heard=1)


async def test_a_ring_while_the_store_is_down_harms_nobody(ringing: Bells) -> None:
    await asyncio.to_thread(ringing._store.close)
    ringing.ring("ana")
    async with asyncio.timeout(WITHIN):
        await ringing.stop()
    ringing.ring("ben")
    await ringing.stop()
