"""When a member is reminded of an event, and until when each reminder is useful."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from models.rules.sending.quiet_hours import remind_at


def owed(
    starts_at: datetime, leads: Iterable[int], hours: str, zone: ZoneInfo, now: datetime
) -> dict[int, datetime]:
    """Reminder times by lead (minutes before the start); past ones are left out.

    Two that quiet hours bring to the same minute are one: the nearer one.
    """
    times: dict[datetime, int] = {}
    for lead in sorted(set(leads), reverse=True):
        at = remind_at(starts_at, lead, hours, zone)
        if lead > 0 and at > now:
            times[at] = lead
    return {lead: at for at, lead in times.items()}


def useful_until(
    lead: int, starts_at: datetime, other_leads: Iterable[int], hours: str, zone: ZoneInfo
) -> datetime:
    """A reminder's last useful moment: when the next one is due, or the start of the event."""
    due_at = remind_at(starts_at, lead, hours, zone)
    nearer = (remind_at(starts_at, each, hours, zone) for each in other_leads if 0 < each < lead)
    return min((at for at in nearer if at > due_at), default=starts_at)


def too_late(useful: datetime, now: datetime) -> bool:
    """Whether a reminder that was missed, as during downtime, is to be dropped."""
    return now >= useful
