"""Payloads as Telegram sends them, and what the station hears of them."""

import json
from typing import Any

import pytest

from bot.channels.telegram.updates import NotAnUpdate, Update, parse
from bot.conversation.incoming import Incoming
from tests.channels.telegram.telegram_station import PAYLOADS

NANHAI = "telegram.nanhai"
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
    return parse((PAYLOADS / f"{name}.json").read_bytes(), NANHAI)


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
    assert parse(json.dumps(update).encode(), NANHAI).incoming is None


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
    incoming = parse(body.encode(), NANHAI).incoming
    assert incoming is not None
    assert (incoming.text, incoming.link) == (heard, "")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"{}", b'{"update_id": "1"}', b"\xff"])
def test_what_is_no_update_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotAnUpdate):
        parse(body, NANHAI)
