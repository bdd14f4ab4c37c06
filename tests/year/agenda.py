"""What is to happen at which moment, in order, and when people who work in shifts are awake."""

import heapq
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from models.rules.members.shifts import Shift

ZONE = ZoneInfo("Asia/Shanghai")
Act = Callable[[], Awaitable[None]]

AWAKE = {
    Shift.DAY: (7, 23),
    Shift.MIDDLE: (10, 26),
    Shift.NIGHT: (16, 32),
    Shift.ROTATING: (8, 24),
}
"""From and until which hour somebody writes; above 24 it is the next morning."""


class Agenda:
    """Acts by their moments; those of one moment run in the order in which they were put in."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Act]] = []
        self._numbers = count()

    def at(self, moment: datetime, act: Act) -> None:
        """Put in an act; one from the past runs next."""
        heapq.heappush(self._heap, (moment, next(self._numbers), act))

    def next_until(self, moment: datetime) -> tuple[datetime, Act] | None:
        """Take out the next act that is due by a moment; None if there is none."""
        if not self._heap or self._heap[0][0] > moment:
            return None
        at, _number, act = heapq.heappop(self._heap)
        return at, act


def local(day: datetime, hour: int, minute: int = 0) -> datetime:
    """Return a time of the local day of a moment, in UTC; hours above 23 are of the next day."""
    midnight = day.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


def awake(dice: Random, shift: Shift, since: datetime, until: datetime) -> datetime:
    """Return a moment between two at which somebody of this shift writes."""
    first, last = AWAKE[shift]
    span, moment = (until - since).total_seconds(), since
    for _try in range(20):
        moment = since + timedelta(seconds=dice.random() * span)
        hour = moment.astimezone(ZONE).hour
        if first <= hour < last or first <= hour + 24 < last:
            return moment
    return moment
