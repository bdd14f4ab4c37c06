from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.reach import may_speak

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)


def test_a_platform_lets_us_speak_inside_the_window_while_messages_are_left() -> None:
    assert may_speak(NOW + timedelta(hours=47), 5, NOW)
    assert not may_speak(NOW + timedelta(hours=47), 0, NOW)
    assert not may_speak(NOW - timedelta(seconds=1), 5, NOW)
    assert not may_speak(None, 5, NOW)


@given(st.timedeltas(timedelta(days=-3), timedelta(days=3)), st.integers(-1, 5))
def test_the_window_is_over_at_its_last_moment(left: timedelta, allowance: int) -> None:
    assert may_speak(NOW + left, allowance, NOW) == (left > timedelta(0) and allowance > 0)
