"""A draw of many entries with quotas and parties: how long it computes, and how long it blocks.

python -m benchmarks.draw                            50,000 people for 5,000 seats
python -m benchmarks.draw --store postgresql

The list and the result are computed beside the writer, then the result is written in turns. During
all of it somebody else writes a small thing every 10 ms: how long they wait is measured. The record
is verified at the end as ``yizhan draw verify`` does it.
"""

import argparse
import asyncio
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import uvloop
from sqlalchemy import insert
from sqlmodel import Session

from benchmarks import announcing
from benchmarks.arrivals import quantile
from benchmarks.report import milliseconds, show_machine, show_table
from benchmarks.workspaces import STORES, Workspace, workspaces
from bot.station.settings import Settings
from models.events import drawing, draws, entries
from models.events.entries import DrawEntry
from models.events.events import Event, Signup, SignupState
from models.events.quotas import Quota
from models.rules.events import draw_records
from models.rules.events.draw_records import Proven
from models.store import Store, open_engine, ping
from scheduler import turns
from scheduler.planning import CHUNK

ROWS = 10_000
SIZES = (1, 1, 1, 1, 2, 3)
"""How many people enter together."""

QUOTAS = (("/s2/", 50, 700), ("/s3/", 50, 700), ("/s4/", 0, 1500), ("/s5/", 100, None))
IN_QUOTAS = 0.7
"""How many of the people count in a quota."""

PROBE_SECONDS = 0.01


@dataclass(slots=True)
class Taken:
    """Seconds of each part, and those that a small write waited meanwhile."""

    entries: int
    seated: int
    listing: float = 0.0
    drawing: float = 0.0
    writing: float = 0.0
    verifying: float = 0.0
    waited: list[float] = field(default_factory=list)


def prepare(workspace: Workspace, people: int, seats: int) -> None:
    """Fill the store with an event in whose draw all members are, in parties and quotas."""
    announcing.prepare(workspace, people, ["bench"], pace=1000)
    now, dice = datetime.now(UTC), Random(1)
    engine = open_engine(workspace.store)
    with Session(engine) as session:
        event = session.get_one(Event, 1)
        event.seats, event.starts_at = seats, now + timedelta(days=2)
        event.ends_at, event.quotas = event.starts_at + timedelta(hours=2), len(QUOTAS)
        entries.begin(session, event, now - timedelta(seconds=1), now - timedelta(days=7))
        event.entered, event.turns = people, people
        session.add_all(Quota(event_id=1, who=who, least=n, most=m) for who, n, m in QUOTAS)
        session.commit()
    empty = Signup(event_id=1, state=SignupState.ENTERED, at=now).model_dump()
    rows, entered = list[dict[str, Any]](), list[dict[str, Any]]()
    while len(rows) < people:
        leader, size = len(rows) + 1, min(dice.choice(SIZES), people - len(rows))
        for number in range(leader, leader + size):
            own = {"id": number, "member_id": number, "turn": number}
            party = {"brings": size - 1} if number == leader else {"party_id": leader}
            quotas = f"/{dice.randint(1, 3)}/4/" if dice.random() < IN_QUOTAS else ""
            rows.append({**empty, **own, **party, "counts_in": quotas})
            entry = {"event_id": 1, "signup_id": number, "code": f"{leader:08}"}
            entered.append({**entry, "takes_seat": True})
    with engine.begin() as connection:
        for start in range(0, people, ROWS):
            connection.execute(insert(Signup), rows[start : start + ROWS])
            connection.execute(insert(DrawEntry), entered[start : start + ROWS])
    engine.dispose()


async def draw(workspace: Workspace) -> Taken:
    """Close, list, draw and write, as the clock does it."""
    store = Store(workspace.store)
    taken = Taken(0, 0)
    probing = asyncio.create_task(_probe(store, taken.waited))
    try:
        await _take(store, "Close", taken)
        taken.listing = await _take(store, "Publish", taken)
        taken.drawing = await _take(store, "DrawAlone", taken)
        started = time.perf_counter()
        computed = await _take(store, "Write", taken)
        taken.drawing = computed
        taken.writing = time.perf_counter() - started - computed
    finally:
        probing.cancel()
    started = time.perf_counter()
    proven = draw_records.verify(store.read_now(draws.record_of, 1))
    taken.verifying = time.perf_counter() - started
    assert isinstance(proven, Proven), proven
    taken.entries, taken.seated = proven.entries, proven.seated
    store.close()
    return taken


async def _take(store: Store, kind: str, taken: Taken) -> float:
    """Take the next step; returns the seconds that it was computed."""
    now, care = datetime.now(UTC), Settings().care()
    started = time.perf_counter()
    step = await store.read(drawing.look, now)
    computed = time.perf_counter() - started
    assert type(step).__name__ == kind, step

    def work(session: Session, at: datetime, step: drawing.Step) -> int:
        return CHUNK if drawing.take(session, at, step, care) else 0

    while await turns.take(store, work, now, step, enough=CHUNK) >= CHUNK:
        pass
    return computed


async def _probe(store: Store, waited: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await store.write(ping)
        waited.append(time.perf_counter() - started)
        await asyncio.sleep(PROBE_SECONDS)


def show(store: str, people: int, runs: Sequence[Taken]) -> None:
    columns = [
        *("store", "people", "entries", "seated", "list s", "draw s", "written in s"),
        *("others wait: p50 ms", "p99 ms", "longest ms", "verify s"),
    ]
    rows = [
        [
            store,
            f"{people:,}",
            f"{each.entries:,}",
            f"{each.seated:,}",
            f"{each.listing:.1f}",
            f"{each.drawing:.1f}",
            f"{each.writing:.1f}",
            milliseconds(quantile(each.waited, 0.5)),
            milliseconds(quantile(each.waited, 0.99)),
            milliseconds(max(each.waited)),
            f"{each.verifying:.1f}",
        ]
        for each in runs
    ]
    show_table(columns, rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--seats", type=int, default=5_000)
    options = parser.parse_args()
    # Asked to stop, it takes the database server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine(options.store)
    with workspaces(options.store) as where:
        workspace = where.workspace("http://127.0.0.1:1")
        prepare(workspace, options.people, options.seats)
        show(options.store, options.people, [uvloop.run(draw(workspace))])


if __name__ == "__main__":
    main()
