"""A large network loaded from a file beside a station that people sign up at.

python -m benchmarks.loading                              100,000 members and the rest, on SQLite
python -m benchmarks.loading --store postgresql
python -m benchmarks.loading --rate 100 --files toml

A station serves in a process of its own and answers sign-ups at a steady rate, before and while
``yizhan load`` writes in another. What is loaded is counted in the store at the end, and loading
the same file a second time changes nothing.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from sqlmodel import Session, col, func, select

from benchmarks.arrivals import quantile
from benchmarks.bots import ROOT, YIZHAN, config_of, running
from benchmarks.driver import Telegram, deliver, telegram
from benchmarks.plan import Plan, make_wide_plan
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import milliseconds, show_machine, show_table
from benchmarks.workspaces import STORES, Workspace, Workspaces, workspaces
from models.loading.columns import SHEETS
from models.network.members import Member
from models.network.stations import Station
from models.store import open_engine
from models.teams.teams import Team

FILES = ("xlsx", "toml")
TOWNS = 8
SHARES = {"stations": 0.02, "teams": 0.005, "events": 0.01}
"""How many of each there are beside a member: 2,000, 500 and 1,000 beside 100,000."""

INTERESTS = ("球类", "唱歌", "摄影", "棋牌", "阅读")
SHIFTS = ("白班", "夜班", "两班倒", "")
ASKERS = 1_000
LOOK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was loaded: what it took, and how long people waited before and meanwhile."""

    file: str
    again: bool
    rows: int
    wall: float
    cpu: float
    resident: float
    before: Sequence[float]
    beside: Sequence[float]


def rows_of(members: int) -> dict[str, list[list[Any]]]:
    """The sheets of a network with so many members, headers first."""
    stations, teams, events = (max(round(members * each), TOWNS + 2) for each in SHARES.values())
    points = stations - TOWNS
    places = [f"point-{number}" for number in range(points)]
    return {
        "stations": [
            ["code", "kind", "parent", "name"],
            *([f"town-{n}", "镇街", "nanhai", f"第{n}镇"] for n in range(TOWNS)),
            *([each, "联系点", f"town-{n % TOWNS}", f"第{n}厂"] for n, each in enumerate(places)),
        ],
        "teams": [
            ["code", "station", "interest", "name"],
            *([f"team-{n}", places[n % points], "球类", f"第{n}队"] for n in range(teams)),
        ],
        "members": [
            ["name", "station", "staff_number", "interests", "shift"],
            *(
                [f"工友{n}", places[n % points], f"N{n:06}", INTERESTS[n % 5], SHIFTS[n % 4]]
                for n in range(members)
            ),
        ],
        "events": [
            ["code", "station", "category", "kind", "title", "day", "time", "until", "seats"],
            *(
                [f"e-{n}", places[n % points], "生活服务", "体验游", f"第{n}场参观", "2030-12-05",
                 "14:00", "16:00", 45]
                for n in range(events)
            ),
        ],
    }  # fmt: skip


def write_file(path: Path, members: int) -> int:
    """Write the network to a file; returns how many rows it has."""
    sheets = rows_of(members)
    if path.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        for sheet, rows in sheets.items():
            page = book.create_sheet(SHEETS[sheet][0])
            for row in rows:
                page.append(row)
        book.save(path)
    else:
        with path.open("w", encoding="utf-8") as file:
            for sheet, (head, *rows) in sheets.items():
                for row in rows:
                    cells = zip(head, row, strict=True)
                    words = [f"{name} = {_toml(cell)}" for name, cell in cells if cell != ""]
                    file.write("\n".join([f"[[{sheet}]]", *words, "", ""]))
    return sum(len(rows) - 1 for rows in sheets.values())


def _toml(cell: object) -> str:
    return str(cell) if isinstance(cell, int) else f'"{cell}"'


class Crowd:
    """Members who sign up at a steady rate, and how long each waited."""

    def __init__(self, standin: Telegram, url: str, plan: Plan, rate: float) -> None:
        self._standin, self._url, self._plan, self._rate = standin, url, plan, rate
        self._asked = 0

    async def ask(self, seconds: float) -> list[float]:
        """Sign up for a while; returns the seconds until each answer."""
        waited: list[float] = []
        self._standin.heard = lambda _chat, _text, took: waited.append(took)
        number = max(int(seconds * self._rate), 1)
        asks = self._plan.asks[self._asked : self._asked + number]
        await deliver(self._standin, [self._url], asks, first=self._asked, rate=self._rate)
        self._asked += number
        return waited


async def _load(workspace: Workspace, path: Path) -> tuple[float, float, float]:
    """Run ``yizhan load``; returns its seconds, its CPU seconds and the most memory it took."""
    line = ("-m", "bot", "load", str(path), "--config", str(config_of(workspace)))
    started, cpu, resident = time.perf_counter(), 0.0, 0.0
    process = await asyncio.create_subprocess_exec(
        sys.executable, *line, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    talk = asyncio.create_task(process.communicate())
    while not talk.done():
        with contextlib.suppress(OSError, IndexError):
            cpu = max(cpu, cpu_seconds(process.pid))
            resident = max(resident, resident_megabytes(process.pid))
        await asyncio.wait([talk], timeout=LOOK_EVERY)
    said, _ = await talk
    if process.returncode:
        raise AssertionError(f"load ended with {process.returncode}: {said.decode()}")
    return time.perf_counter() - started, cpu, resident


@contextlib.asynccontextmanager
async def _asking(crowd: Crowd) -> AsyncIterator[list[float]]:
    """People sign up for as long as this lasts."""
    waited: list[float] = []
    is_over = asyncio.Event()

    async def ask() -> None:
        while not is_over.is_set():
            waited.extend(await crowd.ask(1.0))

    asking = asyncio.create_task(ask())
    try:
        yield waited
    finally:
        is_over.set()
        await asking


def _verify(store: str, members: int) -> None:
    """Raise AssertionError unless the store holds what was loaded, beside who was there."""
    engine = open_engine(store)
    sheets = rows_of(members)
    with Session(engine) as session:
        loaded = select(func.count(col(Member.id))).where(Member.loaded_as != "")
        counted = {
            "members": session.exec(loaded).one(),
            "stations": session.exec(select(func.count(col(Station.id)))).one() - 1,
            "teams": session.exec(select(func.count(col(Team.id)))).one(),
        }
    engine.dispose()
    for sheet, number in counted.items():
        if number != len(sheets[sheet]) - 1:
            raise AssertionError(f"the store has {number} {sheet}, not {len(sheets[sheet]) - 1}")


async def measure(where: Workspaces, options: argparse.Namespace) -> list[Loaded]:
    """Load each kind of file into a fresh store, and once more."""
    runs = []
    for kind in options.files:
        async with telegram() as standin:
            workspace = where.workspace(standin.base)
            # Enough people and events for a sign-up each, however long loading takes.
            plan = make_wide_plan(ASKERS * 10, ASKERS)
            YIZHAN.prepare(workspace, plan)
            path = workspace.folder / f"network.{kind}"
            rows = write_file(path, options.members)
            os.sync()
            url = f"http://127.0.0.1:{workspace.port}{YIZHAN.paths[0]}"
            async with running(YIZHAN.name, YIZHAN.command(workspace), workspace):
                crowd = Crowd(standin, url, plan, options.rate)
                await crowd.ask(1.0)
                before = await crowd.ask(options.calm)
                for again in (False, True):
                    async with _asking(crowd) as beside:
                        taken = await _load(workspace, path)
                    runs.append(Loaded(kind, again, rows, *taken, before, beside))
                    print(f"{kind}: {rows:,} rows in {taken[0]:.1f} s", flush=True)
            _verify(workspace.store, options.members)
            workspace.delete_store()
    return runs


def show(store: str, rate: float, runs: Sequence[Loaded]) -> None:
    columns = [
        *("store", "file", "rows", "seconds", "CPU s", "MB at most", "sign-ups a second"),
        *("before: p50 ms", "p99 ms", "meanwhile: p50 ms", "p99 ms", "longest ms"),
    ]
    rows = [
        [
            store,
            f"{each.file}, again" if each.again else each.file,
            f"{each.rows:,}",
            f"{each.wall:.1f}",
            f"{each.cpu:.1f}",
            f"{each.resident:.0f}",
            f"{rate:.0f}",
            milliseconds(quantile(each.before, 0.5)),
            milliseconds(quantile(each.before, 0.99)),
            milliseconds(quantile(each.beside, 0.5)),
            milliseconds(quantile(each.beside, 0.99)),
            milliseconds(max(each.beside)),
        ]
        for each in runs
    ]
    show_table(columns, rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--files", choices=FILES, nargs="+", default=FILES)
    parser.add_argument("--rate", type=float, default=20, help="sign-ups a second")
    parser.add_argument("--calm", type=float, default=10, help="seconds before loading")
    options = parser.parse_args()
    # Asked to stop, it takes the station and the database server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine(options.store)
    with workspaces(options.store) as where:
        show(options.store, options.rate, uvloop.run(measure(where, options)))


if __name__ == "__main__":
    main()
