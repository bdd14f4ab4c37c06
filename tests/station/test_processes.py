"""A station in several processes: each does its part, and another follows one that dies."""

import asyncio
import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlmodel import Session, col, update

from models.events import signups
from models.events.reminders import Reminder
from models.network import members
from models.network.members import Address, Member
from models.network.stations import Care
from models.store import Store
from tests.commands import Started, run
from tests.miniature.rows import ZONE, event, network
from tests.platforms.telegram.server import TelegramServer

ACCOUNT = "telegram.nanhai"
CARE = Care(ZONE, "")
PACE = 10
CROWD = range(7_000_000_001, 7_000_000_601)
STARTING = 60.0
FOLLOWING = 15.0
"""Another process follows one that died within so many seconds."""

AT_ONCE = 5.0
"""Sooner than an open page looks by itself."""

SETTINGS = """
[store]
url = "{store}"
[server]
port = 0
[station]
quiet_hours = ""
[telegram.nanhai]
token = "{token}"
api_base = "{api_base}"
messages_per_second = {pace}
"""


@dataclass
class Serving:
    """One process, and where it answers."""

    process: Started
    origin: str

    async def dies(self) -> None:
        self.process.kill()
        await asyncio.to_thread(self.process.wait)

    async def stops(self) -> None:
        """Ask it to stop, and wait for a good end."""
        self.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(self.process.wait) == 0


@dataclass
class Station:
    """The processes of one station on one store."""

    folder: Path
    store: Store
    telegram: TelegramServer
    http: aiohttp.ClientSession
    started: list[Started] = field(default_factory=list)

    async def serves(self, *parts: str) -> Serving:
        """Start a process for these parts; returns when it is ready."""
        only = [word for part in parts for word in ("--only", part)]
        process = Started(self.folder, "serve", *only, err=self.folder / "log")
        self.started.append(process)
        async with asyncio.timeout(STARTING):
            while not (
                found := re.search(
                    r"http://[\d.:]+", line := await asyncio.to_thread(process.stdout.readline)
                )
            ):
                assert line, "it ended at the start"
            serving = Serving(process, found[0])
            ready = await self.asks(serving, "/readyz")
        assert ready["parts"] == list(parts)
        return serving

    async def asks(self, serving: Serving, path: str) -> Any:
        async with self.http.get(serving.origin + path) as answer:
            return await answer.json()

    async def says(self, serving: Serving, words: str) -> str:
        """Say something in the web chat, to one of the processes."""
        key = f"{time.monotonic_ns()}"
        body = {"id": key, "text": words}
        async with self.http.post(f"{serving.origin}/chat/messages", json=body) as answer:
            told: str = (await answer.json())["reply"]["text"]
            return told

    def ends(self) -> None:
        for each in self.started:
            each.close()


@pytest.fixture
async def station(postgresql_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramServer(crowd=CROWD))
        # Processes on one address of the net, at several ports, share the visitor's cookie.
        jar = aiohttp.CookieJar(unsafe=True)
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        given = {"token": telegram.token, "api_base": telegram.api_base, "pace": PACE}
        settings = SETTINGS.format(store=postgresql_url, **given)
        (tmp_path / "config.toml").write_text(settings, "utf-8")
        store = Store(postgresql_url)
        stack.callback(store.close)
        station = Station(tmp_path, store, telegram, http)
        stack.callback(station.ends)
        yield station


def _due_in_a_moment(session: Session) -> None:
    """Everybody of the crowd has a seat at an evening class, of which they are reminded now."""
    now = datetime.now(UTC)
    network(session)
    session.add(event("class", "夜校", now + timedelta(days=1, seconds=5)))
    session.flush()
    for chat in CROWD:
        person = Member(station_id=4, consented_at=now, created_at=now, quiet="off")
        session.add(person)
        session.flush()
        session.add(
            Address(member_id=person.id, account=ACCOUNT, external=str(chat), created_at=now)
        )
        session.flush()
        caller = members.find(session, ACCOUNT, str(chat))
        assert caller is not None
        signups.sign_up(session, 1, caller, CARE, now)


def _tomorrow(session: Session) -> None:
    network(session)
    session.add(event("class", "夜校", datetime.now(UTC) + timedelta(days=3)))


def _remind_now(session: Session) -> None:
    session.execute(update(Reminder).values(due_at=datetime.now(UTC)).where(col(Reminder.id) > 0))


async def test_the_parts_of_a_station_need_a_store_that_they_can_share(tmp_path: Path) -> None:
    done = await asyncio.to_thread(run, tmp_path, "serve", "--only", "web")
    assert done.returncode == 2
    assert done.stderr == "One process serves a store on SQLite: --only needs PostgreSQL.\n"


async def test_when_the_process_that_hears_a_bot_dies_another_hears_it(station: Station) -> None:
    first = await station.serves("telegram")
    person = station.telegram.person()
    person.patience = FOLLOWING
    assert len(await person.says("你好")) == 1
    second = await station.serves("telegram")
    await first.dies()
    assert len(await person.says("活动")) == 1
    third = await station.serves("telegram")
    await second.stops()
    assert len(await person.says("我的")) == 1
    await third.stops()
    assert len(person.screen) == 3


async def test_when_the_process_that_speaks_for_a_bot_dies_another_speaks(
    station: Station,
) -> None:
    station.store.write_now(_due_in_a_moment)
    told = station.telegram.sent_at
    first = await station.serves("worker")
    await _until(lambda: len(told) >= PACE)
    await station.serves("worker")
    await first.dies()
    await asyncio.sleep(0)
    before = len(told)
    async with asyncio.timeout(FOLLOWING):
        await _until(lambda: len(told) >= before + PACE)
    assert all(_within_a_second(list(told), at) <= PACE + 1 for at in told)


async def test_the_web_chat_is_one_whichever_process_is_asked(station: Station) -> None:
    station.store.write_now(_tomorrow)
    kinds = ("web", "web", "worker")
    one, other, _worker = await asyncio.gather(*map(station.serves, kinds))
    assert "创思驿站" in await station.says(one, "你好")
    await station.says(other, "同意")
    assert "夜校" in await station.says(one, "报名 1")
    assert "夜校" in await station.says(other, "我的")
    async with station.http.get(f"{other.origin}/chat/stream") as stream:
        assert await stream.content.readline() == b"retry: 2000\n"
        station.store.write_now(_remind_now)
        async with asyncio.timeout(AT_ONCE):
            while not (line := await stream.content.readline()).startswith(b"data:"):
                pass
        assert "夜校" in line.decode()
        # An open page keeps nobody from stopping.
        await other.stops()


def _within_a_second(times: list[float], at: float) -> int:
    return sum(at <= each < at + 1 for each in times)


async def _until(holds: Callable[[], bool]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(STARTING):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
