import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from models.store import Store
from models.store.ticks import TakenSlot
from scheduler.clock import Clock, Tick
from scheduler.planning import Duty, Planner
from tests.miniature.house import House
from tests.miniature.platform import Platform
from tests.miniature.station import Hands


class Duties:
    def __init__(self) -> None:
        self.worked: list[datetime] = []
        self.is_idle = False
        self.news = asyncio.Event()

    def tick(self) -> Tick:
        return Tick("look", 60, self.look, self.is_needed)

    async def look(self, now: datetime) -> None:
        self.worked.append(now)
        self.news.set()

    async def is_needed(self, now: datetime) -> bool:
        return not self.is_idle


async def test_of_many_processes_one_works_in_each_slot(house: House, store_url: str) -> None:
    duties = Duties()
    other = Store(store_url)
    clocks = [Clock(store, [duties.tick()], house.hands) for store in (house.store, other)]
    assert sorted(await asyncio.gather(*(clock.run(duties.tick()) for clock in clocks))) == [
        False,
        True,
    ]
    house.hands.now += timedelta(seconds=59)
    assert [await clock.run(duties.tick()) for clock in clocks] == [False, False]
    house.hands.now += timedelta(seconds=1)
    assert [await clock.run(duties.tick()) for clock in clocks] == [True, False]
    assert len(duties.worked) == 2
    other.close()


async def test_a_clock_set_back_an_hour_goes_on_striking(house: House) -> None:
    duties = Duties()
    clock = Clock(house.store, [duties.tick()], house.hands)
    assert await clock.run(duties.tick())
    house.hands.now += timedelta(hours=1)
    assert not await clock.handle_set_back(house.hands.now)
    assert await clock.run(duties.tick())
    house.hands.now -= timedelta(minutes=59, seconds=55)
    assert not await clock.run(duties.tick())
    house.hands.now += timedelta(minutes=1)
    assert await clock.handle_set_back(house.hands.now)
    assert await clock.run(duties.tick())
    # The slot that was taken an hour ahead is free as well, when its time has come.
    house.hands.now += timedelta(minutes=58, seconds=55)
    assert await clock.run(duties.tick())
    assert len(duties.worked) == 4


async def test_a_clock_that_was_set_back_strikes_at_once(house: House) -> None:
    duties = Duties()
    clock = Clock(house.store, [duties.tick()], house.hands)
    await clock.start()
    async with asyncio.timeout(5):
        await duties.news.wait()
        duties.news.clear()
        house.hands.now -= timedelta(hours=1)
        assert await clock.handle_set_back(house.hands.now)
        await duties.news.wait()
    await clock.stop()
    assert duties.worked[-1] == house.hands.now


async def test_an_idle_station_writes_nothing(house: House) -> None:
    duties = Duties()
    duties.is_idle = True
    clock = Clock(house.store, [duties.tick()], house.hands)
    assert not await clock.run(duties.tick())
    assert house.count(TakenSlot) == 0
    duties.is_idle = False
    assert await clock.run(duties.tick())
    assert house.count(TakenSlot) == 1


async def test_every_tick_strikes_at_the_start(house: House) -> None:
    duties = Duties()
    clock = Clock(house.store, [duties.tick()], house.hands)
    await clock.start()
    async with asyncio.timeout(5):
        await duties.news.wait()
    await clock.stop()
    assert duties.worked == [house.hands.now]


async def test_a_tick_that_is_still_at_work_is_not_begun_again(house: House) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def work(now: datetime) -> None:
        begun.set()
        await gate.wait()

    tick = Tick("slow", 1, work)
    clock = Clock(house.store, [tick], house.hands)
    slow = asyncio.create_task(clock.run(tick))
    await begun.wait()
    house.hands.now += timedelta(seconds=1)
    assert not await clock.run(tick)
    gate.set()
    assert await slow
    assert await clock.run(tick)


async def test_a_station_without_its_store_goes_on_ticking(tmp_path: Path, now: datetime) -> None:
    store = Store(f"sqlite:///{tmp_path}/empty.db")
    store.close()
    duties = Duties()
    clock = Clock(store, [duties.tick()], Hands(now))
    assert not await clock.run(duties.tick())
    assert duties.worked == []


async def test_the_planner_ticks_every_second_and_sweeps(house: House) -> None:
    planned = {tick.name: tick.seconds for tick in house.planner.ticks()}
    assert planned == {
        "plan": 1,
        "plan_long": 1,
        "errands": 1,
        "sweep": 10,
        "measure": 60,
        "count": 300,
        "scrub": 5,
        "rewrite": 60,
        "tidy": 3600,
    }


async def test_what_is_owed_goes_out_by_itself(house: House, platform: Platform) -> None:
    """The clock strikes, the planner wakes the sender through a job, the sender sends."""
    house.owe(house.member("ana"))
    house.jobs.register(f"send.{platform.account}", house.engine.send_due)
    clock = Clock(house.store, house.planner.ticks(), house.hands)
    running = asyncio.create_task(house.jobs.run())
    await clock.start()
    async with asyncio.timeout(5):
        await platform.asked.wait()
    await clock.stop()
    await house.engine.stop()
    await house.jobs.stop()
    await running
    assert platform.said == [("ana", "offer")]


async def test_a_duty_that_fails_keeps_no_other_from_being_done(house: House) -> None:
    done: list[str] = []

    def fail(session: Session, at: datetime) -> int:
        raise LookupError("a row that nobody thought of")

    def work(session: Session, at: datetime) -> int:
        done.append("work")
        return 0

    def is_due(session: Session, at: datetime) -> bool:
        return True

    duties = [Duty("failing", is_due, fail), Duty("working", is_due, work)]
    planner = Planner(house.store, house.jobs, {}, house.care, duties=duties, long_duties=duties)
    await planner.plan(house.hands.now)
    await planner.plan_long(house.hands.now)
    assert done == ["work", "work"]


async def test_what_is_of_no_use_any_more_is_forgotten(house: House) -> None:
    await Clock(house.store, [Duties().tick()], house.hands).run(Duties().tick())
    assert house.count(TakenSlot) == 1
    await house.planner.tidy(house.hands.now + timedelta(days=2))
    assert house.count(TakenSlot) == 0
