"""Alerts in a real browser, but for the push service, which a browser for tests has none of."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.channels.outgoing import HttpClient
from bot.channels.web.alerts import Alerts
from bot.channels.web.channel import Web
from bot.channels.web.push_services import PushServices
from bot.channels.web.words import CALLED
from tests.browser.conftest import Opener
from tests.channels.services import TUESDAY
from tests.channels.web.alert_book import KEY, Book
from tests.channels.web.tiny_station import TinyStation
from tests.platforms.push.server import PushService

pytestmark = pytest.mark.asyncio(loop_scope="session")

SUBSCRIBED = """
PushManager.prototype.subscribe = async function (options) {
  window.asked = { visible: options.userVisibleOnly, key: options.applicationServerKey.length };
  return { toJSON: () => (%s) };
};
0;
"""


async def says(page: Page, text: str) -> None:
    await page.get_by_label("说点什么").fill(text)
    await page.keyboard.press("Enter")


async def presses(page: Page, label: str) -> None:
    await page.get_by_role("button", name=label, exact=True).click()


def bubbles(page: Page) -> Any:
    return page.locator("article .bubble")


@pytest.fixture
def book() -> Book:
    return Book()


@pytest_asyncio.fixture(loop_scope="session")
async def service() -> AsyncIterator[PushService]:
    async with PushService() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def web(station: TinyStation, book: Book, service: PushService) -> Web:
    services = PushServices(HttpClient(), service.accepts)
    return station.web(look_every=60, alerts=Alerts(book, KEY, CALLED, lambda: TUESDAY, services))


async def signed_up(visitor: Opener, **more: Any) -> Page:
    person = await visitor(**more)
    page = await person.opens()
    await expect(bubbles(page)).to_contain_text(["这里是创思驿站"])
    await expect(page.get_by_role("button", name="开通提醒")).to_have_count(0)
    await says(page, "报名 1")
    await expect(bubbles(page).last).to_contain_text("报上了")
    return page


async def test_the_browser_is_asked_after_a_sign_up_and_when_the_button_is_pressed(
    visitor: Opener, station: TinyStation, book: Book, service: PushService
) -> None:
    page = await signed_up(visitor, permissions=["notifications"])
    book.known = {station.heard[0].address}
    given = service.browser("ana").subscription()
    await page.evaluate(SUBSCRIBED % json.dumps(given))
    assert await page.evaluate("navigator.serviceWorker.getRegistrations()") == []
    await presses(page, "开通提醒")
    await expect(page.locator("article .state").last).to_contain_text("提醒已开通")
    await expect(page.get_by_role("button", name="开通提醒")).to_have_count(0)
    assert await page.evaluate("window.asked") == {"visible": True, "key": 65}
    assert [each.endpoint for each in book.kept.values()] == [given["endpoint"]]
    await page.reload()
    await expect(page.locator("article .state").last).to_contain_text("提醒已开通")


async def test_a_browser_without_a_push_service_says_so(visitor: Opener, book: Book) -> None:
    page = await signed_up(visitor, permissions=["notifications"])
    await page.evaluate(
        "PushManager.prototype.subscribe = () => Promise.reject(new DOMException('none')); 0"
    )
    await presses(page, "开通提醒")
    await expect(page.locator("article .state").last).to_contain_text("这个浏览器收不到消息")
    assert book.kept == {}


async def test_a_page_that_is_not_trusted_offers_nothing(visitor: Opener) -> None:
    person = await visitor()
    await person.context.add_init_script("delete window.PushManager")
    page = await person.opens()
    await says(page, "报名 1")
    await expect(bubbles(page).last).to_contain_text("报上了")
    await expect(page.get_by_role("button", name="取消报名")).to_be_visible()
    await expect(page.get_by_role("button", name="开通提醒")).to_have_count(0)


async def test_the_worker_shows_what_was_pushed(visitor: Opener, origin: str) -> None:
    person = await visitor(permissions=["notifications"])
    page = await person.opens()
    await page.evaluate("navigator.serviceWorker.register('/chat/worker.js', { scope: '/chat' })")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    [worker] = person.context.service_workers
    content = {"title": "创思驿站", "body": "🔔 羽毛球友谊赛", "lang": "zh", "name": "7"}
    shown = await worker.evaluate(
        """async (content) => {
          const data = new TextEncoder().encode(JSON.stringify(content));
          for (let times = 0; times < 2; times += 1) {
            dispatchEvent(new PushEvent("push", { data }));
          }
          for (let turn = 0; turn < 100; turn += 1) {
            const shown = await registration.getNotifications();
            if (shown.length) return shown.map(({ title, body, tag }) => [title, body, tag]);
            await new Promise((done) => setTimeout(done, 20));
          }
          return [];
        }""",
        content,
    )
    # The same message, pushed by two processes, is shown once.
    assert shown == [["创思驿站", "🔔 羽毛球友谊赛", "7"]]
