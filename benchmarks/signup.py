"""Sign-ups through the real webhook, answered and durable, beside two bare bots.

python -m benchmarks.signup                         ours, PTB and aiogram on SQLite
python -m benchmarks.signup --store postgresql
python -m benchmarks.signup --members 1000,100000,1000000
"""

import argparse
import os
import signal
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import uvloop

from benchmarks.bots import BOTS, YIZHAN, YIZHAN_4, Bot, running
from benchmarks.driver import CONNECTIONS, deliver, telegram
from benchmarks.plan import Plan, make_plan, make_wide_plan, verify
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import ratio, row, show_machine, spread
from benchmarks.workspaces import STORES, Workspaces, workspaces

USUAL = ("yizhan", "yizhan-4-accounts", "ptb-async", "aiogram-async", "ptb-plain", "aiogram-plain")

WARM_UP = 240
"""Updates before the clock starts: prepared statements, caches, connections."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of one bot took; ``server`` is PostgreSQL's own share."""

    updates: int
    cpu: float
    wall: float
    server: float
    through_api: int
    idle: float
    resident: float

    @property
    def per_cpu_second(self) -> float:
        return self.updates / self.cpu

    @property
    def per_second(self) -> float:
        return self.updates / self.wall


async def run(bot: Bot, where: Workspaces, plan: Plan, rate: float = 0) -> Run:
    """Start the bot on a prepared store, send every update, kill it, and look into the store."""
    async with telegram() as standin:
        workspace = where.workspace(standin.base)
        bot.prepare(workspace, plan)
        # What was prepared goes to the disk now, and not while the bot is measured.
        os.sync()
        urls = [f"http://127.0.0.1:{workspace.port}{path}" for path in bot.paths]
        warm_up, asks = plan.asks[:WARM_UP], plan.asks[WARM_UP:]
        async with running(bot.name, bot.command(workspace), workspace) as pid:
            idle = resident_megabytes(pid)
            await deliver(standin, urls, warm_up, first=0)
            calls, cpu, server = standin.calls, cpu_seconds(pid), where.server_cpu()
            started = time.perf_counter()
            await deliver(standin, urls, asks, first=WARM_UP, rate=rate)
            taken = Run(
                updates=len(asks),
                wall=time.perf_counter() - started,
                cpu=cpu_seconds(pid) - cpu,
                server=where.server_cpu() - server,
                through_api=standin.calls - calls,
                idle=idle,
                resident=resident_megabytes(pid),
            )
    verify(plan, bot.claims(workspace.store))
    workspace.delete_store()
    return taken


# Tables


def show(runs: dict[str, list[Run]]) -> None:
    """Print medians with their spread; a ratio is ours over the peer, round by round."""
    ours = [name for name in runs if name in (YIZHAN.name, YIZHAN_4.name)]
    columns = [
        *("bot", "sign-ups per CPU-second", "per second", "CPU ms each", "PostgreSQL ms each"),
        *("through the API", "MB after", *(f"{name} / this" for name in ours)),
    ]
    print("\n" + row(columns) + "\n" + row(["---"] * len(columns)))
    for name, taken in runs.items():
        cells = [
            name,
            spread([run.per_cpu_second for run in taken]),
            spread([run.per_second for run in taken]),
            f"{statistics.median(run.cpu / run.updates * 1000 for run in taken):.2f}",
            f"{statistics.median(run.server / run.updates * 1000 for run in taken):.2f}",
            f"{statistics.median(run.through_api / run.updates for run in taken):.0%}",
            f"{statistics.median(run.resident for run in taken):.0f}",
        ]
        print(row([*cells, *(_ratio(runs[each], taken) for each in ours)]))


def _ratio(ours: Sequence[Run], theirs: Sequence[Run]) -> str:
    return ratio([run.per_cpu_second for run in ours], [run.per_cpu_second for run in theirs])


def show_members(runs: dict[int, list[Run]]) -> None:
    print(
        "\n| members | CPU ms per update | sign-ups per CPU-second | per second"
        " | MB before | MB after |\n|---|---|---|---|---|---|"
    )
    for members, taken in runs.items():
        each = [run.cpu / run.updates * 1000 for run in taken]
        print(
            f"| {members:,} | {statistics.median(each):.3f} ({min(each):.3f}-{max(each):.3f})"
            f" | {spread([run.per_cpu_second for run in taken])}"
            f" | {spread([run.per_second for run in taken])}"
            f" | {statistics.median(run.idle for run in taken):.0f}"
            f" | {statistics.median(run.resident for run in taken):.0f} |"
        )


# The command line


async def compare(
    names: Sequence[str], where: Workspaces, updates: int, rounds: int, rate: float
) -> None:
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names:
            plan = make_plan(WARM_UP + updates)
            runs[name].append(await run(BOTS[name], where, plan, rate))
            latest = runs[name][-1]
            print(f"round {number + 1}: {name} {latest.per_cpu_second:,.0f} per CPU-second")
    show(runs)


async def grow(sizes: Sequence[int], where: Workspaces, updates: int, rounds: int) -> None:
    runs: dict[int, list[Run]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            plan = make_wide_plan(WARM_UP + updates, size)
            runs[size].append(await run(YIZHAN, where, plan))
            print(f"{size:,} members: {runs[size][-1].per_cpu_second:,.0f} per CPU-second")
    show_members(runs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--updates", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bots", default=",".join(USUAL), help="of " + ", ".join(BOTS))
    parser.add_argument("--rate", type=float, default=0, help="updates a second; 0: what it takes")
    parser.add_argument("--members", default="", help="sizes of the membership, for ours alone")
    options = parser.parse_args()
    # Asked to stop, it takes the bots and the database server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine(options.store, f"{CONNECTIONS} connections")
    with workspaces(options.store) as where:
        if options.members:
            sizes = [int(size) for size in options.members.split(",")]
            uvloop.run(grow(sizes, where, options.updates, options.rounds))
        else:
            names = options.bots.split(",")
            uvloop.run(compare(names, where, options.updates, options.rounds, options.rate))


if __name__ == "__main__":
    main()
