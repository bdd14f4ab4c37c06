"""How long somebody attended, and what name stands on a certificate."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.events import attending
from tests.miniature.rows import local


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(180, 180), (110, 120), (10, 30), (12 * 60, 720), (12 * 60 + 1, 0), (0, 0)],
)
def test_an_event_takes_half_hours_and_over_night_nobody_knows(minutes: int, told: int) -> None:
    assert attending.minutes_of(local(5, 8), local(5, 8) + timedelta(minutes=minutes)) == told


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("6", 360),
        ("2.5", 150),
        ("共 6 小时", 360),
        ("2个半小时", 150),
        ("8学时", 480),
        ("3 hours", 180),
        ("1h", 60),
        ("0", None),
        ("", None),
        ("六", None),
        ("-3", None),
        ("9999", None),
        ("6 小时 3", None),
    ],
)
def test_hours_are_read(words: str, minutes: int | None) -> None:
    assert attending.read_hours(words) == minutes


@given(st.integers(1, 1999).map(lambda halves: halves * 30))
def test_what_is_written_is_read_again(minutes: int) -> None:
    assert attending.read_hours(attending.hours(minutes)) == minutes


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("张小兰", "张小兰"),
        ("  Ana   Li ", "Ana Li"),
        ("买买提·阿不都", "买买提·阿不都"),
        ("O'Neill-Smith", "O'Neill-Smith"),
        ("13800138000", None),
        ("张三，李四", None),
        ("<b>", None),
        ("……", None),
        ("什么意思？", None),
        ("张" * 41, None),
    ],
)
def test_a_name_has_letters_alone(words: str, name: str | None) -> None:
    assert attending.read_name(words) == name
