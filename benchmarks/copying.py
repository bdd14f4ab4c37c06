"""A station moved between SQLite and PostgreSQL by ``yizhan copy``, and back.

python -m benchmarks.copying                          100,000 members, 300,000 sign-ups

The command runs in a process of its own. What it says at the end is the proof: each row is the same
in both stores.
"""

import argparse
import os
import subprocess
import sys
import time

from benchmarks import district
from benchmarks.bots import ROOT
from benchmarks.report import show_machine, show_table
from benchmarks.workspaces import workspaces
from models.store import Store, copying

COLUMNS = ("from", "to", "rows", "seconds", "CPU s", "MB at most", "rows a second")
PROOF = "each is the same in both stores"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--sign-ups", type=int, default=300_000)
    options = parser.parse_args()
    show_machine("postgresql")
    with workspaces("sqlite") as files, workspaces("postgresql") as databases:
        first, there = files.workspace("").store, databases.workspace("").store
        back = files.workspace("").store
        district.fill(first, options.people, options.events, options.sign_ups)
        rows = [_copy(first, there), _copy(there, back)]
    show_table(COLUMNS, rows)


def _copy(source: str, target: str) -> tuple[str, ...]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot", "copy", source, target]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        # Its own figures, where those of all children together would hold others' as well.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - began
    if process.returncode or PROOF not in said:
        sys.exit(f"{source}: not copied")
    rows = _rows(target)
    return (
        source.partition(":")[0],
        target.partition(":")[0],
        f"{rows:,}",
        f"{took:,.1f}",
        f"{used.ru_utime + used.ru_stime:,.1f}",
        f"{used.ru_maxrss / 1024:,.0f}",
        f"{rows / took:,.0f}",
    )


def _rows(url: str) -> int:
    store = Store(url)
    try:
        return sum(store.read_now(copying.count).values())
    finally:
        store.close()


if __name__ == "__main__":
    main()
