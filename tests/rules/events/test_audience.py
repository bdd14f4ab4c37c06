"""Whom an event admits: anybody, or who belongs to any part of its audience."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.audience import admits, from_column, part_of, parts_of, to_column
from models.rules.network.audience import Audience

some = st.lists(st.integers(1, 9), max_size=3, unique=True).map(tuple)
audiences = st.builds(Audience, stations=some, enterprises=some, teams=some)
paths = st.lists(st.integers(1, 9), max_size=4, unique=True).map(
    lambda steps: "".join(f"/{step}" for step in steps) + "/" if steps else ""
)
employers = st.none() | st.integers(1, 9)
teams = st.frozensets(st.integers(1, 9), max_size=4)


@pytest.mark.parametrize(
    ("audience", "path", "enterprise", "teams", "expected"),
    [
        (Audience(), "", None, (), True),
        (Audience(stations=(3,)), "/1/3/", None, (), True),
        (Audience(stations=(3,)), "/1/3/4/", None, (), True),
        (Audience(stations=(4,)), "/1/3/", None, (), False),
        (Audience(stations=(3,)), "/1/33/", None, (), False),
        (Audience(stations=(3,)), "", None, (), False),
        (Audience(enterprises=(7,)), "/1/3/4/", 7, (), True),
        (Audience(enterprises=(7,)), "/1/3/4/", None, (), False),
        (Audience(teams=(17, 18)), "", None, (18,), True),
        (Audience(teams=(17,)), "/1/17/", 17, (1,), False),
        # Several at once: whoever belongs to one of them.
        (Audience(stations=(4,), teams=(17,)), "/1/3/4/", None, (), True),
        (Audience(stations=(4,), teams=(17,)), "/1/2/", None, (17,), True),
        (Audience(stations=(4, 5)), "/1/3/5/", None, (), True),
        (Audience(stations=(4,), teams=(17,)), "/1/2/", 4, (4,), False),
    ],
)
def test_an_event_admits_whoever_belongs_to_a_part_of_its_audience(
    audience: Audience,
    path: str,
    enterprise: int | None,
    teams: tuple[int, ...],
    expected: bool,
) -> None:
    assert admits(to_column(audience), parts_of(path, enterprise, teams)) is expected


@given(paths, employers, teams)
def test_without_an_audience_it_admits_everybody(
    path: str, enterprise: int | None, teams: frozenset[int]
) -> None:
    assert admits("", parts_of(path, enterprise, teams))


@given(audiences, audiences, paths, employers, teams)
def test_a_wider_audience_shuts_nobody_out(
    one: Audience, other: Audience, path: str, enterprise: int | None, teams: frozenset[int]
) -> None:
    named = [each for each in (one, other) if each]
    both = from_column(to_column(one) + to_column(other))
    parts = parts_of(path, enterprise, teams)
    expected = not named or any(admits(to_column(each), parts) for each in named)
    assert admits(to_column(both), parts) is expected


@given(audiences)
def test_a_column_holds_the_whole_audience(audience: Audience) -> None:
    assert from_column(to_column(audience)) == audience


@given(st.text(max_size=40))
def test_any_text_is_read_as_an_audience(text: str) -> None:
    assert from_column(to_column(from_column(text))) == from_column(text)
    read = part_of(text)
    assert read is None or to_column(Audience().toggled(*read)) == f"/{text}/"
