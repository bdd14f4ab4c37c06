"""When those with an unfinished entry are reminded of a deadline."""

from datetime import datetime, timedelta

LEADS = (timedelta(days=3), timedelta(days=1), timedelta(hours=3))
"""How long before the deadline, the first reminder first."""


def next_reminder(closes_at: datetime, now: datetime) -> datetime | None:
    """The next time at which a reminder is due; None when all of them are behind."""
    return min((closes_at - lead for lead in LEADS if closes_at - lead > now), default=None)
