"""Payloads as Telegram sends them, and what the station hears of them."""

import json
from typing import Any

import pytest

from bot.channels.telegram.groups import Me
from bot.channels.telegram.updates import NotAnUpdate, Update, parse
from bot.conversation.incoming import Incoming
from tests.channels.telegram.telegram_station import PAYLOADS

NANHAI = "telegram.nanhai"
ME = Me(4839574812, "nanhai_yizhan_bot")
WANG = {"account": NANHAI, "address": "6012345678", "name": "小王", "language": "zh"}

HEARD: dict[str, dict[str, Any]] = {
    "text": {"text": "有什么活动 🏸"},
    "text_in_english": {
        "address": "6087654321",
        "name": "Ana",
        "language": "en",
        "text": "events this weekend",
    },
    "text_without_language": {"language": "", "text": "你好"},
    "command_with_bot_name": {"text": "/events 羽毛球"},
    "start": {"text": "/start"},
    "start_with_link": {"link": "e12"},
    "press": {"press": "sign-up.12"},
    "press_on_old_message": {"press": "mine"},
    "photo_with_caption": {"not_text": True, "text": "饭堂的灯坏了"},
    "sticker": {"not_text": True},
    "voice": {"not_text": True},
    "blocked": {"left": True},
    "unblocked": {"returned": True},
}
UNHEARD = (
    *("edited", "pinned", "group_text", "channel_post", "added_to_group"),
    *("press_in_group", "press_inline"),
)


def recorded(name: str) -> Update:
    return parse((PAYLOADS / f"{name}.json").read_bytes(), NANHAI, ME)


@pytest.mark.parametrize("name", HEARD)
def test_what_people_do_in_their_own_chat_is_heard(name: str) -> None:
    update = recorded(name)
    assert update.incoming == Incoming(**{**WANG, "key": f"u{update.number}", **HEARD[name]})


@pytest.mark.parametrize("name", UNHEARD)
def test_what_happens_elsewhere_is_none_of_the_stations_business(name: str) -> None:
    assert recorded(name).incoming is None


def test_another_bot_is_not_answered() -> None:
    update = json.loads((PAYLOADS / "text.json").read_bytes())
    update["message"]["from"]["is_bot"] = True
    assert parse(json.dumps(update).encode(), NANHAI, ME).incoming is None


def test_every_recorded_payload_is_looked_at() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == {*HEARD, *UNHEARD}


def test_a_press_names_the_query_and_the_pressed_message() -> None:
    update = recorded("press")
    assert (update.query, update.pressed) == ("2581903847561029384", 47)


@pytest.mark.parametrize("name", ["press_in_group", "press_inline"])
def test_a_button_pressed_elsewhere_stops_spinning_too(name: str) -> None:
    assert recorded(name).query


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("/start what is this", "/start what is this"),
        ("/start@nanhai_yizhan_bot", "/start"),
        ("mail me at a@b.cn", "mail me at a@b.cn"),
        ("a\u0000b", "ab"),
    ],
)
def test_words_that_only_look_like_a_link_or_a_command_stay_as_they_are(
    said: str, heard: str
) -> None:
    chat = {"id": 4, "type": "private"}
    message = {"message_id": 2, "date": 3, "text": said, "chat": chat}
    body = json.dumps({"update_id": 1, "message": message})
    incoming = parse(body.encode(), NANHAI, ME).incoming
    assert incoming is not None
    assert (incoming.text, incoming.link) == (heard, "")


GROUP = {"id": -1001987654321, "title": "桂城羽毛球", "type": "supergroup"}
PERSON = {"id": 6012345678, "is_bot": False, "first_name": "小王"}
NOBODY = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
BOT = {"id": ME.number, "is_bot": True, "first_name": "创思驿站", "username": ME.username}
OTHER = {"id": 77, "is_bot": True, "first_name": "Other", "username": "other_bot"}

CALLED: dict[str, dict[str, Any]] = {
    "a mention": {"text": "@nanhai_yizhan_bot 你好"},
    "a mention amid words": {"text": "问问 @Nanhai_Yizhan_Bot，今天有活动吗"},
    "a mention below a picture": {"photo": [], "caption": "看 @nanhai_yizhan_bot"},
    "a command": {"text": "/start@nanhai_yizhan_bot"},
    "a reply": {"text": "谢谢", "reply_to_message": {"message_id": 7, "from": BOT}},
    "nobody by name": {"text": "/help@nanhai_yizhan_bot", "from": NOBODY, "sender_chat": GROUP},
}
NOT_CALLED: dict[str, dict[str, Any]] = {
    "words": {"text": "大家好，周六打球吗"},
    "a command for any bot": {"text": "/start"},
    "a command for another": {"text": "/start@nanhai_yizhan_bot2"},
    "a mention of another": {"text": "@nanhai_yizhan 你好"},
    "a mail address": {"text": "me@nanhai_yizhan_bot.cn"},
    "a reply to somebody": {"text": "好", "reply_to_message": {"message_id": 7, "from": PERSON}},
    "another bot": {"text": "@nanhai_yizhan_bot", "from": OTHER},
    "somebody who came": {"new_chat_members": [PERSON]},
}


def in_group(what: dict[str, Any], me: Me = ME) -> Update:
    message = {"message_id": 9, "from": PERSON, "chat": GROUP, "date": 3, **what}
    return parse(json.dumps({"update_id": 5, "message": message}).encode(), NANHAI, me)


@pytest.mark.parametrize("what", CALLED)
def test_whoever_calls_the_bot_in_a_group_is_noticed_but_not_heard(what: str) -> None:
    assert in_group(CALLED[what]) == Update(5, -1001987654321, is_called=True)


@pytest.mark.parametrize("what", NOT_CALLED)
def test_what_others_say_in_a_group_is_not_noticed(what: str) -> None:
    assert in_group(NOT_CALLED[what]) == Update(5, 0)


@pytest.mark.parametrize("what", CALLED)
def test_nobody_can_call_a_bot_that_does_not_know_its_name_yet(what: str) -> None:
    assert in_group(CALLED[what], Me(ME.number)) == Update(5, 0)


@pytest.mark.parametrize(
    ("before", "now", "is_called"),
    [
        ("left", "member", True),
        ("kicked", "administrator", True),
        ("member", "administrator", False),
        ("administrator", "member", False),
        ("member", "left", False),
        ("left", "restricted", False),
    ],
)
@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_a_group_calls_the_bot_by_adding_it(
    kind: str, before: str, now: str, is_called: bool
) -> None:
    update = json.loads((PAYLOADS / "added_to_group.json").read_bytes())
    update["my_chat_member"]["chat"]["type"] = kind
    update["my_chat_member"]["old_chat_member"]["status"] = before
    update["my_chat_member"]["new_chat_member"]["status"] = now
    read = parse(json.dumps(update).encode(), NANHAI, ME)
    assert (read.incoming, read.is_called) == (None, is_called and kind != "channel")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"{}", b'{"update_id": "1"}', b"\xff"])
def test_what_is_no_update_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotAnUpdate):
        parse(body, NANHAI, ME)
