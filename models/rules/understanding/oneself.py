"""What people say of themselves that stands in their profile: 我上夜班, 搬到大沥了, call me Ana."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from models.rules.members import interests, shifts

What = Literal["shift", "place", "name", "interests"]

LONGEST = 40
LONGEST_NAME = 20
LONGEST_NAME_ZH = 8


@dataclass(frozen=True, slots=True)
class Told:
    """An item of the profile and what it is to be: a shift, interests with commas, or words.

    Empty where only the item is named.
    """

    what: What
    value: str = ""


_I = r"(?:我们?|俺)"
_NOW = r"(?:现在|目前|以后|最近|刚刚?|已经|又|要|想|从?(?:明天|下周|下个?月|今天)(?:起|开始)?)*+"
_END = r"(?:了|啦|的|吧|哈|啊)*+$"
_SHIFT_ZH = (
    r"(?P<shift>(?:长|正常)?(?:白|日|早|中|夜|晚)班|大夜班?|小夜班?"
    r"|[两二三四]班[倒转]|[两二三]倒|倒班|轮班)"
)
_SHIFT_EN = (
    r"(?P<shift>(?:the )?(?:nights?|days?|middle|mid|evening|late|morning|rotating)"
    r"(?: shifts?)?|(?:two|three) shifts)"
)
_ON_EN = "(?:working|work|switched|moved|changed|on|do)"
_DEEP = (
    "(?:到|去|来|在|进)?了?(?:[这那]?[条个座])?(?:河|江[里中]|湖|水|海[里中]|楼|桥|井|天台|窗|轨)"
)
"""Who wants to jump there changes no job."""
_MOVED_EN = "(?:moved|relocated|transferred)"
_CALLED = "(?:我的?名字?(?:是|叫)|我叫做?|(?:以后)?叫我|我改名叫?)"
_PLACE = (
    r"(?P<place>(?!\d{1,2}[号日月]|周[一二三四五六日天末]|下周|星期)[^不没吗哪什啥?？,，\s]{2,14}?)"
)
_PLACE_EN = r"(?P<place>[\w&' -]{2,30}?)"

_PATTERNS: tuple[tuple[What, str], ...] = (
    (
        "shift",
        rf"^{_I}{_NOW}(?:是|在)?(?:改|转|换|调|倒|上|做)?(?:成|到|去|回|为)?了?上?{_SHIFT_ZH}{_END}",
    ),
    ("shift", rf"^(?:改|转|换|调)(?:成|到|去|回|为|上)?了?{_SHIFT_ZH}{_END}"),
    (
        "shift",
        rf"^(?:{_I}{_NOW}|把)?(?:的)?班次(?:要|想)?(?:改|换|调|转|是)(?:成|到|为|做)?了?{_SHIFT_ZH}{_END}",
    ),
    (
        "shift",
        (
            rf"^(?:(?:i|we|i'?m|i am|i have|i'?ve) )?(?:now |just )*+{_ON_EN}"
            rf"(?: to| on| the| now)*+ {_SHIFT_EN}(?: now)?$"
        ),
    ),
    (
        "place",
        rf"^(?:{_I})?{_NOW}(?:换|跳|转)了?(?:一?个)?(?:新的?)?(?:厂|公司|单位|工作|工厂){_END}",
    ),
    (
        "place",
        (
            rf"^(?:{_I})?{_NOW}(?:搬|调|换|转|跳(?!{_DEEP}))(?:家|厂|岗)?(?:到|去|来|在)了?{_PLACE}"
            rf"(?:这边|那边)?(?:上班|工作|做事|打工|住)?{_END}"
        ),
    ),
    (
        "place",
        rf"^{_I}{_NOW}(?:是)?在{_PLACE}(?:这边|那边|里)?(?:上班|工作|做事|打工|干活){_END}",
    ),
    ("place", r"^i(?:'?ve| have)? (?:just )?changed (?:my )?(?:jobs?|company|factory|employer)$"),
    (
        "place",
        rf"^(?:i|we|i'?ve|i have) (?:just |now |have )*+{_MOVED_EN} to {_PLACE_EN}(?: now)?$",
    ),
    ("place", rf"^(?:i|i'?m|i am) (?:now )?work(?:ing)? (?:in|at|for) {_PLACE_EN}(?: now)?$"),
    (
        "name",
        rf"^{_CALLED}(?P<name>[^什啥谁咩乜哪吗?？\s]{{1,20}}?)(?:吧|就行|就好|好了)?$",
    ),
    (
        "name",
        r"^(?:my name is|my name'?s|call me|i'?m called|i am called) (?P<name>[^\d?,]{1,30})$",
    ),
    (
        "interests",
        (
            rf"^{_I}(?:也|就|很|最|还|比较|平时|一直|特别|蛮|都)*+(?:喜欢|爱|中意|钟意)(?:的是|上)?"
            rf"(?P<likes>[^不没吗?？]{{1,20}}?){_END}"
        ),
    ),
    (
        "interests",
        rf"^{_I}?的?(?:兴趣|爱好)(?:爱好)?(?:是|有|改成|加上?)(?P<likes>[^不没吗?？]{{1,20}}?){_END}",
    ),
    ("interests", rf"^{_I}对(?P<likes>[^不没吗?？]{{1,12}}?)(?:很|比较|蛮)?(?:感|有)兴趣{_END}"),
    (
        "interests",
        r"^(?:i|we) (?:also |really )*+(?:like|love|enjoy) (?P<likes>[^?]{2,30})$",
    ),
)
_READ = tuple((what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _PATTERNS)
_COMPANY = re.compile(r"认识|一起|队|就好|活动|你|friend|team|you")
_EDGES = " 。.!！~～,，;；"

_NAMED: tuple[tuple[What, str], ...] = (
    ("shift", "班次 我的班次 改班次 换班次"),
    ("place", "地方 我的地方 改地方 换地方"),
    ("interests", "兴趣 我的兴趣 爱好 改兴趣 interests"),
    ("name", "名字 改名字 改名 昵称"),
)
_ITEMS = {word: what for what, words in _NAMED for word in words.split()}


def read(text: str) -> Told | None:
    """Return what a text says of its writer; None where it says nothing that is plain."""
    if len(text) > LONGEST * 2:
        return None
    said = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split()).strip(_EDGES)
    if len(said) > LONGEST:
        return None
    item = _ITEMS.get(said.casefold())
    if item is not None:
        return Told(item)
    for what, pattern in _READ:
        match = pattern.search(said)
        if match is not None and (told := _told(what, match)) is not None:
            return told
    return None


_SHIFTS = re.compile(
    rf"(?:{_SHIFT_ZH}(?!不|没)|\b(?:nights?|days?|middle|evening|late|morning|rotating) shifts?\b)"
)
_NOT = re.compile(
    r"(?:从|不在|不是|不用?上|不做|唔系|离开?|没在|原来|以前|之前|from|not|of)\s*(?:in |at )?$"
)
_BECOMES = re.compile(r"(?:转|改|换|调|成|到|是|为|上|系|to|on|am|im)了?(?:上|去|做|在)?\s*$")
_LIKES = re.compile(r"兴趣|爱好|喜欢|中意|钟意|interest|\blike|\blove")
_LIKES_NOT = re.compile(r"没兴趣|不感|不喜欢|不打|不会|删|去掉|不要|换成?|not |any ?more|remove")


def guess(text: str) -> Told | None:
    """Return what a text that is about the profile most likely changes; it is asked before.

    For texts of any length, in which other things stand as well.
    """
    said = unicodedata.normalize("NFKC", text[: LONGEST * 3]).casefold()
    found = list(_SHIFTS.finditer(said))
    new = [each for each in found if not _NOT.search(said[: each.start()])]
    new = [each for each in new if _BECOMES.search(said[: each.start()])] or new
    if new and (shift := shifts.named_in(new[-1][0])) is not None:
        return Told("shift", shift)
    liked = interests.named_in(said)
    if liked and _LIKES.search(said) and not _LIKES_NOT.search(said):
        return Told("interests", ",".join(liked))
    return None


def place_in(text: str, names: Mapping[int, Collection[str]]) -> int | None:
    """Return the one place of which a name stands in a text, but for those that were left.

    ``names`` are those of each place: of 从狮山搬去里水 it is 里水.
    """
    said = unicodedata.normalize("NFKC", text[: LONGEST * 3]).casefold()
    found = {
        number
        for number, called in names.items()
        for name in map(str.casefold, called)
        if name and (at := said.rfind(name)) >= 0 and not _NOT.search(said[:at])
    }
    return found.pop() if len(found) == 1 else None


_NO_PLACE = re.compile("班|场|那个|周|星期|今|明|[晚早]上|点")
_NO_NAMES = frozenset({"please", "later", "back", "now", "crazy", "when", "a", "me"})


def _told(what: What, match: re.Match[str]) -> Told | None:
    found = match.groupdict()
    if what == "shift":
        shift = shifts.named_in(found["shift"])
        return Told(what, shift) if shift is not None else None
    if what == "interests":
        liked = interests.named_in(found["likes"]) if not _COMPANY.search(found["likes"]) else ()
        return Told(what, ",".join(liked)) if liked else None
    words = (found.get(what) or "").strip()
    if what == "place" and _NO_PLACE.search(words):
        return None
    if what == "name" and words.casefold() in _NO_NAMES:
        return None
    if what == "name" and len(words) > (LONGEST_NAME if words.isascii() else LONGEST_NAME_ZH):
        return None
    return Told(what, words)
