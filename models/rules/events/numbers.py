"""Numbers in announcements: seats, money, telephones, and where they stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.dates.words import number

FILL = "\ue000"
"""Stands for each character that was used; it stands in no message, and nothing is read of it."""

MOST_SEATS = 100_000

_N = r"(?<![\d:：.\-年月第前])(?P<n>\d{1,5}|[一二两三四五六七八九十]{1,3})"
_UNIT = r"(?:个名额|个位子|个座位|个席位|个人|个位|名额|人|名|位|席|座)"
_AFTER = (
    r"(?![^\S\n]?(?:专家|老师|医生|教练|讲师|志愿者|以上|起|成团|开班|即可|组成|一车|同行|家属|候补"
    r"|一起)|[一-鿿]{0,1}(?:一队|一组|组队)|/|每|费|次|字|元|民|力|工|员工作|(?<=一[人位])\d)"
)
_SEATS = re.compile(
    rf"(?:(?:只?限|仅限|上限|限额|限招|只?收|招收?|共|一共|总共|名额|人数|容纳|坐|满"
    rf"|约)[\s:：]?(?:约|共)?)?\s?{_N}\s?{_UNIT}"
    rf"(?:以内|左右|封顶|为限|满)?{_AFTER}"
)
_OPENS = re.compile(
    r"(?<!再)(?:来|招|收|约)\s?(?P<few>\d{1,3})个(?=$|[\s，,。；;！!])|"
    r"(?:只?限|名额|人数|上限|限额|招)[\s:：]{0,2}(?P<n>\d{1,5})"
    r"(?![\d:：.月日号点元只台盆张件辆套棵把副盒桌队组户家岁天次]|\s?(?:公里|小时|分钟|km))"
)
_ENGLISH = re.compile(
    r"(?<![\d:.])(?P<n>\d{1,5})\s?(?:people|persons|seats|places|spots|participants|players|pax)\b"
    r"|(?:max(?:imum)?|up to|limit(?:ed to)?|(?:room|space|seats|places) for)\s?(?P<most>\d{1,5})\b"
    r"(?!\s?(?:more|cars|bikes|rmb|yuan|min|hours))",
    re.IGNORECASE,
)
_EACH = re.compile(rf"男女(?:生|同胞|职工)?各\s?{_N}(?![半样成])\s?{_UNIT}?")
_SEXES = re.compile(
    rf"男(?:生|士)?\s?(?P<m>\d{{1,4}})\s?{_UNIT}?[、，,\s]?女(?:生"
    rf"|士)?\s?(?P<f>\d{{1,4}})\s?{_UNIT}?"
)
_OF_A_TEAM = re.compile(r"每个?(?:队|组|支|车间|班|家|户|单位|企业)[^，,。；;\n]*$")
"""Before what is said of the men and women of each team: 每队12人（男8女4）."""
_HALVES = re.compile(
    r"男女(?:生|士|嘉宾)?(?:人数|名额|比例)?(?:(?:各占?|对)一?半|[:：为]?\s?1\s?[:：比]\s?1(?!\d))"
    r"|half (?:men|male)(?: and|,)? half (?:women|female)|as many men as women"
    r"|equal numbers of (?:men and women|women and men)",
    re.IGNORECASE,
)
UNLIMITED = re.compile(
    r"(?:人数|名额|人员|席位)(?:不限|没有?限制?)|不限(?:人数|名额|席位)"
    r"|(?:^|(?<=[\s，,。；;！!（(]))不限(?=$|[\s，,。；;！!）)])|unlimited|no limit",
    re.IGNORECASE,
)
_PER = re.compile(
    r"(?!各[^，,。；;\n]{1,10}(?:职工|员工|工友|会员|主席|专干|干部|主管|负责人)(?:共约?|约)\d)"
    r"(?:每|各)个?(?:企业|家|厂|单位|部门|车间|产线|线|科室|社区|队|组|户|班|场|期|节|公司|人|台|车|辆|批|趟|桌)"
    r"[^，,。；;\n]{0,14}"
    r"|[一二三四五六七八九\d]人(?:一|组)[队组]"
)
_LEFT = re.compile(
    r"(?:奖|限报|可报|最多报|候补)[\u4e00-\u9fff]{0,2}\s?\d{1,4}\s?[人名位个]|(?:还有|还剩|剩"
    r"|还差|余|已报|已有|差|现在|现有|目前)\s?\d{1,4}\s?个?[人名位席]"
)
_OTHERS = re.compile(r"\d{1,5}\s?(?:组|队|户|对|家|张|桌)")

_IN_ALL = re.compile(
    r"(?:共|总共|合计)\s?(?P<n>\d{1,5})\s?[人名位]"
    r"|^\s*\d{1,4}\s?[组队对桌][，,、\s]?(?P<more>\d{1,5})\s?[人名位]$"
)
"""Of 16队，每队3人（共48人） and 20队80人 the people."""

_COST = re.compile(
    r"[\u4e00-\u9fff]{0,3}费(?:用)?[:：]?\s?(?:(?:每人"
    r"|每位)?\s?\d{1,5}(?:\.\d{1,2})?\s?(?:元(?!旦|宵)|块|rmb)?(?:/人|每人|一人|钱)?|AA制?"
    r"|全免|自理)"
    r"|(?:每人|每位|人均|收)(?:交|收)?\s?\d{1,5}(?:\.\d{1,2})?\s?(?:元|块)"
    r"(?:[\u4e00-\u9fff]{0,3}费)?(?:/人)?"
    r"|(?<![\d:：.])\d{1,5}(?:\.\d{1,2})?(?:元(?!旦|宵)|块钱?)(?:/人|每人|一人|一位)?"
    r"|[¥￥]\s?\d{1,5}(?:\.\d{1,2})?(?:元)?(?:/人|每人|一人|一位)?"
    r"|(?:^|(?<=[\s，,。；;！!]))(?:完全|全程|全部)?免费(?:参加|参与)?(?=$|[\s，,。；;！!])"
    r"|AA制?(?=$|[\s，,。；;！!])|(?:^|(?<=[\s,]))(?:free of charge|free|rmb ?\d+|\d+ ?(?:rmb"
    r"|yuan))(?=$|[\s,.])",
    re.IGNORECASE,
)
_COST_MORE = re.compile(rf"[^，,。；;！!\s{FILL}（(]{{0,8}}(?:[（(][^（()）\n]{{1,20}}[)）])?")
_PHONE = r"(?:1[3-9]\d[\d\s-]{8,10}|0\d{2,3}-?\d{7,8}(?:-\d{1,4})?)"
_CONTACT = re.compile(
    rf"(?:咨询|联系人?|电话|联系电话|报名)?[:：]?(?:请?(?:联系|咨询|找"
    rf"|致电))?[:：]?\s?[\u4e00-\u9fffA-Za-z]{{0,8}}[，,：:\s]?(?:电话)?{_PHONE}"
    r"|(?:找|联系)(?P<who>[\u4e00-\u9fff]{1,3}[A-Za-z]{0,8}|[A-Z][a-z]+)(?=报名|咨询|$"
    r"|[，,。；;！!\s])(?:报名|咨询)?"
)


def seats_of_label(value: str) -> int | None:
    """The number behind a label of seats; None where it does not tell how many people."""
    if UNLIMITED.search(value) or "不限" in value or "open to all" in value.casefold():
        return 0
    if (both := of_both(value)) is not None and both.seats:
        return both.seats
    if (whole := _IN_ALL.search(value)) is not None:
        return int(whole["n"] or whole["more"])
    value = _PER.sub(" ", value)
    if _OTHERS.search(value):
        return None
    found = {int(each) for each in re.findall(r"(?<![\d:.第])\d{1,5}(?![\d:.])", value)}
    return found.pop() if len(found) == 1 and 0 < max(found) <= MOST_SEATS else None


def seats(text: str) -> tuple[int | None, Sequence[tuple[int, int]]]:
    """How many seats a text without labels speaks of, 0 for no limit, and where it does.

    Two numbers that disagree are none; what is left of them, or belongs to each company, is not it.
    """
    both = of_both(text)
    if both is not None and both.seats:
        return both.seats, [both.span]
    masked = text
    for pattern in (_PER, _LEFT):
        masked = pattern.sub(lambda match: FILL * len(match[0]), masked)
    spans: list[tuple[int, int]] = []
    said: list[int] = []
    for pattern in (_SEATS, _ENGLISH, _OPENS):
        for match in pattern.finditer(masked):
            groups = match.groupdict()
            written = groups["n"] or groups.get("most") or groups.get("few") or ""
            counted = number(written) if not written.isdecimal() else int(written)
            spelt = match[0].strip()
            if not counted or counted > MOST_SEATS or (counted < 3 and spelt == match[0]):
                continue
            if _names_a_team(masked, match.end()):
                continue
            spans.append(match.span())
            said.append(counted)
    without = UNLIMITED.search(masked)
    if without is not None and not said:
        return 0, [without.span()]
    return (said[0] if len(set(said)) == 1 else None), spans


def _names_a_team(text: str, at: int) -> bool:
    """Whether a number is part of a name: 3人篮球赛, 5人制足球."""
    following = text[at : at + 3]
    return (
        re.match(r"[\u4e00-\u9fff]", following) is not None
        and re.match(r"制|篮|足|排|三|羽|乒|小组|小范围|以", following) is not None
        and not following.startswith(("小范", "以"))
    )


@dataclass(frozen=True, slots=True)
class OfBoth:
    """So many seats for men and for women, and where a text says so; of halves both are 0."""

    men: int
    women: int
    span: tuple[int, int]

    @property
    def seats(self) -> int:
        return self.men + self.women


def of_both(text: str) -> OfBoth | None:
    """Read what is said of men and women: 男女各20人, 男女各一半, 男15女15."""
    if (each := _EACH.search(text)) is not None:
        counted = number(each["n"]) if not each["n"].isdecimal() else int(each["n"])
        return OfBoth(counted, counted, each.span()) if counted else None
    if (halves := _HALVES.search(text)) is not None:
        return OfBoth(0, 0, halves.span())
    match = _SEXES.search(text)
    if match is None or _OF_A_TEAM.search(text, max(0, match.start() - 12), match.start()):
        return None
    return OfBoth(int(match["m"]), int(match["f"]), match.span())


def cost(text: str) -> tuple[int, int] | None:
    """Where it says what it costs, with what follows in brackets."""
    match = _COST.search(text)
    if match is None:
        return None
    more = _COST_MORE.match(text, match.end())
    return match.start(), more.end() if more is not None else match.end()


def who(said: str) -> str:
    """A contact without the words around it: 找何老师报名."""
    return re.sub(r"^(?:请|联系人?|咨询|报名|电话|找|致电|[:：\s])+|(?:报名|咨询)$", "", said)


def contact(text: str) -> tuple[int, int] | None:
    match = _CONTACT.search(text)
    return match.span() if match is not None else None
