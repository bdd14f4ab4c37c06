"""The sends of one account that are under way."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

Send = asyncio.Task[Any]


@dataclass(slots=True)
class InFlight:
    """``handed_over`` are those the platform may have already; the others wait for a turn.

    ``fewer`` is set when a send ends or is handed over.
    """

    sends: set[Send] = field(default_factory=set)
    handed_over: set[Send] = field(default_factory=set)
    fewer: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def waiting(self) -> set[Send]:
        return self.sends - self.handed_over

    def add(self, send: Send) -> None:
        self.sends.add(send)
        send.add_done_callback(self._remove)

    def mark_handed_over(self) -> None:
        """The current task gives its message to the platform now."""
        send = asyncio.current_task()
        assert send is not None
        self.handed_over.add(send)
        self.fewer.set()

    async def wait(self) -> None:
        """Wait until no send is under way."""
        while self.sends:
            await asyncio.wait(set(self.sends))

    async def stop(self, grace: float) -> None:
        """Cancel what waits; wait ``grace`` seconds for the platform's answers, then cancel."""
        # A task that is cancelled before its first step could not give back its delivery.
        await asyncio.sleep(0)
        for send in self.waiting:
            send.cancel()
        handed_over = set(self.handed_over)
        if handed_over:
            _, late = await asyncio.wait(handed_over, timeout=grace)
            for send in late:
                send.cancel()
        await self.wait()

    def _remove(self, send: Send) -> None:
        self.sends.discard(send)
        self.handed_over.discard(send)
        self.fewer.set()
