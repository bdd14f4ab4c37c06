"""The desk and sign-ups, quiet at first, then while an announcement to 100,000 goes out.

python -m benchmarks.busy_desk                          100,000 people on SQLite
python -m benchmarks.busy_desk --store postgresql

One process serves everything: it plans and sends the announcement to a stand-in of Telegram at
nearly 1,000 messages a second, answers the desk's pages to an organizer of the district, and signs
people up at a steady rate. Each page is opened in turn until the announcement is done. Told are the
clock's times, so others at work on the machine spoil them.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
import uvloop

from benchmarks import announcing, district
from benchmarks.arrivals import quantile
from benchmarks.bots import config_of, running, write_config
from benchmarks.console import browsing, enter, opens
from benchmarks.driver import SECRET, text
from benchmarks.process import cpu_seconds
from benchmarks.report import milliseconds, show_machine, show_table
from benchmarks.standin import standin
from benchmarks.workspaces import STORES, Workspace, Workspaces, workspaces
from models.sending.deliveries import DeliveryState

OURS = "yizhan"
SIGN_UP = "a sign-up"
COLUMNS = (
    *("store", "what", "quiet: p50 ms", "p99 ms"),
    *("meanwhile: how many", "p50 ms", "p99 ms", "longest ms"),
)
HEADS = 2
"""Organizers, who have no chat; everybody else is written to."""


@dataclass(slots=True)
class Timed:
    """Seconds until each answer, by what was asked for."""

    took: dict[str, list[float]] = field(default_factory=dict)

    def add(self, what: str, seconds: float) -> None:
        self.took.setdefault(what, []).append(seconds)


def pages(people: int, events: int) -> dict[str, str]:
    """What is opened: where a working day begins, and what takes the desk longest."""
    name = district.SURNAMES[0] + district.GIVEN[1] + district.GIVEN[0]
    return {
        "first page": "/console",
        "events": "/console/events",
        "calendar": "/console/calendar",
        "a list of names": f"/console/events/{events}/people",
        "people": "/console/people",
        "search: a name": f"/console/search?words={name}",
        "search: an event": f"/console/search?words={district.TITLES[0]}",
        "announcements": "/console/announcements",
    }


async def _look(
    browser: aiohttp.ClientSession, origin: str, asked: dict[str, str], into: Timed, times: int
) -> None:
    """Open each page in turn, so many times."""
    for called, path in [*asked.items()] * times:
        await asyncio.sleep(0.05)
        started = time.perf_counter()
        await opens(browser, origin + path)
        into.add(called, time.perf_counter() - started)


class Crowd:
    """People who sign up at a steady rate, each for the last event but one, and wait for 200."""

    def __init__(self, url: str, people: int, events: int, rate: float) -> None:
        self._url, self._event, self._rate = url, events - 1, rate
        self._chats = iter(range(HEADS + 1, people + 1))

    async def ask(self, into: Timed, over: asyncio.Event) -> None:
        headers = {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": SECRET,
        }
        started, number = time.perf_counter(), 0
        async with aiohttp.ClientSession(headers=headers) as session, asyncio.TaskGroup() as group:
            while not over.is_set():
                due = started + number / self._rate
                await asyncio.sleep(max(due - time.perf_counter(), 0))
                group.create_task(self._sign_up(session, next(self._chats), due, into))
                number += 1

    async def _sign_up(
        self, session: aiohttp.ClientSession, chat: int, due: float, into: Timed
    ) -> None:
        body = text(chat, chat, f"/signup {self._event}")
        async with session.post(self._url, data=body) as response:
            assert response.status == 200, response.status
            await response.read()
        into.add(SIGN_UP, time.perf_counter() - due)


async def measure(where: Workspaces, options: argparse.Namespace) -> list[Sequence[str]]:
    """Time pages and sign-ups before and while the announcement goes out."""
    async with standin(0.05) as platform:
        space = where.workspace(platform.base)
        district.fill(space.store, options.people, options.events, options.sign_ups)
        os.sync()
        write_config(space, [district.ACCOUNT.removeprefix("telegram.")], quiet="")
        command = [sys.executable, "-m", "bot", "serve", "--config", str(config_of(space))]
        async with running(OURS, command, space) as pid, browsing() as browser:
            origin = f"http://127.0.0.1:{space.port}"
            await enter(browser, origin, space.store, options.events)
            quiet, beside = await _both(browser, origin, space, options, pid)
    sent = announcing.settled(space.store)[DeliveryState.SENT]
    assert sent == options.people - HEADS, f"{sent:,} were sent"
    space.delete_store()
    return [_row(options.store, each, quiet.took[each], beside.took[each]) for each in beside.took]


async def _both(
    browser: aiohttp.ClientSession,
    origin: str,
    space: Workspace,
    options: argparse.Namespace,
    pid: int,
) -> tuple[Timed, Timed]:
    asked = pages(options.people, options.events)
    url = origin + "/telegram/" + district.ACCOUNT.removeprefix("telegram.")
    crowd = Crowd(url, options.people, options.events, options.rate)
    await _look(browser, origin, asked, Timed(), 1)
    runs = []
    for called in ("quiet", "meanwhile"):
        timed, over = Timed(), asyncio.Event()
        started, cpu = time.perf_counter(), cpu_seconds(pid)
        async with asyncio.TaskGroup() as group:
            group.create_task(crowd.ask(timed, over))
            if called == "quiet":
                await _look(browser, origin, asked, timed, options.times)
            else:
                sending = group.create_task(_announce(space.store))
                while not sending.done():
                    await _look(browser, origin, asked, timed, 1)
            over.set()
        seconds = time.perf_counter() - started
        print(f"{called}: {seconds:.0f} s, {(cpu_seconds(pid) - cpu) / seconds:.0%} of a core")
        runs.append(timed)
    return runs[0], runs[1]


async def _announce(store_url: str) -> None:
    await announcing.until_done(store_url, announcing.announce(store_url))


def _row(store: str, what: str, quiet: Sequence[float], beside: Sequence[float]) -> Sequence[str]:
    return (
        *(store, what, milliseconds(quantile(quiet, 0.5)), milliseconds(quantile(quiet, 0.99))),
        *(f"{len(beside):,}", milliseconds(quantile(beside, 0.5))),
        *(milliseconds(quantile(beside, 0.99)), milliseconds(max(beside))),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--sign-ups", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=20, help="sign-ups a second")
    parser.add_argument(
        "--times", type=int, default=30, help="how often each page is opened before"
    )
    options = parser.parse_args()
    show_machine(options.store)
    with workspaces(options.store) as where:
        show_table(COLUMNS, uvloop.run(measure(where, options)))


if __name__ == "__main__":
    main()
