"""What an event is at the same time as: hours in which somebody works or sleeps."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules.sending import quiet_hours

COUNTS = timedelta(minutes=30)
"""How much of the event must fall into such hours."""
LOOKS = timedelta(hours=18)
"""How much of a long event is looked at: one of several days leaves time for sleep."""


def falls_into(starts_at: datetime, ends_at: datetime, hours: str, zone: ZoneInfo) -> bool:
    """Return whether half an hour or more falls into hours, written as quiet hours are."""
    if not hours or ends_at - starts_at > LOOKS:
        return False
    moment = starts_at
    while moment + COUNTS <= ends_at or moment == starts_at:
        if quiet_hours.is_quiet(moment, hours, zone):
            return True
        moment += COUNTS
    return False
