"""An announcement on its way: planned in chunks, sent behind everything else, stopped at once."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, func, select

from bot.channels import Outcome, Sent
from bot.dispatch import Dispatcher
from bot.language import Phrasebook
from bot.messages import Bilingual, Message
from handlers import subjects
from models import audiences, broadcasts, roles
from models.broadcasts import Broadcast, BroadcastState, Progress, Started
from models.deliveries import Delivery, DeliveryState
from models.members import Address, Member
from models.rules.audience import Audience
from models.rules.permissions import Role
from models.stations import Station
from models.store import Store
from scheduler.delivery import Engine
from scheduler.jobs import Jobs
from scheduler.pace import Pace
from scheduler.planning import CHUNK, Duty, Planner
from tests.scheduler.house import ACCOUNT, House, Platform

SIZE = 2000
AT_ONCE = 64


class Hall(House):
    """A town of two thousand people, and an organizer with something to say to all of them."""

    def __init__(self, store: Store, now: datetime) -> None:
        super().__init__(store, now, Platform())
        self.boss = self.member("boss")
        store.write_now(self._fill)
        self.steps = 0
        dispatcher = Dispatcher(
            store, subjects.routes(), Phrasebook(), self.care, self.hands, station=Bilingual("驿站")
        )
        self.engine = Engine(
            store,
            self.platform,
            dispatcher.compose,
            self.care,
            self.hands,
            pace=Pace(100_000),
            in_flight=AT_ONCE,
        )
        self.planner = self.another_planner()
        self.broadcast_id = store.write_now(self._write)

    def another_planner(self, store: Store | None = None) -> Planner:
        def announce(session: Session, at: datetime) -> int:
            self.steps += 1
            return CHUNK if broadcasts.advance(session, at, self.care.zone) else 0

        duty = Duty("announcements", broadcasts.any_due, announce)
        return Planner(store or self.store, Jobs(), [ACCOUNT], self.care, long_duties=[duty])

    def _fill(self, session: Session) -> None:
        station = session.get_one(Station, self.station_id)
        station.path = f"/{station.id}/"
        session.add(station)
        now = self.hands.now
        people = [
            Member(station_id=station.id, consented_at=now, created_at=now, quiet="off")
            for _number in range(SIZE)
        ]
        session.add_all(people)
        session.flush()
        session.add_all(
            Address(member_id=each.id or 0, account=ACCOUNT, external=f"p{each.id}", created_at=now)
            for each in people
        )
        session.flush()
        roles.give(session, self.boss, Role.DISTRICT, station, now)

    def _write(self, session: Session) -> int:
        station = session.get_one(Station, self.station_id)
        audience = Audience(stations=(self.station_id,))
        row = broadcasts.draft(session, station, self.boss, self.hands.now, audience=audience)
        broadcasts.change(session, row, text="今晚加菜。")
        assert row.id is not None
        return row.id

    # What the organizer does

    def start(self) -> None:
        def start(session: Session) -> None:
            row = broadcasts.locked(session, self.broadcast_id)
            assert row is not None
            outcome = broadcasts.start(session, row, self.boss, self.hands.now)
            assert isinstance(outcome, Started)

        self.store.write_now(start)

    def stop(self, session: Session) -> bool:
        row = broadcasts.locked(session, self.broadcast_id)
        assert row is not None
        return broadcasts.stop(session, row, self.boss, self.hands.now)

    # What becomes of it

    async def plan(self) -> None:
        await self.planner.plan_long(self.hands.now)

    def row(self) -> Broadcast:
        found: Broadcast = self.get(Broadcast, id=self.broadcast_id)
        return found

    def progress(self) -> Progress:
        def look(session: Session) -> Progress:
            row = session.get_one(Broadcast, self.broadcast_id)
            return broadcasts.progress(session, row, self.hands.now)

        return self.store.read_now(look)

    def owed(self) -> int:
        return self.count(Delivery)


@pytest.fixture
def hall(store: Store, now: datetime) -> Hall:
    return Hall(store, now)


async def test_two_thousand_are_planned_in_chunks_and_all_of_them_hear(hall: Hall) -> None:
    hall.start()
    assert hall.owed() == 0
    await hall.plan()
    assert hall.owed() == SIZE
    assert hall.steps > SIZE // audiences.CHUNK
    assert hall.row().state == BroadcastState.RUNNING
    await hall.engine.send_due()
    assert len(hall.platform.said) == SIZE
    assert len({to for to, _text in hall.platform.said}) == SIZE
    await hall.plan()
    assert hall.row().state == BroadcastState.DONE
    assert (hall.progress().planned, hall.progress().sent) == (SIZE, SIZE)


async def test_a_process_that_dies_amid_planning_leaves_the_rest_to_the_next(hall: Hall) -> None:
    hall.start()
    for _chunk in range(2):
        assert await hall.store.write(broadcasts.advance, hall.hands.now, hall.care.zone)
    assert hall.owed() == 2 * audiences.CHUNK

    def forgets(session: Session) -> None:
        """The process died before it could note how far it had come."""
        row = session.get_one(Broadcast, hall.broadcast_id)
        row.after_id = 0
        session.add(row)

    hall.store.write_now(forgets)
    hall.planner = hall.another_planner()
    await hall.plan()
    assert hall.owed() == SIZE


async def test_two_processes_plan_it_side_by_side_and_everybody_is_owed_it_once(
    hall: Hall, store_url: str
) -> None:
    hall.start()
    other = Store(store_url)
    try:
        await asyncio.gather(
            hall.planner.plan_long(hall.hands.now),
            hall.another_planner(other).plan_long(hall.hands.now),
        )
    finally:
        other.close()
    assert hall.owed() == SIZE
    row = hall.row()
    assert (row.state, row.run) == (BroadcastState.RUNNING, 1)


async def test_a_stop_amid_planning_ends_it_and_nobody_hears(hall: Hall) -> None:
    hall.start()
    for _chunk in range(2):
        assert await hall.store.write(broadcasts.advance, hall.hands.now, hall.care.zone)
    assert await hall.store.write(hall.stop)
    await hall.plan()
    await hall.engine.send_due()
    assert hall.platform.said == []
    assert hall.owed() == 2 * audiences.CHUNK
    assert hall.progress().stopped == 2 * audiences.CHUNK
    assert not hall.row().dropping


async def test_a_stop_amid_sending_takes_effect_with_the_next_that_are_claimed(hall: Hall) -> None:
    hall.start()
    await hall.plan()
    half, stopped = asyncio.Event(), asyncio.Event()

    def answer(to: str, message: Message) -> Outcome:
        if len(hall.platform.said) == SIZE // 2:
            half.set()
        return Sent()

    hall.platform.answers = answer
    sending = asyncio.create_task(hall.engine.send_due())
    await half.wait()

    async def stop() -> None:
        await hall.store.write(hall.stop)
        stopped.set()

    stopping = asyncio.create_task(stop())
    await stopped.wait()
    said = len(hall.platform.said)
    await asyncio.gather(sending, stopping)
    assert len(hall.platform.said) <= said + AT_ONCE
    await hall.plan()
    found = hall.progress()
    assert found.sent == len(hall.platform.said) < SIZE
    assert found.sent + found.stopped == SIZE
    assert hall.row().state == BroadcastState.STOPPED


async def test_of_a_large_one_the_rest_is_dropped_in_chunks(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "DROPPED_AT_ONCE", 300)
    hall.start()
    await hall.plan()
    assert await hall.store.write(hall.stop)
    assert _dropped(hall) == 300
    await hall.plan()
    assert _dropped(hall) == SIZE
    assert not hall.store.read_now(broadcasts.any_due, hall.hands.now)


def _dropped(hall: Hall) -> int:
    wanted = select(func.count()).where(Delivery.state == DeliveryState.DROPPED)

    def look(session: Session) -> int:
        return session.exec(wanted).one()

    return hall.store.read_now(look)


async def test_what_concerns_somebodys_own_seat_goes_before_an_announcement(hall: Hall) -> None:
    hall.start()
    await hall.plan()
    hall.hands.now += timedelta(minutes=5)
    hall.owe(hall.boss, "passed-on", act="announce", subject="", name="小安")
    await hall.engine.send_due()
    first = [text for _to, text in hall.platform.said[:AT_ONCE]]
    assert any("小安" in text for text in first)


async def test_a_second_press_of_send_sends_nothing_more(hall: Hall) -> None:
    hall.start()

    def again(session: Session) -> object:
        row = broadcasts.locked(session, hall.broadcast_id)
        assert row is not None
        return broadcasts.start(session, row, hall.boss, hall.hands.now)

    assert hall.store.write_now(again) == broadcasts.NotStarted.SENT_ALREADY
    await hall.plan()
    await hall.plan()
    assert hall.owed() == SIZE


async def test_what_cannot_be_told_before_the_event_is_over_is_not_told_after_it(
    hall: Hall,
) -> None:
    event_id = hall.event(hall.hands.now + timedelta(hours=1))

    def link(session: Session) -> None:
        row = session.get_one(Broadcast, hall.broadcast_id)
        broadcasts.change(session, row, link=f"event:{event_id}")

    hall.store.write_now(link)
    hall.start()
    await hall.plan()
    await hall.at(hall.hands.now + timedelta(hours=4))
    await hall.at(hall.hands.now + timedelta(minutes=1))
    assert hall.platform.said == []
    found = hall.progress()
    assert found.not_sent.get("too late", 0) == SIZE - found.pending


async def test_a_draft_that_was_never_sent_is_thrown_away_one_day(hall: Hall) -> None:
    hall.store.write_now(broadcasts.forget_drafts, hall.hands.now)
    assert hall.count(Broadcast) == 1
    hall.store.write_now(broadcasts.forget_drafts, hall.hands.now + timedelta(days=14))
    assert hall.count(Broadcast) == 0


async def test_what_was_sent_is_no_draft(hall: Hall) -> None:
    hall.start()
    hall.store.write_now(broadcasts.forget_drafts, hall.hands.now + timedelta(days=14))
    assert hall.count(Broadcast) == 1
