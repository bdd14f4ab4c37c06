"""What WeCom takes for a message and shows of it: from its documentation, apart from our code."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.tencent.server import Refusal

MAX_TEXT = 2048
LONGEST_CHECK = 4 * 3600
TITLE, DETAIL = 36, 160
TASK = re.compile(r"[0-9A-Za-z_@-]{1,128}")


@dataclass(frozen=True, slots=True)
class CardButton:
    """``key`` comes back as the event's, ``url`` is opened; an option of a ``vote`` is picked."""

    label: str
    key: str = ""
    url: str = ""
    vote: str = ""


@dataclass(slots=True)
class Shown:
    """A message on a member's screen; ``task_id`` is empty for a text, ``changed`` how often."""

    text: str
    buttons: list[CardButton] = field(default_factory=list)
    task_id: str = ""
    changed: int = 0


def shown(payload: Mapping[str, Any]) -> Shown:
    """What a phone shows of a message; raises Refusal for one that WeCom does not take."""
    interval = payload.get("duplicate_check_interval", 1800)
    if not isinstance(interval, int) or not 0 < interval <= LONGEST_CHECK:
        raise Refusal(40058, "invalid duplicate_check_interval")
    match payload.get("msgtype"):
        case "text":
            content = payload.get("text", {}).get("content", "")
            if not content:
                raise Refusal(44004, "text content is empty")
            return Shown(content.encode()[:MAX_TEXT].decode(errors="ignore"))
        case "template_card":
            return card(payload.get("template_card", {}))
    raise Refusal(40008, "invalid message type")


def card(given: Mapping[str, Any]) -> Shown:
    """A card as it looks: what is longer than advised is not seen."""
    title = str(given.get("main_title", {}).get("title", ""))
    detail = str(given.get("sub_title_text", ""))
    task_id = str(given.get("task_id", ""))
    if not title and not (given.get("card_type") == "text_notice" and detail):
        raise Refusal(40058, "main_title.title is empty")
    match given.get("card_type"):
        case "text_notice":
            buttons = [
                CardButton(each["title"], url=_address(each)) for each in given.get("jump_list", [])
            ]
            most = 3
            _address(given.get("card_action", {}))
        case "button_interaction":
            buttons = [_button(each) for each in given.get("button_list", [])]
            most = 6
            if not TASK.fullmatch(task_id):
                raise Refusal(40058, "invalid task_id")
        case "vote_interaction":
            if not TASK.fullmatch(task_id):
                raise Refusal(40058, "invalid task_id")
            return _vote(given, title, task_id)
        case _:
            raise Refusal(40058, "invalid card_type")
    keys = [each.key for each in buttons if each.key]
    if len(buttons) > most or len(set(keys)) < len(keys):
        raise Refusal(40058, "too many buttons, or two of one key")
    seen = [_seen(title, TITLE), *([_seen(detail, DETAIL)] if detail else [])]
    return Shown("\n".join(seen), buttons, task_id)


def _vote(given: Mapping[str, Any], title: str, task_id: str) -> Shown:
    box, submit = given.get("checkbox", {}), given.get("submit_button", {})
    options = box.get("option_list", [])
    ids = {str(each.get("id", "")) for each in options}
    if not 1 <= len(options) <= 20 or len(ids) < len(options) or box.get("mode") != 0:
        raise Refusal(40058, "invalid checkbox")
    if not box.get("question_key") or not submit.get("key") or any(len(i) > 128 for i in ids):
        raise Refusal(40058, "invalid key")
    buttons = [
        CardButton(_seen(str(each["text"]), 11), key=str(each["id"]), vote=str(submit["key"]))
        for each in options
    ]
    detail = str(given.get("main_title", {}).get("desc", ""))
    seen = [_seen(title, TITLE), *([_seen(detail, 44)] if detail else [])]
    return Shown("\n".join(seen), buttons, task_id)


def _button(given: Mapping[str, Any]) -> CardButton:
    label, key = str(given.get("text", "")), str(given.get("key", ""))
    if not label:
        raise Refusal(40058, "a button without text")
    if given.get("type", 0) == 1:
        return CardButton(_seen(label, 10), url=_address(given))
    if not 1 <= len(key.encode()) <= 1024:
        raise Refusal(40058, "a button without key")
    return CardButton(_seen(label, 10), key=key)


def _address(given: Mapping[str, Any]) -> str:
    url = str(given.get("url", ""))
    if given.get("type") != 1 or not url.startswith(("http://", "https://")):
        raise Refusal(40058, "invalid url")
    return url


def _seen(text: str, most: int) -> str:
    """As many Chinese characters, or twice as many narrow ones, as there is room for."""
    room = most * 2
    for place, each in enumerate(text):
        room -= 2 if unicodedata.east_asian_width(each) in "WF" else 1
        if room < 0:
            return text[:place] + "…"
    return text
