"""A step of a long job takes as long as it should, on any machine."""

from hypothesis import given
from hypothesis import strategies as st

from models.rules.sending.sizes import next_size

AIM = 0.024
MOST = 5_000
SIZES = st.integers(1, MOST)


@given(SIZES, st.floats(0, 1e9), st.floats(1e-6, 10), SIZES)
def test_a_size_is_from_one_to_the_most_whatever_a_step_took(
    size: int, seconds: float, aim: float, most: int
) -> None:
    following = next_size(size, seconds, aim, most)
    assert 1 <= following <= most
    assert following <= 2 * size


@given(SIZES, st.floats(0, AIM))
def test_who_was_in_time_does_no_less(size: int, seconds: float) -> None:
    assert next_size(size, seconds, AIM, MOST) >= size


@given(SIZES, st.floats(AIM, 1e9))
def test_who_was_late_does_no_more(size: int, seconds: float) -> None:
    assert next_size(size, seconds, AIM, MOST) <= size


@given(SIZES, st.floats(1e-7, AIM / 2), st.floats(0, AIM / 2))
def test_within_twenty_steps_it_takes_as_long_as_it_should(
    size: int, a_row: float, besides: float
) -> None:
    """Whatever a row takes on a machine, and a step besides its rows."""
    for _ in range(20):
        size = next_size(size, besides + size * a_row, AIM, MOST)
    seconds = besides + size * a_row
    assert size == 1 or seconds <= 1.5 * AIM
    assert size == MOST or seconds >= 0.5 * AIM


def test_one_hiccup_is_soon_forgotten() -> None:
    size = next_size(1_000, 60.0, AIM, MOST)
    assert size == 250
    for _ in range(3):
        size = next_size(size, size * AIM / 1_000, AIM, MOST)
    assert size == 1_000
