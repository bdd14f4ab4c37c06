"""The first working day after a month, whatever holidays stand in its way."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from models.rules.dates.workdays import Workdays
from models.rules.reports.monthly import month_due

ZONE = ZoneInfo("Asia/Shanghai")
WORKDAYS = Workdays()


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ((2026, 12, 1, 8, 59), None),
        ((2026, 12, 1, 9, 0), "2026-11"),
        ((2026, 12, 6, 8, 0), "2026-11"),
        ((2026, 12, 6, 9, 0), None),
        # The 1st of October is a holiday, and so are the days to the 7th.
        ((2026, 10, 1, 12, 0), None),
        ((2026, 10, 8, 9, 0), "2026-09"),
        # The 1st of January, then a weekend.
        ((2027, 1, 3, 12, 0), None),
        ((2027, 1, 4, 9, 0), "2026-12"),
    ],
)
def test_a_month_is_accounted_for_on_the_first_working_day_at_nine(
    moment: tuple[int, ...], month: str | None
) -> None:
    now = datetime(*moment, tzinfo=ZONE)  # type: ignore[arg-type, misc]
    found = month_due(now, WORKDAYS, "22:00-08:00", ZONE)
    assert (found.code if found else None) == month


def test_quiet_hours_and_days_of_the_stations_own_go_first() -> None:
    late = "22:00-10:00"
    assert month_due(datetime(2026, 12, 1, 9, 30, tzinfo=ZONE), WORKDAYS, late, ZONE) is None
    assert month_due(datetime(2026, 12, 1, 10, tzinfo=ZONE), WORKDAYS, late, ZONE) is not None
    off = Workdays(holidays=frozenset({date(2026, 12, 1)}))
    assert month_due(datetime(2026, 12, 1, 9, tzinfo=ZONE), off, "", ZONE) is None
    assert month_due(datetime(2026, 12, 2, 9, tzinfo=ZONE), off, "", ZONE) is not None
