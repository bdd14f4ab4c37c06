"""Show a long reply page by page, where a platform shows one short text: 更多 goes on.

What is not shown yet is kept with the reply, so nothing of it is lost, and nobody else can ask for
it.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.conversation.messages import Action, Message, ShownButton

LARGEST_MARK = 2**31 - 1
MOST_BESIDE = 2
"""Of the buttons of a reply so many stand on each page; all of them on the last one."""

BESIDE, LINK = 3, 130
"""A page leaves room for so many buttons, each a link of so many bytes; more take theirs of it."""

_ENDS = (
    re.compile(r"\n"),
    re.compile(r"[。！？；…!?;][”’」』）)]*|\.(?=\s)"),
    re.compile(r"[，、,\s]"),
)


@dataclass(frozen=True, slots=True)
class ReadOn(Action, tag="read-on"):
    """Shows the rest of a reply that was too long; ``mark`` tells it from others of the chat."""

    mark: int


def first_page(message: Message, most: int, more: str) -> Message:
    """The message, or what fits into ``most`` bytes of it; the rest is kept in ``rest``.

    ``more`` is the label of the button that goes on. Choices that stand in the text stand on the
    last page; their lines are not torn apart. Notices that take more than a page with the message
    are joined with it.
    """
    if most and message.notices and _weight(message) > most:
        message = message.joined()
    most = most and most - LINK * max(0, len(message.buttons) - BESIDE)
    if not most or len(message.text.encode()) <= most:
        return message
    body = message.text[: _first_line_of_choices(message)]
    cut = _cut(body, most)
    if not cut or not message.text[cut:].strip():
        return message
    rest = replace(
        message,
        text=message.text[cut:].lstrip("\n"),
        file=None,
        picture="",
        card=None,
        edit=False,
        offers_alerts=False,
    )
    return replace(
        message,
        text=message.text[:cut].rstrip("\n"),
        choices=() if any(each.in_text for each in message.choices) else message.choices,
        buttons=(
            ShownButton(more, ReadOn(_mark_of(rest)).pack()),
            *message.buttons[:MOST_BESIDE],
        ),
        rest=rest,
    )


def with_notice(message: Message, notice: Message, most: int) -> Message | None:
    """Return a message with one more notice below it; None where others fill its page already."""
    fuller = replace(message, notices=(*message.notices, notice))
    return None if most and message.notices and _weight(fuller) > most else fuller


def _weight(message: Message) -> int:
    """Return the bytes of a message without its own buttons, and of its notices with theirs."""
    texts = sum(len(each.text.encode()) for each in (message, *message.notices))
    links = sum(
        len(each.buttons) + len(each.choices) + bool(each.picture) + 2 * (each.file is not None)
        for each in message.notices
    )
    return texts + LINK * links


def rest_of(replies: Iterator[Mapping[str, Any]], mark: int) -> Message | None:
    """The rest that carries this mark among the replies to an address; None where it is gone."""
    kept = (Message.from_json(each).rest for each in replies if each.get("rest"))
    return next((each for each in kept if each is not None and _mark_of(each) == mark), None)


def _mark_of(rest: Message) -> int:
    return zlib.crc32(rest.text.encode(errors="replace")) & LARGEST_MARK


def _first_line_of_choices(message: Message) -> int:
    numbers = [str(each.number) for each in message.choices if each.in_text]
    if not numbers:
        return len(message.text)
    lines = re.finditer(rf"^(?:{'|'.join(numbers)})\. ", message.text, re.MULTILINE)
    found = [each.start() for each in lines]
    return found[-len(numbers)] if len(found) >= len(numbers) else 0


def _cut(text: str, most: int) -> int:
    """Where a page ends: at the last line, sentence or word that ends in its second half."""
    head = text.encode()[:most].decode(errors="ignore")
    if len(head) == len(text):
        return len(text)
    for boundary in _ENDS:
        ends = [each.end() for each in boundary.finditer(head)]
        if ends and ends[-1] * 2 >= len(head):
            return ends[-1]
    return len(head)
