"""The web chat over several processes: who settles rings, who holds a page open hears it."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from models.sending import bells
from models.store import Store, StoreDown

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = structlog.get_logger(__name__)

LOOK = 10.0
"""How often a silent connection is tried: one that was cut may look like one that has no news."""

TRY_AGAIN = 1.0
ANSWER_SECONDS = 5.0


class Ringing:
    """Rings for addresses, those that come together by one statement.

    A ring that is lost costs a page the seconds until it looks by itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, None] = {}
        self._under_way: asyncio.Task[None] | None = None

    def ring(self, address: str) -> None:
        self._waiting[address] = None
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._ring_all())

    async def _ring_all(self) -> None:
        try:
            while self._waiting:
                addresses, self._waiting = list(self._waiting), {}
                await self._store.write(bells.ring, addresses, lane=bells.CHANNEL)
        except StoreDown:
            log.warning("the store is down", tick="ring")
        finally:
            self._under_way = None

    async def stop(self) -> None:
        """Ring the last ones."""
        if self._under_way is not None:
            await asyncio.wait([self._under_way])


async def listen(url: str, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
    """Say each address that is rung for, until cancelled.

    ``missed`` is called when nothing was heard for a while: at the start, and after the database
    was away.
    """
    import psycopg

    while True:
        try:
            # What a process waits for all day needs a connection of its own.
            connection = await psycopg.AsyncConnection.connect(
                url, autocommit=True, connect_timeout=int(ANSWER_SECONDS)
            )
            async with connection:
                await connection.execute(f"LISTEN {bells.CHANNEL}".encode())
                missed()
                await _hear(connection, heard)
        except (psycopg.Error, OSError) as problem:
            log.warning("the bells lost the database", problem=type(problem).__name__)
        await asyncio.sleep(TRY_AGAIN)


async def _hear(connection: "AsyncConnection[Any]", heard: Callable[[str], None]) -> None:
    while True:
        async for note in connection.notifies(timeout=LOOK):
            for address in note.payload.split():
                heard(address)
        async with asyncio.timeout(ANSWER_SECONDS):
            await connection.execute(b"SELECT 1")
