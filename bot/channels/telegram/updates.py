"""A Telegram update becomes an Incoming.

The few fields that are needed are read from the JSON itself: ``Update.de_json`` of PTB costs 150 us
for a text and 290 us for a press, more than all the rest of the channel does for one update.
"""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from bot.channels.telegram.groups import Me, is_added, is_addressed
from bot.conversation.incoming import Incoming
from models.rules.events.picturing import LARGEST
from models.rules.languages import of_platform

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""What we ask Telegram for; everything else stays with it."""

CONTENT = (
    *("photo", "sticker", "voice", "video", "video_note", "animation", "audio", "document"),
    *("contact", "location", "venue", "poll", "dice", "game", "story", "paid_media", "checklist"),
)
"""What a person sends on purpose; other messages without text are notices of Telegram's own."""

# A deep link's payload, as Telegram limits it.
OPENED = re.compile(r"/start(?:@\w+)? ([A-Za-z0-9_-]{1,64})")
COMMAND = re.compile(r"(/\w+)@\w+")


class NotAnUpdate(ValueError):
    """What came in is no update of Telegram's."""


@dataclass(frozen=True, slots=True)
class Update:
    """What an update says. ``incoming`` is None when it is none of the station's business.

    ``query`` and ``pressed`` name the press and the message whose button was pressed;
    ``chat`` is where updates keep their order; ``picture`` is the file to be fetched, and so is
    ``voice``, of so many ``seconds`` and bytes. In a group
    the station hears nothing but that it ``is_called`` there.
    """

    number: int
    chat: int
    incoming: Incoming | None = None
    query: str = ""
    pressed: int = 0
    picture: str = ""
    voice: str = ""
    seconds: int = 0
    size: int = 0
    is_called: bool = False


def parse(body: bytes, account: str, me: Me) -> Update:
    """Read one update from a webhook's body; raises NotAnUpdate."""
    try:
        update = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotAnUpdate("not JSON") from None
    return read(update, account, me)


def read(update: Any, account: str, me: Me) -> Update:
    """Read one update; what is no private chat's message, press or blocking is left out."""
    match update:
        case {
            "update_id": int(number),
            "message": {"chat": {"id": int(chat), "type": "private"}, **message},
        }:
            incoming = _message(account, number, chat, message)
            voice, seconds, size = _voice(message)
            return Update(
                number,
                chat,
                incoming,
                picture=_picture(message),
                voice=voice,
                seconds=seconds,
                size=size,
            )
        case {
            "update_id": int(number),
            "callback_query": {
                "id": str(query),
                "from": dict(person),
                "data": str(data),
                "message": {
                    "message_id": int(pressed),
                    "chat": {"id": int(chat), "type": "private"},
                },
            },
        }:
            name, language = _who(person)
            press = Incoming(
                account, str(chat), f"u{number}", press=_clean(data), name=name, language=language
            )
            return Update(number, chat, press, query, pressed)
        case {"update_id": int(number), "callback_query": {"id": str(query)}}:
            # Pressed in a group or under an inline message: the button must stop spinning.
            return Update(number, 0, None, query)
        case {
            "update_id": int(number),
            "my_chat_member": {
                "chat": {"id": int(chat), "type": "private"},
                "new_chat_member": {"status": str(now)},
                **change,
            },
        }:
            return Update(number, chat, _membership(account, number, chat, now, change))
        case {
            "update_id": int(number),
            "message": {"chat": {"id": int(chat), "type": "group" | "supergroup"}, **message},
        } if is_addressed(message, me):
            return Update(number, chat, is_called=True)
        case {
            "update_id": int(number),
            "my_chat_member": {"chat": {"id": int(chat), "type": "group" | "supergroup"}, **change},
        } if is_added(change):
            return Update(number, chat, is_called=True)
        case {"update_id": int(number)}:
            return Update(number, 0)
        case _:
            raise NotAnUpdate("no update_id")


def _message(account: str, number: int, chat: int, message: dict[Any, Any]) -> Incoming | None:
    name, language = _who(message.get("from"))
    text, link, not_text = "", "", False
    match message:
        case {"from": {"is_bot": True}}:
            # Two bots that answer each other would never end.
            return None
        case {"text": str(said)}:
            text = _clean(said)
            if opened := OPENED.fullmatch(text):
                text, link = "", opened[1]
            else:
                text = COMMAND.sub(r"\1", text, count=1) if text.startswith("/") else text
        case _ if any(kind in message for kind in CONTENT):
            not_text = True
            caption = message.get("caption")
            text = _clean(caption) if isinstance(caption, str) else ""
        case _:
            return None
    return Incoming(
        account=account,
        address=str(chat),
        key=f"u{number}",
        text=text,
        link=link,
        name=name,
        language=language,
        not_text=not_text,
        album=_album(message),
    )


def _album(message: dict[Any, Any]) -> str:
    """What Telegram calls the pictures that somebody sent together."""
    album = message.get("media_group_id", "")
    return album if isinstance(album, str) else ""


def _picture(message: dict[Any, Any]) -> str:
    """The file of the largest size of a photo that is not too large; empty where there is none.

    Telegram makes a JPEG of a photo in several sizes, the largest last; a picture sent as a file
    stays as it was.
    """
    match message:
        case {"photo": [*sizes]}:
            pass
        case {"document": {"mime_type": str(kind), **file}} if kind.startswith("image/"):
            sizes = [file]
        case _:
            return ""
    for size in reversed(sizes):
        match size:
            case {"file_id": str(file_id)} if _int(size.get("file_size")) <= LARGEST:
                return file_id
    return ""


def _voice(message: dict[Any, Any]) -> tuple[str, int, int]:
    """The file of a voice message, its seconds and its bytes; empty where there is none."""
    match message:
        case {"voice": {"file_id": str(file_id), **voice}}:
            return file_id, _int(voice.get("duration")), _int(voice.get("file_size"))
    return "", 0, 0


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _membership(
    account: str, number: int, chat: int, now: str, change: dict[Any, Any]
) -> Incoming | None:
    name, language = _who(change.get("from"))
    match now, change.get("old_chat_member"):
        case "kicked", _:
            left = True
        case "member", {"status": "kicked"}:
            left = False
        case _:
            return None
    return Incoming(
        account,
        str(chat),
        f"u{number}",
        name=name,
        language=language,
        left=left,
        returned=not left,
    )


def _who(person: Any) -> tuple[str, str]:
    """The first name and the language, one of ours, of a Telegram user."""
    if not isinstance(person, dict):
        return "", ""
    name, code = person.get("first_name"), person.get("language_code")
    # Telegram leaves the code out for users whose app does not tell it.
    language = of_platform(code) if isinstance(code, str) else ""
    return _clean(name) if isinstance(name, str) else "", language


def _clean(text: str) -> str:
    """Without NUL, which PostgreSQL cannot keep in a text."""
    return text.replace("\x00", "")
