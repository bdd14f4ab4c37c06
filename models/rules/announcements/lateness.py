"""How late an announcement may be, and how long its approval may take."""

from datetime import datetime, timedelta

LATE = timedelta(hours=6)
"""An announcement this late is not sent unasked: what is said for the morning misleads at night.

A restart, a busy platform or a long queue delay it by less.
"""

UNTIMED = timedelta(days=7)
"""How long an approval is waited for where no time was chosen: as long as it stands in the chat."""


def is_late(due_at: datetime, now: datetime) -> bool:
    """Whether it is too late to send what was due at this time without asking."""
    return now - due_at > LATE


def asked_again_at(first_at: datetime | None, now: datetime) -> datetime:
    """When those who may approve are asked again, of an announcement that asks for it now.

    That is its time; without one, or when that has come, it is the end of ``lapses_at``.
    """
    return first_at if first_at is not None and first_at > now else lapses_at(first_at, now)


def lapses_at(first_at: datetime | None, now: datetime) -> datetime:
    """When an approval that was not given is given up."""
    return now + UNTIMED if first_at is None else max(first_at, now) + LATE
