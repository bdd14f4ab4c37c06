"""What all platforms that push over HTTP share: bodies, background tasks, and links into a chat."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Take = Callable[[Request], Awaitable[Response]]

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a deep link or a code can hold: the letters and the length that Telegram allows."""


class BackgroundTasks:
    """Tasks that go on after a push was answered."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, act: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(act)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self, within: float) -> None:
        """Wait up to ``within`` seconds for the tasks to end, then cancel those that are left."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=within)
        finally:
            left = list(self._tasks)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


class PushRoute(Route):
    """Where a platform brings what people write: one path, by POST, perhaps many times a second.

    The application answers it before it looks through its other routes: ``bot.station.webapp``.
    """

    def __init__(self, path: str, take: Take) -> None:
        super().__init__(path, take, methods=["POST"])
        self.take = take


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body; None as soon as it is known to be longer than ``limit`` bytes.

    Raises starlette.requests.ClientDisconnect when the connection is closed before its end.
    """
    declared = request.headers.get("Content-Length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def deep_link_route(account: str, open_chat: Callable[[str], Response | None]) -> Route:
    """The path that a printed code leads to, ``/go/ACCOUNT/PAYLOAD``.

    ``open_chat`` is given the payload; what it returns None for is answered with 404.
    """

    async def follow(request: Request) -> Response:
        payload = request.path_params["payload"]
        opened = open_chat(payload) if PAYLOAD.fullmatch(payload) else None
        return opened or Response(status_code=404)

    return Route(f"/go/{account}/{{payload}}", follow, methods=["GET"])
