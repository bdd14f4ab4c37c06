"""An announcement to many, planned, sent and settled durably, beside the usual loops.

python -m benchmarks.announcement                       as fast as it goes, at 0 and 50 ms
python -m benchmarks.announcement --store postgresql
python -m benchmarks.announcement --pace 1000           1,000 a second for a minute, at 50 ms
"""

import argparse
import asyncio
import contextlib
import os
import signal
import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvloop

from benchmarks import announcing, worker
from benchmarks.announcing import SHARE, UNPACED, WARM_UP, chats
from benchmarks.arrivals import Arrivals, verify_once_each
from benchmarks.bots import ROOT, running
from benchmarks.driver import TOKEN
from benchmarks.plan import FIRST_CHAT
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import ratio, show_machine, show_table, spread
from benchmarks.standin import standin
from benchmarks.workspaces import STORES, Workspace, Workspaces, workspaces

OURS = "yizhan"
PTB, AIOGRAM = "benchmarks.peers.ptb_loop", "benchmarks.peers.aiogram_loop"
PEERS = {
    # As every tutorial has it.
    "ptb": (PTB,),
    "ptb-marked": (PTB, "--mark"),
    # As it is written by those who have found that too slow.
    "ptb-gather": (PTB, "--at-once", "30"),
    "ptb-limiter": (PTB, "--at-once", "30", "--limiter", "1000"),
    "aiogram": (AIOGRAM,),
    "aiogram-gather": (AIOGRAM, "--at-once", "30"),
}
"""Peers by name, and how they are called; ``--mark`` gets a store's address."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one announcement took: CPU of the sender, of the database and of the stand-in."""

    arrivals: Arrivals
    cpu: float
    database: float
    standin: float
    resident: float

    @property
    def per_cpu_second(self) -> float:
        return len(self.arrivals) / self.cpu

    @property
    def per_second(self) -> float:
        return self.arrivals.per_second

    @property
    def share_of_a_core(self) -> float:
        return self.cpu / self.arrivals.seconds


async def ours(where: Workspaces, latency: float, messages: int, pace: float) -> Sent:
    """Announce to every member, by a station with one account at this pace."""
    async with standin(latency) as platform:
        workspace = where.workspace(platform.base)
        announcing.prepare(workspace, messages, ["bench"], pace=1000)
        # What was prepared goes to the disk now, and not while it is measured.
        os.sync()
        async with running(OURS, worker.command(workspace, pace), workspace) as pid:
            await asyncio.sleep(WARM_UP)
            cpu, database, theirs = cpu_seconds(pid), where.server_cpu(), platform.cpu_seconds()
            number = announcing.announce(workspace.store)
            await announcing.until_done(workspace.store, number)
            taken = Sent(
                arrivals=await platform.arrivals(),
                cpu=cpu_seconds(pid) - cpu,
                database=where.server_cpu() - database,
                standin=platform.cpu_seconds() - theirs,
                resident=resident_megabytes(pid),
            )
    announcing.verify_all_sent(workspace.store, messages)
    verify_once_each(taken.arrivals, chats(messages))
    workspace.delete_store()
    return taken


async def peer(name: str, where: Workspaces, latency: float, messages: int, seconds: float) -> Sent:
    """Write to as many as the loop can within some seconds."""
    async with standin(latency) as platform:
        workspace = where.workspace(platform.base)
        async with _loop(name, workspace, messages, seconds) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            cpu, theirs = cpu_seconds(process.pid), platform.cpu_seconds()
            process.stdin.write(b"go\n")
            if await process.stdout.readline() != b"done\n":
                raise AssertionError(f"{name} ended before its time")
            taken = Sent(
                arrivals=await platform.arrivals(),
                cpu=cpu_seconds(process.pid) - cpu,
                database=0.0,
                standin=platform.cpu_seconds() - theirs,
                resident=resident_megabytes(process.pid),
            )
    verify_once_each(taken.arrivals, chats(len(taken.arrivals)))
    workspace.delete_store()
    return taken


@asynccontextmanager
async def _loop(
    name: str, workspace: Workspace, messages: int, seconds: float
) -> AsyncIterator[asyncio.subprocess.Process]:
    module, *flags = PEERS[name]
    if "--mark" in flags:
        flags.insert(flags.index("--mark") + 1, workspace.store)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, "--api-base", workspace.api_base, "--token", TOKEN),
        *("--first", str(FIRST_CHAT), "--messages", str(messages), "--seconds", str(seconds)),
        *flags,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        if await process.stdout.readline() != b"ready\n":
            raise AssertionError(f"{name} did not start")
        await asyncio.sleep(WARM_UP)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


# Tables


def show(latency: float, runs: dict[str, list[Sent]]) -> None:
    """Print medians with their spread; a ratio is ours over the peer, round by round."""
    columns = [
        *(f"at {latency * 1000:.0f} ms", "messages", "per CPU-second", "a second", "CPU ms each"),
        *("PostgreSQL ms each", "MB after", f"{OURS} / this"),
    ]
    rows = []
    for name, taken in runs.items():
        each = [sent.per_cpu_second for sent in taken]
        against = [sent.per_cpu_second for sent in runs.get(OURS, ())]
        rows.append(
            [
                name,
                f"{statistics.median(len(sent.arrivals) for sent in taken):,.0f}",
                spread(each),
                spread([sent.per_second for sent in taken]),
                f"{1000 / statistics.median(each):.3f}",
                spread([sent.database / len(sent.arrivals) * 1000 for sent in taken], 3),
                spread([sent.resident for sent in taken]),
                ratio(against, each) if against and name != OURS else "",
            ]
        )
    show_table(columns, rows)


def show_paced(latency: float, pace: float, taken: Sequence[Sent]) -> None:
    columns = [
        *("latency", "wanted a second", "seconds", "a second", "least in a second"),
        *("most in a second", "most in any second", "share of a core", "MB after"),
    ]
    rows = []
    for sent in taken:
        counts = sent.arrivals.by_second()
        rows.append(
            [
                f"{latency * 1000:.0f} ms",
                f"{pace:,.0f}",
                f"{sent.arrivals.seconds:.1f}",
                f"{sent.per_second:,.1f} ({sent.per_second / pace - 1:+.2%})",
                f"{min(counts):,}",
                f"{max(counts):,}",
                f"{sent.arrivals.most_in_a_second():,}",
                f"{sent.share_of_a_core:.0%}",
                f"{sent.resident:.0f}",
            ]
        )
    show_table(columns, rows)


def say(name: str, sent: Sent) -> None:
    busy = sent.standin / sent.arrivals.seconds if sent.arrivals.seconds else 0
    print(
        f"{name}: {len(sent.arrivals):,} sent, {sent.per_cpu_second:,.0f} per CPU-second,"
        f" {sent.per_second:,.0f} a second; the stand-in used {busy:.0%} of a core",
        flush=True,
    )


# The command line


async def compare(options: argparse.Namespace, where: Workspaces) -> None:
    for latency in options.latencies:
        runs: dict[str, list[Sent]] = {name: [] for name in options.bots}
        for _ in range(options.rounds):
            for name in options.bots:
                if name == OURS:
                    sent = await ours(where, latency, options.messages, UNPACED)
                else:
                    sent = await peer(name, where, latency, options.messages, options.peer_seconds)
                say(name, sent)
                runs[name].append(sent)
        show(latency, runs)


async def hold(options: argparse.Namespace, where: Workspaces) -> None:
    """Send at a pace for a while, and show how well it was held."""
    for latency in options.latencies:
        taken = []
        for _ in range(options.rounds):
            messages = int(options.pace * options.seconds)
            taken.append(await ours(where, latency, messages, options.pace / SHARE))
            say(OURS, taken[-1])
        show_paced(latency, options.pace, taken)


def _numbers(text: str) -> list[float]:
    return [float(each) / 1000 for each in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--latencies", type=_numbers, default=[], help="milliseconds: 0,50")
    parser.add_argument("--rounds", type=int, default=1)
    names = [OURS, *PEERS]
    parser.add_argument("--bots", type=lambda text: text.split(","), default=names, help=str(names))
    parser.add_argument("--peer-seconds", type=float, default=15, help="how long a peer may send")
    parser.add_argument("--pace", type=float, default=0, help="announcements a second, held")
    parser.add_argument("--seconds", type=float, default=60, help="how long a pace is held")
    options = parser.parse_args()
    options.latencies = options.latencies or _numbers("50" if options.pace else "0,50")
    # Asked to stop, it takes the bots and the database server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine(options.store)
    with workspaces(options.store) as where:
        uvloop.run(hold(options, where) if options.pace else compare(options, where))


if __name__ == "__main__":
    main()
