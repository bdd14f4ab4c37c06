"""Match typed words with the last message: labels, numbers, "yes", "the second one"."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace

from bot.conversation.messages import Message, ShownButton
from models.rules.understanding.intents import Understood

LastShown = Callable[[], Message | None]
"""Reads the message that the member saw last."""

LONGEST_LABEL = 40


def nothing_shown() -> Message | None:
    """There is no message that words could refer to."""
    return None


# Full-width letters and digits, as a Chinese keyboard types them.
_LETTERS = (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
_NARROW = {**{wide: wide - 0xFEE0 for wide in _LETTERS}, 0x3000: " "}
_NARROW_ALL = {**_NARROW, 0xFF1A: ":", 0xFF0F: "/"}


def plain(text: str) -> str:
    """Return typed text in one line, with full-width digits and letters made narrow."""
    return " ".join(text.translate(_NARROW_ALL).split())


def whole(text: str) -> str:
    """Return an answer in the member's own words: lines, colons and slashes as typed."""
    return text.translate(_NARROW).strip()


def shown_as(text: str, last_shown: LastShown) -> str:
    """Return the action of the button or choice shown with this label or number."""
    if len(text) > LONGEST_LABEL:
        return ""
    wanted = _alike(text)
    for message in _parts(last_shown()):
        for choice in message.choices:
            if wanted in (str(choice.number), f"{choice.number}号", _alike(choice.label)):
                return choice.data
            if wanted == _alike(f"{choice.number} {choice.label}"):
                return choice.data
        for button in message.buttons:
            if wanted == _alike(button.label):
                return button.data
    return ""


def _alike(label: str) -> str:
    """Return a label without the difference of widths and cases: 50％ is 50%."""
    return unicodedata.normalize("NFKC", label).casefold()


def _parts(message: Message | None) -> tuple[Message, ...]:
    """Return a message and the notices that stood below it."""
    return (message, *message.notices) if message is not None else ()


def link_shown_as(text: str, last_shown: LastShown) -> ShownButton | None:
    """Return the button shown with this label that opens an address."""
    message = last_shown() if len(text) <= LONGEST_LABEL else None
    buttons = (button for part in _parts(message) for button in part.buttons)
    wanted = _alike(text)
    return next((each for each in buttons if each.url and wanted == _alike(each.label)), None)


def row_of(text: str, shown: Message | None, last_list: LastShown) -> str:
    """Return the action of the last list's row with this number, for a page like the chat page.

    There the choices of the message shown last have no numbers, and the rows of a list above do.
    """
    if not text.isdecimal() or shown is None or not shown.choices:
        return ""
    if any(choice.in_text for choice in shown.choices):
        return ""
    message = last_list()
    rows = [choice for choice in message.choices if choice.in_text] if message is not None else []
    return next((row.data for row in rows if str(row.number) == text), "")


def agreed_to(message: Message | None) -> str:
    """Return what "yes" does: the first button of a message that ends with a question.

    Where several do, of which one is a notice below it, nobody knows which is meant.
    """
    asking = [each for each in _parts(message) if each.text.endswith(("?", "？"))]
    if len(asking) != 1 or asking[0].choices or not asking[0].buttons:
        return ""
    return asking[0].buttons[0].data


def place_of(said: Understood, last_shown: LastShown) -> str:
    """Return the action of the row at that place: "the second one" and nothing else."""
    if said.intent is not None or not said.is_place:
        return ""
    message, place = last_shown(), said.number
    choices = message.choices if message is not None else ()
    return choices[place - 1].data if 0 < place <= len(choices) else ""


def in_list(said: Understood, last_shown: LastShown) -> Understood:
    """The second one, say, by the number that stands there; nothing where there is no list."""
    message, place = last_shown(), int(said.words)
    choices = message.choices if message is not None else ()
    number = str(choices[place - 1].number) if 0 < place <= len(choices) else ""
    return replace(said, words=number, is_place=False)
