"""A Message as Telegram shows it: plain text and an inline keyboard.

No parse_mode is used: with nothing to escape, no text of a member's can break a message.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import urlsplit

from bot.channels import LinkTo
from bot.conversation.messages import Message, ShownButton

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_BUTTONS = 100
MAX_LABEL = 64
# How many columns of half-width letters a label may take, by the number of buttons in its row, on a
# phone 360 points wide; Telegram cuts longer ones off.
COLUMNS = {3: 10, 2: 18}

Key = dict[str, str]
Keyboard = dict[str, list[list[Key]]]


@dataclass(frozen=True, slots=True)
class Screen:
    """A message cut to Telegram's measure: ``parts`` of text, ``keyboard`` under the last one.

    ``paid`` lets Telegram charge for it where the bot sends more than thirty a second.
    """

    parts: tuple[str, ...]
    keyboard: Keyboard | None
    paid: bool = False

    @property
    def fits_caption(self) -> bool:
        return len(self.parts) <= 1 and all(units(part) <= MAX_CAPTION for part in self.parts)

    def text(self, part: int = -1) -> dict[str, Any]:
        """The parameters of one part; links show no preview, which would push the text away."""
        shown: dict[str, Any] = {
            "text": self.parts[part],
            "link_preview_options": {"is_disabled": True},
        }
        if self.keyboard and part in (-1, len(self.parts) - 1):
            shown["reply_markup"] = self.keyboard
        if self.paid:
            shown["allow_paid_broadcast"] = True
        return shown

    def caption(self) -> dict[str, Any]:
        """The parameters of a file that carries the whole text."""
        shown: dict[str, Any] = {"caption": self.parts[0]} if self.parts else {}
        if self.keyboard:
            shown["reply_markup"] = self.keyboard
        if self.paid:
            shown["allow_paid_broadcast"] = True
        return shown


@lru_cache(maxsize=64)
def draw(message: Message, link_to: LinkTo, *, paid: bool = False) -> Screen:
    """Lay a message out; links that no button may carry go into the text.

    The same announcement is laid out once for many of its readers.
    """
    choices = [_key(f"{each.number} {each.label}", each.data) for each in message.choices]
    verbs: list[Key] = []
    text = [message.text] if message.text.strip() else []
    for button in message.buttons:
        if button.data:
            verbs.append(_key(button.label, button.data))
        elif address := _absolute(button, link_to):
            if is_public(address):
                verbs.append({"text": button.label[:MAX_LABEL], "url": address})
            else:
                text.append(f"{button.label} {address}")
    rows = [*pack(choices[: MAX_BUTTONS - len(verbs)]), *pack(verbs)]
    keyboard = {"inline_keyboard": rows} if rows else None
    return Screen(tuple(split("\n".join(text))), keyboard, paid)


def _key(label: str, data: str) -> Key:
    return {"text": label[:MAX_LABEL], "callback_data": data}


def _absolute(button: ShownButton, link_to: LinkTo) -> str:
    """Where a button leads; empty when that is a path of a station that has no address."""
    return link_to(button.url) if button.url.startswith("/") else button.url


@lru_cache(maxsize=256)
def is_public(address: str) -> bool:
    """Whether Telegram takes this address on a button: a web address that others can reach."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".localhost", ".local", ".internal"))


def pack(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Rows of keys: short labels two or three in a row, a long one alone."""
    row: list[Key] = []
    for key in keys:
        wider = [*row, key]
        if row and max(width(each["text"]) for each in wider) > COLUMNS.get(len(wider), 0):
            yield row
            wider = [key]
        row = wider
    if row:
        yield row


def width(label: str) -> int:
    """Columns on the screen: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in label)


def units(text: str) -> int:
    """The length as UTF-16, as Telegram counts entities; never less than in characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = MAX_TEXT) -> Iterator[str]:
    """Cut a text between lines into parts that are not blank; a line too long is cut anywhere."""
    rest = text
    while units(rest) > limit:
        cut = _cut(rest, limit)
        if rest[:cut].strip():
            yield rest[:cut].rstrip("\n")
        rest = rest[cut:].lstrip("\n")
    if rest.strip():
        yield rest


def _cut(text: str, limit: int) -> int:
    """Where the first part ends: after the last line that fits, or else at the limit."""
    used = 0
    for index, letter in enumerate(text):
        used += 2 if letter > "\uffff" else 1
        if used > limit:
            line = text.rfind("\n", 0, index + 1)
            return line if line > 0 else index
    return len(text)
