"""The composition root: everything the station is made of, put together, run and taken down."""

import asyncio
import contextlib
import ctypes
import gc
import os
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import structlog
from sqlmodel import Session
from starlette.routing import BaseRoute

from bot import bells, webapp
from bot.bells import Ringing
from bot.channels import Channel, LinkTo
from bot.channels.leases import LASTS, Lease
from bot.channels.web import Web
from bot.dispatch import Dispatcher
from bot.files import Files, calendar_routes
from bot.language import Phrasebook
from bot.messages import Bilingual, Message
from bot.parts import EVERYTHING, Part, in_words
from bot.routing import Routes
from bot.settings import Forms, Settings
from handlers import menus, subjects
from models import (
    broadcasting,
    broadcasts,
    checking_in,
    daily,
    deliveries,
    inbox,
    keys,
    misses,
    sessions,
    signups,
    speakers,
)
from models.broadcasting import Step
from models.members import NoticeKind
from models.store import Store
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

LOOK_ALONE, LOOK_BESIDE_BELLS = 5.0, 10.0
"""How often an open chat page looks by itself, in seconds."""

Now = Callable[[], datetime]


@dataclass(slots=True)
class Station:
    """Everything that runs, in the order in which it was built.

    ``name`` is this process's among those of the station. ``hearing`` are the channels that are
    started: of the others this process only sends.
    """

    store: Store
    dispatcher: Dispatcher
    files: Files
    routes: Routes
    phrasebook: Phrasebook
    now: Now
    name: str
    parts: frozenset[Part] = EVERYTHING
    web: Web | None = None
    channels: list[Channel] = field(default_factory=list)
    hearing: list[Channel] = field(default_factory=list)
    engines: list[Engine] = field(default_factory=list)
    ringing: Ringing | None = None
    listening: asyncio.Task[None] | None = None

    def add(self, channel: Channel, *, hears: bool) -> None:
        self.channels.append(channel)
        if hears:
            self.hearing.append(channel)

    def problems(self) -> dict[str, str]:
        """The accounts that do not work now, and why."""
        said = {each.account: getattr(each, "problem", "") for each in self.channels}
        return {account: problem for account, problem in said.items() if problem}


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
            metrics_token=read.server.metrics_token.get_secret_value(),
            front="/chat" if station.web and Part.WEB in parts else "",
            running=in_words(parts),
        )

        async def ready() -> None:
            for line in (*_where(read, listening, parts), *read.accounts_in_words()):
                say(line)
            await asyncio.gather(*(channel.start() for channel in station.hearing))
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


def build_station(
    read: Settings, store: Store, now: Now, parts: frozenset[Part] = EVERYTHING
) -> Station:
    """What listens and answers: the dispatcher, and a channel for each account."""

    routes, phrasebook = subjects.routes(), Phrasebook()
    dispatcher = Dispatcher(
        store,
        routes,
        phrasebook,
        read.care(),
        now,
        station=Bilingual(read.station.name, read.station.name_en),
        default_language=read.station.language,
    )
    origin = read.server.public_url

    def link_to(path: str) -> str:
        return f"{origin}{path}" if origin else ""

    files = Files(store, routes.files, link_to, store.write_now(keys.shared, "files"), now)
    name = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
    station = Station(store, dispatcher, files, routes, phrasebook, now, name, parts)
    if read.web.enabled and parts & {Part.WEB, Part.WORKER}:
        station.web = _build_web(read, station, link_to)
        station.add(station.web, hears=Part.WEB in parts)
    _add_telegram(read, station, link_to)
    _add_wechat(read, station, link_to)
    _add_wecom(read, station, link_to)
    return station


def _build_web(read: Settings, station: Station, link_to: LinkTo) -> Web:

    account = "web.chat"

    async def missed(address: str, after: int) -> list[tuple[int, Message]]:
        sent = await station.store.read(deliveries.sent_to, account, address, after)
        return [(place, Message.from_json(message)) for place, message in sent]

    return Web(
        listen=station.dispatcher.listen,
        make_file=station.files.make,
        file_link=station.files.link,
        link_to=link_to,
        missed=missed,
        look_every=LOOK_ALONE if station.store.is_sqlite else LOOK_BESIDE_BELLS,
        secure_cookies=read.server.public_url.startswith("https:"),
        names={"zh": read.station.name, "en": read.station.name_en},
        account=account,
    )


def _add_telegram(read: Settings, station: Station, link_to: LinkTo) -> None:
    """Add the Telegram bots; their library is loaded only where there is one."""
    if not read.telegram:
        return
    from bot.channels.telegram import Telegram

    zone = read.care().zone
    languages = sorted(("zh", "en"), key=lambda each: each != read.station.language)
    commands = {
        language: menus.commands(
            station.routes.command_facts,
            station.phrasebook.reader(language, zone, station.now()),
        )
        for language in languages
    }
    for name, bot in read.telegram.items():
        account = f"telegram.{name}"
        hears = (Part.TELEGRAM if bot.mode == "polling" else Part.WEB) in station.parts
        if not hears and not station.parts & {Part.WEB, Part.WORKER}:
            continue
        # One that does not hear is started as well: to learn the bot's name, for links.
        station.add(
            Telegram(
                account=account,
                token=bot.token.get_secret_value(),
                listen=station.dispatcher.listen,
                make_file=station.files.make,
                link_to=link_to,
                mode=bot.mode,
                webhook_secret=bot.webhook_secret.get_secret_value(),
                api_base=bot.api_base,
                messages_per_second=bot.messages_per_second,
                shards=bot.shards,
                commands=commands,
                hears=hears,
                lease=None if station.store.is_sqlite else _lease(station, f"poll.{account}"),
            ),
            hears=True,
        )


def _lease(station: Station, name: str) -> Lease:
    """A lease of this name among the station's processes."""
    lasts = timedelta(seconds=LASTS)

    async def hold() -> bool:
        given = (name, station.name, lasts, station.now())
        return await station.store.write(speakers.hold, *given, lane=name)

    async def let_go() -> None:
        given = (name, station.name, station.now())
        await station.store.write(speakers.let_go, *given, lane=name)

    return Lease(hold, let_go)


def _add_wechat(read: Settings, station: Station, link_to: LinkTo) -> None:
    """Add the WeChat accounts; their library is loaded only where there is one."""
    if not read.wechat or not station.parts & {Part.WEB, Part.WORKER}:
        return
    from bot.channels.wechat import WeChat
    from bot.channels.wechat_notices import Form

    def forms(written: Forms) -> dict[NoticeKind, Form]:
        return {NoticeKind(kind): Form(each.id, each.fields) for kind, each in written.items()}

    reader = station.phrasebook.reader(read.station.language, read.care().zone, station.now())
    for name, account in read.wechat.items():
        station.add(
            WeChat(
                account=f"wechat.{name}",
                app_id=account.app_id,
                secret=account.secret.get_secret_value(),
                token=account.token.get_secret_value(),
                listen=station.dispatcher.listen,
                link_to=link_to,
                file_link=station.files.link,
                now=station.now,
                encoding_aes_key=account.encoding_aes_key.get_secret_value(),
                previous_aes_key=account.previous_aes_key.get_secret_value(),
                api_base=account.api_base,
                verified=account.verified,
                templates=forms(account.templates),
                subscriptions=forms(account.subscriptions),
                menu=menus.custom_menu(reader),
                messages_per_second=account.messages_per_second,
            ),
            hears=Part.WEB in station.parts,
        )


def _add_wecom(read: Settings, station: Station, link_to: LinkTo) -> None:
    """Add the apps on WeCom; their library is loaded only where there is one."""
    if not read.wecom:
        return
    from bot.channels.wecom import WeCom

    reader = station.phrasebook.reader(read.station.language, read.care().zone, station.now())
    salt = station.store.write_now(keys.shared, "wecom").hex()
    for name, app in read.wecom.items():
        station.channels.append(
            WeCom(
                account=f"wecom.{name}",
                corp_id=app.corp_id,
                agent_id=app.agent_id,
                secret=app.secret.get_secret_value(),
                token=app.token.get_secret_value(),
                encoding_aes_key=app.encoding_aes_key.get_secret_value(),
                previous_aes_key=app.previous_aes_key.get_secret_value(),
                listen=station.dispatcher.listen,
                link_to=link_to,
                file_link=station.files.link,
                now=station.now,
                salt=salt,
                api_base=app.api_base,
                menu=menus.custom_menu(reader),
                scan_label=menus.scan_label(reader),
                messages_per_second=app.messages_per_second,
            )
        )


def build_scheduler(read: Settings, station: Station, jobs: Jobs) -> tuple[Clock, Planner]:
    """What happens without being asked: a clock, a planner, and a sender for each account."""

    care, store, now = read.care(), station.store, station.now
    if station.web and not store.is_sqlite:
        station.ringing = Ringing(store)
    for channel in station.channels:
        settled = None
        if station.web and channel is station.web:
            # On PostgreSQL this process hears its own bell as well.
            settled = station.ringing.ring if station.ringing else station.web.announce
        for shard in range(channel.shards):
            engine = Engine(
                store,
                channel,
                station.dispatcher.compose,
                care,
                now,
                settled=settled,
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
        return broadcasting.look(session, at, care)

    def announce(session: Session, at: datetime, step: Step) -> int:
        return CHUNK if broadcasting.take(session, at, step, care) else 0

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
        long_duties=[Duty("announcements", broadcasting.any_due, announce, look)],
        forgetting=[
            Forgetting(KEEP_DRAFTS, broadcasts.forget_drafts),
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
