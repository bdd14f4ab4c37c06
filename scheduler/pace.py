"""How fast an account may speak."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable


class Pace:
    """Turns at even distances, and never more than allowed within any second.

    The distance alone would not do: a turn that was taken late would stand too close to the next
    ones. So each turn also looks back at the turns before it. (A leaky bucket lets 59 of "30 a
    second" through in its first second.)
    """

    def __init__(
        self,
        per_second: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if per_second <= 0:
            raise ValueError("a pace must be above zero")
        self.per_second = per_second
        self._distance = 1 / per_second
        self._most = max(1, int(per_second))
        self._window = self._most / per_second
        self._recent: deque[float] = deque(maxlen=self._most)
        self._next = float("-inf")
        self._halted_until = float("-inf")
        self._halts = 0
        self._monotonic = monotonic
        self._sleep = sleep
        self._line = asyncio.Lock()

    async def turn(self) -> bool:
        """Wait for the next turn; False when the account was halted, then nothing may be sent."""
        halts = self._halts
        async with self._line:
            while True:
                if self._halts != halts or self.halted_for() > 0:
                    return False
                now = self._monotonic()
                wait = self._earliest() - now
                if wait <= 0:
                    self._take(now)
                    return True
                await self._sleep(wait)

    def halt(self, seconds: float) -> None:
        """Nobody has a turn for this long; who waits for one is sent away."""
        self._halts += 1
        self._halted_until = max(self._halted_until, self._monotonic() + seconds)

    def halted_for(self) -> float:
        """Seconds until the next turn may be asked for; zero when it may be now."""
        return max(0.0, self._halted_until - self._monotonic())

    def _earliest(self) -> float:
        if len(self._recent) == self._most:
            return max(self._next, self._recent[0] + self._window)
        return self._next

    def _take(self, now: float) -> None:
        self._recent.append(now)
        # A turn that came a little late keeps its place, so that the pace is held over time; one
        # that came after a silence begins a new row.
        late = now - self._next
        place = self._next if late < max(self._distance, 0.05) else now
        self._next = place + self._distance
