"""Tell hooks what happened, over HTTP, signed by Standard Webhooks; nothing is held open meanwhile.

An address is called only where the name stands for machines of the public internet, which is looked
at when the connection is made: a name that changes its mind in between opens no door of the house.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from models.hooks import addresses, delivering
from models.hooks.delivering import Answered, Outgoing, Trouble
from models.network.stations import Care
from models.rules.sending import hook_kinds
from models.store import Store

ENTRYPOINT = "hooks"

SECONDS = aiohttp.ClientTimeout(total=15, sock_connect=5)
"""How long a receiver may take: what takes longer belongs behind its own queue."""


class NotPublic(OSError):
    """A name stands for a machine that hooks may not reach."""


class PublicOnly(AbstractResolver):
    """Finds the addresses of a name, of which every one is public."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if not all(hook_kinds.is_public(each["host"]) for each in found):
            raise NotPublic(host)
        return found

    async def close(self) -> None:
        await self._resolver.close()


class Hooks:
    """Sends what is due.

    ``resolver`` finds the addresses of names, the system's by default; ``patience`` is how long a
    receiver may take.
    """

    def __init__(
        self,
        store: Store,
        care: Care,
        now: Callable[[], datetime],
        resolver: AbstractResolver | None = None,
        *,
        patience: aiohttp.ClientTimeout = SECONDS,
    ) -> None:
        self._store = store
        self._care = care
        self._now = now
        self._resolver = resolver
        self._patience = patience

    async def work(self, _payload: str = "") -> None:
        """Tell every hook what it is due, some at once."""
        while outgoing := await self._store.write(delivering.hand_out, self._care, self._now()):
            await self._store.write(delivering.settle, await self._send(outgoing), self._now())

    async def _send(self, outgoing: Sequence[Outgoing]) -> list[Answered]:
        resolver = None if self._care.private_hooks else PublicOnly(self._resolver)
        connector = aiohttp.TCPConnector(resolver=resolver, limit_per_host=4, use_dns_cache=False)
        async with aiohttp.ClientSession(
            connector=connector, timeout=self._patience, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            return await asyncio.gather(*(self._tell(session, each) for each in outgoing))

    async def _tell(self, session: aiohttp.ClientSession, each: Outgoing) -> Answered:
        """One attempt; a redirect is an answer that is not taken, and is never followed."""
        # An address that is written as numbers asks no resolver.
        if not addresses.is_address(each.url, private=self._care.private_hooks):
            return Answered(each.id, trouble=Trouble.NOT_PUBLIC)
        body = self._body(each)
        headers = self._signed(each, body)
        try:
            async with session.post(
                URL(each.url), data=body, headers=headers, allow_redirects=False
            ) as response:
                wait = _seconds(response.headers.get("Retry-After", ""))
                return Answered(each.id, response.status, wait=wait)
        except NotPublic:
            return Answered(each.id, trouble=Trouble.NOT_PUBLIC)
        except TimeoutError:
            return Answered(each.id, trouble=Trouble.SILENT)
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            return Answered(each.id, trouble=_trouble(problem))

    def _body(self, each: Outgoing) -> bytes:
        at = each.at.astimezone(self._care.zone).isoformat()
        return orjson.dumps({"type": each.kind, "timestamp": at, "data": each.numbers})

    def _signed(self, each: Outgoing, body: bytes) -> dict[str, str]:
        # Loaded where a hook is told something, which most stations never do.
        from standardwebhooks import Webhook

        at = self._now()
        return {
            "Content-Type": "application/json",
            "User-Agent": "Yizhan",
            "webhook-id": each.name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(each.secret).sign(each.name, at, body.decode()),
        }


def _trouble(problem: BaseException) -> Trouble:
    """What kept a connection from being made."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, NotPublic):
            return Trouble.NOT_PUBLIC
        cause = cause.__cause__ or cause.__context__
    return Trouble.UNREACHED


def _seconds(said: str) -> timedelta | None:
    """Retry-After in seconds; a date is not read."""
    return timedelta(seconds=int(said)) if said.isascii() and said.isdecimal() else None
