"""How organizers write who may sign up, and from when: 18-35岁；上过焊接基础班；要我同意."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.rules.dates import reading
from models.rules.dates.reading import FoundTime
from models.rules.events.gates import LONGEST_DONE, NONE, OLDEST, YOUNGEST, Gates

BETWEEN = re.compile(r"[\n;；，、。]+|,(?!\d)")
_YEARS = r"(?:周?岁|years?(?: old)?|yrs?)"
_AGES = re.compile(
    rf"(?<![\d.])(?P<from>\d{{1,3}})\s{{0,2}}{_YEARS}?\s{{0,2}}"
    rf"(?:[-–—~～到至]|to)\s{{0,2}}(?P<to>\d{{1,3}})\s{{0,2}}{_YEARS}"
    r"|\b(?:ages?|aged)\s{1,2}(?P<en_from>\d{1,3})\s{0,2}(?:[-–—]|to)\s{0,2}(?P<en_to>\d{1,3})\b",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:年满|满|不低于|不小于)\s{0,2}(?P<a>\d{1,3})\s{0,2}周?岁(?!以下|及以下|以内)"
    r"|(?P<b>\d{1,3})\s{0,2}周?岁\s{0,2}[（(]?(?:及|含)?\s{0,2}(?:以上|起)"
    r"|(?:at least|from|over)\s{1,2}(?P<c>\d{1,3})\s{1,2}(?:years|old)"
    r"|(?<!\d)(?P<d>\d{1,2})\s{0,2}\+",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"(?:不超过|不大于|限)\s{0,2}(?P<a>\d{1,3})\s{0,2}周?岁"
    r"|(?P<b>\d{1,3})\s{0,2}周?岁\s{0,2}[（(]?(?:及|含)?\s{0,2}(?:以下|以内)"
    r"|(?:up to|under|at most)\s{1,2}(?P<c>\d{1,3})\s{1,2}(?:years|old)",
    re.IGNORECASE,
)
_CHILDREN = re.compile(r"孩|童|娃|小朋友|宝宝|学生|child|kid", re.IGNORECASE)
GROWN = 16
"""Who works is older: a lower age is that of children."""
_OF_AGE = re.compile(r"年满\s{0,2}\d{1,3}\s{0,2}周?岁")
_OPENS = re.compile(
    r"(?:sign-?\s?up|registration)\s{1,2}(?:opens|starts|from)|\bopens\b"
    r"|开始报名|开放报名|报名\s{0,2}(?:开始|开放|从|自|起始)(?:时间)?|起?开始?报名|开抢",
    re.IGNORECASE,
)
_OF_OPENING = re.compile(r"^[\s:：从自在为at]+|[\s起]+$", re.IGNORECASE)
_DONE = re.compile(
    r"^(?:[只仅]?限|必?须|需要?|要|先){0,3}(?:上过|参加过|学过|完成过?|去过|先上|先参加)(?:的人?)?"
    r"(?P<zh>.+)$"
    r"|^(?:after|having done|(?:who )?(?:has |have )?(?:done|took part in))\s(?P<en>.+)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:第|#|no\.?\s?|number\s)?\s*(\d{1,9})\s*(?:号|期)?(?:活动)?", re.IGNORECASE
)
_NO_SHOWS = re.compile(r"爽约|缺席|放鸽子|报了(?:名)?不来|no-?shows?", re.IGNORECASE)
_NO_SHOWS_COME = re.compile(r"不限|不管|不看|也可以|也行|也能|allowed|welcome|fine", re.IGNORECASE)
_APPROVAL = re.compile(r"审批|审核|同意|批准|approv", re.IGNORECASE)
_NOT = re.compile(
    r"不用|不需|无需|不限|不管|不看|也可以|也行|\bno\b(?!-)|\bnot\b|without|any", re.IGNORECASE
)
_ANY_AGE = re.compile(r"不限年龄|年龄不限|any age", re.IGNORECASE)
_ANY_TIME = re.compile(r"随时(?:可|能|都可以?)?报名?|马上(?:可|能)报名?|open now", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What the words change of the conditions; None where they say nothing of it.

    ``opens_at`` is in the zone of ``now``. ``any_time`` says that sign-up is open at once,
    ``any_age`` that there is no age.
    """

    opens_at: datetime | None = None
    any_time: bool = False
    ages: tuple[int | None, int | None] | None = None
    any_age: bool = False
    done: str | None = None
    comes: bool | None = None
    approval: bool | None = None

    def onto(self, now: Gates) -> Gates:
        """The conditions that were, with what the words change."""
        if self.ages is not None:
            now = replace(now, age_from=self.ages[0], age_to=self.ages[1])
        if self.any_age:
            now = replace(now, age_from=None, age_to=None)
        if self.done is not None:
            now = replace(now, done=self.done)
        if self.comes is not None:
            now = replace(now, comes=self.comes)
        return replace(now, approval=self.approval) if self.approval is not None else now


def read(words: str, now: datetime, zone: ZoneInfo) -> Said | str:
    """Return what the words say, or the first part of them that is no condition."""
    said = Said()
    parts: list[str] = [each.strip() for each in BETWEEN.split(words)]
    for part in filter(None, parts):
        more = _read_part(part, now, zone)
        if more is None:
            return part
        if said.ages is not None and (ages := more.get("ages")) is not None:
            # 18岁以上，60岁以下 are two parts.
            more["ages"] = tuple(new or old for new, old in zip(ages, said.ages, strict=True))
        said = replace(said, **more)
    return said


def _read_part(part: str, now: datetime, zone: ZoneInfo) -> dict[str, Any] | None:
    """Return the fields of ``Said`` that a part changes; None if it is no condition."""
    if _ANY_TIME.search(part):
        return {"any_time": True, "opens_at": None}
    if _ANY_AGE.search(part):
        return {"any_age": True, "ages": None}
    if _OPENS.search(part):
        opens_at = opening(part, now, zone)
        return {"opens_at": opens_at, "any_time": False} if opens_at is not None else None
    if _NO_SHOWS.search(part):
        return {"comes": _NO_SHOWS_COME.search(part) is None}
    if (done := _DONE.match(part)) is not None:
        what = done_of((done["zh"] or done["en"] or "").strip())
        return {"done": what} if what and len(what) <= LONGEST_DONE else None
    if _APPROVAL.search(part):
        return {"approval": _NOT.search(part) is None}
    ages = ages_in(part)
    return {"ages": ages, "any_age": False} if ages is not None else None


def opening(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when sign-up opens, as ``报名开始：12月1日 20:00`` says; None if it is unclear."""
    found = reading.read(_OF_OPENING.sub("", _OPENS.sub(" ", text)).strip(), now, zone)
    return found.starts if isinstance(found, FoundTime) and found.dated else None


def is_of_opening(part: str) -> bool:
    """Return whether a part says when sign-up opens, though it may not say it clearly."""
    return _OPENS.search(part) is not None


def done_of(words: str) -> str:
    """Return what was to be done before, as the conditions keep it: ``#12``, or words."""
    words = words.strip(" 《》“”\"'「」")
    number = _NUMBER.fullmatch(words)
    if number is not None:
        return f"#{int(number[1])}"
    return re.sub(r"\s*(?:的人|才(?:能|可以?)(?:报名?|来)?)$", "", words).removeprefix("#").strip()


def ages_in(text: str) -> tuple[int | None, int | None] | None:
    """Return the youngest and the oldest age that a text plainly names; None if it names none."""
    ages: tuple[int | None, int | None] = (None, None)
    if (both := _AGES.search(text)) is not None:
        ages = (int(both["from"] or both["en_from"]), int(both["to"] or both["en_to"]))
    else:
        ages = (_number(_AT_LEAST.search(text)), _number(_AT_MOST.search(text)))
    named = [each for each in ages if each is not None]
    if not named or named != sorted(named) or not all(YOUNGEST <= n <= OLDEST for n in named):
        return None
    return ages


def _number(found: re.Match[str] | None) -> int | None:
    return next((int(each) for each in found.groups() if each), None) if found else None


def pasted(text: str) -> Gates:
    """Return the conditions that an announcement plainly names: an age with both ends, or 年满.

    More is not guessed: 欢迎 25 岁左右的朋友 is a wish, 限 18-35 岁 is a condition, and 3-6 岁 is
    the age of the children who are brought along.
    """
    found = _AGES.search(text) or _OF_AGE.search(text)
    if found is not None and _CHILDREN.search(text[max(0, found.start() - 8) : found.end() + 6]):
        return NONE
    ages = ages_in(found[0]) if found is not None else None
    if ages is None or (ages[1] is not None and ages[1] < GROWN):
        return NONE
    return replace(NONE, age_from=ages[0], age_to=ages[1])
