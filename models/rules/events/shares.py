"""How organizers write who gets how many seats: 昭信集团 10；狮山 至少5；大沥 最多20."""

import re
from dataclasses import dataclass

BLANKS = " :：\t"
BETWEEN = re.compile(r"[\n;；,，、。]+")
_KEPT = ("预留给", "预留", "留给", "给")
_LEAST = ("至少", "最少", "保底", "不少于", "预留", "留", "at least", "keep")
_MOST = ("最多", "不超过", "至多", "限", "at most", "up to", "max")
_NUMBER = re.compile(r"\d")
_SEATS = re.compile(
    r"(?P<n>\d{1,5})(?:\s*[-–—~到至]\s*(?P<to>\d{1,5}))?\s*(?:个?人|个?席位?|个?名额?|位|座|seats?|people)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says: the group's name as it is written, and its seats."""

    name: str
    least: int
    most: int | None


def read(words: str) -> list[Said] | str:
    """Return the shares that the words tell, in order; or the first part that tells none.

    A number alone is both: so many are kept, and no more can be had.
    """
    found: list[Said] = []
    parts: list[str] = [each.strip() for each in BETWEEN.split(words)]
    for part in filter(None, parts):
        said = _said(part)
        if said is None:
            return part
        found.append(said)
    return found


def _said(part: str) -> Said | None:
    """Split a part at its first digit: the group and how the number is meant, then the number."""
    first = _NUMBER.search(part)
    seats = _SEATS.fullmatch(part, first.start()) if first else None
    if first is None or seats is None:
        return None
    number, up_to = int(seats["n"]), int(seats["to"] or seats["n"])
    name, kept = _before(part[: first.start()], _KEPT)
    name, most = _behind(name, _MOST)
    name, least = _behind(name, () if most else _LEAST)
    if not name or up_to < number:
        return None
    if seats["to"]:
        return Said(name, number, up_to)
    if least or kept:
        return Said(name, number, None)
    return Said(name, 0 if most else number, number)


def _before(text: str, words: tuple[str, ...]) -> tuple[str, bool]:
    """Return the text without the first of these words that it begins with, and whether it did."""
    found = next((each for each in words if text.startswith(each)), "")
    return text[len(found) :], bool(found)


def _behind(text: str, words: tuple[str, ...]) -> tuple[str, bool]:
    """Return the text without the first of these words that it ends with, and whether it did."""
    text = text.strip(BLANKS)
    found = next((each for each in words if text.casefold().endswith(each)), "")
    return text[: len(text) - len(found)].strip(BLANKS), bool(found)
