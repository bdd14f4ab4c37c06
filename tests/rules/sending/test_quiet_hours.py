from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.sending.quiet_hours import (
    AT_LEAST,
    STILL_LEFT,
    TO_ANSWER,
    QuietHours,
    QuietSpan,
    is_quiet,
    next_allowed,
    next_day,
    of,
    offer_until,
    parse,
    remind_at,
)

NANHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
NIGHT = "22:00-08:00"
MINUTE = timedelta(minutes=1)

zones = st.sampled_from([NANHAI, NEW_YORK, ZoneInfo("Australia/Lord_Howe")])
moments = st.datetimes(
    # Hypothesis takes its bounds without a zone.
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
spans = (
    st.tuples(st.times(), st.times())
    .filter(lambda pair: f"{pair[0]:%H:%M}" != f"{pair[1]:%H:%M}")
    .map(lambda pair: f"{pair[0]:%H:%M}-{pair[1]:%H:%M}")
)


def leaves_time(written: str) -> bool:
    try:
        parse(written)
    except ValueError:
        return False
    return True


several = st.lists(spans, min_size=1, max_size=4).map(",".join).filter(leaves_time)
hours = st.one_of(st.just("off"), st.just(f"{NIGHT},08:00-15:00"), several)


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = NANHAI) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("22:00-08:00", [QuietSpan(time(22), time(8))]),
        (" 9:30 – 17:05 ", [QuietSpan(time(9, 30), time(17, 5))]),
        ("22：00～8：00", [QuietSpan(time(22), time(8))]),
        (
            "22:00-7:00，12:30-13:30",
            [QuietSpan(time(12, 30), time(13, 30)), QuietSpan(time(22), time(7))],
        ),
        ("22:00-08:00,08:00-15:00", [QuietSpan(time(22), time(15))]),
        ("08:00-12:00, 11:00-15:00", [QuietSpan(time(8), time(15))]),
        ("22:00-08:00,23:00-07:00", [QuietSpan(time(22), time(8))]),
        ("20:00-00:00、00:00-06:00", [QuietSpan(time(20), time(6))]),
        ("off", []),
        ("OFF", []),
        ("", []),
    ],
)
def test_quiet_hours_are_read_as_people_write_them(written: str, meant: list[QuietSpan]) -> None:
    assert parse(written) == QuietHours(tuple(meant))


@pytest.mark.parametrize(
    "written",
    [
        "22-25",
        "25:00-08:00",
        "22:00",
        "22:60-08:00",
        "08:00-08:00",
        "22:00-08:00,",
        "22:00-08:00,off",
        "22:00-08:00,08:00-22:00",
    ],
)
def test_hours_that_mean_nothing_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="quiet hours"):
        parse(written)


def test_hours_are_written_as_they_are_read() -> None:
    assert str(parse("9:05-17:30")) == "09:05-17:30"
    assert str(parse("22:00-8:00;12:00-13:00")) == "12:00-13:00,22:00-08:00"
    assert str(parse("")) == "off"


def test_who_works_at_night_has_the_daytime_besides_the_stations_hours() -> None:
    assert of("", NIGHT) == NIGHT
    assert str(parse(of("", NIGHT, "08:00-15:00"))) == "22:00-15:00"
    assert str(parse(of("", "23:00-07:00", "09:00-15:00"))) == "09:00-15:00,23:00-07:00"
    assert of("", "", "08:00-15:00") == "08:00-15:00"


def test_hours_of_ones_own_hold_and_no_others() -> None:
    assert of("21:00-06:00", NIGHT, "08:00-15:00") == "21:00-06:00"
    assert of("off", NIGHT, "08:00-15:00") == "off"


def test_night_goes_over_midnight_and_ends_on_the_minute() -> None:
    assert not is_quiet(at(5, 21, 59), NIGHT, NANHAI)
    assert is_quiet(at(5, 22), NIGHT, NANHAI)
    assert is_quiet(at(6, 7, 59), NIGHT, NANHAI)
    assert not is_quiet(at(6, 8), NIGHT, NANHAI)


def test_a_night_shift_sleeps_by_day() -> None:
    assert next_allowed(at(5, 10), "09:00-16:00", NANHAI) == at(5, 16)


def test_two_hours_before_an_early_event_is_the_evening_before() -> None:
    assert remind_at(at(5, 7, 30), 120, NIGHT, NANHAI) == at(4, 21, 59)


def test_a_day_before_what_falls_into_sleep_comes_when_one_wakes() -> None:
    assert remind_at(at(5, 7, 30), 24 * 60, NIGHT, NANHAI) == at(4, 8)
    assert remind_at(at(5, 14), 24 * 60, "22:00-15:00", NANHAI) == at(4, 15)


def test_a_day_before_what_begins_late_comes_before_one_sleeps() -> None:
    assert remind_at(at(5, 23), 24 * 60, NIGHT, NANHAI) == at(4, 21, 59)


def test_after_waking_too_little_of_the_lead_may_be_left() -> None:
    assert remind_at(at(5, 16, 30), 120, "22:00-15:00", NANHAI) == at(5, 15)
    assert remind_at(at(5, 16, 29), 120, "22:00-15:00", NANHAI) == at(4, 21, 59)


def test_what_is_over_for_today_goes_on_tomorrow_after_the_night() -> None:
    assert next_day(at(5, 12), NIGHT, NANHAI) == at(6, 8)
    assert next_day(at(5, 12), "22:00-15:00", NANHAI) == at(6, 15)
    assert next_day(at(5, 12), "off", NANHAI) == at(6, 0)
    # Half past midnight is a day of its own already.
    assert next_day(at(6, 0, 30), NIGHT, NANHAI) == at(7, 8)


def test_a_reminder_in_waking_hours_comes_when_it_was_asked_for() -> None:
    assert remind_at(at(5, 14), 120, NIGHT, NANHAI) == at(5, 12)
    assert remind_at(at(5, 14), 24 * 60, NIGHT, NANHAI) == at(4, 14)


def test_a_day_before_is_a_day_of_real_time_when_clocks_change() -> None:
    starts = datetime(2026, 11, 1, 14, tzinfo=NEW_YORK)
    assert starts.astimezone(UTC) - remind_at(starts, 24 * 60, "off", NEW_YORK) == timedelta(days=1)


def test_an_offer_stands_for_two_hours() -> None:
    assert offer_until(at(3, 12), at(5, 9), NIGHT, NANHAI) == at(3, 14)


def test_an_offer_made_at_night_counts_from_the_morning() -> None:
    assert offer_until(at(3, 23), at(5, 9), NIGHT, NANHAI) == at(4, 10)


def test_close_to_the_event_an_offer_stands_for_half_of_what_is_left() -> None:
    assert offer_until(at(5, 12), at(5, 13), NIGHT, NANHAI) == at(5, 12, 30)
    assert offer_until(at(5, 12), at(5, 12, 20), NIGHT, NANHAI) == at(5, 12, 15)


def test_nobody_is_offered_a_seat_they_could_not_take_in_time() -> None:
    assert offer_until(at(5, 12), at(5, 12, 14), NIGHT, NANHAI) is None
    assert offer_until(at(4, 23), at(5, 8, 10), NIGHT, NANHAI) is None


@given(moments, hours, zones)
def test_what_waits_goes_out_at_the_first_minute_that_is_allowed(
    moment: datetime, hours: str, zone: ZoneInfo
) -> None:
    allowed = next_allowed(moment, hours, zone)
    assert allowed >= moment
    assert not is_quiet(allowed, hours, zone)
    if not is_quiet(moment, hours, zone):
        assert allowed == moment
        return
    # Every minute before it is quiet, but where clocks are put forward over the end of the hours.
    between = (
        moment + number * 7 * MINUTE for number in range(int((allowed - moment) / MINUTE / 7))
    )
    loud = [each for each in between if not is_quiet(each, hours, zone)]
    if loud:
        offsets = {each.astimezone(zone).utcoffset() for each in (moment - 60 * MINUTE, allowed)}
        assert len(offsets) == 2


@given(moments, st.integers(1, 7 * 24 * 60), hours, zones)
def test_no_reminder_is_late_or_wakes_anybody(
    starts_at: datetime, lead: int, hours: str, zone: ZoneInfo
) -> None:
    wanted = starts_at - lead * MINUTE
    reminded = remind_at(starts_at, lead, hours, zone)
    assert not is_quiet(reminded, hours, zone)
    assert reminded < starts_at
    if not is_quiet(wanted, hours, zone):
        assert reminded == wanted
    elif reminded > wanted:
        assert reminded == next_allowed(wanted, hours, zone)
        assert starts_at - reminded >= lead * MINUTE * STILL_LEFT
    else:
        assert wanted - reminded <= timedelta(hours=26)


@given(moments, hours, zones)
def test_the_next_day_is_another_day_and_not_quiet(
    moment: datetime, hours: str, zone: ZoneInfo
) -> None:
    then = next_day(moment, hours, zone)
    assert then > moment
    assert then.astimezone(zone).date() > moment.astimezone(zone).date()
    assert not is_quiet(then, hours, zone)


@given(st.times(), several)
def test_what_was_made_one_is_as_quiet_as_its_parts(moment: time, hours: str) -> None:
    assert (moment in parse(hours)) == any(moment in parse(each) for each in hours.split(","))
    joined = parse(hours)
    assert parse(str(joined)) == joined
    for span in joined.spans:
        assert span.ends not in joined


@given(moments, st.timedeltas(timedelta(minutes=-60), timedelta(days=4)), hours, zones)
def test_an_offer_is_fair_or_not_made(
    now: datetime, left: timedelta, hours: str, zone: ZoneInfo
) -> None:
    until = offer_until(now, now + left, hours, zone)
    asked = next_allowed(now, hours, zone)
    step = timedelta(minutes=5)

    def heard(before: datetime) -> timedelta:
        number = max(0, int((before - asked) / step))
        return step * sum(not is_quiet(asked + each * step, hours, zone) for each in range(number))

    # Spans of less than a step may be stepped over: each is missed or counted once too often.
    inexact = step * (2 + 10 * (hours.count(",") + 1))
    if until is None:
        assert heard(now + left) < AT_LEAST + inexact
    else:
        assert asked + AT_LEAST <= until <= now + left
        assert heard(until) <= TO_ANSWER + inexact


def test_an_offers_clock_stops_in_sleep_and_at_work() -> None:
    at_work = "08:00-12:00,13:30-17:30"
    # Half an hour before sleep, the rest in the morning; or in the break and after work.
    assert offer_until(at(3, 21, 30), at(5, 9), NIGHT, NANHAI) == at(4, 9, 30)
    assert offer_until(at(3, 10), at(5, 9), NIGHT, NANHAI, at_work) == at(3, 18)
    assert offer_until(at(3, 23), at(5, 20), NIGHT, NANHAI, at_work) == at(4, 18)
    # Of two hours' own time that are left half is theirs, and half the next one's.
    assert offer_until(at(3, 21), at(4, 9), NIGHT, NANHAI) == at(3, 22)
    # Where all that is left is work, they may find a minute amid it.
    assert offer_until(at(3, 9), at(3, 11), NIGHT, NANHAI, at_work) == at(3, 10)
    # Whoever has no hour to themselves is asked as if they told no shift.
    assert offer_until(at(3, 9), at(5, 9), "08:00-20:00", NANHAI, "20:00-08:00") == at(3, 22)
