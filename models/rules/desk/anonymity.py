"""When a wish without a name is shown."""

from datetime import datetime, timedelta


def dated(now: datetime) -> datetime:
    """Return the next full hour: the date of a wish without a name, and when it is shown.

    Shown at once, it would point to whoever was seen writing.
    """
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
