"""When a pasted announcement says that its event is: never wrongly, rather not at all."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules.dates import reading
from models.rules.dates.pieces import (
    ClockTime,
    Dash,
    Day,
    Delay,
    Holiday,
    Length,
    OnDate,
    Weekday,
    WholePeriod,
    Why,
)
from models.rules.dates.reading import MOST_PIECES, FoundTime, UnclearTime
from models.rules.dates.sifting import Found, meant, pieces_in, plain
from models.rules.dates.words import DayPart
from models.rules.events.numbers import FILL

MOST_DATES = 12
FAR = timedelta(days=240)
"""A day without a year that is further away is more likely over."""

_BEFORE = re.compile(
    r"[（(]\s?原[^（）()]{0,40}[)）]|原(?:定|计划|本|来|订)?[^。；;\n]{0,40}?(?=改|推迟|提前"
    r"|延期|调整)"
    r"|[（(][^（()）]{0,24}(?:签到|入场|检票|集合|前到|开门)[^（()）]{0,8}[)）]"
    r"|20\d\d年\d{1,2}月(?=\s*\d{1,2}月)|[（(]\s?(?:农历)?(?:正月|腊月|冬月)[初十廿][\u4e00-\u9fff]{1,2}[^（()）]{0,6}[)）]"
    r"|[^，,。；;！!\n]{0,16}(?:返程|返回|回程|回到|结束|散场|解散|签到|入场"
    r"|检票|[领取发换抢]票)[^，,。；;！!\n]{0,16}"
)
_NEXT_DAY = re.compile(
    r"(?P<from>\d{1,2})(?P<to>(?:[:：点时]\d{0,2}|[点时]半)分?\s?[-–—~～至到]+\s?)"
    r"(?:次日|第二天|翌日)(?:凌晨)?\s?(?P<until>[0-5])(?=[:：点时])"
)
"""An evening into the next day's small hours, which a later hour alone says as well."""
_CLAUSE = re.compile(r"[^，,。；;！!\n]+")
_DEADLINE = re.compile(
    r"(?<=[日号点时\d）)一二三四五六天半底班])(?:之|以)?前(?=$|[，,。；;！!\s]|务必|统一)"
    r"|截止|截至|报名至|(?:之前|以前|前)\s?(?:将|把|报|提交|发|交|回复|扫码|登记|填"
    r"|到.{0,6}报)"
    r"|sign(?:ing)?[ -]?up (?:by|before|until)|register (?:by|before)|deadline"
    r"|rsvp\b[^,.;!]{0,20}?\bby|closes? on",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^[^\S\n]*(?:[\u4e00-\u9fff（）()]{2,20}[^\S\n]{0,4})?(?:2\d{3}年\d{1,2}月(?:\d{1,2}日)?"
    r"|2\d{3}[./-]\d{1,2}[./-]\d{1,2})[^\S\n]*$",
    re.MULTILINE,
)
_LAST_DAY = re.compile(r"\n[^\S\n]*\d{1,2}月\d{1,2}日\s*$")
_OFFICE = re.compile(
    r"\n[^\S\n]*[\u4e00-\u9fff]{2,16}(?:工会|站|委员会|行政部|人事部|人力资源部|部|有限公司"
    r"|集团|办公室|党支部|妇联|团委)[^\S\n\ue000]*(?=$|\n\s*[\ue000])"
)
_RANGE = re.compile(
    r"[日号天]?\s?(?:-|–|—|~|至|到)\s?(?:\d{1,2}月)?\d{1,2}[日号]"
    r"|[日号]\s?[、和及]\s?(?:\d{1,2}月)?\d{1,2}[日号]"
)
_DAYS_LONG = re.compile(r"(?<=[日号])(?=[两二三四五]天)")
"""In 12日、13日两天 the second is a day as well, which a number behind it would hide."""
_TO_A_DAY = re.compile(
    r"(?:至|到|-|–|—|~|～)+\s?(?=(?:20\d\d年)?\s?(?:\d{1,2}月\s?)?\d{1,2}[日号])"
)
_TOKEN = re.compile(r"\S+")


def signatures(text: str) -> list[tuple[int, int]]:
    """Where it is signed and dated: 桂城站 2026年11月, in a line of its own, never the first."""
    found = [each.span() for each in _SIGNATURE.finditer(text) if each.start() > 0]
    last_day = _LAST_DAY.search(text)
    if not found and last_day is not None and pieces_in(plain(text[: last_day.start()]), 1):
        found.append((last_day.start() + 1, last_day.end()))
    last = text.rstrip()
    if found and last.endswith(text[slice(*found[-1])].strip()):
        last = text[: found[-1][0]].rstrip()
    office = _OFFICE.search(last + "\n", max(0, last.rfind("\n")))
    if office is not None and office.start() > 0:
        found.append((office.start() + 1, office.end()))
    return found


def deadlines(text: str) -> list[tuple[int, int]]:
    """Where it says until when one may sign up."""
    told = (each for each in _CLAUSE.finditer(text) if _DEADLINE.search(each[0]) is not None)
    return [_around(each[0], each.start()) for each in told]


def _around(clause: str, offset: int) -> tuple[int, int]:
    """The words of a clause with spaces that make its deadline, with the times beside them."""
    tokens = list(_TOKEN.finditer(clause))
    at = _DEADLINE.search(clause)
    assert at is not None
    chinese = re.search("[一-鿿]", clause) is not None
    here = [
        n for n, each in enumerate(tokens) if each.end() > at.start() and each.start() < at.end()
    ]
    if not here or not chinese:
        return offset + at.start(), offset + len(clause)
    first, last = here[0], here[-1]
    while last + 1 < len(tokens) and _is_time(tokens[last + 1][0]):
        last += 1
    if last == here[-1] and not _holds_time(tokens[here[0]][0]):
        while first > 0 and _is_time(tokens[first - 1][0]):
            first -= 1
    return offset + tokens[first].start(), offset + tokens[last].end()


def _holds_time(token: str) -> bool:
    return bool(pieces_in(plain(token)))


def _is_time(token: str) -> bool:
    simple = plain(token)
    covered = sum(each.ends - each.begins for each in pieces_in(simple))
    return 2 * covered > len(simple)


def when(
    labelled: Sequence[str],
    body: str,
    now: datetime,
    zone: ZoneInfo,
    gathers: Sequence[str] = (),
) -> tuple[FoundTime | UnclearTime, Sequence[FoundTime]]:
    """The time, or why it is not clear and the times that it may be.

    What stands behind labels counts first; the text beside them is read where a day or an hour is
    missing there.
    """
    body = _of_itself(_BEFORE.sub(lambda match: FILL * len(match[0]), body))
    said = [_of_itself(_BEFORE.sub(" ", each)) for each in labelled]
    tries = [*said[:1], " ".join(said), f"{body}\n{' '.join(said)}"] if said else [body]
    outcome: FoundTime | UnclearTime = UnclearTime(Why.NO_DATE)
    if said and gathers:
        # A day with only the hour at which people meet begins then.
        tries.append(" ".join([*said, *gathers[:1]]))
    for text in tries:
        outcome = _believed(text[: reading.LONGEST], now, zone)
        if isinstance(outcome, FoundTime):
            return outcome, ()
        if outcome.why not in (Why.NO_DATE, Why.NO_TIME):
            return outcome, _choices(text, now, zone) if outcome.why == Why.SEVERAL else ()
    return outcome, ()


def _of_itself(text: str) -> str:
    return _NEXT_DAY.sub(_into_the_night, _DAYS_LONG.sub(" ", text))


def _into_the_night(match: re.Match[str]) -> str:
    is_later = int(match["from"]) > int(match["until"])
    return f"{match['from']}{match['to']}凌晨{match['until']}" if is_later else match[0]


def last_of(text: str, *, only_range: bool = False) -> str:
    """The last day of a stretch of days: of 12月1日至12月5日 the second; else the whole text."""
    joined = list(_TO_A_DAY.finditer(text))
    return text[joined[-1].end() :] if joined else "" if only_range else text


def first_of(text: str) -> str:
    """The first day of a stretch of days, as 12月1日至12月5日; empty where there is none."""
    joined = _TO_A_DAY.search(text)
    return text[: joined.start()] if joined is not None else ""


def until(when: FoundTime, ends: str, now: datetime, zone: ZoneInfo) -> FoundTime:
    """The time with the end that a label of its own gives, where none was told beside it."""
    if not ends or when.ends is not None:
        return when
    local = when.starts.astimezone(zone)
    both = f"{local.year}年{local.month}月{local.day}日{local:%H:%M} - {ends}"
    found = reading.read(both, now, zone) if len(both) <= reading.LONGEST else None
    has_both = isinstance(found, FoundTime) and found.starts == when.starts
    return replace(when, ends=found.ends) if has_both and isinstance(found, FoundTime) else when


def _believed(text: str, now: datetime, zone: ZoneInfo) -> FoundTime | UnclearTime:
    """The time of a text; not one without a day, nor one that is over and would be next year's."""
    found = reading.read(text, now, zone)
    if not isinstance(found, FoundTime):
        is_range = found.why == Why.NO_TIME and _RANGE.search(plain(text)) is not None
        return UnclearTime(Why.SEVERAL, day=found.day) if is_range else found
    if not found.dated:
        return UnclearTime(Why.NO_DATE)
    if found.starts - now > FAR and not re.search(r"20\d\d|明年|后年|next year", text):
        return UnclearTime(Why.IN_THE_PAST, day=found.starts.astimezone(zone).date())
    return found


def _choices(text: str, now: datetime, zone: ZoneInfo) -> Sequence[FoundTime]:
    """The times that a text with several days and one hour, or with several of both, may mean."""
    simple = plain(text[: reading.LONGEST])
    spans = meant(simple, pieces_in(simple, MOST_PIECES))
    days = [each for each in spans if any(isinstance(piece, Day) for piece in each.pieces)]
    clocks = [
        each
        for each in spans
        if any(isinstance(piece, ClockTime | DayPart | Dash | Length) for piece in each.pieces)
        and each not in days
    ]
    found: dict[datetime, FoundTime] = {}
    if len(days) == 1:
        said_of = [
            simple[days[0].begins : days[0].ends] + " " + each for each in _hours(simple, clocks)
        ]
        for said in said_of:
            outcome = _believed(said, now, zone)
            if isinstance(outcome, FoundTime):
                found.setdefault(outcome.starts, outcome)
    for number, day in enumerate(days if len(days) > 1 else ()):
        until = days[number + 1].begins if number + 1 < len(days) else len(simple)
        own = [each for each in clocks if day.ends <= each.begins < until]
        own = own if any(map(_is_clock, own)) else clocks
        own = own[next((n for n, each in enumerate(own) if _is_clock(each)), 0) :]
        said = " ".join(simple[each.begins : each.ends] for each in (day, *own))
        outcome = _believed(said, now, zone)
        if isinstance(outcome, FoundTime):
            found.setdefault(outcome.starts, outcome)
    return list(found.values()) if 1 < len(found) <= MOST_DATES else ()


def _hours(text: str, clocks: Sequence[Found]) -> list[str]:
    """The hours of one day, each with its end: neighbours that a dash joins are one."""
    hours: list[tuple[int, int]] = []
    for each in clocks:
        between = text[hours[-1][1] : each.begins] if hours else "|"
        if hours and not between.strip():
            hours[-1] = (hours[-1][0], each.ends)
        elif _is_clock(each):
            hours.append((each.begins, each.ends))
    return [text[begins:ends] for begins, ends in hours]


def spans(text: str, *, has_time: bool, is_clear: bool) -> list[tuple[int, int]]:
    """Where a text speaks of its time and of nothing else: 元旦健步走 and 周末读书会 stay whole.

    What holds an hour goes, unless another gives day and hour and this one is the beginning of a
    word; a day in front of a word goes where the time ``is_clear`` and no other gives the day.
    ``has_time`` says that a label gave the time.
    """
    simple = plain(text)
    raw = pieces_in(simple, MOST_PIECES)
    holidays = {each.begins for each in raw if any(isinstance(one, Holiday) for one in each.pieces)}
    groups = _together(simple, meant(simple, raw))
    is_timed = [any(_is_clock(each) for each in group) for group in groups]
    is_dated = [any(_is_exact(each) for each in group) for group in groups]
    groups = [_without_a_name(simple, group) for group in groups]
    found: list[tuple[int, int]] = []
    for number, group in enumerate(groups):
        if not group:
            continue
        others = has_time or any(is_dated[:number] + is_dated[number + 1 :])
        names = all(each.begins in holidays or _names(each) for each in group)
        following = simple[group[-1].ends : group[-1].ends + 2]
        is_that_day = following.startswith(("当天", "当日", "当晚", "那天", "这天"))
        alone = _is_alone(simple, group) and not (others and _leads_on(simple, group))
        whole = any(
            timed and dated and at != number
            for at, (timed, dated) in enumerate(zip(is_timed, is_dated, strict=True))
        )
        timed = is_timed[number] and (is_dated[number] or not (whole or has_time))
        goes = timed or alone or is_that_day or (is_dated[number] and is_clear and not others)
        if goes and not (names and not is_that_day and not alone):
            ends = group[-1].ends + (2 if is_that_day else 0)
            found.append((group[0].begins, ends))
    return found


_BETWEEN = re.compile(
    r"[\s,，、(（)）/|｜:：的\ue000]*(?:也就是|就是|是|吧|of|at|on)?[\s,，、(（)）的]*"
)


def _together(text: str, found: Sequence[Found]) -> list[list[Found]]:
    groups: list[list[Found]] = []
    for each in found:
        if (
            groups
            and "\n" not in text[groups[-1][-1].ends : each.begins]
            and _BETWEEN.fullmatch(text[groups[-1][-1].ends : each.begins])
        ):
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def _without_a_name(text: str, group: list[Found]) -> list[Found]:
    """The group without a "night" or "evening" that belongs to the words before it."""
    first = group[0]
    is_part = all(isinstance(piece, DayPart) for piece in first.pieces)
    joins = re.search(r"[a-z]\s$", text[: first.begins]) is not None
    return group[1:] if is_part and joins and text[first.begins].isascii() else group


def _is_clock(found: Found) -> bool:
    return any(isinstance(piece, ClockTime | DayPart | Delay) for piece in found.pieces)


def _is_exact(found: Found) -> bool:
    return any(isinstance(piece, OnDate | Weekday | Day) for piece in found.pieces)


def _names(found: Found) -> bool:
    return any(isinstance(piece, WholePeriod) for piece in found.pieces) or not any(
        isinstance(piece, ClockTime | DayPart | Day | Delay | Length | Dash)
        for piece in found.pieces
    )


_EDGE = re.compile(r"[\s,，。；;！!、|｜(（)）【】:：\ue000]")


def _leads_on(text: str, group: Sequence[Found]) -> bool:
    """Whether English words go on with a day: Sunday hike."""
    first, last = text[group[0].begins], text[group[-1].ends :]
    return first.isascii() and re.match(r"\s[a-z]", last) is not None


def _is_alone(text: str, group: Sequence[Found]) -> bool:
    before, after = text[: group[0].begins], text[group[-1].ends :]
    return (not before or _EDGE.match(before[-1]) is not None) and (
        not after or _EDGE.match(after[0]) is not None
    )
