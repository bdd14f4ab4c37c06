"""The station of the year: all that a process has but sockets, and a clock that others turn."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session
from starlette.routing import BaseRoute

from bot.channels import Outcome, Sent
from bot.channels.rates import RecentSends
from bot.conversation.incoming import Incoming, Window
from bot.conversation.messages import Message, Text, say
from bot.station.accounts import Account
from bot.station.building import Worker, build_worker
from bot.station.core import build_core
from bot.station.settings import Settings
from models.network.members import NoticeKind
from models.rules.sending.buckets import Buckets
from models.rules.sending.reach import DIRECT, Route, Way
from models.sending import accounts
from models.sending.accounts import PlatformAccount
from models.store import Store
from scheduler.delivery import Engine, sender_for
from scheduler.jobs import Jobs
from scheduler.pace import Pace

A = ParamSpec("A")
R = TypeVar("R")

TELEGRAM, WECHAT = "telegram.nanhai", "wechat.nanhai"
LASTS, ALLOWANCE = timedelta(hours=48), 5
"""For how long, and how many times, WeChat lets a station write after a person did."""

PER_SECOND = 1000.0
"""How fast an account may send: what is planned for a minute is sent within it."""

A_DAY = timedelta(days=1)


class Time:
    """The time of the year, turned by its program; waiting turns it as well."""

    def __init__(self, now: datetime) -> None:
        self.now = self._began = now

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - self._began).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Let time pass: a millisecond at least, as no clock tells less."""
        self.now += timedelta(seconds=max(seconds, 0.001))
        await asyncio.sleep(0)

    def turn_to(self, moment: datetime) -> None:
        """Be at a moment, unless it is past already."""
        self.now = max(self.now, moment)


class Platform:
    """An account that takes everything; ``tells`` hears when, to whom and in what words."""

    tells: Callable[[datetime, str, str], None]

    def __init__(self, account: str, name: Text, now: Time, *, is_windowed: bool) -> None:
        self.account, self.platform, self._now = account, name, now
        self.is_windowed, self.notifies, self.by_cookie = is_windowed, True, False
        self.messages_per_second, self.shards = PER_SECOND, 1
        self.recent_sends = RecentSends(monotonic=now.monotonic)
        self.sent = 0
        self.tells = lambda at, to, words: None

    def routes(self) -> list[BaseRoute]:
        return []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[Way]:
        return (Way(Route.CUSTOMER_SERVICE, spends=1),) if self.is_windowed else (DIRECT,)

    async def responds(self) -> bool:
        return True

    async def send(self, to: str, message: Message) -> Outcome:
        self.sent += 1
        self.tells(self._now(), to, message.text)
        return Sent(message.name)


class Year:
    """A station at work; ``spent`` is what acts of a kind cost, by month, in seconds of the CPU."""

    def __init__(self, url: str, now: datetime) -> None:
        self.time = Time(now)
        self.store = Store(url)
        self.settings = Settings.model_validate({"store": {"url": url}, "web": {"enabled": False}})
        self.care = self.settings.care()
        core = build_core(self.settings, self.store, self.time)
        # How fast one chat may write is counted by the time outside.
        core.dispatcher.per_address = Buckets(per_second=1e6, burst=1_000_000)
        self.dispatcher = core.dispatcher
        self.platforms = {
            TELEGRAM: Platform(TELEGRAM, say("Telegram"), self.time, is_windowed=False),
            WECHAT: Platform(WECHAT, say("WeChat"), self.time, is_windowed=True),
        }
        self.store.write_now(accounts.register, [_described(p) for p in self.platforms.values()])
        held = tuple(Account(p, receives=True, start_it=False) for p in self.platforms.values())
        self.worker: Worker = build_worker(core, held, Jobs())
        self.engines = [self._engine(each) for each in self.platforms.values()]
        self.spent: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.times: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._messages = 0
        self._tidied = now

    def _engine(self, platform: Platform) -> Engine:
        pace = Pace(
            PER_SECOND,
            recent_sends=platform.recent_sends,
            monotonic=self.time.monotonic,
            sleep=self.time.sleep,
        )
        return Engine(
            self.store,
            platform,
            self.dispatcher.compose,
            self.care,
            self.time,
            sender=sender_for(platform, "the year"),
            pace=pace,
        )

    # What people do

    async def says(self, who: tuple[str, str], text: str) -> str:
        """Somebody, by account and address, writes; returns the words of the answer."""
        return await self._hears("words", *who, text=text)

    async def presses(self, who: tuple[str, str], packed: str) -> str:
        """Somebody presses a button; returns the words of the answer."""
        return await self._hears("presses", *who, press=packed)

    async def _hears(
        self, what: str, account: str, address: str, text: str = "", press: str = ""
    ) -> str:
        self._messages += 1
        is_windowed = self.platforms[account].is_windowed
        window = Window(self.time() + LASTS, ALLOWANCE) if is_windowed else None
        incoming = Incoming(
            account,
            address,
            f"m{self._messages}",
            language="zh",
            window=window,
            shows_waiting=is_windowed,
            text=text,
            press=press,
        )
        began = time.process_time()
        answer = await self.dispatcher.listen(incoming)
        self._note(what, began)
        return answer.text if answer is not None else ""

    async def does(
        self, what: str, verb: Callable[Concatenate[Session, A], R], *args: A.args, **kw: A.kwargs
    ) -> R:
        """An organizer, or the simulation for somebody, does something in one transaction."""
        began = time.process_time()
        done: R = await self.store.write(_called, verb, args, kw)
        self._note(what, began)
        return done

    def _note(self, what: str, began: float, times: int = 1) -> None:
        month = f"{self.time():%Y-%m}"
        self.spent[what][month] += int(1e6 * (time.process_time() - began))
        self.times[what][month] += times

    # What happens by the clock

    async def works(self) -> None:
        """Do what the station's clock does now, and send what is due."""
        began, sent = time.process_time(), self.sent()
        planner, now = self.worker.planner, self.time()
        for tick in planner.ticks():
            if tick.name in ("errands", "measure", "tidy"):
                continue
            if tick.has_work is None or await tick.has_work(now):
                await tick.work(now)
        self._note("planning", began)
        began = time.process_time()
        for engine in self.engines:
            await engine.send_due()
        self._note("sending", began, self.sent() - sent)
        if self.time() - self._tidied >= A_DAY:
            began = time.process_time()
            await planner.tidy(self.time())
            self._note("tidying", began)
            self._tidied = self.time()

    def sent(self) -> int:
        """How many messages the platforms have been told."""
        return sum(each.sent for each in self.platforms.values())


def _called(session: Session, verb: Callable[..., R], args: Any, kw: Any) -> R:
    done: R = verb(session, *args, **kw)
    return done


def _described(platform: Platform) -> PlatformAccount:
    return PlatformAccount(
        account=platform.account,
        platform=platform.platform.id,
        is_windowed=platform.is_windowed,
        notifies=platform.notifies,
        by_cookie=platform.by_cookie,
    )
