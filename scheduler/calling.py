"""Calls to addresses that organizers named: never to a machine of the house, and never elsewhere.

What a name stands for is looked at when the connection is made: a name that changes its mind after
it was looked at opens no door. Loaded where a hook is told something, which most stations never do.
"""

import socket
from collections.abc import Mapping
from datetime import timedelta

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from models.hooks.delivering import Answered, Trouble
from models.rules.sending import hook_kinds

CONNECTING = 5.0
"""Seconds that a connection may take, of those that a whole call may."""


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


def session(
    *, private: bool, resolver: AbstractResolver | None, seconds: float
) -> aiohttp.ClientSession:
    """A session for some calls; ``private`` lets them into the house, ``seconds`` bound each."""
    connector = aiohttp.TCPConnector(
        resolver=resolver if private else PublicOnly(resolver),
        limit_per_host=4,
        use_dns_cache=False,
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECTING),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def call(
    calls: aiohttp.ClientSession, number: int, url: str, body: bytes, headers: Mapping[str, str]
) -> Answered:
    """Call once, for the delivery of this number; a redirect is an answer, and is not followed."""
    try:
        async with calls.post(
            URL(url), data=body, headers=headers, allow_redirects=False
        ) as response:
            wait = _seconds(response.headers.get("Retry-After", ""))
            return Answered(number, response.status, wait=wait)
    except TimeoutError:
        return Answered(number, trouble=Trouble.SILENT)
    except (aiohttp.ClientError, OSError, ValueError) as problem:
        return Answered(number, trouble=_trouble(problem))


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
    is_number = said.isascii() and said.isdecimal() and len(said) < 8
    return timedelta(seconds=int(said)) if is_number else None
