"""An app on WeCom is used to send: repeats, quotas, the token, the menu, what errors mean."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.channels import Doubtful, Outcome, Refused, Sent, TryLater, Unreachable
from bot.channels.tencent.api import ApiError, MaybeSent, NotSent
from bot.channels.tencent.push_channel import START_SECONDS
from bot.channels.wecom.api import CODES
from bot.conversation.messages import Attachment, Message, ShownButton
from tests.channels.services import TUESDAY
from tests.channels.wecom.wecom_app import App, app, made
from tests.platforms.tencent.server import MENU_CREATE
from tests.platforms.wecom.server import GET_TOKEN, SEND

ZHANG = "ZhangSan"
HELLO = Message("🔔 明天 9:00 走进灯具厂", name="delivery 1")
OFFER = Message(
    "🔔 空出一个位子：走进灯具厂\n今晚 20:00 前留给你。",
    buttons=(ShownButton("要", "take.1"), ShownButton("不要了", "drop.1")),
    name="delivery 2",
)
LONG = Message("".join(f"第{n}句话说得不长也不短。\n" for n in range(150)), name="delivery 3")
MENU = (
    ("活动", "events"),
    ("我的", (("我的报名", "mine"), ("资料", "profile"))),
)
AGAIN = timedelta(seconds=30)


@pytest.fixture
async def wecom() -> AsyncIterator[App]:
    """An app that a member sees; WeCom answers it within a third of a second, or not at all."""
    async with app(api_answers_within=0.3) as each:
        each.server.person(ZHANG)
        yield each


def texts(each: App) -> list[str]:
    return [message.text for message in each.server.person(ZHANG).screen]


async def test_a_message_reaches_a_member_who_has_never_written(wecom: App) -> None:
    assert await wecom.channel.send(ZHANG, HELLO) == Sent()
    assert texts(wecom) == [HELLO.text]


async def test_a_sent_button_can_be_pressed(wecom: App) -> None:
    assert await wecom.channel.send(ZHANG, OFFER) == Sent()
    assert await wecom.server.person(ZHANG).presses("要") == "听到：take.1"


async def test_a_long_message_goes_in_parts_and_loses_nothing(wecom: App) -> None:
    assert await wecom.channel.send(ZHANG, LONG) == Sent()
    assert "\n".join(texts(wecom)) == LONG.text.strip()
    assert len(texts(wecom)) > 2


async def test_nothing_to_say_is_not_sent(wecom: App) -> None:
    assert await wecom.channel.send(ZHANG, Message("")) == Refused("nothing to say")


def test_a_member_hears_no_more_than_wecom_lets_through() -> None:
    channel = made()
    assert channel.limits(ZHANG) == ((30, 60.0), (1000, 3600.0))
    for _ in range(30):
        assert channel.recent_sends.wait_for(ZHANG) == 0
        channel.recent_sends.record_send(ZHANG)
    assert 0 < channel.recent_sends.wait_for(ZHANG) <= 60
    assert channel.recent_sends.wait_for("LiSi") == 0


async def test_what_is_beyond_a_members_quota_wecom_drops_without_a_word(wecom: App) -> None:
    """Why whoever sends must hold it back."""
    for number in range(31):
        message = replace(OFFER, name=f"delivery {number}")
        assert await wecom.channel.send(ZHANG, message) == Sent()
    assert [reason for reason, _ in wecom.server.dropped] == ["quota"]


async def test_a_message_whose_end_would_be_dropped_waits_as_a_whole(wecom: App) -> None:
    for number in range(28):
        assert await wecom.channel.send(ZHANG, replace(OFFER, name=f"delivery {number}")) == Sent()
        wecom.channel.recent_sends.record_send(ZHANG)
    # Its own turn.
    wecom.channel.recent_sends.record_send(ZHANG)
    outcome = await wecom.channel.send(ZHANG, LONG)
    assert isinstance(outcome, TryLater)
    assert timedelta(0) < outcome.after <= timedelta(seconds=60)
    assert not outcome.whole_account
    assert len(texts(wecom)) == 28
    assert wecom.server.dropped == []


# Repeats


@pytest.mark.parametrize("trouble", ["hang", "cut", "drop", "html"])
@pytest.mark.parametrize("message", [HELLO, OFFER, LONG], ids=["text", "card", "parts"])
async def test_a_send_without_an_answer_is_made_again_and_shown_once(
    wecom: App, message: Message, trouble: str
) -> None:
    wecom.server.upset(SEND, trouble)
    outcome = await wecom.channel.send(ZHANG, message)
    assert isinstance(outcome, TryLater)
    assert (outcome.after, outcome.whole_account) == (AGAIN, False)
    wecom.server.advance(seconds=30)
    assert await wecom.channel.send(ZHANG, message) == Sent()
    assert "".join("".join(texts(wecom)).split()) == "".join(message.text.split())
    first, again = [call.raw for call in wecom.server.calls if call.path == SEND][:2]
    assert first == again


async def test_another_process_repeats_the_same_bytes() -> None:
    async with app() as one, app() as other:
        for each in (one, other):
            each.server.person(ZHANG)
            assert await each.channel.send(ZHANG, OFFER) == Sent()
        sent = [each.server.calls[-1].raw for each in (one, other)]
        assert sent[0] == sent[1]


async def test_two_deliveries_of_the_same_words_are_two_cards(wecom: App) -> None:
    assert await wecom.channel.send(ZHANG, OFFER) == Sent()
    assert await wecom.channel.send(ZHANG, replace(OFFER, name="delivery 9")) == Sent()
    assert texts(wecom) == [OFFER.text] * 2


async def test_another_store_does_not_take_up_the_names_of_an_earlier_one() -> None:
    async with app(salt="one") as one, app(salt="two") as two:
        for each in (one, two):
            each.server.person(ZHANG)
            await each.channel.send(ZHANG, OFFER)
        tasks = {each.server.payloads(SEND)[0]["template_card"]["task_id"] for each in (one, two)}
        assert len(tasks) == 2


async def test_the_rest_of_a_message_in_parts_follows_and_no_part_comes_twice(wecom: App) -> None:
    wecom.server.upset(SEND, "fine", "503")
    assert await wecom.channel.send(ZHANG, LONG) == TryLater(AGAIN, "HTTP 503")
    assert len(texts(wecom)) == 1
    assert await wecom.channel.send(ZHANG, LONG) == Sent()
    assert [reason for reason, _ in wecom.server.dropped] == ["repeated"]
    assert "\n".join(texts(wecom)) == LONG.text.strip()


async def test_what_wecom_would_not_recognise_any_more_is_not_sent_again(wecom: App) -> None:
    wecom.server.upset(SEND, "hang")
    await wecom.channel.send(ZHANG, OFFER)
    wecom.server.advance(hours=4)
    outcome = await wecom.channel.send(ZHANG, OFFER)
    assert isinstance(outcome, Doubtful)
    assert len(wecom.server.payloads(SEND)) == 1


async def test_a_first_try_is_not_forgotten_over_a_wecom_that_takes_nothing(wecom: App) -> None:
    wecom.server.upset(SEND, "hang", "503")
    for _ in range(2):
        assert isinstance(await wecom.channel.send(ZHANG, OFFER), TryLater)
        wecom.server.advance(hours=2)
    assert isinstance(await wecom.channel.send(ZHANG, OFFER), Doubtful)
    assert texts(wecom) == [OFFER.text]


async def test_an_outage_leaves_a_message_in_doubt_once_a_repeat_is_not_safe(wecom: App) -> None:
    for _ in range(2):
        wecom.server.upset(SEND, "drop")
        assert isinstance(await wecom.channel.send(ZHANG, OFFER), TryLater)
        wecom.server.advance(hours=1, minutes=54, seconds=50)
    wecom.server.upset(SEND, "drop")
    assert isinstance(await wecom.channel.send(ZHANG, OFFER), Doubtful)


async def test_a_wecom_that_leaves_many_without_an_answer_is_left_alone_for_a_while(
    wecom: App,
) -> None:
    wecom.server.upset(SEND, "drop", "drop", "drop")
    outcomes = [
        await wecom.channel.send(ZHANG, replace(OFFER, name=f"delivery {n}")) for n in range(3)
    ]
    assert [isinstance(each, TryLater) and each.whole_account for each in outcomes] == [
        False,
        False,
        True,
    ]
    assert wecom.channel.problem
    assert await wecom.channel.send(ZHANG, OFFER) == Sent()
    assert wecom.channel.problem == ""


async def test_a_message_that_cannot_be_repeated_alike_stays_in_doubt(wecom: App) -> None:
    """A file's link is another one each time; without a name there is nothing to know it by."""
    file = Attachment("e12.ics", "text/calendar", "event", (12,))
    for message in (replace(HELLO, file=file), replace(HELLO, name="")):
        wecom.server.upset(SEND, "drop")
        assert await wecom.channel.send(ZHANG, message) == Doubtful("ServerDisconnectedError")


# Members


async def test_who_does_not_see_the_app_is_not_written_to_any_more(wecom: App) -> None:
    await wecom.server.person(ZHANG).is_taken_out()
    gone = Unreachable("errcode 81013: nobody by this name may see the app")
    assert await wecom.channel.send(ZHANG, HELLO) == gone
    assert await wecom.channel.send("nobody", HELLO) == gone


async def test_an_answer_that_names_the_member_means_that_nothing_arrived(wecom: App) -> None:
    wecom.server.upset(SEND, {"invaliduser": "lisi|zhangsan"})
    assert await wecom.channel.send(ZHANG, HELLO) == Unreachable("in WeCom's invaliduser")
    wecom.server.person(ZHANG).has_a_licence = False
    assert await wecom.channel.send(ZHANG, HELLO) == Unreachable("in WeCom's unlicenseduser")
    assert texts(wecom) == []


async def test_an_answer_that_names_somebody_else_is_no_concern_of_ours(wecom: App) -> None:
    wecom.server.upset(SEND, {"invaliduser": "zhang"})
    assert await wecom.channel.send(ZHANG, HELLO) == Sent()


# Trouble


CASES: dict[int, type[Outcome] | bool] = {
    **dict.fromkeys((40014, 42001, 41001), True),
    **dict.fromkeys((45009, 45033, 60020, 40001, 40013, 40056, 48002, 50003, 301002), True),
    -1: False,
    **dict.fromkeys((81013, 82001, 60011, 60111, 46004, 40003, 40031), Unreachable),
    **dict.fromkeys((40058, 44004, 40008, 45002, 99999), Refused),
}


@pytest.mark.parametrize(("code", "kind"), CASES.items())
def test_a_code_means_one_thing(code: int, kind: type[Outcome] | bool) -> None:
    outcome = CODES.outcome(ApiError(code), TUESDAY)
    if isinstance(kind, bool):
        assert isinstance(outcome, TryLater)
        assert outcome.whole_account is kind
    else:
        assert isinstance(outcome, kind)
    if isinstance(outcome, Unreachable):
        assert outcome.for_good


async def test_a_wecom_that_is_not_there_has_taken_nothing() -> None:
    async with app(api_base="http://127.0.0.1:1") as each:
        outcome = await each.channel.send(ZHANG, HELLO)
        assert outcome == TryLater(AGAIN, "ClientConnectorError")


async def test_an_address_that_is_not_trusted_halts_the_account(wecom: App) -> None:
    wecom.server.trusts_this_address = False
    outcome = await wecom.channel.send(ZHANG, HELLO)
    assert outcome == TryLater(timedelta(hours=1), "errcode 60020", whole_account=True)
    assert wecom.channel.problem == "errcode 60020"
    wecom.server.trusts_this_address = True
    await wecom.channel.send(ZHANG, HELLO)
    assert wecom.channel.problem == ""


async def test_a_limit_that_is_met_again_and_again_halts_for_longer(wecom: App) -> None:
    wecom.server.sends_left = 0
    minutes = []
    for _ in range(8):
        outcome = await wecom.channel.send(ZHANG, HELLO)
        assert isinstance(outcome, TryLater)
        assert outcome.whole_account
        minutes.append(outcome.after / timedelta(minutes=1))
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    wecom.server.sends_left = 1
    assert await wecom.channel.send(ZHANG, HELLO) == Sent()
    assert await wecom.channel.send(ZHANG, OFFER) == TryLater(
        timedelta(minutes=1), "errcode 45009", whole_account=True
    )


async def test_too_fast_is_told_by_a_code(wecom: App) -> None:
    await wecom.channel.send(ZHANG, HELLO)
    wecom.server.pace = 3
    outcomes = [
        await wecom.channel.send(ZHANG, replace(OFFER, name=f"delivery {n}")) for n in range(4)
    ]
    assert outcomes[:3] == [Sent()] * 3
    assert outcomes[3] == TryLater(timedelta(minutes=1), "errcode 45009", whole_account=True)


# The token


async def test_many_who_need_a_token_fetch_one(wecom: App) -> None:
    messages = [replace(OFFER, name=f"delivery {n}") for n in range(5)]
    await asyncio.gather(*(wecom.channel.send(ZHANG, each) for each in messages))
    assert len([call for call in wecom.server.calls if call.path == GET_TOKEN]) == 1
    assert len(texts(wecom)) == 5


async def test_a_token_is_renewed_before_it_expires(wecom: App) -> None:
    await wecom.channel.send(ZHANG, HELLO)
    wecom.server.advance(hours=2)
    assert await wecom.channel.send(ZHANG, OFFER) == Sent()
    assert len([call for call in wecom.server.calls if call.path == GET_TOKEN]) == 2


async def test_a_token_taken_back_is_renewed_once_by_all_who_met_it(wecom: App) -> None:
    await wecom.channel.send(ZHANG, HELLO)
    wecom.server.spoil_tokens()
    messages = [replace(OFFER, name=f"delivery {n}") for n in range(4)]
    outcomes = await asyncio.gather(*(wecom.channel.send(ZHANG, each) for each in messages))
    assert outcomes == [Sent()] * 4
    assert len([call for call in wecom.server.calls if call.path == GET_TOKEN]) == 2


async def test_a_token_that_wecom_repeats_though_it_refuses_it_halts_the_account(
    wecom: App,
) -> None:
    await wecom.channel.send(ZHANG, HELLO)
    wecom.server.upset(SEND, *[42001] * 9)
    outcomes = [await wecom.channel.send(ZHANG, OFFER) for _ in range(3)]
    assert outcomes == [TryLater(timedelta(minutes=10), "errcode 40014", whole_account=True)] * 3
    assert len([call for call in wecom.server.calls if call.path == GET_TOKEN]) == 4


@pytest.mark.parametrize(
    ("settings", "code"),
    [({"secret": "wrong"}, 40001), ({"corp_id": "ww-wrong"}, 40013), ({"agent_id": 7}, 40056)],
)
async def test_wrong_settings_halt_the_account(settings: dict[str, Any], code: int) -> None:
    async with app(**settings) as each:
        outcome = await each.channel.send(ZHANG, HELLO)
        assert outcome == TryLater(timedelta(hours=1), f"errcode {code}", whole_account=True)


async def test_a_token_that_does_not_come_means_nothing_was_sent(wecom: App) -> None:
    for trouble in ("hang", "503", "html"):
        wecom.server.upset(GET_TOKEN, trouble)
        assert isinstance(await wecom.channel.send(ZHANG, HELLO), TryLater)
    assert wecom.server.payloads(SEND) == []


def test_no_problem_tells_the_token() -> None:
    for problem in (ApiError(40014), NotSent("HTTP 503"), MaybeSent("SocketTimeoutError")):
        assert "access_token" not in repr(CODES.outcome(problem, TUESDAY))


# The menu


async def test_the_menu_is_put_up_once() -> None:
    async with app(menu=MENU, scan_label="扫码") as each:
        await each.channel.start()
        await each.channel.start()
        assert len(each.server.payloads(MENU_CREATE)) == 1
        assert [row["name"] for row in each.server.menu_rows()] == [
            "活动",
            "我的报名",
            "资料",
            "扫码",
        ]
        each.server.menu[0]["key"] = "old"
        await each.channel.start()
        assert await each.server.person(ZHANG).presses("活动") == "听到：events"


async def test_a_menu_that_cannot_be_put_up_does_not_stop_the_station() -> None:
    async with app(menu=MENU) as each:
        each.server.upset(MENU_CREATE, 48002)
        await each.channel.start()
        assert each.channel.problem == "errcode 48002"
        assert await each.server.person(ZHANG).says("你好") == "听到：你好"


async def test_a_wecom_that_hangs_does_not_hold_up_the_start() -> None:
    async with app(menu=MENU, api_answers_within=60.0) as each:
        each.server.upset(GET_TOKEN, "hang")
        async with asyncio.timeout(START_SECONDS * 2):
            await each.channel.start()
        assert await each.server.person(ZHANG).says("你好") == "听到：你好"


async def test_a_full_column_has_no_room_for_scanning() -> None:
    rows = tuple((f"第{n}行", f"r.{n}") for n in range(5))
    async with app(menu=(("我的", rows),), scan_label="扫码") as each:
        await each.channel.start()
        assert len(list(each.server.menu_rows())) == 5
