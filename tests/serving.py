"""The station's own HTTP server, on a port of this machine, for any application."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from starlette.applications import Starlette

from bot.station import webapp


class _Server(webapp.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to pytest."""
        yield


def listen(port: int = 0) -> socket.socket:
    """Listen on a port of the loopback, on a free one for 0."""
    listening = webapp.listen_on("127.0.0.1", port)
    listening.listen()
    return listening


def origin(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{port(listening)}"


def port(listening: socket.socket) -> int:
    number: int = listening.getsockname()[1]
    return number


async def _nothing() -> None:
    return


@contextlib.asynccontextmanager
async def serving(
    app: Starlette,
    listening: socket.socket | None = None,
    *,
    leave: Callable[[], None] = lambda: None,
    done: Callable[[], Awaitable[None]] = _nothing,
) -> AsyncIterator[str]:
    """Serve an application until the block ends; yields its origin.

    ``leave`` and ``done`` are called at the end as by ``webapp.Server``.
    """
    listening = listening or listen()
    answers = asyncio.Event()

    async def ready() -> None:
        answers.set()

    server = _Server(app, trusted_proxies=[], room=1000, ready=ready, leave=leave, done=done)
    running = asyncio.create_task(server.serve([listening]))
    try:
        await answers.wait()
        yield origin(listening)
    finally:
        server.should_exit = True
        await running
