"""Web messages over several processes: NOTIFY when settled, LISTEN for pages."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from models.sending import bells
from models.store import Store, StoreDown

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = structlog.get_logger(__name__)

PROBE_SECONDS = 10.0
"""How often a silent connection is tried: one that was cut looks like one without news."""

RETRY_SECONDS = 1.0
ANSWER_SECONDS = 5.0


class Bells:
    """Notifies all processes about addresses with news, many by one statement.

    A lost notification costs a page the seconds until it looks by itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, None] = {}
        self._sending: asyncio.Task[None] | None = None

    def ring(self, address: str) -> None:
        """Notify soon that this address has news; returns at once."""
        self._waiting[address] = None
        if self._sending is None:
            self._sending = asyncio.create_task(self._notify_all())

    async def _notify_all(self) -> None:
        try:
            while self._waiting:
                addresses, self._waiting = list(self._waiting), {}
                await self._store.write(bells.ring, addresses)
        except StoreDown:
            log.debug("bells wait for the store")
        finally:
            self._sending = None

    async def stop(self) -> None:
        """Wait until the last notifications are out."""
        if self._sending is not None:
            await asyncio.wait([self._sending])


async def listen(url: str, on_news: Callable[[str], None], on_gap: Callable[[], None]) -> None:
    """Call ``on_news`` with each notified address, until cancelled.

    ``on_gap`` is called when notifications may have been lost: at the start, and after the
    connection was.
    """
    import psycopg

    is_lost = False

    def heard() -> None:
        nonlocal is_lost
        is_lost = False
        on_gap()

    while True:
        try:
            # What a process waits for all day needs a connection of its own.
            connection = await psycopg.AsyncConnection.connect(
                url, autocommit=True, connect_timeout=int(ANSWER_SECONDS)
            )
            async with connection:
                await connection.execute(f"LISTEN {bells.CHANNEL}".encode())
                heard()
                await _receive(connection, on_news)
        except (psycopg.Error, OSError) as problem:
            # Said once for each loss: it is tried again every second.
            warn = log.debug if is_lost else log.warning
            warn("the bells lost the database", problem=type(problem).__name__)
            is_lost = True
        await asyncio.sleep(RETRY_SECONDS)


async def _receive(connection: "AsyncConnection[Any]", on_news: Callable[[str], None]) -> None:
    while True:
        async for notification in connection.notifies(timeout=PROBE_SECONDS):
            for address in notification.payload.split():
                on_news(address)
        async with asyncio.timeout(ANSWER_SECONDS):
            await connection.execute(b"SELECT 1")
