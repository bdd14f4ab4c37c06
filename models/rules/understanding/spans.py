"""Spans of days that people ask for: today, the weekend, next week."""

import re
from datetime import datetime, timedelta
from enum import StrEnum


class DaySpan(StrEnum):
    TODAY = "today"
    TOMORROW = "tomorrow"
    DAY_AFTER = "day_after"
    WEEKEND = "weekend"
    NEXT_WEEKEND = "next_weekend"
    WEEK = "week"
    NEXT_WEEK = "next_week"
    MONTH = "month"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEKDAYS = (
    DaySpan.MONDAY,
    DaySpan.TUESDAY,
    DaySpan.WEDNESDAY,
    DaySpan.THURSDAY,
    DaySpan.FRIDAY,
    DaySpan.SATURDAY,
    DaySpan.SUNDAY,
)

_WEEK = "(?:周|星期|礼拜)"
_PART = "(?:早上|上午|中午|下午|傍晚|晚上|晚)?"
_PART_EN = r"(?: (?:morning|afternoon|evening|night))?"
_ON = r"\b(?:(?:on|at|for|in|over|during|this|the|coming|next) )*"

# The longer words stand before those they hold.
_PATTERNS: tuple[tuple[DaySpan, str], ...] = (
    (DaySpan.NEXT_WEEKEND, rf"下(?:个)?(?:{_WEEK}末|周末)|{_ON}next weekend\b"),
    # One day of the week after this one: that week is shown.
    (DaySpan.NEXT_WEEK, rf"下个?{_WEEK}[一二三四五六日天1-7]{_PART}"),
    (DaySpan.WEEKEND, rf"(?:这个?|本)?(?:周末|礼拜末|双休日?)|{_ON}(?:weekend|wknd)s?\b"),
    *(
        (day, rf"(?:这个?|本)?{_WEEK}[{names}]{_PART}|{_ON}{day}s?{_PART_EN}\b|{_ON}{day[:3]}\b")
        for day, names in zip(
            WEEKDAYS, ("一1", "二2", "三3", "四4", "五5", "六6", "日天7"), strict=True
        )
    ),
    (DaySpan.NEXT_WEEK, rf"下个?{_WEEK}|{_ON}next week\b"),
    (
        DaySpan.WEEK,
        rf"(?:这个?|本|近|最近)(?:一)?{_WEEK}|{_ON}(?:this|next 7 days|7 days) ?week\b",
    ),
    (DaySpan.MONTH, rf"(?:这个?|本|当)月|{_ON}this month\b|\bthis month\b"),
    (DaySpan.DAY_AFTER, rf"(?<!大)后[天日]{_PART}|{_ON}day after tomorrow\b"),
    (
        DaySpan.TOMORROW,
        rf"明(?:天|日|儿|早|晚){_PART}|听日|{_ON}(?:tomorrow|tmrw?|tomoz){_PART_EN}\b",
    ),
    (DaySpan.TODAY, rf"今(?:天|日|儿|早|晚){_PART}|{_ON}(?:today|tonight)\b"),
)
_READ = tuple((span, re.compile(pattern)) for span, pattern in _PATTERNS)


def read(text: str) -> tuple[str, str]:
    """The span that a text names and the text without it; empty where it names none.

    The text is in small letters.
    """
    for span, pattern in _READ:
        match = pattern.search(text)
        if match is not None:
            return span, f"{text[: match.start()]} {text[match.end() :]}".strip()
    return "", text


def reach(span: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Start (inclusive) and end (exclusive) of a span; None is open. ``now`` is local time."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    day, week = timedelta(days=1), timedelta(days=7)
    match span:
        case DaySpan.TODAY:
            return None, today + day
        case DaySpan.TOMORROW:
            return today + day, today + 2 * day
        case DaySpan.DAY_AFTER:
            return today + 2 * day, today + 3 * day
        case DaySpan.WEEKEND:
            return max(monday + 5 * day, today), monday + week
        case DaySpan.NEXT_WEEKEND:
            return monday + week + 5 * day, monday + 2 * week
        case DaySpan.WEEK:
            return None, today + week
        case DaySpan.NEXT_WEEK:
            return monday + week, monday + 2 * week
        case DaySpan.MONTH:
            return None, (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        case _ if span in WEEKDAYS:
            ahead = (WEEKDAYS.index(DaySpan(span)) - today.weekday()) % 7
            return today + ahead * day, today + (ahead + 1) * day
        case _:
            return None, None
