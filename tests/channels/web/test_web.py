"""The web chat by its protocol: a real server, a real client."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.channels import Sent
from bot.channels.web import words
from bot.channels.web.channel import PAGE, Web
from bot.conversation.messages import Message
from models.rules.languages import Translated
from models.rules.sending.buckets import Buckets
from models.store import StoreDown
from tests.channels.web.tiny_station import OFFER, TinyStation, serving

BROWSER = {"Sec-Fetch-Site": "same-origin"}


class Tab:
    """A program that talks to the chat as the page does."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._named = 0
        self._streams: list[Stream] = []

    async def closes(self) -> None:
        for stream in self._streams:
            stream.response.close()
        await self.session.close()

    async def opens(self, path: str = "/chat") -> aiohttp.ClientResponse:
        async with self.session.get(self.origin + path) as response:
            await response.read()
            return response

    async def posts(
        self, body: Any, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        sent = {"Content-Type": "application/json", **BROWSER, **(headers or {})}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"{self.origin}/chat/messages"
        async with self.session.post(url, data=data, headers=sent) as response:
            assert response.status == status, await response.text()
            answer: dict[str, Any] = await response.json()
            return {**answer, "retry": response.headers.get("Retry-After")}

    async def says(self, text: str, id: str = "", **more: str) -> Any:
        self._named += 1
        answer = await self.posts({"id": id or f"message-{self._named}", "text": text, **more})
        return answer["reply"]

    async def listens(self, after: int = 0, headers: dict[str, str] | None = None) -> "Stream":
        url = f"{self.origin}/chat/stream?after={after}"
        self._streams.append(Stream(await self.session.get(url, headers=headers)))
        return self._streams[-1]


class Stream:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def hears(self) -> tuple[int, Any]:
        """The next delivery and its place; comments are passed over."""
        place = 0
        while True:
            line = (await asyncio.wait_for(self.response.content.readline(), 5)).decode()
            assert line, "the stream has ended"
            if line.startswith("id: "):
                place = int(line[4:])
            elif line.startswith("data: "):
                return place, json.loads(line[6:])

    async def hears_a_comment(self) -> None:
        while True:
            line = await asyncio.wait_for(self.response.content.readline(), 5)
            assert line, "the stream has ended"
            if line.startswith(b":"):
                return


@pytest.fixture
def station() -> TinyStation:
    return TinyStation()


@pytest.fixture
def web(station: TinyStation) -> Web:
    return station.web(look_every=60)


@pytest.fixture
async def origin(station: TinyStation, web: Web) -> AsyncIterator[str]:
    async with serving(station, web) as served:
        yield served


@pytest.fixture
async def tab(origin: str) -> AsyncIterator[Tab]:
    opened = Tab(origin)
    yield opened
    await opened.closes()


# The page


async def test_the_page_comes_with_its_guards_and_a_cookie_no_script_can_read(tab: Tab) -> None:
    response = await tab.opens()
    assert response.status == 200
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    cookie = response.headers["Set-Cookie"]
    assert re.match(r"chat=[A-Za-z0-9_-]{43};", cookie)
    assert {"HttpOnly", "SameSite=lax", "Max-Age=31536000"} < set(cookie.split("; "))


async def test_over_tls_the_cookie_belongs_to_this_host_alone(station: TinyStation) -> None:
    async with serving(station, station.web(secure_cookies=True)) as origin:
        tab = Tab(origin)
        cookie = (await tab.opens()).headers["Set-Cookie"]
        await tab.closes()
    assert cookie.startswith("__Host-chat=")
    assert {"Secure", "Path=/"} < set(cookie.split("; "))


async def test_the_files_of_the_page_are_kept_for_good_under_names_that_change(tab: Tab) -> None:
    async with tab.session.get(f"{tab.origin}/chat") as response:
        page = await response.text()
    named = re.findall(r'"(/chat/static/[\w.]+\?v=[0-9a-f]{16})"', page)
    assert len(named) == 9
    for path in named:
        response = await tab.opens(path)
        assert "immutable" in response.headers["Cache-Control"]
        again = {"If-None-Match": response.headers["ETag"]}
        async with tab.session.get(tab.origin + path, headers=again) as second:
            assert second.status == 304
    assert (await tab.opens("/chat/static/chat.js")).headers["Cache-Control"] == "no-cache"
    assert (await tab.opens("/chat/static/index.html")).status == 404
    assert (await tab.opens("/chat/static/..%2fweb.py")).status == 404


def test_the_page_weighs_less_than_60_kb_and_names_no_foreign_host() -> None:
    files = [path for path in PAGE.iterdir() if path.is_file()]
    weight = sum(path.stat().st_size for path in files) + len(words.script(words.CALLED))
    assert weight < 60_000
    foreign = re.compile(r"https?://(?!www\.w3\.org/2000/svg)[a-z0-9]")
    assert [path.name for path in files if foreign.search(path.read_text())] == []


# Messages


async def test_a_message_gets_its_answer(tab: Tab, station: TinyStation) -> None:
    await tab.opens()
    reply = await tab.says("/start", language="zh")
    assert reply["text"].startswith("这里是创思驿站")
    assert reply["buttons"][0] == {"label": "同意", "data": "consent", "url": ""}
    assert (reply["edit"], reply["forget"], reply["file"]) == (False, False, None)
    assert reply["language"] == "zh"
    heard = station.heard[0]
    assert (heard.account, heard.text, heard.language) == ("web.chat", "/start", "zh")
    assert re.fullmatch("[0-9a-f]{64}", heard.address)
    assert heard.key == f"{heard.address[:16]}:message-1"


async def test_the_station_never_sees_the_cookie(tab: Tab, station: TinyStation) -> None:
    cookie = (await tab.opens()).cookies["chat"].value
    await tab.says("你好")
    assert cookie not in repr(station.heard)


async def test_a_visitor_keeps_the_address_and_another_has_another(
    tab: Tab, origin: str, station: TinyStation
) -> None:
    await tab.says("一")
    await tab.says("二")
    other = Tab(origin)
    await other.says("三")
    await other.closes()
    first, second, third = (heard.address for heard in station.heard)
    assert first == second != third


async def test_a_made_up_cookie_is_replaced(tab: Tab, station: TinyStation) -> None:
    tab.session.cookie_jar.update_cookies({"chat": "0"})
    response = await tab.opens()
    assert len(response.cookies["chat"].value) == 43


async def test_a_message_sent_twice_is_heard_once(tab: Tab, station: TinyStation) -> None:
    first = await tab.says("报名 1", id="the-same-one")
    second = await tab.says("报名 1", id="the-same-one")
    assert first == second
    assert len(station.signed_up) == 1


async def test_presses_and_links_arrive_as_what_they_are(tab: Tab, station: TinyStation) -> None:
    await tab.posts({"id": "press-001", "press": "event.1"})
    await tab.posts({"id": "link-0001", "link": "e12", "language": "en"})
    press, link = station.heard
    assert (press.press, press.text, press.link) == ("event.1", "", "")
    assert (link.link, link.text, link.press, link.language) == ("e12", "", "", "en")


async def test_no_answer_is_an_answer(tab: Tab) -> None:
    assert await tab.says("嗯") is None


async def test_control_characters_are_dropped_and_lines_kept(
    tab: Tab, station: TinyStation
) -> None:
    await tab.says("一\x00行\r\n两\x1b行")
    assert station.heard[0].text == "一行\n两行"


async def test_a_file_is_a_card_with_its_size_and_a_link_on_this_host(tab: Tab) -> None:
    file = (await tab.says("报名 1"))["file"]
    assert (file["name"], file["media_type"]) == ("企业体验游.ics", "text/calendar")
    assert file["url"] == "/files/calendar"
    async with tab.session.get(tab.origin + file["url"]) as response:
        assert len(await response.read()) == file["size"]


async def test_a_file_that_cannot_be_made_does_not_take_its_message_along(tab: Tab) -> None:
    reply = await tab.says("名单")
    assert reply["text"] == "名单在这里。"
    assert "size" not in reply["file"]


# Guards

GOOD = {"id": "message-x", "text": "你好"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"id": "message-x", "text": "\\ud800"}',
        {"text": "no id"},
        {"id": "short", "text": "x"},
        {"id": "x" * 65, "text": "x"},
        {"id": "message x", "text": "x"},
        {"id": 12345678, "text": "x"},
        {"id": "message-x"},
        {"id": "message-x", "text": "x", "press": "y"},
        {"id": "message-x", "text": ""},
        {"id": "message-x", "text": " \n\x00 "},
        {"id": "message-x", "text": None},
        {"id": "message-x", "text": ["x"]},
        {"id": "message-x", "text": "长" * 4001},
        {"id": "message-x", "press": ""},
        {"id": "message-x", "press": "x" * 65},
        {"id": "message-x", "press": "长" * 22},
        {"id": "message-x", "press": "a\x00b"},
        {"id": "message-x", "link": "e 12"},
        {"id": "message-x", "link": "x" * 65},
        {"id": "message-x", "text": "x", "language": "fr"},
        {"id": "message-x", "text": "x", "language": ["zh"]},
    ],
)
async def test_what_is_malformed_is_refused_and_changes_nothing(
    tab: Tab, station: TinyStation, body: Any
) -> None:
    await tab.posts(body, status=400)
    assert station.heard == []


async def test_four_thousand_characters_are_heard(tab: Tab, station: TinyStation) -> None:
    await tab.says("长" * 4000)
    assert len(station.heard[0].text) == 4000


async def test_a_body_over_the_limit_is_refused(tab: Tab, station: TinyStation) -> None:
    await tab.posts({**GOOD, "more": "x" * 33_000}, status=413)
    assert station.heard == []


async def test_only_json_is_taken(tab: Tab, station: TinyStation) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        await tab.posts(GOOD, status=415, headers={"Content-Type": kind})
    assert station.heard == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://[malformed"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_sites_page_cannot_speak_for_a_visitor(
    tab: Tab, station: TinyStation, headers: dict[str, str]
) -> None:
    await tab.posts(GOOD, status=403, headers=headers)
    stream = await tab.listens(headers=headers)
    assert stream.response.status == 403
    assert station.heard == []


async def test_the_page_itself_may_speak_directly_or_behind_a_proxy(
    tab: Tab, station: TinyStation
) -> None:
    await tab.posts(GOOD, headers={"Origin": tab.origin})
    public = {"Origin": "https://station.example.org"}
    await tab.posts({**GOOD, "id": "message-y"}, headers=public)
    assert len(station.heard) == 2


async def test_when_the_store_is_down_the_page_is_asked_to_try_again(
    tab: Tab, station: TinyStation
) -> None:
    station.down = True
    answer = await tab.posts(GOOD, status=503)
    assert int(answer["retry"]) >= 1
    station.down = False
    assert (await tab.posts(GOOD))["reply"]["text"] == "没太明白：你好"


async def test_one_visitor_who_floods_waits_and_others_do_not(station: TinyStation) -> None:
    now = 100.0
    limits = Buckets(per_second=0.5, burst=2)
    async with serving(station, station.web(per_address=limits, clock=lambda: now)) as origin:
        eager, calm = Tab(origin), Tab(origin)
        await eager.says("一")
        await eager.says("二")
        answer = await eager.posts({"id": "message-3", "text": "三"}, status=429)
        assert answer["retry"] == "2"
        await calm.says("一")
        now = 102.0
        await eager.says("三")
        for tab in (eager, calm):
            await tab.closes()
    assert len(station.heard) == 4


async def test_one_client_cannot_flood_under_many_names(station: TinyStation) -> None:
    limits = Buckets(per_second=1, burst=3)
    async with serving(station, station.web(per_client=limits, clock=lambda: 7.0)) as origin:
        for _ in range(3):
            tab = Tab(origin)
            await tab.says("你好")
            await tab.closes()
        tab = Tab(origin)
        await tab.posts(GOOD, status=429)
        assert (await tab.listens()).response.status == 429
        await tab.closes()


def test_a_bucket_fills_again_and_the_memory_of_buckets_is_bounded() -> None:
    buckets = Buckets(per_second=2, burst=1, keep=2)
    assert buckets.wait("a", 0) == 0
    assert buckets.wait("a", 0) == 0.5
    assert buckets.wait("a", 0.25) == 0.25
    assert buckets.wait("a", 0.5) == 0
    assert buckets.wait("a", 0.4) == 0.5
    assert buckets.wait("b", 1) == buckets.wait("c", 1) == 0
    assert buckets.wait("c", 1) == 0.5
    assert buckets.wait("a", 0.5) == 0, "the one used longest ago is forgotten"


# What comes later


async def test_a_delivery_shows_on_an_open_page_when_it_is_announced(
    tab: Tab, station: TinyStation, web: Web
) -> None:
    await tab.says("你好")
    address = station.heard[0].address
    stream = await tab.listens()
    assert stream.response.headers["Content-Type"].startswith("text/event-stream")
    assert stream.response.headers["Cache-Control"] == "no-store"
    assert await web.send(address, OFFER) == Sent()
    place = station.deliver(address, OFFER)
    web.announce(address)
    heard_place, message = await stream.hears()
    assert heard_place == place
    assert message["text"] == OFFER.text
    assert [button["label"] for button in message["buttons"]] == ["要", "不要了"]


async def test_without_an_announcement_the_page_looks_for_itself(station: TinyStation) -> None:
    async with serving(station, station.web(look_every=0.02)) as origin:
        tab = Tab(origin)
        await tab.says("你好")
        stream = await tab.listens()
        station.deliver(station.heard[0].address, OFFER)
        assert (await stream.hears())[1]["text"] == OFFER.text
        await tab.closes()


async def test_a_page_that_was_away_is_told_everything_it_missed_once(
    tab: Tab, station: TinyStation, web: Web
) -> None:
    await tab.says("你好")
    address = station.heard[0].address
    for number in range(1, 9):
        station.deliver(address, Message(f"通知 {number}"))
        station.deliver("somebody else", Message("不是给你的"))
    stream = await tab.listens(after=3)
    heard = [await stream.hears() for _ in range(6)]
    assert [message["text"] for _, message in heard] == [f"通知 {n}" for n in range(3, 9)]
    stream.response.close()
    again = await tab.listens(after=3, headers={"Last-Event-ID": str(heard[-1][0])})
    last = station.deliver(address, Message("新的"))
    web.announce(address)
    assert (await again.hears())[0] == last


async def test_messages_finished_in_one_moment_are_told_apart_and_none_is_lost(
    station: TinyStation, tab: Tab
) -> None:
    await tab.says("你好")
    address = station.heard[0].address
    station.deliver(address, Message("一"))
    station.deliver(address, Message("二"))
    station.finish_together()
    stream = await tab.listens()
    (first_place, first), (second_place, second) = [await stream.hears() for _ in range(2)]
    assert (first["text"], second["text"]) == ("一", "二")
    assert first["name"] != second["name"]
    assert first_place == 0, "a page that goes away now begins at the first again"
    assert second_place == 2
    again = await tab.listens()
    assert (await again.hears())[1] == first


async def test_the_page_bears_the_stations_own_name(station: TinyStation) -> None:
    web = station.web(called=Translated("<南海>驿站", {"en": 'The "Nanhai"'}))
    async with serving(station, web) as origin:
        tab = Tab(origin)
        async with tab.session.get(f"{origin}/chat") as response:
            page = await response.text()
        async with tab.session.get(f"{origin}/chat/static/languages.js") as response:
            languages = await response.text()
        await tab.closes()
    assert "<title>&lt;南海&gt;驿站</title>" in page
    assert r'"name":"The \"Nanhai\""' in languages
    assert "创思驿站" not in page + languages


async def test_every_open_page_of_a_visitor_hears(tab: Tab, station: TinyStation, web: Web) -> None:
    await tab.says("你好")
    address = station.heard[0].address
    streams = [await tab.listens() for _ in range(2)]
    station.deliver(address, OFFER)
    web.announce(address)
    for stream in streams:
        assert (await stream.hears())[1]["text"] == OFFER.text


async def test_a_visitor_cannot_open_pages_without_end(tab: Tab) -> None:
    await tab.opens()
    streams = [await tab.listens() for _ in range(11)]
    assert [stream.response.status for stream in streams] == [200] * 10 + [429]


async def test_a_silent_stream_is_kept_alive(station: TinyStation) -> None:
    times = iter(range(0, 10_000, 25))
    web = station.web(look_every=0.01, clock=lambda: float(next(times)))
    async with serving(station, web) as origin:
        tab = Tab(origin)
        await (await tab.listens()).hears_a_comment()
        await tab.closes()


async def test_a_store_that_is_down_for_a_while_does_not_end_a_stream(
    station: TinyStation,
) -> None:
    async with serving(station, station.web(look_every=0.01)) as origin:
        tab = Tab(origin)
        await tab.says("你好")
        station.down = True
        with pytest.raises(StoreDown):
            await station.missed("", 0)
        stream = await tab.listens()
        station.deliver(station.heard[0].address, OFFER)
        station.down = False
        assert (await stream.hears())[1]["text"] == OFFER.text
        await tab.closes()


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 17, "٣"])
async def test_a_place_that_is_none_is_refused(tab: Tab, after: str) -> None:
    assert (await tab.opens(f"/chat/stream?after={after}")).status == 400


async def test_streams_end_at_once_when_the_station_closes(
    tab: Tab, web: Web, station: TinyStation
) -> None:
    await tab.opens()
    stream = await tab.listens()
    await stream.response.content.readline()
    await web.stop()
    rest = await asyncio.wait_for(stream.response.content.read(), 2)
    assert b"data:" not in rest
    assert (await tab.listens()).response.status == 503


async def test_a_page_that_closes_makes_room_for_another(tab: Tab) -> None:
    await tab.opens()
    streams = [await tab.listens() for _ in range(10)]
    streams[0].response.close()
    async with asyncio.timeout(5):
        while (await tab.listens()).response.status != 200:
            pass
