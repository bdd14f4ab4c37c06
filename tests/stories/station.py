"""A whole station, with a clock that is turned by hand and one of the platforms beside it."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from sqlmodel import Session

from bot.channels.rates import RecentSends
from bot.station import webapp
from bot.station.accounts import build_accounts
from bot.station.building import Process, build_worker
from bot.station.core import build_core
from bot.station.settings import Settings
from models.events import running
from models.events.events import Event
from models.network import invites
from models.network.stations import Station
from models.rules.network.permissions import Role
from models.rules.sending.buckets import Buckets
from models.sending.deliveries import Delivery, DeliveryState
from models.store import Store
from scheduler.jobs import Jobs
from tests import serving
from tests.miniature.station import Miniature
from tests.platforms.telegram.server import TelegramServer
from tests.platforms.wechat.server import WeChatServer
from tests.platforms.wecom.server import WeComServer
from tests.stories.people import PATIENCE, OnTelegram, OnTheWeb, OnWeChat, OnWeCom, Person

PASSIVE = "wechat-passive"
"""An account that WeChat has not verified: it may only answer."""

SECRET = "the-secret_of-the-webhook"
ANSWERS_KEY = base64.b64encode(b"a key of thirty-two bytes, no ID").decode()
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


class Nanhai(Miniature):
    """The station of the stories; ``at`` turns its clock and does what is due."""

    origin: str
    settings: Settings
    station: Process
    http: aiohttp.ClientSession
    telegram: TelegramServer | None = None
    wechat: WeChatServer | None = None
    wecom: WeComServer | None = None

    def __init__(self, channel: str, store: Store, now: datetime) -> None:
        super().__init__(store, now)
        self.channel = channel
        self._running = AsyncExitStack()
        self._visitors: list[OnTheWeb] = []
        self._bell = asyncio.Event()

    # People

    def person(self, name: str, *, language: str = "zh") -> Person:
        """Somebody who has never been here."""
        if self.telegram is not None:
            code = "en" if language == "en" else "zh-hans"
            return OnTelegram(self.telegram.person(name=name, language_code=code))
        if self.wechat is not None:
            return OnWeChat(self.wechat.person(f"o{name}"), self.http)
        if self.wecom is not None:
            return OnWeCom(self.wecom.person(name), self.http, self.ticks)
        return self.visitor(name, language=language)

    def visitor(self, name: str, *, language: str = "zh") -> OnTheWeb:
        """Somebody at a browser who has never been here."""
        visitor = OnTheWeb(self.origin, name, language, self._bell)
        self._visitors.append(visitor)
        return visitor

    @property
    def downloads(self) -> int:
        """How many pictures the station fetched from the platform."""
        servers = self.telegram, self.wechat, self.wecom
        return sum(each.downloads for each in servers if each is not None)

    # Time

    async def at(self, moment: datetime) -> None:
        """Turn the clock to a moment, then do what is due."""
        by = (moment - self.hands.now).total_seconds()
        if self.wechat is not None:
            self.wechat.advance(seconds=by)
        if self.wecom is not None:
            self.wecom.advance(seconds=by)
        self.hands.now = moment
        await self.works()

    async def after(self, **by: float) -> None:
        await self.at(self.hands.now + timedelta(**by))

    def ticks(self) -> None:
        """Let a moment pass, so that what is typed refers to what was shown last."""
        self.hands.now += timedelta(milliseconds=1)

    async def works(self) -> None:
        """Do what is due now, as the clock's ticks and the senders do."""
        assert self.station.worker is not None
        planner = self.station.worker.planner
        await planner.plan(self.hands.now)
        await planner.plan_long(self.hands.now)
        for engine in self.station.worker.engines:
            await engine.send_due()
        await planner.sweep(self.hands.now)
        async with asyncio.timeout(PATIENCE):
            while sum(len(each.unasked()) for each in self._visitors) < self._told_on_the_web():
                self._bell.clear()
                await self._bell.wait()

    def _told_on_the_web(self) -> int:
        """How many messages the open pages must have shown by now."""
        if not self._visitors or any(each.is_away for each in self._visitors):
            return 0
        return self.count(Delivery, state=DeliveryState.SENT, account="web.chat")

    # What organizers do

    async def appoint(
        self, person: Person, role: Role, station_id: int, *, team_id: int | None = None
    ) -> None:
        """Give somebody a role by the code for it, as ``yizhan invite`` makes it."""

        def make(session: Session) -> str:
            station = session.get_one(Station, station_id)
            return invites.invite(session, role, station, self.hands.now, team_id=team_id)

        await person.says(f"绑定 {self.store.write_now(make)}")

    def moves(self, event: Event, starts_at: datetime, reason: str) -> None:
        """Put an event at another time, as long as it was."""
        later = starts_at - event.starts_at

        def move(session: Session) -> None:
            running.move(
                session,
                event.id,
                starts_at,
                event.ends_at + later,
                None,
                self.settings.care(),
                self.hands.now,
                closes_at=event.closes_at + later,
                reason=reason,
            )

        self.store.write_now(move)

    def relocates(self, event: Event, place: str) -> None:
        def relocate(session: Session) -> None:
            running.relocate(session, event.id, place, None, self.hands.now)

        self.store.write_now(relocate)

    def calls_off(self, event: Event, reason: str) -> None:
        def call_off(session: Session) -> None:
            running.call_off(session, event.id, reason, None, self.hands.now)

        self.store.write_now(call_off)

    # The machine it runs on

    async def restarts(self) -> None:
        """End the process and begin a new one on the same store."""
        await self._running.aclose()
        self.store.close()
        self.store = Store(self.settings.store.url)
        await self.opens(serving.listen(int(self.origin.rpartition(":")[2])))

    async def opens(self, listening: socket.socket) -> None:
        core = build_core(self.settings, self.store, self.hands)
        # How fast one chat may write is told in tests/conversation; here people type at once.
        core.dispatcher.per_address = Buckets(per_second=1000, burst=1000)
        accounts = build_accounts(core)
        for each in (account.channel for account in accounts):
            # What a chat may hear within a second is told in tests/scheduler; here nobody waits.
            each.recent_sends = RecentSends()
        worker = build_worker(core, accounts, Jobs())
        station = self.station = Process(core, accounts, worker)
        app = webapp.build(
            self.store,
            station.http_routes(),
            problems=station.problems,
            now=self.hands,
            front="",
        )

        def leave() -> None:
            if station.web is not None:
                station.web.close_streams()

        async def stop() -> None:
            for each in station.channels:
                await each.stop()
            await core.close()

        served = serving.serving(app, listening, leave=leave, done=stop)
        await self._running.enter_async_context(served)
        for each in station.channels:
            await each.start()

    async def closes(self) -> None:
        for visitor in self._visitors:
            await visitor.closes()
        await self._running.aclose()
        self.store.close()


@asynccontextmanager
async def nanhai(
    channel: str,
    store_url: str,
    now: datetime,
    reaches: Callable[[str], dict[str, Any]] | None = None,
    station: dict[str, Any] | None = None,
    has_pages: bool = False,
    reader: dict[str, Any] | None = None,
    **wechat: Any,
) -> AsyncIterator[Nanhai]:
    """Open the station with one platform beside it; ``wechat`` are more settings of its account.

    ``reaches`` tells settings of the Telegram account, given the address of its server; ``station``
    and ``reader`` are those of the sections of that name. ``has_pages``: the web chat is there
    besides.
    """
    town = Nanhai(channel, Store(store_url), now)
    async with AsyncExitStack() as stack:
        town.http = await stack.enter_async_context(aiohttp.ClientSession())
        listening = serving.listen()
        town.origin = serving.origin(listening)
        given: dict[str, Any] = {
            "store": {"url": store_url},
            "server": {"public_url": town.origin, "answers_key": ANSWERS_KEY},
            "web": {"enabled": channel == "web" or has_pages},
            "station": station or {},
            "reader": reader or {},
        }
        if channel == "telegram":
            town.telegram = await stack.enter_async_context(TelegramServer())
            given["telegram"] = {
                "nanhai": {
                    "token": town.telegram.token,
                    "api_base": town.telegram.api_base,
                    "mode": "webhook",
                    "webhook_secret": SECRET,
                    "messages_per_second": 1000,
                    **(reaches(town.telegram.api_base) if reaches else {}),
                }
            }
        elif channel.startswith("wechat"):
            verified = channel != PASSIVE
            mode = channel.partition("-")[2] if verified else "plain"
            mode = mode or "plain"
            town.wechat = WeChatServer(
                mode=mode,
                verified=verified,
                encoding_aes_key=AES_KEY,
                callback=f"{town.origin}/wechat/nanhai",
                starts_at=now,
            )
            await town.wechat.start()
            stack.push_async_callback(town.wechat.stop)
            given["wechat"] = {
                "nanhai": {
                    "app_id": town.wechat.app_id,
                    "secret": town.wechat.secret,
                    "token": town.wechat.token,
                    "encoding_aes_key": "" if mode == "plain" else AES_KEY,
                    "verified": verified,
                    "api_base": town.wechat.url,
                    "messages_per_second": 1000,
                    **wechat,
                }
            }
        elif channel == "wecom":
            town.wecom = WeComServer(
                encoding_aes_key=AES_KEY,
                callback=f"{town.origin}/wecom/nanhai",
                starts_at=now,
                # What a member gets within a minute is told in tests/channels.
                per_member=(),
            )
            await town.wecom.start()
            stack.push_async_callback(town.wecom.stop)
            given["wecom"] = {
                "nanhai": {
                    "corp_id": town.wecom.corp_id,
                    "agent_id": town.wecom.agent_id,
                    "secret": town.wecom.secret,
                    "token": town.wecom.token,
                    "encoding_aes_key": AES_KEY,
                    "api_base": town.wecom.url,
                    "messages_per_second": 1000,
                }
            }
        town.settings = Settings(**given)
        stack.push_async_callback(town.closes)
        await town.opens(listening)
        yield town
