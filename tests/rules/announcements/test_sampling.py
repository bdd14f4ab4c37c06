"""By how much a sample may be wrong, and which digits are left of what it says."""

from hypothesis import given
from hypothesis import strategies as st

from models.rules.announcements.sampling import margin, rounded


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(2, 1000))
def test_a_margin_is_never_nothing_and_grows_with_the_step(
    found: int, others: int, step: int
) -> None:
    asked = found + others + 1
    assert 0 < margin(found, asked, step) <= margin(found, asked, step + 1)
    assert margin(found, asked, 1) == margin(0, 0, step) == 0


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_rounding_changes_less_than_the_margin(number: int, to: int) -> None:
    assert abs(rounded(number, to) - number) <= to


def test_digits_that_say_nothing_are_left_out() -> None:
    assert [rounded(820322, to) for to in (0, 7, 42, 7714, 99_999)] == [
        820322,
        820322,
        820320,
        820000,
        820000,
    ]
