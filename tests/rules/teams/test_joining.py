"""Who gets into a team, and when a proposed one has enough behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.teams.joining import (
    SUPPORTERS,
    JoinMode,
    JoinOutcome,
    TeamState,
    decide_join,
    support,
)

POINT = "/1/3/4/"


@pytest.mark.parametrize("mode", JoinMode)
@pytest.mark.parametrize("state", [each for each in TeamState if each is not TeamState.ACTIVE])
def test_a_team_that_is_no_team_yet_takes_nobody_in(state: TeamState, mode: JoinMode) -> None:
    assert decide_join(state, mode, POINT, POINT) is JoinOutcome.NOT_YET


@pytest.mark.parametrize(
    ("mode", "path", "entry"),
    [
        (JoinMode.OPEN, "", JoinOutcome.IN),
        (JoinMode.OPEN, "/1/2/", JoinOutcome.IN),
        (JoinMode.APPROVAL, POINT, JoinOutcome.ASKED),
        (JoinMode.APPROVAL, "", JoinOutcome.ASKED),
        (JoinMode.OWN, POINT, JoinOutcome.IN),
        (JoinMode.OWN, "/1/3/4/9/", JoinOutcome.IN),
        (JoinMode.OWN, "/1/3/", JoinOutcome.ELSEWHERE),
        (JoinMode.OWN, "/1/3/5/", JoinOutcome.ELSEWHERE),
        (JoinMode.OWN, "/1/3/41/", JoinOutcome.ELSEWHERE),
        (JoinMode.OWN, "", JoinOutcome.ELSEWHERE),
    ],
)
def test_a_team_takes_in_whom_its_way_in_names(
    mode: JoinMode, path: str, entry: JoinOutcome
) -> None:
    assert decide_join(TeamState.ACTIVE, mode, POINT, path) is entry


@given(st.integers(min_value=0, max_value=50))
def test_three_supporters_are_enough_and_fewer_are_not(count: int) -> None:
    assert SUPPORTERS == 3
    assert support(count).complete is (count >= 3)
    assert support(count).count == count
