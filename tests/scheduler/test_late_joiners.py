"""Whoever joins late gets what is still to come, and not what is past."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from models.announcements import announcements
from models.announcements.announcements import AnnouncementState, Repeat
from models.network.members import Member
from models.sending.deliveries import Delivery
from models.store import Store
from tests.miniature.house import House
from tests.miniature.rows import DISTRICT
from tests.scheduler.hall import BATCH, SIZE, Hall, advance

A_WEEK = timedelta(days=7)


@pytest.fixture
def hall(store: Store, now: datetime) -> Hall:
    return Hall(store, now)


def joins(hall: Hall, name: str) -> int:
    """Somebody new, who agrees to the notice and says where they live."""
    return hall.member(name, station_id=DISTRICT, consented_at=hall.hands.now)


def owed_to(hall: Hall, member_id: int) -> list[int]:
    """In which weeks this member is owed the announcement."""

    def look(session: Session) -> list[int]:
        return sorted(session.exec(select(Delivery.run).where(Delivery.member_id == member_id)))

    return hall.store.read_now(look)


async def test_who_joins_after_an_announcement_was_planned_does_not_get_it(hall: Hall) -> None:
    hall.start()
    await hall.plan()
    late = joins(hall, "late")
    await hall.engine.send_due()
    hall.hands.now += timedelta(hours=1)
    await hall.plan()
    await hall.engine.send_due()
    assert hall.row().state == AnnouncementState.DONE
    assert owed_to(hall, late) == []
    assert "late" not in {to for to, _text in hall.platform.said}


async def test_who_joins_between_the_weeks_gets_the_next_ones(hall: Hall) -> None:
    def weekly(session: Session) -> None:
        row = session.get_one(announcements.Announcement, hall.announcement_id)
        announcements.change(session, row, repeat=Repeat.WEEKLY, first_at=hall.hands.now)

    hall.store.write_now(weekly)
    hall.start()
    await hall.plan()
    await hall.engine.send_due()
    late = joins(hall, "late")
    await hall.plan()
    assert owed_to(hall, late) == []
    for week in (2, 3):
        hall.hands.now += A_WEEK
        await hall.plan()
        await hall.engine.send_due()
        assert owed_to(hall, late) == list(range(2, week + 1))
    assert hall.owed() == 3 * SIZE + 2


async def test_amid_planning_it_is_who_belongs_when_their_turn_comes(hall: Hall) -> None:
    hall.start()
    assert await hall.store.write(advance, hall.hands.now, hall.care)
    assert hall.owed() == BATCH
    here = {"station_id": DISTRICT, "consented_at": hall.hands.now}
    # The organizer was the first to come at all, and moves here when the first have been planned.
    hall.change(Member, hall.boss, **here)
    late = joins(hall, "late")
    gone = SIZE
    hall.change(Member, gone, consented_at=None)
    await hall.plan()
    assert owed_to(hall, hall.boss) == []
    assert owed_to(hall, late) == [1]
    assert owed_to(hall, gone) == []


async def test_who_signs_up_on_the_day_is_reminded_of_what_is_ahead_only(
    house: House, now: datetime
) -> None:
    starts_at = now + timedelta(days=3)
    event_id = house.event(starts_at)
    house.seat(house.member("early"), event_id)
    await house.at(starts_at - timedelta(hours=24))
    await house.at(starts_at - timedelta(hours=5))
    house.seat(house.member("late"), event_id)
    await house.at(starts_at - timedelta(hours=4))
    assert [to for to, _text in house.platform.said] == ["early"]
    await house.at(starts_at - timedelta(hours=2))
    assert [to for to, _text in house.platform.said[1:]] == ["early", "late"]
