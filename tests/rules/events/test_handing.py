"""To whom a seat may be handed over: nobody is overtaken, and no promise of seats is broken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.events import handing
from models.rules.events.handing import Handing, NotHanded, answer_until, why_nobody, why_not
from models.rules.events.seating import ANYBODY, Person, Quota, Room

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SAID = {
    "把位子给何伟明": "何伟明",
    "转给李国强吧": "李国强",
    "我的名额让给小安": "小安",
    "give my seat to Feng Siyu": "Feng Siyu",
    "位子给我": "",
    "转让": "",
}
ZHAOXIN, DALI = frozenset({1}), frozenset({2})
ROOM = Room(10, 10, (Quota(1, "place", 5, 5, 5), Quota(2, "place", 0, 3, 2)))


@pytest.mark.parametrize(
    ("setting", "leaves", "comes", "waiting", "drawn", "why"),
    [
        (Handing.ALIKE, ANYBODY, ANYBODY, 0, False, None),
        (Handing.ALIKE, ANYBODY, ANYBODY, 1, False, NotHanded.OTHERS_WAIT),
        (Handing.ALIKE, ZHAOXIN, ZHAOXIN, 7, False, None),
        (Handing.ALIKE, ZHAOXIN, DALI, 7, False, NotHanded.OTHER_QUOTA),
        (Handing.ALIKE, ZHAOXIN, DALI, 0, False, NotHanded.NO_ROOM),
        (Handing.ALIKE, ANYBODY, DALI, 0, False, None),
        (Handing.ALIKE, ANYBODY, ANYBODY, 0, True, NotHanded.DRAWN),
        (Handing.ALIKE, ZHAOXIN, ZHAOXIN, 0, True, NotHanded.DRAWN),
        (Handing.ANYBODY, ANYBODY, ANYBODY, 7, True, None),
        (Handing.ANYBODY, ANYBODY, ZHAOXIN, 7, False, NotHanded.NO_ROOM),
        (Handing.NOBODY, ZHAOXIN, ZHAOXIN, 0, False, NotHanded.NOBODY),
    ],
)
def test_a_seat_goes_on_where_nobody_is_overtaken(
    setting: Handing,
    leaves: Person,
    comes: Person,
    waiting: int,
    drawn: bool,
    why: NotHanded | None,
) -> None:
    assert why_not(setting, ROOM, leaves, comes, waiting, is_drawn=drawn) == why


people = st.frozensets(st.sampled_from((1, 2, 3)))


@st.composite
def rooms(draw: st.DrawFn) -> tuple[Room, list[Person]]:
    """A room, and who is seated in it by its own rule."""
    quotas = [
        Quota(number, kind, draw(st.integers(0, 4)), draw(st.none() | st.integers(1, 6)))
        for number, kind in ((1, "sex"), (2, "sex"), (3, "place"))
    ]
    # Quotas that keep more than there is are refused where they are set.
    kept = max(quotas[0].least + quotas[1].least, quotas[2].least, 1)
    room = Room(draw(st.none() | st.integers(kept, kept + 5)), 0, tuple(quotas))
    seated: list[Person] = []
    for one in draw(st.lists(people, max_size=12)):
        if room.fits([one]):
            room, seated = room.seating([one]), [*seated, one]
    return room, seated


@given(rooms(), people, st.integers(0, 3), st.sampled_from(Handing), st.booleans())
def test_no_promise_of_seats_is_broken(
    drawn_room: tuple[Room, list[Person]],
    comes: Person,
    waiting: int,
    setting: Handing,
    is_drawn: bool,
) -> None:
    room, seated = drawn_room
    for leaves in set(seated):
        why = why_not(setting, room, leaves, comes, waiting, is_drawn=is_drawn)
        if why is not None:
            continue
        assert why_nobody(setting, leaves, waiting, is_drawn=is_drawn) is None
        # While others wait, what goes on stays in its share, or the organizer lets it go anywhere.
        assert not waiting or setting is Handing.ANYBODY or (leaves == comes and leaves)
        quotas = tuple(
            replace(
                each,
                held=each.held - int(each.number in leaves) + int(each.number in comes),
            )
            for each in room.quotas
        )
        for was, each in zip(room.quotas, quotas, strict=True):
            assert each.most is None or each.held <= each.most
            # What is still kept for a group has room beside all who sit.
            if room.seats is not None and leaves != comes:
                kept = sum(one.kept for one in quotas if one.kind == was.kind)
                before = sum(one.kept for one in room.quotas if one.kind == was.kind)
                assert room.held + kept <= max(room.seats, room.held - 1 + before)


@given(st.integers(-60, 60 * 24 * 9), st.sampled_from(("", "22:00-08:00", "16:00-23:00")))
def test_whoever_is_asked_has_time_and_so_has_the_giver(minutes: int, hours: str) -> None:
    starts_at = NOW + timedelta(minutes=minutes)
    until = answer_until(NOW, starts_at, hours, ZONE)
    if until is None:
        return
    assert NOW + timedelta(minutes=15) <= until <= starts_at
    assert until - NOW <= timedelta(days=1) + timedelta(hours=10)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("谁都可以", Handing.ANYBODY),
        ("名额可以转给任何人", Handing.ANYBODY),
        ("不能转让", Handing.NOBODY),
        ("同单位", Handing.ALIKE),
        ("红", None),
    ],
)
def test_an_organizers_words_are_read(words: str, found: Handing | None) -> None:
    assert handing.read(words) == found


def test_whom_a_seat_is_given_to_and_whether_another_date_is_meant_is_read_from_words() -> None:
    assert {said: handing.whom(said) for said in SAID} == SAID
    for said in ("换到19号", "换个日子", "switch to the 19th", "another date"):
        assert handing.is_another_date(said), said
    for said in ("换人", "转给李国强", "give my seat to Feng Siyu"):
        assert not handing.is_another_date(said), said
