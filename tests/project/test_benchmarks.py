"""What a benchmark accepts as done."""

from dataclasses import replace

import pytest

from benchmarks.fanout import fan_out
from benchmarks.places import place
from benchmarks.plan import ASKERS, OPEN_EVENTS, SEATS, Ask, Claim, Plan, make_plan, verify

Found = dict[tuple[int, int], Claim]

LIMITED = OPEN_EVENTS + 1


@pytest.fixture
def plan() -> Plan:
    return make_plan(2 * ASKERS)


@pytest.fixture
def found(plan: Plan) -> Found:
    """What a bot without a fault leaves behind."""
    claims: Found = {}
    taken = 0
    for ask in plan.asks:
        has_seat = plan.seats[ask.event_id - 1] is None or taken < SEATS
        taken += plan.seats[ask.event_id - 1] is not None
        place = 0 if has_seat else taken - SEATS
        claims[ask.event_id, ask.chat_id] = (
            Claim("seated", 0, 2) if has_seat else Claim("waiting", place, 0)
        )
    return claims


def of_limited(found: Found, state: str) -> tuple[int, int]:
    return next(key for key, claim in found.items() if key[0] == LIMITED and claim.state == state)


def test_everything_kept_as_asked_is_accepted(plan: Plan, found: Found) -> None:
    verify(plan, found)


def test_a_lost_sign_up_is_noticed(plan: Plan, found: Found) -> None:
    found.popitem()
    with pytest.raises(AssertionError, match="1 sign-ups are lost"):
        verify(plan, found)


def test_a_sign_up_nobody_asked_for_is_noticed(plan: Plan, found: Found) -> None:
    stranger = Ask(chat_id=1, event_id=1)
    found[stranger.event_id, stranger.chat_id] = Claim("seated", 0, 2)
    with pytest.raises(AssertionError, match="1 were never asked for"):
        verify(plan, found)


def test_a_seat_sold_twice_is_noticed(plan: Plan, found: Found) -> None:
    found[of_limited(found, "waiting")] = Claim("seated", 0, 2)
    with pytest.raises(AssertionError, match=f"event {LIMITED} has"):
        verify(plan, found)


def test_two_at_the_same_place_in_the_queue_are_noticed(plan: Plan, found: Found) -> None:
    key = of_limited(found, "waiting")
    found[key] = replace(found[key], place=2)
    with pytest.raises(AssertionError, match=f"the queue of event {LIMITED}"):
        verify(plan, found)


def test_a_missing_reminder_is_noticed(plan: Plan, found: Found) -> None:
    key = of_limited(found, "seated")
    found[key] = replace(found[key], reminders=1)
    with pytest.raises(AssertionError, match="a seated sign-up has 1 reminders"):
        verify(plan, found)


async def test_an_announcement_is_planned_to_everybody_while_people_sign_up() -> None:
    with place("sqlite") as where:
        taken = await fan_out(where, 3000, rate=50, calm=0.2)
    assert taken.rows == 3000
    assert len(taken.turns) >= 1
    assert taken.before.took
    assert taken.beside.took
