"""A clock and nothing more: it strikes, and a row decides which process does the work.

Nothing is kept in APScheduler: its stores cannot be shared by processes, and what is due stands in
our own tables.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from models.store import Store, StoreDown, ticks

log = structlog.get_logger(__name__)

WATCH_SECONDS = 5
SET_BACK = timedelta(seconds=5)
"""A clock that is kept in time is moved by less."""

Work = Callable[[datetime], Awaitable[None]]
Glance = Callable[[datetime], Awaitable[bool]]
Method = TypeVar("Method", bound=Callable[..., Awaitable[None]])


@dataclass(frozen=True, slots=True)
class Tick:
    """What is done every ``seconds``, when ``glance`` finds that there is anything to do."""

    name: str
    seconds: int
    work: Work
    glance: Glance | None = None


def every(*, seconds: int, when: str = "") -> Callable[[Method], Method]:
    """Declare a method as a tick. ``when`` names a method that looks whether there is work.

    A look costs a read; the row that decides between processes costs a durable write, which an
    idle station need not do each second.
    """

    def declare(method: Method) -> Method:
        method.tick = (seconds, when)  # type: ignore[attr-defined]
        return method

    return declare


def ticks_of(duty: object) -> list[Tick]:
    """The ticks that an object's methods were declared to be."""
    found = []
    for name in dir(type(duty)):
        declared: Any = getattr(getattr(type(duty), name), "tick", None)
        if declared is not None:
            seconds, when = declared
            glance = getattr(duty, when) if when else None
            found.append(Tick(name, seconds, getattr(duty, name), glance))
    return found


class Clock:
    """Strikes each tick in every process; the first to take the tick's slot works."""

    def __init__(self, store: Store, ticks: Iterable[Tick], now: Callable[[], datetime]) -> None:
        self._store = store
        self._ticks = list(ticks)
        self._now = now
        self._scheduler: AsyncIOScheduler | None = None
        self._working: set[asyncio.Task[Any]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._latest = now()

    async def start(self) -> None:
        """Strike every tick once, then each at its distance, by the system's clock."""
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            # The default grace of one second silently skips a run that comes late.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        for tick in self._ticks:
            self._scheduler.add_job(
                self.strike,
                IntervalTrigger(seconds=tick.seconds, start_date=self._first(tick), timezone=UTC),
                args=(tick,),
                id=tick.name,
                next_run_time=datetime.now(UTC),
            )
        self._scheduler.start()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Strike no more, and let the work that is under way end."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        if self._scheduler is not None:
            self._scheduler.pause()
            if self._working:
                await asyncio.wait(self._working, timeout=2)
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def strike(self, tick: Tick) -> bool:
        """Do the tick's work unless there is none, or another process has taken it; say which."""
        task = asyncio.current_task()
        assert task is not None
        self._working.add(task)
        try:
            now = self._now()
            if tick.glance is not None and not await tick.glance(now):
                return False
            slot = int(now.timestamp()) // tick.seconds
            if not await self._store.write(ticks.take, tick.name, slot, now):
                return False
            await tick.work(now)
        except StoreDown as problem:
            # What is due stays due: the next strike finds it.
            # The driver's first line says whether it is away or full; it holds no values.
            why = str(problem).partition("\n")[0]
            log.warning("the store is down", tick=tick.name, problem=why)
            return False
        finally:
            self._working.discard(task)
        return True

    async def notice(self, now: datetime) -> bool:
        """Begin anew when the system's time was set back; say whether it was.

        A machine may start hours ahead, until it hears the time from the net. APScheduler would
        wait until the time has caught up, and the slots that were taken would stay taken.
        """
        if self._latest - now <= SET_BACK:
            self._latest = now
            return False
        await self._store.write(ticks.forget_after, now)
        log.warning("the time was set back", seconds=int((self._latest - now).total_seconds()))
        self._latest = now
        if self._scheduler is not None:
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
        return True

    async def _watch(self) -> None:
        while True:
            # The loop's own time is never set.
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self.notice(self._now())
            except StoreDown:
                # The next look finds the same.
                log.warning("the store is down", tick="watch")

    def _first(self, tick: Tick) -> datetime:
        # In the middle of a slot: a strike that comes a little early or late stays within its own.
        now = datetime.now(UTC).timestamp()
        slot = int(now // tick.seconds) + 1
        return datetime.fromtimestamp(slot * tick.seconds, UTC) + timedelta(
            seconds=tick.seconds / 2
        )
