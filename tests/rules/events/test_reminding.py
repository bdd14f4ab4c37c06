from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.reminding import owed, too_late, useful_until

NANHAI = ZoneInfo("Asia/Shanghai")
NIGHT = "22:00-08:00"
DAY, TWO_HOURS = 24 * 60, 120

moments = st.datetimes(
    # Hypothesis takes its bounds without a zone.
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
leads = st.lists(st.integers(1, 3 * DAY), max_size=5)
zones = st.sampled_from([NANHAI, ZoneInfo("America/New_York")])
quiet = st.sampled_from(
    [
        "off",
        NIGHT,
        "09:00-16:30",
        "13:00-12:00",
        "22:00-15:00",
        "22:00-07:00,08:00-12:00,12:01-15:00",
    ]
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=NANHAI)


def test_reminders_are_owed_a_day_and_two_hours_before() -> None:
    assert owed(at(5, 14), [DAY, TWO_HOURS], NIGHT, NANHAI, at(1, 12)) == {
        DAY: at(4, 14),
        TWO_HOURS: at(5, 12),
    }


def test_who_signs_up_on_the_eve_is_not_reminded_of_yesterday() -> None:
    assert owed(at(5, 14), [DAY, TWO_HOURS], NIGHT, NANHAI, at(4, 20)) == {TWO_HOURS: at(5, 12)}


def test_two_reminders_brought_to_the_same_evening_are_one() -> None:
    assert owed(at(5, 7, 30), [180, 60], NIGHT, NANHAI, at(1, 12)) == {60: at(4, 21, 59)}


def test_a_missed_day_before_reminder_is_of_use_until_the_two_hour_one() -> None:
    useful = useful_until(DAY, at(5, 14), [DAY, TWO_HOURS], NIGHT, NANHAI)
    assert useful == at(5, 12)
    assert not too_late(useful, at(5, 11, 59))
    assert too_late(useful, at(5, 12))


def test_a_missed_two_hour_reminder_is_of_use_until_the_start() -> None:
    assert useful_until(TWO_HOURS, at(5, 14), [DAY, TWO_HOURS], NIGHT, NANHAI) == at(5, 14)


def test_the_evening_before_takes_over_from_the_day_before_an_early_event() -> None:
    assert owed(at(5, 7, 30), [DAY, TWO_HOURS], NIGHT, NANHAI, at(1, 12)) == {
        DAY: at(4, 8),
        TWO_HOURS: at(4, 21, 59),
    }
    useful = useful_until(DAY, at(5, 7, 30), [DAY, TWO_HOURS], NIGHT, NANHAI)
    assert useful == at(4, 21, 59)


@given(moments, leads, quiet, zones, st.integers(-5 * DAY, 0))
def test_at_any_moment_at_most_one_missed_reminder_is_still_of_use(
    starts_at: datetime, leads: list[int], quiet: str, zone: ZoneInfo, minutes: int
) -> None:
    now = starts_at + timedelta(minutes=minutes)
    times = owed(starts_at, leads, quiet, zone, now - timedelta(days=30))
    missed = [lead for lead, due_at in times.items() if due_at <= now]
    useful = [
        lead
        for lead in missed
        if not too_late(useful_until(lead, starts_at, leads, quiet, zone), now)
    ]
    assert len(useful) <= 1
    if missed and now < starts_at:
        assert useful == [min(missed)]


@given(moments, leads, quiet, zones)
def test_every_reminder_is_of_use_when_it_is_due(
    starts_at: datetime, leads: list[int], quiet: str, zone: ZoneInfo
) -> None:
    times = owed(starts_at, leads, quiet, zone, starts_at - timedelta(days=30))
    assert len(set(times.values())) == len(times)
    for lead, due_at in times.items():
        useful = useful_until(lead, starts_at, leads, quiet, zone)
        assert due_at < useful <= starts_at
