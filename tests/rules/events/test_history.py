"""Years of what somebody took part in."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.attending import minutes_of
from models.rules.events.history import Year, by_year
from tests.miniature.rows import ZONE, local

spans = st.tuples(
    st.integers(0, 800).map(lambda days: local(1, 10) + timedelta(days=days)),
    st.integers(1, 100).map(lambda halves: timedelta(minutes=30 * halves)),
).map(lambda each: (each[0], each[0] + each[1]))


@given(st.lists(spans))
def test_every_event_counts_in_one_year(times: list[tuple]) -> None:  # type: ignore[type-arg]
    found = by_year(times, ZONE)
    assert sum(each.times for each in found) == len(times)
    assert sum(each.minutes for each in found) == sum(minutes_of(*each) for each in times)
    assert [each.year for each in found] == sorted({each.year for each in found}, reverse=True)


def test_what_lasts_over_a_night_counts_without_hours() -> None:
    weekend = (local(5, 9), local(6, 17))
    evening = (local(31, 23), local(31, 23) + timedelta(minutes=90))
    assert by_year([weekend, evening], ZONE) == [Year(2026, 2, 90)]
