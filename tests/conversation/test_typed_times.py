"""What is said of a time that cannot be."""

from datetime import datetime

import pytest

from bot.conversation.dialogs import Wrong
from handlers import dates
from models.rules.dates.pieces import Why
from tests.miniature.rows import ZONE

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("昨天下午3点", Why.IN_THE_PAST),
        ("今天早上8点", Why.IN_THE_PAST),
        ("13月5日下午3点", Why.IMPOSSIBLE_DATE),
        ("周六", Why.NO_TIME),
        ("有空的时候", Why.NO_DATE),
        ("12月5日周日下午3点", Why.MISMATCH),
        ("周六15:00-14:00", Why.END_BEFORE_START),
    ],
)
def test_a_time_that_cannot_be_is_told_why(typed: str, why: Why) -> None:
    assert dates.read(typed, NOW, ZONE) == Wrong(dates.UNCLEAR[why])


def test_every_reason_has_its_words() -> None:
    assert set(dates.UNCLEAR) == set(Why)


def test_a_time_that_can_be_is_kept_with_its_end() -> None:
    kept = dates.read("周六 9:00-11:30", NOW, ZONE)
    assert isinstance(kept, str)
    starts_at, ends_at = dates.span(kept, NOW - NOW)
    assert starts_at == datetime(2026, 12, 5, 9, 0, tzinfo=ZONE)
    assert ends_at == datetime(2026, 12, 5, 11, 30, tzinfo=ZONE)
