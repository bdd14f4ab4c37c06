"""The composition root: everything the station is made of, put together, run and taken down."""

import asyncio
import contextlib
import ctypes
import gc
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot import webapp
from bot.channels import Channel, LinkTo
from bot.channels.web import Web
from bot.dispatch import Dispatcher
from bot.files import Files, calendar_routes
from bot.language import Phrasebook
from bot.messages import Bilingual, Message
from bot.routing import Routes
from bot.settings import Settings
from handlers import menus, subjects
from models import broadcasts, checking_in, deliveries, inbox, keys, misses, sessions, signups
from models.store import Store
from scheduler.clock import Clock, ticks_of
from scheduler.delivery import Engine
from scheduler.jobs import Jobs
from scheduler.planning import CHUNK, Duty, Forgetting, Planner, sender_of

log = structlog.get_logger(__name__)

KEEP_INBOX = timedelta(days=3)
KEEP_DRAFTS = timedelta(days=14)
STOPPING_SECONDS = 1.7
"""With what the server takes for its last responses, a stop stays under three seconds."""

Now = Callable[[], datetime]


@dataclass(slots=True)
class Station:
    """Everything that runs, in the order in which it was built."""

    store: Store
    dispatcher: Dispatcher
    files: Files
    routes: Routes
    phrasebook: Phrasebook
    now: Now
    web: Web | None = None
    channels: list[Channel] = field(default_factory=list)
    engines: list[Engine] = field(default_factory=list)

    def problems(self) -> dict[str, str]:
        """The accounts that do not work now, and why."""
        said = {each.account: getattr(each, "problem", "") for each in self.channels}
        return {account: problem for account, problem in said.items() if problem}


async def run(
    read: Settings,
    listening: socket.socket,
    now: Now,
    say: Callable[[str], None],
) -> None:
    """Build the station, serve it until a signal comes, and take it down again."""

    store = Store(read.store.url)
    try:
        station = build_station(read, store, now)
        jobs = Jobs("" if store.is_sqlite else read.store.url)
        clock, _planner = build_scheduler(read, station, jobs)
        parts = [route for channel in station.channels for route in channel.routes()]
        app = webapp.build(
            store,
            [*parts, *station.files.routes(), *calendar_routes(store, read.care().zone, now)],
            problems=station.problems,
            metrics_token=read.server.metrics_token.get_secret_value(),
            front="/chat" if station.web else "",
        )
        working: list[asyncio.Task[None]] = []

        async def ready() -> None:
            for line in (_where_to_chat(read, listening), *read.accounts_in_words()):
                say(line)
            await asyncio.gather(*(channel.start() for channel in station.channels))
            working.append(asyncio.create_task(jobs.run()))
            await clock.start()
            _give_back_memory()

        def leave() -> None:
            if station.web:
                station.web.close_streams()

        async def done() -> None:
            ending = [clock.stop(), jobs.stop()]
            ending += [engine.stop() for engine in station.engines]
            ending += [channel.stop() for channel in station.channels]
            await _end_together([*map(asyncio.ensure_future, ending), *working])
            await jobs.close()

        await webapp.Server(
            app,
            trusted_proxies=read.server.trusted_proxies,
            ready=ready,
            leave=leave,
            done=done,
        ).serve([listening])
    finally:
        await asyncio.to_thread(store.close)


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


def build_station(read: Settings, store: Store, now: Now) -> Station:
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
    station = Station(store, dispatcher, files, routes, phrasebook, now)
    if read.web.enabled:
        station.web = _build_web(read, station, link_to)
        station.channels.append(station.web)
    _add_telegram(read, station, link_to)
    _add_wechat(read, station, link_to)
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
        station.channels.append(
            Telegram(
                account=f"telegram.{name}",
                token=bot.token.get_secret_value(),
                listen=station.dispatcher.listen,
                make_file=station.files.make,
                link_to=link_to,
                mode=bot.mode,
                webhook_secret=bot.webhook_secret.get_secret_value(),
                api_base=bot.api_base,
                messages_per_second=bot.messages_per_second,
                commands=commands,
            )
        )


def _add_wechat(read: Settings, station: Station, link_to: LinkTo) -> None:
    """Add the WeChat accounts; their library is loaded only where there is one."""
    if not read.wechat:
        return
    from bot.channels.wechat import WeChat

    reader = station.phrasebook.reader(read.station.language, read.care().zone, station.now())
    for name, account in read.wechat.items():
        station.channels.append(
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
                menu=menus.custom_menu(reader),
                messages_per_second=account.messages_per_second,
            )
        )


def build_scheduler(read: Settings, station: Station, jobs: Jobs) -> tuple[Clock, Planner]:
    """What happens without being asked: a clock, a planner, and a sender for each account."""

    care, store, now = read.care(), station.store, station.now
    for channel in station.channels:
        settled = station.web.announce if station.web and channel is station.web else None
        engine = Engine(store, channel, station.dispatcher.compose, care, now, settled=settled)
        jobs.register(sender_of(channel.account), engine.send_due)
        station.engines.append(engine)

    def lapse_offers(session: Session, at: datetime) -> int:
        return signups.lapse_offers(session, at, care)

    def put_sessions(session: Session, at: datetime) -> int:
        return sessions.put_into_programme(session, at, care)

    def announce(session: Session, at: datetime) -> int:
        return CHUNK if broadcasts.advance(session, at, care.zone) else 0

    planner = Planner(
        store,
        jobs,
        [channel.account for channel in station.channels],
        care,
        duties=[
            Duty("offers", signups.any_lapsed, lapse_offers),
            Duty("absent", checking_in.any_absent, checking_in.mark_absent),
            Duty("team sessions", sessions.any_due, put_sessions),
        ],
        long_duties=[Duty("announcements", broadcasts.any_due, announce)],
        forgetting=[
            Forgetting(KEEP_DRAFTS, broadcasts.forget_drafts),
            Forgetting(KEEP_INBOX, inbox.forget_before),
            Forgetting(misses.KEEP, misses.forget_before),
        ],
    )
    return Clock(store, ticks_of(planner), now), planner


def _where_to_chat(read: Settings, listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    here = read.server.public_url or f"http://{_shown(host)}:{port}"
    if read.web.enabled:
        return f"Chat at {here}/chat"
    return f"Serving at {here}; the web chat is off: [web] enabled = true turns it on."


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
