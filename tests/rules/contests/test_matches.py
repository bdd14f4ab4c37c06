"""Rounds, brackets and tables, for any number of sides."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.rules.contests import matches
from models.rules.contests.matches import MOST_SIDES, Played, Points, Stage

SIDES = st.integers(2, MOST_SIDES)


@given(SIDES)
def test_everybody_meets_everybody_once_and_nobody_twice_in_a_round(sides: int) -> None:
    rounds = matches.rounds_of(sides)
    pairs = [frozenset(pair) for each in rounds for pair in each]
    assert sorted(map(sorted, pairs)) == [list(pair) for pair in combinations(range(sides), 2)]
    assert len(rounds) == sides - 1 + sides % 2
    for each in rounds:
        playing = [side for pair in each for side in pair]
        assert len(set(playing)) == len(playing) == sides - sides % 2
    for side in range(sides):
        at_home = sum(pair[0] == side for each in rounds for pair in each)
        assert abs(2 * at_home - (sides - 1)) <= 2


@given(SIDES)
def test_a_knock_out_keeps_its_seeds_apart_and_leaves_one(sides: int) -> None:
    slots = matches.slots_of(sides)
    assert sorted(each for each in slots if each is not None) == list(range(sides))
    assert len(slots) == 2 ** matches.cup_rounds(sides)
    pairs = list(zip(slots[::2], slots[1::2], strict=True))
    resting = [min(s for s in pair if s is not None) for pair in pairs if None in pair]
    assert sorted(resting) == list(range(len(slots) - sides))
    # Where the better seed always wins, a round leaves the better half of the seeds.
    left: list[int] = [side if side is not None else sides for side in slots]
    while len(left) > 1:
        left = [min(pair) for pair in zip(left[::2], left[1::2], strict=True)]
        assert sorted(left) == list(range(len(left)))


@st.composite
def _seasons(draw: st.DrawFn) -> tuple[list[int], list[Played]]:
    sides = draw(st.integers(2, 8))
    order = draw(st.permutations(range(sides)))
    score = st.integers(0, 3)
    played = [
        Played(home, away, draw(score), draw(score))
        for each in matches.rounds_of(sides)
        for home, away in each
        if draw(st.booleans())
    ]
    return list(order), played


@given(_seasons())
def test_a_table_adds_up(season: tuple[list[int], list[Played]]) -> None:
    order, played = season
    table = matches.table_of(order, played, Points())
    assert sorted(row.side for row in table) == sorted(order)
    assert sum(row.difference for row in table) == 0
    assert sum(row.won for row in table) == sum(row.lost for row in table)
    assert sum(row.played for row in table) == 2 * len(played)
    for above, below in pairwise(table):
        assert (above.points, above.difference) >= (below.points, below.difference)
    assert matches.table_of(order, reversed(played), Points()) == table


def test_equals_are_told_apart_by_their_own_match_and_then_by_the_draw() -> None:
    # 1 and 2 have three points and no difference; 2 won against 1.
    one = [Played(2, 1, 1, 0), Played(1, 0, 2, 1), Played(3, 2, 1, 0)]
    assert [row.side for row in matches.table_of([1, 0, 2, 3], one, Points())] == [3, 2, 1, 0]
    # All three beat each other in a circle.
    circle = [Played(0, 1, 1, 0), Played(1, 2, 1, 0), Played(2, 0, 1, 0)]
    assert [row.side for row in matches.table_of([2, 0, 1], circle, Points())] == [2, 0, 1]


def test_a_score_is_read_as_people_write_it() -> None:
    for words in ("3:1", "3：1", "３比１", "3 - 1", "赢了，3 比 1"):
        assert matches.read_score(words) == (3, 1)
    for words in ("3", "三比一", "1:2:3", "2020:1"):
        assert matches.read_score(words) is None


def test_only_a_table_knows_a_draw() -> None:
    assert matches.is_score(2, 2, Stage.TABLE)
    assert not matches.is_score(2, 2, Stage.CUP)
    assert not matches.is_score(-1, 2, Stage.TABLE)
