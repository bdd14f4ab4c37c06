"""The shifts that people work, and the words for them."""

import re
from enum import StrEnum


class Shift(StrEnum):
    """``MIDDLE`` ends around midnight; who is on ``ROTATING`` shifts has one after the other."""

    DAY = "day"
    MIDDLE = "middle"
    NIGHT = "night"
    ROTATING = "rotating"


HOURS = {Shift.MIDDLE: "16:00-00:00"}
"""When a shift is at work, as quiet hours are written, where no other setting tells it."""

WORKS = {
    Shift.DAY: "08:00-12:00,13:30-17:30",
    Shift.NIGHT: "20:00-08:00",
    **HOURS,
}
"""When a shift usually works: meanwhile nobody's time to answer passes. Rotating ones know best."""

_WORDS = {
    Shift.ROTATING: (
        r"倒班|轮班|[两二三四2-4]班[倒转制]|[两二三四2-4]班(?=$|的)|[两二三四]倒|翻班"
        r"|\brotat\w*|\b(?:two|three) shifts?\b"
    ),
    Shift.NIGHT: r"夜班|晚班|通宵班|大夜|小夜|\bnights?\b|\bnight ?shift\b",
    Shift.MIDDLE: r"中班|\b(?:middle|mid|afternoon|late|evening|swing|second) ?shift\b",
    Shift.DAY: r"白班|早班|日班|长白|正常班|行政班|\bdays?(?: ?shift)?\b|\bmorning shift\b",
}
_READ = {shift: re.compile(words) for shift, words in _WORDS.items()}


def named_in(text: str) -> Shift | None:
    """Return the shift that words speak of: 三班倒, 中班, 长白班; None for none, or for several.

    Who has two of them in turn is on rotating shifts: 白班夜班两班倒.
    """
    text = text.casefold()
    found = [shift for shift, words in _READ.items() if words.search(text)]
    if Shift.ROTATING in found:
        return Shift.ROTATING
    return found[0] if len(found) == 1 else None
