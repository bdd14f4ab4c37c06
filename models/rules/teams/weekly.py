"""A team's regular session, as its captain writes it: ``每周三 19:30 篮球场``."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.rules.dates import reading as dates
from models.rules.dates import repeat_words
from models.rules.dates.repeats import Repeat

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
    """When the first one begins, how long each takes, where they meet, and when again.

    Without a rule it is every week.
    """

    first: datetime
    length: timedelta
    place: str
    rule: Repeat | None = None


class Missing(StrEnum):
    """Why no weekly session was read."""

    WEEKDAY = "weekday"
    TIME = "time"
    PLACE = "place"


def read(
    text: str, now: datetime, zone: ZoneInfo, *, place_needed: bool = True
) -> WeeklySession | Missing:
    """Read weekday, time and place out of a text; the first session is after ``now``."""
    found = repeat_words.read(text, now, zone)
    if found is None and len(WEEKDAY.findall(text)) != 1:
        return Missing.WEEKDAY
    first = found.when if found is not None else dates.read(EVERY.sub("", text), now, zone)
    if not isinstance(first, dates.FoundTime):
        return Missing.TIME
    length = first.ends - first.starts if first.ends is not None else USUAL
    if not timedelta(0) < length <= LONGEST:
        return Missing.TIME
    place = AT.sub("", first.rest.strip(" ,，。.;；、:：@"))
    if not place and place_needed:
        return Missing.PLACE
    rule = found.rule if found is not None else None
    return WeeklySession(first.starts, length, place[:LONGEST_PLACE], rule)
