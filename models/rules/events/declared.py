"""Groups of people by what they say of themselves, and of those who are new, for quotas.

Members carry no tags. What stands in their profile, an interest or a shift, and whether they ever
came to an event, are parts of a column like those of places and teams: ``/i:food/``, ``/h:night/``.
"""

import re

from models.rules.members import interests, shifts
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift

INTEREST, SHIFT, NEW = "i", "h", "n"
"""What a part begins with."""

FIRST_TIME = f"/{NEW}:first/"
"""Those who never came to any event before."""

_LIKES = re.compile(
    r"(?:喜欢|爱好|兴趣|who likes?|likes?|interest(?:ed in)?)[:： ]*", re.IGNORECASE
)
_FIRST = re.compile(
    r"(?:第一次|首次|头一次|没)(?:来|参加|来过|参加过)的?(?:人|工友|新人)?|新人|新来的"
    r"|first[- ]?tim(?:e|ers?)|newcomers|new(?: people)?(?: here)?",
    re.IGNORECASE,
)


def is_declared(column: str) -> bool:
    """Return whether a column stands for what people say of themselves, or for who is new."""
    return column[2:3] == ":"


def group_of(column: str) -> Interest | Shift | None:
    """Return the interest or shift of such a column; None for those who are new."""
    letter, _, value = column.strip("/").partition(":")
    match letter:
        case "i":
            return Interest(value)
        case "h":
            return Shift(value)
        case _:
            return None


def column_of(words: str) -> str:
    """Return the column of the group that these words name, 夜班 or 第一次来的; empty for none."""
    if _FIRST.fullmatch(words):
        return FIRST_TIME
    liked = _LIKES.sub("", words, count=1).removesuffix("的").strip()
    named = {name.casefold(): each for each, both in interests.INTERESTS.items() for name in both}
    found = named.get(liked.casefold())
    shift = shifts.named_in(words) if found is None else None
    if shift is not None:
        return f"/{SHIFT}:{shift}/"
    if found is None and liked != words:
        # Words alone may be any name, as 月球; after 喜欢 they speak of an interest.
        found = next(iter(interests.named_in(liked)), None)
    return f"/{INTEREST}:{found}/" if found is not None else ""


def parts_of(shift: Shift | None, liked: list[Interest], *, is_new: bool) -> frozenset[str]:
    """Return every part of such columns that a person belongs to."""
    parts = {f"{INTEREST}:{each}" for each in liked}
    if shift is not None:
        parts.add(f"{SHIFT}:{shift}")
    if is_new:
        parts.add(FIRST_TIME.strip("/"))
    return frozenset(parts)
