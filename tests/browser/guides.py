"""Take pictures of the organizers' guides from a demo of their own.

``python -m tests.browser.guides [LANGUAGE ...] [SCENE ...]`` writes them into docs/images; what
they show is told by ``scenes``. Look at every picture before it is committed: what looks wrong is
mended on the page.
"""

import asyncio
import base64
import io
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from PIL import Image
from playwright.async_api import Browser, FilePayload, Locator, Page, ViewportSize, async_playwright

from bot.conversation.language import phrasebook
from bot.conversation.messages import Text
from tests import needs
from tests.browser import scenes
from tests.browser.conftest import FLAGS

IMAGES = Path(__file__).parents[2] / "docs" / "images"
COLOURS = 96
"""So few that a picture takes some thirty kilobytes."""

WALL: ViewportSize = {"width": 1920, "height": 1080}

STARTS_WITHIN = 300
"""How long the demo may take to answer, in seconds."""

PATIENCE = 60_000
"""How long a phone waits for an answer, in milliseconds."""


class Phone:
    """Somebody's phone with the chat, or a window with the desk."""

    def __init__(self, page: Page, origin: str, language: str) -> None:
        self.page = page
        self.origin = origin
        self.language = language
        self._into = phrasebook().into(language)

    async def says(self, text: str) -> str:
        count = await self._answers().count()
        await self.page.locator("#field").fill(text)
        await self.page.keyboard.press("Enter")
        return await self._answered(count)

    async def presses(self, *labels: str) -> str:
        """Press buttons one after the other, which are called by their English words."""
        said = ""
        for label in labels:
            said = await self.presses_what_says(self._into(Text(label)))
        return said

    async def presses_what_says(self, label: str) -> str:
        count = await self._answers().count()
        button = self.page.get_by_role("button", name=label)
        exact = self.page.get_by_role("button", name=label, exact=True)
        await (exact if await exact.count() else button).last.click()
        return await self._answered(count)

    async def hears(self, words: str = "") -> None:
        await self._answers().filter(has_text=words).last.wait_for()

    def _answers(self) -> Locator:
        return self.page.locator("article.theirs")

    async def _answered(self, count: int) -> str:
        await self._answers().nth(count).wait_for()
        return str(await self._answers().last.inner_text())

    async def shows(self, name: str) -> None:
        """Keep what stands on the screen, once it has come to rest."""
        await self.page.locator("#field").blur()
        # Nothing is shown as if a finger were on it.
        await self.page.mouse.move(0, 0)
        await self.page.wait_for_timeout(900)
        await self._keeps(name)

    async def follows(self, part: str, name: str) -> None:
        """Keep what the last link with this part leads to."""
        link = self.page.locator(f'a[href*="{part}"]').last
        await self.looks_at(
            f"{part}{str(await link.get_attribute('href')).partition(part)[2]}", name
        )

    async def looks_at(self, path: str, name: str, *, on_wall: bool = False) -> None:
        """Keep what a page of the station shows, in the hall's size where it is on its wall."""
        page = await self.page.context.new_page()
        if on_wall:
            await page.set_viewport_size(WALL)
        await page.goto(self.origin + path)
        # On the wall lines run, and the code to scan is drawn.
        await page.wait_for_timeout(3000 if on_wall else 900)
        await self._keeps(name, page)
        await page.close()

    async def reads(self) -> str:
        """What stands in the window, in words."""
        return await self.page.locator("body").inner_text()

    async def goes(self, path: str) -> None:
        """Open a page of the desk in the window itself."""
        await self.page.goto(self.origin + path)

    async def clicks(self, label: str) -> None:
        """Click a button of the desk, which is called by its English words."""
        said = self._into(Text(label))
        await self.page.get_by_role("button", name=said, exact=True).first.click()
        await self.page.wait_for_load_state()

    async def fills(self, field: str, words: str) -> None:
        await self.page.locator(f"[name={field}]").fill(words)

    async def ticks(self, field: str, value: str) -> None:
        await self.page.locator(f"[name={field}][value={value}]").check()

    async def chooses(self, field: str, name: str, content: str) -> None:
        """Choose a file for a field of the desk."""
        file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
        await self.page.locator(f"[name={field}]").set_input_files(file)

    async def sees(self, words: str) -> None:
        """Wait for words of the desk, told by their English."""
        await self.page.get_by_text(self._into(Text(words))).first.wait_for()

    async def keeps(self, name: str) -> None:
        """Keep what stands in the window."""
        await self.page.wait_for_timeout(900)
        await self._keeps(name)

    async def _keeps(self, name: str, page: Page | None = None) -> None:
        shown = page or self.page
        # Nothing is shown as if somebody were about to type there.
        await shown.evaluate("document.activeElement.blur()")
        taken: Image.Image = Image.open(io.BytesIO(await shown.screenshot(animations="disabled")))
        if taken.width == WALL["width"]:
            taken = taken.reduce(2)
        few = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(IMAGES / f"{name}-{self.language}.png", optimize=True)


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[tuple[str, scenes.Command]]:
    """A demo of its own: where it is reached, and how its commands are run.

    ``certificate`` is one of them here: it returns the code of the last that was issued.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "config.toml"
    url = f"sqlite:///{folder / 'demo.db'}"
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    server = f'[server]\nport = {port}\nanswers_key = "{key}"\n'
    # At whatever hour pictures are taken, people are told of what happens at once.
    waking = '[station]\nquiet_hours = ""\nnight_shift_quiet_hours = ""\n'
    config.write_text(f'{server}{waking}[store]\nurl = "{url}"\n', "utf-8")
    program = [sys.executable, "-m", "bot"]
    with (folder / "log").open("w") as log:
        served = await asyncio.create_subprocess_exec(
            *(*program, "demo", "--config", str(config)), stdout=log, stderr=subprocess.STDOUT
        )

    async def command(*words: str) -> str:
        if words == ("certificate",):
            with closing(sqlite3.connect(folder / "demo.db")) as store:
                last = "SELECT code FROM certificate ORDER BY id DESC LIMIT 1"
                return str(store.execute(last).fetchone()[0])
        made = await asyncio.create_subprocess_exec(
            *(*program, *words, "--config", str(config)), stdout=subprocess.PIPE
        )
        told, _ = await made.communicate()
        return told.decode()

    try:
        await _reached(port)
        yield f"http://127.0.0.1:{port}", command
    finally:
        served.terminate()
        await served.wait()


async def _reached(port: int) -> None:
    for _ in range(STARTS_WITHIN * 5):
        try:
            await asyncio.to_thread(urlopen, f"http://127.0.0.1:{port}/chat")
        except (OSError, HTTPException):
            await asyncio.sleep(0.2)
        else:
            return
    raise SystemExit(f"The demo did not start within {STARTS_WITHIN} seconds.")


@asynccontextmanager
async def phone(browser: Browser, origin: str, language: str) -> AsyncIterator[Phone]:
    """A phone of somebody who is new."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 740},
        device_scale_factor=1.5,
        locale={"zh": "zh-CN", "en": "en-US"}[language],
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    await page.goto(f"{origin}/chat")
    yield Phone(page, origin, language)
    await context.close()


@asynccontextmanager
async def seat(browser: Browser, origin: str, language: str, link: str) -> AsyncIterator[Phone]:
    """A window in which somebody sits at the desk, as a link let them in."""
    context = await browser.new_context(
        viewport={"width": 1180, "height": 780},
        locale={"zh": "zh-CN", "en": "en-US"}[language],
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    # What is asked before something is done is answered with yes.
    page.on("dialog", lambda asked: asked.accept())
    await page.goto(link)
    await page.get_by_role("button").click()
    await page.goto(f"{origin}/console/account")
    spoken = page.locator(f"form:has(input[name=language][value={language}]) button")
    await spoken.click()
    yield Phone(page, origin, language)
    await context.close()


async def take() -> None:
    """Take all pictures, each language from a demo of its own."""
    chromium = needs.demand(needs.CHROMIUM)
    missed: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        only = [each for each in scenes.SCENES if each in sys.argv] or scenes.SCENES
        for language in [each for each in scenes.WORDS if each in sys.argv] or scenes.WORDS:
            with tempfile.TemporaryDirectory() as folder:
                async with demo(Path(folder)) as (origin, command):
                    anybody = partial(phone, browser, origin, language)
                    at_desk = partial(seat, browser, origin, language)
                    missed += await scenes.play(anybody, at_desk, command, language, only)
        await browser.close()
    if missed:
        raise SystemExit("Not taken:\n" + "\n".join(missed))


if __name__ == "__main__":
    asyncio.run(take())
