"""Half an hour of an event in hours of sleep or work is a clash."""

from datetime import datetime, timedelta

import pytest

from models.rules.events.clashes import falls_into
from tests.miniature.rows import ZONE, local

NIGHTS = "22:00-08:00,08:00-15:00"


@pytest.mark.parametrize(
    ("starts", "minutes", "hours", "is_so"),
    [
        (local(3, 12), 60, NIGHTS, True),
        (local(3, 15), 120, NIGHTS, False),
        (local(3, 19), 180, NIGHTS, False),
        (local(3, 19), 210, NIGHTS, True),
        (local(3, 19), 120, "16:00-00:00", True),
        (local(3, 14), 120, "16:00-00:00", False),
        (local(3, 7, 50), 10, NIGHTS, True),
        (local(3, 9), 3 * 24 * 60, NIGHTS, False),
        (local(3, 12), 60, "", False),
    ],
)
def test_what_clashes(starts: datetime, minutes: int, hours: str, is_so: bool) -> None:
    assert falls_into(starts, starts + timedelta(minutes=minutes), hours, ZONE) is is_so
