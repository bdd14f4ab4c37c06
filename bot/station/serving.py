"""Run a process of the station: start what it is built of, serve, stop it in order."""

import asyncio
import contextlib
import ctypes
import gc
import socket
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot import __version__
from bot.conversation.watched import untraced
from bot.station import bells, logs, tracing, troubles, webapp
from bot.station.addresses import shown
from bot.station.building import Process, build_process
from bot.station.connections import RESERVED, raise_open_files
from bot.station.erased import noting
from bot.station.parts import EVERYTHING, Part, in_words
from bot.station.service import Service
from bot.station.settings import Settings
from models.store import Store

log = structlog.get_logger(__name__)

STOPPING_SECONDS = 1.7
"""With what the server takes for its last responses, a stop stays under three seconds."""


async def run(
    settings: Settings,
    listening: socket.socket,
    now: Callable[[], datetime],
    say: Callable[[str], None],
    parts: frozenset[Part] = EVERYTHING,
) -> None:
    """Serve these parts until a signal comes; ``say`` prints what runs where."""
    log.info("station starts", version=__version__, parts=in_words(parts))
    open_files = raise_open_files()
    traces = tracing.opened(settings.traces.endpoint, settings.traces.share)
    told = troubles.opened(settings.sentry.dsn.get_secret_value())
    logs.tell_errors_to(told.tell if told is not None else None)
    note = noting(settings.store.url, settings.store.erased, now)
    store = Store(settings.store.url, pictures=settings.store.folder, on_erased=note)
    store.span = traces.span if traces is not None else None
    try:
        process = build_process(settings, store, now, parts, traces.span if traces else untraced)
        running = _Running(process)
        service = Service(lambda: _problems(process, store))

        async def ready() -> None:
            for line in (*_where(settings, listening, parts), *settings.accounts_in_words()):
                say(line)
            await running.start()
            service.ready()

        def leave() -> None:
            service.stopping()
            running.close_streams()

        await webapp.Server(
            _app(process, traces),
            trusted_proxies=settings.server.trusted_proxies,
            room=max(RESERVED, open_files - RESERVED),
            ready=ready,
            leave=leave,
            done=running.stop,
        ).serve([listening])
    finally:
        await asyncio.to_thread(store.close)
        logs.tell_errors_to(None)
        if traces is not None:
            await asyncio.to_thread(traces.close)
        if told is not None:
            await asyncio.to_thread(told.close)


def _problems(process: Process, store: Store) -> dict[str, str]:
    """What does not work now, for the service manager: the store first."""
    away = {"store": store.outages.why} if store.outages.why else {}
    return {**away, **process.problems()}


def _app(process: Process, traces: tracing.Traces | None = None) -> Starlette:
    core = process.core
    serves = core.runs(Part.WEB)
    return webapp.build(
        core.store,
        process.http_routes() if serves else [],
        problems=process.problems,
        now=core.now,
        accounts=[channel.account for channel in process.channels],
        metrics_token=core.settings.server.metrics_token.get_secret_value(),
        around=[Middleware(tracing.TracedRequests, traces=traces)] if traces else [],
        front="/chat" if serves and process.web else "",
        running=in_words(core.parts),
    )


class _Running:
    """A process between its start and its end."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._jobs: list[asyncio.Task[None]] = []
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the channels, the listener to other processes, the jobs and the clock."""
        started = (each.channel for each in self._process.accounts if each.start_it)
        await asyncio.gather(*(channel.start() for channel in started))
        self._listen_to_other_processes()
        worker = self._process.worker
        if worker:
            self._jobs.append(asyncio.create_task(worker.jobs.run()))
            await worker.clock.start()
        _give_back_memory()

    def _listen_to_other_processes(self) -> None:
        core, web = self._process.core, self._process.web
        if web and core.runs(Part.WEB) and not core.store.is_sqlite:
            listens = bells.listen(core.settings.store.url, web.announce, web.announce_all)
            self._listening = asyncio.create_task(listens)

    def close_streams(self) -> None:
        """End the responses that would stay open for ever."""
        if self._process.web:
            self._process.web.close_streams()

    async def stop(self) -> None:
        """Stop all parts together, each within ``STOPPING_SECONDS``."""
        worker = self._process.worker
        ending = [channel.stop() for channel in self._process.channels]
        if worker:
            ending += [worker.clock.stop(), worker.jobs.stop()]
            ending += [engine.stop() for engine in worker.engines]
        if self._listening:
            self._listening.cancel()
        await _end_together([*map(asyncio.ensure_future, ending), *self._jobs])
        if worker:
            await worker.jobs.close()
            if worker.bells:
                await worker.bells.stop()
        await self._process.core.close()


async def _end_together(tasks: list[asyncio.Task[None]]) -> None:
    """Wait for all; cancel those that take longer than ``STOPPING_SECONDS``."""
    _, late = await asyncio.wait(tasks, timeout=STOPPING_SECONDS)
    for task in late:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("a part did not stop well", exc_info=outcome)


def _give_back_memory() -> None:
    """Return what only the start needed to the system: some 8 MB, where the C library can."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _where(settings: Settings, listening: socket.socket, parts: frozenset[Part]) -> list[str]:
    """What this process serves and at which address, a line each."""
    host, port = listening.getsockname()[:2]
    address = f"http://{shown(host)}:{port}"
    lines = []
    if parts != EVERYTHING:
        others = " and ".join(in_words(EVERYTHING - parts))
        lines.append(f"Only {' and '.join(in_words(parts))} here; {others} must run as well.")
    polls = any(bot.mode == "polling" for bot in settings.telegram.values())
    if parts == {Part.TELEGRAM} and not polls:
        lines.append('There is nothing to poll: no [telegram.NAME] has mode = "polling".')
    here = settings.server.public_url or address
    if Part.WEB not in parts:
        lines.append(f"Health at {address}/readyz")
    elif settings.web.enabled:
        lines.append(f"Chat at {here}/chat")
    else:
        lines.append(f"Serving at {here}; the web chat is off: [web] enabled = true turns it on.")
    return lines
