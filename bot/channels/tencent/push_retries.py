"""Slow answers to WeChat and WeCom, which repeat a push that is not answered in time."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import structlog

TRIES = 3
ANSWER_WITHIN = 4.5
"""WeChat and WeCom close the connection after five seconds and push again, three times in all."""

log = structlog.get_logger()

Result = TypeVar("Result")


@dataclass(slots=True)
class _Pending(Generic[Result]):
    """A message that is being answered, and how often it was pushed."""

    task: asyncio.Task[Result]
    pushes: int = 0


class PushRetries(Generic[Result]):
    """Lets every push of one message wait for the same answer.

    Any answer, also an empty one, ends the platform's tries. So while a message is not stored yet
    the first pushes are held until the platform gives up waiting and pushes again; the last push
    must be answered in time. ``answer_within`` is in seconds.
    """

    def __init__(self, account: str, answer_within: float) -> None:
        self._account = account
        self._answer_within = answer_within
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
        await asyncio.wait((pending.task,), timeout=timeout)
        return pending.task, is_last

    def _done(self, key: str, task: asyncio.Task[Result]) -> None:
        pending = self._pending.pop(key)
        if not task.cancelled() and (problem := task.exception()) is not None:
            # Requests that still wait raise it as well, but there may be none left.
            reason = type(problem).__name__
            log.warning("push failed", account=self._account, reason=reason, pushes=pending.pushes)
