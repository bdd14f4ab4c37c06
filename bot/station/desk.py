"""The routes of the desk and of programs, built when somebody comes by them.

What its pages import takes some megabytes and the better part of a second, which a station that is
used in the chat alone never spends.
"""

import asyncio
from collections.abc import Callable, Sequence

from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class Desk:
    """An ASGI application of the routes that ``build`` returns, called at the first request."""

    def __init__(self, build: Callable[[], Sequence[BaseRoute]]) -> None:
        self._build = build
        self._building = asyncio.Lock()
        self._built: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._building:
            if self._built is None:
                self._built = Router(await asyncio.to_thread(self._build))
        await self._built(scope, receive, send)


def desk_routes(build: Callable[[], Sequence[BaseRoute]]) -> list[BaseRoute]:
    """Everything below ``/console``."""
    desk = Desk(build)
    return [Route("/console", desk), Route("/console/{rest:path}", desk)]


def program_routes(build: Callable[[], Sequence[BaseRoute]]) -> list[BaseRoute]:
    """Everything below ``/api/v1``."""
    return [Route("/api/v1{rest:path}", Desk(build))]
