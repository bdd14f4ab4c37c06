"""Lines to a screen: cleaned, compared however they are spelled, and paced."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.gala import lines

NOW = datetime(2026, 12, 20, 12, tzinfo=UTC)
BANNED = "傻瓜\nScam"


@pytest.mark.parametrize(
    "said",
    [
        "你这傻瓜",
        "傻 瓜",
        "傻-瓜",
        "傻\u200b瓜",
        "ＳＣＡＭ",
        "s.c.a.m",
        "scaaaam",
        "5c4m 5cam",
        "ſcam",
    ],
)
def test_a_word_of_the_list_is_found_however_it_is_spelled(said: str) -> None:
    assert lines.is_banned(said, "傻瓜\nScam\nscaam")


@pytest.mark.parametrize("said", ["加油", "瓜好傻", "666", "scan me", ""])
def test_what_is_not_on_the_list_passes(said: str) -> None:
    assert not lines.is_banned(said, BANNED)


def test_a_line_is_one_line_and_not_too_long() -> None:
    assert lines.cleaned("  加\n油\u202e！ ") == "加 油！"
    assert len(lines.cleaned("长" * 100)) == lines.LONGEST
    assert lines.listed("傻瓜\n\n - \n傻瓜\nScam ") == ["傻瓜", "Scam"]
    assert lines.same("加油!", ("加 油",))
    assert not lines.same("加油", ("快来",))


def test_a_person_waits_between_two_lines() -> None:
    assert lines.wait(None, 5, NOW) == timedelta()
    assert lines.wait(NOW - timedelta(seconds=2), 5, NOW) == timedelta(seconds=3)
    assert lines.wait(NOW - timedelta(seconds=9), 5, NOW) == timedelta()


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_holds_a_word_of_the_list_is_found(before: str, after: str) -> None:
    assert lines.is_banned(f"{before}傻瓜{after}", BANNED)
