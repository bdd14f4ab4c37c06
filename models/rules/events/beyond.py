"""Which lines of a pasted announcement stand whole in fields, and need no second place."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from models.rules.dates.reading import FoundTime
from models.rules.dates.sifting import pieces_in, plain
from models.rules.events import companions, moments
from models.rules.events.announced import Pasted
from models.rules.events.details import DETAILS
from models.rules.events.labels import Part
from models.rules.events.unsaid import unsaid

FEWEST_LABELS = 2
"""With fewer labels it is prose, of which no sentence is taken out."""

TIMES = frozenset({"time", "ends", "closes", "opens", "signs_up"})
COUNTS = ("seats", "place", "")
"""Labels behind which the number of seats may stand; it needs none."""

_WORD, _DIGIT = re.compile(r"[^\W_]"), re.compile(r"\d|不限|no limit", re.IGNORECASE)
_AROUND_TIMES = re.compile(
    r"即日|[从自起至到前止于在的]|之前|以前|截[止至]|准时|正式|开始|\b(?:from|until|till|to|by|at|on|before)\b",
    re.IGNORECASE,
)
_AROUND_NUMBERS = re.compile(
    r"\d|[限共约只仅收招满人名位席个座额]|以内|左右|最多|不超过|不限|\b(?:people|places|seats|spots|max"
    r"|up to|only|limit|no)\b",
    re.IGNORECASE,
)
_AROUND_THINGS = re.compile(r"请|自[带备]|携?带[上好]?|费用|名额")

_NUMBERED = re.compile(
    r"^(?P<before>\s*[（(]?)(?P<number>[一二三四五六七八九十]{1,2}|\d{1,2})(?P<after>[)）、.．])(?!\d)\s*"
)
_ONES = "一二三四五六七八九十"
_CHINESE = (*_ONES, *(f"十{each}" for each in _ONES[:9]))
_REFERS = re.compile(r"第[一二三四五六七八九十\d]{1,2}[条项点款]")


@dataclass(frozen=True, slots=True)
class Fields:
    """What became of an announcement.

    ``texts`` are those of fields by the kinds of labels that they may stand behind; ``others`` are
    words that a field holds wherever they stand. ``known`` are the kinds of labels of whose values
    a time or a number was read.
    """

    texts: Mapping[str, str]
    others: Sequence[str]
    known: Set[str]


def fields_of(said: Pasted) -> Fields:
    """Return what of an announcement is in fields: what is only guessed, or too long, is not."""
    title = "" if said.titled.is_guessed else said.title
    admits = said.companions if companions.read(said.companions) else ""
    details = {name: getattr(said, name) for name in ("meet", "bring", "cost", "contact")}
    short = {name: text for name, text in details.items() if len(text) <= DETAILS[name].most}
    texts = {
        **dict.fromkeys(("title", "topic", "content"), title),
        "place": "" if said.placed.is_guessed else said.place,
        "companions": admits,
        **short,
    }
    known = set[str]()
    if isinstance(said.when, FoundTime):
        known |= {"time"} if said.when.ends is None else {"time", "ends"}
    if said.closes is not None:
        known |= {"closes", "signs_up"}
    if said.opens is not None:
        known |= {"opens", "signs_up"}
    is_shared = said.of_both is not None
    if said.seats is not None and (is_shared or not said.quota):
        known.add("seats")
    return Fields(texts, (said.quota,) if is_shared else (), known)


def told_lines(text: str, parts: Sequence[Part], fields: Fields) -> frozenset[int]:
    """Return the places of the lines of which every word stands in a field.

    Where nothing else is said, greetings and signatures are told as well.
    """
    lines = text.splitlines()
    signed = {text.count("\n", 0, at) for at, _ends in moments.signatures(text)}
    by_line: dict[int, list[Part]] = {}
    for each in parts:
        by_line.setdefault(each.line, []).append(each)
    is_prose = sum(each.kind not in ("", "name") for each in parts) < FEWEST_LABELS
    told = set[int]()
    silent = set[int]()
    for number, here in by_line.items():
        left = [_without_fields(each.value, each.kind, fields) for each in here]
        is_silent = number in signed or not any(map(_says, here, left))
        holds = any(each.kind or each.value != rest for each, rest in zip(here, left, strict=True))
        has_label = any(each.kind for each in here)
        if is_silent and holds and number not in signed and (has_label or not is_prose):
            told.add(number)
        elif is_silent and not is_prose:
            silent.add(number)
    for number in reversed(range(len(lines) - 1)):
        # A label alone in its line goes with what stands below.
        if lines[number].strip() and number not in by_line and number + 1 in told:
            told.add(number)
    if told and by_line.keys() <= told | silent:
        told |= silent
    return frozenset(told)


def _says(part: Part, left: str) -> bool:
    """Whether words are left that say anything: behind a label any does."""
    if part.kind:
        return _WORD.search(left) is not None
    return bool(unsaid(_AROUND_THINGS.sub(" ", left), ()))


def _without_fields(value: str, kind: str, fields: Fields) -> str:
    """The words behind a label, or without one, that stand in no field."""
    texts = (fields.texts.get(kind, ""), *fields.others) if kind else _texts(fields)
    for text in sorted(filter(None, texts), key=len, reverse=True):
        value = value.replace(text, " ")
    has_times = fields.known & TIMES if not kind else kind in fields.known & TIMES
    if has_times and (found := pieces_in(plain(value))):
        for each in found:
            value = value[: each.begins] + " " * (each.ends - each.begins) + value[each.ends :]
        value = _AROUND_TIMES.sub(" ", value)
    if kind in COUNTS and "seats" in fields.known and _DIGIT.search(value):
        value = _AROUND_NUMBERS.sub(" ", value)
    return value


def _texts(fields: Fields) -> list[str]:
    return [each for each in (*fields.texts.values(), *fields.others) if each]


def without_lines(words: str, told: Set[int]) -> str:
    """The words but for these lines; numbers that the others had are counted anew.

    A single line that is left of a numbered list has no number; where the words refer to numbers,
    all keep theirs.
    """
    lines = words.splitlines()
    kept = {at: line for at, line in enumerate(lines) if at not in told}
    lists: dict[tuple[str, str, bool], list[tuple[int, re.Match[str]]]] = {}
    for at, line in enumerate(lines):
        if (found := _NUMBERED.match(line)) is not None:
            style = (found["before"].strip(), found["after"], found["number"].isdecimal())
            lists.setdefault(style, []).append((at, found))
    for rows in [] if any(map(_REFERS.search, kept.values())) else lists.values():
        left = [each for each in rows if each[0] in kept]
        if len(left) < len(rows) and _runs(rows):
            for number, (at, found) in enumerate(left, start=1):
                kept[at] = _renumbered(lines[at], found, number if len(left) > 1 else 0)
    return "\n".join(kept.values()).strip()


def _runs(rows: Sequence[tuple[int, re.Match[str]]]) -> bool:
    """Whether the numbers are those of one list, from the first on."""
    names = [found["number"] for _at, found in rows]
    places = range(1, len(rows) + 1)
    return names == [str(each) for each in places] or names == [*_CHINESE[: len(rows)]]


def _renumbered(line: str, found: re.Match[str], number: int) -> str:
    if not number:
        return line[found.end() :]
    name = str(number) if found["number"].isdecimal() else _CHINESE[number - 1]
    return f"{found['before']}{name}{line[found.end('number') :]}"
