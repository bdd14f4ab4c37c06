"""Search among a million people and ten thousand events, as an organizer types.

python -m benchmarks.search                          a million members on SQLite
python -m benchmarks.search --store postgresql

Names are drawn as they are borne: a few surnames have most people. Each kind of words is searched
many times, by an organizer of the district, who sees everybody, and of one of seven towns; the
clock's time is told, the CPU's of this process beside it. Then members tell their names, with and
without keys being kept for them, for what that costs.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from sqlmodel import Session

from benchmarks import district
from benchmarks.arrivals import quantile
from benchmarks.report import show_machine, show_table
from benchmarks.workspaces import STORES, Workspace, workspaces
from models.finding import searching
from models.members import profile
from models.network import members, name_keys
from models.rules.search import sounds
from models.store import Store

COLUMNS = ("who", "words", "for example", "people", "p50 ms", "p99 ms", "CPU ms")


@dataclass(frozen=True, slots=True)
class Timed:
    """One kind of words: an example, and seconds by the clock for each search of it."""

    kind: str
    example: str
    by_clock: Sequence[float]
    cpu: float
    found: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=100)
    options = parser.parse_args()
    show_machine(options.store)
    with workspaces(options.store) as where:
        _run(where.workspace(""), options.people, options.events, options.times)


def _run(space: Workspace, people: int, events: int, times: int) -> None:
    started = time.perf_counter()
    district.fill(space.store, people, events)
    filled = time.perf_counter() - started
    keys, size = district.keys_of(space.store)
    print(f"\n{people:,} people, {keys:,} keys of names ({size}), filled in {filled:,.0f} s")
    dice = Random(36)
    store = Store(space.store)
    try:
        for by, whose in ((district.DISTRICT_HEAD, "district"), (district.TOWN_HEAD, "a town")):
            rows = [_row(whose, each) for each in _searches(store, dice, by, people, times)]
            show_table(
                ("who", "words", "for example", "people", "p50 ms", "p99 ms", "CPU ms"), rows
            )
        with_keys, without = _cost_of_names(store, dice, times)
        columns = ("a member's first name", "CPU us")
        show_table(columns, [("with keys", f"{with_keys:,.0f}"), ("without", f"{without:,.0f}")])
    finally:
        store.close()


def _row(whose: str, timed: Timed) -> tuple[str, ...]:
    return (
        whose,
        timed.kind,
        timed.example,
        f"{timed.found:,}",
        f"{quantile(timed.by_clock, 0.5) * 1000:,.1f}",
        f"{quantile(timed.by_clock, 0.99) * 1000:,.1f}",
        f"{timed.cpu * 1000:,.1f}",
    )


def _searches(store: Store, dice: Random, by: int, people: int, times: int) -> Iterator[Timed]:
    kinds: dict[str, Callable[[], str]] = {
        "name": lambda: district.name(dice, 3),
        "two characters": lambda: district.name(dice, 3)[1:],
        "surname": lambda: district.name(dice, 3)[0],
        "rare surname": lambda: dice.choice(district.SURNAMES[-20:]),
        "another of the same sound": lambda: district.name(dice, 2)[0] + dice.choice("韡荭栎"),
        "pinyin": lambda: sounds.sound(district.name(dice, 3)) or "",
        "initials": lambda: "".join(
            (sounds.sound(each) or "x")[0] for each in district.name(dice, 3)
        ),
        "number": lambda: str(dice.randrange(3, people + 1)),
        "staff number": lambda: f"A{dice.randrange(3, people + 1)}",
        "event": lambda: dice.choice(district.TITLES),
        "event in pinyin": lambda: sounds.sound(dice.choice(district.TITLES)) or "",
        "nothing": lambda: "qxzvv" + str(dice.randrange(10)),
    }
    now = datetime.now(UTC)
    for kind, make in kinds.items():
        taken, found, words = [], 0, ""
        store.read_now(searching.search, by, make(), now)
        began = time.process_time()
        for _ in range(times):
            words = make()
            started = time.perf_counter()
            hits = store.read_now(searching.search, by, words, now)
            taken.append(time.perf_counter() - started)
            found += len(hits.people)
        yield Timed(kind, words, taken, (time.process_time() - began) / times, found)


def _cost_of_names(store: Store, dice: Random, times: int) -> tuple[float, float]:
    """CPU microseconds that a name costs beside what else is done at the first hello."""

    def names(session: Session, at: str, with_keys: bool) -> float:
        now, put = datetime.now(UTC), name_keys.put
        callers = [
            members.meet(session, district.ACCOUNT, f"{at}{number}", language="zh", now=now)
            for number in range(times)
        ]
        called = [district.name(dice, 3) for _ in callers]
        if not with_keys:
            name_keys.put = lambda *_: None
        try:
            began = time.process_time()
            for caller, name in zip(callers, called, strict=True):
                profile.record_consent(session, caller, name, now)
            return (time.process_time() - began) / times * 1_000_000
        finally:
            name_keys.put = put

    return store.write_now(names, "a", True), store.write_now(names, "b", False)


if __name__ == "__main__":
    main()
