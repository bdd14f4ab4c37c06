"""Weekly recurrence at the same local time of day, across changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

A_WEEK = timedelta(days=7)


def weekly(first: datetime, number: int, zone: ZoneInfo) -> datetime:
    """The moment ``number`` weeks after the first, as the clock on the wall counts them.

    Each is counted from the first one: a time that does not exist on one night, because the clocks
    are put forward over it, comes an hour later then, and at its own hour again the week after.
    """
    on_the_wall = first.astimezone(zone).replace(tzinfo=None, fold=0)
    return (on_the_wall + number * A_WEEK).replace(tzinfo=zone).astimezone(UTC)


def next_weekly(first: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first recurrence later than ``after``."""
    number = max(0, (after - first) // A_WEEK)
    while (moment := weekly(first, number, zone)) <= after:
        number += 1
    return moment
