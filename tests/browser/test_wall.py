"""The wall of a hall in a real browser: all it shows fits, for nobody scrolls it."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, Route

from bot.conversation.messages import TimeOfDay
from bot.station.screens import serving, words
from models.rules.languages import Translated

pytestmark = pytest.mark.asyncio(loop_scope="session")

ZONE, NOW = ZoneInfo("Asia/Shanghai"), datetime(2026, 12, 1, 11, 30, tzinfo=UTC)

ITEMS = [
    {
        "id": n,
        "title": f"十位创思之星的故事（{n}）",
        "who": "五家企业联队",
        "at": "19:30",
        "is": is_,
    }
    for n, is_ in enumerate(("over", "on", *("to come",) * 8))
]
QUESTIONS = [
    {
        "id": n,
        "text": f"第 {n} 题：南海区有几个镇街？",
        "open": n == 10,
        "votes": 300,
        "choices": [{"id": 10 * n + m, "text": f"答案 {m}", "votes": 50} for m in range(6)],
    }
    for n in range(1, 11)
]
PLACES = [
    {"place": n, "name": f"小{n}＊", "code": f"G6{n:02}", "points": 100, "seconds": 9}
    for n in range(1, 11)
]
POLL = {"id": 1, "title": "南海知多少", "quiz": True, "open": True, "final": True, "places": []}
HASH = "68075ec11d7ba830d6784bcdbdf3d9d5778822c28e30c9d74f5dba83a24f548d"
DRAW = {"commitment": HASH, "list_hash": HASH, "secret": HASH, "number": "8 3 1", "won": 60}
FULLEST: dict[str, tuple[str, dict[str, Any]]] = {
    "a programme with who is on the stage": (
        "programme",
        {
            "stage": {
                "title": "企业歌手赛",
                "round": "决赛",
                "now": "",
                "next": [],
                "places": [
                    {"place": n, "who": f"在希望的田野上 · 第 {n} 家企业", "score": "90.00"}
                    for n in range(1, 11)
                ],
            }
        },
    ),
    "a question of a quiz": ("poll", {"poll": {**POLL, "questions": QUESTIONS}}),
    "who was right": (
        "poll",
        {"poll": {**POLL, "open": False, "questions": QUESTIONS, "places": PLACES}},
    ),
    "a poll with two questions": (
        "poll",
        {"poll": {**POLL, "quiz": False, "questions": QUESTIONS[:2]}},
    ),
    "a poll with ten": ("poll", {"poll": {**POLL, "quiz": False, "questions": QUESTIONS}}),
    "a draw": (
        "draw",
        {
            "draw": {
                **DRAW,
                "title": "灯会",
                "entries": 400,
                "page": "/draws/1",
                "drawn": [f"UCWK-23R4-3K{n:02}" for n in range(60)],
            }
        },
    ),
    "questions to the stage": (
        "questions",
        {
            "questions": [
                {"id": n, "words": "夜班的工友能看回放吗？" * 5, "backed": n} for n in range(10)
            ]
        },
    ),
}
"""What a wall may have to show at most, by what it is."""

SHOWN_IN_FULL = """() => {
  const main = document.getElementById("main");
  const shown = [...main.querySelectorAll("section")].filter((each) => each.checkVisibility());
  const low = Math.max(...shown.map((each) => each.getBoundingClientRect().bottom));
  return [shown.length > 1, low <= innerHeight + 1, main.scrollHeight <= main.clientHeight];
}"""


@contextlib.asynccontextmanager
async def screen(
    browser: Browser, shows: str, more: Mapping[str, Any], language: str = "zh"
) -> AsyncIterator[Page]:
    """The wall of an evening in a language, as soon as it shows its programme and ``more``."""
    told = {
        "every": 3,
        "shows": shows,
        "note": "请把手机调到静音",
        "streams": None,
        "poll": None,
        "draw": None,
        "stage": None,
        "questions": [],
        "lines": False,
        "asks": False,
        "programme": {"items": ITEMS, "over": False},
        **more,
    }
    statics = serving._statics()

    async def answer(route: Route) -> None:
        last = route.request.url.partition("?")[0].rpartition("/")[2]
        if last in statics:
            kept = statics[last]
            await route.fulfill(body=kept.content, content_type=kept.media_type)
        elif last == "now":
            body = words.document(told, ZONE, NOW)
            await route.fulfill(body=body, content_type="application/json")
        else:
            html = serving._page("年度汇报会", language, "T", statics, lambda _path: "")
            await route.fulfill(body=html, content_type="text/html")

    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await page.route("**/*", answer)
    await page.goto("http://wall.example/screen/T?wall")
    await page.locator("#programme li").first.wait_for(state="attached")
    yield page
    await context.close()


@pytest.mark.parametrize("name", FULLEST)
async def test_whatever_the_wall_shows_fits_it(browser: Browser, name: str) -> None:
    async with screen(browser, *FULLEST[name]) as page:
        assert await page.evaluate(SHOWN_IN_FULL) == [True, True, True]


ASKED = {"id": 1, "text": "?", "open": True, "choices": []}
COUNTED = {
    "poll": {
        **POLL,
        "quiz": False,
        "final": False,
        "questions": [{**ASKED, "votes": votes} for votes in (0, 1, 2)],
        "places": [{**PLACES[0], "points": 1}],
    },
    "draw": {"title": Translated("抽奖", {"en": "Lucky draw"}), "page": "/draws/1"},
    "programme": {
        "items": [{**ITEMS[2], "is": "to come"}],
        "over": False,
        "starts": TimeOfDay(NOW + timedelta(days=9)),
    },
}


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            "zh",
            [
                "12月10日 周四 19:30 开始。",
                "0 人",
                "1 人",
                "2 人",
                "1 · 小1＊ G601 · 1 分",
                "抽签 · 抽奖",
            ],
        ),
        (
            "en",
            [
                "It begins Thu 10 Dec 19:30.",
                *("0 answers", "1 answer", "2 answers"),
                "1 · 小1＊ G601 · 1 point",
                "Draw · Lucky draw",
            ],
        ),
    ],
)
async def test_a_wall_counts_and_tells_times_as_its_language_does(
    browser: Browser, language: str, shown: list[str]
) -> None:
    async with screen(browser, "poll", COUNTED, language) as page:
        parts = "#on p:first-child, #poll fieldset p, #poll li, #draw h2"
        told = await page.locator(parts).all_inner_texts()
        assert sorted(told) == sorted(shown)
