"""The seats of a hall as an organizer writes them: ``10排×20座；1-3排18座；前两排留给嘉宾``.

Who gets which is ``models.rules.events.sitting``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Self

MOST_UNITS, MOST_IN_UNIT, MOST_SEATS = 200, 200, 5000
LONGEST = 300
"""Characters of the words."""
TO = "–"
"""Between the first and the last of a range."""


class HallKind(StrEnum):
    ROWS = "rows"
    TABLES = "tables"


class Why(StrEnum):
    """Why words tell no hall."""

    WORDS = "words"
    """A part says nothing of rows, tables and seats."""
    HOW_MANY = "how-many"
    """It isn't said how many rows or tables there are in all."""
    SIZE = "size"
    """It isn't said how many seats a row or table has."""
    NO_SUCH = "no-such"
    """A part speaks of a row, table or seat that there is none."""
    TOO_LARGE = "too-large"
    ALL_KEPT = "all-kept"


@dataclass(frozen=True, slots=True)
class Unread:
    """Words that tell no hall: why, and the ``part`` of them that is meant."""

    why: Why
    part: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Seat:
    """A seat: the row or table, and its number there, both from 1."""

    unit: int
    number: int

    def to_column(self) -> str:
        return f"{self.unit}-{self.number}"

    @classmethod
    def from_column(cls, column: str) -> Self | None:
        """Return the seat that a claim holds; None without one."""
        unit, _, number = column.partition("-")
        return cls(int(unit), int(number)) if unit.isdecimal() and number.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall: the seats of each row or table by its place, and those that are ``kept`` free."""

    kind: HallKind
    sizes: tuple[int, ...]
    kept: frozenset[Seat] = frozenset()

    def __iter__(self) -> Iterator[Seat]:
        """The seats that people may be given, from the front and the first number on."""
        for unit in range(1, len(self.sizes) + 1):
            for seat in self.of_unit(unit):
                if seat not in self.kept:
                    yield seat

    def __len__(self) -> int:
        return sum(self.sizes) - len(self.kept)

    def __contains__(self, seat: Seat) -> bool:
        return self.has(seat) and seat not in self.kept

    def has(self, seat: Seat) -> bool:
        """Return whether there is this seat, kept or not."""
        return 0 < seat.unit <= len(self.sizes) and 0 < seat.number <= self.sizes[seat.unit - 1]

    @property
    def runs(self) -> list[tuple[str, int]]:
        """The rows or tables that follow each other with as many seats: ``("1–3", 18)``."""
        units = groupby(range(1, len(self.sizes) + 1), key=lambda unit: self.sizes[unit - 1])
        return [(ranges(theirs)[0], size) for size, theirs in units]

    @property
    def kept_units(self) -> list[int]:
        """The rows or tables that are kept whole."""
        units = range(1, len(self.sizes) + 1)
        return [unit for unit in units if self.kept.issuperset(self.of_unit(unit))]

    def of_unit(self, unit: int) -> list[Seat]:
        """Return every seat of a row or table, those that are kept as well."""
        return [Seat(unit, number) for number in range(1, self.sizes[unit - 1] + 1)]


def together(seats: Iterable[Seat]) -> list[tuple[int, list[str]]]:
    """Return seats by row or table, those side by side as a range: ``(5, ["12–14", "17"])``."""
    by_unit = groupby(sorted(seats), key=lambda seat: seat.unit)
    return [(unit, ranges(seat.number for seat in theirs)) for unit, theirs in by_unit]


def ranges(numbers: Iterable[int]) -> list[str]:
    """Return ascending numbers, those that follow each other as a range: ``12–14``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}{TO}{run[-1]}" for run in runs]


# Reading

_DIGITS = {each: value for value, each in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_IN_CHINESE = re.compile(
    r"[零〇一二两三四五六七八九十百]+(?=\s*(?:[-–~至到、和]|排|行|桌|台|座|席|人|个|位))"
)
_NAMES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_NAMED_NUMBERS = {name: number for number, name in enumerate(_NAMES, start=1)} | {
    name: 10 * number for number, name in enumerate(("twenty", "thirty", "forty", "fifty"), start=2)
}
_IN_ENGLISH = re.compile(rf"\b({'|'.join(_NAMED_NUMBERS)})\b")
_ASIDE = re.compile(r"^(?:a hall (?:of|with)|there are|we have) |\b(?:round|long) (?=tables?\b)")
_SEATS_FIRST = re.compile(
    r"\b(seats? \d{1,3}(?: ?(?:-|to) ?\d{1,3})?) (?:of|in) ((?:row|table) \d{1,3})\b"
)
_WIDE = str.maketrans("０１２３４５６７８９×＊*－—–~～：（）", "0123456789xxx-----:()")

_UNIT = r"(?P<unit>排|行|桌|台|rows?|tables?)"
_SEATS = r"(?:个?(?:座位|座|席位|席|人|位)|seats?|people|chairs?)"
_EACH = (
    r"(?:每排|每行|每桌|每台|各|有"
    r"|a row|a table|(?:in |at )?each(?: row| table)?|per row|per table)"
)
_WITH = r"(?:x|of|by|with|for|have|has|seating|:)"
_SPAN = r"(?P<of>\d{1,3}(?:\s*(?:-|至|到|to|、|和|and|&)\s*\d{1,3})*)"
_BETWEEN = re.compile(r"[;；,，。\n]+")
_ALL = re.compile(
    rf"(?:共|一共|总共|全场)?\s*(?P<n>\d{{1,4}})\s*{_UNIT}"
    rf"(?:\s*{_WITH}?\s*{_EACH}?\s*(?P<size>\d{{1,4}})\s*{_SEATS}?\s*{_EACH}?)?"
)
_SOME = re.compile(
    rf"(?:第\s*{_SPAN}\s*{_UNIT}|{_SPAN.replace('of', 'of2')}\s*{_UNIT.replace('unit', 'unit2')}"
    rf"|{_UNIT.replace('unit', 'unit3')}\s*{_SPAN.replace('of', 'of3')})"
    rf"\s*{_WITH}?\s*{_EACH}?\s*(?P<size>\d{{1,4}})\s*{_SEATS}?"
)
_REST = re.compile(
    rf"(?:其余|其他|其它|剩下|余下|(?:the )?others|the rest)(?:的)?(?:排|桌|行|台|rows|tables)?"
    rf"\s*{_WITH}?\s*{_EACH}?\s*(?P<size>\d{{1,4}})\s*{_SEATS}?"
)
_SIZE = re.compile(
    rf"{_EACH}\s*(?P<size>\d{{1,4}})\s*{_SEATS}?|(?P<size2>\d{{1,4}})\s*{_SEATS}?\s*{_EACH}"
)
_KEEPS = re.compile(
    r"留|空出|空着|不排|\b(?:keep|kept|reserved?|hold|held|free|empty)\b"
    r"|\bfor (?!each|every)[a-z]"
)
_ENDS = re.compile(
    r"(?P<end>前面?|最?后面?|(?:the )?(?:first|front)|(?:the )?(?:last|back))"
    rf"(?:\s*(?P<n>\d{{1,3}})\s*{_UNIT}| (?P<one>row|table)\b)"
)
_NAMED = re.compile(
    rf"(?:第?\s*{_SPAN}\s*{_UNIT}|{_UNIT.replace('unit', 'unit2')}\s*{_SPAN.replace('of', 'of2')})"
    rf"(?:\s*(?P<seats>第|seats?|的)?\s*(?P<seat>\d{{1,3}})"
    rf"(?:\s*(?:-|至|到|to)\s*(?P<last>\d{{1,3}}))?"
    rf"\s*(?:{_SEATS}|号座?|号|(?(seats)|(?!))))?"
)
_TABLES = ("桌", "台", "table")


def read(words: str) -> Hall | Unread:
    """Return the hall that the words tell, or why they tell none."""
    reader = _Reader()
    for part in _BETWEEN.split(words):
        said = _in_digits(part.strip().translate(_WIDE).casefold())
        if said and (why := reader.take(said)) is not None:
            return Unread(why, part.strip())
    return reader.hall()


def _in_digits(part: str) -> str:
    """The part with its numbers in digits, and in English with the row before its seats."""
    part = _IN_CHINESE.sub(lambda found: str(_number(found[0])), part)
    part = _IN_ENGLISH.sub(lambda found: str(_NAMED_NUMBERS[found[0]]), part)
    return _SEATS_FIRST.sub(r"\2 \1", _ASIDE.sub("", part))


def _number(said: str) -> int:
    """The number of Chinese numerals up to 999."""
    total, digit = 0, 0
    for each in said:
        if each == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif each == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = digit * 10 + _DIGITS[each]
    return total + digit


class _Reader:
    """What the parts read so far say."""

    def __init__(self) -> None:
        self.tables: bool | None = None
        self.first: tuple[int, int] | None = None
        self.units: int | None = None
        self.size: int | None = None
        self.sizes: dict[int, int] = {}
        self.has_rest = False
        self.kept: list[tuple[str, list[int], tuple[int, int] | None, str]] = []

    def take(self, part: str) -> Why | None:
        """Read a part; return why it says nothing."""
        if _KEEPS.search(part):
            return self._keep(part)
        if found := _REST.fullmatch(part):
            self.size, self.has_rest = int(found["size"]), True
            return None
        if found := _SIZE.fullmatch(part):
            self.size = int(found["size"] or found["size2"])
            return None
        whole = _ALL.fullmatch(part)
        if whole and whole["size"] is None:
            self.units = int(whole["n"])
            return self._of(whole["unit"])
        if whole and self.first is None and not self.sizes:
            self.first = int(whole["n"]), int(whole["size"])
            return self._of(whole["unit"])
        if found := _SOME.fullmatch(part):
            for unit in _span(found["of"] or found["of2"] or found["of3"]):
                self.sizes[unit] = int(found["size"])
            return self._of(found["unit"] or found["unit2"] or found["unit3"])
        return Why.WORDS

    def _of(self, unit: str) -> Why | None:
        """Take down whether these are tables; a hall has no rows beside them."""
        tables = unit.startswith(_TABLES)
        if self.tables not in (None, tables):
            return Why.WORDS
        self.tables = tables
        return None

    def _keep(self, part: str) -> Why | None:
        if found := _ENDS.search(part):
            is_last = found["end"].removeprefix("the ").startswith(("最", "后", "last", "back"))
            of = [int(found["n"] or 1)]
            self.kept.append(("last" if is_last else "first", of, None, part))
            return self._of(found["unit"] or found["one"])
        if found := _NAMED.search(part):
            of = _span(found["of"] or found["of2"])
            seats = (
                (int(found["seat"]), int(found["last"] or found["seat"])) if found["seat"] else None
            )
            self.kept.append(("named", of, seats, part))
            return self._of(found["unit"] or found["unit2"])
        return Why.WORDS

    def hall(self) -> Hall | Unread:
        """Return the hall of all the parts."""
        if self.tables is None:
            return Unread(Why.WORDS)
        self._settle_the_first()
        if self.units is None and (self.has_rest or not self.sizes):
            return Unread(Why.HOW_MANY)
        units = self.units if self.units is not None else max(self.sizes)
        if any(not 0 < each <= units for each in self.sizes):
            return Unread(Why.NO_SUCH, str(max(self.sizes)))
        sizes = [self.sizes.get(each, self.size) for each in range(1, units + 1)]
        known = [each for each in sizes if each is not None]
        if len(known) < len(sizes) or not all(known):
            return Unread(Why.SIZE)
        if units > MOST_UNITS or max(known, default=0) > MOST_IN_UNIT or sum(known) > MOST_SEATS:
            return Unread(Why.TOO_LARGE)
        if not known:
            return Unread(Why.HOW_MANY)
        kind = HallKind.TABLES if self.tables else HallKind.ROWS
        kept = self._kept_of(Hall(kind, tuple(known)))
        if isinstance(kept, Unread):
            return kept
        hall = Hall(kind, tuple(known), kept)
        return hall if len(hall) else Unread(Why.ALL_KEPT)

    def _settle_the_first(self) -> None:
        """Take ``3排18座`` as three rows, or as the third where the other parts speak of more."""
        if self.first is None:
            return
        number, size = self.first
        is_one = self.has_rest and not self.sizes
        if self.units is not None or is_one or max(self.sizes, default=0) > number:
            self.sizes.setdefault(number, size)
        else:
            self.units, self.size = number, size if self.size is None else self.size

    def _kept_of(self, hall: Hall) -> frozenset[Seat] | Unread:
        units = len(hall.sizes)
        kept: set[Seat] = set()
        for which, of, seats, part in self.kept:
            theirs = of
            if which == "first":
                theirs = list(range(1, of[0] + 1))
            elif which == "last":
                theirs = list(range(units - of[0] + 1, units + 1))
            if not theirs or not all(0 < each <= units for each in theirs):
                return Unread(Why.NO_SUCH, part)
            for unit in theirs:
                first, last = seats or (1, hall.sizes[unit - 1])
                if not 0 < first <= last <= hall.sizes[unit - 1]:
                    return Unread(Why.NO_SUCH, part)
                kept.update(Seat(unit, number) for number in range(first, last + 1))
        return frozenset(kept)


def _span(said: str) -> list[int]:
    """The numbers of ``1-3``, ``1、2`` or ``4``."""
    found: list[int] = []
    for each in re.split(r"\s*(?:、|和|and|&)\s*", said):
        first, _, last = re.sub(r"\s*(?:至|到|to)\s*", "-", each).partition("-")
        found += range(int(first), int(last.strip() or first) + 1)
    return found
