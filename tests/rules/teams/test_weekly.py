"""A weekly session in a line, as captains write it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.teams import weekly
from models.rules.teams.weekly import USUAL, Missing, WeeklySession

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=ZONE)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("text", "first", "minutes", "place"),
    [
        ("每周三 19:30 篮球场", "12-02 19:30", 120, "篮球场"),
        ("每周三晚上7点半 狮山体育馆", "12-02 19:30", 120, "狮山体育馆"),
        ("周六 9:00-11:30 公园", "12-05 09:00", 150, "公园"),
        ("每个星期天下午3点，文化站二楼", "12-06 15:00", 120, "文化站二楼"),
        ("逢周四晚8点 3号场", "12-03 20:00", 120, "3号场"),
        ("每周三19:30-21:00在篮球场", "12-02 19:30", 90, "篮球场"),
        ("every Wednesday 19:30 at the court", "12-02 19:30", 120, "court"),
        ("Wednesdays 7:30pm basketball court", "12-02 19:30", 120, "basketball court"),
        ("每周二四 19:30 球场", "12-01 19:30", 120, "球场"),
        ("每月第一个周日 9:00 公园", "12-06 09:00", 120, "公园"),
        ("every wed 19:30 court 2", "12-02 19:30", 120, "court 2"),
    ],
)
def test_weekday_time_and_place_are_read(text: str, first: str, minutes: int, place: str) -> None:
    plan = weekly.read(text, NOW, ZONE)
    assert isinstance(plan, WeeklySession)
    assert plan.first.astimezone(ZONE).strftime("%m-%d %H:%M") == first
    assert plan.length == timedelta(minutes=minutes)
    assert plan.place == place


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("19:30 篮球场", Missing.WEEKDAY),
        ("周三、周五 19:30 球场", Missing.WEEKDAY),
        ("每周三羽毛球、每周五乒乓球 19:30 球场", Missing.WEEKDAY),
        ("周三 篮球场", Missing.TIME),
        ("每周三", Missing.TIME),
        ("每周三 19:30", Missing.PLACE),
        ("随便什么时候", Missing.WEEKDAY),
    ],
)
def test_what_is_missing_is_told(text: str, missing: Missing) -> None:
    assert weekly.read(text, NOW, ZONE) is missing


@settings(deadline=None)
@given(
    st.sampled_from("一二三四五六日"),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 4 * 365 * 24 * 60),
)
def test_the_first_one_is_within_a_week_on_that_weekday_at_that_time(
    weekday: str, hour: int, minute: int, minutes: int
) -> None:
    now = NOW.astimezone(UTC) + timedelta(minutes=minutes)
    plan = weekly.read(f"每周{weekday} {hour:02}:{minute:02} 球场", now, ZONE)
    assert isinstance(plan, WeeklySession)
    local = plan.first.astimezone(ZONE)
    assert local.weekday() == "一二三四五六日".index(weekday)
    assert (local.hour, local.minute) == (hour, minute)
    assert now < plan.first <= now + timedelta(days=7)
    assert plan.length == USUAL
