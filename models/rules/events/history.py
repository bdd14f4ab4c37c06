"""What somebody took part in, by year: how often, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.rules.events.attending import minutes_of


@dataclass(frozen=True, slots=True)
class Year:
    """A year in which somebody took part in so many events, for so many minutes."""

    year: int
    times: int
    minutes: int


def by_year(times: Iterable[tuple[datetime, datetime]], zone: ZoneInfo) -> list[Year]:
    """Return the years of events with these starts and ends in ``zone``, the latest first."""
    found: dict[int, Year] = {}
    for starts_at, ends_at in times:
        number = starts_at.astimezone(zone).year
        was = found.get(number, Year(number, 0, 0))
        found[number] = Year(number, was.times + 1, was.minutes + minutes_of(starts_at, ends_at))
    return sorted(found.values(), key=lambda each: -each.year)
