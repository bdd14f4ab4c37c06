"""A whole station, with a clock that is turned by hand and one of the platforms beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import aiohttp
from sqlalchemy import func
from sqlmodel import Session, SQLModel, select

from bot.channels.rates import RecentSends
from bot.station import webapp
from bot.station.accounts import build_accounts
from bot.station.building import Process, build_worker
from bot.station.core import build_core
from bot.station.settings import Settings
from models.events import running
from models.events.events import Category, Event, Kind
from models.loading import pinyin
from models.network import roles
from models.network.members import Interest
from models.network.stations import Station, StationKind
from models.rules.languages import LANGUAGES
from models.rules.network.permissions import Role
from models.sending.deliveries import Delivery, DeliveryState
from models.store import Store
from models.teams.teams import Team
from scheduler.jobs import Jobs
from tests import serving
from tests.platforms.telegram.server import TelegramServer
from tests.platforms.wechat.server import WeChatServer
from tests.platforms.wecom.server import WeComServer
from tests.stories.people import PATIENCE, OnTelegram, OnTheWeb, OnWeChat, OnWeCom, Person

ZONE = ZoneInfo("Asia/Shanghai")
PASSIVE = "wechat-passive"
"""An account that WeChat has not verified: it may only answer."""

SECRET = "the-secret_of-the-webhook"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

Row = TypeVar("Row", bound=SQLModel)


@dataclass
class Nanhai:
    """The station of the stories. ``clock`` is the time; ``at`` turns it and does what is due."""

    channel: str
    store: Store
    clock: datetime
    origin: str = ""
    station: Process | None = None
    telegram: TelegramServer | None = None
    wechat: WeChatServer | None = None
    wecom: WeComServer | None = None
    http: aiohttp.ClientSession | None = None
    settings: Settings = field(default_factory=Settings)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
    _visitors: list[OnTheWeb] = field(default_factory=list)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        return self.clock

    # People

    def person(self, name: str, *, language: str = "zh") -> Person:
        """Somebody who has never been here."""
        if self.telegram is not None:
            code = "en" if language == "en" else "zh-hans"
            return OnTelegram(self.telegram.person(name=name, language_code=code))
        if self.wechat is not None:
            assert self.http is not None
            return OnWeChat(self.wechat.person(f"o{name}"), self.http)
        if self.wecom is not None:
            assert self.http is not None
            return OnWeCom(self.wecom.person(name), self.http, self.ticks)
        visitor = OnTheWeb(self.origin, name, language, self._bell)
        self._visitors.append(visitor)
        return visitor

    # Time

    async def at(self, moment: datetime) -> None:
        """Turn the clock to a moment, then do what is due."""
        by = (moment - self.clock).total_seconds()
        if self.wechat is not None:
            self.wechat.advance(seconds=by)
        if self.wecom is not None:
            self.wecom.advance(seconds=by)
        self.clock = moment
        await self.works()

    async def after(self, **by: float) -> None:
        await self.at(self.clock + timedelta(**by))

    def ticks(self) -> None:
        """Let a moment pass, so that what is typed refers to what was shown last."""
        self.clock += timedelta(milliseconds=1)

    async def works(self) -> None:
        """Do what is due now, as the clock's ticks and the senders do."""
        assert self.station is not None
        assert self.station.worker is not None
        planner = self.station.worker.planner
        await planner.plan(self.clock)
        await planner.plan_long(self.clock)
        for engine in self.station.worker.engines:
            await engine.send_due()
        await planner.sweep(self.clock)
        async with asyncio.timeout(PATIENCE):
            while sum(len(each.unasked()) for each in self._visitors) < self._told_on_the_web():
                self._bell.clear()
                await self._bell.wait()

    def _told_on_the_web(self) -> int:
        """How many messages the open pages must have shown by now."""
        if not self._visitors:
            return 0
        sent = select(func.count()).where(Delivery.state == DeliveryState.SENT)
        told: int = self.look(lambda session: session.exec(sent).one())
        return told

    # What there is

    def save(self, row: Row) -> Row:
        """Keep a row and return it, its number filled in."""

        def add(session: Session) -> Row:
            session.add(row)
            session.flush()
            session.refresh(row)
            session.expunge(row)
            return row

        return self.store.write_now(add)

    def look(self, fn: Callable[..., Any], *args: Any) -> Any:
        return self.store.read_now(fn, *args)

    # What organizers do

    async def appoint(
        self, person: Person, role: Role, station_id: int, *, team_id: int | None = None
    ) -> None:
        """Give somebody a role by the code for it, as ``yizhan invite`` makes it."""

        def make(session: Session) -> str:
            station = session.get_one(Station, station_id)
            return roles.invite(session, role, station, self.clock, team_id=team_id)

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
                self.clock,
                closes_at=event.closes_at + later,
                reason=reason,
            )

        self.store.write_now(move)

    def relocates(self, event: Event, place: str) -> None:
        def relocate(session: Session) -> None:
            running.relocate(session, event.id, place, 1, self.clock)

        self.store.write_now(relocate)

    def calls_off(self, event: Event, reason: str) -> None:
        def call_off(session: Session) -> None:
            running.call_off(session, event.id, reason, None, self.clock)

        self.store.write_now(call_off)

    # The machine it runs on

    async def restarts(self) -> None:
        """End the process and begin a new one on the same store."""
        await self._running.aclose()
        self.store.close()
        self.store = Store(self.settings.store.url)
        await self.opens(serving.listen(int(self.origin.rpartition(":")[2])))

    async def opens(self, listening: socket.socket) -> None:
        core = build_core(self.settings, self.store, self.now)
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
            now=self.now,
            front="",
        )

        def leave() -> None:
            if station.web is not None:
                station.web.close_streams()

        async def stop() -> None:
            for each in station.channels:
                await each.stop()

        served = serving.serving(app, listening, leave=leave, done=stop)
        await self._running.enter_async_context(served)
        for each in station.channels:
            await each.start()

    async def closes(self) -> None:
        for visitor in self._visitors:
            await visitor.closes()
        await self._running.aclose()
        self.store.close()


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of December 2026 in Nanhai; the stories begin on Tuesday the 1st at 10:00."""
    return datetime(2026, 12, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def lamp_works(**changed: Any) -> Event:
    """A visit on Thursday at 11:00, two days ahead."""
    values: dict[str, Any] = {
        "code": "lamps",
        "station_id": 2,
        "category": Category.CAREER,
        "kind": Kind.TOUR,
        "title": "走进灯具厂",
        "title_en": "The lamp works",
        "place": "桂城站集合",
        "place_en": "Meet at Guicheng station",
        "bring": "身份证",
        "bring_en": "your ID",
        "starts_at": local(3, 11),
        "ends_at": local(3, 13),
        "closes_at": local(3, 11),
        "seats": 2,
    }
    return _indexed(Event(**in_languages({**values, **changed})))


def badminton(**changed: Any) -> Event:
    """A match on Saturday at 14:00 with room for everybody."""
    values: dict[str, Any] = {
        "code": "badminton",
        "station_id": 3,
        "category": Category.CULTURE,
        "kind": Kind.CONTEST,
        "title": "羽毛球友谊赛",
        "title_en": "Badminton match",
        "place": "狮山体育馆",
        "place_en": "Shishan sports hall",
        "starts_at": local(5, 14),
        "ends_at": local(5, 17),
        "closes_at": local(5, 12),
    }
    return _indexed(Event(**in_languages({**values, **changed})))


def event(code: str, title: str, starts_at: datetime, **changed: Any) -> Event:
    """Two hours of anything, with room for everybody."""
    values: dict[str, Any] = {
        "code": code,
        "station_id": 2,
        "category": Category.CULTURE,
        "kind": Kind.SESSION,
        "title": title,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "closes_at": starts_at,
    }
    return _indexed(Event(**in_languages({**values, **changed})))


def team(**changed: Any) -> Team:
    values: dict[str, Any] = {
        "code": "badminton",
        "station_id": 3,
        "interest": Interest.BALL_GAMES,
        "name": "狮山羽毛球队",
        "name_en": "Shishan badminton",
        "about": "下班一起打球，新手也欢迎。",
        "about_en": "We play after work; beginners welcome.",
        "meets": "每周三 19:30",
        "meets_en": "Wednesdays 19:30",
    }
    row = Team(**in_languages({**values, **changed}))
    row.search = pinyin.index(*row.text_of("name").versions())
    return row


def _indexed(event: Event) -> Event:
    event.search = pinyin.index(*event.text_of("title").versions())
    return event


def in_languages(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a row, with what is called ``title_en`` among its translations."""
    kept, texts = dict[str, Any](), dict[str, dict[str, str]]()
    for name, value in values.items():
        column, _, code = name.rpartition("_")
        if code in LANGUAGES:
            texts.setdefault(column, {})[code] = value
        else:
            kept[name] = value
    return kept | {"translations": texts}


def network(session: Session) -> None:
    """A district, two towns, and a contact point in one of them."""
    for id, parent, path, kind, name, name_en in (
        (1, None, "/1/", StationKind.DISTRICT, "南海区", "Nanhai"),
        (2, 1, "/1/2/", StationKind.TOWN, "桂城", "Guicheng"),
        (3, 1, "/1/3/", StationKind.TOWN, "狮山", "Shishan"),
        (4, 3, "/1/3/4/", StationKind.CONTACT_POINT, "昭信集团", "Zhaoxin Group"),
    ):
        session.add(
            Station(
                code=f"s{id}",
                kind=kind,
                parent_id=parent,
                path=path,
                name=name,
                translations={"name": {"en": name_en}},
                search=pinyin.index(name, name_en),
            )
        )
        session.flush()


@asynccontextmanager
async def nanhai(
    channel: str,
    store_url: str,
    now: datetime,
    reaches: Callable[[str], dict[str, Any]] | None = None,
    station: dict[str, Any] | None = None,
    **wechat: Any,
) -> AsyncIterator[Nanhai]:
    """Open the station with one platform beside it; ``wechat`` are more settings of its account.

    ``reaches`` tells settings of the Telegram account, given the address of its server; ``station``
    are those of the section of that name.
    """
    town = Nanhai(channel, Store(store_url), now)
    town.store.write_now(network)
    async with AsyncExitStack() as stack:
        town.http = await stack.enter_async_context(aiohttp.ClientSession())
        listening = serving.listen()
        town.origin = serving.origin(listening)
        given: dict[str, Any] = {
            "store": {"url": store_url},
            "server": {"public_url": town.origin},
            "web": {"enabled": channel == "web"},
            "station": station or {},
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
                encoding_aes_key=AES_KEY, callback=f"{town.origin}/wecom/nanhai", starts_at=now
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
