"""Each entry has its judges or a reason, loads are even, and nobody judges with a conflict."""

from collections import Counter
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.contests import assigning
from models.rules.contests.assigning import Conflict, Pair, Short, Ties


@st.composite
def tasks(draw: st.DrawFn) -> tuple[list[str], list[str], set[Pair], int]:
    entries = [f"E{n:02}" for n in range(draw(st.integers(0, 14)))]
    judges = [f"J{n}" for n in range(draw(st.integers(0, 6)))]
    pairs = [(entry, judge) for entry in entries for judge in judges]
    conflicts = draw(st.sets(st.sampled_from(pairs), max_size=len(pairs))) if pairs else set()
    return entries, judges, conflicts, draw(st.integers(1, 4))


def loads_of(found: assigning.Assignment, judges: list[str]) -> dict[str, int]:
    loads = Counter(judge for given in found.judges.values() for judge in given)
    return {judge: loads[judge] for judge in judges}


@given(tasks())
def test_each_entry_has_its_judges_or_is_named_and_nobody_has_a_conflict(
    task: tuple[list[str], list[str], set[Pair], int],
) -> None:
    entries, judges, conflicts, per_entry = task
    found = assigning.assign(entries, judges, conflicts, per_entry, "seed")
    assert sorted(found.judges) == entries
    for entry, chosen in found.judges.items():
        able = [each for each in judges if (entry, each) not in conflicts]
        assert len(set(chosen)) == len(chosen) == min(per_entry, len(able))
        assert set(chosen) <= set(able)
    assert found.short == tuple(
        Short(entry, len(found.judges[entry]))
        for entry in entries
        if len(found.judges[entry]) < per_entry
    )


@given(tasks())
def test_no_move_along_any_chain_makes_loads_more_even(
    task: tuple[list[str], list[str], set[Pair], int],
) -> None:
    """Where nobody can be reached from somebody with two more, no assignment is more even."""
    entries, judges, conflicts, per_entry = task
    found = assigning.assign(entries, judges, conflicts, per_entry, "seed")
    loads = loads_of(found, judges)
    moves = {
        (one, other)
        for entry, given in found.judges.items()
        for one in given
        for other in judges
        if other not in given and (entry, other) not in conflicts
    }
    for start in judges:
        reached, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            further = {other for one, other in moves if one == here} - reached
            reached |= further
            waiting += further
        assert all(loads[start] - loads[other] <= 1 for other in reached)


@given(st.integers(0, 40), st.integers(1, 8), st.integers(1, 4))
def test_without_conflicts_loads_differ_by_at_most_one(
    entries: int, judges: int, per_entry: int
) -> None:
    able = [f"J{n}" for n in range(judges)]
    found = assigning.assign([f"E{n}" for n in range(entries)], able, (), per_entry, "seed")
    loads = loads_of(found, able).values()
    assert max(loads) - min(loads) <= 1


@given(tasks(), st.randoms(use_true_random=False))
def test_the_assignment_follows_from_the_codes_alone(
    task: tuple[list[str], list[str], set[Pair], int], shuffle: Random
) -> None:
    entries, judges, conflicts, per_entry = task
    seed = assigning.seed_of(entries, judges)
    before = assigning.assign(entries, judges, conflicts, per_entry, seed)
    shuffle.shuffle(entries)
    shuffle.shuffle(judges)
    assert assigning.seed_of(entries, judges) == seed
    assert assigning.assign(entries, judges, conflicts, per_entry, seed) == before


@given(tasks(), st.data())
def test_who_drops_out_is_replaced_and_nobody_else_moves(
    task: tuple[list[str], list[str], set[Pair], int], data: st.DataObject
) -> None:
    entries, judges, conflicts, per_entry = task
    before = assigning.assign(entries, judges, conflicts, per_entry, "seed")
    if not judges:
        return
    gone = data.draw(st.sampled_from(judges))
    kept = {
        (entry, judge) for entry, given in before.judges.items() for judge in given if judge != gone
    }
    left = [each for each in judges if each != gone]
    after = assigning.assign(entries, left, conflicts, per_entry, "seed/1", kept)
    for entry, chosen in after.judges.items():
        assert gone not in chosen
        assert {judge for one, judge in kept if one == entry} <= set(chosen)
        able = [each for each in left if (entry, each) not in conflicts]
        assert len(chosen) == min(per_entry, len(able))


def test_a_thousand_entries_are_assigned_within_a_second() -> None:
    chance = Random(13)
    entries, judges = [f"E{n:04}" for n in range(1000)], [f"J{n:02}" for n in range(20)]
    company = {each: chance.randrange(42) for each in (*entries, *judges)}
    conflicts = {(e, j) for e in entries for j in judges if company[e] == company[j]}
    seed = assigning.seed_of(entries, judges)
    began = process_time()
    found = assigning.assign(entries, judges, conflicts, 3, seed)
    assert process_time() - began < 1
    assert set(loads_of(found, judges).values()) == {150}
    assert found.short == ()


@pytest.mark.parametrize(
    ("people", "companies", "declared", "found"),
    [
        ({1}, {7}, False, Conflict.OWN),
        ({2}, {7}, False, Conflict.COMPANY),
        ({2}, {8}, True, Conflict.DECLARED),
        ({2}, {8}, False, None),
        (set(), set(), False, None),
    ],
)
def test_conflicts_have_a_name(
    people: set[int], companies: set[int], declared: bool, found: Conflict | None
) -> None:
    judge = Ties(frozenset({1}), frozenset({7}))
    entry = Ties(frozenset(people), frozenset(companies))
    assert assigning.conflict(entry, judge, declared=declared) is found
