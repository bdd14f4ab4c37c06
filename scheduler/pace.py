"""Limit how fast an account sends."""

import asyncio
import heapq
import time
from collections import deque
from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import NamedTuple

from bot.channels.rates import RecentSends
from models.rules.sending.paces import BEHIND

SOON = 2.0
"""The longest wait for an address, in seconds and in all; a delivery that needs longer is given
back."""

POLL_SECONDS = 0.1
"""Seconds between a waiting queue's checks for a turn of higher rank."""


class Rank(IntEnum):
    """The order of turns. Answers to people do not queue."""

    NOTICE = 0
    ANNOUNCEMENT = 1


class _Waiting(NamedTuple):
    """The first of a queue is the least: by rank, then by ``number``, which no two share."""

    rank: Rank
    number: int
    to: str
    turn: "asyncio.Future[float]"


class _Slots:
    """Turns at even distances, and never more than allowed within any second.

    The distance alone does not suffice: a late turn would be too close to the next ones, so each
    turn also checks the turns before it. (A leaky bucket lets 59 of "30 a second" through in its
    first second.)
    """

    def __init__(self, per_second: float) -> None:
        self._distance = 1 / per_second
        self.most = max(1, int(per_second))
        self.window = self.most / per_second
        self._recent: deque[float] = deque(maxlen=self.most)
        self._next = float("-inf")

    def earliest(self, answers: int = 0) -> float:
        """Return the earliest time of the next turn, with ``answers`` given within the window."""
        left = self.most - answers
        if left <= 0:
            return float("inf")
        if len(self._recent) >= left:
            return max(self._next, self._recent[-left] + self.window)
        return self._next

    def take(self, now: float) -> None:
        """Take a turn at this time."""
        self._recent.append(now)
        # A slightly late turn keeps its slot, so that the average pace holds; a turn after a
        # silence starts a new series.
        late = now - self._next
        place = self._next if late < max(self._distance, 0.05) else now
        self._next = place + self._distance


class Pace:
    """Gives turns to send, notices before announcements.

    ``recent_sends`` holds what the account's channel sent by itself: answers take turns without
    asking, and an address may have limits of its own. ``elsewhere`` says that other processes send
    the answers: their share of the pace is left free.
    """

    def __init__(
        self,
        per_second: float,
        *,
        recent_sends: RecentSends | None = None,
        elsewhere: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if per_second <= 0:
            raise ValueError("a pace must be above zero")
        self.per_second = per_second
        self._recent_sends = recent_sends or RecentSends(monotonic=monotonic)
        self._all = _Slots(per_second * BEHIND if elsewhere else per_second)
        self._behind = _Slots(per_second * BEHIND)
        self._halted_until = float("-inf")
        self._monotonic = monotonic
        self._sleep = sleep
        self._line: list[_Waiting] = []
        self._numbers = 0
        self._dispatcher: asyncio.Task[None] | None = None

    async def until_free(self, to: str) -> float:
        """Wait until an address may get a message; return as ``turn`` does. Takes no turn."""
        waited = 0.0
        while wait := max(self.halted_for(), self._recent_sends.wait_for(to)):
            waited += wait
            if self.halted_for() or waited > SOON:
                return wait
            await self._sleep(wait)
        return 0.0

    async def turn(self, rank: Rank = Rank.NOTICE, to: str = "") -> float:
        """Wait for a turn to send to an address; return 0 when it has come.

        Otherwise nothing may be sent, and the result is the delay in seconds after which to ask
        again: the account was halted, or the address has reached a limit and would delay the
        others, as one does that is answered again and again meanwhile.
        """
        waited = 0.0
        while wait := await self._wait_in_line(rank, to):
            waited += wait
            if self.halted_for() or waited > SOON:
                return max(wait, self.halted_for())
            await self._sleep(wait)
        return self.halted_for()

    async def _wait_in_line(self, rank: Rank, to: str) -> float:
        if wait := max(self.halted_for(), self._recent_sends.wait_for(to)):
            return wait
        waiting = _Waiting(rank, self._numbers, to, asyncio.get_running_loop().create_future())
        self._numbers += 1
        heapq.heappush(self._line, waiting)
        if self._dispatcher is None:
            self._dispatcher = asyncio.create_task(self._dispatch())
        return await waiting.turn

    async def sleep(self, seconds: float) -> None:
        """Sleep, by the clock of this pace."""
        await self._sleep(seconds)

    def halt(self, seconds: float) -> None:
        """Give no turns for this long, and release those waiting without one."""
        self._halted_until = max(self._halted_until, self._monotonic() + seconds)
        for waiting in self._line:
            if not waiting.turn.done():
                waiting.turn.set_result(self.halted_for())
        self._line.clear()

    def silence(self, to: str, seconds: float) -> None:
        """Give no turns for this address for this long."""
        self._recent_sends.pause(to, seconds)

    def halted_for(self) -> float:
        """Return the seconds until the halt ends; 0 without one."""
        return max(0.0, self._halted_until - self._monotonic())

    async def _dispatch(self) -> None:
        """Give turns to waiting sends, one after the other."""
        try:
            while self._line:
                first = self._line[0]
                if first.turn.done():
                    # The send that asked was cancelled meanwhile.
                    heapq.heappop(self._line)
                    continue
                now = self._monotonic()
                wait = self._earliest(first.rank) - now
                if wait > 0:
                    await self._sleep(min(wait, POLL_SECONDS))
                    continue
                heapq.heappop(self._line)
                self._give(first, now)
        finally:
            self._dispatcher = None

    def _earliest(self, rank: Rank) -> float:
        earliest = self._all.earliest(self._recent_sends.answers_within(self._all.window))
        return max(earliest, self._behind.earliest()) if rank is Rank.ANNOUNCEMENT else earliest

    def _give(self, waiting: _Waiting, now: float) -> None:
        wait = self._recent_sends.wait_for(waiting.to)
        if wait:
            # Another send to the same address was in the queue.
            waiting.turn.set_result(wait)
            return
        self._all.take(now)
        if waiting.rank is Rank.ANNOUNCEMENT:
            self._behind.take(now)
        self._recent_sends.record_send(waiting.to)
        waiting.turn.set_result(0.0)
