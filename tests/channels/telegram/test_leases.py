"""Of several processes that may ask Telegram for updates, one does."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlmodel import Session
from starlette.routing import Route

from bot.channels import Sent
from bot.channels.leases import Lease
from bot.conversation.messages import Message
from models.sending import speakers
from models.sending.speakers import Speaker
from models.store import Store, StoreDown
from tests.channels.telegram.telegram_station import PUBLIC, Station, account, polling, until
from tests.platforms.telegram.server import TelegramServer

NAME = "poll.telegram.nanhai"
LASTS = timedelta(seconds=10)


def _ends(session: Session) -> datetime:
    return session.get_one(Speaker, NAME).until


@dataclass
class Office:
    """Gives the lease to one at a time; its clock moves only when a story moves it."""

    store: Store
    clock: datetime
    is_shut: bool = False

    def lease(self, holder: str, **options: float) -> Lease:
        async def claim() -> bool:
            if self.is_shut:
                raise StoreDown("the database is away")
            return await self.store.write(speakers.claim, NAME, holder, LASTS, self.clock)

        async def release() -> None:
            await self.store.write(speakers.release, NAME, holder, self.clock)

        return Lease(claim, release, **options)

    def ends(self) -> datetime:
        return self.store.read_now(_ends)


@pytest.fixture
def office(sqlite_url: str, now: datetime) -> Iterator[Office]:
    store = Store(sqlite_url)
    yield Office(store, now)
    store.close()


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


async def test_a_lease_is_had_by_one(office: Office) -> None:
    mine, yours = office.lease("me"), office.lease("you")
    assert await mine.acquire()
    assert not await yours.acquire()
    assert mine.is_held
    assert not yours.is_held


async def test_a_lease_that_is_given_back_is_free_at_once(office: Office) -> None:
    mine, yours = office.lease("me"), office.lease("you")
    assert await mine.acquire()
    await mine.release()
    assert not mine.is_held
    assert await yours.acquire()


async def test_the_lease_of_one_who_died_is_free_when_it_ends(office: Office) -> None:
    assert await office.lease("me").acquire()
    office.clock += LASTS
    assert await office.lease("you").acquire()


async def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_hours(office: Office) -> None:
    assert await office.lease("me").acquire()
    office.clock -= timedelta(hours=1)
    assert await office.lease("you").acquire()


async def test_whoever_renews_a_lease_keeps_it(office: Office) -> None:
    mine, yours = office.lease("me", renew_every=0.001), office.lease("you")
    assert await mine.acquire()
    keeping = asyncio.create_task(mine.keep())
    for _ in range(3):
        office.clock += LASTS / 2
        await until(lambda: office.ends() == office.clock + LASTS)
        assert not await yours.acquire()
    assert not keeping.done()
    keeping.cancel()


async def test_a_lease_that_another_took_is_lost(office: Office) -> None:
    mine = office.lease("me", renew_every=0.001)
    assert await mine.acquire()
    office.clock += LASTS
    assert await office.lease("you").acquire()
    async with asyncio.timeout(10):
        await mine.keep()
    assert not mine.is_held


async def test_a_lease_that_cannot_be_renewed_is_let_go_before_it_ends(office: Office) -> None:
    mine = office.lease("me", lasts=0.3, spare=0.1, renew_every=0.01)
    assert await mine.acquire()
    office.is_shut = True
    async with asyncio.timeout(10):
        await mine.keep()
    assert not mine.is_held


async def test_a_database_that_is_away_for_a_moment_costs_no_lease(office: Office) -> None:
    mine = office.lease("me", renew_every=0.001)
    assert await mine.acquire()
    office.is_shut = True
    keeping = asyncio.create_task(mine.keep())
    await asyncio.sleep(0.01)
    office.is_shut = False
    office.clock += LASTS / 2
    await until(lambda: office.ends() == office.clock + LASTS)
    assert mine.is_held
    keeping.cancel()


async def test_of_two_processes_one_asks_for_updates(
    office: Office, server: TelegramServer
) -> None:
    station = Station()
    one = polling(server, station, lease=office.lease("one"))
    other = polling(server, station, lease=office.lease("other"))
    async with one, other:
        person = server.person()
        for number in range(3):
            await person.says(str(number))
        assert server.updates.conflicts == 0
    assert [each.text for each in person.screen] == ["听到：0", "听到：1", "听到：2"]


async def test_when_the_one_that_asks_stops_the_other_goes_on(
    office: Office, server: TelegramServer
) -> None:
    first, second, person = Station(), Station(), server.person()
    one = account(server, first, lease=office.lease("one"))
    await one.start()
    await person.says("早")
    async with polling(server, second, lease=office.lease("other")):
        await one.stop()
        await person.says("晚")
    assert [each.text for each in first.heard] == ["早"]
    assert [each.text for each in second.heard] == ["晚"]


async def test_whoever_lost_the_lease_asks_no_more_until_it_is_free(
    office: Office, server: TelegramServer
) -> None:
    station, person = Station(), server.person()
    async with polling(server, station, lease=office.lease("one", renew_every=0.001)):
        await person.says("早")
        office.clock += LASTS
        stolen = office.lease("other")
        while not await stolen.acquire():
            office.clock += LASTS
        await until(lambda: not asks())
        await stolen.release()
        shown = await person.says("晚")
    assert [each.text for each in shown] == ["听到：晚"]


def asks() -> bool:
    """Whether this process asks for updates, as its metrics say."""
    return bool(
        REGISTRY.get_sample_value("yizhan_telegram_polling", {"account": "telegram.nanhai"})
    )


async def test_a_process_that_only_sends_asks_for_nothing(server: TelegramServer) -> None:
    async with polling(server, Station(), hears=False) as telegram:
        assert telegram.problem == ""
        assert telegram.username == server.username
    assert server.counted["getupdates"] == 0
    assert server.counted["deletewebhook"] == server.counted["setmycommands"] == 0


async def test_a_process_that_only_sends_leaves_the_webhook_as_it_is(
    server: TelegramServer,
) -> None:
    person = server.person()
    person.started = True
    server.updates.webhook.url = f"{PUBLIC}/telegram/nanhai"
    telegram = account(server, Station(), mode="webhook", hears=False)
    outcome = await telegram.send(str(person.chat_id), Message("明天见"))
    await telegram.start()
    await telegram.stop()
    assert isinstance(outcome, Sent)
    assert [route.path for route in telegram.routes() if isinstance(route, Route)] == [
        "/go/telegram.nanhai/{payload}"
    ]
    assert server.counted["setwebhook"] == server.counted["setmycommands"] == 0
