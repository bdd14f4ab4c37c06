"""What organizers write who want to know how much was done: 今年办了多少场活动, 导出报表, 月报."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.rules.reports import periods
from models.rules.reports.periods import Period

LONGEST = 40
"""Characters; what is longer tells of something else besides."""

_POLITE = (
    r"(?:请|麻烦|帮我|帮忙|给我|我要|我想|想|要|看看?|查看?|查一?下|来一?份|做一?份|出一?份"
    r"|导出|下载|打印|生成| )*+"
)
_AFTER = r"(?:一下|看看|吧|呢|了|吗|啊|谢谢)*+[?？。!！]*"
_NOUN = (
    r"(?:年度|季度|月度|工作)?(?:年报|季报|月报|报表|统计(?:数据|报表|表)?|总结(?:报告)?"
    r"|数据(?:统计|汇总|报告)|成绩单)"
)
_ASKS = "|".join(
    (
        _NOUN,
        r"(?:一共|总共|共)?(?:办|搞|开展|举办|组织)(?:了|过)?(?:多少|几)(?:场|个|次)?活动",
        r"(?:一共|总共|共)?(?:来|服务|参加)(?:了|过)?(?:多少|几)(?:人次?|个人|名?工友)",
        r"(?:一共|总共|共)?有?(?:多少|几)(?:支|个|名|位)?(?:队伍|社团|活动?骨干|联系点)",
    )
)
_ZH = re.compile(rf"{_POLITE}(?P<place>[^\s,，。?？]{{0,12}}?) ?的? ?(?:{_ASKS}){_AFTER}")
_EN = re.compile(
    r"(?:please |show me |give me |export |print |the |our |my )*"
    r"(?:(?:annual|yearly|quarterly|monthly) (?:report|account|summary|figures)"
    r"|statistics|stats|figures|report of the year"
    r"|how many (?:events|activities) (?:did we|have we|were) (?:run|held|hold|organi[sz]ed?)"
    r"|how many people (?:came|did we reach|have we reached))"
    r"(?: (?:for|of|in) (?P<place>[\w ]{1,30}?))?(?: please)?\s*[?.!]*",
    re.IGNORECASE,
)
_MONTHLY = re.compile(r"月报|月度|monthly", re.IGNORECASE)
_QUARTERLY = re.compile(r"季报|季度|quarterly", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Account:
    """What account is asked for; ``place`` are words for a part of the network, or empty."""

    place: str
    period: Period | None


def read(text: str, now: datetime, zone: ZoneInfo) -> Account | None:
    """Return the account that a text asks for; None for all other words."""
    if len(text) > LONGEST:
        return None
    asked = periods.read(text, now, zone)
    match = _ZH.fullmatch(asked.rest) or _EN.fullmatch(asked.rest)
    if match is None:
        return None
    return Account((match["place"] or "").strip(), asked.period or _usual(text, now, zone))


def _usual(text: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """The period that its name stands for: a monthly account is that of the last month."""
    if _MONTHLY.search(text):
        return periods.last_month(now, zone)
    if _QUARTERLY.search(text):
        return periods.last_quarter(now, zone)
    return None
