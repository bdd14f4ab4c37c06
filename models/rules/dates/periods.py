"""Weeks, weekends, months and parts of them, which hold a moment and are none."""

import re

from models.rules.dates import words
from models.rules.dates.pieces import Third, WholePeriod
from models.rules.dates.words import number, squeezed

THIRDS = {"初": Third.EARLY, "头": Third.EARLY, "上旬": Third.EARLY}
THIRDS |= {"中旬": Third.MIDDLE, "中": Third.MIDDLE}
THIRDS |= {"底": Third.LATE, "末": Third.LATE, "尾": Third.LATE, "下旬": Third.LATE}
THIRDS |= dict.fromkeys(("beginning", "start", "early"), Third.EARLY)
THIRDS |= dict.fromkeys(("middle", "mid"), Third.MIDDLE)
THIRDS |= dict.fromkeys(("end", "late"), Third.LATE)
END_OR_BEGINNING = "[底末尾头]|初(?![一二三四五六七八九十])"
THIRD = f"{END_OR_BEGINNING}|[上中下]旬|中(?![午秋国山学心文])"
THIRD_EN = (
    r"(?P<third>end|beginning|start|middle|early|mid|late)[\s-]+(?:of )?(?:the )?"
    r"(?:(?P<ahead>this|next)\s+)?"
)
LATELY = "(?:最 近|近|未 来|今 后|接 下 来)"
WITHIN = "(?:(?:之|以)? 内)"
SOME_DAYS = 4
"""How many "these days" are."""


def whole_week(match: re.Match[str]) -> WholePeriod | None:
    return WholePeriod(words.WEEKS_AHEAD[squeezed(match[1])])


def weekend(match: re.Match[str]) -> WholePeriod | None:
    weeks = words.WEEKS_AHEAD[squeezed(match[1])] if match[1] else None
    return WholePeriod(weeks, weekend=True)


def whole_week_en(match: re.Match[str]) -> WholePeriod | None:
    return WholePeriod(words.AHEAD_EN[match[1]], weekend=match[2] is not None)


def weeks_of_days(match: re.Match[str]) -> WholePeriod | None:
    return WholePeriod(days=7)


def these_days(match: re.Match[str]) -> WholePeriod | None:
    counted = number(match[1] or match[2] or "")
    return WholePeriod(days=counted or SOME_DAYS) if (counted or 1) < 100 else None


def these_days_en(match: re.Match[str]) -> WholePeriod | None:
    return WholePeriod(days=(number(match[1]) if match[1] else None) or SOME_DAYS)


def _third(written: str | None) -> Third | None:
    return THIRDS[written] if written else None


def whole_month(match: re.Match[str]) -> WholePeriod | None:
    months = words.MONTHS_AHEAD[squeezed(match[1])] if match[1] else 0
    return WholePeriod(months=months, third=_third(match[2]))


def whole_month_en(match: re.Match[str]) -> WholePeriod | None:
    return WholePeriod(months=words.AHEAD_EN[match[1]])


def part_of_month_en(match: re.Match[str]) -> WholePeriod | None:
    third = THIRDS[match["third"]]
    if match["month"]:
        return WholePeriod(month=words.MONTHS[match["month"]], third=third)
    return WholePeriod(months=words.AHEAD_EN[match["ahead"] or "this"], third=third)


def month(match: re.Match[str]) -> WholePeriod | None:
    month = number(match[1].replace("元", "1"))
    return WholePeriod(month=month, third=_third(match[2])) if month and month <= 12 else None


def end_of_year(match: re.Match[str]) -> WholePeriod | None:
    return WholePeriod(month=12, third=Third.LATE)
