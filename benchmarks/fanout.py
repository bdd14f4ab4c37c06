"""An announcement to a million, planned while people sign up.

python -m benchmarks.fanout                          a million on SQLite, 300 sign-ups a second
python -m benchmarks.fanout --store postgresql
python -m benchmarks.fanout --rate 0                 as many sign-ups as go, 40 at a time
"""

import argparse
import asyncio
import os
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import uvloop
from sqlalchemy import event
from sqlmodel import Session, col, func, select

import migrations
from benchmarks import announcing
from benchmarks.plan import FIRST_CHAT, STRIDE
from benchmarks.report import show_machine, show_table
from benchmarks.workspaces import STORES, Workspaces, workspaces
from models.announcements import audiences, running
from models.announcements.announcements import Announcement, AnnouncementState
from models.announcements.running import Step
from models.events import signups
from models.events.events import Signup
from models.network import members
from models.network.stations import Care
from models.sending.deliveries import Delivery, DeliveryState
from models.store import Store
from scheduler.jobs import Jobs
from scheduler.planning import CHUNK, Duty, Planner

ACCOUNTS = [f"bench{number}" for number in range(4)]
CARE = Care(ZoneInfo("Asia/Shanghai"), "")
THE_EVENT = 1
"""It has no limit, so each sign-up gets a seat and two reminders."""

AT_ONCE = 40
CALM = 10.0
"""Seconds of sign-ups before the announcement is planned."""

LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Fanned:
    """What the planning took, and the sign-ups before and during it.

    ``bare`` is how many seconds one INSERT ... SELECT of the same rows takes, alone and not kept.
    """

    rows: int
    seconds: float
    bare: float
    cpu: float
    database: float
    turns: Sequence[float]
    resident: Sequence[float]
    before: "Asked"
    beside: "Asked"


@dataclass(slots=True)
class Asked:
    """Sign-ups that were offered, and how long after its time each was answered."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    def at(self, part: float) -> float:
        """The time within which this part of them was answered."""
        return percentile(self.took, part)


class Turns:
    """How long the writer was taken by each turn of planning, its commit and all."""

    def __init__(self, store: Store) -> None:
        self.took: list[float] = []
        self._mine = threading.local()
        event.listen(store.engine, "begin", self._begin)
        event.listen(store.engine, "before_cursor_execute", self._look)
        event.listen(store.engine, "checkin", self._end)

    def _begin(self, _connection: Any) -> None:
        self._mine.began, self._mine.plans = time.perf_counter(), False

    def _look(self, _connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        if sql.startswith("INSERT INTO delivery"):
            self._mine.plans = True

    def _end(self, _driver: Any, _record: Any) -> None:
        if getattr(self._mine, "plans", False):
            self.took.append(time.perf_counter() - self._mine.began)
            self._mine.plans = False


class Crowd:
    """People from all over the table who sign up, each once."""

    def __init__(self, store: Store, size: int) -> None:
        self._store = store
        self._size = size
        self.asked = 0

    async def ask(self, until: asyncio.Event, rate: float) -> Asked:
        """Sign up at this rate, or as many as go, until it is over."""
        taken = Asked()
        started = time.perf_counter()
        if rate:
            await self._at_rate(until, rate, started, taken)
        else:
            await asyncio.gather(*(self._one_by_one(until, taken) for _ in range(AT_ONCE)))
        taken.seconds = time.perf_counter() - started
        return taken

    async def _at_rate(
        self, until: asyncio.Event, rate: float, started: float, taken: Asked
    ) -> None:
        number = 0
        async with asyncio.TaskGroup() as group:
            while not until.is_set():
                # A sign-up starts on time even while earlier ones are unanswered.
                due = started + number / rate
                if (early := due - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                group.create_task(self._sign_up(due, taken))
                number += 1

    async def _one_by_one(self, until: asyncio.Event, taken: Asked) -> None:
        while not until.is_set():
            await self._sign_up(time.perf_counter(), taken)

    async def _sign_up(self, due: float, taken: Asked) -> None:
        number = self.asked * STRIDE % self._size
        self.asked += 1
        if self.asked > self._size:
            raise AssertionError("every member has signed up: there are too few members")
        chat = FIRST_CHAT + number
        account = f"telegram.{ACCOUNTS[chat % len(ACCOUNTS)]}"
        await self._store.write(_sign_up, account, str(chat))
        taken.took.append(time.perf_counter() - due)


def _sign_up(session: Session, account: str, chat: str) -> None:
    now = datetime.now(UTC)
    caller = members.find(session, account, chat)
    assert caller is not None
    outcome = signups.sign_up(session, THE_EVENT, caller, CARE, now)
    assert outcome is not None
    assert not outcome.again


async def fan_out(where: Workspaces, size: int, rate: float, calm: float = CALM) -> Fanned:
    """Plan an announcement to every member, with sign-ups before and during the planning."""
    # A row is written only where the tables that it refers to are known.
    migrations.import_models()
    workspace = where.workspace("http://127.0.0.1:9")
    # In a process of its own: what it takes in memory is not there to be used again.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        apart.submit(_prepare, workspace, size).result()
    os.sync()
    migrations.import_models()
    store = Store(workspace.store)
    turns, crowd = Turns(store), Crowd(store, size)
    try:
        before = await _calm(crowd, rate, calm)
        planner = _planner(store)
        announcement_id = announcing.announce(workspace.store)
        over = asyncio.Event()
        crowding = asyncio.create_task(crowd.ask(over, rate))
        with _watched_memory() as resident:
            started, cpu = time.perf_counter(), time.process_time()
            database = where.server_cpu()
            while store.read_now(_state, announcement_id) == AnnouncementState.PLANNING:
                await planner.plan_long(datetime.now(UTC))
            seconds = time.perf_counter() - started
            cpu, database = time.process_time() - cpu, where.server_cpu() - database
        over.set()
        beside = await crowding
        _verify(store, size, crowd.asked)
        bare = _bare(store, announcement_id, size)
    finally:
        store.close()
    workspace.delete_store()
    return Fanned(size, seconds, bare, cpu, database, turns.took, resident, before, beside)


class _Undone(Exception):
    pass


def _bare(store: Store, announcement_id: int, size: int) -> float:
    """How long the next run's deliveries take by one statement, which is undone."""
    took = 0.0

    def insert(session: Session) -> None:
        nonlocal took
        now = datetime.now(UTC)
        row = session.get_one(Announcement, announcement_id)
        started = time.perf_counter()
        audiences.plan_into(
            session,
            row.aim,
            announcement_id=row.id,
            run=row.run + 1,
            after_id=0,
            now=now,
            expires_at=now,
            limit=size,
        )
        took = time.perf_counter() - started
        raise _Undone

    with suppress(_Undone):
        store.write_now(insert)
    return took


def _prepare(workspace: Any, size: int) -> None:
    announcing.prepare(workspace, size, ACCOUNTS, pace=30)


async def _calm(crowd: Crowd, rate: float, seconds: float) -> Asked:
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, over.set)
    return await crowd.ask(over, rate)


def _planner(store: Store) -> Planner:
    """The station's planner, without an engine that sends."""

    def look(session: Session, at: datetime) -> Step | None:
        return running.look(session, at, CARE)

    def announce(session: Session, at: datetime, step: Step, rows: int = 0) -> int:
        return CHUNK if running.take(session, at, step, CARE, rows) else 0

    duty = Duty("announcements", running.any_due, announce, look, running.most_rows)
    return Planner(store, Jobs(), {}, CARE, long_duties=[duty])


def _state(session: Session, announcement_id: int) -> AnnouncementState:
    return session.get_one(Announcement, announcement_id).state


@contextmanager
def _watched_memory() -> Iterator[list[float]]:
    """Megabytes, looked at again and again; the last look is the one at the end."""
    seen = [_megabytes()]
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_EVERY):
            seen.append(_megabytes())

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()
        seen.append(_megabytes())


def _megabytes() -> float:
    """Resident memory of this process alone: a database server may be its child."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _verify(store: Store, size: int, asked: int) -> None:
    """Raise AssertionError unless each member has one delivery and every sign-up is stored."""

    def look(session: Session) -> tuple[int, int, int]:
        people = func.count(func.distinct(Delivery.member_id))
        owed = col(Delivery.state) == DeliveryState.PLANNED
        rows, different = session.exec(select(func.count(), people).where(owed)).one()
        return rows, different, session.exec(select(func.count(col(Signup.id)))).one()

    found = store.read_now(look)
    if found != (size, size, asked):
        raise AssertionError(f"{found} deliveries, members and sign-ups, not {(size, size, asked)}")


def percentile(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


PLANNING = (
    *(
        "store",
        "deliveries",
        "seconds",
        "bare INSERT s",
        "times",
        "a second",
        "CPU s",
        "database's",
        "turns",
        "median turn ms",
    ),
    *("p99", "longest", "MB before", "peak", "after"),
)


def show(store: str, runs: Sequence[Fanned]) -> None:
    show_table(
        PLANNING,
        [
            (
                store,
                f"{run.rows:,}",
                f"{run.seconds:.1f}",
                f"{run.bare:.1f}",
                f"{run.seconds / run.bare:.1f}",
                f"{run.rows / run.seconds:,.0f}",
                f"{run.cpu:.1f}",
                f"{run.database:.1f}",
                f"{len(run.turns)}",
                _ms(statistics.median(run.turns)),
                _ms(percentile(run.turns, 0.99)),
                _ms(max(run.turns)),
                f"{run.resident[0]:.0f}",
                f"{max(run.resident):.0f}",
                f"{run.resident[-1]:.0f}",
            )
            for run in runs
        ],
    )
    show_table(
        ("store", "sign-ups", "a second", "median ms", "p99", "longest"),
        [
            (
                store,
                name,
                f"{each.per_second:,.0f}",
                *(_ms(each.at(part)) for part in (0.5, 0.99, 1)),
            )
            for run in runs
            for name, each in (("before", run.before), ("during", run.beside))
        ],
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=300, help="sign-ups a second; 0: all that go")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--calm", type=float, default=CALM, help="seconds of sign-ups before it")
    options = parser.parse_args()
    show_machine(options.store)
    with workspaces(options.store) as where:
        show(
            options.store,
            [
                uvloop.run(fan_out(where, options.members, options.rate, options.calm))
                for _ in range(options.rounds)
            ],
        )


if __name__ == "__main__":
    main()
