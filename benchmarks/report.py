"""What is printed: the machine, and tables whose rows go into docs/benchmarks.md as they are."""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("python-telegram-bot", "aiogram", "sqlmodel", "sqlalchemy", "psycopg")
QUIET = 0.1
"""Processes that wanted to run, per core and over the last minute: with more, figures vary."""


def show_machine(store: str, also: str = "") -> None:
    """Say on what machine this is measured, and whether others use it at the same time."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    print(
        f"{_processor()}, {cores} cores, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}\n"
        + ", ".join(f"{each} {version(each)}" for each in PACKAGES)
        + f"\n{store}; one fdatasync here takes {_sync_microseconds():.0f} us"
        + (f"; {also}" if also else "")
    )
    if load > QUIET * cores:
        print(f"Others use this machine (load {load:.2f}): these are not the figures to keep.")


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print("\n" + row(columns) + "\n" + row(["---"] * len(columns)))
    for cells in rows:
        print(row(cells))


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The median, and between what the values lie where there are several."""
    middle = f"{statistics.median(values):,.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Ours over theirs, round by round."""
    return spread([our / their for our, their in zip(ours, theirs, strict=True)], 1)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _sync_microseconds() -> float:
    """What a full sync costs on this disk; a real one takes a hundred times as long, or more."""
    taken = []
    with tempfile.TemporaryFile() as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1_000_000
