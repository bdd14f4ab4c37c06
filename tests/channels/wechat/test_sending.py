"""A WeChat Official Account is used to send: customer service, the token, the menu, scenes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.channels import Doubtful, Outcome, Refused, Sent, TryLater, Unreachable
from bot.channels.tencent.api import ApiError, MaybeSent
from bot.channels.tencent.push_channel import START_SECONDS
from bot.channels.wechat.api import outcome_of
from bot.conversation.messages import Message, ShownButton
from tests.channels.services import TUESDAY
from tests.channels.wechat.wechat_account import Account, account, made
from tests.platforms.tencent.server import MENU_CREATE
from tests.platforms.wechat.server import SEND, STABLE_TOKEN

OPENID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
HELLO = Message("🔔 明天 9:00 走进灯具厂")
MENU = (
    ("活动", "events"),
    ("我的", (("我的报名", "mine"), ("资料", "profile"))),
    ("网页", "/chat"),
)


@pytest.fixture
async def wechat() -> AsyncIterator[Account]:
    """A verified account that somebody has just written to."""
    async with account() as each:
        await each.server.person(OPENID).says("你好")
        yield each


async def test_a_message_reaches_who_has_written(wechat: Account) -> None:
    assert await wechat.channel.send(OPENID, HELLO) == Sent()
    assert wechat.server.person(OPENID).screen[-1] == HELLO.text


async def test_a_sent_button_can_be_pressed(wechat: Account) -> None:
    ana = wechat.server.person(OPENID)
    await wechat.channel.send(OPENID, Message("空出一个位子", buttons=(ShownButton("要", "t.1"),)))
    assert await ana.presses("要") == "听到：t.1"


async def test_a_long_message_goes_in_parts_and_loses_nothing(wechat: Account) -> None:
    ana = wechat.server.person(OPENID)
    text = "".join(f"第{n}句话说得不长也不短。\n" for n in range(150))
    assert await wechat.channel.send(OPENID, Message(text)) == Sent()
    assert "\n".join(ana.screen[1:]) == text.strip()
    assert len(ana.screen) > 2


async def test_the_sixth_message_waits_for_the_next_word(wechat: Account) -> None:
    outcomes = [await wechat.channel.send(OPENID, HELLO) for _ in range(6)]
    assert outcomes[:5] == [Sent()] * 5
    assert outcomes[5] == waits(45047, "nothing is left of the window's allowance")
    await wechat.server.person(OPENID).says("还在")
    assert await wechat.channel.send(OPENID, HELLO) == Sent()


async def test_after_two_days_a_message_waits(wechat: Account) -> None:
    wechat.server.advance(hours=49)
    assert await wechat.channel.send(OPENID, HELLO) == waits(45015, "the window is closed")


def waits(code: int, why: str) -> Unreachable:
    return Unreachable(f"errcode {code}: {why}", for_good=False)


async def test_who_has_unfollowed_is_not_written_to_any_more(wechat: Account) -> None:
    await wechat.server.person(OPENID).unfollows()
    outcome = await wechat.channel.send(OPENID, HELLO)
    assert outcome == Unreachable("errcode 43004: does not follow")
    stranger = await wechat.channel.send("nobody", HELLO)
    assert stranger == Unreachable("errcode 40003: no such follower")


async def test_an_unverified_account_calls_nobody() -> None:
    async with account(verified=False, menu=MENU) as each:
        await each.channel.start()
        await each.server.person(OPENID).says("你好")
        outcome = await each.channel.send(OPENID, HELLO)
        assert outcome == Unreachable("passive only", for_good=False)
        assert each.server.calls == []


async def test_a_part_that_fails_after_the_first_leaves_it_in_doubt(wechat: Account) -> None:
    for _ in range(4):
        await wechat.channel.send(OPENID, HELLO)
    outcome = await wechat.channel.send(OPENID, Message("一句话。\n" * 300))
    assert outcome == Doubtful("part 2 of 2: errcode 45047")


# Trouble


TROUBLES: list[tuple[int | str, Outcome]] = [
    ("503", TryLater(timedelta(seconds=30), "HTTP 503")),
    ("html", Doubtful("an answer that is not JSON")),
    ("drop", Doubtful("ServerDisconnectedError")),
    ("hang", Doubtful("SocketTimeoutError")),
    (-1, TryLater(timedelta(seconds=10), "errcode -1")),
    (45002, Refused("errcode 45002")),
    (99999, Refused("errcode 99999")),
]


@pytest.mark.parametrize(("trouble", "outcome"), TROUBLES)
async def test_trouble_has_an_outcome(trouble: int | str, outcome: Outcome) -> None:
    async with account(api_answers_within=0.3) as each:
        await each.server.person(OPENID).says("你好")
        each.server.upset(SEND, trouble)
        assert await each.channel.send(OPENID, HELLO) == outcome
        assert await each.channel.send(OPENID, HELLO) == Sent()
        assert each.channel.problem == ""


async def test_a_wechat_that_is_not_there_has_taken_nothing() -> None:
    async with account(api_base="http://127.0.0.1:1") as each:
        outcome = await each.channel.send(OPENID, HELLO)
        assert outcome == TryLater(timedelta(seconds=30), "ClientConnectorError")


CODES: dict[int, type[Outcome] | bool] = {
    **dict.fromkeys((40001, 40014, 42001, 41001), True),
    **dict.fromkeys((45009, 48001, 48004, 50002, 40013, 40125, 40164, 40243, 45011), True),
    **dict.fromkeys((-1, 43117), False),
    **dict.fromkeys((45015, 45047, 43101, 48002, 43004, 40003, 43019), Unreachable),
    **dict.fromkeys((45002, 44004, 40037, 47003, 45008, 40007, 61451), Refused),
}


@pytest.mark.parametrize(("code", "kind"), CODES.items())
def test_a_code_means_one_thing(code: int, kind: type[Outcome] | bool) -> None:
    outcome = outcome_of(ApiError(code), TUESDAY)
    if isinstance(kind, bool):
        assert isinstance(outcome, TryLater)
        assert outcome.whole_account is kind
    else:
        assert isinstance(outcome, kind)
    if isinstance(outcome, Unreachable):
        assert outcome.for_good is (code in (43004, 40003, 43019))


def test_what_is_unclear_is_doubtful() -> None:
    assert outcome_of(MaybeSent("cut off"), TUESDAY) == Doubtful("cut off")


async def test_a_spent_day_halts_the_account_until_midnight_in_beijing(wechat: Account) -> None:
    wechat.server.daily_quota[SEND] = 0
    outcome = await wechat.channel.send(OPENID, HELLO)
    # It is ten in the morning there.
    assert outcome == TryLater(timedelta(hours=14, minutes=1), "errcode 45009", whole_account=True)
    assert wechat.channel.problem == "errcode 45009"
    del wechat.server.daily_quota[SEND]
    await wechat.channel.send(OPENID, HELLO)
    assert wechat.channel.problem == ""


# The token


async def test_many_who_need_a_token_fetch_one(wechat: Account) -> None:
    await asyncio.gather(*(wechat.channel.send(OPENID, HELLO) for _ in range(5)))
    assert len(wechat.server.payloads(STABLE_TOKEN)) == 1
    assert len(wechat.server.person(OPENID).screen) == 6


async def test_a_token_is_renewed_before_it_expires(wechat: Account) -> None:
    await wechat.channel.send(OPENID, HELLO)
    wechat.server.advance(hours=2)
    assert await wechat.channel.send(OPENID, HELLO) == Sent()
    assert len(wechat.server.payloads(STABLE_TOKEN)) == 2
    assert len(wechat.server.payloads(SEND)) == 2


async def test_a_spoilt_token_is_renewed_once_by_all_who_met_it(wechat: Account) -> None:
    await wechat.channel.send(OPENID, HELLO)
    wechat.server.spoil_tokens()
    outcomes = await asyncio.gather(*(wechat.channel.send(OPENID, HELLO) for _ in range(4)))
    assert outcomes == [Sent()] * 4
    assert len(wechat.server.payloads(STABLE_TOKEN)) == 2


async def test_a_token_that_wechat_repeats_though_it_refuses_it_is_forced_anew(
    wechat: Account,
) -> None:
    await wechat.channel.send(OPENID, HELLO)
    wechat.server.upset(SEND, 40001)
    assert await wechat.channel.send(OPENID, HELLO) == Sent()
    forced = [each["force_refresh"] for each in wechat.server.payloads(STABLE_TOKEN)]
    assert forced == [False, False, True]


async def test_a_token_refused_again_and_again_is_not_asked_for_again_and_again(
    wechat: Account,
) -> None:
    wechat.server.upset(SEND, *[40001] * 20)
    outcomes = [await wechat.channel.send(OPENID, HELLO) for _ in range(5)]
    assert outcomes == [TryLater(timedelta(minutes=10), "errcode 40001", whole_account=True)] * 5
    forced = [each["force_refresh"] for each in wechat.server.payloads(STABLE_TOKEN)]
    assert forced.count(True) == 1
    assert len(forced) <= 7
    assert wechat.channel.problem == "errcode 40001"


@pytest.mark.parametrize(
    ("settings", "code"), [({"secret": "wrong"}, 40125), ({"app_id": "wx-wrong"}, 40013)]
)
async def test_wrong_settings_halt_the_account(settings: dict[str, Any], code: int) -> None:
    async with account(**settings) as each:
        outcome = await each.channel.send(OPENID, HELLO)
        assert outcome == TryLater(timedelta(hours=1), f"errcode {code}", whole_account=True)


async def test_an_address_wechat_does_not_know_halts_the_account(wechat: Account) -> None:
    wechat.server.allows_this_address = False
    outcome = await wechat.channel.send(OPENID, HELLO)
    assert outcome == TryLater(timedelta(hours=1), "errcode 40164", whole_account=True)


async def test_a_token_that_does_not_come_means_nothing_was_sent() -> None:
    async with account(api_answers_within=0.3) as each:
        for trouble in ("hang", "drop", "503"):
            each.server.upset(STABLE_TOKEN, trouble)
            assert isinstance(await each.channel.send(OPENID, HELLO), TryLater)
        assert each.server.payloads(SEND) == []


# The menu and the scenes


async def test_the_menu_is_put_up_once() -> None:
    async with account(menu=MENU) as each:
        await each.channel.start()
        await each.channel.start()
        assert len(each.server.payloads(MENU_CREATE)) == 1
        ana = each.server.person(OPENID)
        assert await ana.presses("我的报名") == "听到：mine"
        assert await ana.presses("网页") == ""
        each.server.menu[0]["key"] = "old"
        await each.channel.start()
        assert await ana.presses("活动") == "听到：events"


async def test_a_menu_that_cannot_be_put_up_does_not_stop_the_station() -> None:
    async with account(menu=MENU) as each:
        each.server.upset(MENU_CREATE, 48001)
        await each.channel.start()
        assert each.channel.problem == "errcode 48001"
        assert await each.server.person(OPENID).says("你好") == "听到：你好"


async def test_a_wechat_that_hangs_does_not_hold_up_the_start() -> None:
    async with account(menu=MENU, api_answers_within=60.0) as each:
        each.server.upset(STABLE_TOKEN, "hang")
        async with asyncio.timeout(START_SECONDS * 2):
            await each.channel.start()
        assert await each.server.person(OPENID).says("你好") == "听到：你好"


WRONG_MENUS: list[Any] = [
    [("一", "a"), ("二", "b"), ("三", "c"), ("四", "d")],
    [("六个字的名字", "a")],
    [("一", [])],
    [("一", [("二", "x")] * 6)],
    [("一", "x" * 129)],
]


@pytest.mark.parametrize("menu", WRONG_MENUS)
def test_a_menu_beyond_wechats_limits_is_refused_at_once(menu: Any) -> None:
    with pytest.raises(ValueError, match="menu"):
        made(menu=menu)
