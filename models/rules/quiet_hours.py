"""When not to disturb: hours of a day in the station's zone, written ``22:00-08:00`` or ``off``."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

OFF = "off"
JUST_BEFORE = timedelta(minutes=1)
TO_ANSWER = timedelta(hours=2)
AT_LEAST = timedelta(minutes=15)
A_DAY = timedelta(days=1)

_SPAN = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)\s*[-–—~～]\s*([01]?\d|2[0-3])[:：]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``begins`` until just before ``ends``, over midnight when ``ends`` is the earlier."""

    begins: time
    ends: time

    def __contains__(self, moment: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


@lru_cache(maxsize=1024)
def parse(written: str) -> Hours | None:
    """The hours, or None for ``off`` and for nothing; raises ValueError for anything else."""
    if written.strip().lower() in ("", OFF):
        return None
    found = _SPAN.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"quiet hours are written as 22:00-08:00 or off, not {written!r}")
    first, second, third, fourth = (int(part) for part in found.groups())
    begins, ends = time(first, second), time(third, fourth)
    if begins == ends:
        raise ValueError("quiet hours cannot begin and end at the same minute")
    return Hours(begins, ends)


def is_quiet(at: datetime, hours: str, zone: ZoneInfo) -> bool:
    span = parse(hours)
    return span is not None and at.astimezone(zone).time() in span


def next_allowed(at: datetime, hours: str, zone: ZoneInfo) -> datetime:
    """``at`` itself, or the end of the quiet hours it falls into."""
    span = parse(hours)
    if span is None or not is_quiet(at, hours, zone):
        return at
    # Where clocks are put forward over the end, this day has none, and the next one counts.
    ends = _moments_around(at, span.ends, zone)
    return next(end for end in ends if end > at and not is_quiet(end, hours, zone))


def remind_at(starts_at: datetime, lead_minutes: int, hours: str, zone: ZoneInfo) -> datetime:
    """``lead_minutes`` before the start, or the last minute before the quiet hours it falls into.

    A reminder is brought forward, never put off: put off, it might come after the start.
    """
    wanted = starts_at.astimezone(UTC) - timedelta(minutes=lead_minutes)
    span = parse(hours)
    if span is None or not is_quiet(wanted, hours, zone):
        return wanted
    begins = _moments_around(wanted, span.begins, zone)
    evenings = [begin - JUST_BEFORE for begin in begins if begin <= wanted]
    return max(evening for evening in evenings if not is_quiet(evening, hours, zone))


def offer_until(now: datetime, before: datetime, hours: str, zone: ZoneInfo) -> datetime | None:
    """Until when a seat is kept for somebody who is asked now; None when it is too late to ask.

    The question goes out at the next allowed time. From then they have two hours, or half of what
    is left until ``before`` (the event's start or closing) when that is less, but a quarter of an
    hour at least.
    """
    asked = next_allowed(now, hours, zone).astimezone(UTC)
    left = before.astimezone(UTC) - asked
    if left < AT_LEAST:
        return None
    return asked + min(TO_ANSWER, max(left / 2, AT_LEAST))


def _moments_around(at: datetime, wanted: time, zone: ZoneInfo) -> list[datetime]:
    """When the clock shows ``wanted``, from two days before ``at`` to two days after it."""
    today = at.astimezone(zone).date()
    days = [today + number * A_DAY for number in range(-2, 3)]
    return [moment for day in days for moment in _moments(day, wanted, zone)]


def _moments(day: date, wanted: time, zone: ZoneInfo) -> list[datetime]:
    """The moments a time of day stands for: two on the night when clocks are put back."""
    both = (datetime.combine(day, wanted.replace(fold=fold), zone) for fold in (0, 1))
    return sorted({moment.astimezone(UTC) for moment in both})
