"""Who is next: what one chat sends is answered in the order in which it came."""

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """A lock for each chat that is being answered; those who wait for it keep their order."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, chat: str) -> asyncio.Lock:
        """The chat's turn, to be held while one message is answered."""
        lock = self._locks.get(chat)
        if lock is None:
            lock = self._locks[chat] = asyncio.Lock()
        return lock
