"""Six digits for everybody in line."""

from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.codes import code_of, secret_of_place, turn_of

KEY = b"k" * 32


def test_no_two_people_at_an_event_have_the_same_code() -> None:
    codes = {code_of(KEY, 12, turn) for turn in range(1, 20_001)}
    assert len(codes) == 20_000
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


@given(st.integers(1, 999_999), st.integers(1, 10_000), st.binary(min_size=16, max_size=32))
def test_a_code_leads_back_to_whoever_has_it(turn: int, event_id: int, key: bytes) -> None:
    assert turn_of(key, event_id, code_of(key, event_id, turn)) == turn


def test_codes_of_neighbours_have_nothing_in_common_to_be_guessed_from() -> None:
    steps = {
        (int(code_of(KEY, 12, turn + 1)) - int(code_of(KEY, 12, turn))) % 1_000_000
        for turn in range(1, 500)
    }
    assert len(steps) > 490


def test_codes_are_others_at_another_event_and_with_another_key() -> None:
    ours = [code_of(KEY, 12, turn) for turn in range(1, 50)]
    assert ours != [code_of(KEY, 13, turn) for turn in range(1, 50)]
    assert ours != [code_of(b"q" * 32, 12, turn) for turn in range(1, 50)]


def test_the_secret_of_a_place_fits_into_a_link_and_is_of_one_event_only() -> None:
    assert secret_of_place(KEY, 12) != secret_of_place(KEY, 13)
    assert len(f"k999999999-{secret_of_place(KEY, 12)}") <= 64
