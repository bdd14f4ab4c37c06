"""How fast an account says what is owed to many."""

from datetime import timedelta

BEHIND = 0.8
"""The share of an account's pace that announcements may use; the rest is for notices."""


def lasting(people: int, per_second: float) -> timedelta:
    """How long an announcement to so many people takes an account of this pace."""
    return timedelta(seconds=people / (per_second * BEHIND))
