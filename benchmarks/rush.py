"""Many after the few seats of one event: through the webhook, decided one by one, and durable.

python -m benchmarks.rush                            as fast as it goes, and 500 a second offered
python -m benchmarks.rush --store postgresql

Everybody's answer is read: as many hear that they have a seat as there are, and these are who the
store says they are; all others hear their place in the queue.
"""

import argparse
import os
import signal
import time
from dataclasses import dataclass, field

import uvloop

from benchmarks.arrivals import quantile
from benchmarks.bots import BOTS, YIZHAN, YIZHAN_4, Bot, running
from benchmarks.driver import CONNECTIONS, deliver, telegram
from benchmarks.plan import SEATS, Claims, make_rush_plan, verify
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import milliseconds, show_machine, show_table
from benchmarks.workspaces import STORES, Workspaces, workspaces

SEAT = "✅"
"""How an answer begins that gives a seat."""


@dataclass(slots=True)
class Heard:
    """The answers: the chats that got a seat, and the seconds until each answer."""

    seated: set[int] = field(default_factory=set)
    waited: list[float] = field(default_factory=list)

    def note(self, chat_id: int, text: str, seconds: float) -> None:
        self.waited.append(seconds)
        if text.startswith(SEAT):
            self.seated.add(chat_id)


@dataclass(frozen=True, slots=True)
class Taken:
    """``rate`` is what was offered a second; zero for as much as it took."""

    rate: float
    heard: Heard
    wall: float
    cpu: float
    resident: float


def verify_seats(heard: Heard, claims: Claims) -> None:
    """Raise AssertionError unless the chats told of a seat are those that have one."""
    seated = {chat for (_, chat), claim in claims.items() if claim.state == "seated"}
    if len(seated) != SEATS or seated != heard.seated:
        told, both = len(heard.seated), len(heard.seated & seated)
        raise AssertionError(f"{told} were told of a seat, {len(seated)} have one, {both} both")


async def rush(bot: Bot, where: Workspaces, workers: int, rate: float) -> Taken:
    """Let every worker sign up for the same event, and check every answer."""
    plan = make_rush_plan(workers)
    heard = Heard()
    async with telegram() as standin:
        standin.heard = heard.note
        workspace = where.workspace(standin.base)
        bot.prepare(workspace, plan)
        os.sync()
        urls = [f"http://127.0.0.1:{workspace.port}{path}" for path in bot.paths]
        async with running(bot.name, bot.command(workspace), workspace) as pid:
            cpu, started = cpu_seconds(pid), time.perf_counter()
            await deliver(standin, urls, plan.asks, first=0, rate=rate)
            taken = Taken(
                rate=rate,
                heard=heard,
                wall=time.perf_counter() - started,
                cpu=cpu_seconds(pid) - cpu,
                resident=resident_megabytes(pid),
            )
    claims = bot.claims(workspace.store)
    verify(plan, claims)
    verify_seats(heard, claims)
    workspace.delete_store()
    return taken


def show(store: str, name: str, runs: list[Taken]) -> None:
    columns = [
        *("station", "store", "offered a second", "workers", "seats", "decisions a second"),
        *("p50 ms", "p99 ms", "longest ms", "decisions per CPU-second", "MB after"),
    ]
    rows = []
    for taken in runs:
        waited = taken.heard.waited
        rows.append(
            [
                name,
                store,
                f"{taken.rate:,.0f}" if taken.rate else "all",
                f"{len(waited):,}",
                str(len(taken.heard.seated)),
                f"{len(waited) / taken.wall:,.0f}",
                milliseconds(quantile(waited, 0.5)),
                milliseconds(quantile(waited, 0.99)),
                milliseconds(max(waited)),
                f"{len(waited) / taken.cpu:,.0f}",
                f"{taken.resident:.0f}",
            ]
        )
    show_table(columns, rows)


async def compare(options: argparse.Namespace, where: Workspaces) -> list[Taken]:
    runs = []
    for rate in options.rates:
        taken = await rush(BOTS[options.station], where, options.workers, rate)
        print(f"{len(taken.heard.waited) / taken.wall:,.0f} decisions a second", flush=True)
        runs.append(taken)
    return runs


def _numbers(text: str) -> list[float]:
    return [float(each) for each in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    stations = (YIZHAN.name, YIZHAN_4.name)
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--workers", type=int, default=50_000)
    parser.add_argument(
        "--rates", type=_numbers, default=[0, 500], help="a second; 0: all it takes"
    )
    parser.add_argument("--station", choices=stations, default=YIZHAN.name)
    options = parser.parse_args()
    # Asked to stop, it takes the bot and the database server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine(options.store, f"{CONNECTIONS} connections")
    with workspaces(options.store) as where:
        show(options.store, options.station, uvloop.run(compare(options, where)))


if __name__ == "__main__":
    main()
