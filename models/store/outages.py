"""What the log says while the database is away: one line when it goes, one when it is back."""

import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

REPEAT_SECONDS = 60.0
"""How often the log says again that the database is still away."""


class Outages:
    """Logs the beginning and the end of an outage, on every thread.

    Everything that waits for the store meets the same failure several times a second, and a line
    for each would hide all others. Reading and writing are told apart: a database on a full disk
    can still be read.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._began: dict[str, float] = {}
        self._said = 0.0
        self._why = ""

    @property
    def why(self) -> str:
        """Why the database cannot be used now, in the driver's words; empty while it can."""
        return self._why

    def failed(self, doing: str, problem: BaseException) -> None:
        """Note that reading or writing failed."""
        # The first line says whether the database is away or full, and holds no values.
        why = str(problem).partition("\n")[0] or type(problem).__name__
        with self._lock:
            now = self._clock()
            first = self._began.setdefault(doing, now)
            is_new = not self._why
            self._why = why
            if not is_new and now - self._said < REPEAT_SECONDS:
                return
            self._said = now
        log.warning("the store is down", doing=doing, problem=why, seconds=round(now - first))

    def went_well(self, doing: str) -> None:
        """Note that reading or writing went well."""
        # Nearly every call ends here; a dictionary is read whole without the lock.
        if doing not in self._began:
            return
        with self._lock:
            began = self._began.pop(doing, None)
            if began is None or self._began:
                return
            self._why = ""
            seconds = round(self._clock() - began)
        log.info("the store is back", seconds=seconds)
