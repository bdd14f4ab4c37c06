"""Many after the few seats of one event: through the webhook, decided one by one, and durable.

python -m benchmarks.rush                            as fast as it goes, and 500 a second offered
python -m benchmarks.rush --of tour --workers 10000  only with quotas, parties and three questions
python -m benchmarks.rush --store postgresql

Everybody's answer is read: as many hear that they have a seat as there are, and these are who the
store says they are; all others hear their place in the queue. With ``tour`` the seats are shared
out by quotas, half of the people bring others, and everybody answers three questions before the
last answer decides: see ``benchmarks.crowd``.
"""

import argparse
import os
import signal
import time
from dataclasses import dataclass, field

import uvloop

from benchmarks import crowd
from benchmarks.arrivals import quantile
from benchmarks.bots import BOTS, YIZHAN, YIZHAN_4, Bot, running
from benchmarks.driver import CONNECTIONS, deliver, post_all, telegram
from benchmarks.plan import SEATS, Claims, make_rush_plan, verify
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import milliseconds, show_machine, show_table
from benchmarks.workspaces import STORES, Workspaces, workspaces

SEAT = "✅"
"""How an answer begins that gives a seat."""

EVENTS = ("plain", "tour")


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
    """``rate`` is what was offered a second; zero for as much as it took.

    ``asked`` messages came before the decisions, in ``asking`` seconds of ``asking_cpu``. Of the
    decisions are ``heard``, ``wall`` and ``cpu``; ``sold`` counts the seats.
    """

    of: str
    rate: float
    heard: Heard
    wall: float
    cpu: float
    resident: float
    sold: int = 0
    asked: int = 0
    asking: float = 0
    asking_cpu: float = 0


def verify_seats(heard: Heard, claims: Claims) -> None:
    """Raise AssertionError unless the chats told of a seat are those that have one."""
    seated = {chat for (_, chat), claim in claims.items() if claim.state == "seated"}
    if len(seated) != SEATS or seated != heard.seated:
        told, both = len(heard.seated), len(heard.seated & seated)
        raise AssertionError(f"{told} were told of a seat, {len(seated)} have one, {both} both")


async def rush(bot: Bot, where: Workspaces, of: str, workers: int, rate: float) -> Taken:
    """Let every worker sign up for the same event, and check every answer."""
    is_tour = of == "tour"
    plan = crowd.make_crowd_plan(workers) if is_tour else make_rush_plan(workers)
    before = crowd.STEPS - 1 if is_tour else 0
    heard, asking, asking_cpu = Heard(), 0.0, 0.0
    async with telegram() as standin:
        workspace = where.workspace(standin.base)
        bot.prepare(workspace, plan)
        if is_tour:
            crowd.prepare(workspace.store, plan)
        os.sync()
        urls = [f"http://127.0.0.1:{workspace.port}{path}" for path in bot.paths]
        async with running(bot.name, bot.command(workspace), workspace) as pid:
            cpu, started = cpu_seconds(pid), time.perf_counter()
            for step in range(before):
                await post_all(standin, urls, crowd.updates(plan, step))
            asking, asking_cpu = time.perf_counter() - started, cpu_seconds(pid) - cpu
            standin.heard = heard.note
            last = crowd.updates(plan, before) if is_tour else None
            cpu, started = cpu_seconds(pid), time.perf_counter()
            if last is not None:
                await post_all(standin, urls, last, rate=rate)
            else:
                await deliver(standin, urls, plan.asks, first=0, rate=rate)
            wall, cpu = time.perf_counter() - started, cpu_seconds(pid) - cpu
            resident = resident_megabytes(pid)
    if is_tour:
        sold = crowd.verify(workspace.store, plan, heard.seated)
    else:
        claims = bot.claims(workspace.store)
        verify(plan, claims)
        verify_seats(heard, claims)
        sold = len(heard.seated)
    workspace.delete_store()
    asked = before * len(plan.asks)
    return Taken(of, rate, heard, wall, cpu, resident, sold, asked, asking, asking_cpu)


def show(store: str, name: str, runs: list[Taken]) -> None:
    columns = [
        *("station", "store", "event", "offered a second", "workers", "seats"),
        *("decisions a second", "p50 ms", "p99 ms", "longest ms", "decisions per CPU-second"),
        *("other messages a second", "per CPU-second", "MB after"),
    ]
    rows = []
    for taken in runs:
        waited = taken.heard.waited
        rows.append(
            [
                name,
                store,
                taken.of,
                f"{taken.rate:,.0f}" if taken.rate else "all",
                f"{len(waited):,}",
                str(taken.sold),
                f"{len(waited) / taken.wall:,.0f}",
                milliseconds(quantile(waited, 0.5)),
                milliseconds(quantile(waited, 0.99)),
                milliseconds(max(waited)),
                f"{len(waited) / taken.cpu:,.0f}",
                f"{taken.asked / taken.asking:,.0f}" if taken.asked else "–",
                f"{taken.asked / taken.asking_cpu:,.0f}" if taken.asked else "–",
                f"{taken.resident:.0f}",
            ]
        )
    show_table(columns, rows)


async def compare(options: argparse.Namespace, where: Workspaces) -> list[Taken]:
    runs = []
    for of in options.of:
        for rate in options.rates:
            taken = await rush(BOTS[options.station], where, of, options.workers, rate)
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
    parser.add_argument(
        "--of", choices=EVENTS, nargs="+", default=EVENTS, help="tour: with quotas and questions"
    )
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
