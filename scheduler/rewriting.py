"""Have a SQLite file written anew after an erasure, at an hour when hardly anybody writes."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import structlog

from models.store import Store
from models.store.rewriting import LARGEST, SMALL

log = structlog.get_logger(__name__)

BEGINS, INSISTS, ENDS = time(3), time(4, 30), time(5)
"""The hours of the station for it. From the second on, others wait where they left it no minute."""


class Rewriting:
    """Tries each minute of the night until it is done, and at most once a night.

    A small file is written at any hour, by day only between two writes.
    """

    def __init__(self, store: Store, zone: ZoneInfo) -> None:
        self._store = store
        self._zone = zone
        self._ended: date | None = None

    async def is_due(self, now: datetime) -> bool:
        """Return whether somebody was erased since, and this is the hour for it."""
        if not self._store.is_sqlite:
            return False
        here = now.astimezone(self._zone)
        is_night = BEGINS <= here.time() < ENDS and here.date() != self._ended
        if not is_night and self._store.size() > SMALL:
            return False
        return await self._store.holds_copies()

    async def work(self, now: datetime) -> None:
        """Write the file anew, unless somebody wrote meanwhile. Raises StoreDown."""
        here, size = now.astimezone(self._zone), self._store.size()
        if size > LARGEST:
            self._ended = here.date()
            log.warning("the store is too large to be written anew by itself", bytes=size)
            return
        if await self._store.rewrite(holding=INSISTS <= here.time() < ENDS):
            log.info("the store is written anew, without copies of what was erased", bytes=size)
            if size > SMALL:
                self._ended = here.date()
