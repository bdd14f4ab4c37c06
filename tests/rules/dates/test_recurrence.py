from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.rules.dates.recurrence import A_WEEK, next_weekly, weekly

NANHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
"""Puts its clocks forward by half an hour."""

moments = st.datetimes(
    # Hypothesis takes its bounds without a zone.
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
zones = st.sampled_from([NANHAI, NEW_YORK, LORD_HOWE])


def in_new_york(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK)


def test_it_comes_at_the_same_hour_after_the_clocks_were_put_forward() -> None:
    first = in_new_york(3, 2, 18)
    following = weekly(first, 1, NEW_YORK)
    assert following.astimezone(NEW_YORK) == in_new_york(3, 9, 18)
    assert following - first.astimezone(UTC) == A_WEEK - timedelta(hours=1)


def test_it_comes_at_the_same_hour_after_the_clocks_were_put_back() -> None:
    first = in_new_york(10, 28, 18)
    following = weekly(first, 1, NEW_YORK)
    assert following.astimezone(NEW_YORK) == in_new_york(11, 4, 18)
    assert following - first.astimezone(UTC) == A_WEEK + timedelta(hours=1)


def test_an_hour_that_one_night_has_not_comes_later_then_and_in_time_the_week_after() -> None:
    first = in_new_york(3, 1, 2, 30)
    shown = [f"{weekly(first, week, NEW_YORK).astimezone(NEW_YORK):%d %H:%M}" for week in (1, 2)]
    assert shown == ["08 03:30", "15 02:30"]


def test_an_hour_that_one_night_has_twice_comes_once() -> None:
    first = in_new_york(10, 25, 1, 30)
    second = next_weekly(first, first, NEW_YORK)
    # The first of the two; times in a fold are equal to nothing of another zone.
    assert second == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert next_weekly(first, second, NEW_YORK) == in_new_york(11, 8, 1, 30)


def test_weeks_in_which_the_station_was_away_are_not_made_up_for() -> None:
    first = datetime(2026, 12, 1, 10, tzinfo=UTC)
    back = datetime(2026, 12, 23, 9, tzinfo=UTC)
    assert next_weekly(first, back, NANHAI) == datetime(2026, 12, 29, 10, tzinfo=UTC)


@given(first=moments, after=moments, zone=zones)
def test_the_next_one_is_the_first_that_is_later(
    first: datetime, after: datetime, zone: ZoneInfo
) -> None:
    following = next_weekly(first, after, zone)
    assert following > after
    known = [weekly(first, number, zone) for number in range(110)]
    assert following == min(each for each in known if each > after)


@given(first=moments, number=st.integers(0, 60), zone=zones)
def test_the_clock_on_the_wall_shows_the_same_time_and_weekday(
    first: datetime, number: int, zone: ZoneInfo
) -> None:
    begun, now = first.astimezone(zone), weekly(first, number, zone).astimezone(zone)
    if now.utcoffset() == begun.utcoffset():
        assert (now.weekday(), now.time()) == (begun.weekday(), begun.time())
    assert abs(now.replace(tzinfo=None) - begun.replace(tzinfo=None) - number * A_WEEK) <= (
        timedelta(hours=1)
    )
