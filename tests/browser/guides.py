"""Take pictures of the organizers' guides from a demo of their own.

``python -m tests.browser.guides [LANGUAGE ...]`` writes them into docs/images. Look at every
picture before it is committed: what looks wrong is mended on the page.
"""

import asyncio
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Locator, Page, async_playwright

from tests import needs
from tests.browser.conftest import FLAGS

IMAGES = Path(__file__).parents[2] / "docs" / "images"
ZONE = ZoneInfo("Asia/Shanghai")
STARTS_WITHIN = 60
"""How long the demo may take to answer, in seconds."""

WORDS = {
    "zh": {
        "agree": "同意",
        "skip": "跳过",
        "town": "桂城",
        "claim": "绑定",
        "event": "发布活动 {when} 电影联谊夜 桂城站多功能厅 40人",
        "publish": "发布",
        "sign up": "报名",
        "mine": "签到",
        "check in": "签到",
        "announce": "发公告",
        "write": "写内容",
        "text": "周六羽毛球赛还有空位，带上球拍就能来。",
        "invite": "邀请",
        "role": "活动骨干",
        "no end": "不限期",
        "drawn": "发布活动 {day} 14:00 桌游联谊 桂城站活动室 20人",
        "change": "改一改",
        "draw": "改为抽签",
    },
    "en": {
        "agree": "Agree",
        "skip": "Skip",
        "town": "Guicheng",
        "claim": "claim",
        "event": "new event {when} Film night party at Guicheng station, 40 people",
        "publish": "Publish",
        "sign up": "sign up",
        "mine": "check in",
        "check in": "check in",
        "announce": "announce",
        "write": "Write it",
        "text": "There are seats left for badminton on Saturday. Bring a racket and come.",
        "invite": "invite",
        "role": "core member",
        "no end": "No end",
        "drawn": "new event {day} 14:00 Board games party, Guicheng station, 20 people",
        "change": "Change",
        "draw": "Draw the seats",
    },
}


class Phone:
    """Somebody's phone with the chat."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.words = WORDS[language]
        self.language = language

    async def says(self, text: str) -> str:
        count = await self._answers().count()
        await self.page.locator("#field").fill(text)
        await self.page.keyboard.press("Enter")
        return await self._answered(count)

    async def presses(self, label: str) -> str:
        count = await self._answers().count()
        await self.page.get_by_role("button", name=label, exact=True).last.click()
        return await self._answered(count)

    async def hears(self, words: str) -> None:
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
        await self.page.wait_for_timeout(700)
        await self.page.screenshot(path=IMAGES / f"{name}.png")


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[tuple[str, Callable[[str], str]]]:
    """A demo of its own: where it is reached, and how a code for an organizer is made."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "config.toml"
    url = f"sqlite:///{folder / 'demo.db'}"
    config.write_text(f'[server]\nport = {port}\n[store]\nurl = "{url}"\n', "utf-8")
    program = [sys.executable, "-m", "bot"]
    with (folder / "log").open("w") as log:
        served = await asyncio.create_subprocess_exec(
            *(*program, "demo", "--config", str(config)), stdout=log, stderr=subprocess.STDOUT
        )

    def code(place: str) -> str:
        made = subprocess.run(
            [*program, "invite", place, "town", "--config", str(config)],
            capture_output=True,
            text=True,
            check=True,
        )
        return made.stdout.split()[0]

    try:
        await _reached(port)
        yield f"http://127.0.0.1:{port}", code
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
    context.set_default_timeout(10_000)
    page = await context.new_page()
    await page.goto(f"{origin}/chat")
    yield Phone(page, language)
    await context.close()


# What the pictures show


async def guide(boss: Phone, worker: Phone, code: str) -> None:
    """The pictures of the organizers' guide in the language of the two."""
    words, suffix = boss.words, boss.language
    for each in (boss, worker):
        await each.presses(words["agree"])
    await boss.says(f"{words['claim']} {code}")
    await _draw(boss)
    number = await _film_night(boss)
    await _settles(worker)
    await worker.says(f"{words['sign up']} {number}")
    ticket = await worker.says(words["mine"])
    await worker.shows(f"guide-ticket-{suffix}")
    digits = re.search(r"\b\d{6}\b", ticket)
    assert digits is not None, ticket
    await boss.says(f"{words['check in']} {digits[0]}")
    await boss.shows(f"guide-checkin-{suffix}")
    await boss.says(words["announce"])
    await boss.presses(words["write"])
    await boss.says(words["text"])
    await boss.shows(f"guide-announce-{suffix}")
    await boss.says(words["invite"])
    await boss.presses(words["role"])
    await boss.says(words["town"])
    await boss.presses(words["no end"])
    await boss.shows(f"guide-invite-{suffix}")


async def _draw(boss: Phone) -> None:
    """Publish an event whose seats are drawn."""
    day = datetime.now(ZONE) + timedelta(days=5)
    when = f"{day.month}月{day.day}日" if boss.language == "zh" else f"{day:%a %-d %b}"
    await boss.says(boss.words["drawn"].format(day=when))
    await boss.presses(boss.words["change"])
    await boss.presses(boss.words["draw"])
    await boss.shows(f"guide-draw-{boss.language}")
    await boss.presses(boss.words["publish"])


async def _settles(worker: Phone) -> None:
    """Tell where one works, and nothing more."""
    await worker.says(worker.words["town"])
    await worker.presses(worker.words["skip"])
    await worker.presses(worker.words["skip"])


async def colleague(worker: Phone) -> None:
    """One more who works in the town, so that there is somebody to write to."""
    await worker.presses(worker.words["agree"])
    await _settles(worker)


async def _film_night(boss: Phone) -> str:
    """Publish an event within the hours in which people are checked in; return its number."""
    now = datetime.now(ZONE)
    # People are checked in on the day of an event.
    begins = now.replace(hour=min(now.hour + 4, 23))
    when = (
        f"{begins.month}月{begins.day}日 {begins.hour}:30"
        if boss.language == "zh"
        else f"{begins:%-d %b %-H:30}"
    )
    await boss.says(boss.words["event"].format(when=when))
    said = await boss.presses(boss.words["publish"])
    number = re.search(r"(?:编号|number is) (\d+)", said)
    assert number is not None, said
    return number[1]


async def take() -> None:
    """Take all pictures, each language from a demo of its own."""
    chromium = needs.demand(needs.CHROMIUM)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for language in sys.argv[1:] or WORDS:
            with tempfile.TemporaryDirectory() as folder:
                async with (
                    demo(Path(folder)) as (origin, code),
                    phone(browser, origin, language) as boss,
                    phone(browser, origin, language) as worker,
                ):
                    for _ in range(3):
                        async with phone(browser, origin, language) as another:
                            await colleague(another)
                    await guide(boss, worker, code("桂城"))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take())
