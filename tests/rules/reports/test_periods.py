"""Periods as people name them, and the period before each."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.reports import periods
from models.rules.reports.periods import Period, Shape

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "code", "rest"),
    [
        ("2026", "2026", ""),
        ("2025年", "2025", ""),
        ("今年", "2026", ""),
        ("去年", "2025", ""),
        ("last year", "2025", ""),
        ("桂城 2026年第三季度", "2026Q3", "桂城"),
        ("桂城2026年3季度", "2026Q3", "桂城"),
        ("第四季度", "2026Q4", ""),
        ("四季度的桂城", "2026Q4", "桂城"),
        ("上季度", "2026Q3", ""),
        ("本季度", "2026Q4", ""),
        ("2026Q3", "2026Q3", ""),
        ("Q3 2025", "2025Q3", ""),
        ("上半年", "2026H1", ""),
        ("去年下半年", "2025H2", ""),
        ("H1 2026", "2026H1", ""),
        ("上个月", "2026-10", ""),
        ("上月", "2026-10", ""),
        ("本月", "2026-11", ""),
        ("this month", "2026-11", ""),
        ("Last quarter", "2026Q3", ""),
        ("9月", "2026-09", ""),
        ("12月", "2025-12", ""),
        ("十二月份", "2025-12", ""),
        ("去年9月", "2025-09", ""),
        ("2026年9月", "2026-09", ""),
        ("2026-09", "2026-09", ""),
        ("2026/9", "2026-09", ""),
        ("Guicheng, September 2025", "2025-09", "Guicheng,"),
        ("Sep", "2026-09", ""),
        ("January to June 2026", "2026H1", ""),
        ("2026-01..2026-06", "2026H1", ""),
        ("2026-01..2026-07", "2026-01..2026-07", ""),
        ("2026年1月到8月", "2026-01..2026-08", ""),
        ("1-5月", "2026-01..2026-05", ""),
        ("2025..2026", "2025-01..2026-12", ""),
        ("2026-01-15 至 2026-03-20", "2026-01-15..2026-03-20", ""),
        ("2026-01-15..2026-01-15", "2026-01-15..2026-01-15", ""),
        ("in September", "2026-09", ""),
    ],
)
def test_a_period_is_read_as_people_name_it(words: str, code: str, rest: str) -> None:
    asked = periods.read(words, NOW, ZONE)
    assert asked.period is not None
    assert (asked.period.code, asked.rest) == (code, rest)


@pytest.mark.parametrize("words", ["", "桂城", "狮山灯具厂", "3号", "2026-13", "13月", "报名 2"])
def test_what_names_no_period_is_left_as_it_is(words: str) -> None:
    assert periods.read(words, NOW, ZONE) == periods.Asked(None, words)


@pytest.mark.parametrize("words", ["2026-06..2026-01", "2026-02-30..2026-03-01"])
def test_what_is_turned_around_or_no_day_is_no_stretch(words: str) -> None:
    assert periods.read(words, NOW, ZONE).period is None


@pytest.mark.parametrize(
    ("code", "before"),
    [
        ("2026", "2025"),
        ("2026Q3", "2026Q2"),
        ("2026Q1", "2025Q4"),
        ("2026H1", "2025H2"),
        ("2026-01", "2025-12"),
        ("2026-01..2026-05", "2025-08..2025-12"),
        ("2026-01-11..2026-01-20", "2026-01-01..2026-01-10"),
    ],
)
def test_the_period_before_is_as_long_and_ends_where_this_begins(code: str, before: str) -> None:
    period = periods.read_code(code, ZONE)
    assert period is not None
    assert period.before.code == before
    assert period.before.ends == period.begins


def test_what_still_runs_is_compared_with_as_much_of_the_period_before() -> None:
    year = periods.this_year(NOW, ZONE).as_of(NOW)
    assert year.until == date(2026, 11, 30)
    assert year.before.until == date(2025, 11, 30)
    assert year.ends == datetime(2026, 11, 30, 16, tzinfo=UTC)
    march = Period.of_months(date(2027, 3, 1), 1, ZONE)
    late = march.as_of(datetime(2027, 3, 30, 2, tzinfo=UTC))
    assert late.before.until == date(2027, 2, 28)
    over = march.as_of(datetime(2027, 4, 1, tzinfo=UTC))
    assert over.until is None
    assert not march.has_begun(NOW)


def test_a_month_begins_at_midnight_of_the_station() -> None:
    month = periods.last_month(datetime(2026, 11, 30, 16, tzinfo=UTC), ZONE)
    assert month.code == "2026-11"
    assert month.begins == datetime(2026, 10, 31, 16, tzinfo=UTC)


days = st.dates(date(2001, 1, 1), date(2200, 12, 31))


@given(days, st.integers(0, 4000))
def test_its_code_reads_back_and_so_do_both_neighbours(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length), ZONE)
    assert periods.read_code(period.code, ZONE) == period
    assert periods.read(period.code, NOW, ZONE).period == period
    assert period.before.ends == period.begins
    if not period.months:
        assert period.shape == Shape.DAYS
        assert period.before.last - period.before.first == timedelta(days=length)


@given(days, st.integers(1, 30))
def test_so_many_months_come_before_as_many(first: date, months: int) -> None:
    period = Period.of_months(first, months, ZONE)
    assert period.months == period.before.months == months
    assert period.before.before.ends == period.before.begins
    assert periods.read_code(period.code, ZONE) == period


@given(st.text(max_size=40))
def test_any_words_at_all_are_read_or_left(words: str) -> None:
    asked = periods.read(words, NOW, ZONE)
    assert asked.period is None or asked.period.first <= asked.period.last
    assert periods.read_code(words, ZONE) is None or words.isascii()
