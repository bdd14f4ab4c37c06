"""Let deliveries through to the platform a few at a time, each written down before it goes."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from models.sending.claims import Claimed
from scheduler.pace import Rank

FEW = 4
"""How many calls are at the platform at most until it has answered some."""

LINE_SECONDS = 0.03
"""How much of a second's sends are written down ahead of their turn: the time of a slow commit."""

SHORTEST_LINE = 2

Mark = Callable[[Sequence[int]], Awaitable[bool]]
"""Writes down that these deliveries are handed over; returns whether this process may do so."""


class _Waiting(NamedTuple):
    """The first of a queue is the least: by rank, then by ``number``, which no two share."""

    rank: Rank
    number: int
    row: Claimed
    entered: "asyncio.Future[bool]"


class Lane:
    """The deliveries of one account that may have been handed over: what a kill leaves in doubt.

    Some are in line, written down and waiting for their turn; the others are at the platform, in
    a window that opens as its answers come, as TCP's does: by one for each answer that comes while
    it is full, and to FEW again after a call without an answer. So when a platform begins to hang,
    few calls are on their way. ``most`` bounds both together.
    """

    def __init__(self, mark: Mark, *, per_second: float, most: int) -> None:
        self._mark = mark
        self._most = most
        self._most_in_line = max(SHORTEST_LINE, min(most // 2, int(per_second * LINE_SECONDS)))
        self._window = FEW
        self._waiting: list[_Waiting] = []
        self._numbers = 0
        self._inside: dict[int, str] = {}
        self._in_line: set[int] = set()
        self._filling: asyncio.Task[bool] | None = None
        self._has_changed = False

    async def enter(self, row: Claimed, rank: Rank) -> bool:
        """Wait until the delivery is written down; return False if it must not be sent now."""
        entered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, _Waiting(rank, self._numbers, row, entered))
        self._numbers += 1
        self._fill()
        try:
            return await entered
        except asyncio.CancelledError:
            self._forget(row.id)
            raise

    def pass_on(self, row: Claimed) -> None:
        """Note that the delivery's turn has come."""
        self._in_line.discard(row.id)
        self._fill()

    def leave(self, row: Claimed, *, is_silent: bool) -> None:
        """Note that the delivery is at its end, or has no answer."""
        if row.id not in self._inside:
            return
        at_platform = len(self._inside) - len(self._in_line)
        if is_silent:
            self._window = FEW
        elif at_platform >= self._window:
            self._window += 1
        elif at_platform * 2 < self._window:
            self._window = max(FEW, self._window - 1)
        self._forget(row.id)

    def release(self) -> None:
        """Let nobody in who waits now: the account halts, or is another process's."""
        for each in self._waiting:
            if not each.entered.done():
                each.entered.set_result(False)
        self._waiting.clear()

    def _forget(self, delivery_id: int) -> None:
        self._inside.pop(delivery_id, None)
        self._in_line.discard(delivery_id)
        self._fill()

    def _room(self) -> int:
        inside, in_line = len(self._inside), len(self._in_line)
        most = min(self._most, self._window + self._most_in_line)
        return min(most - inside, self._most_in_line - in_line)

    def _fill(self) -> None:
        """Begin to let some in, once a good part of the line is free."""
        if self._filling is not None:
            self._has_changed = True
            return
        if not self._waiting:
            return
        room = self._room()
        if room > 0 and (not self._in_line or room * 2 >= self._most_in_line):
            self._has_changed = False
            self._filling = asyncio.create_task(self._let_in())
            self._filling.add_done_callback(self._is_filled)

    def _is_filled(self, filling: "asyncio.Task[bool]") -> None:
        self._filling = None
        if filling.cancelled() or filling.exception() is not None:
            return
        if filling.result() or self._has_changed:
            self._fill()

    async def _let_in(self) -> bool:
        """Let in as many as there is room for; return whether it was any."""
        # The sends that were begun together ask together.
        await asyncio.sleep(0)
        chosen = self._chosen(self._room())
        if not chosen:
            # Those that wait are for addresses which somebody inside is for.
            return False
        for each in chosen:
            self._inside[each.row.id] = each.row.external or ""
            self._in_line.add(each.row.id)
        may_go = await self._mark([each.row.id for each in chosen])
        for each in chosen:
            if each.entered.done():
                continue
            each.entered.set_result(may_go)
            if not may_go:
                self._inside.pop(each.row.id, None)
                self._in_line.discard(each.row.id)
        if not may_go:
            self.release()
        return may_go

    def _chosen(self, room: int) -> list[_Waiting]:
        """Take the first that wait; of several to one address, one at a time."""
        busy, chosen, left = set(self._inside.values()), list[_Waiting](), list[_Waiting]()
        while self._waiting and len(chosen) < room:
            each = heapq.heappop(self._waiting)
            to = each.row.external or ""
            if each.entered.done():
                # The send that asked was cancelled meanwhile.
                continue
            if to in busy:
                left.append(each)
                continue
            busy.add(to)
            chosen.append(each)
        for each in left:
            heapq.heappush(self._waiting, each)
        return chosen
