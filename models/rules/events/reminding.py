"""When a member is reminded of an event, and until when each reminder is useful."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules.sending.quiet_hours import remind_at

CLOSE = timedelta(hours=8)
"""Of two reminders nearer to each other the first is needless, where quiet hours brought one."""


def owed(
    starts_at: datetime, leads: Iterable[int], hours: str, zone: ZoneInfo, now: datetime
) -> dict[int, datetime]:
    """Reminder times by lead (minutes before the start); past ones are left out.

    Two that quiet hours bring close together, before a night or a day's sleep, are one: the nearer
    one. Both would say the same of the next day.
    """
    times: dict[int, datetime] = {}
    brought: set[int] = set()
    for lead in sorted({each for each in leads if each > 0}, reverse=True):
        at = remind_at(starts_at, lead, hours, zone)
        if at <= now:
            continue
        if at != starts_at - timedelta(minutes=lead):
            brought.add(lead)
        times = {
            other: then
            for other, then in times.items()
            if at - then >= CLOSE or (at != then and not {lead, other} & brought)
        }
        times[lead] = at
    return times


def useful_until(
    lead: int, starts_at: datetime, other_leads: Iterable[int], hours: str, zone: ZoneInfo
) -> datetime:
    """A reminder's last useful moment: when the next one is due, or the start of the event."""
    due_at = remind_at(starts_at, lead, hours, zone)
    nearer = [each for each in other_leads if each < lead]
    return min(owed(starts_at, nearer, hours, zone, due_at).values(), default=starts_at)


def too_late(useful: datetime, now: datetime) -> bool:
    """Whether a reminder that was missed, as during downtime, is to be dropped."""
    return now >= useful
