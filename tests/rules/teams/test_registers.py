"""The letters and the form of register numbers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.languages import Translated
from models.rules.teams import registers


@pytest.mark.parametrize(
    ("name", "name_en", "letters"),
    [
        ("南海区", "Nanhai", "NH"),
        ("顺德区", "Shunde", "SD"),
        ("三水", "", "SS"),
        ("区", "District", "Q"),
        ("", "Chancheng", "CH"),
        ("?", "", "D"),
    ],
)
def test_a_district_is_its_initials(name: str, name_en: str, letters: str) -> None:
    assert registers.prefix(Translated(name, {"en": name_en})) == letters


@given(st.lists(st.sampled_from(["南海区", "宁河区", "内黄县", "顺德区"]), max_size=12))
def test_no_two_districts_share_their_letters(names: list[str]) -> None:
    taken: list[str] = []
    for name in names:
        taken.append(registers.prefix(Translated(name), taken))
    assert len(set(taken)) == len(taken)
    assert all(re.fullmatch(r"[A-Z]+\d*", each) for each in taken)


@given(st.integers(1, 5000), st.integers(2026, 2100))
def test_a_number_tells_district_year_and_place_in_line(nth: int, year: int) -> None:
    said = registers.number("NH", year, nth)
    assert said.split("-")[:2] == ["NH", str(year)]
    assert int(said.split("-")[2]) == nth
    assert len(said.split("-")[2]) >= 3
