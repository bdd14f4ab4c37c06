"""Have a SQLite file written anew after an erasure, and each month for what goes by its age."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from models.store import Store
from models.store.rewriting import LARGEST, ROOM, SMALL, Rewritten

log = structlog.get_logger(__name__)

BEGINS, INSISTS, ENDS = time(3), time(4, 30), time(5)
"""The hours of the station for it. From the second on, whoever writes waits for all of it."""

EACH = timedelta(days=30)
"""How old copies of what was forgotten by its age become: as old as it does in backups."""

LONGEST_PAUSE = timedelta(hours=1)


class Rewriting:
    """Tries at night until it is done, and at most once a night.

    A small file is written at any hour, by day only between two writes. After a try in vain it
    pauses for a minute, then for two, four and so on, because each writes the whole file.
    """

    def __init__(self, store: Store, zone: ZoneInfo) -> None:
        self._store = store
        self._zone = zone
        self._ended: date | None = None
        self._tries = 0
        self._pauses_until: datetime | None = None
        store.drop_left_over()

    async def is_due(self, now: datetime) -> bool:
        """Return whether somebody was erased since, or a month is over, and this is the hour."""
        if not self._store.is_sqlite:
            return False
        here = now.astimezone(self._zone)
        is_night = BEGINS <= here.time() < ENDS and here.date() != self._ended
        insists = is_night and here.time() >= INSISTS
        if self._pauses_until is not None and now < self._pauses_until and not insists:
            return False
        if not is_night and self._store.size() > SMALL:
            return False
        # What went by its age is in no hurry, however small the file is.
        return await self._store.holds_copies(here.date() - EACH if is_night else None)

    async def work(self, now: datetime) -> None:
        """Write the file anew, unless somebody wrote meanwhile. Raises StoreDown."""
        here, size = now.astimezone(self._zone), self._store.size()
        if size > LARGEST:
            self._ended = here.date()
            log.warning("the store is too large to be written anew by itself", bytes=size)
            return
        match await self._store.rewrite(here.date(), holding=INSISTS <= here.time() < ENDS):
            case Rewritten.DONE:
                log.info("the store is written anew, without copies of what was erased", bytes=size)
                self._tries, self._pauses_until = 0, None
                if size > SMALL:
                    self._ended = here.date()
            case Rewritten.WRITTEN_MEANWHILE:
                self._pauses_until = now + min(LONGEST_PAUSE, timedelta(minutes=2**self._tries))
                self._tries = min(self._tries + 1, 6)
            case Rewritten.NO_ROOM:
                wanted = ROOM * size
                log.warning("the disk lacks room to write the store anew", bytes_wanted=wanted)
                self._ended, self._pauses_until = here.date(), now + timedelta(days=1)
