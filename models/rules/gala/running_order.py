"""The running order of an evening: read from lines, and when each item was and will be on."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from models.rules.texts import one_line

MOST = 80
"""Items of one programme."""

LONGEST, LONGEST_WHO, LONGEST_CUE = 60, 60, 400
USUAL_MINUTES, MOST_MINUTES = 5, 240

_PARTS = re.compile(r"[|｜\t]")
_MINUTES = re.compile(r"([0-9]{1,3}) ?(?:min|分钟|分|')?")


@dataclass(frozen=True, slots=True)
class Item:
    """What is planned; ``cue`` is what the host has to know of it."""

    title: str
    who: str = ""
    minutes: int = USUAL_MINUTES
    cue: str = ""


class Kept(Protocol):
    """An item as it is kept, with when it was on."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def minutes(self) -> int: ...
    @property
    def cue(self) -> str: ...
    @property
    def began_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


One = TypeVar("One", bound=Kept)


@dataclass(frozen=True, slots=True)
class Planned:
    """An item with when it was planned to begin, and when it begins as things stand."""

    item: Kept
    planned_at: datetime
    expected_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it ends as things stand, or when it did."""
        return self.item.ended_at or self.expected_at + timedelta(minutes=self.item.minutes)


@dataclass(frozen=True, slots=True)
class Timetable:
    """A whole programme; ``late`` is by how much it will end later than planned, or earlier."""

    items: tuple[Planned, ...] = ()
    now: Planned | None = None
    next: Planned | None = None
    late: timedelta = timedelta()

    @property
    def is_over(self) -> bool:
        """Whether something was on and nothing will be."""
        return bool(self.items) and self.now is None and self.next is None

    @property
    def seen(self) -> int:
        """The number of the item that is on, 0 for none: what a step goes on or back from."""
        return self.now.item.id if self.now is not None else 0

    @property
    def may_go_on(self) -> bool:
        return self.now is not None or self.next is not None

    @property
    def may_go_back(self) -> bool:
        """Whether a step can be taken back; after the end it is the end."""
        return self.now is not None or self.is_over

    @property
    def after_next(self) -> tuple[Planned, ...]:
        """What comes after the next item."""
        if self.next is None:
            return ()
        after = self.items[self.items.index(self.next) + 1 :]
        return tuple(each for each in after if each.item.began_at is None)


def read(text: str) -> list[Item] | int:
    """Return the items of a pasted programme; or the number of the first line that is none.

    A line is ``title | who | minutes | cue``; only the title must be there.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        item = item_of(*(each.strip() for each in _PARTS.split(line, maxsplit=3)))
        if item is None:
            return number
        found.append(item)
    return found


def item_of(title: str, who: str = "", minutes: str = "", cue: str = "") -> Item | None:
    """Return an item of what was typed; None where the title or the minutes are none."""
    title = one_line(title)
    lasts = _MINUTES.fullmatch(minutes.strip()) if minutes.strip() else None
    if not title or len(title) > LONGEST or (minutes.strip() and lasts is None):
        return None
    number = int(lasts[1]) if lasts is not None else USUAL_MINUTES
    if not 1 <= number <= MOST_MINUTES:
        return None
    return Item(title, one_line(who)[:LONGEST_WHO], number, one_line(cue)[:LONGEST_CUE])


def is_on(item: Kept) -> bool:
    return item.began_at is not None and item.ended_at is None


def timetable(items: Iterable[Kept], starts_at: datetime, now: datetime) -> Timetable:
    """Return when each item was planned, and when it was on or will be as things stand.

    An item that is on ends when its minutes are over, or now where they are over already; nothing
    that has not begun begins before the evening, or in the past.
    """
    rows = list(items)
    is_running = any(each.began_at is not None for each in rows)
    planned, expected = starts_at, starts_at if is_running else max(starts_at, now)
    found: list[Planned] = []
    for each in rows:
        if each.began_at is not None:
            expected = each.began_at
        elif is_running:
            expected = max(expected, now)
        one = Planned(each, planned, expected)
        found.append(one)
        planned += timedelta(minutes=each.minutes)
        expected = max(one.ends_at, now) if is_on(each) else one.ends_at
    current = next((each for each in found if is_on(each.item)), None)
    following = _next(found, current)
    late = expected - planned if is_running else timedelta()
    return Timetable(tuple(found), current, following, late)


def _next(found: Sequence[Planned], current: Planned | None) -> Planned | None:
    after = found[found.index(current) + 1 :] if current is not None else found
    return next((each for each in after if each.item.began_at is None), None)
