"""Pick one stretch of an announcement, its title for instance, by weights that were learnt.

A stretch is judged by what stands around its two ends, by what it is made of, and by its shape.
What each of these says for and against it stands in a file of weights, which ``make understanding``
learns from announcements that were marked by hand.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from models.rules.events.naming import ACTIVITY, PLACE_END
from models.rules.events.numbers import FILL
from models.rules.events.weighing import UNIT, weights

MOST_READ = 500
"""Characters that are looked at: what comes later is neither title nor place."""
LONGEST = 90
MOST_ENDS = 8
"""So many of the likeliest beginnings and ends are looked at together."""

_CLASSES = {
    **dict.fromkeys("，,、", ","),
    **dict.fromkeys("。.！!？?；;…", "."),
    **dict.fromkeys("：:", ":"),
    **dict.fromkeys("｜|·—-–－~～/▪•▶", "-"),
    **dict.fromkeys("《》", "b"),
    **dict.fromkeys('“”"「」', "q"),
    **dict.fromkeys("【】[]", "k"),
    **dict.fromkeys("（）()", "p"),
    "\n": "n",
    " ": "s",
    "\u3000": "s",
    FILL: "U",
    "@": "@",
    "#": "@",
    "'": "a",
    "’": "a",
    "&": "a",
}
_PAIRS = {"《": "》", "“": "”", '"': '"', "「": "」", "【": "】", "（": "）", "(": ")"}
_OPENING, _CLOSING = "《“「【（([", "》”」】）)]"
_AROUND = 4
"""Characters on each side of an end that are looked at."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a stretch is picked from: the text, and the kind of label before each of its characters.

    ``left`` is as long as ``text``; what was read as something else is filled up in it. ``kinds``
    has a letter a character, a blank for words without a label. ``told`` is ``m`` where a label
    elsewhere says where people meet.
    """

    text: str
    left: str
    kinds: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A candidate, with how probable it is among all that were looked at."""

    begins: int
    ends: int
    probability: float


class Marks:
    """What is known of each place of a sheet, and so of each stretch between two of them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        read = sheet.left[:MOST_READ].casefold()
        if len(read) != len(sheet.left[:MOST_READ]):
            read = sheet.left[:MOST_READ]
        self.length = len(read)
        self.chars = "".join(["0" if each.isdigit() else each for each in read])
        self.classes = "".join(map(_class_of, self.chars))
        self.acts = [each.span() for each in ACTIVITY.finditer(sheet.text[:MOST_READ])]
        self.act_starts = {each[0] for each in self.acts}
        self.act_ends = {each[1] for each in self.acts}
        self.places = {each.end() for each in PLACE_END.finditer(sheet.text[:MOST_READ])}
        self.lines = _lines(self.chars, self.classes)
        self.words = _words(self.chars)
        self.clauses = _clauses(self.classes)
        self.ranks, self.ranked = _ranks(self.clauses, self.classes)
        self.sizes = _sizes(self.classes)
        self.nearest_act = _nearest(self.acts, self.length)

    def around(self, at: int) -> list[str]:
        """What stands on both sides of a place, as features."""
        pad = "\n" * _AROUND
        before = (pad + self.chars[max(0, at - _AROUND) : at])[-_AROUND:]
        behind = (self.chars[at : at + _AROUND] + pad)[:_AROUND]
        kinds_before = ("nnn" + self.classes[max(0, at - 3) : at])[-3:]
        kinds_behind = (self.classes[at : at + 3] + "nnn")[:3]
        found = [f"l{before[-many:]}" for many in range(1, _AROUND + 1)]
        found += [f"r{behind[:many]}" for many in range(1, _AROUND + 1)]
        found += [f"m{before[-1]}{behind[0]}"]
        found += [f"L{kinds_before[-many:]}" for many in (1, 2, 3)]
        found += [f"R{kinds_behind[:many]}" for many in (1, 2, 3)]
        found += [f"B{kinds_before[-2:]}{kinds_behind[:2]}"]
        found += [f"w{self.words[0].get(at, '')}", f"v{self.words[1].get(at, '')}"]
        if at in self.act_starts:
            found.append("A<")
        if at in self.act_ends:
            found.append("A>")
        if at - 1 in self.act_ends:
            found.append("A>>")
        if at in self.places:
            found.append("P>")
        return found

    def inside(self, at: int) -> str:
        """The feature of two characters that stand in a stretch."""
        return f"i{self.chars[at : at + 2]}"

    def shape(self, begins: int, ends: int) -> list[str]:
        """What a stretch is like as a whole, as features."""
        classes = set(self.classes[begins:ends])
        line = self.lines[begins]
        whole = f"{int(line.words[0] < begins)}{int(line.words[1] >= ends)}"
        used = f"{int(line.used[0] < begins)}{int(line.used[1] >= ends)}"
        size = _named(self.sizes[ends] - self.sizes[begins])
        act_in = int(self.nearest_act[begins] <= ends)
        act_end = int(ends in self.act_ends or ends - 1 in self.act_ends)
        act = f"{act_in}{act_end}"
        where = f"{min(line.number, 4)}"
        kind = self.sheet.kinds[begins]
        found = [
            f"s{size}",
            f"sa{act}",
            f"sp{int(ends in self.places)}{act_in}",
            f"sw{whole}",
            f"sl{where}",
            f"slw{where}{whole}",
            f"swu{whole}{used}",
            f"sk{kind}",
            f"skw{kind}{whole}",
            f"swa{whole}{act}",
            f"sla{where}{act}",
        ]
        signs = [each for each in classes if each not in "ha"]
        found += ["sc" + each for each in signs]
        found += [f"scw{each}{whole}" for each in signs]
        clause_begins, clause_ends = self.clauses[begins], self.clauses[ends - 1]
        rank = self.ranks[clause_begins[0]]
        led = min(begins - clause_begins[0], 4)
        trailed = min(clause_ends[1] - ends, 4)
        torn = f"{min(led, 1)}{min(trailed, 1)}"
        beside = f"{self.classes[begins - 1 : begins]}{self.classes[ends : ends + 1]}"
        found += [
            f"sx{led}{trailed}",
            f"sxa{torn}{act}{where}",
            f"sy{beside}",
            f"sn{where}{line.following}{whole}",
            f"sza{size}{act}",
            f"szx{size}{torn}",
            f"scl{int(clause_begins[0] == clause_ends[0])}",
            f"sj{rank}{self.ranked}",
            f"sjw{rank}{torn}{act_in}",
            f"sju{rank}{beside}",
        ]
        text = self.sheet.text[begins:ends]
        if not classes.isdisjoint("bqkp") and _is_torn(text):
            found.append("storn")
        before = self.sheet.text[begins - 1 : begins]
        if before in _PAIRS and _PAIRS[before] == self.sheet.text[ends : ends + 1]:
            found.append(f"sq{before}")
            found.append(f"sqa{before}{act_in}")
        if len(text) > 2 and self.sheet.text.find(text, ends) >= 0:
            found.append("sagain")
        return found

    def places_to_begin(self) -> Iterator[int]:
        """Where a stretch may begin: at no space or closing sign, and amid no word or number."""
        for at in range(self.length):
            kind = self.classes[at]
            if kind in "ns,.:-U" or self.sheet.text[at] in _CLOSING:
                continue
            if at and kind in "ad" and self.classes[at - 1] == kind:
                continue
            yield at

    def places_to_end(self) -> Iterator[int]:
        """Where a stretch may end."""
        for at in range(1, self.length + 1):
            kind = self.classes[at - 1]
            if kind in "ns,:-U" or self.sheet.text[at - 1] in _OPENING:
                continue
            if at < self.length and kind in "ad" and self.classes[at] == kind:
                continue
            yield at

    def may_be(self, begins: int, ends: int) -> bool:
        """Whether two places are those of one stretch: in one line, neither short nor long."""
        return 1 < ends - begins <= LONGEST and ends <= self.lines[begins].ends


def nothing(sheet: Sheet) -> list[str]:
    """The features of no stretch at all."""
    return ["none", f"none{sheet.told}", f"none{sheet.told}{min(sheet.text.count(chr(10)), 4)}"]


_WORDS = re.compile("[had]")


def _class_of(char: str) -> str:
    known = _CLASSES.get(char)
    if known is not None:
        return known
    if "\u3400" <= char <= "\u9fff":
        return "h"
    if char == "0":
        return "d"
    if char.isalpha():
        return "a"
    return "e" if unicodedata.category(char)[0] in "SCM" else "."


class _Line(NamedTuple):
    """A line: its place among those with words, and where its words and used places are.

    ``following`` is the kind of the sign with which the next line begins.
    """

    number: int
    ends: int
    words: tuple[int, int]
    used: tuple[int, int]
    following: str


def _lines(chars: str, classes: str) -> list[_Line]:
    """The line of each place."""
    found: list[_Line] = []
    number, begins = 0, 0
    for line in chars.split("\n"):
        ends = begins + len(line)
        words = [each.start() for each in _WORDS.finditer(classes, begins, ends)]
        used = (chars.find(FILL, begins, ends), chars.rfind(FILL, begins, ends))
        here = _Line(
            number,
            ends,
            (words[0], words[-1]) if words else _NOWHERE,
            used if used[0] >= 0 else _NOWHERE,
            classes[ends + 1 : ends + 2] if ends < len(chars) else "-",
        )
        found += [here] * (len(line) + 1)
        number += bool(line.strip(f"{FILL} "))
        begins = ends + 1
    return found


_NOWHERE = (MOST_READ, -1)


def _nearest(acts: Sequence[tuple[int, int]], length: int) -> list[int]:
    """For each place where the first activity that begins there or later ends."""
    found = [MOST_READ + 1] * (length + 1)
    for begins, ends in acts:
        found[begins] = ends
    for at in range(length - 1, -1, -1):
        found[at] = min(found[at], found[at + 1])
    return found


def _clauses(classes: str) -> list[tuple[int, int]]:
    found = [(at, at) for at in range(len(classes) + 1)]
    for each in re.finditer("[ad]+(?:s[ad]+)*|[hadbqpk]+", classes):
        found[each.start() : each.end()] = [each.span()] * (each.end() - each.start())
    return found


def _ranks(clauses: Sequence[tuple[int, int]], classes: str) -> tuple[Mapping[int, int], int]:
    """Which of those with words a clause is, by where it begins, and how many there are."""
    found: dict[int, int] = {}
    counted = 0
    for begins, ends in dict.fromkeys(clauses):
        found[begins] = min(counted, 5)
        counted += len(_WORDS.findall(classes, begins, ends)) > 1
    return found, min(counted, 6)


_WORD = re.compile(r"[a-z][a-z'’&]*")


def _words(chars: str) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """The Latin words that begin at a place or a space behind it, and those that end there."""
    begin: dict[int, str] = {}
    end: dict[int, str] = {}
    for each in _WORD.finditer(chars):
        begin[each.start()] = begin[each.start() - 1] = each[0]
        end[each.end()] = end[each.end() + 1] = each[0]
    return begin, end


_SIZES = ((2, "2"), (3, "3"), (4, "4"), (6, "6"), (8, "8"), (12, "12"), (16, "16"), (22, "22"))


def _sizes(classes: str) -> list[int]:
    """How long the text is up to each place: a Latin word counts as two characters."""
    found, size, before = [0], 0, ""
    for each in classes:
        size += 1 if each == "h" else 2 if each in "ad" and each != before else 0
        found.append(size)
        before = each
    return found


@cache
def _named(size: int) -> str:
    return next((name for most, name in _SIZES if size <= most), "long")


def _is_torn(text: str) -> bool:
    """Whether a bracket or quote is open in it, or was before it."""
    return any(
        text.count(one) != text.count(other)
        for one, other in ("《》", "“”", "「」", "【】", "（）", "()")
    )


def likeliest(sheet: Sheet, path: Path, most: int = 5) -> Sequence[Stretch]:
    """The likeliest stretches, the likeliest first; an empty one says that there is none."""
    of = weights(path)
    marks = Marks(sheet)
    starts, stops = set(marks.places_to_begin()), set(marks.places_to_end())
    said = {at: of.at(marks.around(at)) for at in starts | stops}
    pairs = (marks.chars[at : at + 2] for at in range(marks.length))
    inside = list(accumulate([of.inside.get(each, 0) for each in pairs], initial=0))
    scored: list[tuple[int, int, int]] = []
    first = nlargest(MOST_ENDS, starts, key=lambda each: (said[each][0], -each))
    last = nlargest(MOST_ENDS, stops, key=lambda each: (said[each][1], -each))
    for one in first:
        for other in last:
            if marks.may_be(one, other):
                score = said[one][0] + said[other][1] + of.of_shape(marks.shape(one, other))
                scored.append((score + inside[other - 1] - inside[one], one, other))
    scored.append((of.of_shape(nothing(sheet)), 0, 0))
    scored.sort(reverse=True)
    best = scored[0][0]
    shares = [math.exp((each[0] - best) / UNIT) for each in scored]
    whole = sum(shares)
    return [
        Stretch(one, other, share / whole)
        for (_, one, other), share in zip(scored[:most], shares, strict=False)
    ]
