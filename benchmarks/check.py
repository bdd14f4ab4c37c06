"""Run every benchmark small, with its peers, and check that it ends well and prints its figures.

The figures themselves are worth nothing: two benchmarks run at the same time.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks import announcement, gala_proxy, signup
from benchmarks.bots import ROOT

SECONDS = 420
"""What a benchmark may take on a busy machine."""

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Check:
    """A benchmark's arguments, and how many rows of figures its tables have."""

    arguments: str
    rows: int


CHECKS = {
    "signup": Check("--updates 120 --rounds 1", len(signup.USUAL)),
    "announcement": Check(
        "--messages 300 --latencies 0 --peer-seconds 1", 1 + len(announcement.PEERS)
    ),
    "fanout": Check("--members 1000 --rate 50 --calm 0.5", 3),
    "reminders": Check("--reminders 60 --others 60 --seconds 2 --pace 500", 1),
    "processes": Check("--workers 1,2 --accounts 2 --each 40 --pace 100 --latency 0", 2),
    "papers": Check("--times 2 --people 20 --rate 20 --seconds 1", 7),
    "rush": Check("--workers 100", 4),
    "draw": Check("--people 300 --seats 40", 1),
    "search": Check("--people 500 --events 50 --times 2", 26),
    "console": Check("--people 500 --events 50 --sign-ups 300 --times 2", 18),
    "console --store postgresql": Check("--people 500 --events 50 --sign-ups 300 --times 2", 18),
    "busy_desk": Check("--people 500 --events 50 --sign-ups 300 --times 2", 9),
    "gala": Check(
        "--readers 160 --minutes 0.05 --votes 60 --lines 20 --seconds 0.5",
        3 + (gala_proxy.NGINX is not None),
    ),
    "loading": Check("--members 300 --rate 5 --calm 1 --files xlsx", 2),
    "copying": Check("--people 300 --events 10 --sign-ups 300", 2),
    "outgoing": Check("--texts 100 --pairs 1", 2),
    "profile_update": Check("--updates 50 --top 1", 1),
}


def figures(output: str) -> list[str]:
    """The rows of figures below the heads of tables, and the line above a profile."""
    rows, is_below_head = [], False
    for line in output.splitlines():
        if line.startswith(("| ---", "|---")):
            is_below_head = True
        elif not line.startswith("|"):
            is_below_head = False
            if " a CPU-second, " in line:
                rows.append(line)
        elif is_below_head and any(map(str.isdigit, line)):
            rows.append(line)
    return rows


def problem(name: str, check: Check) -> str:
    """Run one benchmark; returns what is wrong with it, nothing if all is well."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", *f"benchmarks.{name} {check.arguments}".split()],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return f"{name} did not end within {SECONDS} seconds:\n{(late.output or b'').decode()}"
    print(f"{name}: {time.monotonic() - began:.0f} seconds", flush=True)
    if done.returncode:
        return f"{name} ended with {done.returncode}:\n{done.stdout}"
    if len(figures(done.stdout)) != check.rows:
        return f"{name} did not print {check.rows} rows of figures:\n{done.stdout}"
    return ""


def main() -> int:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        problems = [each for each in pool.map(problem, CHECKS, CHECKS.values()) if each]
    print("\n".join(problems) or "Every benchmark ran.")
    return len(problems)


if __name__ == "__main__":
    sys.exit(main())
