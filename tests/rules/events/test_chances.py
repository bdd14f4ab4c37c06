"""What a place in a queue is worth: fair to the past, and never better for who stands behind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.chances import Chance, Estimate, PastQueue, estimate

PAST = [PastQueue(45, 3), PastQueue(45, 4), PastQueue(40, 2), PastQueue(90, 8)]
ORDER = [Chance.LIKELY, Chance.UNSURE, Chance.UNLIKELY]


@pytest.mark.parametrize(
    ("place", "freed", "chance"),
    [
        (1, 0, Chance.LIKELY),
        (3, 0, Chance.LIKELY),
        (4, 0, Chance.UNSURE),
        (5, 0, Chance.UNLIKELY),
        (7, 0, Chance.UNLIKELY),
        (1, 3, Chance.UNSURE),
        (1, 9, Chance.UNLIKELY),
    ],
)
def test_a_place_is_held_against_past_queues(place: int, freed: int, chance: Chance) -> None:
    assert estimate(place, 45, freed, PAST) == Estimate(chance, 3)


def test_of_too_few_events_nothing_is_said() -> None:
    assert estimate(1, 45, 0, PAST[:2]) is None
    assert estimate(1, 45, 0, [*PAST[:2], PastQueue(0, 0)]) is None


past = st.lists(
    st.integers(1, 200).flatmap(
        lambda seats: st.builds(PastQueue, st.just(seats), st.integers(0, seats))
    ),
    min_size=3,
    max_size=12,
)


@given(st.integers(1, 60), st.integers(1, 200), st.integers(0, 20), past)
def test_nobody_behind_has_a_better_chance(
    place: int, seats: int, freed: int, queues: list[PastQueue]
) -> None:
    found = estimate(place, seats, freed, queues)
    behind = estimate(place + 1, seats, freed, queues)
    later = estimate(place, seats, freed + 1, queues)
    assert found is not None
    assert behind is not None
    assert later is not None
    assert ORDER.index(found.chance) <= ORDER.index(behind.chance)
    assert ORDER.index(found.chance) <= ORDER.index(later.chance)
    # More that came free in the past never makes it worse.
    freer = [PastQueue(each.seats, min(each.seats, each.freed + 1)) for each in queues]
    better = estimate(place, seats, freed, freer)
    assert better is not None
    assert ORDER.index(better.chance) <= ORDER.index(found.chance)
