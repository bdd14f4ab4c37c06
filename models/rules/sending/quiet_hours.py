"""Quiet hours in the station's zone, and what they mean for reminders and offers.

They are written ``22:00-08:00``, or several with commas between them, or ``off`` for none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

OFF = "off"
JUST_BEFORE = timedelta(minutes=1)
TO_ANSWER = timedelta(hours=2)
AT_LEAST = timedelta(minutes=15)
A_DAY = timedelta(days=1)
FAR = timedelta(days=30)
STILL_LEFT = 3 / 4
MINUTES = 24 * 60

_TIME = r"([01]?\d|2[0-3])(?:[:：]([0-5]\d)|点|时)?"
_SPAN = re.compile(rf"{_TIME}\s*[-–—~～到至]\s*{_TIME}")
_BETWEEN = re.compile(r"\s*[,，、;；]\s*")


@dataclass(frozen=True, slots=True)
class QuietSpan:
    """From ``begins`` until just before ``ends``, over midnight when ``ends`` is the earlier."""

    begins: time
    ends: time

    def __contains__(self, moment: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Spans of the day, none of which meets another; without any nothing is quiet."""

    spans: tuple[QuietSpan, ...] = ()

    def __contains__(self, moment: time) -> bool:
        return any(moment in span for span in self.spans)

    def __str__(self) -> str:
        return ",".join(map(str, self.spans)) or OFF


def of(own: str, station: str, after_nights: str = "") -> str:
    """The hours that hold for a member, as they are written.

    Their ``own`` hold whatever they are, and no others; without any it is the station's, and those
    ``after_nights`` as well for members on night shift.
    """
    return own or ",".join(hours for hours in (station, after_nights) if hours)


@lru_cache(maxsize=1024)
def parse(written: str) -> QuietHours:
    """Parse quiet hours; spans that meet become one. Raises ValueError for anything else."""
    written = written.strip()
    if written.lower() in ("", OFF):
        return QuietHours()
    quiet: set[int] = set()
    for part in _BETWEEN.split(written):
        begins, ends = _minutes(part)
        quiet |= {begin % MINUTES for begin in range(begins, ends)}
    if len(quiet) == MINUTES:
        raise ValueError("quiet hours must leave some time of the day to be heard in")
    return QuietHours(tuple(_spans(quiet)))


def _minutes(written: str) -> tuple[int, int]:
    """When a span begins and ends, in minutes; the end is the greater, over midnight too."""
    match = _SPAN.fullmatch(written)
    if match is None:
        raise ValueError(f"quiet hours are written as 22:00-08:00 or off, not {written!r}")
    first, second, third, fourth = (int(part or 0) for part in match.groups())
    begins, ends = first * 60 + second, third * 60 + fourth
    if begins == ends:
        raise ValueError("quiet hours cannot begin and end at the same minute")
    return begins, ends if ends > begins else ends + MINUTES


def _spans(quiet: set[int]) -> Iterable[QuietSpan]:
    for begins in sorted(minute for minute in quiet if (minute - 1) % MINUTES not in quiet):
        ends = begins
        while ends % MINUTES in quiet:
            ends += 1
        yield QuietSpan(_clock(begins), _clock(ends % MINUTES))


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def is_quiet(at: datetime, hours: str, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).time() in parse(hours)


def next_allowed(at: datetime, hours: str, zone: ZoneInfo) -> datetime:
    """``at`` itself, or the end of the quiet hours it falls into."""
    if not is_quiet(at, hours, zone):
        return at
    # Where clocks are put forward over the end, this day has none, and the next one counts.
    ends = _moments_around(at, [span.ends for span in parse(hours).spans], zone)
    return next(end for end in ends if end > at and not is_quiet(end, hours, zone))


def next_day(at: datetime, hours: str, zone: ZoneInfo) -> datetime:
    """The first moment of the next day outside the quiet hours."""
    tomorrow = at.astimezone(zone).date() + A_DAY
    return next_allowed(_moments(tomorrow, time(0), zone)[0], hours, zone)


# Most who sign up for an event have the same leads and quiet hours: in a rush this is asked
# thousands of times for the same answer, which takes a tenth of a millisecond to work out.
@lru_cache(maxsize=4096)
def remind_at(starts_at: datetime, lead_minutes: int, hours: str, zone: ZoneInfo) -> datetime:
    """``lead_minutes`` before the start, or the nearer side of the quiet hours it falls into.

    That is the last minute before them, or their end: but the end only where three quarters of the
    lead are left then, for a reminder that comes late may come too late.
    """
    starts_at = starts_at.astimezone(UTC)
    lead = timedelta(minutes=lead_minutes)
    nominal = starts_at - lead
    if not is_quiet(nominal, hours, zone):
        return nominal
    before = _last_allowed(nominal, hours, zone)
    after = next_allowed(nominal, hours, zone)
    is_nearer = after - nominal <= nominal - before
    return after if is_nearer and starts_at - after >= lead * STILL_LEFT else before


def _last_allowed(at: datetime, hours: str, zone: ZoneInfo) -> datetime:
    begins = _moments_around(at, [span.begins for span in parse(hours).spans], zone)
    evenings = [begin - JUST_BEFORE for begin in begins if begin <= at]
    return max(evening for evening in evenings if not is_quiet(evening, hours, zone))


def offer_until(
    now: datetime, before: datetime, hours: str, zone: ZoneInfo, work: str = ""
) -> datetime | None:
    """Until when a seat is held for a member who is asked now; None when it is too late to ask.

    The question goes out at the next allowed time. From then they have two hours, or half of what
    is left until ``before`` (the event's start or closing) when that is less, but a quarter of an
    hour at least. Only time counts in which they neither sleep (``hours``) nor ``work``; where none
    is left beside work, what they may find amid it.
    """
    asked = next_allowed(now, hours, zone).astimezone(UTC)
    for stops in dict.fromkeys((_with_work(hours, work), hours)):
        left = _left(asked, before.astimezone(UTC), stops, zone)
        if left >= AT_LEAST:
            return _after(asked, min(TO_ANSWER, max(left / 2, AT_LEAST)), stops, zone)
    return None


def _with_work(hours: str, work: str) -> str:
    """The hours of sleep and of work together; those of sleep alone where nothing else is left."""
    both = ",".join(each for each in (hours, work) if each and each != OFF)
    try:
        parse(both)
    except ValueError:
        return hours
    return both


def _left(begins: datetime, ends: datetime, hours: str, zone: ZoneInfo) -> timedelta:
    """How much of a stretch is not quiet, as far as twice the time to answer."""
    left = timedelta()
    for since, until in _heard(begins, ends, hours, zone):
        left += until - since
        if left >= 2 * TO_ANSWER:
            break
    return left


def _after(begins: datetime, wanted: timedelta, hours: str, zone: ZoneInfo) -> datetime:
    """When so much time has passed that is not quiet."""
    for since, until in _heard(begins, begins + FAR, hours, zone):
        if until - since >= wanted:
            return since + wanted
        wanted -= until - since
    raise ValueError("quiet hours leave no such time")


def before(ends: datetime, wanted: timedelta, hours: str, zone: ZoneInfo) -> datetime:
    """The latest moment from which so much time that is not quiet passes until ``ends``."""
    for since, until in reversed(list(_heard(ends - FAR, ends.astimezone(UTC), hours, zone))):
        if until - since >= wanted:
            return until - wanted
        wanted -= until - since
    raise ValueError("quiet hours leave no such time")


def _heard(
    begins: datetime, ends: datetime, hours: str, zone: ZoneInfo
) -> Iterable[tuple[datetime, datetime]]:
    """The stretches between two moments that are not quiet, in UTC."""
    at = next_allowed(begins, hours, zone).astimezone(UTC)
    while at < ends:
        evenings = _evenings_near(at.astimezone(zone).date(), hours, zone)
        until = next((each for each in evenings if at < each < ends), ends)
        yield at, until
        at = next_allowed(until, hours, zone).astimezone(UTC)


def _moments_around(at: datetime, clocks: Iterable[time], zone: ZoneInfo) -> Sequence[datetime]:
    """When the clock shows one of these, from two days before ``at`` to two days after it."""
    return _moments_near(at.astimezone(zone).date(), tuple(clocks), zone)


# Asked for every sign-up of a rush behind which somebody waits, and the same for all of a day.
@lru_cache(maxsize=1024)
def _moments_near(today: date, clocks: Sequence[time], zone: ZoneInfo) -> Sequence[datetime]:
    days = [today + number * A_DAY for number in range(-2, 3)]
    return sorted(
        moment for day in days for clock in clocks for moment in _moments(day, clock, zone)
    )


@lru_cache(maxsize=1024)
def _evenings_near(today: date, hours: str, zone: ZoneInfo) -> Sequence[datetime]:
    """When it becomes quiet, from two days before a day to two days after it, in UTC."""
    begins = _moments_near(today, tuple(span.begins for span in parse(hours).spans), zone)
    return [each for each in begins if is_quiet(each, hours, zone)]


def _moments(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """The moments a time of day stands for: two on the night when clocks are put back."""
    both = (datetime.combine(day, clock.replace(fold=fold), zone) for fold in (0, 1))
    return sorted({moment.astimezone(UTC) for moment in both})
