"""Who sits where in a hall: parties side by side, groups in blocks, then by sign-up.

A party is kept in one row or at one table wherever the hall has room for all parties so; that is
looked for by their order first, then by their size, and last by a search of bounded length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from models.rules.events.halls import Hall, HallKind, Seat

STEPS = 20_000
"""Steps of the search; above, parties sit as they do by their size."""


@dataclass(frozen=True, slots=True)
class Sitters:
    """A party: its people by their numbers, and the ``block`` of its group, the first in front."""

    people: tuple[int, ...]
    block: int = 0


def place(
    hall: Hall, parties: Sequence[Sitters], sit: Mapping[int, Seat] | None = None
) -> dict[int, Seat]:
    """Return a seat for everybody who has none, in the order of ``parties``; those who sit stay.

    ``sit`` are the seats of those who have one. Where the seats don't suffice, who is behind gets
    none. People of a party that sits already come as near to it as they can.
    """
    taken = dict(sit or {})
    runs = _runs(hall, frozenset(taken.values()))
    found: dict[int, Seat] = {}
    for party in parties:
        theirs = [taken[each] for each in party.people if each in taken]
        for person in party.people if theirs else ():
            if person not in taken and (seat := _beside(theirs, runs)) is not None:
                found[person] = seat
                theirs.append(seat)
    waiting = [each for each in parties if not any(person in taken for person in each.people)]
    seats = sum(map(len, runs))
    there: list[Sitters] = []
    for each in waiting:
        people = each.people[: max(0, seats)]
        if people:
            there.append(Sitters(people, each.block))
            seats -= len(people)
    there.sort(key=lambda party: party.block)
    return found | _seated(hall, there, runs)


def _runs(hall: Hall, taken: frozenset[Seat]) -> list[list[Seat]]:
    """Free seats side by side, from the front: of a table all, for everybody there is near."""
    runs: list[list[Seat]] = []
    for seat in hall:
        if seat in taken:
            continue
        last = runs[-1][-1] if runs else None
        is_beside = last is not None and (
            last.unit == seat.unit
            and (hall.kind == HallKind.TABLES or last.number == seat.number - 1)
        )
        if is_beside:
            runs[-1].append(seat)
        else:
            runs.append([seat])
    return runs


def _beside(theirs: Sequence[Seat], runs: list[list[Seat]]) -> Seat | None:
    """Take the free seat that is nearest to these out of its run."""

    def distance(seat: Seat) -> tuple[int, int, Seat]:
        rows, columns = min(
            (abs(seat.unit - each.unit), abs(seat.number - each.number)) for each in theirs
        )
        return rows, columns, seat

    free = [seat for run in runs for seat in run]
    if not free:
        return None
    nearest = min(free, key=distance)
    at = next(index for index, run in enumerate(runs) if nearest in run)
    cut = runs[at].index(nearest)
    runs[at : at + 1] = [part for part in (runs[at][:cut], runs[at][cut + 1 :]) if part]
    return nearest


def _seated(hall: Hall, parties: Sequence[Sitters], runs: list[list[Seat]]) -> dict[int, Seat]:
    """Seat parties that have no seat yet; there are enough."""
    sizes = [len(each.people) for each in parties]
    rooms = [len(each) for each in runs]
    blocks = [each.block for each in parties]
    by_size = sorted(range(len(sizes)), key=lambda index: (-sizes[index], index))
    packed = _in_order(sizes, rooms, blocks)
    if None in packed:
        packed = _first_fit(sizes, rooms, by_size)
    if None in packed:
        packed = _searched(sizes, rooms, by_size) or packed
    found: dict[int, Seat] = {}
    left = [list(each) for each in runs]
    for index, run in enumerate(packed):
        if run is not None:
            for person in parties[index].people:
                found[person] = left[run].pop(0)
    for index in by_size:
        if packed[index] is None:
            found |= _torn(parties[index].people, left)
    return found


def _in_order(
    sizes: Sequence[int], rooms: Sequence[int], blocks: Sequence[int]
) -> list[int | None]:
    """Each party into the first run with room: a block begins where the one before it has ended."""
    left, packed = list(rooms), list[int | None]()
    begins, furthest, block = 0, 0, None
    for size, own in zip(sizes, blocks, strict=True):
        if own != block:
            begins, block = furthest, own
        order = (*range(begins, len(left)), *range(begins))
        run = next((each for each in order if left[each] >= size), None)
        if run is not None:
            left[run] -= size
            furthest = max(furthest, run)
        packed.append(run)
    return packed


def _first_fit(
    sizes: Sequence[int], rooms: Sequence[int], order: Sequence[int]
) -> list[int | None]:
    left, packed = list(rooms), list[int | None]([None] * len(sizes))
    for index in order:
        run = next((each for each, room in enumerate(left) if room >= sizes[index]), None)
        if run is not None:
            left[run] -= sizes[index]
            packed[index] = run
    return packed


def _searched(
    sizes: Sequence[int], rooms: Sequence[int], by_size: Sequence[int]
) -> list[int | None] | None:
    """Look for room for every party whole; None where there is none, or it takes too long.

    Who comes alone fits anywhere, so only the others are looked for.
    """
    many = [index for index in by_size if sizes[index] > 1]
    steps = 0

    @cache
    def fits(at: int, left: tuple[int, ...]) -> tuple[int, ...] | None:
        """The room of the run that each party from ``at`` on takes; ``left`` is sorted."""
        nonlocal steps
        steps += 1
        if at == len(many):
            return ()
        if steps > STEPS:
            return None
        size = sizes[many[at]]
        for room in sorted({each for each in left if each >= size}):
            rest = list(left)
            rest.remove(room)
            rest.append(room - size)
            if (others := fits(at + 1, tuple(sorted(rest)))) is not None:
                return room, *others
        return None

    if len(many) > MOST_PARTIES or (taken := fits(0, tuple(sorted(rooms)))) is None:
        return None
    left, packed = list(rooms), list[int | None]([None] * len(sizes))
    for index, room in zip(many, taken, strict=True):
        packed[index] = left.index(room)
        left[left.index(room)] -= sizes[index]
    for index in by_size:
        if sizes[index] == 1:
            run = next(each for each, room in enumerate(left) if room)
            packed[index] = run
            left[run] -= 1
    return packed


MOST_PARTIES = 300
"""So many parties are looked for; the search goes as deep as they are many."""


def _torn(people: Sequence[int], left: list[list[Seat]]) -> dict[int, Seat]:
    """Seat people who can't sit side by side: in one row if it has room, else in few."""
    units: dict[int, list[Seat]] = {}
    for run in left:
        for seat in run:
            units.setdefault(seat.unit, []).append(seat)
    roomy = [seats for seats in units.values() if len(seats) >= len(people)]
    if roomy:
        chosen = min(roomy, key=len)[: len(people)]
    else:
        by_room = sorted(units.values(), key=lambda seats: (-len(seats), seats[0]))
        chosen = [seat for seats in by_room for seat in seats][: len(people)]
    for run in left:
        run[:] = [seat for seat in run if seat not in chosen]
    return dict(zip(people, chosen, strict=True))
