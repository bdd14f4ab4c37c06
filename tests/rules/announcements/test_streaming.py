"""The links of an evening, read line by line; and when they leave, counted backwards."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.announcements import streaming
from models.rules.announcements.streaming import SPARE, Load, Stream, read, timing, written
from models.rules.sending import quiet_hours

NANHAI = ZoneInfo("Asia/Shanghai")
NIGHT = "22:00-08:00"
NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
"""Ten in the morning."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=NANHAI)


def test_a_line_is_a_name_and_an_address() -> None:
    told = read("南海融媒： https://live.example/1\n\n区总 视频号 https://v.example/a?b=1\n")
    assert told == (
        Stream("南海融媒", "https://live.example/1"),
        Stream("区总 视频号", "https://v.example/a?b=1"),
    )
    assert isinstance(told, tuple)
    assert read(written(told)) == told
    assert read("") == ()


@pytest.mark.parametrize(
    "line",
    [
        "https://live.example/1",
        "融媒 http://live.example/1",
        "融媒 javascript:alert(1)",
        "融媒 https://",
        "融媒 https://a.example/" + "x" * 120,
        "名" * 21 + " https://a.example/1",
    ],
)
def test_anything_else_is_named_by_its_line(line: str) -> None:
    assert read(f"融媒 https://a.example/1\n{line}") == 2


def test_no_more_than_three_and_all_of_them_fit_into_one_message() -> None:
    long = "名" * 20 + " https://" + "x" * 112
    assert read("\n".join([long] * 3) + "\n\n" + long) == 5
    assert len("\n".join([long] * 3)) < 450


def test_the_slowest_account_says_when_it_begins() -> None:
    # 14,400 people at 8 of 10 messages a second are half an hour; a quarter more, and the spare.
    loads = [Load(14_400, 10), Load(30_000, 1000)]
    found = timing(loads, at(5, 19, 30), NOW, NIGHT, NANHAI, is_tried=False)
    assert (found.begins_at, found.is_late) == (at(5, 18, 37), False)
    tried = timing(loads, at(5, 19, 30), NOW, NIGHT, NANHAI, is_tried=True)
    assert tried.begins_at == at(5, 18, 27)


def test_what_does_not_fit_after_the_night_leaves_the_evening_before() -> None:
    loads = [Load(14_400, 10)]
    found = timing(loads, at(5, 8, 30), NOW, NIGHT, NANHAI, is_tried=False)
    assert found.begins_at == at(4, 21, 37)


def test_what_is_too_late_leaves_at_once_and_says_so() -> None:
    loads = [Load(14_400, 10)]
    found = timing(loads, NOW + timedelta(minutes=45), NOW, NIGHT, NANHAI, is_tried=False)
    assert (found.begins_at, found.is_late) == (NOW, False), "the spare is used up first"
    found = timing(loads, NOW + timedelta(minutes=30), NOW, NIGHT, NANHAI, is_tried=False)
    assert (found.begins_at, found.is_late) == (NOW, True)


@given(
    st.lists(
        st.builds(Load, st.integers(0, 100_000), st.sampled_from([0.0, 1.0, 10.0, 30.0, 1000.0])),
        max_size=4,
    ),
    st.integers(1, 4 * 24 * 60),
    st.sampled_from(["off", NIGHT, "22:00-08:00,12:00-14:00"]),
    st.booleans(),
)
def test_whoever_is_not_quiet_is_told_before_the_start(
    loads: list[Load], minutes: int, hours: str, is_tried: bool
) -> None:
    starts_at = NOW + timedelta(minutes=minutes)
    found = timing(loads, starts_at, NOW, hours, NANHAI, is_tried=is_tried)
    assert found.begins_at >= NOW
    if found.begins_at == NOW:
        return
    assert not found.is_late
    assert not quiet_hours.is_quiet(found.begins_at, hours, NANHAI)
    heard = _heard(found.begins_at, starts_at, hours)
    minute = timedelta(minutes=1)
    assert found.lasts + SPARE <= heard < found.lasts + SPARE + minute
    slowest = max((each.people / (each.per_second or 10.0) for each in loads), default=0)
    assert heard > timedelta(seconds=slowest / 0.8)


def _heard(begins: datetime, ends: datetime, hours: str) -> timedelta:
    """How much of a stretch is not quiet, found by whole minutes and its ends."""
    minute, heard = timedelta(minutes=1), timedelta()
    while begins < ends:
        step = min(minute, ends - begins)
        if not quiet_hours.is_quiet(begins, hours, NANHAI):
            heard += step
        begins += step
    return heard


def test_an_account_that_no_process_told_of_counts_as_slow() -> None:
    assert Load(80, 0).lasts == Load(80, streaming.UNKNOWN_PACE).lasts == timedelta(seconds=10)
