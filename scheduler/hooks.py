"""Tell hooks what happened, signed by Standard Webhooks; nothing is held open meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from models.hooks import addresses, delivering
from models.hooks.delivering import Answered, Outgoing, Trouble
from models.network.stations import Care
from models.store import Store

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from aiohttp.abc import AbstractResolver

ENTRYPOINT = "hooks"

SECONDS = 15.0
"""How long a receiver may take: what takes longer belongs behind its own queue."""


class Hooks:
    """Sends what is due.

    ``resolver`` finds the addresses of names, the system's by default; ``seconds`` is how long a
    receiver may take.
    """

    def __init__(
        self,
        store: Store,
        care: Care,
        now: Callable[[], datetime],
        resolver: "AbstractResolver | None" = None,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._store = store
        self._care = care
        self._now = now
        self._resolver = resolver
        self._seconds = seconds

    async def work(self, _payload: str = "") -> None:
        """Tell every hook what it is due, some at once."""
        while outgoing := await self._store.write(delivering.hand_out, self._care, self._now()):
            await self._store.write(delivering.settle, await self._send(outgoing), self._now())

    async def _send(self, outgoing: Sequence[Outgoing]) -> list[Answered]:
        from scheduler import calling

        private = self._care.private_hooks
        async with calling.session(
            private=private, resolver=self._resolver, seconds=self._seconds
        ) as calls:
            return await asyncio.gather(*(self._tell(calls, each) for each in outgoing))

    async def _tell(self, calls: "ClientSession", each: Outgoing) -> Answered:
        from scheduler import calling

        # An address that is written as numbers asks no resolver.
        if not addresses.is_address(each.url, private=self._care.private_hooks):
            return Answered(each.id, trouble=Trouble.NOT_PUBLIC)
        body = self._body(each)
        return await calling.call(calls, each.id, each.url, body, self._signed(each, body))

    def _body(self, each: Outgoing) -> bytes:
        at = each.at.astimezone(self._care.zone).isoformat()
        return orjson.dumps({"type": each.kind, "timestamp": at, "data": each.numbers})

    def _signed(self, each: Outgoing, body: bytes) -> dict[str, str]:
        from standardwebhooks import Webhook

        at = self._now()
        return {
            "Content-Type": "application/json",
            "User-Agent": "Yizhan",
            "webhook-id": each.name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(each.secret).sign(each.name, at, body.decode()),
        }
