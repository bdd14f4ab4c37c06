"""Pictures in and out of every channel."""

from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO

import aiohttp
import pytest
from sqlmodel import Session
from starlette.applications import Starlette

from bot.channels import File
from bot.conversation.incoming import Picture
from bot.conversation.messages import PICTURE, QR, Attachment, Message
from bot.station.files import Files
from models.events import pictures
from models.network import members
from models.rules.events.picturing import LARGEST
from models.store import Store
from tests.channels.telegram import telegram_station
from tests.channels.web.tiny_station import TinyStation, serving
from tests.channels.wechat import wechat_account
from tests.platforms.telegram.server import TelegramServer
from tests.serving import serving as serve

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
JPEG = b"\xff\xd8\xff\xe0" + bytes(200)
NAME = f"12-{'a' * 32}"
SHOWN = Message("羽毛球赛\n周六 15:00", picture=NAME)


class Album(telegram_station.Station):
    """A station that has one picture, and counts how often it was asked for it."""

    made = 0

    async def make_file(self, attachment: Attachment) -> File:
        assert (attachment.maker, attachment.args) == (PICTURE, (NAME,))
        self.made += 1
        return File(attachment.name, "", PNG)


# Telegram


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as started:
        yield started


async def test_a_photo_is_heard_in_its_largest_size_with_what_stands_below_it(
    server: TelegramServer,
) -> None:
    station = telegram_station.Station()
    async with telegram_station.webhook(server, station):
        await server.person().shows(JPEG, "饭堂的灯坏了")
    (heard,) = station.heard
    assert station.pictures == [Picture("image/jpeg", JPEG)]
    assert (heard.text, heard.not_text) == ("饭堂的灯坏了", True)


async def test_a_photo_that_cannot_be_fetched_is_heard_without_itself(
    server: TelegramServer,
) -> None:
    station = telegram_station.Station()
    async with telegram_station.webhook(server, station):
        server.breaks(method="getFile")
        await server.person().shows(JPEG)
        await server.person().shows(b"<svg onload='x()'/>" + bytes(100))
    assert station.pictures == [None, None]
    assert all(each.not_text for each in station.heard)


async def test_a_picture_is_uploaded_once_and_then_named(server: TelegramServer) -> None:
    album = Album(lambda incoming: SHOWN)
    async with telegram_station.webhook(server, album):
        ana, ben = server.person(), server.person()
        await ana.says("活动")
        await ben.says("活动")
    for person in (ana, ben):
        shown = person.screen[-1]
        assert (shown.picture, shown.text) == (True, SHOWN.text)
        assert shown.document is not None
        assert shown.document.content == PNG
    assert album.made == 1


async def test_a_long_text_stands_below_the_picture_by_itself(server: TelegramServer) -> None:
    long = Message("介绍" * 600, picture=NAME)
    async with telegram_station.webhook(server, Album(lambda incoming: long)):
        ana = server.person()
        await ana.says("活动")
    first, second = ana.screen
    assert (first.picture, first.text) == (True, "")
    assert (second.picture, second.text) == (False, long.text)


async def test_what_telegram_takes_for_no_picture_is_said_without_it(
    server: TelegramServer,
) -> None:
    album = Album(lambda incoming: SHOWN)
    async with telegram_station.webhook(server, album):
        server.refuses(400, "Bad Request: IMAGE_PROCESS_FAILED", method="sendPhoto")
        ana = server.person()
        await ana.says("活动")
    assert (ana.screen[-1].picture, ana.sees) == (False, SHOWN.text)


# WeChat


async def test_a_picture_on_wechat_is_fetched_by_its_media_id() -> None:
    async with wechat_account.account() as account:
        await account.server.person("oAna").shows_a_picture(PNG)
    assert account.listener.pictures == [Picture("image/png", PNG)]


async def test_a_picture_that_wechat_does_not_hand_over_is_heard_without_itself() -> None:
    async with wechat_account.account() as account:
        person = account.server.person("oAna")
        await person.shows_a_picture(b"")
        account.server.media.clear()
        await person.shows_a_picture(JPEG + bytes(LARGEST))
    assert account.listener.pictures == [None, None]
    assert all(each.not_text for each in account.listener.heard)


async def test_an_account_without_an_api_hears_that_there_was_a_picture() -> None:
    async with wechat_account.account(verified=False) as account:
        await account.server.person("oAna").shows_a_picture(PNG)
        (heard,) = account.listener.heard
    assert (heard.fetch, heard.not_text) == (None, True)


async def test_a_picture_is_a_link_on_wechat() -> None:
    async with wechat_account.account() as account:
        account.listener.reply = lambda incoming: SHOWN
        answer = await account.server.person("oAna").says("活动")
    link = f'<a href="https://station.example/pictures/{NAME}">看图片</a>'
    assert answer == f"{SHOWN.text}\n\n{link}"


# The web


async def post_picture(
    origin: str, content: bytes, *, id: str = "picture-1", **headers: str
) -> int:
    sent = {"Sec-Fetch-Site": "same-origin", "Content-Type": "image/png", **headers}
    url = f"{origin}/chat/pictures?id={id}&language=zh"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=BytesIO(content), headers=sent) as response,
    ):
        return response.status


async def test_the_page_sends_pictures_and_nothing_else_as_such() -> None:
    station = TinyStation()
    async with serving(station, station.web(look_every=60)) as origin:
        assert await post_picture(origin, PNG) == 200
        assert await post_picture(origin, b"<svg/>", id="picture-2") == 415
        assert await post_picture(origin, PNG + bytes(LARGEST), id="picture-3") == 413
        assert await post_picture(origin, PNG, id="") == 400
        foreign = {"Sec-Fetch-Site": "cross-site"}
        assert await post_picture(origin, PNG, id="picture-4", **foreign) == 403
    assert station.pictures == [Picture("image/png", PNG)]


# As they are kept


async def test_a_kept_picture_is_shown_to_whoever_knows_its_name(
    store: Store, now: datetime
) -> None:
    def keep(session: Session) -> tuple[int, str]:
        ana = members.meet(session, "web.chat", "ana", language="zh", now=now)
        first = pictures.keep(session, PNG, "image/png", ana.id, now)
        assert pictures.keep(session, PNG, "image/png", ana.id, now) == first
        return ana.id, pictures.name(session, first)

    member_id, name = store.write_now(keep)
    files = Files(store, {}, lambda path: f"https://station.example{path}", b"k" * 32, lambda: now)
    app = Starlette(routes=files.routes())
    async with serve(app) as origin, aiohttp.ClientSession() as http:
        async with http.get(f"{origin}/pictures/{name}") as response:
            assert (response.status, await response.read()) == (200, PNG)
            assert response.headers["Content-Type"] == "image/png"
            assert "sandbox" in response.headers["Content-Security-Policy"]
        number = name.partition("-")[0]
        for other in (number, f"{number}-{'0' * 32}", f"9{name}", "x"):
            async with http.get(f"{origin}/pictures/{other}") as response:
                assert response.status == 404, other

        def forget(session: Session) -> None:
            pictures.forget_member(session, member_id)

        store.write_now(forget)
        async with http.get(f"{origin}/pictures/{name}") as response:
            assert response.status == 404


async def test_a_link_of_the_station_is_drawn_as_a_code(store: Store, now: datetime) -> None:
    files = Files(store, {}, lambda path: f"https://station.example{path}", b"k" * 32, lambda: now)
    drawn = await files.make(Attachment("code.png", "image/png", QR, ("/go/web.chat/c1-123456",)))
    assert drawn.content.startswith(b"\x89PNG")
    other = await files.make(Attachment("code.png", "image/png", QR, ("/go/web.chat/c1-123457",)))
    assert drawn.content != other.content


@pytest.mark.parametrize(
    ("account", "leads_to"),
    [
        ("telegram", "https://t.me/nanhai_yizhan_bot?start=c1-123456"),
        ("web", "/chat?start=c1-123456"),
    ],
)
async def test_a_scanned_link_leads_into_the_chat(account: str, leads_to: str) -> None:
    async def open_(url: str) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as http,
            http.get(url, allow_redirects=False) as response,
        ):
            return response.status, response.headers.get("Location", "")

    if account == "web":
        station = TinyStation()
        async with serving(station, station.web(look_every=60)) as origin:
            assert await open_(f"{origin}/go/web.chat/c1-123456") == (307, leads_to)
            assert (await open_(f"{origin}/go/web.chat/a.b"))[0] == 404
    else:
        async with (
            TelegramServer() as server,
            telegram_station.webhook(server, telegram_station.Station()) as (_channel, address),
        ):
            origin = address.partition("/telegram")[0]
            assert await open_(f"{origin}/go/telegram.nanhai/c1-123456") == (307, leads_to)
            assert (await open_(f"{origin}/go/telegram.nanhai/a.b"))[0] == 404
