"""Links to files: signed, short-lived, and worth nothing when changed."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from sqlmodel import Session
from starlette.applications import Starlette

from bot.conversation.messages import Attachment
from bot.station.files import LINK_LASTS, SHORT_LINK_LASTS, Files, calendar_routes
from models.network import members
from models.rules.languages import Translated
from models.sending import reach
from models.store import Store
from tests.serving import serving

LETTER = Attachment("信.txt", "text/plain", "letter", (7, "阿梅"))


def make_letter(session: Session, number: int, name: str) -> bytes:
    if number == 0:
        raise LookupError("no such letter")
    if number < 0:
        raise ValueError("this letter cannot be written")
    return f"{number}: {name}".encode()


class House:
    """Files served over real HTTP, and a clock that can be set."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.now, self.store = now, store
        self.files = Files(
            store,
            {"letter": make_letter, "list": make_letter},
            lambda path: "",
            b"k" * 32,
            lambda: self.now,
            rights={"list": lambda session, now, number, name: number in self.allowed},
        )
        self.allowed = {7}
        self.origin = ""

    def knows(self, cookie: str) -> None:
        """Somebody talks on the chat page from now on."""

        def meet(session: Session) -> None:
            members.meet(session, "web.chat", _address(cookie), language="zh", now=self.now)

        self.store.write_now(meet)

    def forgets(self, cookie: str) -> None:
        """They are signed out of the page."""

        def leave(session: Session) -> None:
            caller = members.find(session, "web.chat", _address(cookie))
            assert caller is not None
            reach.leave(session, caller.address_id, caller.id, self.now)

        self.store.write_now(leave)

    async def get(self, path: str, cookie: str = "") -> tuple[int, bytes, str]:
        cookies = {"chat": cookie} if cookie else {}
        async with (
            aiohttp.ClientSession(cookies=cookies) as http,
            http.get(self.origin + path) as answer,
        ):
            said = answer.headers.get("Content-Disposition", "")
            return answer.status, await answer.read(), said


@pytest.fixture
async def house(store: Store, now: datetime) -> AsyncIterator[House]:
    house = House(store, now)
    calendars = calendar_routes(store, ZoneInfo("Asia/Shanghai"), lambda: now, Translated("驿站"))
    routes = [*house.files.routes(), *calendars]
    async with serving(Starlette(routes=routes)) as house.origin:
        yield house


async def test_a_link_gives_the_file_under_its_name(house: House) -> None:
    status, content, said = await house.get(house.files.link(LETTER))
    assert (status, content.decode()) == (200, "7: 阿梅")
    assert said == "attachment; filename*=UTF-8''%E4%BF%A1.txt"


async def test_a_link_works_for_an_hour(house: House) -> None:
    link = house.files.link(LETTER)
    house.now += LINK_LASTS
    assert (await house.get(link))[0] == 200
    house.now += timedelta(seconds=1)
    assert (await house.get(link))[0] == 410


async def test_a_changed_link_is_worth_nothing(house: House) -> None:
    link = house.files.link(LETTER)
    other_letter = "B" if link[20] == "A" else "A"
    changed = link[:20] + other_letter + link[21:]
    for path in (changed, link[:-4], "/files/AAAA", "/files/%", "/files/é"):
        assert (await house.get(path))[0] == 404, path


async def test_a_file_about_something_that_is_gone_is_not_found(house: House) -> None:
    gone = Attachment("a.txt", "text/plain", "letter", (0, "x"))
    assert (await house.get(house.files.link(gone)))[0] == 410


@pytest.mark.parametrize("number", ["0", "1", "2147483648", "999999999", "9" * 18, "9" * 400])
async def test_a_picture_that_is_not_there_is_not_found(house: House, number: str) -> None:
    async with aiohttp.ClientSession() as http:
        address = f"{house.origin}/pictures/{number}-{'0' * 32}"
        async with http.get(address) as answer:
            assert answer.status == 404


LIST = Attachment("list.txt", "text/plain", "list", (7, "阿梅"))


async def test_a_list_asks_for_the_right_each_time_it_is_fetched(house: House) -> None:
    link = house.files.link(LIST)
    assert (await house.get(link))[0] == 200
    house.allowed.clear()
    assert (await house.get(link))[0] == 403
    with pytest.raises(LookupError):
        await house.files.make(LIST)


async def test_a_link_to_a_list_that_anybody_could_open_is_short(house: House) -> None:
    link = house.files.link(LIST)
    house.now += SHORT_LINK_LASTS + timedelta(seconds=1)
    assert (await house.get(link))[0] == 410


@pytest.mark.parametrize("attachment", [LETTER, LIST])
async def test_a_link_of_the_chat_page_is_its_visitors(
    house: House, attachment: Attachment
) -> None:
    mine, other = "m" * 43, "o" * 43
    for each in (mine, other):
        house.knows(each)
    link = house.files.link(attachment, _address(mine))
    assert (await house.get(link, mine))[0] == 200
    assert (await house.get(link, other))[0] == 403
    assert (await house.get(link))[0] == 403
    house.now += LINK_LASTS
    assert (await house.get(link, mine))[0] == 200


async def test_a_link_ends_when_its_visitor_is_signed_out(house: House) -> None:
    mine = "m" * 43
    house.knows(mine)
    house.now += timedelta(minutes=1)
    link = house.files.link(LETTER, _address(mine))
    assert (await house.get(link, mine))[0] == 200
    house.forgets(mine)
    assert (await house.get(link, mine))[0] == 410
    # Somebody else begins anew in the same browser.
    house.now += timedelta(minutes=1)
    house.knows(mine)
    assert (await house.get(link, mine))[0] == 410
    assert (await house.get(house.files.link(LETTER, _address(mine)), mine))[0] == 200


async def test_what_a_file_is_sent_with_lets_nobody_keep_run_or_pass_it_on(house: House) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(house.origin + house.files.link(LIST)) as answer:
            told = answer.headers
        assert told["Cache-Control"] == "private, no-store"
        assert told["Content-Disposition"].startswith("attachment;")
        assert told["X-Content-Type-Options"] == "nosniff"
        assert told["Referrer-Policy"] == "no-referrer"
        assert "sandbox" in told["Content-Security-Policy"]
        # Looked at by its head or in parts it asks for the same right.
        address = house.origin + house.files.link(LIST)
        async with http.get(address, headers={"Range": "bytes=0-2"}) as answer:
            assert (answer.status, await answer.text()) == (200, "7: 阿梅")
        async with http.head(address) as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        house.allowed.clear()
        async with http.head(address) as answer:
            assert (answer.status, await answer.read()) == (403, b"")
        async with http.get(address, headers={"Range": "bytes=0-2"}) as answer:
            assert answer.status == 403


CASES = {
    "changed": (404, "There's no file behind this link", "这个链接后面没有文件"),
    "expired": (410, "This link has ended: files", "这个链接已经失效：文件"),
    "gone": (410, "isn't there any more", "说的内容已经不在了"),
    "failed": (500, "couldn't be made", "没做出来"),
    "another's": (403, "for somebody else", "给别人的"),
    "signed out": (410, "was left", "已经退出"),
    "no right": (403, "can't have this file any more", "不能再打开"),
    "picture": (404, "This picture isn't there", "这张图片已经不在了"),
    "calendar": (404, "There's no calendar behind this link", "这个链接后面没有日历"),
}


async def _path(house: House, case: str) -> str:
    """A link that leads to no file, for one of the reasons that there are."""
    mine = "m" * 43
    link = house.files.link(LETTER)
    match case:
        case "changed":
            return link[:-4]
        case "expired":
            house.now += LINK_LASTS + timedelta(seconds=1)
        case "gone" | "failed":
            number = 0 if case == "gone" else -1
            return house.files.link(Attachment("a.txt", "text/plain", "letter", (number, "x")))
        case "another's" | "signed out":
            return house.files.link(LETTER, _address(mine if case == "signed out" else "o" * 43))
        case "no right":
            link = house.files.link(LIST)
            house.allowed.clear()
        case "picture":
            return f"/pictures/7-{'0' * 32}"
        case "calendar":
            return f"/calendar/{'x' * 24}.ics"
    return link


@pytest.mark.parametrize("case", CASES)
async def test_a_link_without_its_file_says_why_and_what_to_do(house: House, case: str) -> None:
    path = await _path(house, case)
    status, english, chinese = CASES[case]
    asked = {"en-GB, zh;q=0.8": english, "zh-TW, en;q=0.5": chinese, "": chinese, "vi": english}
    async with aiohttp.ClientSession(cookies={"chat": "m" * 43}) as http:
        for languages, words in asked.items():
            headers = {"Accept-Language": languages} if languages else {}
            async with http.get(house.origin + path, headers=headers) as answer:
                page = await answer.text()
            assert answer.status == status
            assert answer.content_type == "text/html"
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert words in unescape(page)
            assert ("chat" in page) == (words == english)
            assert ("聊天" in page) == (words == chinese)
        async with http.head(house.origin + path) as answer:
            assert (answer.status, await answer.read()) == (status, b"")


async def test_a_visitor_reads_why_in_their_own_language(house: House) -> None:
    mine = "m" * 43
    house.knows(mine)
    gone = Attachment("a.txt", "text/plain", "letter", (0, "x"))
    async with aiohttp.ClientSession(
        cookies={"chat": mine}, headers={"Accept-Language": "en"}
    ) as http:
        for link in (house.files.link(gone, _address(mine)), house.files.link(gone)):
            async with http.get(house.origin + link) as answer:
                assert "已经不在了" in await answer.text()


def _address(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
