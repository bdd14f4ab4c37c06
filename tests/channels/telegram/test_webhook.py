"""Telegram's webhook: what people see, and what strangers get."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram import sending
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Message, ShownButton, ShownChoice
from models.store import StoreDown
from tests.channels.listener import echo
from tests.channels.telegram.telegram_station import (
    BROKEN,
    CODE,
    CONTENTS,
    ICS,
    PAYLOADS,
    PUBLIC,
    SECRET,
    SPOILT,
    Station,
    until,
    webhook,
)
from tests.platforms.telegram.server import TOO_OLD, TelegramServer

CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
EVENTS = Message(
    "近期活动\n1. 体验游\n2. 羽毛球赛",
    choices=(
        ShownChoice(1, "体验游", "event.1", True),
        ShownChoice(2, "羽毛球赛", "event.2", True),
    ),
    buttons=(ShownButton("更多", "more"),),
)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


def answers(**known: Message) -> Station:
    """A station that answers these words and presses, and nothing else."""

    def answer(incoming: Incoming) -> Message | None:
        return known.get(incoming.text or incoming.press or incoming.link)

    return Station(answer)


def always(message: Message) -> Station:
    return Station(lambda _: message)


async def knock(address: str, body: bytes, secret: str | None = SECRET) -> tuple[int, Any]:
    """Post to the webhook as whoever has the secret would."""
    headers = {} if secret is None else {HEADER: secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body, headers=headers) as response,
    ):
        return response.status, response.headers


def recorded(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


# What people see


async def test_the_answer_travels_in_the_webhooks_own_response(server: TelegramServer) -> None:
    async with webhook(server, Station()):
        shown = await server.person().says("你好")
    assert [each.text for each in shown] == ["听到：你好"]
    assert server.counted["sendmessage in response"] == 1
    assert server.counted["sendmessage"] == 0


async def test_near_the_accounts_pace_the_answer_goes_through_the_api(
    server: TelegramServer,
) -> None:
    async with webhook(server, Station(), messages_per_second=2):
        person = server.person()
        for said in ("一", "二", "三"):
            await person.says(said)
    assert [each.text for each in person.screen] == ["听到：一", "听到：二", "听到：三"]
    assert server.counted["sendmessage in response"] == 2
    assert server.counted["sendmessage"] == 1


async def test_choices_are_numbered_buttons_and_verbs_stand_below(server: TelegramServer) -> None:
    async with webhook(server, answers(活动=EVENTS)):
        (shown,) = await server.person().says("活动")
    assert [[key["text"] for key in row] for row in shown.rows] == [
        ["1 体验游", "2 羽毛球赛"],
        ["更多"],
    ]


async def test_a_press_is_heard_and_the_button_stops_spinning(server: TelegramServer) -> None:
    station = answers(活动=EVENTS, **{"event.2": Message("羽毛球赛，周日 14:00")})
    async with webhook(server, station):
        person = server.person()
        await person.says("活动")
        shown = await person.presses("羽毛球赛")
    assert [each.text for each in shown] == ["羽毛球赛，周日 14:00"]
    assert person.spinning == {}
    assert [each.press for each in station.heard] == ["", "event.2"]


async def test_an_answer_that_edits_changes_the_pressed_message(server: TelegramServer) -> None:
    more = Message("更多活动\n3. 大讲堂", edit=True)
    async with webhook(server, answers(活动=EVENTS, more=more)):
        person = server.person()
        await person.says("活动")
        await person.presses("更多")
    assert [(each.text, each.rows, each.edits) for each in person.screen] == [
        ("更多活动\n3. 大讲堂", [], 1)
    ]


async def test_while_telegram_answers_no_calls_a_press_is_answered_in_the_response(
    server: TelegramServer,
) -> None:
    more = Message("更多活动\n3. 大讲堂", edit=True)
    async with webhook(server, answers(活动=EVENTS, more=more)) as (telegram, _):
        person = server.person()
        await person.says("活动")
        server.breaks("drop", times=3, method="sendMessage")
        for _call in range(3):
            await telegram.send(str(person.chat_id), EVENTS)
        await person.presses("更多")
        assert "editmessagetext" not in server.counted
        # The first answer ends it.
        await telegram.send(str(person.chat_id), EVENTS)
        await person.presses("更多")
    assert server.counted["editmessagetext"] == 1
    assert [(each.text, each.edits) for each in person.screen] == [
        (EVENTS.text, 0),
        (more.text, 0),
        (more.text, 1),
    ]


async def test_while_telegram_hangs_no_press_waits_for_it_and_one_at_a_time_tries_again(
    server: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = Message("更多活动\n3. 大讲堂", edit=True)
    station = answers(活动=EVENTS, more=more)
    async with webhook(server, station, answer_seconds=0.3) as (telegram, _):
        people = [server.person() for _ in range(5)]
        for person in people:
            await person.says("活动")
        server.breaks("hang", times=100)
        for _call in range(3):
            await telegram.send(str(people[0].chat_id), EVENTS)
        before = server.counted.total()
        await people[0].presses("更多")
        assert set(server.counted) & {"answercallbackquery", "editmessagetext"} == set()
        # So long ago that it may answer again: whoever comes first finds out, the others need not.
        later = time.monotonic() + 2 * sending.SILENT_SECONDS
        monkeypatch.setattr(sending, "time", SimpleNamespace(monotonic=lambda: later))
        await asyncio.gather(*(person.presses("更多") for person in people[1:]))
        assert server.counted["editmessagetext"] == 1
        assert server.counted["answercallbackquery"] == 0
        assert server.counted.total() - before == 1 + 1 + 3
        # The station's own question whether it answers ends it as well.
        server.faults.clear()
        assert await telegram.responds()
        await people[0].presses("更多")
        await until(lambda: server.counted["answercallbackquery"] == 1)


async def test_an_edit_that_changes_nothing_is_fine(server: TelegramServer) -> None:
    again = Message(EVENTS.text, EVENTS.choices, EVENTS.buttons, edit=True)
    async with webhook(server, answers(活动=EVENTS, more=again)):
        person = server.person()
        await person.says("活动")
        assert await person.presses("更多") == []
    assert [each.edits for each in person.screen] == [0]
    assert server.counted["editmessagetext"] == 1


async def test_what_cannot_be_edited_is_followed_by_a_new_message(server: TelegramServer) -> None:
    calendar = Message("日历", buttons=(ShownButton("好了", "done"),), file=ICS)
    async with webhook(server, answers(日历=calendar, done=Message("记下了", edit=True))):
        person = server.person()
        await person.says("日历")
        await person.presses("好了")
    assert [each.text for each in person.screen] == ["日历", "记下了"]


async def test_a_press_that_got_too_old_meanwhile_is_answered_all_the_same(
    server: TelegramServer,
) -> None:
    station = answers(活动=EVENTS, more=Message("没有了"))
    async with webhook(server, station):
        person = server.person()
        await person.says("活动")
        server.refuses(400, f"Bad Request: {TOO_OLD}", method="answerCallbackQuery")
        await person.presses("更多")
    assert person.sees == "没有了"


async def test_a_file_comes_with_its_text_and_buttons(server: TelegramServer) -> None:
    seat = Message("✅ 报上了", buttons=(ShownButton("取消报名", "cancel.1"),), file=ICS)
    async with webhook(server, always(seat)):
        (shown,) = await server.person().says("报名 1")
    assert shown.document is not None
    assert (shown.document.name, shown.document.content) == ("羽毛球赛.ics", CONTENTS["calendar"])
    assert (shown.text, shown.buttons) == ("✅ 报上了", ["取消报名"])


async def test_a_picture_is_shown_as_one(server: TelegramServer) -> None:
    async with webhook(server, always(Message("签到码", file=CODE))):
        (shown,) = await server.person().says("签到")
    assert shown.picture
    assert shown.document is not None
    assert shown.document.content == CONTENTS["code"]


async def test_a_picture_telegram_cannot_show_comes_as_a_file(server: TelegramServer) -> None:
    async with webhook(server, always(Message("签到码", file=SPOILT))):
        (shown,) = await server.person().says("签到")
    assert (shown.picture, shown.document is not None) == (False, True)


async def test_a_file_that_cannot_be_made_does_not_keep_the_text_back(
    server: TelegramServer,
) -> None:
    async with webhook(server, always(Message("名单在这里", file=BROKEN))):
        (shown,) = await server.person().says("名单")
    assert (shown.text, shown.document) == ("名单在这里", None)


async def test_a_long_text_with_a_file_is_two_messages(server: TelegramServer) -> None:
    async with webhook(server, always(Message("长" * 1025, file=ICS))):
        first, second = await server.person().says("资料")
    assert (len(first.text), first.document) == (1025, None)
    assert (second.text, second.document is not None) == ("", True)


async def test_a_text_too_long_for_one_message_is_cut_between_lines(
    server: TelegramServer,
) -> None:
    lines = [f"{number:03} " + "工" * 96 for number in range(100)]
    long = Message("\n".join(lines), buttons=(ShownButton("好", "ok"),))
    async with webhook(server, always(long)):
        shown = await server.person().says("名单")
    assert "\n".join(each.text for each in shown).split("\n") == lines
    assert [each.buttons for each in shown] == [[], [], ["好"]]


async def test_links_of_the_station_are_buttons(server: TelegramServer) -> None:
    async with webhook(server, always(Message("地图", buttons=(ShownButton("看图", url="/m/1"),)))):
        person = server.person()
        await person.says("地图")
    assert person.follows("看图") == f"{PUBLIC}/m/1"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/m/1", "http://localhost/m", "ftp://a.b/c"])
async def test_links_that_telegram_takes_on_no_button_stand_in_the_text(
    server: TelegramServer, url: str
) -> None:
    async with webhook(server, always(Message("地图", buttons=(ShownButton("看图", url=url),)))):
        (shown,) = await server.person().says("地图")
    assert (shown.text, shown.buttons) == (f"地图\n看图 {url}", [])


async def test_somebody_who_blocks_the_bot_is_heard_and_not_written_to(
    server: TelegramServer,
) -> None:
    station = Station()
    async with webhook(server, station):
        person = server.person()
        await person.blocks()
        assert await person.unblocks() != []
    assert [(each.left, each.returned) for each in station.heard] == [(True, False), (False, True)]
    assert server.unseen == []


async def test_what_is_said_in_a_group_is_left_alone(server: TelegramServer) -> None:
    station = Station()
    async with webhook(server, station) as (_, address):
        assert (await knock(address, recorded("group_text")))[0] == 200
        assert (await knock(address, recorded("press_in_group")))[0] == 200
    assert station.heard == []
    assert len(server.called("answerCallbackQuery")) == 1


# Order


async def test_what_one_person_says_is_heard_in_order(server: TelegramServer) -> None:
    station = Station()
    async with webhook(server, station):
        person = server.person()
        said = [str(number) for number in range(20)]
        await asyncio.gather(*(person.says(each) for each in said))
    assert [each.text for each in station.heard] == said
    assert [each.text for each in person.screen] == [f"听到：{each}" for each in said]


async def test_one_persons_slow_answer_does_not_keep_others_waiting(
    server: TelegramServer,
) -> None:
    station = Station()
    slow, quick = server.person(name="慢"), server.person(name="快")
    station.gate.clear()
    station.waits = lambda incoming: incoming.address == str(slow.chat_id)
    async with webhook(server, station):
        waiting = asyncio.create_task(slow.says("慢"))
        await station.came.wait()
        await quick.says("快")
        assert quick.sees == "听到：快"
        station.gate.set()
        await waiting
    assert slow.sees == "听到：慢"


# Nothing lost, nothing doubled


async def test_a_repeated_update_is_the_same_to_the_station(server: TelegramServer) -> None:
    station = Station()
    async with webhook(server, station):
        person = server.person()
        update = server.push("message", person.message(text="你好"), lane=person.chat_id)
        person.started = True
        await update.settled.wait()
        server.updates.repeat(update)
        await update.settled.wait()
    assert station.asked == {f"u{update.number}": 2}
    assert [each.text for each in person.screen] == ["听到：你好", "听到：你好"]


async def test_while_the_store_is_down_telegram_keeps_the_update(server: TelegramServer) -> None:
    outcomes = iter([StoreDown("the disk is gone")] * 3)
    station = Station(lambda incoming: next(outcomes, None) or echo(incoming))
    async with webhook(server, station):
        shown = await server.person().says("报名 1")
    tries = [(attempt.status, attempt.retry_after) for attempt in server.updates.attempts]
    assert tries == [(503, "2")] * 3 + [(200, "")]
    assert [each.text for each in shown] == ["听到：报名 1"]


async def test_an_answer_that_telegram_puts_off_is_not_lost(server: TelegramServer) -> None:
    server.limits(7, method="sendDocument")
    async with webhook(server, always(Message("日历", file=ICS))):
        (shown,) = await server.person().says("日历")
    tries = [(attempt.status, attempt.retry_after) for attempt in server.updates.attempts]
    assert tries == [(503, "8"), (200, "")]
    assert shown.document is not None


async def test_an_answer_of_unknown_fate_is_not_said_twice(server: TelegramServer) -> None:
    server.breaks("reset", method="sendDocument")
    async with webhook(server, always(Message("日历", file=ICS))):
        shown = await server.person().says("日历")
    assert len(shown) == 1
    assert [attempt.status for attempt in server.updates.attempts] == [200]


async def test_a_stop_waits_for_the_button_to_stop_spinning(server: TelegramServer) -> None:
    async with webhook(server, answers(活动=EVENTS, more=Message("没有了"))):
        person = server.person()
        await person.says("活动")
        server.latency = 0.2
        await person.presses("更多")
        assert len(person.spinning) == 1
    assert person.spinning == {}


# Strangers


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "密"])
async def test_whoever_does_not_know_the_secret_is_turned_away(
    server: TelegramServer, secret: str | None
) -> None:
    station = Station()
    async with webhook(server, station) as (_, address):
        assert (await knock(address, recorded("text"), secret))[0] == 403
        assert (await knock(address, b"{", secret))[0] == 403
    assert station.heard == []


async def test_an_account_without_a_secret_makes_one_up(server: TelegramServer) -> None:
    station = Station()
    async with webhook(server, station, webhook_secret="") as (_, address):
        assert (await knock(address, recorded("text"), ""))[0] == 403
        await server.person().says("你好")
    assert [each.text for each in station.heard] == ["你好"]


@pytest.mark.parametrize(
    ("declared", "sent"),
    [("Content-Length: 10485760", b""), ("Transfer-Encoding: chunked", CHUNK * 5)],
)
async def test_ten_megabytes_are_refused_before_they_are_read(
    server: TelegramServer, declared: str, sent: bytes
) -> None:
    station = Station()
    async with webhook(server, station) as (telegram, address):
        reading, writing = await asyncio.open_connection("127.0.0.1", urlsplit(address).port)
        head = f"POST {telegram.path} HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\n{declared}"
        writing.write(head.encode() + b"\r\n\r\n" + sent)
        assert (await reading.readline()).startswith(b"HTTP/1.1 413 ")
        writing.close()
        await writing.wait_closed()
    assert station.heard == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"null", b"[1]", b'{"update_id":"x"}'])
async def test_what_is_no_update_is_refused(server: TelegramServer, body: bytes) -> None:
    station = Station()
    async with webhook(server, station) as (_, address):
        assert (await knock(address, body))[0] == 400
    assert station.heard == []


async def test_the_webhook_answers_posts_only(server: TelegramServer) -> None:
    async with (
        webhook(server, Station()) as (_, address),
        aiohttp.ClientSession() as session,
        session.get(address) as response,
    ):
        assert response.status == 405


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PARTS = ("from", "chat", "text", "caption", "data", "id", "photo", "message", "type")
MANGLED = st.fixed_dictionaries(
    {"update_id": st.integers(0, 2**31) | JSON},
    optional={
        kind: st.dictionaries(
            st.sampled_from((*PARTS, "new_chat_member", "old_chat_member")),
            JSON | st.just({"id": 7, "type": "private"}) | st.just({"status": "kicked"}),
        )
        | JSON
        for kind in ("message", "callback_query", "my_chat_member", "edited_message")
    },
)


async def test_no_junk_makes_the_webhook_fail(server: TelegramServer) -> None:
    bodies: list[bytes] = []

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(MANGLED | JSON)
    def collect(value: Any) -> None:
        bodies.append(json.dumps(value).encode())

    collect()
    station = Station()
    async with webhook(server, station) as (_, address):
        statuses = {(await knock(address, body))[0] for body in bodies}
    assert statuses <= {200, 400}
