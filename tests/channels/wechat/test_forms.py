"""Notices in forms: template messages, subscription notices, and what WeChat tells about them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Doubtful, Outcome, Sent, TryLater, Unreachable
from bot.channels.wechat.forms import NoticeTemplate
from bot.conversation.incoming import Consent, Receipt
from bot.conversation.messages import Message, ShownCard
from models.network.members import NoticeKind
from models.rules.sending.reach import Route, Way
from tests.channels.wechat.wechat_account import Account, account
from tests.platforms.wechat.forms import HOLDS
from tests.platforms.wechat.server import NOTICE_SEND, TEMPLATE_SEND

OPENID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
FIELDS: dict[str, Any] = {"thing1": "title", "time2": "time", "thing3": "place", "thing4": "text"}
REMINDER, NOTICE = NoticeTemplate("TEMPLATE-R", FIELDS), NoticeTemplate("NOTICE-R", FIELDS)
CARD = ShownCard("走进灯具厂", "带上身份证", datetime(2026, 12, 3, 11, tzinfo=UTC), "桂城站集合")
MESSAGE = Message("🔔 走进灯具厂，后天 11:00", card=CARD, name="delivery 7")

BY_TEMPLATE = replace(MESSAGE, way=Way(Route.TEMPLATE, template=REMINDER.id))
BY_NOTICE = replace(MESSAGE, way=Way(Route.SUBSCRIPTION, template=NOTICE.id))
WORDS = Way(Route.CUSTOMER_SERVICE, spends=1)


@pytest.fixture(params=["xml", "json"])
def push_format(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def wechat(push_format: str) -> AsyncIterator[Account]:
    """An account with a template and a subscription notice for reminders, and a follower."""
    async with account(
        push_format=push_format,
        templates={NoticeKind.REMINDER: REMINDER},
        subscriptions={NoticeKind.REMINDER: NOTICE},
    ) as each:
        each.server.forms.templates[REMINDER.id] = tuple(FIELDS)
        each.server.forms.subscriptions[NOTICE.id] = tuple(FIELDS)
        each.server.person(OPENID)
        each.listener.reply = lambda incoming: None
        yield each


# Which ways there are


async def test_a_notice_goes_by_words_or_by_its_forms(wechat: Account) -> None:
    ways = wechat.channel.ways(MESSAGE, NoticeKind.REMINDER)
    assert ways == (WORDS, BY_TEMPLATE.way, BY_NOTICE.way)


async def test_what_has_no_form_goes_by_words_only(wechat: Account) -> None:
    assert wechat.channel.ways(MESSAGE, NoticeKind.OFFER) == (WORDS,)
    assert wechat.channel.ways(MESSAGE, NoticeKind.ANNOUNCEMENT) == (WORDS,)
    assert wechat.channel.ways(MESSAGE, None) == (WORDS,)
    plain = Message("🔔 走进灯具厂")
    assert wechat.channel.ways(plain, NoticeKind.REMINDER) == (WORDS,)
    undated = replace(MESSAGE, card=replace(CARD, at=None))
    assert wechat.channel.ways(undated, NoticeKind.REMINDER) == (WORDS,)


async def test_every_part_of_a_long_message_is_counted(wechat: Account) -> None:
    [way] = wechat.channel.ways(Message("一句话。\n" * 500), None)
    assert way == Way(Route.CUSTOMER_SERVICE, spends=4)


# Sending


async def test_a_template_message_reaches_who_has_been_silent_for_long(wechat: Account) -> None:
    outcome = await wechat.channel.send(OPENID, BY_TEMPLATE)
    assert isinstance(outcome, Sent)
    assert outcome.reference.isdecimal()
    shown = "走进灯具厂\n2026年12月3日 11:00\n桂城站集合\n带上身份证"
    assert wechat.server.person(OPENID).screen == [shown]


async def test_the_same_message_again_is_shown_once(wechat: Account) -> None:
    first = await wechat.channel.send(OPENID, BY_TEMPLATE)
    assert await wechat.channel.send(OPENID, BY_TEMPLATE) == first
    assert len(wechat.server.person(OPENID).screen) == 1


async def test_a_subscription_notice_uses_up_a_consent(wechat: Account) -> None:
    ana = wechat.server.person(OPENID)
    await ana.decides(**{NOTICE.id: True})
    assert await wechat.channel.send(OPENID, BY_NOTICE) == Sent()
    assert len(ana.screen) == 1
    refused = Unreachable("errcode 43101: no consent to this message", for_good=False)
    assert await wechat.channel.send(OPENID, BY_NOTICE) == refused


async def test_who_does_not_follow_is_not_reached_by_a_template_either(wechat: Account) -> None:
    await wechat.server.person(OPENID).unfollows()
    assert await wechat.channel.send(OPENID, BY_TEMPLATE) == Unreachable(
        "errcode 43004: does not follow"
    )


ANSWERS: list[tuple[int | str, type[Outcome]]] = [
    (-1, TryLater),
    (43117, TryLater),
    ("503", TryLater),
    ("html", Doubtful),
    ("drop", Doubtful),
    (40003, Unreachable),
    (43019, Unreachable),
    (43101, Unreachable),
    (45065, Sent),
]


@pytest.mark.parametrize(("trouble", "kind"), ANSWERS)
async def test_trouble_with_a_template_has_an_outcome(
    wechat: Account, trouble: int | str, kind: type[Outcome]
) -> None:
    wechat.server.upset(TEMPLATE_SEND, trouble)
    assert isinstance(await wechat.channel.send(OPENID, BY_TEMPLATE), kind)
    assert wechat.channel.problem == ""


@pytest.mark.parametrize("code", [40037, 48001])
async def test_a_template_that_is_wrong_is_left_alone_for_an_hour(
    wechat: Account, code: int
) -> None:
    wechat.server.upset(TEMPLATE_SEND, code)
    reason = f"template TEMPLATE-R: errcode {code}"
    assert await wechat.channel.send(OPENID, BY_TEMPLATE) == TryLater(timedelta(0), reason)
    assert wechat.channel.problem == reason
    assert wechat.channel.ways(MESSAGE, NoticeKind.REMINDER) == (WORDS, BY_NOTICE.way)
    wechat.server.advance(hours=1, seconds=1)
    assert wechat.channel.ways(MESSAGE, NoticeKind.REMINDER)[1] == BY_TEMPLATE.way
    assert isinstance(await wechat.channel.send(OPENID, BY_TEMPLATE), Sent)
    assert wechat.channel.problem == ""


async def test_what_does_not_fit_a_template_does_not_stop_what_does(wechat: Account) -> None:
    wechat.server.upset(TEMPLATE_SEND, 47003)
    assert isinstance(await wechat.channel.send(OPENID, BY_TEMPLATE), TryLater)
    assert BY_TEMPLATE.way not in wechat.channel.ways(MESSAGE, NoticeKind.REMINDER)
    other = replace(MESSAGE, card=replace(CARD, title="羽毛球友谊赛"))
    assert BY_TEMPLATE.way in wechat.channel.ways(other, NoticeKind.REMINDER)


async def test_a_spent_quota_of_templates_leaves_the_account_its_words(wechat: Account) -> None:
    wechat.server.daily_quota[TEMPLATE_SEND] = 0
    outcome = await wechat.channel.send(OPENID, BY_TEMPLATE)
    assert outcome == TryLater(timedelta(0), "template TEMPLATE-R: errcode 45009")
    assert BY_TEMPLATE.way not in wechat.channel.ways(MESSAGE, NoticeKind.REMINDER)
    wechat.server.advance(hours=14, minutes=2)
    del wechat.server.daily_quota[TEMPLATE_SEND]
    assert BY_TEMPLATE.way in wechat.channel.ways(MESSAGE, NoticeKind.REMINDER)


async def test_a_notice_without_its_template_is_decided_about_anew(wechat: Account) -> None:
    gone = replace(MESSAGE, way=Way(Route.TEMPLATE, template="taken out of the settings"))
    assert await wechat.channel.send(OPENID, gone) == TryLater(timedelta(0), "no template for this")
    assert wechat.server.payloads(TEMPLATE_SEND) == wechat.server.payloads(NOTICE_SEND) == []


# What WeChat tells


async def test_wechat_tells_what_became_of_a_template_message(wechat: Account) -> None:
    server = wechat.server
    sent = await wechat.channel.send(OPENID, BY_TEMPLATE)
    server.person(OPENID).blocks_templates = True
    blocked = await wechat.channel.send(OPENID, replace(BY_TEMPLATE, name="delivery 8"))
    server.person(OPENID).blocks_templates, server.forms.fails = False, "failed: system failed"
    failed = await wechat.channel.send(OPENID, replace(BY_TEMPLATE, name="delivery 9"))
    assert await server.forms.tell() == 3
    assert isinstance(sent, Sent)
    assert isinstance(blocked, Sent)
    assert isinstance(failed, Sent)
    assert [each.receipts for each in wechat.listener.heard] == [
        (Receipt(sent.reference),),
        (Receipt(blocked.reference, "user block", is_refused=True),),
        (Receipt(failed.reference, "system failed"),),
    ]
    # Three of one second are three, and none of them is something that was said.
    assert len({each.key for each in wechat.listener.heard}) == 3
    assert not any(each.text or each.window or each.shows_waiting for each in wechat.listener.heard)


async def test_wechat_tells_who_agrees_to_notices_and_who_does_not(wechat: Account) -> None:
    ana = wechat.server.person(OPENID)
    await ana.decides(A=True, B=False)
    await ana.decides(A=True)
    await ana.takes_back("A")
    assert [each.consents for each in wechat.listener.heard] == [
        (Consent("A", 1), Consent("B", 0)),
        (Consent("A", 1),),
        (Consent("A", 0),),
    ]
    assert ana.screen == []


async def test_wechat_tells_what_became_of_a_subscription_notice(wechat: Account) -> None:
    row = {"TemplateId": "A", "MsgID": "17008", "ErrorCode": "0", "ErrorStatus": "success"}
    refused = {"TemplateId": "A", "MsgID": "17009", "ErrorCode": "43101", "ErrorStatus": "refused"}
    person = wechat.server.person(OPENID)
    for each in (row, refused):
        await person.reports({"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": [each]})
    assert [(each.receipts, each.consents) for each in wechat.listener.heard] == [
        ((Receipt("17008"),), ()),
        ((Receipt("17009", "refused"),), (Consent("A", 0),)),
    ]


# What a field holds


@pytest.mark.parametrize(
    ("name", "part", "card", "value"),
    [
        ("thing1", "title", CARD, "走进灯具厂"),
        (
            "thing1",
            "title",
            replace(CARD, title="一二三四五六七八九十" * 3),
            "一二三四五六七八九十一二三四五六七八九…",
        ),
        ("thing1", "title", replace(CARD, title="狮山\n 羽毛球"), "狮山 羽毛球"),
        ("thing3", "place", replace(CARD, place=""), "—"),
        ("thing5", "time", CARD, "2026年12月3日 11:00"),
        ("date2", "time", CARD, "2026年12月3日 11:00"),
        ("phrase4", "text", replace(CARD, text="改时间了！"), "改时间了"),
    ],
)
def test_a_field_is_filled_as_its_sort_allows(
    name: str, part: Any, card: ShownCard, value: str
) -> None:
    assert NoticeTemplate("T", {name: part}).filled(card) == {name: {"value": value}}


@given(
    st.sampled_from(sorted(HOLDS)),
    st.sampled_from(["title", "time", "place", "text"]),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_whatever_is_said_a_filled_field_is_one_that_wechat_takes(
    sort: str, part: Any, title: str, text: str
) -> None:
    card = ShownCard(title, text, datetime(2026, 12, 3, 11, tzinfo=UTC), text)
    filled = NoticeTemplate("T", {f"{sort}1": part}).filled(card)
    if filled is not None:
        assert HOLDS[sort].fullmatch(filled[f"{sort}1"]["value"])
