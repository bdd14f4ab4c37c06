"""Read a rule that repeats out of words: 每周三晚7点半, 隔周六, 农历每月十五, every Wednesday 7pm.

The words of the rule are replaced by the first day that it means, so that all that is read of a
single time is read of the rest: the hour, the end, the title, the place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from models.rules.dates import reading, repeats
from models.rules.dates.pieces import Why
from models.rules.dates.reading import LONGEST, FoundTime, UnclearTime
from models.rules.dates.repeats import LAST, By, Off, Repeat
from models.rules.dates.sifting import plain
from models.rules.dates.words import MONTHS, NUMBERS_EN, WEEKDAYS_EN, WEEKDAYS_ZH, number, one_of
from models.rules.dates.workdays import Workdays

MOST_TIMES = 200
EVERY_DAY, WEEKEND = tuple(range(7)), (5, 6)
TRIES = 3
"""Of the first days how many are tried: the hour of the first may have passed today."""

ZH = "[一二两三四五六七八九十廿]"
N = rf"(?:\d{{1,3}}|{ZH}{{1,3}})"
WEEK = r"(?:周|星期|礼拜)"
_DAY = "[一二三四五六日天1-7]"
_NOT_AN_HOUR = r"(?!\s?(?:[点时:]|\d|\s?个?\s?人))"
_IN_A_ROW = rf"(?:[一二三四五六日天](?!\s?(?:[点时:]|个?\s?人))|[1-7]{_NOT_AN_HOUR})"
_RUN_ENDS = r"(?=$|[\s,，、。;；(（]|晚|早|上午|下午|中午|傍晚|凌晨|的|\d)"
_JOINS = r"\s?[、,，和及/]?\s?"
_WEEKDAYS_ZH = (
    rf"(?P<days>{WEEK}{_DAY}(?:\s?(?:至|到|-|~|—)\s?(?:{WEEK}{_DAY}|{_DAY}{_NOT_AN_HOUR})"
    rf"|(?:{_JOINS}{WEEK}{_DAY}|[、和及/]\s?{_IN_A_ROW})+"
    rf"|[一二三四五六日天]{{1,5}}(?!\s?[点时]){_RUN_ENDS})?)"
)
_OTHER = rf"(?:隔(?:一?个?{WEEK}的?(?={WEEK}))?|每隔一?个?{WEEK}的?|每[两2]个?{WEEK}的?)"
_LUNAR_DAY = (
    r"(?:初[一二三四五六七八九十]|[十廿][一二三四五六七八九]?|二十[一二三四五六七八九]?|三十)"
)
_LUNAR_DAYS = rf"(?P<days>{_LUNAR_DAY}(?:\s?[、和及]?\s?{_LUNAR_DAY})*)"
_LUNAR_MONTHS = {name: place for place, name in enumerate("正二三四五六七八九十冬腊", start=1)} | {
    "十一": 11,
    "十二": 12,
}
_EN_DAY = "(?:" + "|".join(sorted(WEEKDAYS_EN, key=len, reverse=True)) + ")"
_EN_DAYS = rf"(?P<days>{_EN_DAY}s?(?:\s?(?:,|and|&|/|\+)\s?(?:and\s)?{_EN_DAY}s?)*)"
_EN_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_EN_NTH |= {"fourth": 4, "4th": 4, "last": LAST}
_MONTHLY_EN = r"(?:of\s(?:the|each|every)\smonth|(?:each|every)\smonth)"

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(source.replace("{_}", r"\s{0,2}")))
    for name, source in (
        ("workdays", r"(?:每个?{_}工作日|工作日{_}(?:每天|每晚)|every\s(?:working\s?day|workday))"),
        ("weekend", rf"每个?{{_}}(?:{WEEK}末|双休日)|every\sweekend(?![a-z])"),
        ("fortnight", rf"{_OTHER}{_WEEKDAYS_ZH}"),
        ("week", rf"(?:每逢|逢|每){{_}}个?{_WEEKDAYS_ZH}"),
        (
            "weekday",
            (
                rf"每个?{{_}}月{{_}}的?{{_}}(?:第(?P<nth>[一二三四1-4])个?|(?P<last>最后一?个?))"
                rf"{{_}}{WEEK}(?P<day>{_DAY})"
            ),
        ),
        (
            "lunar",
            (
                rf"(?:(?:农历|阴历|旧历){{_}}每个?{{_}}月{{_}}的?|每个?{{_}}月{{_}}的?(?:农历|阴历|旧历)"
                rf"|每逢?(?:农历|阴历){{_}}|(?:每个?{{_}}月{{_}}的?|每逢){{_}}(?=初)){{_}}{_LUNAR_DAYS}(?![点号日])"
            ),
        ),
        (
            "lunar year",
            (
                r"(?:每年{_}的?(?:农历|阴历)?|(?:农历|阴历){_}每年){_}"
                rf"(?P<month>十[一二]|[正二三四五六七八九十冬腊])月{{_}}{_LUNAR_DAYS}(?![点号日])"
            ),
        ),
        (
            "day",
            rf"每个?{{_}}月{{_}}的?{{_}}(?P<days>{N}(?:[号日]?{_JOINS}{N})*)[号日]",
        ),
        ("last day", r"每个?{_}月{_}的?(?:最后一天|月?底|月?末)"),
        (
            "daily",
            r"每{_}(?:天|日|(?=晚|早))|every\s(?:day(?![a-z])|(?=night|evening))|daily(?![a-z])",
        ),
        (
            "weekday en",
            (
                rf"(?:on\s)?(?:the\s|every\s)?(?P<nth>{'|'.join(_EN_NTH)})\s(?P<day>{_EN_DAY})"
                rf"\s(?:{_MONTHLY_EN})"
            ),
        ),
        (
            "day en",
            (
                rf"(?:on\s)?the\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)\s{_MONTHLY_EN}"
                r"|every\smonth\son\sthe\s(?P<day2>\d{1,2})(?:st|nd|rd|th)"
            ),
        ),
        (
            "fortnight en",
            rf"(?:every\sother|every\ssecond|every\stwo\sweeks\son|fortnightly\son)\s{_EN_DAYS}(?![a-z])",
        ),
        ("weekdays en", r"every\sweekday(?![a-z])"),
        ("week en", rf"(?:on\s)?(?:every|each|weekly\son)\s{_EN_DAYS}(?![a-z])"),
        ("week en", rf"(?:on\s)?(?P<days>{_EN_DAY}s(?:\s?(?:,|and|&)\s?{_EN_DAY}s)*)(?![a-z])"),
    )
)

_DATE = r"(?:(?:(?P<{0}y>20\d\d)年)?(?P<{0}m>\d{{1,2}})月(?P<{0}d>\d{{1,2}})[日号])"
_DATE_EN = (
    rf"(?:(?P<{{0}}d2>\d{{{{1,2}}}})(?:st|nd|rd|th)?\s(?P<{{0}}m2>{one_of(MONTHS)})"
    rf"|(?P<{{0}}m3>{one_of(MONTHS)})\s(?P<{{0}}d3>\d{{{{1,2}}}})(?:st|nd|rd|th)?)(?!\d)"
)


def _dated(source: str, name: str) -> re.Pattern[str]:
    date_zh, date_en = _DATE.format(name), _DATE_EN.format(name)
    return re.compile(source.replace("DATE_EN", date_en).replace("DATE", date_zh))


_RANGE = re.compile(
    rf"(?:从|自)?\s?{_DATE.format('s')}\s?(?:至|到|-|~|—)+\s?{_DATE.format('u')}(?:期间|,|，)?"
)
_SINCE = _dated(r"(?:从|自)?\s?DATE\s?(?:起|开始)|(?:starting|from)\s(?:on\s)?DATE_EN", "s")
_UNTIL = _dated(
    r"(?:一直|持续|办)?(?:到|至|直到|截止到?)\s?DATE(?:为?止|结束)?|(?:until|till)\s(?:the\s)?DATE_EN",
    "u",
)
_MONTH_END = re.compile(
    r"(?:一直|持续|办)?(?:到|至|直到)\s?(?:(?:(?P<year>今年|明年))?(?:(?P<m>\d{1,2})月|年)|(?P<this>本|这个)月)"
    r"\s?[底末](?:为?止)?"
    rf"|(?:until|till)\s(?:the\s)?end\sof\s(?:(?P<en>{one_of(MONTHS)})|the\s(?P<en2>year|month))"
)
_TIMES = re.compile(
    rf"(?:一?共|总共|连续|办|连办)\s?(?P<n>{N})\s?(?:次|期|场|节|回|讲)课?"
    rf"|(?P<en>\d{{1,3}}|{one_of(NUMBERS_EN)})\s(?:times|sessions|evenings|lessons)(?![a-z])"
)
_SKIPS = re.compile(
    r"(?:法定|公众|逢|遇)?(?:节假日|假期|放假|公众假期|假日|公休日)(?:除外|停办?|不办|休息|暂停|不上课|停课)"
    r"|(?:except|not\son|no|without|skipping)\s(?:on\s)?(?:public\s|bank\s)?holidays"
)
_WORKING = re.compile(r"(?:仅|只在?|限)工作日|(?:only\son\s)?(?:work(?:ing\s)?days)\sonly")
_BUT = (
    _dated(r"(?:除了?\s?DATE\s?(?:以?外)?|except\s(?:on\s)?DATE_EN)", "b"),
    re.compile(rf"{_DATE.format('b')}\s?(?:除外|停一?[次回]?|不办)"),
)
_LEFT = re.compile(r"[(（\[【]\s*[)）\]】]")


@dataclass(frozen=True, slots=True)
class FoundRepeat:
    """A rule with its first time; ``text`` has the first day in place of the rule's words.

    ``when`` is as of ``text``: it says why where there is no hour.
    """

    rule: Repeat
    when: FoundTime | UnclearTime
    text: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A rule in a text: where its own words stand, and the others that go with it."""

    rule: Repeat
    at: tuple[int, int]
    others: Sequence[tuple[int, int]]
    since: date | None


def read(
    text: str, now: datetime, zone: ZoneInfo, workdays: Workdays | None = None
) -> FoundRepeat | None:
    """The rule in a text and its first time after ``now``; None where it names none, or two.

    A text that names a single day besides is not taken: it is not plain which of both is meant.
    """
    if len(text) > LONGEST:
        return None
    today = now.astimezone(zone).date()
    said = _rule_in(plain(text), today)
    if said is None:
        return None
    alone = reading.read(_replaced(text, said, ""), now, zone)
    if (isinstance(alone, FoundTime) and alone.dated) or (
        isinstance(alone, UnclearTime) and (alone.day is not None or alone.why is Why.REPEATS)
    ):
        return None
    since = max(said.since or today, today)
    found: FoundRepeat | None = None
    for day in islice(repeats.days(said.rule, since, workdays or Workdays()), TRIES):
        written = _replaced(text, said, f" {day.year}年{day.month}月{day.day}日 ").strip()
        when = reading.read(written, now, zone)
        found = FoundRepeat(said.rule, when, written)
        if not (isinstance(when, UnclearTime) and when.why is Why.IN_THE_PAST):
            break
    return found


def _rule_in(text: str, today: date) -> _Said | None:
    found = [
        (match, rule)
        for name, pattern in _RULES
        if (match := pattern.search(text)) is not None and (rule := _rule(name, match)) is not None
    ]
    if not found:
        return None
    match, rule = min(found, key=lambda each: (each[0].start(), -each[0].end()))
    ends = match.end()
    if any(other.start() >= ends for other, _ in found):
        # Two rules in one text: 每周三羽毛球、每周五乒乓球.
        return None
    others: list[tuple[int, int]] = []
    # What ends it or leaves days out is looked for beside the rule alone, so it is cut out first.
    rest = text[: match.start()] + "\x00" * len(match[0]) + text[ends:]
    since: date | None = None
    if span := _RANGE.search(rest):
        since = _on(span, "s", today)
        rule = replace(rule, until=_on(span, "u", since or today))
        others.append(span.span())
    elif begins := _SINCE.search(rest):
        since = _on(begins, "s", today)
        others.append(begins.span())
    if rule.until is None:
        rule = _until(rule, rest, since or today, others)
    if (counted := _TIMES.search(rest)) and 1 < (times := _number(counted)) <= MOST_TIMES:
        rule = replace(rule, times=times)
        others.append(counted.span())
    for pattern, off in ((_SKIPS, Off.SKIPPED), (_WORKING, Off.WORKDAYS)):
        if skips := pattern.search(rest):
            rule = replace(rule, off=off)
            others.append(skips.span())
    for pattern in _BUT:
        for each in pattern.finditer(rest):
            if (day := _on(each, "b", today)) is not None:
                rule = rule.without(day)
                others.append(each.span())
    return _Said(rule, match.span(), others, since)


def _until(rule: Repeat, text: str, since: date, others: list[tuple[int, int]]) -> Repeat:
    if found := _UNTIL.search(text):
        others.append(found.span())
        return replace(rule, until=_on(found, "u", since))
    if found := _MONTH_END.search(text):
        others.append(found.span())
        return replace(rule, until=_month_end(found, since))
    return rule


def _month_end(found: re.Match[str], since: date) -> date:
    said = found["m"] or found["en"]
    month = MONTHS[found["en"]] if found["en"] else int(said) if said else 12
    if found["this"] or found["en2"] == "month":
        month = since.month
    month = min(max(month, 1), 12)
    year = since.year + (found["year"] == "明年")
    if found["year"] is None and month < since.month:
        year += 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _on(found: re.Match[str], name: str, since: date) -> date | None:
    """The date of a match: the first such one from ``since`` on, unless it gives the year."""
    parts = found.groupdict()

    def first(*keys: str) -> str:
        return next((said for key in keys if (said := parts.get(name + key))), "")

    month, day = first("m", "m2", "m3"), first("d", "d2", "d3")
    if not month or not day:
        return None
    number_of_month = MONTHS[month] if month in MONTHS else int(month)
    year = int(first("y") or since.year)
    for each in (year, year + 1):
        try:
            on = date(each, number_of_month, int(day))
        except ValueError:
            continue
        if first("y") or on >= since:
            return on
    return None


def _number(found: re.Match[str]) -> int:
    return number(found["n"] or found["en"]) or 0


def _rule(name: str, match: re.Match[str]) -> Repeat | None:
    """The rule of a match; None where its words hold no day."""
    match name:
        case "workdays":
            return Repeat(By.WEEK, EVERY_DAY, off=Off.WORKDAYS)
        case "weekdays en":
            return Repeat(By.WEEK, EVERY_DAY[:5])
        case "weekend":
            return Repeat(By.WEEK, WEEKEND)
        case "daily":
            return Repeat(By.WEEK, EVERY_DAY)
        case "week" | "fortnight":
            return _of(By.WEEK, _weekdays(match["days"]), every=1 + (name == "fortnight"))
        case "week en" | "fortnight en":
            days = [WEEKDAYS_EN[_singular(each)] for each in _words(match["days"])]
            return _of(By.WEEK, days, every=1 + (name == "fortnight en"))
        case "weekday":
            nth = LAST if match["last"] else number(match["nth"]) or 0
            return Repeat(By.WEEKDAY, (WEEKDAYS_ZH[match["day"]],), nth=nth)
        case "weekday en":
            return Repeat(By.WEEKDAY, (WEEKDAYS_EN[match["day"]],), nth=_EN_NTH[match["nth"]])
        case "last day":
            return Repeat(By.DAY, (LAST,))
        case "day" | "day en":
            said = match["days"] if name == "day" else match["day"] or match["day2"]
            return _of(By.DAY, [number(each) or 0 for each in re.findall(N, said)])
        case _:
            month = _LUNAR_MONTHS[match["month"]] if name == "lunar year" else 0
            on = [_lunar_day(each) for each in re.findall(_LUNAR_DAY, match["days"])]
            rule = _of(By.LUNAR, on)
            return replace(rule, month=month) if rule is not None else None


def _of(by: By, days: Sequence[int], every: int = 1) -> Repeat | None:
    least, most = (0, 6) if by is By.WEEK else (1, 30 if by is By.LUNAR else 31)
    if not days or not all(least <= each <= most for each in days):
        return None
    return Repeat(by, tuple(sorted(set(days))), every)


def _weekdays(said: str) -> Sequence[int]:
    numbers = [WEEKDAYS_ZH[each] for each in re.findall(_DAY, said)]
    if len(numbers) == 2 and re.search(r"至|到|-|~|—", said):
        return list(range(numbers[0], numbers[1] + 1))
    return numbers


def _words(said: str) -> Sequence[str]:
    return [each for each in re.findall(r"[a-z]+", said) if each != "and"]


def _singular(word: str) -> str:
    return word if word in WEEKDAYS_EN else word.removesuffix("s")


def _lunar_day(said: str) -> int:
    said = said.removeprefix("初")
    return number(said) or 0


def _replaced(text: str, said: _Said, by: str) -> str:
    """The text with the rule's words replaced, and without the others that go with it."""
    spans = sorted([(said.at, by), *((each, " ") for each in said.others)], reverse=True)
    for (begins, ends), words in spans:
        text = text[:begins] + words + text[ends:]
    return _LEFT.sub(" ", text)
