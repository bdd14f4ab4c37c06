"""Read days, times and lengths of time out of cells: as typed, as spreadsheets keep them.

What the fixed forms do not cover is read as in a chat: 下周六, 下午2点.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.dates import reading
from models.rules.dates.reading import FoundTime

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("mon 周一", "tue 周二", "wed 周三", "thu 周四", "fri 周五", "sat 周六", "sun 周日")
    )
    for name in names.split()
}
DAYS_AHEAD = re.compile(r"\+?(\d{1,3})")
WEEKDAY = re.compile(r"(\w+?)(?:\s*\+\s*(\d{1,2}))?")
WHOLE_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
MONTH_AND_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?")
CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?::\d{2})?")
SPAN = re.compile(r"(\d{1,3})\s*(m|min|分钟|h|小时|d|天)")
MINUTES = {"m": 1, "min": 1, "分钟": 1, "h": 60, "小时": 60, "d": 1440, "天": 1440}
UTC_ZONE = ZoneInfo("UTC")

EXCEL_DAYS = range(20_000, 80_000)
"""Days since the end of 1899, as spreadsheets keep a date: 1954 to 2119."""
EXCEL_EPOCH = date(1899, 12, 30)
LONG_PAST = timedelta(days=60)
"""A month and a day without a year that are longer past than this mean the next year."""


def fixed_day(value: object, today: date) -> date | None:
    """The day that a cell names itself; None where it counts from today, or names none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        number = int(value)
        return EXCEL_EPOCH + timedelta(days=number) if number in EXCEL_DAYS else None
    text = str(value).strip()
    if text.isascii() and text.isdigit() and int(text) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(days=int(text))
    try:
        if match := WHOLE_DATE.fullmatch(text):
            return date(*map(int, match.groups()))
        if match := MONTH_AND_DAY.fullmatch(text):
            day = date(today.year, int(match[1]), int(match[2]))
            return day if day >= today - LONG_PAST else day.replace(year=today.year + 1)
    except ValueError:
        return None
    return None


def is_fixed(value: object) -> bool:
    """Whether a cell is written as a day of its own, which may be one that there is not."""
    if isinstance(value, date):
        return True
    text = str(value).strip()
    return bool(
        WHOLE_DATE.fullmatch(text)
        or MONTH_AND_DAY.fullmatch(text)
        or fixed_day(value, date(2000, 1, 1)) is not None
    )


def counted_day(value: object, today: date) -> date | None:
    """``3``: in three days; ``sat``: the first Saturday after today; 下周六: as in a chat."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip().casefold().replace("星期", "周").replace("周天", "周日")
    if match := DAYS_AHEAD.fullmatch(text):
        return today + timedelta(days=int(match[1])) if int(match[1]) > 0 else None
    match = WEEKDAY.fullmatch(text)
    if match is not None and match[1] in WEEKDAYS:
        ahead = (WEEKDAYS[match[1]] - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead, weeks=int(match[2] or 0))
    # The time makes a moment of the day; it is late, so that today is not over.
    found = _said(f"{text} 23:59", datetime.combine(today, time(), UTC))
    return found.starts.date() if found is not None else None


def clock(value: object) -> time | None:
    """The time of day of a cell: 14:00, 下午2点, or the part of a day that a spreadsheet keeps."""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0, tzinfo=None)
    if isinstance(value, float) and 0 <= value < 1:
        minutes = round(value * 1440)
        return time(minutes // 60, minutes % 60) if minutes < 1440 else None
    text = str(value).strip()
    match = CLOCK.fullmatch(text)
    if match:
        hours, minutes = int(match[1]), int(match[2])
        return time(hours, minutes) if hours < 24 and minutes < 60 else None
    found = _said(f"2026-12-02 {text}", datetime(2026, 12, 1, tzinfo=UTC))
    return found.starts.time() if found is not None and found.sure else None


def _said(text: str, now: datetime) -> FoundTime | None:
    """A single moment that the text tells, and nothing besides."""
    found = reading.read(text, now, UTC_ZONE)
    if not isinstance(found, FoundTime) or found.ends is not None or found.rest.strip():
        return None
    return found


def span(value: object) -> timedelta | None:
    """A stretch of time like ``30m``, ``2h`` or ``1d``; None for anything else."""
    if value in (0, "0"):
        return timedelta(0)
    match = SPAN.fullmatch(str(value).strip().casefold())
    return timedelta(minutes=int(match[1]) * MINUTES[match[2]]) if match is not None else None
