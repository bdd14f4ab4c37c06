"""Read to whom organizers want something told, and what: 通知报名35的人：请带工牌."""

import re
from dataclasses import dataclass

LONGEST_WHO = 40

_TELL = (
    r"(?:请|麻烦|帮我|帮忙|再)*(?:通知|告诉|转告|提醒|群发给?|(?:发|写)个?(?:通知|消息|公告|信息)给"
    r"|发公告(?:给)?|给|跟)(?:一下)?"
)
_PEOPLE = r"(?:所有|全部|全体|各位)?(?P<who>[^：:\n]{1,40}?)"
_SAY = (
    r"(?:发(?:个|条)?(?:通知|消息|公告|信息)?|说一?声?|讲一?声?|一声|一下)?"
    r"\s{0,3}[：:]\s{0,3}(?P<words>\S[\s\S]*)"
)
_CHINESE = re.compile(rf"^{_TELL}\s{{0,3}}{_PEOPLE}{_SAY}$")
_ENGLISH = re.compile(
    r"^(?:please )?(?:tell|notify|message|inform|remind|write to) (?P<who>[^:\n]{2,60}?)\s{0,3}:"
    r"\s{0,3}(?P<words>\S[\s\S]*)$",
    re.IGNORECASE,
)
_WAITING = re.compile(r"候补|排队|等位|waiting|in (?:line|the queue)|queue", re.IGNORECASE)
_SEATED = re.compile(
    r"报名|报了|参加|报上|去(?=\S)|活动|signed up|sign-ups?|coming to|going to|attend",
    re.IGNORECASE,
)
# A day, an hour, a shift or a floor is no event's number: 12月5日, 3班, 2楼, 5号线.
_NUMBER = re.compile(
    r"(?<![\d.:/月-])(?:no\.?\s?|#)?(?P<number>\d{1,9})"
    r"(?!\s?[\d.:：/月日点班楼层栋座车组期届岁个位名人-])"
    r"(?!\s?(?:[ap]m|st|nd|rd|th|(?:jan|feb|mar|apr|may|ju[nl]|aug|sep|oct|nov|dec)[a-z]*)\b)"
    r"(?P<sign>号(?![线楼车门厂机馆]))?(?!号)",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"已经|报名了?|报了|报上了?|参加了?|候补|排队|等位|活动|号|所有|全部|全体|各位"
    r"|的?(?:人员|人|工友|队员|成员|同事|大家|朋友|同学|家人)(?:们)?$|的$|们$"
    r"|\b(?:everybody|everyone|all|people|those|members|who|is|are|has|have|signed up|sign-ups"
    r"|coming|going|waiting|in line|for|to|of|in|at|from|the|event)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Addressed:
    """Words for people: ``number`` of an event, or ``name`` of an event, a team or a place.

    ``seated`` says that those who signed up are meant, ``waiting`` those in its queue.
    """

    name: str
    words: str
    number: int = 0
    seated: bool = False
    waiting: bool = False


def read(text: str) -> Addressed | None:
    """Return whom to tell what; None for words that address nobody by a colon."""
    text = text.strip()
    match = _CHINESE.match(text) or _ENGLISH.match(text)
    if match is None or len(match["who"]) > LONGEST_WHO:
        return None
    who, words = match["who"].strip(), match["words"].strip()
    waiting = _WAITING.search(who) is not None
    seated = waiting or _SEATED.search(who) is not None
    number, name = _NUMBER.search(who), _name_in(who)
    if number is not None:
        # 报了5号羽毛球的人: beside a name it is the day.
        beside = _name_in(f"{who[: number.start()]} {who[number.end() :]}")
        if not (number["sign"] and beside):
            seated = not waiting
            return Addressed("", words, int(number["number"]), seated=seated, waiting=waiting)
        name = beside
    return Addressed(name, words, 0, seated and not waiting, waiting) if name else None


def _name_in(who: str) -> str:
    """What is left of the words for people without those that are in no name."""
    name = who
    for _again in range(3):
        name = _AROUND.sub(" ", name).strip(" ,，的")
    return " ".join(name.split())
