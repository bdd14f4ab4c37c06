"""Read a list of names as groups pass it on (接龙, Solitaire), and say whom a name may mean.

``1. 张三``, ``2、李四 2人``, ``3 王五（带小孩）``, ``4. 昭信-小陈`` and ``5.`` name four people and
two of them bring somebody. What stands before the list or has no number is no name.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 8000
"""Characters that are read of a list."""

MOST_NAMES = 200
LONGEST_NAME = 20
MOST_ALONG = 9

_CHAIN = re.compile(r"#?\s{0,3}(?:群\s{0,3})?接龙|#\s?sign-up list", re.IGNORECASE)
_NAME_LIST = re.compile(r".{0,30}名单[:：]?")
_KEYS = re.compile(r"(\d)\ufe0f?\u20e3")
_CIRCLES = {ord("①") + place: f"{place + 1}. " for place in range(20)}
_NUMBERED = re.compile(r"^\s{0,3}(?P<number>\d{1,3})(?:\s{0,3}[.、．)）:：]|\s)(?P<said>.{0,60})$")
_EXAMPLE = re.compile(r"^\s{0,3}例[:：\s]")
_LABEL = re.compile(r"[:：。；;？?！!]|https?|接龙|报名|请(?!假)|自带|集合|截止|准时")
_GONE = re.compile(r"取消|退出|不来|不去|去不了|来不了|请假|cancel|can'?t come", re.IGNORECASE)
_DIGITS = {"一": 1, "两": 2, "二": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5}
_N = r"(?P<n>\d{1,2}|[一两二三四五俩仨])"
_CHILD = r"小孩|孩子|小朋友|儿童|儿子|女儿|闺女|宝宝|娃"
_NEAR = r"老婆|老公|媳妇|爱人|对象|家属|家人|朋友|同事|老乡|爸爸?|妈妈?|父母"
_WITH = re.compile(
    rf"[带帶](?:了|上|着)?\s{{0,2}}{_N}?\s{{0,2}}(?:个|位|名)?\s{{0,2}}"
    rf"(?:(?P<kids>{_CHILD})|{_NEAR}|大人?|个?人|位)"
)
_AND = re.compile(rf"[和跟与加](?:(?P<kids>{_CHILD})|{_NEAR})")
_BIG_AND_SMALL = re.compile(
    r"(?P<along>[带帶])?\s?(?P<big>[1-9一两二三四五])\s?大\s?(?P<small>[1-9一两二三四五])\s?小"
)
_PLUS = re.compile(rf"[+＋]\s{{0,2}}{_N}\s{{0,2}}(?:个?人|位|个)?(?!\d)")
_IN_ALL = re.compile(
    rf"(?:一?共\s{{0,2}})?{_N}\s{{0,2}}(?:个人|人|位|名|口人?)|[x×*]\s{{0,2}}(?P<times>\d)(?!\d)"
)
_COUPLE = re.compile(r"夫妻|夫妇|两口子")
_HOME = re.compile(r"一家(?=\s{0,2}[一两二三四五俩仨\d]\s{0,2}口)")
_PHONE = re.compile(r"\d[\d -]{3,}")
_BETWEEN = re.compile(r"[\s\-—–_/\\|·・,，、()（）【】\[\]<>《》~～+＋]+")
_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[\u4e00-\u9fff]{3,}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: a ``name`` as it may be kept, the ``parts`` of it that may be a name or a
    place, and how many grown people and children come along."""

    name: str
    parts: tuple[str, ...]
    grown: int = 0
    kids: int = 0

    @property
    def people(self) -> int:
        return 1 + self.grown + self.kids


@dataclass(frozen=True, slots=True)
class Chain:
    """What a list says: the lines before it, its entries in order, each once, and how many more
    lines there were than are read."""

    heading: str = ""
    entries: tuple[Entry, ...] = ()
    left_out: int = 0


def is_chain(text: str) -> bool:
    """Return whether a text calls itself such a list."""
    return _CHAIN.search(text[:LONGEST]) is not None


def read(text: str) -> Chain:
    """Read a list. Where numbers begin anew at 1, what stood above was no list of names."""
    plain = _KEYS.sub(r"\1. ", text[:LONGEST]).translate(_CIRCLES)
    heading: list[str] = []
    found: dict[tuple[str, ...], Entry] = {}
    last = 0
    for line in map(str.strip, plain.splitlines()):
        match = None if _EXAMPLE.match(line) else _NUMBERED.match(line)
        if match is None:
            if not found:
                heading.append(_CHAIN.sub("", line, count=1))
            continue
        number, said = int(match["number"]), match["said"].strip()
        if number == 1 and last > 1:
            heading += [each.name for each in found.values()]
            found = {}
        last = number
        entry = _entry(said)
        if entry is not None:
            found.setdefault(entry.parts, entry)
    entries = tuple(found.values())
    said_before = "\n".join(filter(None, map(str.strip, heading)))
    return Chain(said_before, entries[:MOST_NAMES], max(0, len(entries) - MOST_NAMES))


def read_asked(text: str) -> Chain:
    """Read what was written where names were asked for: without numbers each line is one."""
    chain = read(text)
    if chain.entries:
        return chain
    lines = [each.strip() for each in text[:LONGEST].splitlines() if not is_chain(each)]
    named = enumerate(filter(None, lines), start=1)
    return read("\n".join(f"{number}. {each}" for number, each in named))


def is_bare(text: str) -> bool:
    """Return whether a text is nothing but numbered lines with names, two or more.

    A list that is passed on often lacks its first line, which calls it a 接龙; some call it a 名单.
    """
    lines = [each for each in text[:LONGEST].splitlines() if each.strip()]
    chain = read(text)
    if chain.heading and _NAME_LIST.fullmatch(chain.heading):
        del lines[0]
    elif chain.heading:
        return False
    return len(lines) > 1 and len(chain.entries) == len(lines)


def _entry(said: str) -> Entry | None:
    """The person of a line; None where it names nobody, or somebody who does not come."""
    if not said or said[0].isdecimal() or _LABEL.search(said) or _GONE.search(said):
        return None
    grown = kids = 0
    left = said
    if match := _BIG_AND_SMALL.search(left):
        grown, kids = _number(match["big"]), _number(match["small"])
        grown -= match["along"] is None
        left = _without(left, match)
    while match := _WITH.search(left) or _AND.search(left):
        number = _number(match.groupdict().get("n") or "1")
        grown, kids = (grown, kids + number) if match["kids"] else (grown + number, kids)
        left = _without(left, match)
    if match := _PLUS.search(left):
        grown, left = grown + _number(match["n"]), _without(left, match)
    left = _HOME.sub(" ", left)
    if match := _IN_ALL.search(left):
        in_all = _number(match["n"] or match["times"])
        grown, left = max(grown, in_all - 1 - kids), _without(left, match)
    if match := _COUPLE.search(left):
        grown, left = max(grown, 1), _without(left, match)
    left = _PHONE.sub(" ", left)
    parts = tuple(each for each in _BETWEEN.split(left) if _LETTER.search(each))
    if not parts or len(parts) > 4:
        return None
    name = " ".join(parts)
    if len(name) > LONGEST_NAME:
        return None
    kids = min(kids, MOST_ALONG)
    return Entry(name, parts, min(max(grown, 0), MOST_ALONG - kids), kids)


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _number(word: str) -> int:
    return _DIGITS.get(word) or int(word)


# Whom a name means


@dataclass(frozen=True, slots=True)
class Known:
    """A member whom the organizer may see; ``place`` is where they work, empty if it is unseen."""

    id: int
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom an entry may mean, the likeliest first; ``is_sure`` if it is the one and nobody else."""

    ids: tuple[int, ...] = ()
    is_sure: bool = False


def names_of(entry: Entry) -> Iterator[str]:
    """Return every name under which the person of an entry may be known."""
    yield from dict.fromkeys(
        (
            " ".join(entry.parts),
            "".join(entry.parts),
            *entry.parts,
            *(each[begins:] for each in entry.parts for begins in _places_of_name(each)),
        )
    )


def _places_of_name(part: str) -> Sequence[int]:
    """Where a name may begin behind a place that nothing parts from it: 昭信小陈."""
    if not _HAN.fullmatch(part):
        return ()
    return [len(part) - size for size in (2, 3, 4) if size < len(part)]


def meant_by(entry: Entry, known: Sequence[Known]) -> Meant:
    """Return whom an entry means of those who are ``known``.

    A name is sure if one member bears it, and nothing else is said of them but a place of theirs.
    """
    whole = {" ".join(entry.parts).casefold(), "".join(entry.parts).casefold()}
    parts = [each.casefold() for each in entry.parts]
    fits: list[tuple[int, Known]] = []
    for each in known:
        name = each.name.casefold()
        if name in whole:
            fits.append((2, each))
        elif name in parts:
            others = [part for part in parts if part != name]
            fits.append((_agrees(others, each.place), each))
        elif (within := next((part for part in parts if part.endswith(name)), "")) and name:
            others = [within.removesuffix(name), *(part for part in parts if part != within)]
            agrees = _agrees(others, each.place)
            # What stands before the end of a word may be part of another name.
            fits.append((agrees if agrees == 2 else 0, each))
    if not fits:
        return Meant()
    best = max(fit for fit, _ in fits)
    likeliest = [each.id for fit, each in fits if fit == best]
    rest = [each.id for fit, each in fits if fit < best]
    return Meant((*likeliest, *rest), best == 2 and len(likeliest) == 1)


def _agrees(others: Sequence[str], place: str) -> int:
    """2 if all that is said beside a name is a place of theirs, 1 if nothing is known of it, 0 if
    they are known to be elsewhere."""
    if not place:
        return 1
    plain = place.casefold()
    return 2 if all(each in plain for each in others) else 0
