"""Alerts on their way: what each answer of a push service leads to, and what a page may ask for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.channels.outgoing import HttpClient, NotConnected
from bot.channels.web.alerts import Alerts
from bot.channels.web.push_services import PushServices
from bot.channels.web.words import CALLED
from tests.channels.services import TUESDAY
from tests.channels.web.alert_book import KEY, Book
from tests.channels.web.tiny_station import TinyStation, serving
from tests.platforms.push.server import PushService


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with PushService() as running:
        yield running


@pytest.fixture
async def alerts(book: Book, service: PushService) -> AsyncIterator[Alerts]:
    services = PushServices(HttpClient(), service.accepts, seconds=2)
    made = Alerts(book, KEY, CALLED, lambda: TUESDAY, services, again_seconds=0)
    yield made
    await made.stop()


async def test_a_browser_reads_the_first_lines_and_no_word_of_one_day(
    book: Book, alerts: Alerts, service: PushService
) -> None:
    book.owe(service.browser("ana"))
    alerts.ring("ana")
    await alerts.settled()
    [pushed] = service.taken
    assert pushed.content == {
        "title": "创思驿站",
        "body": "🔔 羽毛球友谊赛，14:00。\n狮山体育馆",
        "lang": "zh",
        "name": "1",
    }
    assert pushed.ttl == 7200
    assert pushed.key == KEY.public()
    assert pushed.claims["sub"] == "https://station.example.org"
    assert 0 < pushed.claims["exp"] - TUESDAY.timestamp() <= 24 * 3600
    assert book.forgotten == []


@pytest.mark.parametrize(
    ("answers", "asked", "taken", "forgotten"),
    [
        ([201], 1, 1, []),
        ([404], 1, 0, [1]),
        ([410], 1, 0, [1]),
        ([429, 201], 2, 1, []),
        ([503, 201], 2, 1, []),
        ([429, 410], 2, 0, [1]),
        ([500, 500, 201], 2, 0, []),
        ([400], 1, 0, []),
        ([413], 1, 0, []),
        ([302], 1, 0, []),
        ([0], 1, 0, []),
    ],
    ids=str,
)
async def test_each_answer_of_a_push_service(
    book: Book,
    alerts: Alerts,
    service: PushService,
    answers: list[int],
    asked: int,
    taken: int,
    forgotten: list[int],
) -> None:
    book.owe(service.browser("ana"))
    service.answers = list(answers)
    alerts.ring("ana")
    await alerts.settled()
    assert len(service.asked) == asked
    assert len(service.taken) == taken
    assert book.forgotten == forgotten


async def test_a_service_that_is_silent_holds_up_no_other_alert(
    book: Book, alerts: Alerts, service: PushService
) -> None:
    book.owe(service.browser("ana"))
    service.answers = [0]
    alerts.ring("ana")
    await service.hears(1)
    book.owe(service.browser("ben"), "ben")
    alerts.ring("ben")
    await service.hears(2)
    await alerts.settled()
    assert [each.to for each in service.taken] == ["ben"]


async def test_what_is_under_way_ends_with_the_station(
    book: Book, alerts: Alerts, service: PushService
) -> None:
    book.owe(service.browser("ana"))
    service.answers = [0]
    alerts.ring("ana")
    await service.hears(1)
    async with asyncio.timeout(0.2):
        await alerts.stop()


async def test_the_open_internet_alone_is_written_to(book: Book, service: PushService) -> None:
    made = Alerts(book, KEY, CALLED, lambda: TUESDAY)
    book.owe(service.browser("ana"))
    made.ring("ana")
    await made.settled()
    await made.stop()
    assert service.asked == []
    assert book.forgotten == [1]


async def test_a_name_that_leads_into_the_own_network_is_not_connected_to(
    service: PushService,
) -> None:
    port = service.origin.rpartition(":")[2]
    client = HttpClient(is_public_only=True)
    try:
        for name in ("localhost", "127.1", "2130706433"):
            with pytest.raises(NotConnected):
                await client.request("POST", f"http://{name}:{port}/push/ana", seconds=1)
    finally:
        await client.close()
    assert service.asked == []


# What the page asks


@pytest.fixture
async def page(book: Book, alerts: Alerts) -> AsyncIterator["AskingPage"]:
    station = TinyStation()
    async with serving(station, station.web(alerts=alerts)) as origin:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            asking = AskingPage(origin, session)
            await asking.gets("/chat")
            await asking.gets("/chat")
            async with session.post(
                f"{origin}/chat/messages", json={"id": "message-1", "text": "活动"}
            ) as response:
                assert response.status == 200
            book.known = {station.heard[-1].address}
            yield asking


@dataclass
class AskingPage:
    origin: str
    session: aiohttp.ClientSession

    async def gets(self, path: str) -> aiohttp.ClientResponse:
        async with self.session.get(self.origin + path) as response:
            await response.read()
            return response

    async def subscribes(self, body: Any, **headers: str) -> int:
        sent = {"Sec-Fetch-Site": "same-origin", **headers}
        url = f"{self.origin}/chat/push"
        async with self.session.post(url, json=body, headers=sent) as response:
            return response.status


async def test_a_page_subscribes_its_browser(
    page: AskingPage, book: Book, service: PushService
) -> None:
    browser = service.browser("ana")
    assert await page.subscribes(browser.subscription()) == 200
    assert [each.endpoint for each in book.kept.values()] == [browser.endpoint]
    told = await page.gets("/chat/push")
    assert await told.json() == {"key": KEY.public()}


async def test_the_worker_serves_the_page_itself(page: AskingPage) -> None:
    worker = await page.gets("/chat/worker.js")
    assert worker.headers["Service-Worker-Allowed"] == "/chat"
    assert worker.content_type == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"


async def test_another_sites_subscription_is_refused(
    page: AskingPage, book: Book, service: PushService
) -> None:
    given = service.browser("ana").subscription()
    assert await page.subscribes(given, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert await page.subscribes(given, Origin="https://other.example.org") == 403
    assert book.kept == {}


async def test_whoever_has_not_written_yet_cannot_subscribe(
    page: AskingPage, book: Book, service: PushService
) -> None:
    book.known = set()
    assert await page.subscribes(service.browser("ana").subscription()) == 403


async def test_what_is_no_subscription_is_refused(
    page: AskingPage, book: Book, service: PushService
) -> None:
    good = service.browser("ana").subscription()
    bad: list[Any] = [
        {},
        [],
        {**good, "endpoint": 7},
        {**good, "endpoint": "http://127.0.0.1:1/push/ana"},
        {**good, "keys": None},
        {**good, "keys": {"p256dh": good["keys"]["p256dh"]}},
        {**good, "keys": {**good["keys"], "auth": "short"}},
    ]
    assert [await page.subscribes(each) for each in bad] == [400] * len(bad)
    assert await page.subscribes({**good, "more": "x" * 200_000}) == 413
    assert book.kept == {}
