"""The long form: ``make chaos``, with KILLS=, STORE=, SEED=, SILENCE= and OF=.

STORE is sqlite, postgresql or both; SILENCE is for how many seconds the platform answers nothing;
OF is one of kills, weather, silence and disk, and all of them without it.
"""

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import migrations
from tests import databases
from tests.chaos.comparing import Findings
from tests.chaos.run import Run, begun
from tests.chaos.slow_disk import SlowDisk, slow_disk

RECIPIENTS = 10_000
A_KILL = 500
"""Recipients for each kill: more than a quick machine tells between two of them."""
OF = ("kills", "weather", "silence", "disk")
PEOPLE = 200
STORMS = 4
SILENCE = 600.0
KILLS_AMID_SILENCE = 4
SYNCS = (200, 1000, 2000)
"""How many milliseconds a sync of the disk takes, by turns.

A row that is waited for on PostgreSQL is given up after three seconds (lock_timeout), and tried
three times. A commit waits for the sync under way and for its own.
"""

IN_PARTS = (
    ("--only", "web"),
    ("--only", "web"),
    ("--only", "web"),
    ("--only", "worker"),
    ("--only", "worker"),
)
"""What runs on PostgreSQL; on SQLite it is one process."""


@dataclass(frozen=True, slots=True)
class Row:
    """One run, as the table shows it."""

    what: str
    found: Findings
    kills: int
    left: list[int]
    take_over: float
    log: str

    def cells(self) -> list[str]:
        found = self.found
        states = ", ".join(f"{number} {state}" for state, number in found.states.most_common())
        mean = sum(self.left) / len(self.left) if self.left else 0.0
        return [
            self.what,
            str(self.kills),
            f"{found.acknowledged} / {found.lost}",
            str(found.sold_twice),
            states,
            str(found.open),
            str(found.sent_again),
            str(found.unanswered),
            f"{mean:.0f} / {max(self.left, default=0)}",
            f"{self.take_over:.1f} s",
            str(len(found.wrong)),
        ]


HEADINGS = [
    "run",
    "kills",
    "acknowledged / lost",
    "sold twice",
    "deliveries",
    "without an end",
    "sent again",
    "unanswered in a silence, most",
    "on their way at a kill, mean / most",
    "longest take-over",
    "wrong",
]


@dataclass(frozen=True, slots=True)
class Place:
    """A fresh store, and its server where it is PostgreSQL."""

    name: str
    url: str
    server: databases.Server | None = None

    @property
    def processes(self) -> tuple[tuple[str, ...], ...]:
        return ((),) if self.server is None else IN_PARTS


async def _kills(place: Place, folder: Path, kills: int, seed: int) -> Row:
    """Processes are killed amid a rush and an announcement."""
    async with begun(
        place.url,
        folder,
        seed=seed,
        recipients=A_KILL * kills,
        people=PEOPLE,
        processes=place.processes,
        reminders_within=60,
    ) as run:
        for number in range(kills):
            await run.is_at_work(A_KILL // 4)
            await run.kills_one()
            _say(f"\r{place.name}: {number + 1} kills, {run.announced()} told ")
        _say("\n")
        return await _row(f"{place.name}, kills", run)


async def _weather(place: Place, folder: Path, kills: int, seed: int) -> Row:
    """Storms, errors, time-outs, outages of platform and database, and kills amid them."""
    async with begun(
        place.url,
        folder,
        seed=seed,
        recipients=RECIPIENTS // 5,
        people=PEOPLE,
        processes=place.processes,
        reminders_within=60,
    ) as run:
        run.weather.errors, run.weather.hangs = 0.3, 20
        run.weather.busy = dict.fromkeys(list(run.town.crowd)[7::400], 2)
        for number in range(STORMS):
            await run.announces(RECIPIENTS // 50)
            run.weather.storm(5.0)
            await run.is_at_work(RECIPIENTS // 50)
            await run.goes_without_the_platform(answers=5 * PEOPLE)
            for _kill in range(kills // 20):
                await run.is_at_work(RECIPIENTS // 100)
                await run.kills_one()
            if place.server is not None:
                mode = ("fast", "immediate")[number % 2]
                await run.goes_without_the_database(place.server, mode)
                await run.gets(PEOPLE)
            _say(f"\r{place.name}: {number + 1} storms, {run.announced()} told ")
        _say("\n")
        return await _row(f"{place.name}, weather", run)


async def _silence(place: Place, folder: Path, kills: int, seed: int, *, seconds: float) -> Row:
    """The platform answers nothing for long; processes are killed amid that, and afterwards."""
    amid, later = (min(each, KILLS_AMID_SILENCE) for each in ((kills + 1) // 2, kills // 2))
    async with begun(
        place.url,
        folder,
        seed=seed,
        recipients=RECIPIENTS // 5,
        people=PEOPLE,
        processes=place.processes,
        reminders_within=seconds,
    ) as run:
        await run.announces(RECIPIENTS // 50)
        await run.goes_without_answers(2 * PEOPLE, lasts=seconds, kills=amid)
        _say(f"{place.name}: a silence of {seconds:.0f} s, {run.announced()} told\n")
        for _kill in range(later):
            await run.is_at_work(RECIPIENTS // 50)
            await run.kills_one()
        return await _row(f"{place.name}, silence", run)


async def _slow(place: Place, folder: Path, kills: int, seed: int, *, disk: SlowDisk) -> Row:
    """Each sync of the disk takes up to seconds, with kills amid them."""
    async with begun(
        place.url,
        folder,
        seed=seed,
        recipients=RECIPIENTS // 5,
        people=PEOPLE,
        processes=place.processes,
        reminders_within=60,
    ) as run:
        for milliseconds in SYNCS:
            await run.announces(RECIPIENTS // 50)
            disk.takes(milliseconds)
            try:
                for _kill in range(min(kills, len(SYNCS))):
                    await run.gets(PEOPLE // 2)
                    await run.kills_one()
                await run.gets(PEOPLE // 2)
            finally:
                disk.takes(0)
            _say(f"\r{place.name}: a sync took {milliseconds} ms, {run.announced()} told ")
        _say("\n")
        return await _row(f"{place.name}, slow disk", run)


async def _row(what: str, run: Run) -> Row:
    found = await run.settles(waits=True)
    return Row(what, found, len(run.killed), run.left, run.longest_take_over(), run.tells(found))


Form = Callable[[Place, Path, int, int], Coroutine[Any, Any, Row]]


@contextmanager
def _place(store: str, folder: Path) -> Iterator[Place]:
    if store == "sqlite":
        url = f"sqlite:///{folder}/yizhan.db"
        migrations.upgrade(url)
        yield Place(store, url)
        return
    # The disk is waited for as by a server that people depend on.
    with databases.own_server(fsync="on") as server:
        url = databases.create_database(server.address, "station")
        migrations.upgrade(url)
        yield Place(store, url, server)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="yizhan-chaos-"))
    # PostgreSQL's user reads in it.
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _table(rows: list[Row]) -> str:
    lines = [HEADINGS, *(row.cells() for row in rows)]
    turned = list(zip(*lines, strict=True))
    width = max(map(len, HEADINGS))
    return "\n".join(f"{heading:{width}}  " + "  |  ".join(cells) for heading, *cells in turned)


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--silence", type=float, default=SILENCE, help="seconds")
    parser.add_argument("--of", choices=OF, help="one form; all without it")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    options = parser.parse_args()
    _say(f"The seed is {options.seed}.\n")
    rows, given_up = [], 0
    stores = ("sqlite", "postgresql") if options.store == "both" else (options.store,)
    with _folder() as shared, slow_disk(shared) as disk:
        forms: dict[str, Form] = {
            "kills": _kills,
            "weather": _weather,
            "silence": partial(_silence, seconds=options.silence),
        }
        if disk is not None:
            forms["disk"] = partial(_slow, disk=disk)
        else:
            _say("Nothing here compiles C, so no disk is slow.\n")
        for store in stores:
            for name, form in forms.items():
                if options.of not in (None, name):
                    continue
                with _folder() as folder, _place(store, folder) as place:
                    try:
                        rows.append(asyncio.run(form(place, folder, options.kills, options.seed)))
                    except TimeoutError:
                        # What the other runs have shown is told all the same.
                        given_up += 1
                        traceback.print_exc()
    _say(f"\nThe seed was {options.seed}.\n{_table(rows)}\n")
    wrong = [row for row in rows if row.found.wrong]
    for row in wrong:
        _say(f"\n{row.what}\n{row.log}\n")
    return 1 if wrong or given_up else 0


if __name__ == "__main__":
    sys.exit(main())
