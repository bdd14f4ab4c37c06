"""Periods that are accounted for: a year, a quarter, a month, from one day to another.

They are days of the station's calendar. What still runs is counted to today, and the period before
it to the same day, so that one is compared with as much of the other.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from models.rules.dates.words import MONTHS, ZH, number

FIRST_YEAR, LAST_YEAR = 2000, 2299
"""Years that can be asked for; what is later stands for a date that is still to come."""

DAY = timedelta(days=1)
A_YEAR, A_HALF, A_QUARTER = 12, 6, 3
"""Months."""


class Shape(StrEnum):
    """What a period is called by."""

    YEAR = "year"
    HALF = "half"
    QUARTER = "quarter"
    MONTH = "month"
    MONTHS = "months"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first`` to ``last``, both included, as they are in ``zone``.

    ``until`` is the last day that counts where it is not over yet.
    """

    first: date
    last: date
    zone: ZoneInfo
    until: date | None = None

    @classmethod
    def of_months(cls, first: date, months: int, zone: ZoneInfo) -> Self:
        """Return so many whole months, beginning with that of ``first``."""
        first = first.replace(day=1)
        return cls(first, _shifted(first, months) - DAY, zone)

    @property
    def months(self) -> int:
        """How many whole months it is; 0 where it is days."""
        following = self.last + DAY
        if self.first.day != 1 or following.day != 1:
            return 0
        return (following.year - self.first.year) * 12 + following.month - self.first.month

    @property
    def shape(self) -> Shape:
        months = self.months
        begins_one = months > 0 and (self.first.month - 1) % months == 0
        shapes = {A_YEAR: Shape.YEAR, A_HALF: Shape.HALF, A_QUARTER: Shape.QUARTER, 1: Shape.MONTH}
        if begins_one and months in shapes:
            return shapes[months]
        return Shape.MONTHS if months else Shape.DAYS

    @property
    def part(self) -> int:
        """Which quarter or half of its year it is, from 1."""
        return (self.first.month - 1) // (self.months or 1) + 1

    @property
    def begins(self) -> datetime:
        return _midnight(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        """The moment at which it is over, or at which the last day that counts is."""
        return _midnight((self.until or self.last) + DAY, self.zone)

    @property
    def before(self) -> "Period":
        """The period before this one, which is as long; to the same day of it where this runs."""
        months = self.months
        if months:
            found = Period.of_months(_shifted(self.first, -months), months, self.zone)
            until = _shifted(self.until, -months) if self.until else None
        else:
            length = self.last - self.first + DAY
            found = Period(self.first - length, self.first - DAY, self.zone)
            until = self.until - length if self.until else None
        return replace(found, until=until)

    @property
    def code(self) -> str:
        """What buttons and files call it; ``read_code`` reads it back."""
        match self.shape:
            case Shape.YEAR:
                return f"{self.first.year}"
            case Shape.HALF:
                return f"{self.first.year}H{self.part}"
            case Shape.QUARTER:
                return f"{self.first.year}Q{self.part}"
            case Shape.MONTH:
                return f"{self.first:%Y-%m}"
            case Shape.MONTHS:
                return f"{self.first:%Y-%m}..{self.last:%Y-%m}"
            case Shape.DAYS:
                return f"{self.first}..{self.last}"

    def as_of(self, now: datetime) -> "Period":
        """The same as it is counted at this moment."""
        today = now.astimezone(self.zone).date()
        return replace(self, until=today if self.first <= today < self.last else None)

    def has_begun(self, now: datetime) -> bool:
        return self.begins <= now


@dataclass(frozen=True, slots=True)
class Asked:
    """A period out of a text, None where none is named; and the words that are left."""

    period: Period | None
    rest: str


def this_year(now: datetime, zone: ZoneInfo) -> Period:
    return Period.of_months(_day(now.astimezone(zone).year), A_YEAR, zone)


def year_asked(now: datetime, zone: ZoneInfo) -> Period:
    """Return the year that is meant where none is named: in January the one that is over."""
    return this_year(now, zone) if now.astimezone(zone).month > 1 else this_year(now, zone).before


def this_quarter(now: datetime, zone: ZoneInfo) -> Period:
    today = now.astimezone(zone).date()
    first = date(today.year, (today.month - 1) // A_QUARTER * A_QUARTER + 1, 1)
    return Period.of_months(first, A_QUARTER, zone)


def last_quarter(now: datetime, zone: ZoneInfo) -> Period:
    return this_quarter(now, zone).before


def last_month(now: datetime, zone: ZoneInfo) -> Period:
    today = now.astimezone(zone).date()
    return Period.of_months(_shifted(today.replace(day=1), -1), 1, zone)


def read(words: str, now: datetime, zone: ZoneInfo) -> Asked:
    """Return the first period that the words name: ``2026年第三季度``, 上个月, ``Q3 2026``.

    A month or a quarter without a year is the last one that has begun.
    """
    today = now.astimezone(zone).date()
    text = _ALIKE.sub(lambda found: _PLAIN[found[0]], words)
    for pattern, reads in _PATTERNS:
        match = pattern.search(text)
        if match is None:
            continue
        period = reads(match, today, zone)
        if period is None and reads is _from_to:
            # From a day that there is not, or to one before: no part of it is meant.
            break
        if period is not None:
            rest = _AROUND.sub("", f"{words[: match.start()]} {words[match.end() :]}")
            return Asked(period, " ".join(rest.split()))
    return Asked(None, " ".join(words.split()))


def read_code(code: str, zone: ZoneInfo) -> Period | None:
    """Return the period with this ``code``; None for anything else, as a forged press may hold."""
    match = _CODE.fullmatch(code)
    if match is None:
        return None
    year, half, quarter = int(match["year"]), match["half"], match["quarter"]
    if not FIRST_YEAR < year < LAST_YEAR:
        return None
    if half:
        return _part(year, int(half), A_HALF, zone)
    if quarter:
        return _part(year, int(quarter), A_QUARTER, zone)
    if not match["month"]:
        return _part(year, 1, A_YEAR, zone)
    return _between(code.partition("..")[0], code.partition("..")[2] or code, zone)


# What words name


_Reads = Callable[[re.Match[str], date, ZoneInfo], Period | None]

_PLAIN = dict.fromkeys("–—－~～至到", "-") | {"／": "/", "．": "."}
_PLAIN |= {chr(0xFF10 + digit): str(digit) for digit in range(10)}
_ALIKE = re.compile("[" + "".join(_PLAIN) + "]")
_AROUND = re.compile(r"(?:^|\s)(?:的|从|in|of|for|from)(?=\s|$)|^\s*的|(?<=\s)的")
_YEARS = {"今年": 0, "本年度": 0, "本年": 0, "去年": -1, "上年度": -1, "上一年": -1, "前年": -2}
_YEARS |= {"this year": 0, "last year": -1}
_HERE = {"本": 0, "这个": 0, "这": 0, "this ": 0, "上一个": -1, "上个": -1, "上": -1, "last ": -1}

_Y = r"(?:(?P<year>20\d\d|21\d\d|22\d\d)\s*年?度?\s*|(?P<near>今年|本年|去年|前年)\s*)"
_N = f"(?P<n>[1-4]|{ZH})"
_M = rf"(?P<m>1[0-2]|0?[1-9]|{ZH}{{1,2}})"
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = r"(?:20|21|22)\d\d(?:[-/.](?:1[0-2]|0?[1-9])(?:[-/.](?:3[01]|[12]\d|0?[1-9]))?)?"

_CODE = re.compile(
    r"(?P<year>\d{4})(?:H(?P<half>[12])|Q(?P<quarter>[1-4])"
    r"|-(?P<month>\d\d)(?:\.\.\d{4}-\d\d|(?:-\d\d\.\.\d{4}-\d\d-\d\d))?)?"
)


def _from_to(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    return _between(match["one"], match["other"], zone)


def _months_of_year(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    first, last = number(match["m"]) or 0, number(match["m2"]) or 0
    if not 1 <= first <= last <= 12:
        return None
    year = _year(match, today, lambda year: date(year, first, 1))
    return Period.of_months(date(year, first, 1), last - first + 1, zone)


def _months_by_name(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    first, last = (MONTHS[each.lower()] for each in (match["m"], match["m2"] or match["m"]))
    if first > last:
        return None
    year = _year(match, today, lambda year: date(year, first, 1))
    return Period.of_months(date(year, first, 1), last - first + 1, zone)


def _quarter(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    part = number(match["n"]) or 0
    if not 1 <= part <= 4:
        return None
    year = _year(match, today, lambda year: date(year, part * A_QUARTER - 2, 1))
    return _part(year, part, A_QUARTER, zone)


def _half(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    part = 1 if match["n"] in ("上", "1") else 2
    year = _year(match, today, lambda year: date(year, part * A_HALF - 5, 1))
    return _part(year, part, A_HALF, zone)


def _near_part(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    months = A_QUARTER if match["what"].lower() in ("季度", "quarter") else 1
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    return Period.of_months(_shifted(first, _HERE[match["here"].lower()] * months), months, zone)


def _month(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    month = number(match["m"]) or 0
    if not 1 <= month <= 12:
        return None
    return Period.of_months(
        date(_year(match, today, lambda year: date(year, month, 1)), month, 1), 1, zone
    )


def _one_date(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    return _between(match[0], match[0], zone)


def _whole_year(match: re.Match[str], today: date, zone: ZoneInfo) -> Period | None:
    if near := match["near"]:
        return _part(today.year + _YEARS[near.lower()], 1, A_YEAR, zone)
    return _part(int(match["year"]), 1, A_YEAR, zone)


def _patterns() -> Iterator[tuple[str, _Reads]]:
    """The longer before the shorter that stand in them."""
    year_after = r"(?:[\s,]*(?P<year>(?:20|21|22)\d\d)(?!\d))?"
    near = "|".join(sorted(_YEARS, key=len, reverse=True))
    here = "|".join(sorted(_HERE, key=len, reverse=True))
    other_month = rf"(?P<m2>1[0-2]|0?[1-9]|{ZH}{{1,2}})月份?"
    yield rf"(?<!\d)(?P<one>{_DATE})\s*(?:\.\.|-|to)\s*(?P<other>{_DATE})(?!\d)", _from_to
    yield rf"{_Y}?(?<!\d){_M}月?份?\s*-\s*{other_month}", _months_of_year
    yield rf"{_Y}?第?{_N}\s*季度", _quarter
    yield rf"{_Y}?(?P<n>[上下])半年", _half
    for letter, reads in (("q(?P<n>[1-4])", _quarter), ("h(?P<n>[12])", _half)):
        yield rf"(?P<year>20\d\d)\s*(?P<near>){letter}(?!\w)", reads
        yield rf"\b{letter}(?P<near>){year_after}(?!\w)", reads
    yield rf"(?P<here>{here})(?P<what>季度|月份|月|quarter|month)", _near_part
    yield rf"{_Y}?(?<!\d){_M}月份?", _month
    yield r"(?<!\d)(?:20|21|22)\d\d[-/.](?:1[0-2]|0?[1-9])(?![-/.]{0,2}\d)", _one_date
    to = rf"(?:\s*(?:-|to)\s*(?P<m2>{_NAMES})\b)?"
    yield rf"\b(?P<m>{_NAMES})\b{to}(?P<near>){year_after}", _months_by_name
    yield (
        rf"(?P<near>{near})|(?<![-/.\d])(?P<year>(?:20|21|22)\d\d)(?![-/.]{{0,2}}\d)\s*年?度?",
        _whole_year,
    )


_PATTERNS = tuple((re.compile(each, re.IGNORECASE), reads) for each, reads in _patterns())


def _year(match: re.Match[str], today: date, begins: Callable[[int], date]) -> int:
    """The year that is named, else the last one in which what begins so has begun."""
    if match["year"]:
        return int(match["year"])
    if match["near"]:
        return today.year + _YEARS[match["near"].lower()]
    return today.year if begins(today.year) <= today else today.year - 1


def _part(year: int, part: int, months: int, zone: ZoneInfo) -> Period | None:
    if not FIRST_YEAR < year < LAST_YEAR:
        return None
    return Period.of_months(date(year, (part - 1) * months + 1, 1), months, zone)


def _between(one: str, other: str, zone: ZoneInfo) -> Period | None:
    """From one year, month or day to another; None where it is none, or they are turned around."""
    first, last = _ends(one), _ends(other)
    if first is None or last is None or first[0] > last[1]:
        return None
    in_reach = first[0].year > FIRST_YEAR and last[1].year < LAST_YEAR
    return Period(first[0], last[1], zone) if in_reach else None


def _ends(written: str) -> tuple[date, date] | None:
    """The first and the last day of ``2026``, ``2026-09`` or ``2026-09-15``."""
    year, *rest = (int(each) for each in re.split(r"[-/.]", written))
    try:
        if not rest:
            return date(year, 1, 1), date(year, 12, 31)
        if len(rest) == 1:
            return date(year, rest[0], 1), date(year, rest[0], monthrange(year, rest[0])[1])
        return date(year, *rest), date(year, *rest)
    except ValueError:
        return None


def _shifted(day: date, months: int) -> date:
    """The day so many months on; the last of that month where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _day(year: int) -> date:
    return date(year, 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
