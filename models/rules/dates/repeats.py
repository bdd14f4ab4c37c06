"""When something comes again: by weeks, by months or by the moon, at the same time on the wall.

One rule for all that repeats: a team's weekly session as well as a station's lecture on the first
Sunday of the month.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Self
from zoneinfo import ZoneInfo

from models.rules.dates import lunar
from models.rules.dates.workdays import Workdays

A_WEEK = timedelta(days=7)
YEARS_AHEAD = 12
"""How far a rule is followed; one that finds no day until then has none."""

LAST = -1
"""The last of a month: its last day, or its last Sunday."""

MONTHS = 12
PARTS = 8


class By(StrEnum):
    """What a rule counts by."""

    WEEK = "week"
    DAY = "day"
    WEEKDAY = "weekday"
    LUNAR = "lunar"


class Off(StrEnum):
    """What becomes of days off: they count like others, they are left out, only work days count."""

    HELD = "held"
    SKIPPED = "skipped"
    WORKDAYS = "workdays"


@dataclass(frozen=True, slots=True)
class Repeat:
    """On which days something comes again.

    ``days`` are weekdays from 0 for Monday (by week, by weekday), days of the month with LAST for
    its last one (by day), or days of a lunar month; none: the weekday of the first. ``every`` is
    the number of weeks from one to the next, ``nth`` which of these weekdays in a month, ``month``
    the lunar month, 0 for each.
    It ends after the day ``until``, or after ``times`` (0: never), of which those that were called
    off by hand, ``but``, are some; days left out because they are off are none.
    """

    by: By
    days: tuple[int, ...]
    every: int = 1
    nth: int = 0
    month: int = 0
    until: date | None = None
    times: int = 0
    off: Off = Off.HELD
    but: frozenset[date] = field(default_factory=frozenset)

    def to_column(self) -> str:
        """As its column keeps it: ``week|2,4|1|0|0|2026-12-31|8|skipped|2026-12-24``."""
        return "|".join(
            (
                str(self.by),
                ",".join(map(str, self.days)),
                str(self.every),
                str(self.nth),
                str(self.month),
                self.until.isoformat() if self.until else "",
                str(self.times),
                str(self.off),
                ",".join(sorted(each.isoformat() for each in self.but)),
            )
        )

    @classmethod
    def from_column(cls, written: str) -> Self:
        """Raise ValueError for what ``to_column`` has not written."""
        by, days, every, nth, month, until, times, off, but = written.split("|", PARTS)
        return cls(
            By(by),
            tuple(map(int, filter(None, days.split(",")))),
            int(every),
            int(nth),
            int(month),
            date.fromisoformat(until) if until else None,
            int(times),
            Off(off),
            frozenset(map(date.fromisoformat, filter(None, but.split(",")))),
        )

    def without(self, day: date) -> Self:
        """The rule with one more day called off."""
        return replace(self, but=self.but | {day})

    @property
    def ends(self) -> bool:
        return self.until is not None or self.times > 0


def weekly(first: datetime, zone: ZoneInfo, every: int = 1) -> Repeat:
    """Every week, or every so many, on the weekday of the first."""
    return Repeat(By.WEEK, (first.astimezone(zone).weekday(),), every)


def ahead(rule: Repeat) -> timedelta:
    """How long before it begins each stands in the programme: what is rare, for longer."""
    return A_WEEK if rule.by is By.WEEK and rule.every == 1 else 2 * A_WEEK


def days(rule: Repeat, since: date, workdays: Workdays) -> Iterator[date]:
    """The days of a rule that begins on ``since``, in order."""
    counted = 0
    for day in _candidates(rule, since):
        if rule.until is not None and day > rule.until:
            return
        if not _counts(rule, day, workdays):
            continue
        counted += 1
        if rule.times and counted > rule.times:
            return
        if day not in rule.but:
            yield day


def _counts(rule: Repeat, day: date, workdays: Workdays) -> bool:
    match rule.off:
        case Off.WORKDAYS:
            return workdays.is_workday(day)
        case Off.SKIPPED:
            return not workdays.is_holiday(day)
    return True


def _candidates(rule: Repeat, since: date) -> Iterator[date]:
    last = since.year + YEARS_AHEAD
    match rule.by:
        case By.WEEK:
            found = _by_week(rule, since, last)
        case By.LUNAR:
            on = {day for each in rule.days for day in lunar.days(since, each, rule.month)}
            found = iter(sorted(day for day in on if day.year <= last))
        case _:
            found = _by_month(rule, since, last)
    return (day for day in found if day >= since)


def _by_week(rule: Repeat, since: date, last: int) -> Iterator[date]:
    monday = since - timedelta(days=since.weekday())
    while monday.year <= last:
        for number in sorted(set(rule.days or (since.weekday(),))):
            yield monday + timedelta(days=number)
        monday += rule.every * A_WEEK


def _by_month(rule: Repeat, since: date, last: int) -> Iterator[date]:
    year, month = since.year, since.month
    while year <= last:
        on = _weekdays_of if rule.by is By.WEEKDAY else _days_of
        yield from sorted(on(rule, year, month))
        year, month = (year, month + 1) if month < MONTHS else (year + 1, 1)


def _days_of(rule: Repeat, year: int, month: int) -> set[date]:
    """The days of a month; the 31st is the last day where there is none."""
    last = monthrange(year, month)[1]
    return {date(year, month, last if day == LAST else min(day, last)) for day in rule.days}


def _weekdays_of(rule: Repeat, year: int, month: int) -> set[date]:
    begins, last = monthrange(year, month)
    found = set()
    for number in rule.days:
        of_it = range(1 + (number - begins) % 7, last + 1, 7)
        if rule.nth == LAST or rule.nth <= len(of_it):
            found.add(date(year, month, of_it[rule.nth if rule.nth == LAST else rule.nth - 1]))
    return found


# Moments


def moments(
    rule: Repeat, first: datetime, zone: ZoneInfo, workdays: Workdays
) -> Iterator[datetime]:
    """When it comes, from the first on, in UTC: at the first one's time on the wall.

    A time that does not exist on one night, because the clocks are put forward over it, comes an
    hour later then, and at its own hour again the next time.
    """
    wall = first.astimezone(zone)
    for day in days(rule, wall.date(), workdays):
        yield at(day, first, zone)


def at(day: date, first: datetime, zone: ZoneInfo) -> datetime:
    """The time of the first one on another day, in UTC."""
    time = first.astimezone(zone).time().replace(fold=0)
    return datetime.combine(day, time, zone).astimezone(UTC)


def coming(
    rule: Repeat,
    first: datetime,
    after: datetime,
    zone: ZoneInfo,
    workdays: Workdays,
    *,
    most: int = 1,
) -> Sequence[datetime]:
    """The next moments later than ``after``, at most so many."""
    later = (each for each in moments(rule, first, zone, workdays) if each > after)
    return list(islice(later, most))


def next_after(
    rule: Repeat, first: datetime, after: datetime, zone: ZoneInfo, workdays: Workdays
) -> datetime | None:
    """The next moment later than ``after``; None where it has ended."""
    return next(iter(coming(rule, first, after, zone, workdays)), None)


def left_out(
    rule: Repeat, since: date, until: date, workdays: Workdays
) -> tuple[Sequence[date], Sequence[date]]:
    """Days of the rule that are off, and days of a weekend that are worked, between two days.

    The days off are named whether the rule leaves them out or not.
    """
    everyday = replace(rule, off=Off.HELD, but=frozenset(), times=0)
    off, worked = [], []
    for day in days(everyday, since, workdays):
        if day > until:
            break
        if workdays.is_holiday(day):
            off.append(day)
        elif workdays.is_worked_weekend(day):
            worked.append(day)
    return off, worked


def as_of(first: datetime, zone: ZoneInfo) -> Sequence[Repeat]:
    """The usual rules that a day could be the first of, the likeliest first."""
    day = first.astimezone(zone).date()
    nth = (day.day - 1) // 7 + 1
    rules = [
        weekly(first, zone),
        weekly(first, zone, 2),
        Repeat(By.WEEKDAY, (day.weekday(),), nth=nth if nth <= 4 else LAST),
        Repeat(By.DAY, (day.day,)),
    ]
    moon = lunar.on(day)
    if moon is not None and moon[1] in (1, 15):
        rules.append(Repeat(By.LUNAR, (moon[1],)))
    return rules
