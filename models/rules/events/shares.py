"""How organizers write who gets how many seats: 昭信集团 10；狮山 至少5；大沥 最多20."""

import re
from dataclasses import dataclass, replace

BLANKS = " :：\t"
BETWEEN = re.compile(r"[\n;；,，、。]+|(?<=[\d席人个位座])\s*[/／]")
_KEPT = ("预留给", "预留", "留给", "给")
_LEAST = ("至少", "最少", "保底", "不少于", "预留", "留", "at least", "keep")
_MOST = ("最多", "不超过", "至多", "限", "at most", "up to", "max")
_EACH = ("各", "各自", "each")
_AND = re.compile(r"[/／和与及&]|\band\b", re.IGNORECASE)
_TWO = {"男女": ("男", "女"), "女男": ("女", "男")}
_NUMBER = re.compile(r"\d")
_SEATS = re.compile(
    r"(?P<n>\d{1,5})(?:\s*[-–—~到至]\s*(?P<to>\d{1,5}))?\s*(?:个?人|个?席位?|个?名额?|位|座|seats?|people)?(?:\s*(?P<each>each))?",
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
    before: list[str] = []
    parts: list[str] = [each.strip() for each in BETWEEN.split(words)]
    for part in filter(None, parts):
        if not _NUMBER.search(part):
            # 男、女各 20: the number stands behind the last of them.
            before.append(part)
            continue
        said, is_each = _said(part)
        if said is None or (before and not is_each):
            return before[0] if before else part
        names = _names(said.name) if is_each else (said.name,)
        found += [replace(said, name=name) for name in (*before, *names)]
        before = []
    return before[0] if before else found


def of_men_and_women(men: int, women: int, seats: int) -> list[Said]:
    """Return the shares of so many men and women, 0 and 0 for halves; none beyond the ``seats``."""
    if not men and not women:
        half, rest = seats // 2, seats - seats // 2
        return [Said(name, half, rest) for name in _TWO["男女"]] if half else []
    if men + women > seats:
        return []
    return [Said(*each) for each in zip(_TWO["男女"], (men, women), (men, women), strict=True)]


def _names(name: str) -> tuple[str, ...]:
    """The groups that have so many seats each: ``男/女``."""
    return _TWO.get(name) or tuple(filter(None, (each.strip() for each in _AND.split(name))))


def _said(part: str) -> tuple[Said | None, bool]:
    """Split a part at its first digit: the group and how the number is meant, then the number.

    Tells besides whether each of several groups has so many.
    """
    first = _NUMBER.search(part)
    seats = _SEATS.fullmatch(part, first.start()) if first else None
    if first is None or seats is None:
        return None, False
    number, up_to = int(seats["n"]), int(seats["to"] or seats["n"])
    name, is_each = _behind(part[: first.start()], _EACH)
    is_each |= bool(seats["each"])
    name, kept = _before(name, _KEPT)
    name, most = _behind(name, _MOST)
    name, least = _behind(name, () if most else _LEAST)
    if not name or up_to < number:
        return None, False
    if seats["to"]:
        return Said(name, number, up_to), is_each
    if least or kept:
        return Said(name, number, None), is_each
    return Said(name, 0 if most else number, number), is_each


def _before(text: str, words: tuple[str, ...]) -> tuple[str, bool]:
    """Return the text without the first of these words that it begins with, and whether it did."""
    found = next((each for each in words if text.startswith(each)), "")
    return text[len(found) :], bool(found)


def _behind(text: str, words: tuple[str, ...]) -> tuple[str, bool]:
    """Return the text without the first of these words that it ends with, and whether it did."""
    text = text.strip(BLANKS)
    found = next((each for each in words if text.casefold().endswith(each)), "")
    return text[: len(text) - len(found)].strip(BLANKS), bool(found)
