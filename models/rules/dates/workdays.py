"""Which days are public holidays in China, and which days of a weekend are worked for them.

A year's days off are announced in the November before. Until then only those are known that the
law names (State Council, 2024); a station adds the others by its settings.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from models.rules.dates import lunar

# As announced: from and to, both off; and what is worked for it.
_ANNOUNCED_OFF = {
    2026: (
        ("01-01", "01-03"),
        ("02-15", "02-23"),
        ("04-04", "04-06"),
        ("05-01", "05-05"),
        ("06-19", "06-21"),
        ("09-25", "09-27"),
        ("10-01", "10-07"),
    ),
}
_ANNOUNCED_WORK = {2026: ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")}

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Workdays:
    """The days off and the days worked, with what a station's settings add to those announced.

    What is set counts first, so a station elsewhere sets its own.
    """

    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)

    def is_holiday(self, day: date) -> bool:
        if day in self.holidays:
            return True
        return day not in self.workdays and day in _off_in(day.year)

    def is_worked_weekend(self, day: date) -> bool:
        """Whether it is a Saturday or Sunday that is worked (调休)."""
        if day.weekday() < SATURDAY or day in self.holidays:
            return False
        return day in self.workdays or day in _worked_in(day.year)

    def is_workday(self, day: date) -> bool:
        if self.is_holiday(day):
            return False
        return day.weekday() < SATURDAY or self.is_worked_weekend(day)


@cache
def _off_in(year: int) -> Collection[date]:
    if year in _ANNOUNCED_OFF:
        return frozenset(
            day
            for begins, ends in _ANNOUNCED_OFF[year]
            for day in _between(_day(year, begins), _day(year, ends))
        )
    return frozenset(_by_law(year))


@cache
def _worked_in(year: int) -> Collection[date]:
    return frozenset(_day(year, each) for each in _ANNOUNCED_WORK.get(year, ()))


def _by_law(year: int) -> list[date]:
    found = [date(year, 1, 1), _qingming(year), date(year, 5, 1), date(year, 5, 2)]
    found += [date(year, 10, day) for day in (1, 2, 3)]
    new_year = _lunar(year, 1, 1)
    if new_year is not None:
        # Its eve and the first three days.
        found += [new_year + timedelta(days=each) for each in (-1, 0, 1, 2)]
    return found + [day for day in (_lunar(year, 5, 5), _lunar(year, 8, 15)) if day is not None]


def _lunar(year: int, month: int, day: int) -> date | None:
    following = lunar.days(date(year, 1, 1), day, month)
    return following[0] if following and following[0].year == year else None


def _qingming(year: int) -> date:
    """The day on which the sun stands at 15 degrees, by the usual formula for this century."""
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


def _day(year: int, written: str) -> date:
    return date.fromisoformat(f"{year}-{written}")


def _between(begins: date, ends: date) -> list[date]:
    return [begins + timedelta(days=each) for each in range((ends - begins).days + 1)]
