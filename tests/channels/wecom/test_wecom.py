"""An app on WeCom talks with the station."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message as AsgiMessage

from bot.channels.tencent.push_channel import MAX_BODY
from bot.channels.wecom.channel import WeCom
from bot.channels.wecom.updates import payload_in
from bot.conversation.incoming import Incoming, Picture
from bot.conversation.messages import Attachment, Message, ShownButton, ShownChoice
from models.store import StoreDown
from tests.channels.listener import echo
from tests.channels.services import TUESDAY, services
from tests.channels.wecom.wecom_app import App, app, made
from tests.platforms.tencent.envelope import seal, signature
from tests.platforms.tencent.server import AES_KEY
from tests.platforms.wecom.server import SEND, UPDATE_CARD, Fields

ZHANG = "ZhangSan"
OTHER_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
CORP = "ww0123456789abcdef"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
MENU = (("我", (("资料", "profile"), ("帮助", "help"))),)


@pytest.fixture
async def wecom() -> AsyncIterator[App]:
    async with app() as each:
        yield each


async def post(each: App, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(each.server.callback, params=query, data=body) as response,
    ):
        return response.status, await response.read()


async def ask(each: App, query: Mapping[str, str]) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as http,
        http.get(each.server.callback, params=query) as response,
    ):
        return response.status, await response.read()


def word(each: App, text: str = "你好", id: int = 1) -> Fields:
    """What a member's word is pushed as."""
    ana = each.server.person(ZHANG)
    return each.server.addressed(ana, {"MsgType": "text", "Content": text, "MsgId": id})


def card(label: str = "报名", data: str = "sign-up.12", **more: Any) -> Message:
    return Message("走进灯具厂\n周四 11:00", buttons=(ShownButton(label, data),), **more)


# The address


async def test_an_address_is_verified_by_its_echo(wecom: App) -> None:
    wecom.listener.gate.clear()
    assert await wecom.server.verify()
    wecom.server.token = "somebody else's"
    assert not await wecom.server.verify()


async def test_an_echo_is_answered_as_it_is_and_nothing_else(wecom: App) -> None:
    cipher = seal("1616140317555161061", AES_KEY, CORP)
    query = {**wecom.server.signed(cipher), "echostr": cipher}
    assert await ask(wecom, query) == (200, b"1616140317555161061")
    assert await ask(wecom, {**query, "echostr": cipher[:-4] + "AAAA"}) == (403, b"")
    assert await ask(wecom, {}) == (403, b"")
    wecom.server.advance(minutes=6)
    assert await ask(wecom, query) == (403, b"")


async def test_an_echo_for_another_enterprise_is_not_answered(wecom: App) -> None:
    cipher = seal("1616140317555161061", AES_KEY, "ww-another")
    assert await ask(wecom, {**wecom.server.signed(cipher), "echostr": cipher}) == (403, b"")
    assert "cannot be decrypted" in wecom.channel.problem


# What members do


async def test_a_word_is_answered(wecom: App) -> None:
    assert await wecom.server.person(ZHANG).says("你好 <b> & ]]>") == "听到：你好 ＜b> & ]]>"
    [heard] = wecom.listener.heard
    assert heard == Incoming(
        account="wecom.nanhai",
        address=ZHANG.lower(),
        key=heard.key,
        text="你好 <b> & ]]>",
        shows_waiting=True,
    )
    assert wecom.server.payloads(SEND) == []


async def test_a_picture_is_fetched_by_its_number(wecom: App) -> None:
    await wecom.server.person(ZHANG).shows_a_picture(PNG)
    [heard] = wecom.listener.heard
    assert heard.not_text
    assert wecom.listener.pictures == [Picture("image/png", PNG)]


async def test_what_is_neither_word_nor_picture_is_known_to_be_none(wecom: App) -> None:
    await wecom.server.person(ZHANG).says_aloud()
    assert wecom.listener.heard[0].not_text


async def test_who_is_let_in_is_greeted_and_who_is_taken_out_has_left(wecom: App) -> None:
    ana = wecom.server.person(ZHANG)
    assert await ana.joins() == "听到：/start"
    assert wecom.listener.heard[0].returned
    await ana.is_taken_out()
    assert wecom.listener.heard[1].left
    assert len(ana.screen) == 1


async def test_who_opens_the_app_is_there_again_and_is_not_spoken_to(wecom: App) -> None:
    wecom.listener.reply = lambda heard: echo(heard) if heard.text else None
    assert await wecom.server.person(ZHANG).enters() == ""
    [heard] = wecom.listener.heard
    assert (heard.returned, heard.text, heard.press, heard.shows_waiting) == (True, "", "", False)


async def test_the_menu_presses_and_scans() -> None:
    async with app(menu=MENU, scan_label="扫码") as each:
        await each.channel.start()
        ana = each.server.person(ZHANG)
        assert await ana.presses("资料") == "听到：profile"
        assert await ana.scans("https://station.example/chat?start=e12") == "听到：e12"
        assert [heard.link for heard in each.listener.heard] == ["", "e12"]
        assert await ana.scans("http://elsewhere.example/menu") == (
            "听到：http://elsewhere.example/menu"
        )


@pytest.mark.parametrize(
    ("scanned", "payload"),
    [
        ("e12", "e12"),
        ("https://station.example/chat?start=t7", "t7"),
        ("https://station.example/chat?lang=en&start=t7#x", "t7"),
        ("https://station.example/go/telegram.nanhai/c12-345678", "c12-345678"),
        ("https://t.me/nanhai_bot?start=e12", "e12"),
        ("https://station.example/chat?start=" + "e" * 65, ""),
        ("https://station.example/", ""),
        ("你好", ""),
        ("", ""),
    ],
)
def test_a_code_leads_to_what_it_holds(scanned: str, payload: str) -> None:
    assert payload_in(scanned) == payload


@pytest.mark.parametrize("event", ["view", "location_select", "LOCATION", "batch_job_result"])
async def test_what_the_client_reports_by_itself_does_not_bother_the_station(
    wecom: App, event: str
) -> None:
    ana = wecom.server.person(ZHANG)
    fields = wecom.server.addressed(ana, {"MsgType": "event", "Event": event, "EventKey": "x"})
    assert await post(wecom, *wecom.server.sealed(fields)) == (200, b"")
    assert wecom.listener.heard == []


# Cards


async def test_a_reply_with_buttons_is_a_card_and_its_buttons_press(wecom: App) -> None:
    wecom.listener.reply = lambda heard: card() if heard.text else echo(heard)
    ana = wecom.server.person(ZHANG)
    assert await ana.says("灯具厂") == "走进灯具厂\n周四 11:00"
    assert [each.label for each in ana.screen[-1].buttons] == ["报名"]
    assert await ana.presses("报名") == "听到：sign-up.12"
    assert [heard.press for heard in wecom.listener.heard] == ["", "sign-up.12"]
    assert wecom.server.dropped == []


async def test_what_opens_something_is_a_card_with_links(wecom: App) -> None:
    wecom.listener.reply = lambda _: Message("日历", buttons=(ShownButton("打开", url="/c.ics"),))
    ana = wecom.server.person(ZHANG)
    await ana.says("日历")
    assert ana.opens("打开") == "https://station.example/c.ics"
    assert wecom.server.payloads(SEND)[0]["template_card"]["card_type"] == "text_notice"


async def test_a_picture_and_a_file_are_links_among_the_buttons(wecom: App) -> None:
    file = Attachment("e12.ics", "text/calendar", "event", (12,))
    wecom.listener.reply = lambda _: replace(card(), picture="lamp.png", file=file)
    ana = wecom.server.person(ZHANG)
    await ana.says("灯具厂")
    assert ana.opens("看图片") == "https://station.example/pictures/lamp.png"
    assert ana.opens("下载") == "https://station.example/files/e12.ics"
    assert [each.label for each in ana.screen[-1].buttons] == ["报名", "看图片", "下载"]


async def test_a_list_that_a_card_can_hold_has_its_numbers_on_the_buttons(wecom: App) -> None:
    wecom.listener.reply = lambda heard: (
        Message(
            "近期活动\n1. 南海区职工羽毛球友谊赛 · 周六",
            choices=(ShownChoice(1, "南海区职工羽毛球友谊赛", "event.1", in_text=True),),
        )
        if heard.text
        else echo(heard)
    )
    ana = wecom.server.person(ZHANG)
    await ana.says("活动")
    assert [each.label for each in ana.screen[-1].buttons] == ["1 南海区职工羽毛球…"]
    assert await ana.presses("南海区职工羽毛球友谊赛") == "听到：event.1"


async def test_more_buttons_than_a_card_has_are_a_vote(wecom: App) -> None:
    names = ["球类", "跑步", "户外", "音乐", "舞蹈", "摄影", "读书"]
    choices = tuple(ShownChoice(n, name, f"a.{n}") for n, name in enumerate(names, 1))
    wecom.listener.reply = lambda heard: (
        Message("平时喜欢什么？", choices=choices) if heard.text else echo(heard)
    )
    ana = wecom.server.person(ZHANG)
    await ana.says("资料")
    assert wecom.server.payloads(SEND)[0]["template_card"]["card_type"] == "vote_interaction"
    assert await ana.presses("摄影") == "听到：a.6"


TOO_MUCH = {
    "a headline": replace(
        card(), text="这一行比卡片的标题能放下的三十六个字还要长，所以不放进卡片里去，改用文字来说"
    ),
    "words": replace(card(), text="标题\n" + "字" * 161),
    "a label": card(label="这个按钮有十一个字的名字"),
    "buttons": Message("好", buttons=tuple(ShownButton(f"第{n}个", f"b.{n}") for n in range(21))),
    "two buttons of one action": Message(
        "好", buttons=(ShownButton("一", "b.1"), ShownButton("二", "b.1"))
    ),
}


@pytest.mark.parametrize("message", TOO_MUCH.values(), ids=TOO_MUCH.keys())
async def test_what_no_card_can_hold_is_a_text_that_says_all_of_it(
    wecom: App, message: Message
) -> None:
    wecom.listener.reply = lambda _: message
    ana = wecom.server.person(ZHANG)
    shown = await ana.says("你好")
    assert message.text in shown
    assert all(button.label in shown for button in message.buttons)
    assert wecom.server.payloads(SEND) == []


async def test_a_long_reply_is_sent_in_parts_and_loses_nothing(wecom: App) -> None:
    text = "".join(f"第{n}句话说得不长也不短。\n" for n in range(150))
    wecom.listener.reply = lambda _: Message(text)
    assert await wecom.server.person(ZHANG).says("全部") == text.strip()


# Changing a card


async def test_a_pressed_card_is_changed_in_its_place(wecom: App) -> None:
    wecom.listener.reply = lambda heard: card("要" if heard.text else "✓ 要", edit=True)
    ana = wecom.server.person(ZHANG)
    await ana.says("选")
    await ana.presses("要")
    assert [each.label for each in ana.screen[-1].buttons] == ["✓ 要"]
    assert len(ana.screen) == 1
    # The changed card can be pressed and changed again.
    wecom.listener.reply = lambda _: card("好了", edit=True)
    await ana.presses("✓ 要")
    assert [each.label for each in ana.screen[0].buttons] == ["好了"]


async def test_a_card_that_cannot_be_changed_any_more_is_shown_anew(wecom: App) -> None:
    wecom.listener.reply = lambda heard: card("要" if heard.text else "✓ 要", edit=True)
    ana = wecom.server.person(ZHANG)
    await ana.says("选")
    wecom.server.upset(UPDATE_CARD, 40058)
    await ana.presses("要")
    assert [[button.label for button in each.buttons] for each in ana.screen] == [["要"], ["✓ 要"]]


async def test_a_press_that_comes_again_changes_its_card_once(wecom: App) -> None:
    wecom.listener.reply = lambda heard: card(edit=True)
    ana = wecom.server.person(ZHANG)
    await ana.says("选")
    code = wecom.server.code_for(ana, ana.screen[0])
    press: Fields = {
        "MsgType": "event",
        "Event": "template_card_event",
        "EventKey": "sign-up.12",
        "TaskId": ana.screen[0].task_id,
        "ResponseCode": code,
    }
    pushed = wecom.server.sealed(wecom.server.addressed(ana, press))
    assert [await post(wecom, *pushed) for _ in range(3)] == [(200, b"")] * 3
    assert len(wecom.server.payloads(UPDATE_CARD)) == 1
    assert len(ana.screen) == 1


async def test_what_does_not_ask_to_change_the_card_leaves_it_alone(wecom: App) -> None:
    wecom.listener.reply = lambda heard: card() if heard.text else Message("✅ 报上了")
    ana = wecom.server.person(ZHANG)
    await ana.says("灯具厂")
    assert await ana.presses("报名") == "✅ 报上了"
    assert wecom.server.payloads(UPDATE_CARD) == []


# When WeCom takes no cards


async def test_a_reply_that_cannot_be_sent_is_the_answer_itself(wecom: App) -> None:
    wecom.listener.reply = lambda _: card()
    ana = wecom.server.person(ZHANG)
    for trouble in (60020, "503", "drop", "html"):
        wecom.server.upset(SEND, trouble)
        assert await ana.says("灯具厂") == "走进灯具厂\n周四 11:00\n\n回复：报名"
        wecom.server.advance(hours=1)
    await ana.says("灯具厂")
    assert ana.screen[-1].buttons


async def test_who_taps_very_fast_gets_texts_where_wecom_would_drop_cards(wecom: App) -> None:
    wecom.listener.reply = lambda _: card()
    ana = wecom.server.person(ZHANG)
    for n in range(33):
        assert "走进灯具厂" in await ana.says(f"第{n}次")
    assert [bool(each.buttons) for each in ana.screen] == [True] * 30 + [False] * 3
    assert wecom.server.dropped == []


async def test_a_long_reply_that_has_no_room_for_its_end_is_one_text_that_says_so(
    wecom: App,
) -> None:
    ana = wecom.server.person(ZHANG)
    wecom.listener.reply = lambda _: card()
    for n in range(28):
        await ana.says(f"第{n}次")
    wecom.listener.reply = lambda _: Message("一句话说得不长也不短。\n" * 150)
    assert (await ana.says("全部")).endswith("…（太长了，后面的放不下）")
    assert len(ana.screen) == 29
    assert wecom.server.dropped == []


# Who may speak


async def test_who_cannot_sign_is_not_heard(wecom: App) -> None:
    query, body = wecom.server.sealed(word(wecom))
    others = {**query, "msg_signature": signature("guessed", query["timestamp"], query["nonce"])}
    for forged in ({}, others, {**query, "nonce": "1"}, {**query, "msg_signature": "签名"}):
        assert await post(wecom, forged, body) == (403, b"")
    assert wecom.listener.heard == []


async def test_a_plain_push_is_not_heard(wecom: App) -> None:
    query, _ = wecom.server.sealed(word(wecom))
    body = b"<xml><FromUserName>boss</FromUserName><MsgType>text</MsgType></xml>"
    assert await post(wecom, query, body) == (403, b"")


async def test_a_body_changed_on_its_way_is_forged(wecom: App) -> None:
    query, _ = wecom.server.sealed(word(wecom, "一", 1))
    _, other = wecom.server.sealed(word(wecom, "二", 2))
    assert await post(wecom, query, other) == (403, b"")


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_push_of_another_time_is_not_heard(wecom: App, minutes: int) -> None:
    pushed = wecom.server.sealed(word(wecom))
    wecom.server.advance(minutes=minutes)
    assert await post(wecom, *pushed) == (403, b"")
    assert wecom.listener.heard == []


async def test_a_push_that_is_repeated_is_the_same_message(wecom: App) -> None:
    pushed = wecom.server.sealed(word(wecom))
    answers = [await post(wecom, *pushed) for _ in range(3)]
    assert [status for status, _ in answers] == [200] * 3
    about = {"FromUserName": ZHANG, "ToUserName": CORP}
    said = {wecom.server.sealing().read_answer(body, about) for _, body in answers}
    assert said == {"听到：你好"}
    assert len(wecom.listener.heard) == 1


async def test_a_card_is_not_shown_twice_to_who_is_pushed_for_twice(wecom: App) -> None:
    wecom.listener.reply = lambda _: card()
    pushed = wecom.server.sealed(word(wecom))
    assert [await post(wecom, *pushed) for _ in range(3)] == [(200, b"")] * 3
    assert len(wecom.server.person(ZHANG).screen) == 1
    assert [reason for reason, _ in wecom.server.dropped] == ["repeated"] * 2


async def test_while_the_key_is_changed_both_keys_are_understood() -> None:
    async with app(encoding_aes_key=OTHER_KEY, previous_aes_key=AES_KEY) as each:
        ana = each.server.person(ZHANG)
        assert await ana.says("旧") == "听到：旧"
        assert await each.server.verify()
        each.server.encoding_aes_key = OTHER_KEY
        assert await ana.says("新") == "听到：新"
        assert await each.server.verify()


async def test_a_key_that_nobody_knows_is_refused_and_told(wecom: App) -> None:
    wecom.server.encoding_aes_key = OTHER_KEY
    assert await post(wecom, *wecom.server.sealed(word(wecom))) == (403, b"")
    assert "cannot be decrypted" in wecom.channel.problem


async def test_a_push_for_another_enterprise_is_refused_and_told(wecom: App) -> None:
    wecom.server.corp_id = "ww-another"
    assert await post(wecom, *wecom.server.sealed(word(wecom))) == (403, b"")
    assert "cannot be decrypted" in wecom.channel.problem


async def test_a_body_that_is_too_long_is_refused(wecom: App) -> None:
    query, _ = wecom.server.sealed(word(wecom))
    assert (await post(wecom, query, b"<xml>" + b" " * MAX_BODY))[0] == 413


@pytest.mark.parametrize(
    "settings", [{"token": ""}, {"encoding_aes_key": ""}, {"encoding_aes_key": "short"}]
)
def test_an_app_that_anybody_could_speak_for_is_refused_at_once(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"token|43"):
        made(**settings)


MALFORMED: dict[str, Fields] = {
    "no sender": {"MsgType": "text", "Content": "你好", "MsgId": 1, "FromUserName": ""},
    "a sender without end": {"MsgType": "text", "MsgId": 1, "FromUserName": "z" * 65},
    "no type": {"Content": "你好", "MsgId": 1},
    "an event without a name": {"MsgType": "event", "EventKey": "x"},
    "a press of nothing": {"MsgType": "event", "Event": "template_card_event", "EventKey": ""},
    "a vote for nothing": {"MsgType": "event", "Event": "template_card_event", "EventKey": "vote"},
}


@pytest.mark.parametrize("fields", MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_is_malformed_is_acknowledged_and_changes_nothing(
    wecom: App, fields: Fields
) -> None:
    ana = wecom.server.person(ZHANG)
    pushed = wecom.server.sealed(wecom.server.addressed(ana, fields))
    assert await post(wecom, *pushed) == (200, b"")
    assert wecom.listener.heard == []


async def pushed_to(channel: WeCom, query: Mapping[str, str], body: bytes) -> int:
    """Push without a network, for the many pushes of a property."""

    async def receive() -> AsgiMessage:
        return {"type": "http.request", "body": body, "more_body": False}

    answers: list[AsgiMessage] = []

    async def send(message: AsgiMessage) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/wecom/nanhai",
        "query_string": urlencode(query).encode(),
        "headers": [],
    }
    await channel.routes()[1].handle(Request(scope).scope, receive, send)
    return int(answers[0]["status"])


def signed_now(cipher: str) -> dict[str, str]:
    timestamp = str(int(TUESDAY.timestamp()))
    return {
        "timestamp": timestamp,
        "nonce": "1",
        "msg_signature": signature("token", timestamp, "1", cipher),
    }


TRUE = (
    f"<xml><ToUserName>{CORP}</ToUserName><FromUserName>{ZHANG}</FromUserName>"
    "<CreateTime>1796090400</CreateTime><MsgType>event</MsgType><EventKey>vote</EventKey>"
    "<Event>template_card_event</Event><SelectedItems><SelectedItem><OptionIds>"
    "<OptionId>a.1</OptionId></OptionIds></SelectedItem></SelectedItems></xml>"
)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(TRUE)), st.integers(0, len(TRUE)), st.text(max_size=30))
def test_junk_inside_a_good_seal_is_never_the_servers_fault(one: int, two: int, junk: str) -> None:
    said = TRUE[: min(one, two)] + junk + TRUE[max(one, two) :]
    cipher = seal(said.encode(errors="replace").decode(), AES_KEY, CORP)
    body = f"<xml><Encrypt>{cipher}</Encrypt></xml>".encode()
    channel = made(serves=services(listen=silent))
    assert asyncio.run(pushed_to(channel, signed_now(cipher), body)) == 200


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_sealed_junk_with_a_good_signature_is_never_the_servers_fault(junk: bytes) -> None:
    cipher = junk.hex()
    body = f"<xml><Encrypt>{cipher}</Encrypt></xml>".encode()
    assert asyncio.run(pushed_to(made(), signed_now(cipher), body)) == 403


async def silent(incoming: Incoming) -> Message | None:
    return None


# Repeats, slowness and failures


async def test_a_push_repeated_while_the_first_still_runs_gets_the_same_answer(wecom: App) -> None:
    wecom.listener.gate.clear()
    pushed = wecom.server.sealed(word(wecom))
    pushes = [asyncio.create_task(post(wecom, *pushed)) for _ in range(2)]
    await wecom.listener.came.wait()
    wecom.listener.gate.set()
    assert [status for status, _ in await asyncio.gather(*pushes)] == [200, 200]
    assert len(wecom.listener.heard) == 1


async def test_a_slow_station_is_asked_again_and_its_answer_is_not_lost() -> None:
    async with app(second=0.1, answer_within=0.3) as each:
        each.listener.gate.clear()
        each.server.on_try = lambda nth: each.listener.gate.set() if nth == 2 else None
        assert await each.server.person(ZHANG).says("你好") == "听到：你好"
        assert each.server.tries == 2
        assert len(each.listener.heard) == 1


async def test_an_answer_too_late_for_every_push_is_sent() -> None:
    async with app(second=0.1, answer_within=0.3) as each:
        each.listener.gate.clear()
        ana = each.server.person(ZHANG)
        assert await ana.says("你好") == ""
        assert each.server.tries == 3
        each.listener.gate.set()
        await each.channel.stop()
        assert [message.text for message in ana.screen] == ["听到：你好"]


async def test_a_store_that_is_away_for_a_moment_costs_no_second_push(wecom: App) -> None:
    outcomes = iter([StoreDown("no"), StoreDown("no")])
    wecom.listener.reply = lambda heard: next(outcomes, None) or echo(heard)
    assert await wecom.server.person(ZHANG).says("你好") == "听到：你好"
    assert wecom.server.tries == 1


async def test_an_answer_cannot_break_out_of_its_element(wecom: App) -> None:
    hostile = "hi]]></Content><MsgType>image</MsgType><Content><![CDATA["
    wecom.listener.reply = lambda _: Message(hostile + "\x00\ud800")
    shown = await wecom.server.person(ZHANG).says("你好")
    assert shown == hostile.replace("<", "＜")


async def test_a_userid_is_one_member_in_any_case(wecom: App) -> None:
    ana = wecom.server.person(ZHANG)
    await ana.says("你好")
    ana.userid = "zhangSAN"
    await ana.says("在吗")
    assert {each.address for each in wecom.listener.heard} == {"zhangsan"}
