"""Days, parts of the day and things are read out of a text in any order."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.language import phrasebook, to_text
from bot.conversation.messages import Days, When
from models.rules.dates import words
from models.rules.dates.patterns import READERS
from models.rules.dates.sifting import pieces_in, plain
from models.rules.understanding import slots, spans
from models.rules.understanding.intents import Intent
from models.rules.understanding.understanding import tidy, understand

NANHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = date(2026, 12, 1)


def days(text: str, today: date = TUESDAY) -> str:
    """``12-05``, ``12-05..12-06`` or ``..12-06``; other years with their number."""
    first, last = spans.days(slots.read(tidy(text)).span, today)
    if first == last:
        return _shown(first, today)
    return f"{_shown(first, today)}..{_shown(last, today)}"


def _shown(day: date | None, today: date) -> str:
    if day is None:
        return ""
    return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12月5日", "12-05"),
        ("12月5号", "12-05"),
        ("12/5", "12-05"),
        ("12.5", "12-05"),
        ("１２月５日", "12-05"),
        ("十二月五号", "12-05"),
        ("2026年12月5日", "12-05"),
        ("2027-01-03", "2027-01-03"),
        ("5号", "12-05"),
        ("二十号", "12-20"),
        ("下个月5号", "2027-01-05"),
        ("12月5日 周六", "12-05"),
        ("Sat 5 Dec", "12-05"),
        ("5 December", "12-05"),
        ("the 5th", "12-05"),
        ("周六", "12-05"),
        ("礼拜天", "12-06"),
        ("星期三", "12-02"),
        ("每周六", "12-05"),
        ("on saturdays", "12-05"),
        ("下周六", "12-12"),
        ("下周周六有什么", "12-12"),
        ("晚上的 月底 - 12月5日", "12-05"),
        ("下周有活动吗，周六", "12-12"),
        ("下个月有活动吗，5号", "2027-01-05"),
        ("next week saturday anything", "12-12"),
        ("next Sat", "12-12"),
        ("下下周三", "12-16"),
        ("周六周日", "12-05..12-06"),
        ("周末", "12-05..12-06"),
        ("this weekend", "12-05..12-06"),
        ("下周末", "12-12..12-13"),
        ("周六日有活动吗", "12-05..12-06"),
        ("下周六日", "12-12..12-13"),
        ("98号", ""),
        ("这周", "12-01..12-07"),
        ("下周", "12-07..12-13"),
        ("周三到周五", "12-02..12-04"),
        ("5-7号", "12-05..12-07"),
        ("12.5~12.8", "12-05..12-08"),
        ("今天", "12-01"),
        ("听日", "12-02"),
        ("tmr", "12-02"),
        ("后日", "12-03"),
        ("大后天", "12-04"),
        ("三天后", "12-04"),
        ("这几天", "12-01..12-04"),
        ("最近三天", "12-01..12-03"),
        ("next 3 days", "12-01..12-03"),
        ("最近一周", "12-01..12-07"),
        ("这个月", "12-01..12-31"),
        ("月初", "12-01..12-10"),
        ("月底", "12-21..12-31"),
        ("end of the month", "12-21..12-31"),
        ("下个月", "2027-01-01..2027-01-31"),
        ("1月中旬", "2027-01-11..2027-01-20"),
        ("年底", "12-21..12-31"),
        ("元旦", "2027-01-01..2027-01-03"),
        ("五一", "2027-05-01..2027-05-05"),
        ("国庆节", "2027-10-01..2027-10-07"),
        ("春节前", "12-01..2027-02-05"),
        ("过年", "2027-02-06..2027-02-13"),
        ("before Chinese New Year", "12-01..2027-02-05"),
        ("昨天", ""),
        ("最近", ""),
        ("元旦晚会", ""),
        ("3号楼", ""),
        ("早茶", ""),
        ("点心", ""),
        ("带3个人", ""),
    ],
)
def test_every_way_to_write_a_day_is_read(typed: str, meant: str) -> None:
    assert days(typed) == meant


def test_the_beginning_of_a_month_that_is_over_is_that_of_the_next() -> None:
    assert days("月初", date(2026, 12, 15)) == "2027-01-01..2027-01-10"
    assert days("周末", date(2026, 12, 6)) == "12-06"
    assert days("2月29日", date(2026, 12, 6)) == "2028-02-29"


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("今晚", "evening"),
        ("周六下午", "afternoon"),
        ("明早", "morning"),
        ("下班后", "after_work"),
        ("听晚", "evening"),
        ("礼拜三夜晚", "evening"),
        ("中午", "noon"),
        ("after work", "after_work"),
        ("tomorrow morning", "morning"),
        ("周六晚上7点", "evening"),
        ("周六", None),
        ("night run", None),
    ],
)
def test_parts_of_the_day_are_read(typed: str, part: str | None) -> None:
    assert spans.part_of(slots.read(tidy(typed)).span) == part


@pytest.mark.parametrize(
    ("typed", "span", "thing"),
    [
        ("周日羽毛球", "sunday", "羽毛球"),
        ("羽毛球 明天", "tomorrow", "羽毛球"),
        ("明天的羽毛球", "tomorrow", "羽毛球"),
        ("礼拜天羽毛球", "sunday", "羽毛球"),
        ("12/5 羽毛球", "12-05", "羽毛球"),
        ("羽毛球 周六下午", "saturday/afternoon", "羽毛球"),
        ("badminton on Sunday", "sunday", "badminton"),
        ("yoga tomorrow evening", "tomorrow/evening", "yoga"),
        ("星期三晚上有没有瑜伽", "wednesday/evening", "瑜伽"),
        ("桂城周末有什么", "weekend", "桂城"),
        ("下班后有什么活动", "/after_work", ""),
        ("今晚有啥", "today/evening", ""),
        ("周日下午", "sunday/afternoon", ""),
        ("12月5日", "12-05", ""),
        ("月底有什么", "month:late", ""),
        ("活动 12月5日", "12-05", ""),
        ("活动 12.5 羽毛球", "12-05", "羽毛球"),
    ],
)
def test_a_day_and_a_thing_lead_to_events_in_any_order(typed: str, span: str, thing: str) -> None:
    said = understand(typed)
    assert (said.intent, said.span, said.words) == (Intent.EVENTS, span, thing)


def test_a_number_after_a_command_is_no_day() -> None:
    assert understand("报名5号").number == 5
    assert understand("报名 5").number == 5
    assert not understand("报名5号").span
    assert understand("5号的羽毛球我要报名").span == "05"


WORDS = (*words.PARTS, *words.DAYS_AHEAD, *words.DAYS_AND_PARTS, *words.HOLIDAYS, *words.MONTHS)
PIECES = (
    *WORDS,
    *words.WEEKDAYS_EN,
    *("3", "12", "三", "十二", "号", ".", "/", ":", "-", "个"),
    *("周末", "底", "初", "羽毛球", "点", "pm", "days", "th"),
)

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 12 * 366 * 24).map(lambda hours: BEGINNING + timedelta(hours=hours))


@settings(deadline=None)
@given(at=moments, ahead=st.integers(0, 500), language=st.sampled_from(["zh", "en"]))
def test_every_day_that_is_printed_reads_back(at: datetime, ahead: int, language: str) -> None:
    reader = phrasebook().reader(language, NANHAI, at)
    day = reader.today + timedelta(days=ahead)
    begins = datetime.combine(day, time(9), NANHAI)
    for printed in (
        Days(day),
        Days(day, near=True),
        When(begins),
        When(begins, begins + timedelta(hours=2), near=True),
    ):
        written = to_text(printed, reader)
        for typed in (written, tidy(written)):
            read = spans.days(slots.read(typed.casefold()).span, reader.today)
            assert read == (day, day), written


@settings(deadline=None)
@given(st.text(st.sampled_from("今明后周六日12月号/.:- 下午晚上 satday5th羽毛球"), max_size=16))
def test_only_patterns_that_cannot_begin_somewhere_are_passed_over(text: str) -> None:
    text = plain(text)
    for found in pieces_in(text):
        first = next(
            made
            for pattern, make in READERS
            if (match := pattern.match(text, found.begins)) and (made := make(match)) is not None
        )
        assert found.pieces == (first if isinstance(first, tuple) else (first,))


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join)
    | st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
)
def test_what_is_not_read_further_holds_no_day(text: str) -> None:
    if slots.TIMELY.search(text) is None:
        assert slots._read(text, text) == slots.Slots("", text)
