import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.pace import Pace

TINY = 1e-9


class Hands:
    """A monotonic clock that moves when somebody sleeps, and oversleeps as it is told."""

    def __init__(self, oversleeps: Sequence[float] = ()) -> None:
        self.at = 1000.0
        self._oversleeps = list(oversleeps)

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        extra = self._oversleeps.pop() if self._oversleeps else 0.0
        self.at += seconds + extra


async def _turns(pace: Pace, hands: Hands, many: int, pauses: Sequence[float] = ()) -> list[float]:
    taken = []
    for number in range(many):
        hands.at += pauses[number % len(pauses)] if pauses else 0.0
        assert await pace.turn()
        taken.append(hands.at)
    return taken


def _most_in_any(seconds: float, taken: list[float]) -> int:
    return max(sum(start <= other < start + seconds - TINY for other in taken) for start in taken)


async def test_thirty_a_second_are_evenly_spaced() -> None:
    hands = Hands()
    taken = await _turns(Pace(30, monotonic=hands, sleep=hands.sleep), hands, 100)
    gaps = [later - earlier for earlier, later in pairwise(taken)]
    assert min(gaps) == pytest.approx(1 / 30)
    assert max(gaps) == pytest.approx(1 / 30)


async def test_a_thousand_a_second_are_held_although_every_sleep_is_too_long() -> None:
    hands = Hands([0.0011] * 10_000)
    taken = await _turns(Pace(1000, monotonic=hands, sleep=hands.sleep), hands, 5001)
    assert taken[-1] - taken[0] == pytest.approx(5, rel=0.01)


async def test_twenty_a_minute_leaves_three_seconds_between() -> None:
    hands = Hands()
    taken = await _turns(Pace(20 / 60, monotonic=hands, sleep=hands.sleep), hands, 5)
    assert [round(at - taken[0], 6) for at in taken] == [0, 3, 6, 9, 12]


async def test_silence_is_not_saved_up() -> None:
    hands = Hands()
    pace = Pace(10, monotonic=hands, sleep=hands.sleep)
    await _turns(pace, hands, 3)
    hands.at += 3600
    taken = await _turns(pace, hands, 3)
    assert taken[2] - taken[0] == pytest.approx(0.2)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([1, 3, 7, 30, 49]),
    st.lists(st.floats(0, 0.5), max_size=100),
    st.lists(st.floats(0, 0.3), min_size=1, max_size=20),
)
def test_no_second_ever_has_more_than_the_pace(
    rate: int, oversleeps: list[float], pauses: list[float]
) -> None:
    hands = Hands(oversleeps)
    pace = Pace(rate, monotonic=hands, sleep=hands.sleep)
    taken = asyncio.run(_turns(pace, hands, 4 * rate, pauses))
    assert _most_in_any(1.0, taken) <= rate


async def test_while_the_account_is_halted_nobody_has_a_turn() -> None:
    hands = Hands()
    pace = Pace(10, monotonic=hands, sleep=hands.sleep)
    assert await pace.turn()
    pace.halt(30)
    assert not await pace.turn()
    assert pace.halted_for() == pytest.approx(30)
    hands.at += 30
    assert pace.halted_for() == 0
    assert await pace.turn()


async def test_a_halt_sends_away_those_who_wait_for_their_turn() -> None:
    hands = Hands()
    gate = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await gate.wait()
        await hands.sleep(seconds)

    pace = Pace(10, monotonic=hands, sleep=sleep)
    assert await pace.turn()
    waiting = [asyncio.create_task(pace.turn()) for _ in range(3)]
    await asyncio.sleep(0)
    pace.halt(0.05)
    gate.set()
    assert await asyncio.gather(*waiting) == [False, False, False]


async def test_a_shorter_halt_does_not_end_a_longer_one() -> None:
    hands = Hands()
    pace = Pace(10, monotonic=hands, sleep=hands.sleep)
    pace.halt(30)
    pace.halt(1)
    assert pace.halted_for() == pytest.approx(30)


def test_a_pace_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Pace(0)
