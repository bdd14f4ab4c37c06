"""Numbers that do not tell on a single person."""

from hypothesis import given
from hypothesis import strategies as st

from models.rules.network.audience import FILTERS, GROUPS, LISTS, Audience
from models.rules.network.floors import STEP, Count, floored

people = st.integers(min_value=0, max_value=100_000)


@given(people, people)
def test_two_numbers_never_differ_by_fewer_than_five(one: int, other: int) -> None:
    assert abs(floored(one).number - floored(other).number) not in range(1, STEP)


@given(people)
def test_a_number_is_at_least_what_is_said_and_fewer_than_five_more(number: int) -> None:
    said = floored(number)
    assert said.number <= number <= said.at_most < said.number + STEP
    assert not said.is_exact
    assert Count(number).at_most == number


def test_a_list_of_names_is_one_team_or_one_events_seats_or_queue() -> None:
    for group in GROUPS:
        assert Audience().toggled(group, 1).is_one_list is (group in LISTS)
        assert not Audience().toggled(group, 1).toggled(group, 2).is_one_list
    for group in FILTERS:
        # A filter within a list would tell who of them meets it.
        assert not Audience(teams=(1,)).toggled(group, 1).is_one_list
    assert not Audience(seated=(1,), waiting=(1,)).is_one_list
