"""A small year: all that must hold after the large one."""

import pytest

from tests.year.run import play
from tests.year.volumes import SMALL

SEED = 35


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_year_leaves_nothing_wrong(kind: str, request: pytest.FixtureRequest) -> None:
    played = await play(request.getfixturevalue(f"{kind}_url"), SMALL, SEED)
    assert played.wrong == []
    number = {each.what: each.number for each in played.found}
    assert number["messages that came by themselves"] > 1000
    # A rule that was held against nothing has not been held against anything.
    are_none = {"messages in somebody's quiet hours", "acts that failed"}
    assert {what for what, many in number.items() if not many} <= are_none
    assert number["contests"] == 2
    assert number["members that were erased"] == SMALL.erased
