"""Claim a SQLite store for one process: several would wait for each other's writes."""

import fcntl
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

SQLITE = "sqlite:///"


def lock_of(url: str) -> Path:
    """Return the file next to a SQLite store that is locked while a process serves it."""
    return Path(f"{url.removeprefix(SQLITE)}.lock")


def is_there(url: str) -> bool:
    """Whether the file of a SQLite store exists."""
    return Path(url.removeprefix(SQLITE)).exists()


def claimed(url: str) -> AbstractContextManager[object] | None:
    """Claim a SQLite store for this process until it ends; None if another one has it.

    The system releases the lock with the process.
    """
    if not url.startswith(SQLITE):
        return nullcontext()
    claim = lock_of(url).open("a+")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        claim.close()
        return None
    return claim
