"""Who gets into a team, and when a proposed one has enough behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.teams.joining import SUPPORTERS, Entry, JoinMode, TeamState, enter, support

POINT = "/1/3/4/"


@pytest.mark.parametrize("mode", JoinMode)
@pytest.mark.parametrize("state", [each for each in TeamState if each is not TeamState.ACTIVE])
def test_a_team_that_is_no_team_yet_takes_nobody_in(state: TeamState, mode: JoinMode) -> None:
    assert enter(state, mode, POINT, POINT) is Entry.NOT_YET


@pytest.mark.parametrize(
    ("mode", "path", "entry"),
    [
        (JoinMode.OPEN, "", Entry.IN),
        (JoinMode.OPEN, "/1/2/", Entry.IN),
        (JoinMode.APPROVAL, POINT, Entry.ASKED),
        (JoinMode.APPROVAL, "", Entry.ASKED),
        (JoinMode.OWN, POINT, Entry.IN),
        (JoinMode.OWN, "/1/3/4/9/", Entry.IN),
        (JoinMode.OWN, "/1/3/", Entry.ELSEWHERE),
        (JoinMode.OWN, "/1/3/5/", Entry.ELSEWHERE),
        (JoinMode.OWN, "/1/3/41/", Entry.ELSEWHERE),
        (JoinMode.OWN, "", Entry.ELSEWHERE),
    ],
)
def test_a_team_takes_in_whom_its_way_in_names(mode: JoinMode, path: str, entry: Entry) -> None:
    assert enter(TeamState.ACTIVE, mode, POINT, path) is entry


@given(st.integers(min_value=0, max_value=50))
def test_three_supporters_are_enough_and_fewer_are_not(count: int) -> None:
    assert SUPPORTERS == 3
    assert support(count).complete is (count >= 3)
    assert support(count).count == count
