"""What channels share that are pushed to: patience with slow answers, errands, bodies."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import structlog
from starlette.requests import Request

TRIES = 3
ANSWER_WITHIN = 4.5
"""WeChat and WeCom cut the connection after five seconds and push again, three times in all."""

log = structlog.get_logger()

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _UnderWay(Generic[Answer]):
    """A message that the station is busy with, and how often it was pushed."""

    task: asyncio.Task[Answer]
    pushes: int = 0


class Patience(Generic[Answer]):
    """Lets every push of one message wait for the same answer.

    Any answer, also an empty one, tells the platform that the message is in good hands. So while
    it is not kept yet the first pushes are held past the platform's patience, for it to push again;
    the last must be answered in time.
    """

    def __init__(self, account: str, answer_within: float) -> None:
        self._account = account
        self._answer_within = answer_within
        self._under_way: dict[str, _UnderWay[Answer]] = {}

    async def wait(
        self, key: str, hear: Callable[[], Coroutine[Any, Any, Answer]]
    ) -> tuple[asyncio.Task[Answer], bool]:
        """The task that hears this message, done or not, and whether this is its last push."""
        under_way = self._under_way.get(key)
        if under_way is None:
            under_way = _UnderWay(asyncio.create_task(hear()))
            self._under_way[key] = under_way
            under_way.task.add_done_callback(partial(self._heard, key))
        under_way.pushes += 1
        is_last = under_way.pushes >= TRIES
        # The extra second outlives the platform's patience: a refusal before would end its tries.
        patience = self._answer_within if is_last else self._answer_within * 1.25
        await asyncio.wait((under_way.task,), timeout=patience)
        return under_way.task, is_last

    def _heard(self, key: str, task: asyncio.Task[Answer]) -> None:
        under_way = self._under_way.pop(key)
        if not task.cancelled() and (problem := task.exception()) is not None:
            # Those who still wait raise it as well; perhaps nobody does any more.
            reason = type(problem).__name__
            log.warning(
                "push failed", account=self._account, reason=reason, pushes=under_way.pushes
            )


class Errands:
    """What goes on after an answer was given."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, act: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(act)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def end(self, within: float) -> None:
        """Let them come to their end for a moment, then cancel what is left."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=within)
        finally:
            left = list(self._tasks)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


async def read_body(request: Request, most: int) -> bytes | None:
    """The body, None when it is longer than any push."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return body
