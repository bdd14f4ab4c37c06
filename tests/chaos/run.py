"""One run: a station at work is treated badly, and at the end everything is compared."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

from sqlmodel import Session, col, select

from models.announcements.announcements import Announcement, AnnouncementState
from models.sending import recovery
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState, in_state
from models.store import Store, StoreDown
from scheduler.delivery import IN_FLIGHT, LEASE
from tests import databases
from tests.chaos import town
from tests.chaos.comparing import Findings, compare
from tests.chaos.processes import Front, Process, Station
from tests.chaos.rush import Rush
from tests.chaos.silence import Silence, complaints, look_at_all
from tests.chaos.town import WORDS, Town
from tests.chaos.weather import Weather
from tests.platforms.telegram.faults import Noted
from tests.platforms.telegram.server import TelegramServer

WITHIN = 240.0
"""How long anything may take before the run is given up."""

LOOK = 0.02
PACE = 500
"""The fastest account of which a kill leaves no more than 64 in doubt."""

HURRY = 20
"""Telegram brings an update again after 2, 4, 8 seconds, here after a twentieth of that."""


@dataclass
class Run:
    """A station with everything around it.

    ``left`` is how many deliveries were on their way at each kill of a process that speaks; where
    several do, the others' are among them.
    """

    seed: int
    store: Store
    town: Town
    telegram: TelegramServer
    weather: Weather
    station: Station
    rush: Rush
    record: list[Noted]
    random: Random
    cuts: list[float] = field(default_factory=list)
    killed: list[tuple[Process, float]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    may_be_left: list[int] = field(default_factory=list)
    restarts: int = 0
    silences: list[Silence] = field(default_factory=list)
    _known: set[tuple[int, int]] = field(default_factory=set)

    async def gets(self, answers: int) -> None:
        """Wait for so many answers more."""
        wanted = self.rush.answers.total() + answers
        await until(lambda: self.rush.answers.total() >= wanted)

    async def announces(self, calls: int) -> None:
        """Wait until so many more have been told the announcement, or it is at its end."""
        wanted = self.announced() + calls
        await until(lambda: self.announced() >= wanted or not self._goes_on())

    async def is_at_work(self, calls: int) -> None:
        """Wait for any moment: of an announcement that goes on, mostly, or of the rush."""
        if self.random.random() < 0.75:
            await self.announces(self.random.randint(1, calls))
        else:
            await self.gets(self.random.randint(0, 2 * len(self.rush.people)))

    def announced(self) -> int:
        """How many messages of the announcement have come to the platform."""
        return sum(WORDS in each.text for each in self.record)

    async def kills_one(self) -> None:
        """Kill one of the processes where it stands, and start it again."""
        victim = self.random.choice(self.station.processes)
        await victim.die()
        self._has_died(victim)
        await victim.start()

    def _has_died(self, victim: Process) -> None:
        self.cut()
        self.killed.append((victim, time.monotonic()))
        if not victim.speaks:
            return
        left = self.store.read_now(_handed_over) - self._known
        if self._speaks_alone():
            self._known |= left
        self.left.append(len(left))
        self.may_be_left.append(IN_FLIGHT * (1 if self._speaks_alone() else self._died_lately()))

    def _died_lately(self) -> int:
        """How many senders were killed whose leases may not have ended yet.

        Of several senders nobody can tell which rows are whose, so theirs are counted together.
        """
        since = time.monotonic() - LEASE.total_seconds()
        return sum(victim.speaks and at >= since for victim, at in self.killed)

    def _speaks_alone(self) -> bool:
        return sum(process.speaks for process in self.station.processes) == 1

    def cut(self) -> None:
        """Note that connections are cut now."""
        self.cuts.append(time.monotonic())

    async def goes_without_the_platform(self, answers: int) -> None:
        """Have Telegram answer no call, until so many answers more have been acknowledged."""
        await self.telegram.goes_away()
        self.cut()
        await self.gets(answers)
        # What was being answered as the connections were cut was answered to nobody.
        self.cut()
        await self.telegram.comes_back()

    async def goes_without_answers(
        self, answers: int, *, lasts: float = 0.0, kills: int = 0
    ) -> Silence:
        """Have Telegram carry out every call and answer none.

        It ends when so many answers more have been acknowledged all the same, the station has said
        that it is silent, and ``lasts`` seconds have passed, with kills amid them.
        """
        silence = Silence(time.monotonic())
        self.silences.append(silence)
        self.weather.is_silent = True
        before = complaints(self.station.logs())
        await self.gets(answers)
        await until(lambda: complaints(self.station.logs()) > before)
        silence.noticed = time.monotonic()
        for _part in range(kills):
            await asyncio.sleep(lasts / (kills + 1))
            await self.kills_one()
        await asyncio.sleep(max(0.0, silence.since + lasts - time.monotonic()))
        self.weather.is_silent = False
        silence.until = time.monotonic()
        return silence

    async def goes_without_the_database(self, server: databases.Server, mode: str) -> None:
        """Stop the database's server, "fast" or "immediate", and start it again."""
        before = len(self.telegram.updates.attempts)
        await asyncio.to_thread(server.stop, mode)
        self.cut()
        self.restarts += 1
        await self.is_refused(since=before)
        await asyncio.to_thread(server.start)

    async def is_refused(self, since: int) -> None:
        """Wait until Telegram has been told that nothing can be kept now."""
        attempts = self.telegram.updates.attempts
        await until(lambda: any(each.status == 503 for each in attempts[since:]))

    # The end

    async def settles(self, *, waits: bool = False) -> Findings:
        """Let everybody finish, and every delivery come to its end; then compare.

        What a dead process was sending is left alone until its lease ends. Unless the run ``waits``
        for that, everything is killed once more, and the time passes while nothing runs.
        """
        await self.rush.ends()
        if not waits:
            await self.station.die()
            for process in self.station.processes:
                self._has_died(process)
            while self.store.write_now(recovery.recover, datetime.now(UTC) + LEASE):
                pass
            await self.station.start()
        await until(lambda: not self._goes_on())
        found = self.store.read_now(compare, self.town, self.rush, self.record, self.cuts)
        logs, killed = self.station.logs(), [at for victim, at in self.killed if victim.speaks]
        look_at_all(found, self.silences, self.record, self.town.crowd, logs, killed=killed)
        # What was claimed as the database went has no sender either: nobody heard of the claim.
        most = IN_FLIGHT * (len(self.left) + self.restarts)
        if self._speaks_alone():
            most = min(most, sum(self.left))
        found.must(
            found.left_by_the_dead <= most,
            f"{found.left_by_the_dead} are in doubt, but {most} were on their way at kills",
        )
        found.must(
            self.restarts > 0
            or all(left <= most for left, most in zip(self.left, self.may_be_left, strict=True)),
            f"kills left {self.left} on their way, and {self.may_be_left} at most may be",
        )
        return found

    def _goes_on(self) -> bool:
        """Whether anything has no end yet; somebody looks after what was held, too."""
        announcement_id = self.town.announcement_id
        try:
            if self.store.read_now(_is_held, announcement_id):
                self.store.write_now(town.lets_go_on, announcement_id)
            return self.store.read_now(_is_open, announcement_id)
        except StoreDown:
            return True

    def tells(self, found: Findings) -> str:
        """What is wrong, and what the processes wrote: for whoever looks into it."""
        some = "\n".join(found.wrong[:10])
        return f"seed {self.seed}: {len(found.wrong)} wrong\n{some}\n{self.station.logs()[-4000:]}"

    def longest_take_over(self) -> float:
        """The longest time from a kill to the next message of the announcement."""
        said = [each.at for each in self.record if WORDS in each.text and each.told != "response"]
        times = [at for _victim, at in self.killed]
        longest = 0.0
        for at, following in pairwise([*times, float("inf")]):
            after = next((each for each in said if each > at), None)
            if after is not None and after < following:
                longest = max(longest, after - at)
        return longest


@asynccontextmanager
async def begun(
    store_url: str,
    folder: Path,
    *,
    seed: int,
    recipients: int,
    people: int,
    processes: tuple[tuple[str, ...], ...] = ((),),
    pace: int = PACE,
    web: bool = False,
    reminders_within: float = 10.0,
) -> AsyncIterator[Run]:
    """A station of such processes on a fresh store, at work."""
    random = Random(seed)
    store = Store(store_url)
    there = town.found(store, recipients, reminders_within=reminders_within)
    record: list[Noted] = []
    weather = Weather(random, blocked=frozenset(list(there.crowd)[50::100]))
    everybody = range(there.crowd.start, there.organizer + 1)
    telegram = TelegramServer(hurry=HURRY, crowd=everybody, weather=weather, record=record)
    try:
        async with telegram, Front() as front:
            station = Station(
                folder, store_url, front, telegram.api_base, telegram.token, pace=pace, web=web
            )
            for arguments in processes:
                station.has(*arguments)
            rush = Rush(telegram)
            try:
                await station.start()
                rush.begins(people)
                yield Run(seed, store, there, telegram, weather, station, rush, record, random)
            finally:
                await rush.is_given_up()
                await station.die()
    finally:
        store.close()


async def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds: it is other processes that are waited for, so one has to look."""
    async with asyncio.timeout(WITHIN):
        while True:
            if holds():
                return
            await asyncio.sleep(LOOK)


def _handed_over(session: Session) -> set[tuple[int, int]]:
    rows = session.execute(
        select(Delivery.id, Delivery.attempts).where(
            in_state(DeliveryState.LEASED), col(Delivery.handed_over)
        )
    )
    return {(int(row.id), row.attempts) for row in rows}


def _is_held(session: Session, announcement_id: int) -> bool:
    return session.get_one(Announcement, announcement_id).state == AnnouncementState.HELD


def _is_open(session: Session, announcement_id: int) -> bool:
    """Whether anything is on its way still."""
    if session.get_one(Announcement, announcement_id).state != AnnouncementState.DONE:
        return True
    found = session.exec(
        select(Delivery.id).where(col(Delivery.state).in_(OPEN_STATES)).limit(1)
    ).first()
    return found is not None
