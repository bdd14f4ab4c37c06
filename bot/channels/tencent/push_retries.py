"""Slow answers to WeChat and WeCom, which repeat a push that is not answered in time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import structlog

from models.store import StoreDown

TRIES = 3
ANSWER_WITHIN = 4.5
"""WeChat and WeCom close the connection after five seconds and push again, three times in all."""

STORE_PART = 0.9
"""How much of that time the last push waits for a store that is away: it must still be refused, for
an answer would say that the message was taken."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5

log = structlog.get_logger()

Result = TypeVar("Result")


@dataclass(slots=True)
class _Pending(Generic[Result]):
    """A message that is being answered, how often it was pushed, and until when a push waits."""

    task: asyncio.Task[Result]
    pushes: int = 0
    until: float = 0.0


class PushRetries(Generic[Result]):
    """Lets every push of one message wait for the same answer.

    Any answer, also an empty one, ends the platform's tries. So while a message is not stored yet
    the first pushes are held until the platform gives up waiting and pushes again; the last push
    must be answered in time. ``answer_within`` is in seconds, as is what ``monotonic`` returns.
    """

    def __init__(
        self,
        account: str,
        answer_within: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._account = account
        self._answer_within = answer_within
        self._monotonic = monotonic
        self._sleep = sleep
        self._pending: dict[str, _Pending[Result]] = {}

    async def wait(
        self, key: str, handle: Callable[[], Coroutine[Any, Any, Result]]
    ) -> tuple[asyncio.Task[Result], bool]:
        """The task that handles this message, done or not, and whether this is its last push."""
        pending = self._pending.get(key)
        if pending is None:
            pending = _Pending(asyncio.create_task(handle()))
            self._pending[key] = pending
            pending.task.add_done_callback(partial(self._done, key))
        pending.pushes += 1
        is_last = pending.pushes >= TRIES
        # A refusal before the platform closes the connection would end its tries, hence 1.25.
        timeout = self._answer_within if is_last else self._answer_within * 1.25
        pending.until = self._monotonic() + timeout * (STORE_PART if is_last else 1.0)
        await asyncio.wait((pending.task,), timeout=timeout)
        return pending.task, is_last

    async def persist(self, key: str, keep: Callable[[], Awaitable[Result]]) -> Result:
        """Keep a message, again and again while the store is away and a push waits for it.

        Raises StoreDown when none does any more.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                return await keep()
            except StoreDown:
                if self._monotonic() + pause > self._pending[key].until:
                    raise
            await self._sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _done(self, key: str, task: asyncio.Task[Result]) -> None:
        pending = self._pending.pop(key)
        if not task.cancelled() and (problem := task.exception()) is not None:
            # Requests that still wait raise it as well, but there may be none left.
            reason = type(problem).__name__
            log.warning("push failed", account=self._account, reason=reason, pushes=pending.pushes)
