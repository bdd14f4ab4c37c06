"""When the account of a month is sent: on the first working day after it, in the morning."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.dates.workdays import Workdays
from models.rules.reports import periods
from models.rules.reports.periods import DAY, Period
from models.rules.sending import quiet_hours

TOLD_AT = time(9)
WITHIN = timedelta(days=5)
"""How late it is still sent, as when the station was away."""


def told_at(month: Period, workdays: Workdays, quiet: str) -> datetime:
    """Return when a month is accounted for: at nine, or when the station's quiet hours end."""
    day = month.last + DAY
    while not workdays.is_workday(day):
        day += DAY
    morning = datetime.combine(day, TOLD_AT, month.zone)
    return quiet_hours.next_allowed(morning, quiet, month.zone)


def month_due(now: datetime, workdays: Workdays, quiet: str, zone: ZoneInfo) -> Period | None:
    """Return the month that is to be accounted for now, whoever knows of it already."""
    month = periods.last_month(now, zone)
    at = told_at(month, workdays, quiet)
    return month if at <= now < at + WITHIN else None
