"""Whom organizers want something told: an event's number, a name, and numbers that are neither."""

import pytest

from models.rules.announcements.addressed import Addressed, read


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("报名35的人", Addressed("", "带工牌", 35, seated=True)),
        ("35号活动的人", Addressed("", "带工牌", 35, seated=True)),
        ("报了5号羽毛球的人", Addressed("羽毛球", "带工牌", seated=True)),
        ("35候补的人", Addressed("", "带工牌", 35, waiting=True)),
    ],
)
def test_a_number_is_an_events_where_nothing_says_otherwise(who: str, told: Addressed) -> None:
    assert read(f"通知{who}：带工牌") == told


@pytest.mark.parametrize(
    "who",
    ["12月5日去体验游的人", "3班的人", "2楼的人", "5号线的人", "20点到的人", "12.5 羽毛球的人"],
)
def test_a_day_a_shift_or_a_floor_is_no_event(who: str) -> None:
    told = read(f"通知{who}：带工牌")
    assert told is not None
    assert told.number == 0


def test_an_english_day_is_no_event_either() -> None:
    told = read("Tell everyone coming on 5 Dec: bring your badge")
    assert told is not None
    assert told.number == 0
    numbered = read("tell everyone signed up for 35: bring your badge")
    assert numbered == Addressed("", "bring your badge", 35, seated=True)


def test_words_for_nobody_in_particular_are_no_announcement() -> None:
    assert read("提醒大家：周六下午3点羽毛球") is None
    assert read("周六下午3点羽毛球") is None
