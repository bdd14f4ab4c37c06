"""A team's weekly session, as its captain writes it: ``每周三 19:30 篮球场``."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.rules.dates import reading as dates

AHEAD = timedelta(days=7)
"""How long before it begins a session stands in the programme."""

USUAL = timedelta(hours=2)
LONGEST = timedelta(hours=12)
LONGEST_PLACE = 60

EVERY = re.compile(
    r"(?:每逢|逢|每)\s*个?\s*(?=周|星期|礼拜)|\b(?:every|each)\s+|(?<=[a-z]day)s\b", re.IGNORECASE
)
AT = re.compile(r"^(?:在|于|at\s+(?:the\s+)?)", re.IGNORECASE)
WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天1-7]"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WeeklySession:
    """When the first one begins, how long each takes, and where they meet."""

    first: datetime
    length: timedelta
    place: str


class Missing(StrEnum):
    """Why no weekly session was read."""

    WEEKDAY = "weekday"
    TIME = "time"
    PLACE = "place"


def read(text: str, now: datetime, zone: ZoneInfo) -> WeeklySession | Missing:
    """Read weekday, time and place out of a text; the first session is after ``now``."""
    days = WEEKDAY.findall(text)
    if len(days) != 1:
        return Missing.WEEKDAY
    first = dates.read(EVERY.sub("", text), now, zone)
    if not isinstance(first, dates.FoundTime):
        return Missing.TIME
    length = first.ends - first.starts if first.ends is not None else USUAL
    if not timedelta(0) < length <= LONGEST:
        return Missing.TIME
    place = AT.sub("", first.rest.strip(" ,，。.;；、:：@"))
    if not place:
        return Missing.PLACE
    return WeeklySession(first.starts, length, place[:LONGEST_PLACE])
