"""Keep the sends of one account that are under way."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

Send = asyncio.Task[Any]


@dataclass(slots=True)
class InFlight:
    """The sends under way; ``handed_over`` are those that have had their turn.

    ``fewer`` is set when a send ends or is handed over.
    """

    sends: set[Send] = field(default_factory=set)
    handed_over: set[Send] = field(default_factory=set)
    fewer: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def waiting(self) -> set[Send]:
        """The sends that wait for a turn."""
        return self.sends - self.handed_over

    def add(self, send: Send) -> None:
        """Keep a send until it ends."""
        self.sends.add(send)
        send.add_done_callback(self._remove)

    def mark_handed_over(self) -> None:
        """Note that the current task now gives its message to the platform."""
        send = asyncio.current_task()
        assert send is not None
        self.handed_over.add(send)
        self.fewer.set()

    async def wait(self) -> None:
        """Wait until no send is under way."""
        while self.sends:
            await asyncio.wait(set(self.sends))

    async def stop(self, grace: float) -> None:
        """Cancel waiting sends; after ``grace`` seconds, cancel those that the platform has."""
        # A task cancelled before its first step could not give its delivery back.
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
