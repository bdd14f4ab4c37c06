"""Pieces of a date or time in a text: days, parts of the day, clock times, lengths."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models.rules.dates.words import HOUR, DayPart

A_WEEK = timedelta(days=7)
FAR = timedelta(days=270)
LEAP_YEARS_APART = 8
LAST_YEAR = 2199


class Why(StrEnum):
    """Why a text names no moment."""

    NO_DATE = "no date"
    NO_TIME = "no time"
    IN_THE_PAST = "in the past"
    IMPOSSIBLE_DATE = "impossible date"
    IMPOSSIBLE_TIME = "impossible time"
    MISMATCH = "date and weekday do not agree"
    END_BEFORE_START = "end before start"
    SEVERAL = "several times"
    WHICH_DAY = "which day"
    REPEATS = "it repeats"
    LUNAR = "lunar calendar"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class Relative:
    """A number of days or months from today."""

    days: int
    months: int = 0

    def dates(self, today: date, after: date) -> list[date]:
        if self.months:
            year, month = _months_on(today, self.months)
            last = monthrange(year, month)[1]
            return [date(year, month, min(today.day, last))]
        return [today + timedelta(days=self.days)]


@dataclass(frozen=True, slots=True)
class Weekday:
    """The next such day, or the one of this week or of a later one; weeks begin on Monday."""

    number: int
    week: int | None = None
    english: bool = False

    def dates(self, today: date, after: date) -> list[date]:
        if self.week is None:
            coming = after + timedelta(days=(self.number - after.weekday()) % 7)
            return [coming, coming + A_WEEK]
        monday = today - timedelta(days=today.weekday())
        return [monday + timedelta(days=self.number) + self.week * A_WEEK]

    def sure(self, day: date, today: date) -> bool:
        if self.week is None:
            return day < today + A_WEEK
        # For some English speakers "next Saturday" is simply the coming one.
        return not self.english or self.number <= today.weekday()


@dataclass(frozen=True, slots=True)
class OnDate:
    """A day of a month in the given year, or in the first year in which it is not past."""

    month: int
    day: int
    year: int | None = None
    years_ahead: int | None = None
    doubtful: bool = False

    def dates(self, today: date, after: date) -> list[date]:
        if self.year is not None:
            years: Iterable[int] = (self.year,)
        elif self.years_ahead is not None:
            years = (today.year + self.years_ahead,)
        else:
            # The 29th of February is not in every year.
            years = range(after.year, after.year + LEAP_YEARS_APART + 1)
        days = [day for year in years if (day := _day(year, self.month, self.day))]
        return days[:2]

    def sure(self, day: date, today: date) -> bool:
        has_year = self.year is not None or self.years_ahead is not None
        # "5 December" on the 6th is more likely a slip than next year.
        return not self.doubtful and (has_year or day - today < FAR)


@dataclass(frozen=True, slots=True)
class OnDayOfMonth:
    """The next such day of a month, or the one of this month or of a later one."""

    day: int
    months: int | None = None

    def dates(self, today: date, after: date) -> list[date]:
        if self.months is not None:
            days = [_day(*_months_on(today, self.months), self.day)]
        else:
            days = [_day(*_months_on(after, ahead), self.day) for ahead in range(4)]
        return [day for day in days if day is not None][:2]


Day = Relative | Weekday | OnDate | OnDayOfMonth


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day; ``digital``: with a colon; ``plain``: not twelve hours off."""

    hour: int
    minute: int = 0
    part: DayPart | None = None
    digital: bool = False
    plain: bool = False
    doubtful: bool = False

    @property
    def exact(self) -> bool:
        return self.plain or not 1 <= self.hour <= 12

    @property
    def minutes(self) -> int:
        return self.hour * HOUR + self.minute


@dataclass(frozen=True, slots=True)
class BareNumber:
    """A number that is an hour or a day only if a neighbouring piece makes it one."""

    number: int
    after_at: bool = False


@dataclass(frozen=True, slots=True)
class Dash:
    pass


@dataclass(frozen=True, slots=True)
class Delay:
    """A length of time from now."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Length:
    length: timedelta


@dataclass(frozen=True, slots=True)
class NotAMoment:
    """Words that name no moment; ``weak`` if a given day makes them irrelevant."""

    why: Why
    weak: bool = True


class Third(StrEnum):
    """A third of a month."""

    EARLY = "early"
    MIDDLE = "middle"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class WholePeriod:
    """A week or a month: no moment by itself, but it decides which Saturday or 5th is meant.

    ``weekend`` is the end of that week only, ``third`` a part of that month; ``days`` is that many
    days from today on.
    """

    weeks: int | None = None
    months: int | None = None
    month: int | None = None
    weekend: bool = False
    third: Third | None = None
    days: int | None = None

    @property
    def over(self) -> bool:
        return (self.weeks or 0) < 0 or (self.months or 0) < 0


@dataclass(frozen=True, slots=True)
class Holiday:
    """A named day of the year, which often is only part of an event's name."""

    on: OnDate


Piece = (
    Relative
    | Weekday
    | OnDate
    | OnDayOfMonth
    | DayPart
    | ClockTime
    | BareNumber
    | Dash
    | Delay
    | Length
    | NotAMoment
    | Holiday
    | WholePeriod
)


def _months_on(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1


def _day(year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1 <= year <= LAST_YEAR + 1):
        return None
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None
