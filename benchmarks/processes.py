"""One, two and four workers on PostgreSQL, sending for several accounts at once.

python -m benchmarks.processes                       each account at its pace
python -m benchmarks.processes --pace 0              as fast as it goes

Every account has members of its own, and all of them get the same announcement. What an account
was allowed and what it did is seen by the platform; an account's pace holds for all processes
together.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import uvloop

from benchmarks import announcing, worker
from benchmarks.announcing import SHARE, UNPACED, WARM_UP, chats
from benchmarks.arrivals import Arrivals, verify_once_each
from benchmarks.bots import running
from benchmarks.postgres import free_port
from benchmarks.process import cpu_seconds
from benchmarks.report import show_machine, show_table
from benchmarks.standin import standin
from benchmarks.workspaces import Workspace, Workspaces, workspaces


@dataclass(frozen=True, slots=True)
class Taken:
    """``cpu`` is of each worker, ``database`` PostgreSQL's own."""

    arrivals: Arrivals
    cpu: list[float]
    database: float


async def send(
    where: Workspaces, latency: float, workers: int, accounts: Sequence[str], each: int, pace: float
) -> Taken:
    """Announce to ``each`` members of every account, with this number of workers."""
    recipients = each * len(accounts)
    async with standin(latency) as platform:
        workspace = where.workspace(platform.base)
        announcing.prepare(workspace, recipients, list(accounts), pace=min(pace, 1000))
        os.sync()
        async with _workers(workspace, workers, pace) as pids:
            await asyncio.sleep(WARM_UP)
            cpu, database = [cpu_seconds(pid) for pid in pids], where.server_cpu()
            number = announcing.announce(workspace.store)
            await announcing.until_done(workspace.store, number)
            taken = Taken(
                arrivals=await platform.arrivals(),
                cpu=[cpu_seconds(pid) - before for pid, before in zip(pids, cpu, strict=True)],
                database=where.server_cpu() - database,
            )
    announcing.verify_all_sent(workspace.store, recipients)
    verify_once_each(taken.arrivals, chats(recipients))
    return taken


@asynccontextmanager
async def _workers(workspace: Workspace, number: int, pace: float) -> AsyncIterator[list[int]]:
    async with AsyncExitStack() as stack:
        pids = []
        for place_in_row in range(number):
            mine = Workspace(workspace.folder, workspace.store, free_port(), workspace.api_base)
            more = ("--only", "worker", "--port", str(mine.port))
            starting = running(f"worker-{place_in_row}", worker.command(mine, pace, *more), mine)
            pids.append(await stack.enter_async_context(starting))
        yield pids


def show(pace: float, runs: dict[int, Taken]) -> None:
    columns = [
        *("workers", "messages", "a second", "allowed an account", "an account a second"),
        *("most in any second", "CPU ms each", "busiest worker's share", "PostgreSQL ms each"),
    ]
    rows = []
    for workers, taken in runs.items():
        seen = taken.arrivals
        accounts = [seen.of_account(name) for name in sorted(set(seen.accounts))]
        paces = [account.per_second for account in accounts]
        rows.append(
            [
                str(workers),
                f"{len(seen):,}",
                f"{seen.per_second:,.0f}",
                f"{pace:,.0f}" if pace < UNPACED else "any",
                f"{min(paces):,.0f}-{max(paces):,.0f}",
                f"{max(account.most_in_a_second() for account in accounts):,}",
                f"{sum(taken.cpu) / len(seen) * 1000:.3f}",
                f"{max(taken.cpu) / sum(taken.cpu):.0%}",
                f"{taken.database / len(seen) * 1000:.3f}",
            ]
        )
    show_table(columns, rows)
    print(f"\nAnnouncements use {SHARE:.0%} of what an account is allowed.")


async def compare(options: argparse.Namespace, where: Workspaces) -> None:
    pace = options.pace or UNPACED
    accounts = [f"bench{number}" for number in range(options.accounts)]
    runs = {}
    for workers in options.workers:
        taken = await send(where, options.latency / 1000, workers, accounts, options.each, pace)
        print(f"{workers} workers: {taken.arrivals.per_second:,.0f} a second", flush=True)
        runs[workers] = taken
    show(pace, runs)


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=_numbers, default=[1, 2, 4], help="how many: 1,2,4")
    parser.add_argument("--accounts", type=int, default=4)
    parser.add_argument("--each", type=int, default=6000, help="members of each account")
    parser.add_argument("--pace", type=float, default=250, help="an account's; 0: no limit")
    parser.add_argument("--latency", type=float, default=50, help="milliseconds")
    options = parser.parse_args()
    # Asked to stop, it takes the workers and the database server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine("postgresql")
    with workspaces("postgresql") as where:
        uvloop.run(compare(options, where))


if __name__ == "__main__":
    main()
