"""Many reminders due within a minute, while an announcement is going out.

python -m benchmarks.reminders                       100,000 in a minute, at 0 ms
python -m benchmarks.reminders --latency 50 --store postgresql

Lateness is the time between a reminder's own moment and its arrival at the platform, by that
server's clock. The pace is beyond what Telegram takes from one account: it is the process that is
measured. Announcements may use four fifths of it, reminders all.
"""

import argparse
import asyncio
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import uvloop
from sqlalchemy import func, insert, select, update
from sqlmodel import Session, col

from benchmarks import announcing, worker
from benchmarks.announcing import PATIENCE, WARM_UP, chats
from benchmarks.arrivals import Arrivals, quantile, verify_once_each
from benchmarks.bots import running
from benchmarks.plan import FIRST_CHAT
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import show_machine, show_table
from benchmarks.standin import Standin, standin
from benchmarks.workspaces import STORES, Workspace, Workspaces, workspaces
from models.events.events import Signup, SignupState
from models.events.reminders import Reminder
from models.network.members import Member
from models.network.stations import Station, StationKind
from models.rules.network.audience import Audience
from models.sending.deliveries import Delivery, DeliveryState
from models.store import open_engine

LEAD = 24 * 60
CHUNK = 10_000
A_TOWN = Audience(stations=(2,))
AHEAD = 3.0
"""Seconds by which the announcement begins before the first reminder is due."""


@dataclass(frozen=True, slots=True)
class Due:
    """The number of reminders due within ``seconds``, and of others who get an announcement."""

    reminders: int
    others: int
    seconds: float
    pace: float


@dataclass(frozen=True, slots=True)
class Taken:
    """How late each reminder was, in seconds, and the number of announcements sent meanwhile."""

    late: list[float]
    beside: int
    arrivals: Arrivals
    cpu: float
    resident: float


def prepare(workspace: Workspace, due: Due) -> None:
    """Fill the store: the first members have a seat each, the others are of a town of their own."""
    announcing.prepare(workspace, due.reminders + due.others, ["bench"], pace=1000)
    now = datetime.now(UTC)
    town = Station(
        id=2, code="shishan", kind=StationKind.TOWN, parent_id=1, path="/1/2/", name="狮山镇"
    )
    seat = Signup(event_id=1, member_id=0, state=SignupState.SEATED, at=now).model_dump()
    engine = open_engine(workspace.store)
    with engine.begin() as connection:
        connection.execute(insert(Station), [town.model_dump()])
        others = col(Member.id) > due.reminders
        connection.execute(update(Member).where(others).values(station_id=2))
        for chunk in _chunks(due.reminders):
            seats = [seat | {"id": number, "member_id": number} for number in chunk]
            connection.execute(insert(Signup), seats)
    engine.dispose()


def owe(store: str, due: Due) -> datetime:
    """Owe the reminders of all seats, evenly over the time; return when the first one is due."""
    # Writing them takes some time, which grows with them.
    first = datetime.now(UTC) + timedelta(seconds=5 + due.reminders / 10_000)
    between = timedelta(seconds=due.seconds / due.reminders)
    engine = open_engine(store)
    with engine.begin() as connection:
        for chunk in _chunks(due.reminders):
            connection.execute(
                insert(Reminder),
                [
                    {
                        "signup_id": number,
                        "member_id": number,
                        "event_id": 1,
                        "lead": LEAD,
                        "due_at": first + (number - 1) * between,
                    }
                    for number in chunk
                ],
            )
    engine.dispose()
    return first


def _chunks(number: int) -> Iterator[range]:
    """The numbers from one on, in steps."""
    for start in range(1, number + 1, CHUNK):
        yield range(start, min(start + CHUNK, number + 1))


async def remind(where: Workspaces, latency: float, due: Due) -> Taken:
    """Let everything come due, and see when it arrives."""
    async with standin(latency) as platform:
        workspace = where.workspace(platform.base)
        prepare(workspace, due)
        os.sync()
        async with running("yizhan", worker.command(workspace, due.pace), workspace) as pid:
            await asyncio.sleep(WARM_UP)
            first = owe(workspace.store, due)
            early = (first - datetime.now(UTC)).total_seconds() - AHEAD
            if early < 0:
                raise AssertionError(f"the reminders were written {-early:.0f} s too late")
            await asyncio.sleep(early)
            cpu = cpu_seconds(pid)
            announcing.announce(workspace.store, A_TOWN)
            await _until_reminded(workspace.store, due, platform)
            everything = await platform.arrivals()
            mine = everything.to(chats(due.reminders))
            taken = Taken(
                late=lateness(mine, first, due, skew=time.time() - time.monotonic()),
                beside=len(everything) - len(mine),
                arrivals=everything,
                cpu=cpu_seconds(pid) - cpu,
                resident=resident_megabytes(pid),
            )
    verify_once_each(mine, chats(due.reminders))
    workspace.delete_store()
    return taken


def lateness(seen: Arrivals, first: datetime, due: Due, *, skew: float) -> list[float]:
    """How long after its own moment each reminder arrived, in the order of their moments.

    ``skew`` is what the time of day is ahead of the clock that the platform noted.
    """
    since = first.timestamp() - skew
    each = due.seconds / due.reminders
    late = [0.0] * due.reminders
    for at, chat in zip(seen.at, seen.chats, strict=True):
        number = chat - FIRST_CHAT
        late[number] = at - (since + number * each)
    return late


async def _until_reminded(store: str, due: Due, platform: Standin) -> None:
    """Return when the store says of each reminder that it was sent."""
    engine = open_engine(store)
    counted = select(func.count()).where(
        col(Delivery.topic) == "reminder", col(Delivery.state) == DeliveryState.SENT
    )
    deadline = time.monotonic() + PATIENCE
    while True:
        # Counting takes the store's time: the platform is asked first.
        if await platform.count() >= due.reminders:
            with Session(engine) as session:
                sent = session.execute(counted).scalar_one()
            if sent == due.reminders:
                engine.dispose()
                return
        if time.monotonic() > deadline:
            raise AssertionError("not every reminder was sent")
        await asyncio.sleep(1)


def show(store: str, latency: float, due: Due, taken: Taken) -> None:
    columns = [
        *("store", "latency", "reminders", "announcements beside", "pace a second", "p50 late"),
        *("p99 late", "latest", "within a second", "messages per CPU-second", "MB after"),
    ]
    show_table(
        columns,
        [
            [
                store,
                f"{latency * 1000:.0f} ms",
                f"{len(taken.late):,}",
                f"{taken.beside:,}",
                f"{due.pace:,.0f}",
                f"{quantile(taken.late, 0.5):.2f} s",
                f"{quantile(taken.late, 0.99):.2f} s",
                f"{max(taken.late):.2f} s",
                f"{sum(late <= 1 for late in taken.late) / len(taken.late):.1%}",
                f"{len(taken.arrivals) / taken.cpu:,.0f}",
                f"{taken.resident:.0f}",
            ]
        ],
    )
    print(f"\nThe first one was {taken.late[0]:.2f} s late.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--latency", type=float, default=0, help="milliseconds")
    parser.add_argument("--reminders", type=int, default=100_000)
    parser.add_argument("--others", type=int, default=50_000, help="who get an announcement")
    parser.add_argument("--seconds", type=float, default=60, help="in which they are due")
    parser.add_argument("--pace", type=float, default=3000, help="messages a second")
    options = parser.parse_args()
    # Asked to stop, it takes the bot and the database server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine(options.store)
    due = Due(options.reminders, options.others, options.seconds, options.pace)
    latency = options.latency / 1000
    with workspaces(options.store) as where:
        taken = uvloop.run(remind(where, latency, due))
    show(options.store, latency, due, taken)


if __name__ == "__main__":
    main()
