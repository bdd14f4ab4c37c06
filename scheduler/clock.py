"""Run ticks at their intervals; a row per tick and slot decides which process works.

APScheduler stores nothing: processes cannot share its stores, and what is due is in the station's
own tables.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from models.store import Store, StoreDown, ticks
from scheduler.metrics import TICKED

log = structlog.get_logger(__name__)

WATCH_SECONDS = 5
SET_BACK = timedelta(seconds=5)
"""A time service corrects a synchronised clock by less."""

HasWork = Callable[[datetime], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Tick:
    """``work``, run every ``seconds`` if ``has_work`` finds something to do.

    ``has_work`` costs a read; the row that decides between processes costs a durable write, which
    an idle station need not do each second.
    """

    name: str
    seconds: int
    work: Callable[[datetime], Awaitable[None]]
    has_work: HasWork | None = None


class Clock:
    """Runs each tick in every process; the first to take the tick's slot works.

    It reads the time from ``now`` alone. APScheduler waits by the system clock.
    """

    def __init__(self, store: Store, ticks: Iterable[Tick], now: Callable[[], datetime]) -> None:
        self._store = store
        self._ticks = {tick.name: tick for tick in ticks}
        self._now = now
        self._scheduler: AsyncIOScheduler | None = None
        self._working: dict[str, asyncio.Task[Any]] = {}
        self._watching: asyncio.Task[None] | None = None
        self._latest = now()

    async def start(self) -> None:
        """Run every tick once, then each at its interval."""
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            # The default grace of one second silently skips a run that comes late.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        for tick in self._ticks.values():
            self._scheduler.add_job(self.run, self._trigger(tick), args=(tick,), id=tick.name)
        self._scheduler.start()
        self._run_all()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Run no more ticks, and wait up to two seconds for the work under way."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        if self._scheduler is not None:
            self._scheduler.pause()
            if self._working:
                await asyncio.wait(self._working.values(), timeout=2)
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def run(self, tick: Tick) -> bool:
        """Do the tick's work; return False if there is none, or a process is doing it already."""
        task = asyncio.current_task()
        assert task is not None
        if tick.name in self._working:
            return False
        self._working[tick.name] = task
        try:
            now = self._now()
            has_work = tick.has_work is None or await tick.has_work(now)
            TICKED.labels(tick.name).set(now.timestamp())
            if not has_work:
                return False
            slot = int(now.timestamp()) // tick.seconds
            if not await self._store.write(ticks.take, tick.name, slot, now):
                return False
            await tick.work(now)
        except StoreDown:
            # What is due stays due: the next run finds it. The store says in the log why.
            log.debug("a tick waits for the store", tick=tick.name)
            return False
        finally:
            del self._working[tick.name]
        return True

    async def handle_set_back(self, now: datetime) -> bool:
        """Start over if the system clock was set back; return whether it was.

        A machine may boot hours ahead, until it gets the time from the network. APScheduler would
        wait until the clock has caught up, and the slots that were taken would stay taken.
        """
        if self._latest - now <= SET_BACK:
            self._latest = now
            return False
        await self._store.write(ticks.forget_after, now)
        log.warning("the time was set back", seconds=int((self._latest - now).total_seconds()))
        self._latest = now
        if self._scheduler is not None:
            for tick in self._ticks.values():
                self._scheduler.reschedule_job(tick.name, trigger=self._trigger(tick))
            self._run_all()
        return True

    def _run_all(self) -> None:
        assert self._scheduler is not None
        for tick in self._ticks.values():
            # A job without a trigger runs once, immediately.
            self._scheduler.add_job(self.run, args=(tick,))

    async def _watch(self) -> None:
        while True:
            # The event loop's clock is monotonic.
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self.handle_set_back(self._now())
            except StoreDown:
                # The next iteration tries again.
                log.debug("a tick waits for the store", tick="watch")

    def _trigger(self, tick: Tick) -> IntervalTrigger:
        # In the middle of a slot, so that a run slightly early or late stays within its slot.
        slot = int(self._now().timestamp() // tick.seconds) + 1
        first = datetime.fromtimestamp(slot * tick.seconds, UTC) + timedelta(
            seconds=tick.seconds / 2
        )
        return IntervalTrigger(seconds=tick.seconds, start_date=first, timezone=UTC)
