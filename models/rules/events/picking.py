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
from pathlib import Path

from models.rules.events.naming import ACTIVITY, PLACE_END
from models.rules.events.numbers import FILL

MOST_READ = 500
"""Characters that are looked at: what comes later is neither title nor place."""
LONGEST = 90
MOST_ENDS = 8
"""So many of the likeliest beginnings and ends are looked at together."""
UNIT = 100
"""What the weights are multiplied with in the file, so that they are whole numbers."""

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
        self.chars = "".join("0" if each.isdigit() else each for each in read)
        self.classes = "".join(map(_class_of, self.chars))
        self.acts = [each.span() for each in ACTIVITY.finditer(sheet.text[:MOST_READ])]
        self.act_starts = {each[0] for each in self.acts}
        self.act_ends = {each[1] for each in self.acts}
        self.places = {each.end() for each in PLACE_END.finditer(sheet.text[:MOST_READ])}
        self.lines = _lines(self.chars)
        self.words = _words(self.chars)
        self.clauses = _clauses(self.classes)

    def line_of(self, at: int) -> tuple[int, int, int]:
        """The place of a line among those with words, and where it begins and ends."""
        return self.lines[at]

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
        classes = self.classes[begins:ends]
        number, line_begins, line_ends = self.lines[begins]
        before = self.classes[line_begins:begins]
        behind = self.classes[ends:line_ends]
        has_before = bool(_WORDS.search(before))
        has_behind = bool(_WORDS.search(behind))
        is_used = "U" in before, "U" in behind
        size = _size(classes)
        act_in = any(begins <= each[0] and each[1] <= ends for each in self.acts)
        act_end = ends in self.act_ends or ends - 1 in self.act_ends
        where = f"{min(number, 4)}"
        kind = self.sheet.kinds[begins]
        whole = f"{int(has_before)}{int(has_behind)}"
        found = [
            f"s{size}",
            f"sa{int(act_in)}{int(act_end)}",
            f"sp{int(ends in self.places)}{int(act_in)}",
            f"sw{whole}",
            f"sl{where}",
            f"slw{where}{whole}",
            f"swu{whole}{int(is_used[0])}{int(is_used[1])}",
            f"sk{kind}",
            f"skw{kind}{whole}",
            f"swa{whole}{int(act_in)}{int(act_end)}",
            f"sla{where}{int(act_in)}{int(act_end)}",
        ]
        found += [f"sc{each}" for each in set(classes) if each not in "ha"]
        clause_begins, clause_ends = self.clauses[begins], self.clauses[ends - 1]
        led = min(begins - clause_begins[0], 4)
        trailed = min(clause_ends[1] - ends, 4)
        clause = f"{led}{trailed}"
        next_line = self.chars.find("\n", ends) + 1
        following = self.classes[next_line : next_line + 1] if next_line else "-"
        found += [
            f"sx{clause}",
            f"sxa{min(led, 1)}{min(trailed, 1)}{int(act_in)}{int(act_end)}{where}",
            f"sy{self.classes[begins - 1 : begins]}{self.classes[ends : ends + 1]}",
            f"sn{where}{following}{whole}",
            f"sza{size}{int(act_in)}{int(act_end)}",
            f"szx{size}{min(led, 1)}{min(trailed, 1)}",
            f"scl{int(clause_begins[0] == clause_ends[0])}",
        ]
        text = self.sheet.text[begins:ends]
        if _is_torn(text):
            found.append("storn")
        around = self.sheet.text[begins - 1 : begins], self.sheet.text[ends : ends + 1]
        if around[0] and _PAIRS.get(around[0]) == around[1]:
            found.append(f"sq{around[0]}")
            found.append(f"sqa{around[0]}{int(act_in)}")
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
        return 1 < ends - begins <= LONGEST and ends <= self.lines[begins][2]


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


def _lines(chars: str) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    number, begins = 0, 0
    for line in chars.split("\n"):
        ends = begins + len(line)
        found += [(number, begins, ends)] * (len(line) + 1)
        number += bool(line.strip(f"{FILL} "))
        begins = ends + 1
    return found


_CLAUSE = re.compile("[hadbqpk]+(?:s[hadbqpk]+)*")


def _clauses(classes: str) -> list[tuple[int, int]]:
    found = [(at, at) for at in range(len(classes) + 1)]
    for each in re.finditer("[ad]+(?:s[ad]+)*|[hadbqpk]+", classes):
        found[each.start() : each.end()] = [each.span()] * (each.end() - each.start())
    return found


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


def _size(classes: str) -> str:
    """How long a stretch is: a Latin word counts as two characters."""
    words = len(re.findall("a+|d+", classes))
    size = classes.count("h") + 2 * words
    return next((name for most, name in _SIZES if size <= most), "long")


def _is_torn(text: str) -> bool:
    """Whether a bracket or quote is open in it, or was before it."""
    return any(
        text.count(one) != text.count(other)
        for one, other in ("《》", "“”", "「」", "【】", "（）", "()")
    )


class Weights:
    """A file of weights: the hash of what they were learnt from, then a line a feature.

    Three numbers say what the feature means at the beginning of a stretch, at its end and in it;
    of a shape the first counts.
    """

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8") as lines:
            self.table = next(lines).rstrip("\n")
            self.of: dict[str, tuple[int, int, int]] = {}
            for line in lines:
                feature, begins, ends, inside = line.rstrip("\n").rsplit("\t", 3)
                self.of[unescaped(feature)] = (int(begins), int(ends), int(inside))


def escaped(feature: str) -> str:
    return feature.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def unescaped(written: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), written)


@cache
def weights(path: Path) -> Weights:
    return Weights(path)


_NOTHING = (0, 0, 0)


def likeliest(
    sheet: Sheet, path: Path, most: int = 3, *, or_nothing: bool = False
) -> Sequence[Stretch]:
    """The likeliest stretches, the likeliest first; none after nothing, where that is a choice."""
    of = weights(path).of
    marks = Marks(sheet)
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    told: dict[int, list[tuple[int, int, int]]] = {}

    def spoken(at: int) -> list[tuple[int, int, int]]:
        if at not in told:
            told[at] = [of[each] for each in marks.around(at) if each in of]
        return told[at]

    for at in marks.places_to_begin():
        begins[at] = sum(each[0] for each in spoken(at))
    for at in marks.places_to_end():
        ends[at] = sum(each[1] for each in spoken(at))
    inside = [0]
    for at in range(marks.length):
        inside.append(inside[-1] + of.get(marks.inside(at), _NOTHING)[2])
    scored: list[tuple[int, int, int]] = []
    first = sorted(begins, key=lambda each: -begins[each])[:MOST_ENDS]
    last = sorted(ends, key=lambda each: -ends[each])[:MOST_ENDS]
    for one in first:
        for other in last:
            if marks.may_be(one, other):
                shape = sum(of.get(each, _NOTHING)[0] for each in marks.shape(one, other))
                score = begins[one] + ends[other] + shape
                score += inside[other - 1] - inside[one]
                scored.append((score, one, other))
    if or_nothing:
        scored.append((sum(of.get(each, _NOTHING)[0] for each in nothing(sheet)), 0, 0))
    scored.sort(reverse=True)
    if not scored:
        return ()
    best = scored[0][0]
    shares = [math.exp((each[0] - best) / UNIT) for each in scored]
    whole = sum(shares)
    found = [
        Stretch(one, other, share / whole)
        for (_, one, other), share in zip(scored[:most], shares, strict=False)
    ]
    return found[: next((at for at, each in enumerate(found) if not each.ends), most)]
