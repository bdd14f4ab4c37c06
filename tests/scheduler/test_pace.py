import asyncio
import pickle
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.rates import Limits, RecentSends
from models.rules.sending.paces import BEHIND
from scheduler.pace import SOON, Pace, Rank

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
        # Who was just given a turn takes it before time passes.
        await asyncio.sleep(0)
        self.at += seconds + extra


async def _turns(pace: Pace, hands: Hands, many: int, pauses: Sequence[float] = ()) -> list[float]:
    taken = []
    for number in range(many):
        hands.at += pauses[number % len(pauses)] if pauses else 0.0
        assert await pace.turn() == 0
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
    assert await pace.turn() == 0
    pace.halt(30)
    assert await pace.turn() == pytest.approx(30)
    assert pace.halted_for() == pytest.approx(30)
    hands.at += 30
    assert pace.halted_for() == 0
    assert await pace.turn() == 0


async def test_a_halt_sends_away_those_who_wait_for_their_turn() -> None:
    hands = Hands()
    gate = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await gate.wait()
        await hands.sleep(seconds)

    pace = Pace(10, monotonic=hands, sleep=sleep)
    assert await pace.turn() == 0
    waiting = [asyncio.create_task(pace.turn()) for _ in range(3)]
    await asyncio.sleep(0)
    pace.halt(0.05)
    gate.set()
    assert await asyncio.gather(*waiting) == [pytest.approx(0.05)] * 3


async def test_a_shorter_halt_does_not_end_a_longer_one() -> None:
    hands = Hands()
    pace = Pace(10, monotonic=hands, sleep=hands.sleep)
    pace.halt(30)
    pace.halt(1)
    assert pace.halted_for() == pytest.approx(30)


def test_a_pace_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Pace(0)


# Who goes first


async def _line(pace: Pace, hands: Hands, ranks: Sequence[Rank]) -> list[tuple[Rank, float]]:
    """All of them ask at once; in which order, and when, they had their turns."""
    taken: list[tuple[Rank, float]] = []

    async def ask(rank: Rank) -> None:
        assert await pace.turn(rank) == 0
        taken.append((rank, hands.at))

    async with asyncio.TaskGroup() as group:
        for rank in ranks:
            group.create_task(ask(rank))
    return taken


async def test_notices_go_before_announcements_that_stood_in_the_line_already() -> None:
    hands = Hands()
    pace = Pace(10, monotonic=hands, sleep=hands.sleep)
    taken = await _line(pace, hands, [Rank.ANNOUNCEMENT] * 5 + [Rank.NOTICE] * 5)
    assert [rank for rank, _ in taken] == [Rank.NOTICE] * 5 + [Rank.ANNOUNCEMENT] * 5


async def test_announcements_leave_a_fifth_of_the_pace_free() -> None:
    hands = Hands()
    pace = Pace(30, monotonic=hands, sleep=hands.sleep)
    taken = [at for _, at in await _line(pace, hands, [Rank.ANNOUNCEMENT] * 200)]
    assert _most_in_any(1.0, taken) == 30 * BEHIND
    gaps = [later - earlier for earlier, later in pairwise(taken)]
    assert min(gaps) == pytest.approx(1 / 24)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([1, 5, 30]),
    st.lists(st.sampled_from(Rank), min_size=1, max_size=80),
    st.lists(st.integers(0, 3), min_size=1, max_size=30),
    st.lists(st.floats(0, 0.3), max_size=80),
)
def test_no_turn_is_given_in_a_second_that_answers_and_turns_have_filled(
    rate: int, ranks: list[Rank], answers: list[int], oversleeps: list[float]
) -> None:
    hands = Hands(oversleeps)
    recent_sends = RecentSends(monotonic=hands)
    pace = Pace(rate, recent_sends=recent_sends, monotonic=hands, sleep=hands.sleep)

    async def story() -> None:
        said: list[float] = []
        for number, rank in enumerate(ranks):
            for _ in range(answers[number % len(answers)]):
                recent_sends.record_answer("somebody")
                said.append(hands.at)
            assert await pace.turn(rank) == 0
            said.append(hands.at)
            assert sum(at > hands.at - 1 + TINY for at in said) <= rate

    asyncio.run(story())


async def test_answers_take_turns_away_from_notices_and_wait_for_nobody() -> None:
    hands = Hands()
    recent_sends = RecentSends(monotonic=hands)
    pace = Pace(10, recent_sends=recent_sends, monotonic=hands, sleep=hands.sleep)
    recent_sends.record_answer("ana", 25)
    began = hands.at
    assert await pace.turn() == 0
    assert hands.at - began >= 1


async def test_where_others_answer_their_part_of_the_pace_is_left_free() -> None:
    hands = Hands()
    pace = Pace(10, elsewhere=True, monotonic=hands, sleep=hands.sleep)
    taken = await _turns(pace, hands, 40)
    assert _most_in_any(1.0, taken) == 8


# One chat


def _chatty(hands: Hands, limits: Sequence[tuple[int, float]]) -> tuple[Pace, RecentSends]:
    recent_sends = RecentSends(lambda to: limits, monotonic=hands)
    return Pace(100, recent_sends=recent_sends, monotonic=hands, sleep=hands.sleep), recent_sends


async def test_one_chat_hears_one_message_a_second_and_the_others_do_not_wait() -> None:
    hands = Hands()
    pace, _recent_sends = _chatty(hands, [(1, 1.0)])
    began = hands.at
    assert await pace.turn(to="ana") == 0
    assert await pace.turn(to="ben") == 0
    assert hands.at - began < 0.1
    assert await pace.turn(to="ana") == 0
    assert hands.at - began >= 1


async def test_two_for_one_chat_that_ask_together_are_a_second_apart() -> None:
    hands = Hands()
    pace, _recent_sends = _chatty(hands, [(1, 1.0)])
    times: list[float] = []

    async def ask() -> None:
        assert await pace.turn(to="ana") == 0
        times.append(hands.at)

    await asyncio.gather(ask(), ask(), ask())
    assert all(later - earlier > 1 - TINY for earlier, later in pairwise(times))


async def test_a_group_that_heard_twenty_in_a_minute_is_left_for_later() -> None:
    hands = Hands()
    pace, _recent_sends = _chatty(hands, [(20, 60.0)])
    for _ in range(20):
        assert await pace.turn(to="-100") == 0
    wait = await pace.turn(to="-100")
    assert SOON < wait <= 60
    hands.at += wait
    assert await pace.turn(to="-100") == 0


async def test_an_answer_counts_as_what_the_chat_has_heard() -> None:
    hands = Hands()
    pace, recent_sends = _chatty(hands, [(1, 1.0)])
    recent_sends.record_answer("ana")
    began = hands.at
    assert await pace.turn(to="ana") == 0
    assert hands.at - began >= 1


async def test_a_chat_that_was_to_be_silent_is_left_for_later_alone() -> None:
    hands = Hands()
    pace, _recent_sends = _chatty(hands, [(1, 1.0)])
    pace.silence("ana", 30)
    assert await pace.turn(to="ana") == pytest.approx(30)
    assert await pace.turn(to="ben") == 0
    hands.at += 30
    assert await pace.turn(to="ana") == 0


@pytest.mark.parametrize("waits", [Pace.until_free, lambda pace, to: pace.turn(to=to)])
async def test_a_chat_that_is_answered_all_the_time_is_left_for_later(
    waits: Callable[[Pace, str], Awaitable[float]],
) -> None:
    hands = Hands()
    recent_sends = RecentSends(once_a_second, monotonic=hands)

    async def sleep(seconds: float) -> None:
        await hands.sleep(seconds)
        recent_sends.record_answer("ana")

    pace = Pace(100, recent_sends=recent_sends, monotonic=hands, sleep=sleep)
    recent_sends.record_answer("ana")
    began = hands.at
    assert 0 < await waits(pace, "ana") <= 1
    assert hands.at - began <= SOON
    hands.at += 1
    assert await waits(pace, "ana") == 0


def once_a_second(to: str) -> Limits:
    return [(1, 1.0)]


def test_the_memory_of_what_was_sent_is_bounded() -> None:
    hands = Hands()
    recent_sends = RecentSends(once_a_second, monotonic=hands)
    for number in range(10_000):
        hands.at += 0.01
        recent_sends.record_answer(f"chat {number}")
        recent_sends.answers_within(1.0)
    assert len(pickle.dumps(recent_sends)) < 20_000
