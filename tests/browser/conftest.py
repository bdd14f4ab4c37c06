"""A real browser for the stories of the chat page and of the desk."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
)

from bot.channels.web.channel import Web
from tests import needs
from tests.channels.web.tiny_station import TinyStation, serving

if TYPE_CHECKING:
    from tests.browser.desks import Desks

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of a Chromium, on a machine that can show Chinese."""
    needs.demand(needs.CHINESE_FONT)
    return needs.demand(needs.CHROMIUM)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield launched
        await launched.close()


# A visitor of the chat page


@dataclass(frozen=True)
class Look:
    """The screen, and whether it is dark."""

    width: int
    height: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}x{self.height}-{self.scheme}"


PHONE = Look(360, 740, "light")
LOOKS = [Look(1280, 800, "light"), Look(1280, 800, "dark"), PHONE, Look(360, 740, "dark")]


class Visitor:
    """A person in front of the station's pages, in a browser profile of their own."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context = context
        self.origin = origin
        self.complaints: list[str] = []
        self.foreign: list[str] = []

    async def opens(self, path: str = "/chat") -> Page:
        """One more tab, at the chat or another page."""
        page = await self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.on("request", self._watch)
        await page.goto(self.origin + path)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser itself reports every request that fails: expected where a story cuts the net.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.origin + "/", "data:", f"blob:{self.origin}/")):
            self.foreign.append(request.url)


Opener = Callable[..., Awaitable[Visitor]]


@pytest_asyncio.fixture(loop_scope="session")
async def station() -> TinyStation:
    return TinyStation()


@pytest_asyncio.fixture(loop_scope="session")
async def web(station: TinyStation) -> Web:
    return station.web(look_every=60)


@pytest_asyncio.fixture(loop_scope="session")
async def origin(station: TinyStation, web: Web) -> AsyncIterator[str]:
    async with serving(station, web) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser, origin: str) -> AsyncIterator[Opener]:
    """Makes visitors of the chat page."""
    async with visitors(browser, origin) as arrive:
        yield arrive


@contextlib.asynccontextmanager
async def visitors(browser: Browser, origin: str) -> AsyncIterator[Opener]:
    """Make visitors; afterwards no page of theirs may have complained or asked a foreign host."""
    arrived: list[Visitor] = []

    async def arrive(look: Look = PHONE, locale: str = "zh-CN", **more: Any) -> Visitor:
        context = await browser.new_context(
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.scheme,
            locale=locale,
            **more,
        )
        context.set_default_timeout(5000)
        arrived.append(Visitor(context, origin))
        return arrived[-1]

    yield arrive
    for each in arrived:
        await each.context.close()
    assert [each.complaints for each in arrived if each.complaints] == []
    assert [each.foreign for each in arrived if each.foreign] == []


# Who sits at the desk


@pytest_asyncio.fixture(loop_scope="session")
async def desks(browser: Browser, sqlite_url: str, now: datetime) -> AsyncIterator["Desks"]:
    from tests.browser.desks import furnished_desks

    async with furnished_desks(browser, sqlite_url, now) as found:
        yield found
