"""Read announcements with labels, as they are pasted from groups: 时间：… 地点：… 名额：…"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LEAST = 2
"""How many labels make a text one of these."""

LONGEST, LONGEST_TITLE = 1500, 40

_NAMES = {
    "title": "活动名称|活动主题|主题|名称|what|title",
    "time": "活动时间|时间|日期|when|date|time",
    "place": "活动地点|活动地址|地点|地址|场地|where|place|venue",
    "seats": "名额|人数|报名人数|限额|seats",
    "bring": "携带|自备|自带|请带|带|资料|bring",
    "other": "报名截止日期|报名截止|截止|费用|报名费|收费|集合地点|集合时间|集合点|集合|返程|出发"
    "|咨询|联系人|联系电话|联系|电话|领队|裁判长|内容|对象|报名|meet|fee|cost|contact|sign up by",
}
_ICONS = {
    "time": "📅🗓⏰🕤🕘🕗",
    "place": "📍🏠",
    "seats": "👥👭👤",
    "bring": "📎🎒",
    "other": "💰💵☎📞⏳",
}
_NUMBERING = r"(?:[一二三四五六七八九十\d]{1,2}[、.．]\s*)?"
_SIGN = re.compile(r"[^\w\s【】《》“”\"'：:，,。！!？?（）()、·｜|/&+-]+")
_LABELS = {
    kind: re.compile(
        rf"^\s*{_NUMBERING}(?:{names})(?:\s*[:：]\s*|\s+(?=\S))(?P<value>.+)$", re.IGNORECASE
    )
    for kind, names in _NAMES.items()
}
_SEATS = re.compile(r"(?<!\d)(\d{1,5})(?!\d)")
_GREETING = re.compile(r"^(?:#?接龙|紧急通知|通知|各位.*|hi.*|大家好.*)\W*$", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:#接龙|紧急通知|通知)\s*[:：]?\s*")
_AFTER = re.compile(r"(?:火热)?(?:开始|开班|招募|招生|报名|来)?(?:啦|了|中)?[!！~～]*$")
_BRACKETED = re.compile(r"【([^】]{2,40})】")
_PARENTHESIS = re.compile(r"[（(][^（()）]{0,20}[)）]$")


@dataclass(frozen=True, slots=True)
class Labelled:
    """What stands behind the labels, as it is written; empty where there is none.

    ``seats`` is the first number there, None without one.
    """

    title: str
    time: str
    place: str
    seats: int | None
    bring: str


def read(text: str) -> Labelled | None:
    """Return what the labels say; None where too few are there, or the text is too long."""
    if len(text) > LONGEST:
        return None
    found: dict[str, str] = {}
    plain: list[str] = []
    count = 0
    for line in filter(None, map(str.strip, text.splitlines())):
        kind, value = _labelled(line)
        if not kind:
            plain.append(line)
            continue
        count += 1
        found.setdefault(kind, value)
    if count < LEAST or not {"time", "place"} & found.keys():
        return None
    title = found.get("title") or next(_titles(plain), "")
    time = found.get("time") or " ".join(plain)
    number = _SEATS.search(found.get("seats", ""))
    return Labelled(
        title[:LONGEST_TITLE],
        time,
        found.get("place", ""),
        int(number[1]) if number else None,
        found.get("bring", ""),
    )


def _labelled(line: str) -> tuple[str, str]:
    for kind, icons in _ICONS.items():
        if line[0] in icons:
            return kind, _bare(line)
    bare = _bare(line)
    for kind, label in _LABELS.items():
        match = label.match(bare)
        if match is not None:
            return kind, match["value"].strip()
    return "", ""


def _titles(lines: list[str]) -> Iterator[str]:
    """The lines that may be a title, without greetings, signs and calls to sign up."""
    for line in lines:
        bracketed = _BRACKETED.search(line)
        if bracketed is not None:
            yield bracketed[1]
    for line in lines:
        bare = _bare(line)
        if not bare or _GREETING.match(bare):
            continue
        named = _AFTER.sub("", _PARENTHESIS.sub("", _BEFORE.sub("", bare))).strip()
        if len(named) > 1:
            yield named


def _bare(line: str) -> str:
    """A line without emoji and other signs around it."""
    return _SIGN.sub(" ", line).strip()
