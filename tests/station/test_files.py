"""Links to files: signed, short-lived, and worth nothing when changed."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import pytest
from sqlmodel import Session
from starlette.applications import Starlette

from bot.conversation.messages import Attachment
from bot.station.files import LINK_LASTS, SHORT_LINK_LASTS, Files
from models.network import members
from models.sending import reach
from models.store import Store
from tests.serving import serving

LETTER = Attachment("信.txt", "text/plain", "letter", (7, "阿梅"))


def make_letter(session: Session, number: int, name: str) -> bytes:
    if number == 0:
        raise LookupError("no such letter")
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
    async with serving(Starlette(routes=house.files.routes())) as house.origin:
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
    assert (await house.get(link))[0] == 404


async def test_a_changed_link_is_worth_nothing(house: House) -> None:
    link = house.files.link(LETTER)
    other_letter = "B" if link[20] == "A" else "A"
    changed = link[:20] + other_letter + link[21:]
    for path in (changed, link[:-4], "/files/AAAA", "/files/%", "/files/é"):
        assert (await house.get(path))[0] == 404, path


async def test_a_file_about_something_that_is_gone_is_not_found(house: House) -> None:
    gone = Attachment("a.txt", "text/plain", "letter", (0, "x"))
    assert (await house.get(house.files.link(gone)))[0] == 404


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
    assert (await house.get(link))[0] == 404
    with pytest.raises(LookupError):
        await house.files.make(LIST)


async def test_a_link_to_a_list_that_anybody_could_open_is_short(house: House) -> None:
    link = house.files.link(LIST)
    house.now += SHORT_LINK_LASTS + timedelta(seconds=1)
    assert (await house.get(link))[0] == 404


@pytest.mark.parametrize("attachment", [LETTER, LIST])
async def test_a_link_of_the_chat_page_is_its_visitors(
    house: House, attachment: Attachment
) -> None:
    mine, other = "m" * 43, "o" * 43
    for each in (mine, other):
        house.knows(each)
    link = house.files.link(attachment, _address(mine))
    assert (await house.get(link, mine))[0] == 200
    assert (await house.get(link, other))[0] == 404
    assert (await house.get(link))[0] == 404
    house.now += LINK_LASTS
    assert (await house.get(link, mine))[0] == 200


async def test_a_link_ends_when_its_visitor_is_signed_out(house: House) -> None:
    mine = "m" * 43
    house.knows(mine)
    house.now += timedelta(minutes=1)
    link = house.files.link(LETTER, _address(mine))
    assert (await house.get(link, mine))[0] == 200
    house.forgets(mine)
    assert (await house.get(link, mine))[0] == 404
    # Somebody else begins anew in the same browser.
    house.now += timedelta(minutes=1)
    house.knows(mine)
    assert (await house.get(link, mine))[0] == 404
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
            assert answer.status == 404
        async with http.get(address, headers={"Range": "bytes=0-2"}) as answer:
            assert answer.status == 404


def _address(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
