"""A date to come: a postponed event stands four hundred years later until its date is set.

So whatever asks about time answers right by itself: it is still to come, clashes with nothing, is
on no day's list, has no day to check in and is never over. Four hundred years of the calendar are
whole weeks, and its times are as far from each other as before. What says a moment says of such
a one that the date is to come.
"""

from datetime import UTC, datetime, timedelta

APART = timedelta(days=146_097)
BEGINS = datetime(2300, 1, 1, tzinfo=UTC)
"""No event is held as late as that."""


def is_to_come(moment: datetime) -> bool:
    """Return whether this stands for a date that is not set yet."""
    return moment >= BEGINS


def put_off(moment: datetime) -> datetime:
    """Return the moment that stands for it while the date is to come."""
    return moment if is_to_come(moment) else moment + APART


def planned(moment: datetime) -> datetime:
    """Return the moment for which it was planned before it was put off."""
    return moment - APART if is_to_come(moment) else moment
