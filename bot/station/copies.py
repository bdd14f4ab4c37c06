"""Copies of what thousands read at once: each is made anew at most once in its short life."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Asked = TypeVar("Asked", bound=Hashable)

A_SECOND = timedelta(seconds=1)
MOST = 1000
"""Copies that are kept of one kind of page: some ten megabytes."""


@dataclass(frozen=True, slots=True)
class Copy:
    """``tag`` changes when the content does; it is quoted, as a header has it."""

    content: bytes
    tag: str
    media_type: str

    @classmethod
    def of(cls, content: bytes, media_type: str) -> "Copy":
        return cls(content, f'"{hashlib.sha256(content).hexdigest()[:20]}"', media_type)


class Copies(Generic[Asked]):
    """Copies of what ``make`` makes, each for as long as it ``lasts`` by the clock ``now``.

    Who asks while one is being made waits for it. ``make`` returns None for what is not there,
    which is kept as well. At most ``MOST`` are kept; the oldest goes first.
    """

    def __init__(
        self,
        make: Callable[[Asked], Awaitable[Copy | None]],
        now: Callable[[], datetime],
        lasts: timedelta = A_SECOND,
    ) -> None:
        self._make = make
        self._now = now
        self._lasts = lasts
        self._kept: dict[Asked, tuple[datetime, asyncio.Future[Copy | None]]] = {}

    async def get(self, asked: Asked) -> Copy | None:
        at = self._now()
        kept = self._kept.get(asked)
        if kept is None or not timedelta() <= at - kept[0] < self._lasts:
            self._kept.pop(asked, None)
            while len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            kept = self._kept[asked] = (at, asyncio.ensure_future(self._make(asked)))
        try:
            # Whoever closes the connection does not end the work for all others.
            return kept[1].result() if kept[1].done() else await asyncio.shield(kept[1])
        except Exception:
            if self._kept.get(asked) is kept:
                del self._kept[asked]
            raise
