"""A WeChat Official Account talks with the station."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message as AsgiMessage
from structlog.testing import capture_logs

from bot.channels.tencent.in_text import printable
from bot.channels.tencent.push_channel import MAX_BODY
from bot.channels.wechat.channel import WeChat
from bot.conversation.incoming import Incoming, Window
from bot.conversation.messages import Message, ShownButton, ShownChoice
from models.rules.sending.reach import Route, Way
from models.store import StoreDown
from tests.channels.listener import echo
from tests.channels.services import TUESDAY, services
from tests.channels.wechat.wechat_account import Account, account, made
from tests.platforms.tencent.envelope import seal, signature
from tests.platforms.tencent.server import AES_KEY
from tests.platforms.wechat.server import FAULT

PAYLOADS = Path(__file__).parents[1] / "payloads" / "wechat"
OPENID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
OTHER_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
MSG_ID = "24300000000000042"
AT = "1796090400"
MODES = ("plain", "compatible", "safe")


@pytest.fixture
async def wechat() -> AsyncIterator[Account]:
    """A verified account in plain mode."""
    async with account() as each:
        yield each


async def post(
    each: Account, body: bytes, query: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Push a body as it stands; signed just now unless told otherwise."""
    if query is None:
        query = signed(str(int(each.server.clock().timestamp())))
    async with (
        aiohttp.ClientSession() as http,
        http.post(each.server.callback, params=query, data=body) as response,
    ):
        return response.status, await response.read()


def signed(timestamp: str, token: str = "token", **more: str) -> dict[str, str]:
    nonce = "486452656"
    given = {"timestamp": timestamp, "nonce": nonce}
    return {"signature": signature(token, timestamp, nonce), **given, **more}


def payload(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


# What people do


@pytest.mark.parametrize("push_format", ["xml", "json"])
@pytest.mark.parametrize("mode", MODES)
async def test_a_word_is_answered_in_the_mode_it_came_in(mode: str, push_format: str) -> None:
    async with account(mode=mode, push_format=push_format) as each:
        assert await each.server.person(OPENID).says("你好 <b> & ]]>") == "听到：你好 ＜b> & ]]>"
        assert each.listener.heard[0].text == "你好 <b> & ]]>"


async def test_an_address_is_verified_by_its_echo(wechat: Account) -> None:
    assert await wechat.server.verify()
    wechat.server.token = "somebody else's"
    assert not await wechat.server.verify()


SAID = [
    ("text.xml", {"text": "周末有什么活动"}),
    ("text.json", {"text": "周末有什么活动"}),
    ("text_bizmsgmenu.xml", {"press": "sign-up.12"}),
    ("text_unsupported.xml", {"not_text": True}),
    ("image.xml", {"not_text": True}),
    ("voice.xml", {"not_text": True}),
    ("voice_recognised.xml", {"text": "我要报名", "is_heard": True}),
    ("video.xml", {"not_text": True}),
    ("location.xml", {"not_text": True}),
    ("link.xml", {"not_text": True}),
]
DONE = [
    ("event_subscribe.xml", "subscribe+", {"text": "/start", "returned": True}),
    ("event_subscribe_scene.xml", "subscribe+qrscene_e12", {"link": "e12", "returned": True}),
    ("event_scan.xml", "SCAN+e12", {"link": "e12"}),
    ("event_click.xml", "CLICK+events", {"press": "events"}),
]
CLICK_WINDOW = Window(TUESDAY + timedelta(minutes=1), 3)
WORDS_WINDOW = Window(TUESDAY + timedelta(hours=48), 5)


@pytest.mark.parametrize(("name", "meaning"), SAID)
async def test_what_a_person_says(wechat: Account, name: str, meaning: dict[str, Any]) -> None:
    await post(wechat, payload(name))
    window = CLICK_WINDOW if "press" in meaning else WORDS_WINDOW
    assert wechat.listener.heard == [
        Incoming(
            account="wechat.nanhai",
            address=OPENID,
            key=MSG_ID,
            window=window,
            shows_waiting=True,
            **meaning,
        )
    ]


@pytest.mark.parametrize(("name", "key", "meaning"), DONE)
async def test_what_a_person_does(
    wechat: Account, name: str, key: str, meaning: dict[str, Any]
) -> None:
    await post(wechat, payload(name))
    assert wechat.listener.heard == [
        Incoming(
            account="wechat.nanhai",
            address=OPENID,
            # The key stays in the inbox when the person is erased, so it must not tell who it was.
            key=hashlib.sha256(f"{OPENID}+{AT}+{key}".encode()).hexdigest(),
            window=CLICK_WINDOW,
            shows_waiting=True,
            **meaning,
        )
    ]


async def test_one_who_unfollows_has_left_and_is_told_nothing(wechat: Account) -> None:
    assert await post(wechat, payload("event_unsubscribe.xml")) == (200, b"success")
    [incoming] = wechat.listener.heard
    assert incoming.left
    assert incoming.window is None


@pytest.mark.parametrize("name", ["view", "location"])
async def test_what_the_client_reports_by_itself_does_not_bother_the_station(
    wechat: Account, name: str
) -> None:
    assert await post(wechat, payload(f"event_{name}.xml")) == (200, b"success")
    assert wechat.listener.heard == []


async def test_following_and_scanning_bring_what_the_code_says(wechat: Account) -> None:
    ana = wechat.server.person(OPENID)
    await ana.unfollows()
    assert await ana.scans("e12") == "听到：e12"
    wechat.server.advance(minutes=1)
    assert await ana.scans("e13") == "听到：e13"
    assert [each.link for each in wechat.listener.heard] == ["", "e12", "e13"]


async def test_silence_is_an_answer(wechat: Account) -> None:
    wechat.listener.reply = lambda _: None
    assert await wechat.server.person(OPENID).says("你好") == ""
    assert wechat.server.tries == 1


# Buttons


async def test_a_tap_on_a_link_presses_its_button(wechat: Account) -> None:
    wechat.listener.reply = lambda heard: Message(
        f"按了：{heard.press}",
        choices=(ShownChoice(1, "桂城", "town.1"),),
        buttons=(ShownButton('报名 "&', "sign-up.12.a%2Eb c"),),
    )
    ana = wechat.server.person(OPENID)
    await ana.says("你好")
    assert "按了：sign-up.12.a%2Eb c" in await ana.presses("报名 ＂＆")
    assert "按了：town.1" in await ana.presses("桂城")


async def test_a_test_account_is_told_the_words_of_a_link_alone(wechat: Account) -> None:
    wechat.server.verified = False
    wechat.listener.reply = lambda heard: Message(
        f"听到：{heard.text}", choices=(ShownChoice(1, "Excel 入门", "event.7"),)
    )
    ana = wechat.server.person(OPENID)
    await ana.says("你好")
    assert " " not in ana.screen[0].partition('href="')[2].partition('"')[0]
    assert "听到：1 Excel 入门" in await ana.presses("Excel 入门")


async def test_a_path_of_the_station_is_opened(wechat: Account) -> None:
    wechat.listener.reply = lambda _: Message("日历", buttons=(ShownButton("打开", url="/c.ics"),))
    ana = wechat.server.person(OPENID)
    await ana.says("日历")
    assert ana.opens("打开") == "https://station.example/c.ics"


async def test_an_unverified_account_shows_numbers_and_words_to_type() -> None:
    async with account(verified=False) as each:
        each.listener.reply = lambda heard: Message(
            f"打了：{heard.text}",
            choices=(ShownChoice(1, "桂城", "town.1"),),
            buttons=(ShownButton("跳过", "skip"), ShownButton("细则", "details")),
        )
        ana = each.server.person(OPENID)
        assert await ana.says("你好") == "打了：你好\n\n1 桂城\n回复：跳过 / 细则"
        assert "打了：1" in await ana.presses("桂城")
        assert "打了：细则" in await ana.presses("细则")
        assert each.listener.heard[0].window is None


# Who may speak


FORGED = {
    "nothing": {},
    "no signature": {"timestamp": AT, "nonce": "1"},
    "another token": signed(AT, token="guessed"),
    "letters that are not ASCII": {**signed(AT), "signature": "签名"},
    "six minutes old": signed(str(int(AT) - 361)),
    "six minutes ahead": signed(str(int(AT) + 361)),
    "a time that is none": signed("soon"),
    "a time of other digits": signed("１７９６０９０４００"),
}


@pytest.mark.parametrize("query", FORGED.values(), ids=FORGED.keys())
async def test_who_cannot_sign_is_not_heard(wechat: Account, query: dict[str, str]) -> None:
    assert await post(wechat, payload("text.xml"), query) == (403, b"")
    assert await post(wechat, b"<not even", query) == (403, b"")
    assert wechat.listener.heard == []


async def test_a_push_that_repeats_its_timestamp_is_still_fresh(wechat: Account) -> None:
    query = signed(AT)
    first = await post(wechat, payload("text.xml"), query)
    wechat.server.advance(seconds=10)
    again = await post(wechat, payload("text.xml"), query)
    assert (first[0], again[0]) == (200, 200)
    assert len(wechat.listener.heard) == 1


async def test_an_account_with_a_key_takes_no_plain_push() -> None:
    async with account(mode="safe") as each:
        assert await post(each, payload("text.xml")) == (403, b"")
        assert each.listener.heard == []


async def test_a_body_changed_on_its_way_is_forged() -> None:
    async with account(mode="safe") as each:
        sealing = each.server.sealing()
        fields = each.server.addressed(each.server.person(OPENID), {"MsgType": "text"})
        query, _ = sealing.push({**fields, "Content": "一", "MsgId": 1}, int(AT))
        _, other = sealing.push({**fields, "Content": "二", "MsgId": 2}, int(AT))
        assert await post(each, other, query) == (403, b"")
        assert each.listener.heard == []


async def test_words_shaped_like_a_cipher_do_not_hide_the_true_one() -> None:
    async with account(mode="compatible") as each:
        ana = each.server.person(OPENID)
        said = "<Encrypt>AAAA</Encrypt>"
        assert await ana.says(said) != FAULT
        assert each.listener.heard[0].text == said


async def test_without_a_key_the_plain_half_of_the_compatible_mode_is_read() -> None:
    async with account(mode="compatible", encoding_aes_key="") as each:
        assert await each.server.person(OPENID).says("你好") == "听到：你好"


async def test_while_the_key_is_changed_both_keys_are_understood() -> None:
    async with account(mode="safe", encoding_aes_key=OTHER_KEY, previous_aes_key=AES_KEY) as each:
        ana = each.server.person(OPENID)
        assert await ana.says("旧") == "听到：旧"
        each.server.encoding_aes_key = OTHER_KEY
        assert await ana.says("新") == "听到：新"


UNFIT = {
    "a plain push and a key": (
        "plain",
        {"encoding_aes_key": AES_KEY},
        "",
        "encoding_aes_key is set",
    ),
    "a sealed push and no key": ("safe", {"encoding_aes_key": ""}, "", "encoding_aes_key is empty"),
    "another key": ("safe", {}, OTHER_KEY, "cannot be decrypted"),
}


@pytest.mark.parametrize("push_format", ["xml", "json"])
@pytest.mark.parametrize(("mode", "settings", "key", "reason"), UNFIT.values(), ids=UNFIT.keys())
async def test_a_push_that_does_not_fit_the_settings_is_told_once_until_one_fits(
    mode: str, settings: dict[str, Any], key: str, reason: str, push_format: str
) -> None:
    async with account(mode=mode, push_format=push_format, **settings) as each:
        ana, own_key = each.server.person(OPENID), each.server.encoding_aes_key
        each.server.encoding_aes_key = key or own_key
        with capture_logs() as logged:
            assert await ana.says("你好") == FAULT
            assert await ana.says("你好") == FAULT
        assert reason in each.channel.problem
        assert [(line["event"], line["log_level"]) for line in logged] == [
            ("pushes refused", "error")
        ]
        assert each.listener.heard == []
        # What nobody signed changes nothing in what is known.
        each.server.mode, each.server.encoding_aes_key = "compatible", own_key
        await post(each, b"<xml></xml>", {})
        assert reason in each.channel.problem
        assert await ana.says("你好") == "听到：你好"
        assert each.channel.problem == ""


async def test_what_is_signed_but_not_fresh_says_to_check_the_clock(wechat: Account) -> None:
    await post(wechat, payload("text.xml"), signed(str(int(AT) - 361), token="guessed"))
    assert wechat.channel.problem == ""
    with capture_logs() as logged:
        for _ in range(3):
            await post(wechat, payload("text.xml"), signed(str(int(AT) - 361)))
    assert "check the clock" in wechat.channel.problem
    assert len(logged) == 1
    await post(wechat, payload("text.xml"))
    assert wechat.channel.problem == ""


FORBIDDEN = "\x00\x02\x08\x0b\x1d\ufffe\uffff"
PIECES = (
    *("]]>", "]]", "<![CDATA[", "]]></Content>", "<Content><![CDATA[", "<xml>", "&", "活动"),
    "]]></Content><FromUserName><![CDATA[o-another]]></FromUserName>",
    *FORBIDDEN,
)
WRITTEN = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.lists(
        st.sampled_from(PIECES),
        max_size=8,
    ).map("".join),
)


@settings(max_examples=300, deadline=None)
@given(written=WRITTEN, is_sealed=st.booleans())
@example(written="活动]]>" + FORBIDDEN, is_sealed=False)
@example(written="<xml><Content><![CDATA[a]]></Content></xml>", is_sealed=True)
def test_whatever_people_write_is_read_as_theirs(written: str, is_sealed: bool) -> None:
    heard: list[Incoming] = []

    async def hear(incoming: Incoming) -> None:
        heard.append(incoming)

    # WeChat escapes nothing in what it puts into CDATA.
    body = payload("text.xml").decode().replace("周末有什么活动", written)
    query = signed(AT)
    if is_sealed:
        cipher = seal(body, AES_KEY, "wx0123456789abcdef")
        query = signed(AT, msg_signature=signature("token", AT, "486452656", cipher))
        body = f"<xml><Encrypt>{cipher}</Encrypt></xml>"
    channel = made(serves=services(listen=hear), encoding_aes_key=AES_KEY if is_sealed else "")
    assert asyncio.run(pushed(channel, body.encode(), query)) == 200
    assert {each.address for each in heard} <= {OPENID}
    if "<" not in written:
        [incoming] = heard
        said = printable(written).replace("\r\n", "\n").replace("\r", "\n")
        assert incoming.text == said.replace("\xa0", " ").strip()


async def test_following_by_a_code_of_nothing_is_welcomed(wechat: Account) -> None:
    body = payload("event_subscribe_scene.xml").replace(b"qrscene_e12", b"qrscene_")
    await post(wechat, body)
    assert wechat.listener.heard[0].text == "/start"


def test_a_key_of_the_wrong_length_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="43"):
        made(encoding_aes_key="short")


# What is malformed


MALFORMED = {
    "nothing": b"",
    "no XML": b"hello",
    "unfinished": b"<xml><MsgType>",
    "another root": b"<html></html>",
    "no fields": b"<xml></xml>",
    "no type": b"<xml><ToUserName>g</ToUserName><FromUserName>o</FromUserName></xml>",
    "two types": payload("text.xml").replace(b"</xml>", b"<MsgType>event</MsgType></xml>"),
    "no sender": payload("text.xml").replace(b"FromUserName", b"Sender"),
    "a sender without end": payload("text.xml").replace(OPENID.encode(), b"o" * 65),
    "an event without a name": payload("event_click.xml").replace(b"Event>", b"Happening>"),
    "an event without a time": payload("event_click.xml").replace(b"CreateTime", b"Time"),
    "entities": b'<!DOCTYPE x [<!ENTITY a "b">]>' + payload("text.xml"),
    "a file of the server": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml>&a;</xml>',
    "a list": b"[1]",
    "unfinished JSON": b'{"MsgType": ',
    "half a letter": payload("text.json").replace("周末".encode(), rb"\ud800"),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_is_malformed_is_acknowledged_and_changes_nothing(
    wechat: Account, body: bytes
) -> None:
    with capture_logs() as logged:
        assert await post(wechat, body) == (200, b"success")
    assert [each["event"] for each in logged] == ["push not read"]
    assert wechat.listener.heard == []


async def test_a_body_that_is_too_long_is_refused(wechat: Account) -> None:
    assert (await post(wechat, b"<xml>" + b" " * MAX_BODY))[0] == 413


async def test_characters_a_database_cannot_hold_are_left_out(wechat: Account) -> None:
    await post(wechat, payload("text.json").replace("周末".encode(), rb"\u0000\u0007"))
    assert wechat.listener.heard[0].text == "有什么活动"


async def pushed(channel: WeChat, body: bytes, query: Mapping[str, str]) -> int:
    """Push without a network, for the many pushes of a property."""

    async def receive() -> AsgiMessage:
        return {"type": "http.request", "body": body, "more_body": False}

    answers: list[AsgiMessage] = []

    async def send(message: AsgiMessage) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/wechat/nanhai",
        "query_string": urlencode(query).encode(),
        "headers": [],
    }
    callback = channel.routes()[1]
    await callback.handle(Request(scope).scope, receive, send)
    return int(answers[0]["status"])


def cut_about(body: bytes) -> st.SearchStrategy[bytes]:
    """A true body with a piece of junk in the place of a piece of it."""
    places = st.integers(0, len(body))
    return st.builds(
        lambda start, end, junk: body[: min(start, end)] + junk + body[max(start, end) :],
        places,
        places,
        st.binary(max_size=40),
    )


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        cut_about(payload("text.xml")),
        cut_about(payload("text.json")),
        cut_about(payload("event_subscribe_msg_popup.xml")),
    )
)
def test_junk_with_a_good_signature_is_never_the_servers_fault(body: bytes) -> None:
    assert asyncio.run(pushed(made(), body, signed(AT))) == 200


@settings(max_examples=200, deadline=None)
@given(cipher=st.one_of(st.binary(max_size=200), cut_about(AES_KEY.encode() * 3)))
def test_sealed_junk_with_a_good_signature_is_never_the_servers_fault(cipher: bytes) -> None:
    said = cipher.hex()
    query = signed(AT, msg_signature=signature("token", AT, "486452656", said))
    body = f"<xml><Encrypt>{said}</Encrypt></xml>".encode()
    channel = made(encoding_aes_key=AES_KEY)
    assert asyncio.run(pushed(channel, body, query)) == 403


@settings(max_examples=200, deadline=None)
@given(said=st.one_of(cut_about(payload("text.xml")), cut_about(payload("text.json"))))
def test_junk_inside_a_good_seal_is_never_the_servers_fault(said: bytes) -> None:
    cipher = seal(said.decode(errors="replace"), AES_KEY, "wx0123456789abcdef")
    query = signed(AT, msg_signature=signature("token", AT, "486452656", cipher))
    body = f"<xml><Encrypt>{cipher}</Encrypt></xml>".encode()
    assert asyncio.run(pushed(made(encoding_aes_key=AES_KEY), body, query)) == 200


def test_a_tower_of_elements_does_not_topple_the_server() -> None:
    tower = b"<xml>" + b"<a>" * 9000 + b"</a>" * 9000 + b"</xml>"
    assert asyncio.run(pushed(made(), tower[:MAX_BODY], signed(AT))) == 200
    brackets = b'{"a":' * 10000
    assert asyncio.run(pushed(made(), brackets, signed(AT))) == 200


def test_an_account_without_a_token_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="token"):
        made(token="")


async def test_an_answer_cannot_break_out_of_its_element(wechat: Account) -> None:
    hostile = "hi]]></Content><MsgType>image</MsgType><Content><![CDATA["
    wechat.listener.reply = lambda _: Message(hostile + "\x00\ud800")
    shown = await wechat.server.person(OPENID).says("你好")
    assert shown == hostile.replace("<", "＜").replace("＜![", "＜![")


# Repeats, slowness and failures


async def test_a_push_repeated_while_the_first_still_runs_gets_the_same_answer(
    wechat: Account,
) -> None:
    wechat.listener.gate.clear()
    pushes = [asyncio.create_task(post(wechat, payload("text.xml"))) for _ in range(2)]
    await wechat.listener.came.wait()
    wechat.listener.gate.set()
    first, second = await asyncio.gather(*pushes)
    assert first == second
    assert "听到：周末有什么活动".encode() in first[1]
    assert len(wechat.listener.heard) == 1


async def test_two_things_done_in_one_second_are_two(wechat: Account) -> None:
    wechat.server.menu = [
        {"type": "click", "name": "活动", "key": "events"},
        {"type": "click", "name": "我的", "key": "mine"},
    ]
    ana = wechat.server.person(OPENID)
    assert await ana.presses("活动") == "听到：events"
    assert await ana.presses("我的") == "听到：mine"
    assert len(wechat.listener.heard) == 2


async def test_a_slow_station_is_asked_again_and_its_answer_is_not_lost() -> None:
    async with account(second=0.1, answer_within=0.3) as each:
        each.listener.gate.clear()
        ana = each.server.person(OPENID)
        each.server.on_try = lambda nth: each.listener.gate.set() if nth == 2 else None
        assert await ana.says("你好") == "听到：你好"
        assert each.server.tries == 2
        assert len(each.listener.heard) == 1


async def test_an_answer_too_late_for_every_push_goes_by_customer_service() -> None:
    spent: list[tuple[str, Way]] = []

    async def note(to: str, way: Way) -> None:
        spent.append((to, way))

    async with account(second=0.1, answer_within=0.3, spend=note) as each:
        each.listener.gate.clear()
        ana = each.server.person(OPENID)
        assert await ana.says("你好") == ""
        assert each.server.tries == 3
        each.listener.gate.set()
        await each.channel.stop()
        assert ana.screen == ["听到：你好"]
        assert len(each.listener.heard) == 1
        # It takes one of the messages that the window allows.
        assert spent == [(OPENID, Way(Route.CUSTOMER_SERVICE, spends=1))]


async def test_an_unverified_account_says_that_it_is_still_at_it() -> None:
    async with account(second=0.1, answer_within=0.3, verified=False) as each:
        each.listener.gate.clear()
        assert "还在办" in await each.server.person(OPENID).says("你好")


async def test_a_store_that_is_away_for_a_moment_costs_no_second_push(wechat: Account) -> None:
    outcomes = iter([StoreDown("no"), StoreDown("no")])
    wechat.listener.reply = lambda heard: next(outcomes, None) or echo(heard)
    assert await wechat.server.person(OPENID).says("你好") == "听到：你好"
    assert wechat.server.tries == 1


@pytest.mark.parametrize(("back_at", "shown"), [(2, "听到：你好"), (3, "听到：你好"), (4, FAULT)])
async def test_a_store_that_is_away_is_waited_for_while_wechat_waits(
    back_at: int, shown: str
) -> None:
    async with account(second=0.1, answer_within=0.45) as each:

        def back(nth: int) -> None:
            each.listener.down = nth < back_at

        each.server.on_try = back
        assert await each.server.person(OPENID).says("你好") == shown
        assert each.server.tries == min(back_at, 3)
        assert len(each.listener.heard) == (back_at <= 3)


async def test_a_long_answer_is_shortened_to_what_wechat_takes(wechat: Account) -> None:
    wechat.listener.reply = lambda _: Message(
        "这里有一句话。\n" * 200, buttons=(ShownButton("知道了", "ok"),)
    )
    ana = wechat.server.person(OPENID)
    shown = await ana.says("全部")
    assert shown != FAULT
    assert "…（太长了" in shown
    await ana.presses("知道了")
    assert wechat.listener.heard[-1].press == "ok"
