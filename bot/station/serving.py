"""The composition root: the station, and what works by itself, put together, run, taken down."""

import asyncio
import contextlib
import ctypes
import gc
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlmodel import Session
from starlette.routing import BaseRoute

from bot.station import bells, webapp
from bot.station.bells import Ringing
from bot.station.building import Now, Station, build_station
from bot.station.files import calendar_routes
from bot.station.parts import EVERYTHING, Part, in_words
from bot.station.settings import Settings
from models.announcements import announcements, running
from models.announcements.running import Step
from models.desk import misses
from models.events import checking_in, signups
from models.sending import daily, inbox
from models.store import Store
from models.teams import sessions
from scheduler.clock import Clock, ticks_of
from scheduler.delivery import Engine
from scheduler.jobs import Jobs
from scheduler.planning import CHUNK, Duty, Forgetting, Planner

log = structlog.get_logger(__name__)

KEEP_INBOX = timedelta(days=3)
KEEP_DRAFTS = timedelta(days=14)
KEEP_COUNTS = timedelta(days=2)
STOPPING_SECONDS = 1.7
"""With what the server takes for its last responses, a stop stays under three seconds."""


async def run(
    read: Settings,
    listening: socket.socket,
    now: Now,
    say: Callable[[str], None],
    parts: frozenset[Part] = EVERYTHING,
) -> None:
    """Build these parts of the station, serve them until a signal comes, and take them down."""

    store = Store(read.store.url)
    try:
        station = build_station(read, store, now, parts)
        working: list[asyncio.Task[None]] = []
        worker = _Worker.build(read, station) if Part.WORKER in parts else None
        app = webapp.build(
            store,
            _paths(read, station) if Part.WEB in parts else [],
            problems=station.problems,
            now=now,
            metrics_token=read.server.metrics_token.get_secret_value(),
            front="/chat" if station.web and Part.WEB in parts else "",
            running=in_words(parts),
        )

        async def ready() -> None:
            for line in (*_where(read, listening, parts), *read.accounts_in_words()):
                say(line)
            await asyncio.gather(*(channel.start() for channel in station.started))
            if station.web and Part.WEB in parts and not store.is_sqlite:
                heard, missed = station.web.announce, station.web.announce_all
                listens = bells.listen(read.store.url, heard, missed)
                station.listening = asyncio.create_task(listens)
            if worker:
                working.append(asyncio.create_task(worker.jobs.run()))
                await worker.clock.start()
            _give_back_memory()

        def leave() -> None:
            if station.web:
                station.web.close_streams()

        async def done() -> None:
            ending = [channel.stop() for channel in station.channels]
            if worker:
                ending += worker.stopping()
            if station.listening:
                station.listening.cancel()
            await _end_together([*map(asyncio.ensure_future, ending), *working])
            if worker:
                await worker.close()

        await webapp.Server(
            app,
            trusted_proxies=read.server.trusted_proxies,
            ready=ready,
            leave=leave,
            done=done,
        ).serve([listening])
    finally:
        await asyncio.to_thread(store.close)


@dataclass(slots=True)
class _Worker:
    """What plans and sends."""

    jobs: Jobs
    clock: Clock
    engines: list[Engine]
    ringing: Ringing | None

    @classmethod
    def build(cls, read: Settings, station: Station) -> "_Worker":
        jobs = Jobs("" if station.store.is_sqlite else read.store.url)
        if station.web and not station.store.is_sqlite:
            # A process that holds pages open hears its own bell as well.
            station.ringing = Ringing(station.store)
        clock, _planner = build_scheduler(read, station, jobs)
        return cls(jobs, clock, station.engines, station.ringing)

    def stopping(self) -> list[Coroutine[Any, Any, None]]:
        return [self.clock.stop(), self.jobs.stop(), *(each.stop() for each in self.engines)]

    async def close(self) -> None:
        await self.jobs.close()
        if self.ringing:
            await self.ringing.stop()


def _paths(read: Settings, station: Station) -> list[BaseRoute]:
    """All that is heard and shown by HTTP."""
    parts = [route for channel in station.channels for route in channel.routes()]
    calendars = calendar_routes(station.store, read.care().zone, station.now)
    return [*parts, *station.files.routes(), *calendars]


def _give_back_memory() -> None:
    """Return what only the start needed to the system: some 8 MB, where the C library can."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


async def _end_together(tasks: list[asyncio.Task[None]]) -> None:
    """Let everything end by itself; what does not in time is cancelled, and its rows stay open."""
    _, late = await asyncio.wait(tasks, timeout=STOPPING_SECONDS)
    for task in late:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("a part did not stop well", exc_info=outcome)


def build_scheduler(read: Settings, station: Station, jobs: Jobs) -> tuple[Clock, Planner]:
    """What happens without being asked: a clock, a planner, and a sender for each account."""

    care, store, now = read.care(), station.store, station.now
    for channel in station.channels:
        settled = None
        if station.web and channel is station.web:
            settled = station.ringing.ring if station.ringing else station.web.announce
        for shard in range(channel.shards):
            engine = Engine(
                store,
                channel,
                station.dispatcher.compose,
                care,
                now,
                settled=settled,
                holder=station.name,
                elsewhere=channel.account in station.heard_elsewhere,
                shard=shard,
                shards=channel.shards,
            )
            jobs.register(engine.name, engine.send_due)
            station.engines.append(engine)

    def lapse_offers(session: Session, at: datetime) -> int:
        return signups.lapse_offers(session, at, care)

    def put_sessions(session: Session, at: datetime) -> int:
        return sessions.put_into_programme(session, at, care)

    def look(session: Session, at: datetime) -> Step | None:
        return running.look(session, at, care)

    def announce(session: Session, at: datetime, step: Step) -> int:
        return CHUNK if running.take(session, at, step, care) else 0

    planner = Planner(
        store,
        jobs,
        {channel.account: channel.shards for channel in station.channels},
        care,
        duties=[
            Duty("offers", signups.any_lapsed, lapse_offers),
            Duty("absent", checking_in.any_absent, checking_in.mark_absent),
            Duty("team sessions", sessions.any_due, put_sessions),
        ],
        long_duties=[Duty("announcements", running.any_due, announce, look)],
        forgetting=[
            Forgetting(KEEP_DRAFTS, announcements.forget_drafts),
            Forgetting(KEEP_INBOX, inbox.forget_before),
            Forgetting(KEEP_COUNTS, daily.forget_before),
            Forgetting(misses.KEEP, misses.forget_before),
        ],
    )
    return Clock(store, ticks_of(planner), now), planner


def _where(read: Settings, listening: socket.socket, parts: frozenset[Part]) -> list[str]:
    host, port = listening.getsockname()[:2]
    address = f"http://{_shown(host)}:{port}"
    said = []
    if parts != EVERYTHING:
        others = " and ".join(in_words(EVERYTHING - parts))
        said.append(f"Only {' and '.join(in_words(parts))} here; {others} must run as well.")
    if parts == {Part.TELEGRAM} and all(bot.mode != "polling" for bot in read.telegram.values()):
        said.append('There is nothing to poll: no [telegram.NAME] has mode = "polling".')
    here = read.server.public_url or address
    if Part.WEB not in parts:
        said.append(f"Health at {address}/readyz")
    elif read.web.enabled:
        said.append(f"Chat at {here}/chat")
    else:
        said.append(f"Serving at {here}; the web chat is off: [web] enabled = true turns it on.")
    return said


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
