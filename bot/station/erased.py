"""Who was erased, by number, in a file beside the store: a backup still holds them."""

import os
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from bot.station.alone import SQLITE

log = structlog.get_logger(__name__)

_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d) (\d{1,9})\n")


class ErasedList:
    """A file with a line for each member who was erased: ``2026-12-01T02:00:00+00:00 17``.

    It is written after the commit: a process that dies in between leaves the number to its log.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, numbers: Sequence[int], now: datetime) -> None:
        """Add members, on the disk. One that cannot be written is an error in the log."""
        lines = "".join(f"{now.isoformat(timespec='seconds')} {number}\n" for number in numbers)
        try:
            with self.path.open("a", encoding="ascii") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            log.error("erased members are not noted", reason=problem.strerror)

    def erased(self) -> dict[int, datetime]:
        """Everybody who was erased, and when last, as far as a line is whole. Raises OSError.

        Of a line that was cut off, and goes on as the next one, the next one counts.
        """
        written = self.path.read_text("ascii", "replace")
        return {int(number): datetime.fromisoformat(at) for at, number in _LINE.findall(written)}


def erased_list(url: str, path: str) -> ErasedList | None:
    """The list that belongs to a store; ``path`` is the setting, empty for the usual place."""
    if path:
        return ErasedList(Path(path))
    if url.startswith(SQLITE):
        return ErasedList(Path(f"{url.removeprefix(SQLITE)}.erased"))
    return None


def noting(
    url: str, path: str, now: Callable[[], datetime]
) -> Callable[[Sequence[int]], None] | None:
    """What notes in that list whom a store erased; None where a store has none."""
    noted = erased_list(url, path)
    return (lambda numbers: noted.add(numbers, now())) if noted is not None else None
