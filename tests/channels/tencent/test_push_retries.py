"""A store that is away while a platform waits, on a clock that is turned by hand."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.channels.tencent.push_retries import ANSWER_WITHIN, TRIES, PushRetries
from models.store import StoreDown

PLATFORM_WAITS = 5.0


@dataclass
class Store:
    """A store that is away until a moment of a clock of its own."""

    back_at: float
    now: float = 100.0
    asked_at: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    async def keep(self) -> str:
        self.asked_at.append(self.now - 100.0)
        if self.now < 100.0 + self.back_at:
            raise StoreDown("away")
        return "kept"


def retries_of(store: Store) -> PushRetries[str]:
    return PushRetries("wechat.nanhai", ANSWER_WITHIN, monotonic=store.monotonic, sleep=store.sleep)


async def push(retries: PushRetries[str], store: Store) -> tuple[asyncio.Task[str], bool]:
    return await retries.wait("1", lambda: retries.persist("1", store.keep))


@pytest.mark.parametrize("back_at", [0.0, 0.05, 0.5, 2.0, 4.0])
async def test_a_push_is_answered_as_soon_as_the_store_is_back(back_at: float) -> None:
    store = Store(back_at)
    task, is_last = await push(retries_of(store), store)
    assert (task.result(), is_last) == ("kept", False)
    assert back_at <= store.asked_at[-1] <= back_at + 0.5


async def test_a_push_that_will_be_repeated_is_not_refused_before_the_platform_gives_up() -> None:
    store = Store(back_at=60.0)
    task, _ = await push(retries_of(store), store)
    assert isinstance(task.exception(), StoreDown)
    assert store.now - 100.0 > PLATFORM_WAITS


async def test_the_last_push_is_refused_before_the_platform_gives_up() -> None:
    store, held = Store(back_at=60.0), asyncio.Event()

    async def keep() -> str:
        # The store hangs, as if the network to it were gone, until the last push is there.
        await held.wait()
        return await store.keep()

    retries = retries_of(store)
    waiting = [
        asyncio.create_task(retries.wait("1", lambda: retries.persist("1", keep)))
        for _ in range(TRIES)
    ]
    await asyncio.sleep(0)
    held.set()
    outcomes = await asyncio.gather(*waiting)
    assert [is_last for _, is_last in outcomes] == [False, False, True]
    assert isinstance(outcomes[-1][0].exception(), StoreDown)
    assert 3.5 <= store.now - 100.0 < ANSWER_WITHIN
