"""A program that is told things: a real HTTP server, which answers as it is told to."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

SILENCE = 0
"""An answer that never comes."""


@dataclass
class Receiver:
    """``answers`` are the statuses to come, then it takes everything; ``taken`` is what came."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    taken: list[tuple[Mapping[str, str], str]] = field(default_factory=list)
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.text()))
        async with self.came:
            self.came.notify_all()
        status = self.answers.pop(0) if self.answers else 204
        if status == SILENCE:
            # Until whoever calls hangs up, which cancels this.
            await asyncio.Event().wait()
        return web.Response(status=status, headers=self.headers)

    async def has_taken(self, number: int) -> None:
        """Wait until so many have come."""
        async with self.came, asyncio.timeout(20):
            await self.came.wait_for(lambda: len(self.taken) >= number)

    def said(self, secret: str) -> list[dict[str, Any]]:
        """What came, each signed with this secret, without its timestamp."""
        return [self._verified(secret, *each) for each in self.taken]

    def _verified(self, secret: str, headers: Mapping[str, str], body: str) -> dict[str, Any]:
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signed = Webhook(secret).sign(headers["webhook-id"], at, body)
        assert headers["webhook-signature"] == signed
        told: dict[str, Any] = json.loads(body)
        assert told.pop("timestamp").endswith("+08:00")
        return told


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a port of the loopback."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/told", receiver.take)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    receiver.url = f"http://127.0.0.1:{port}/told"
    try:
        yield receiver
    finally:
        await runner.cleanup()
