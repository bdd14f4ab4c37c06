"""What the platform does with a message, and what the station learns of it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import structlog

from bot.channels import (
    Channel,
    Doubtful,
    Moved,
    Refused,
    Sent,
    TryLater,
    Unreachable,
)
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.screens import draw, pack, split, units, width
from bot.conversation.messages import Message, ShownButton, ShownChoice
from models.rules.sending.reach import DIRECT
from tests.channels.telegram.telegram_station import (
    ICS,
    MENUS,
    SECRET,
    Station,
    account,
    until,
    webhook,
)
from tests.platforms.telegram.people import Person
from tests.platforms.telegram.server import TelegramServer

HELLO = Message("🔔 明天 9:00 企业体验游", buttons=(ShownButton("去不了", "cancel.1"),))


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def person(server: TelegramServer) -> Person:
    """Somebody who has written to the bot before."""
    person = server.person()
    person.started = True
    return person


@pytest.fixture
async def telegram(server: TelegramServer) -> AsyncIterator[Telegram]:
    """An account that only sends."""
    telegram = account(server, Station(), answer_seconds=0.2)
    yield telegram
    await telegram.stop()


async def test_what_is_sent_is_shown_and_has_a_name(telegram: Telegram, person: Person) -> None:
    outcome = await telegram.send(str(person.chat_id), HELLO)
    (shown,) = person.screen
    assert outcome == Sent(str(shown.number))
    assert (shown.text, shown.buttons) == (HELLO.text, ["去不了"])


def test_an_account_is_a_channel(server: TelegramServer) -> None:
    channel: Channel = account(server, Station(), account="telegram.shishan")
    assert channel.account == "telegram.shishan"
    assert channel.ways(Message("hello"), None) == (DIRECT,)


GONE = [
    (403, "Forbidden: bot was blocked by the user", "blocked"),
    (403, "Forbidden: user is deactivated", "deactivated"),
    (403, "Forbidden: bot was kicked from the group chat", "removed"),
    (403, "Forbidden: bot is not a member of the supergroup chat", "removed"),
    (403, "Forbidden: the group chat was deleted", "deleted"),
    (403, "Forbidden: bot can't initiate conversation with a user", "never started"),
    (403, "Forbidden: something new", "forbidden"),
    (400, "Bad Request: chat not found", "unknown chat"),
    (400, "Bad Request: PEER_ID_INVALID", "unknown chat"),
    (400, "Bad Request: USER_IS_BLOCKED", "blocked"),
]


@pytest.mark.parametrize(("code", "description", "reason"), GONE)
async def test_who_cannot_be_written_to_any_more_is_unreachable(
    server: TelegramServer,
    telegram: Telegram,
    person: Person,
    code: int,
    description: str,
    reason: str,
) -> None:
    server.refuses(code, description)
    assert await telegram.send(str(person.chat_id), HELLO) == Unreachable(reason)


async def test_who_blocked_the_bot_is_unreachable(telegram: Telegram, person: Person) -> None:
    person.blocked = True
    assert await telegram.send(str(person.chat_id), HELLO) == Unreachable("blocked")


@pytest.mark.parametrize("address", ["6999999999", "nobody", "", "-"])
async def test_who_never_wrote_is_unreachable(telegram: Telegram, address: str) -> None:
    assert await telegram.send(address, HELLO) == Unreachable("unknown chat")


async def test_a_chat_that_was_upgraded_has_moved(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    server.refuses(400, upgraded, migrate_to_chat_id=-1001234567890)
    assert await telegram.send(str(person.chat_id), HELLO) == Moved("-1001234567890")


async def test_one_chat_refused_by_429_is_about_that_chat(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    server.limits(7, chat=person.chat_id, times=2)
    later = TryLater(timedelta(seconds=7), "too many requests")
    assert await telegram.send(str(person.chat_id), HELLO) == later
    assert await telegram.send(str(person.chat_id), HELLO) == later


async def test_two_chats_refused_by_429_are_about_the_account(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    other = server.person()
    other.started = True
    server.limits(31, times=2)
    await telegram.send(str(person.chat_id), HELLO)
    outcome = await telegram.send(str(other.chat_id), HELLO)
    assert outcome == TryLater(timedelta(seconds=31), "too many requests", whole_account=True)


async def test_who_speaks_faster_than_telegram_listens_is_told_to_wait(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    server.pace = 5
    outcomes = [await telegram.send(str(person.chat_id), HELLO) for _ in range(6)]
    assert outcomes[5] == TryLater(timedelta(seconds=1), "too many requests")
    assert len(person.screen) == 5


async def test_a_groups_own_limit_halts_nobody_else(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    server.limits(31, times=2)
    await telegram.send(str(person.chat_id), HELLO)
    outcome = await telegram.send("-1001234567890", HELLO)
    assert outcome == TryLater(timedelta(seconds=31), "too many requests")


async def test_whether_telegram_answers_is_asked_past_all_calls_that_hang(
    server: TelegramServer, person: Person
) -> None:
    telegram = account(server, Station(), answer_seconds=60)
    server.breaks("hang", times=1000, method="sendMessage")
    sends = [asyncio.create_task(telegram.send(str(person.chat_id), HELLO)) for _ in range(100)]
    await until(lambda: server.counted["sendmessage"] >= 100)
    assert await telegram.responds()
    await telegram.stop()
    assert {type(each) for each in await asyncio.gather(*sends)} == {Doubtful}


@pytest.mark.parametrize("kind", ["hang", "reset", "drop"])
async def test_nobody_knows_what_became_of_a_message_without_an_answer(
    server: TelegramServer, telegram: Telegram, person: Person, kind: Any
) -> None:
    server.breaks(kind)
    assert await telegram.send(str(person.chat_id), HELLO) == Doubtful("no answer")
    assert len(person.screen) == (kind != "drop")


async def test_a_server_error_is_tried_again_later(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    server.breaks("refuse")
    outcome = await telegram.send(str(person.chat_id), HELLO)
    assert outcome == TryLater(timedelta(seconds=5), "server error")
    assert isinstance(await telegram.send(str(person.chat_id), HELLO), Sent)


async def test_without_a_connection_nothing_was_sent(server: TelegramServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    telegram = account(server, Station(), api_base=f"http://127.0.0.1:{port}")
    assert await telegram.send("7", HELLO) == TryLater(timedelta(seconds=5), "no connection")
    await telegram.stop()


async def test_a_token_that_was_revoked_halts_the_account(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    server.refuses(401, "Unauthorized")
    outcome = await telegram.send(str(person.chat_id), HELLO)
    assert isinstance(outcome, TryLater)
    assert outcome.whole_account
    assert telegram.problem == "Telegram does not accept the token"


async def test_a_message_whose_buttons_are_refused_is_shown_without_them(
    telegram: Telegram, person: Person
) -> None:
    wrong = Message("报名吗", buttons=(ShownButton("报名", "x" * 65),))
    assert isinstance(await telegram.send(str(person.chat_id), wrong), Sent)
    assert [(each.text, each.buttons) for each in person.screen] == [("报名吗", [])]


async def test_a_message_that_says_nothing_is_refused(telegram: Telegram, person: Person) -> None:
    assert await telegram.send(str(person.chat_id), Message(" \n")) == Refused("nothing to show")


async def test_content_that_telegram_refuses_is_not_tried_again(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    server.refuses(400, "Bad Request: message is too long")
    outcome = await telegram.send(str(person.chat_id), Message("短"))
    assert outcome == Refused("Message is too long")


async def test_what_arrived_in_part_is_in_doubt_and_not_begun_again(
    server: TelegramServer, telegram: Telegram, person: Person
) -> None:
    server.limits(5, method="sendDocument")
    outcome = await telegram.send(str(person.chat_id), Message("长" * 2000, file=ICS))
    assert outcome == Doubtful("sent in part")
    assert len(person.screen) == 1


# Starting


async def test_a_webhook_is_set_with_its_secret_and_what_it_takes(server: TelegramServer) -> None:
    server.menus_everywhere = {"": MENUS["zh"], "zh": MENUS["zh"], "en": MENUS["en"]}
    async with webhook(server, Station(), commands=MENUS) as (telegram, address):
        assert (telegram.problem, telegram.username) == ("", server.username)
    assert server.updates.webhook.url == address
    assert server.updates.webhook.secret == SECRET
    assert server.updates.allowed == ("message", "callback_query", "my_chat_member")
    assert server.menus == {"": MENUS["zh"], "zh": MENUS["zh"], "en": MENUS["en"]}
    assert server.menus_everywhere == {}


async def test_a_wrong_token_stops_this_account_alone(
    server: TelegramServer, capsys: pytest.CaptureFixture[str]
) -> None:
    token = "1:wrong-token-of-nobody"
    telegram = account(server, Station(), token=token)
    with structlog.testing.capture_logs() as logs:
        await telegram.start()
        await telegram.stop()
    assert telegram.problem == "Telegram does not accept the token"
    assert [(line["log_level"], line["problem"]) for line in logs] == [("error", telegram.problem)]
    assert token not in repr(logs)


async def test_no_log_line_has_the_token_or_what_people_say(
    server: TelegramServer, person: Person, telegram: Telegram
) -> None:
    with structlog.testing.capture_logs() as logs:
        for kind in ("refuse", "drop", "hang", "reset"):
            server.breaks(kind)
            await telegram.send(str(person.chat_id), HELLO)
        server.refuses(400, "Bad Request: BUTTON_DATA_INVALID")
        await telegram.send(str(person.chat_id), HELLO)
    assert len(logs) == 1
    for secret in (server.token, HELLO.text, str(person.chat_id)):
        assert secret not in repr(logs)


async def test_a_telegram_that_cannot_be_reached_at_first_is_tried_again(
    server: TelegramServer,
) -> None:
    server.breaks("refuse", times=3, method="getMe")
    async with webhook(server, Station()) as (telegram, _):
        assert telegram.problem.startswith("Telegram cannot be reached")
        await until(lambda: telegram.problem == "")
        await server.person().says("你好")


async def test_a_webhook_without_a_public_address_says_so(server: TelegramServer) -> None:
    async with webhook(server, Station(), link_to=lambda _: "") as (telegram, _):
        assert telegram.problem == "a webhook needs the station's public address"
    assert server.called("setWebhook") == []


async def test_a_secret_that_telegram_would_refuse_says_so(server: TelegramServer) -> None:
    async with webhook(server, Station(), webhook_secret="很秘密") as (telegram, _):
        assert "letters, digits" in telegram.problem


async def test_a_webhook_that_telegram_refuses_is_a_problem(server: TelegramServer) -> None:
    server.local = False
    async with webhook(server, Station()) as (telegram, _):
        assert telegram.problem.startswith(
            "Telegram refuses the webhook: Bad webhook: an https url"
        )


# Laying out


def test_a_chinese_letter_is_two_columns_wide() -> None:
    assert width("12 羽毛球") == 9


def test_short_labels_stand_beside_each_other_and_long_ones_alone() -> None:
    labels = ["1 桂城", "2 狮山", "3 大沥", "4 里水", "5 企业体验游·走进灯具厂", "6 九江"]
    rows = [[key["text"] for key in row] for row in pack([{"text": label} for label in labels])]
    assert rows == [labels[:3], labels[3:4], labels[4:5], labels[5:]]


def test_verbs_keep_their_place_when_choices_are_too_many() -> None:
    choices = tuple(ShownChoice(n, "队", f"team.{n}") for n in range(1, 151))
    screen = draw(Message("队伍", choices, (ShownButton("更多", "more"),)), lambda path: path)
    assert screen.keyboard is not None
    keys = [key for row in screen.keyboard["inline_keyboard"] for key in row]
    assert (len(keys), keys[-1]["text"]) == (100, "更多")


@pytest.mark.parametrize(
    "text", ["🏸" * 5000, "字" * 9000, "a\n" * 5000, "\n" * 9000 + "末", "一\n" + "二" * 4096]
)
def test_no_part_is_too_long_or_blank_and_no_letter_is_lost(text: str) -> None:
    parts = list(split(text))
    assert all(0 < units(part) <= 4096 and part.strip() for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")
