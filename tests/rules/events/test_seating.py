"""Who gets a seat: parties whole, quotas kept, nobody overtaken."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.seating import ANYBODY, Party, Person, Quota, Room, Seated, Waiting, admit

MEN, WOMEN, ZHAOXIN = frozenset({1}), frozenset({2}), frozenset({3})


def of(*numbers: int) -> Person:
    return frozenset(numbers)


def social(seats: int = 30, men: int = 0, women: int = 0) -> Room:
    """As many men as women."""
    quotas = (Quota(1, "sex", 15, 15, men), Quota(2, "sex", 15, 15, women))
    return Room(seats, men + women, quotas)


def test_the_last_seat_is_taken_and_the_next_one_waits() -> None:
    assert admit(Room(2, 1), [ANYBODY], 0) == Seated()
    assert admit(Room(2, 2), [ANYBODY], 0) == Waiting(1)
    assert admit(Room(2, 2), [ANYBODY], 4) == Waiting(5)


def test_a_party_is_seated_whole_or_waits() -> None:
    assert admit(Room(3, 1), [ANYBODY, ANYBODY], 0) == Seated()
    assert admit(Room(3, 2), [ANYBODY, ANYBODY], 0) == Waiting(1)
    assert not Room(3).could_fit([ANYBODY] * 4)


def test_the_men_are_full_and_women_still_come() -> None:
    room = social(men=15, women=3)
    assert not room.fits([MEN])
    assert room.fits([WOMEN])
    assert not room.fits([MEN, WOMEN])
    assert room.left_for(WOMEN, 50) == 12


def test_seats_that_are_kept_for_a_company_are_not_for_others() -> None:
    room = Room(45, 30, (Quota(3, "place", least=15),))
    assert not room.fits([ANYBODY])
    assert room.left_for(ZHAOXIN, 50) == 15


def test_one_seat_counts_in_several_quotas() -> None:
    room = Room(10, 0, (Quota(1, "sex", least=5), Quota(2, "sex", least=5), Quota(3, "place", 6)))
    # Four of the ten seats are for people of other places, of whichever sex.
    assert room.left_for(MEN, 50) == 4
    assert room.left_for(of(1, 3), 50) == 5


def test_a_party_that_waits_for_more_keeps_what_it_can_use() -> None:
    room = Room(4, 2)
    assert not room.fits([ANYBODY] * 3)
    assert not room.keeping_for([ANYBODY] * 3).fits([ANYBODY])
    # Barred by its quota it keeps nothing, so that whoever stands behind it may pass.
    assert not social(men=15).is_open_to_each([MEN, WOMEN])


# For all rooms


numbers = st.integers(0, 12)
people = st.frozensets(st.sampled_from((1, 2, 3)))
groups = st.lists(people, min_size=1, max_size=4)


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    quotas = [
        Quota(number, kind, draw(st.integers(0, 5)), draw(st.none() | st.integers(0, 8)))
        for number, kind in ((1, "sex"), (2, "sex"), (3, "place"))
    ]
    return Room(draw(st.none() | numbers), 0, tuple(quotas))


@given(rooms(), st.lists(groups, max_size=12))
def test_no_seat_is_sold_twice_and_no_quota_broken(room: Room, parties: list[Party]) -> None:
    held = {each.number: 0 for each in room.quotas}
    seated = 0
    for party in parties:
        if not room.fits(party):
            continue
        room = room.seating(party)
        seated += len(party)
        for person in party:
            for number in person:
                held[number] += 1
    assert room.held == seated
    assert room.seats is None or seated <= room.seats
    for quota in room.quotas:
        assert quota.held == held[quota.number]
        assert quota.most is None or quota.held <= quota.most


@given(rooms(), st.lists(groups, max_size=12), st.sampled_from((1, 2)))
def test_what_is_kept_can_be_had_to_the_last(room: Room, parties: list[Party], number: int) -> None:
    """Whoever comes before: a group gets what is kept for it, where there are seats for all.

    Of two kinds one seat may serve both, so what a group gets hangs on who of it comes.
    """
    quotas = tuple(replace(e, most=None) for e in room.quotas if e.kind == "sex")
    room = replace(room, quotas=quotas)
    if room.seats is None or sum(each.least for each in quotas) > room.seats:
        return
    for party in parties:
        if room.fits(party):
            room = room.seating(party)
    quota = next(each for each in room.quotas if each.number == number)
    assert room.left_for(of(number), quota.kept) == quota.kept


@given(rooms(), groups)
def test_who_fits_alone_fits_after_fewer(room: Room, party: Party) -> None:
    """Nobody loses their chance because the party is smaller."""
    if room.quotas and any(each.least for each in room.quotas):
        return
    if room.fits(party):
        assert all(room.fits([person]) for person in party)


@given(rooms(), groups, groups)
def test_nobody_behind_takes_what_a_waiting_party_could_use(
    room: Room, waits: Party, comes: Party
) -> None:
    if room.fits(waits):
        return
    left = room.keeping_for(waits)
    if left.fits(comes):
        # With those seated as well, no seat is sold twice.
        assert room.fits(comes)
        assert left.seats is None or left.held + len(comes) <= left.seats


@given(rooms(), st.lists(groups, max_size=12), st.lists(st.tuples(people, people), max_size=12))
def test_who_changes_their_answer_breaks_no_quota_and_takes_nothing_kept(
    room: Room, parties: list[Party], changes: list[tuple[Person, Person]]
) -> None:
    """Nobody gets a seat by an answer that others could not have had by theirs."""
    seated: list[Person] = []
    for party in parties:
        if room.fits(party):
            room, seated = room.seating(party), [*seated, *party]
    for was, now in changes:
        if was not in seated:
            continue
        before, is_allowed = room, room.allows([was], [now])
        # What a newcomer could have in the seat that they leave, they can have as well.
        assert is_allowed or not room.without([was]).fits([now]) or was == now
        if is_allowed:
            room = room.exchanging([was], [now])
            seated.remove(was)
            seated.append(now)
        assert room.held == before.held == len(seated)
        for quota in room.quotas:
            assert quota.held == sum(quota.number in each for each in seated)
            assert quota.most is None or quota.held <= quota.most
        # Who counts in two quotas of a kind fills a seat of both. Once they count in one of them
        # only, more may be kept than is free: then no more than if they had left altogether.
        left = before.without([was])
        for kind in ("sex", "place"):
            missing = max(_missing(before, kind), _missing(left, kind))
            assert not is_allowed or _missing(room, kind) <= missing
        in_both = any({1, 2} <= each for each, _ in changes)
        is_kept = room.seats is not None and sum(e.least for e in room.quotas[:2]) <= room.seats
        assert in_both or not is_kept or not _missing(room, "sex")


def _missing(room: Room, kind: str) -> int:
    """How many seats fewer there are than are taken and kept by the quotas of a kind."""
    kept = sum(each.kept for each in room.quotas if each.kind == kind)
    return max(0, room.held + kept - room.seats) if room.seats is not None else 0


def test_where_more_is_promised_than_there_are_seats_an_answer_changes_as_a_newcomer_comes() -> (
    None
):
    both = Room(1, 1, (Quota(0, "size", 1, None, 1), Quota(1, "size", 1, None, 1)))
    assert both.allows([frozenset({0, 1})], [frozenset({0})])


def test_an_answer_changes_only_where_a_seat_is_open_to_it() -> None:
    room = social(men=15, women=3)
    assert not room.allows([WOMEN], [MEN])
    assert room.allows([MEN], [WOMEN])
    # More than a quota may have stand there since it was set: it may stay so.
    assert social(men=16, women=3).allows([MEN], [MEN])


def test_without_a_limit_everybody_is_seated() -> None:
    assert admit(Room(None, 9), [ANYBODY] * 5, 0) == Seated()
