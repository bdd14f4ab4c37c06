"""The days and parts of the day that are asked for, as buttons and requests keep them.

A span is ``DAYS``, ``DAYS/PART`` or ``/PART``. Days are a name of ``DaySpan``, a day or two with
``..`` between them. A day is ``2026-12-05``, ``12-05`` (the next 5th of December), ``05`` (the next
5th), ``05+1`` (that of the next month), ``saturday`` or ``saturday+1`` (that of the next week), or
``+3`` (in three days). What is counted from today stays so: a button means the day on which it is
pressed.
"""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from models.rules.dates import words
from models.rules.dates.pieces import Day, OnDate, OnDayOfMonth, Relative, Third, Weekday


class DaySpan(StrEnum):
    TODAY = "today"
    TOMORROW = "tomorrow"
    DAY_AFTER = "day_after"
    WEEKEND = "weekend"
    NEXT_WEEKEND = "next_weekend"
    WEEK = "week"
    NEXT_WEEK = "next_week"
    MONTH = "month"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Part(StrEnum):
    """A part of the day, by the time at which something begins."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    DUSK = "dusk"
    EVENING = "evening"
    NIGHT = "night"
    AFTER_WORK = "after_work"


WEEKDAYS = (
    DaySpan.MONDAY,
    DaySpan.TUESDAY,
    DaySpan.WEDNESDAY,
    DaySpan.THURSDAY,
    DaySpan.FRIDAY,
    DaySpan.SATURDAY,
    DaySpan.SUNDAY,
)
SPRING = "spring"
"""The days of the Spring Festival."""
PART, TO, LATER, OF_MONTH = "/", "..", "+", ":"

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
DAYS_OFF = 5
NEAR = {DaySpan.TODAY: 0, DaySpan.TOMORROW: 1, DaySpan.DAY_AFTER: 2}
HOURS = {
    Part.MORNING: (time(4), time(12)),
    Part.NOON: (time(11), time(14)),
    Part.AFTERNOON: (time(12), time(18)),
    Part.DUSK: (time(16, 30), time(20)),
    Part.EVENING: (time(17, 30), time.max),
    Part.NIGHT: (time(20), time.max),
    Part.AFTER_WORK: (time(17), time.max),
}
THIRDS = {Third.EARLY: (1, 10), Third.MIDDLE: (11, 20), Third.LATE: (21, 31)}

_DATE = re.compile(r"(?:(?:(\d{4})-)?(\d{2})-)?(\d{2})(?:\+(\d{1,2}))?")
_MONTH = re.compile(r"month(?:\+(\d)|-(\d{1,2}))?(?::(early|middle|late))?")
_WEEK = re.compile(r"(week|weekend)\+(\d)")


def part_of(span: str) -> Part | None:
    """The part of the day, if one was named."""
    named = span.partition(PART)[2]
    return Part(named) if named in set(Part) else None


def days_of(span: str) -> str:
    """The span without the part of the day."""
    return span.partition(PART)[0]


def is_at(span: str, at: datetime) -> bool:
    """Whether what begins at ``at``, in local time, is in the span's part of the day."""
    part = part_of(span)
    if part is None:
        return True
    begins, ends = HOURS[part]
    return begins <= at.time() < ends


def reach(span: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Start (inclusive) and end (exclusive) of a span; None is open. ``now`` is local time."""
    first, last = days(span, now.date())
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    # What began earlier and still goes on is today's as well.
    is_ahead = first is not None and (first > now.date() or days_of(span) == DaySpan.WEEKEND)
    since = midnight + (first - now.date()) if first is not None and is_ahead else None
    until = midnight + (last - now.date()) + A_DAY if last is not None else None
    return since, until


def days(span: str, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a span; None where it is open, or names nothing."""
    named = days_of(span)
    first, to, last = named.partition(TO)
    if not to:
        return _period(named, today)
    begins = _period(first, today)[0]
    if last == SPRING:
        return begins, _spring(today)[0] - A_DAY
    ends = _day(last, today, begins or today)
    return begins, ends


def _period(named: str, today: date) -> tuple[date | None, date | None]:
    monday = today - timedelta(days=today.weekday())
    match named:
        case "":
            return None, None
        case DaySpan.WEEK:
            return today, today + A_WEEK - A_DAY
        case DaySpan.NEXT_WEEK:
            return _of_week(monday, 1)
        case DaySpan.WEEKEND:
            return max(monday + DAYS_OFF * A_DAY, today), monday + A_WEEK - A_DAY
        case DaySpan.NEXT_WEEKEND:
            return _of_week(monday, 1, DAYS_OFF)
        case "spring":
            return _spring(today)
    if week := _WEEK.fullmatch(named):
        return _of_week(monday, int(week[2]), DAYS_OFF if week[1] == DaySpan.WEEKEND else 0)
    if month := _MONTH.fullmatch(named):
        return _of_month(month, today)
    day = _day(named, today, today)
    return day, day


def _of_week(monday: date, weeks: int, first: int = 0) -> tuple[date, date]:
    begins = monday + weeks * A_WEEK
    return begins + first * A_DAY, begins + A_WEEK - A_DAY


def _of_month(named: re.Match[str], today: date) -> tuple[date, date]:
    ahead, number, third = named.groups()
    months = (int(number) - today.month) % 12 if number else int(ahead or 0)
    first, last = THIRDS[Third(third)] if third else (1, 31)
    if not ahead and not number and last < today.day:
        # "The beginning of the month", said in its middle, is that of the next.
        months += 1
    years, month = divmod(today.month - 1 + months, 12)
    year, month = today.year + years, month + 1
    ends = date(year, month, min(last, monthrange(year, month)[1]))
    return max(date(year, month, first), min(today, ends)), ends


def _spring(today: date) -> tuple[date, date]:
    """The days off around the next new year by the moon."""
    off = words.SPRING_FESTIVAL_DAYS * A_DAY - A_DAY
    first = next((each for each in words.SPRING_FESTIVALS if each + off >= today), today)
    return first, first + off


def _day(named: str, today: date, after: date) -> date | None:
    piece = _piece(named)
    found = piece.dates(today, after) if piece is not None else []
    return next((each for each in found if each >= after), found[-1] if found else None)


def _piece(named: str) -> Day | None:
    """The day that is written, as the reader of dates has it."""
    name, _, later = named.partition(LATER)
    if name in NEAR:
        return Relative(NEAR[DaySpan(name)])
    if not name and later.isdecimal():
        return Relative(int(later[:3]))
    if name in WEEKDAYS:
        weeks = int(later[:2]) if later.isdecimal() else None
        return Weekday(WEEKDAYS.index(DaySpan(name)), weeks)
    written = _DATE.fullmatch(named)
    if written is None:
        return None
    year, month, day, ahead = written.groups()
    if month is None:
        return OnDayOfMonth(int(day), int(ahead) if ahead else None)
    return OnDate(int(month), int(day), int(year) if year else None, int(ahead) if ahead else None)
