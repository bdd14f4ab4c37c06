"""A hall read out of words, and who sits where in it."""

from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.events.halls import Hall, HallKind, Seat, Unread, Why, read, together
from models.rules.events.sitting import Sitters, place

ROWS, TABLES = HallKind.ROWS, HallKind.TABLES


@pytest.mark.parametrize(
    ("words", "kind", "sizes", "kept"),
    [
        ("10排×20座", ROWS, (20,) * 10, 0),
        ("十排，每排二十座", ROWS, (20,) * 10, 0),
        ("10排×20座；1-3排 18座，其余 20座；前两排留给嘉宾", ROWS, (18,) * 3 + (20,) * 7, 36),
        ("1-3排18座，4-6排20座", ROWS, (18,) * 3 + (20,) * 3, 0),
        ("第3排18座，共5排，其余20座", ROWS, (20, 20, 18, 20, 20), 0),
        ("1排8座，2排9座，3排9座", ROWS, (8, 9, 9), 0),
        ("1排8座，其余9座，共3排", ROWS, (8, 9, 9), 0),
        ("5排x8座，第1排1-6座留给嘉宾，后1排留空", ROWS, (8,) * 5, 14),
        ("5排x8座，1、2排留给嘉宾", ROWS, (8,) * 5, 16),
        ("12 桌 × 10 人", TABLES, (10,) * 12, 0),
        ("12桌，每桌10人，1桌留给嘉宾", TABLES, (10,) * 12, 10),
        ("10 rows of 20, front 2 rows for guests", ROWS, (20,) * 10, 40),
        ("12 tables of 10, keep table 1", TABLES, (10,) * 12, 10),
        ("2 rows of 4, front row for guests", ROWS, (4,) * 2, 4),
        ("There are ten rows with twenty seats each, the last two rows free", ROWS, (20,) * 10, 40),
        ("front two rows for VIPs, 10 rows by 20", ROWS, (20,) * 10, 40),
        ("10 rows, 20 seats in each, row 1 for the jury", ROWS, (20,) * 10, 20),
        ("10 rows of 20, seats 1-4 of row 2 reserved, hold row 3", ROWS, (20,) * 10, 24),
        (
            "10 rows of 20, rows 1-3 have 18, leave the last row empty",
            ROWS,
            (18,) * 3 + (20,) * 7,
            20,
        ),
        ("8 round tables, 10 people at each table", TABLES, (10,) * 8, 0),
        ("12 tables for ten, table one for guests", TABLES, (10,) * 12, 10),
    ],
)
def test_a_hall_is_read_out_of_a_line(
    words: str, kind: HallKind, sizes: tuple[int, ...], kept: int
) -> None:
    hall = read(words)
    assert isinstance(hall, Hall)
    assert (hall.kind, hall.sizes, len(hall.kept)) == (kind, sizes, kept)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("随便坐", Why.WORDS),
        ("20座", Why.WORDS),
        ("10排×20座，3桌×8人", Why.WORDS),
        ("1-3排 18座，其余 20座", Why.HOW_MANY),
        ("1排 18座，其余 20座", Why.HOW_MANY),
        ("0排×5座", Why.HOW_MANY),
        ("10排", Why.SIZE),
        ("10排，1-3排18座", Why.SIZE),
        ("10排×0座", Why.SIZE),
        ("10排×20座，第12排留给嘉宾", Why.NO_SUCH),
        ("10排×20座，1排30座留给嘉宾", Why.NO_SUCH),
        ("900排×9座", Why.TOO_LARGE),
        ("3排×4座，前三排留给嘉宾", Why.ALL_KEPT),
        ("", Why.WORDS),
    ],
)
def test_words_that_tell_no_hall_are_told_why(words: str, why: Why) -> None:
    hall = read(words)
    assert isinstance(hall, Unread)
    assert hall.why == why


@given(st.text("前后第一二十排桌座人留给嘉宾0123456789x-，；、每其余rows of", max_size=24))
@settings(max_examples=300)
def test_any_words_are_read_or_refused(words: str) -> None:
    hall = read(words)
    assert isinstance(hall, Unread) or len(list(hall)) == len(hall) > 0


def test_seats_side_by_side_are_told_as_a_range() -> None:
    seats = [Seat(5, 12), Seat(5, 14), Seat(5, 13), Seat(6, 1), Seat(5, 17)]
    assert together(seats) == [(5, ["12–14", "17"]), (6, ["1"])]


# Who sits where


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Hall, list[Sitters]]:
    """A small hall with some seats kept, and parties of it, more of them than fit as well."""
    sizes = tuple(draw(st.lists(st.integers(1, 6), min_size=1, max_size=4)))
    kind = draw(st.sampled_from(HallKind))
    every = list(Hall(kind, sizes))
    kept = frozenset(draw(st.lists(st.sampled_from(every), max_size=3)))
    counts = draw(st.lists(st.integers(1, 4), max_size=8))
    parties, number = [], 0
    for count in counts:
        people = tuple(range(number, number + count))
        parties.append(Sitters(people, draw(st.integers(0, 2))))
        number += count
    return Hall(kind, sizes, kept), parties


def _is_together(hall: Hall, seats: list[Seat]) -> bool:
    one = {each.unit for each in seats}
    numbers = sorted(each.number for each in seats)
    side_by_side = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return len(one) == 1 and (hall.kind is TABLES or side_by_side)


def _rooms(hall: Hall) -> tuple[int, ...]:
    """How many seats lie side by side, worked out apart from the rule."""
    rooms = []
    for unit in range(1, len(hall.sizes) + 1):
        line = "".join("x" if each in hall.kept else "." for each in hall.of_unit(unit))
        if hall.kind is TABLES:
            rooms.append(line.count("."))
        else:
            rooms += [len(each) for each in line.split("x")]
    return tuple(sorted(filter(None, rooms)))


@cache
def _can_all_be_whole(sizes: tuple[int, ...], rooms: tuple[int, ...]) -> bool:
    if not sizes:
        return True
    return any(
        _can_all_be_whole(
            sizes[1:], tuple(sorted((*rooms[:at], room - sizes[0], *rooms[at + 1 :])))
        )
        for at, room in enumerate(rooms)
        if room >= sizes[0]
    )


@given(scenes())
@settings(max_examples=400)
def test_everybody_has_one_seat_and_no_party_is_torn_that_need_not_be(
    scene: tuple[Hall, list[Sitters]],
) -> None:
    hall, parties = scene
    people = [person for each in parties for person in each.people]
    found = place(hall, parties)
    assert max(Counter(found.values()).values(), default=0) <= 1
    assert all(seat in hall for seat in found.values())
    # Who signed up first has a seat where there are too few.
    assert set(found) == set(people[: len(hall)])
    sizes = tuple(len(each.people) for each in parties)
    if len(people) <= len(hall) and _can_all_be_whole(sizes, _rooms(hall)):
        for each in parties:
            assert _is_together(hall, [found[person] for person in each.people])


@given(scenes(), st.data())
@settings(max_examples=300)
def test_who_sits_stays_when_others_leave_and_come(
    scene: tuple[Hall, list[Sitters]], data: st.DataObject
) -> None:
    hall, parties = scene
    before = place(hall, parties)
    gone = set(data.draw(st.lists(st.sampled_from(sorted(before)), max_size=4)) if before else [])
    stay = {person: seat for person, seat in before.items() if person not in gone}
    left = [
        Sitters(rest, each.block)
        for each in parties
        if (rest := tuple(person for person in each.people if person not in gone))
    ]
    number = 1 + max((person for each in parties for person in each.people), default=0)
    more = [Sitters((number, number + 1)), Sitters((number + 2,))]
    found = place(hall, [*left, *more], stay)
    assert not found.keys() & stay.keys()
    assert not set(found.values()) & set(stay.values())
    assert len(set(found.values())) == len(found)
    people = [person for each in [*left, *more] for person in each.people]
    assert len(found) == min(len(people), len(hall)) - len(stay)


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 7))
def test_groups_sit_in_blocks_each_in_the_order_of_sign_up(blocks: list[int], size: int) -> None:
    hall = Hall(ROWS, (size,) * 30)
    found = place(hall, [Sitters((number,), block) for number, block in enumerate(blocks)])
    in_seats = sorted(found, key=lambda person: found[person])
    assert in_seats == sorted(range(len(blocks)), key=lambda person: (blocks[person], person))


def test_who_comes_along_later_sits_beside_their_party() -> None:
    hall = Hall(ROWS, (4, 4))
    sit = {1: Seat(1, 1), 2: Seat(2, 2)}
    assert place(hall, [Sitters((9,)), Sitters((2, 3))], sit) == {3: Seat(2, 1), 9: Seat(1, 2)}


def test_a_large_hall_is_seated_at_once() -> None:
    hall = Hall(ROWS, (41,) * 120)
    parties, number = [], 0
    for index in range(1640):
        parties.append(Sitters(tuple(range(number, number + 3)), index % 4))
        number += 3
    assert len(place(hall, parties)) == 120 * 41
