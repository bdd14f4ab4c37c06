"""Tell hooks what happened, signed by Standard Webhooks; nothing is held open meanwhile."""

import asyncio
from collections import Counter
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

LOOK = 1.0
"""After how many seconds in which nobody has answered it looks for what has become due."""

Sending = dict[asyncio.Task[Answered], Outgoing]


class Hooks:
    """Sends what is due.

    ``resolver`` finds the addresses of names, the system's by default; ``seconds`` is how long a
    receiver may take, ``look`` as LOOK.
    """

    def __init__(
        self,
        store: Store,
        care: Care,
        now: Callable[[], datetime],
        resolver: "AbstractResolver | None" = None,
        *,
        seconds: float = SECONDS,
        look: float = LOOK,
    ) -> None:
        self._store = store
        self._care = care
        self._now = now
        self._resolver = resolver
        self._seconds = seconds
        self._look = look

    async def work(self, _payload: str = "") -> None:
        """Tell every hook what it is due; each that has been answered makes room for the next."""
        if not (first := await self._take({})):
            return
        from scheduler import calling

        async with calling.session(
            private=self._care.private_hooks, resolver=self._resolver, seconds=self._seconds
        ) as calls:
            under_way: Sending = {}
            try:
                self._begin(calls, under_way, first)
                while under_way:
                    await self._settle_some(under_way)
                    self._begin(calls, under_way, await self._take_if_due(under_way))
            finally:
                for each in under_way:
                    each.cancel()

    async def _settle_some(self, under_way: Sending) -> None:
        """Wait until somebody has answered, or it is time to look again, and note the answers."""
        done, _ = await asyncio.wait(
            under_way, timeout=self._look, return_when=asyncio.FIRST_COMPLETED
        )
        answers = [each.result() for each in done]
        for each in done:
            del under_way[each]
        if answers:
            await self._store.write(delivering.settle, answers, self._now())

    async def _take_if_due(self, under_way: Sending) -> Sequence[Outgoing]:
        is_due = await self._store.read(delivering.any_due, self._now(), _busy(under_way))
        return await self._take(under_way) if is_due else ()

    async def _take(self, under_way: Sending) -> Sequence[Outgoing]:
        args = (self._care, self._now(), _busy(under_way))
        return await self._store.write(delivering.hand_out, *args)

    def _begin(
        self,
        calls: "ClientSession",
        under_way: Sending,
        outgoing: Sequence[Outgoing],
    ) -> None:
        for each in outgoing:
            under_way[asyncio.create_task(self._tell(calls, each))] = each

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


def _busy(under_way: Sending) -> Counter[int]:
    """How many are being sent, by hook."""
    return Counter(each.hook_id for each in under_way.values())
