"""In which order a member sees what is coming: their own first, then everything by time.

At most FIRST events lead the list, those of most reasons before those of fewer and within the same
number the soonest first: open for sign-up, within SOON, with a reason, and possible for this
member. Everything else follows by time, those that take no sign-ups last. So the first page is
theirs, and from the second on nothing stands out of order. Who has told nothing sees time alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from models.rules.members.belonging import Own, own_first

FIRST = 5
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Coming(Own):
    """An event, by its number. ``is_open`` for sign-up."""

    starts_at: datetime = field(kw_only=True)
    ends_at: datetime = field(kw_only=True)
    is_open: bool = True


def ordered(
    rows: Sequence[Coming], now: datetime, is_possible: Callable[[Coming], bool]
) -> list[Coming]:
    """Return the same events in the member's order, which depends on nothing but the arguments.

    ``is_possible`` says of an event whether nothing of theirs is at the same time, neither a seat
    nor their shift. It is asked of few.
    """
    timely = by_time(rows)
    own = own_first([each for each in timely if _leads(each, now)])
    first = list(islice(filter(is_possible, own), FIRST))
    leading = {each.number for each in first}
    return [*first, *(each for each in timely if each.number not in leading)]


def by_time(rows: Sequence[Coming]) -> list[Coming]:
    """Return the same events by time, those that take no sign-ups last."""
    return sorted(rows, key=lambda each: (not each.is_open, each.starts_at, each.number))


def _leads(event: Coming, now: datetime) -> bool:
    return bool(event.reasons) and event.is_open and event.starts_at < now + SOON
