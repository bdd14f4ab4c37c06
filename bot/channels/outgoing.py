"""Outgoing HTTP by aiohttp, directly or through a proxy.

Whether a failed request may have arrived decides whether a message may be sent again, so each
failure says it by its class: NotConnected, or Broken and TimeoutError.
"""

import asyncio
import os
import select
import socket
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any
from weakref import WeakSet

import aiohttp
from aiohttp.abc import ResolveResult
from aiohttp.connector import Connection
from aiohttp.resolver import ThreadedResolver
from aiohttp.tracing import Trace

from models.rules.sending.alerts import is_public

CONNECT_SECONDS = 5.0
# Shorter than the time after which servers close an idle connection: what becomes of a request
# that is written while the server closes the connection cannot be known.
KEEP_ALIVE_SECONDS = 30.0

CREDENTIALS_REFUSED = "the proxy refuses the user name or the password (HTTP 407)"

HttpAnswer = tuple[int, bytes]
"""An HTTP status and the body."""


def tls() -> ssl.SSLContext:
    """Return what every connection trusts: the system's authorities, or those of SSL_CERT_FILE."""
    return _trusting(os.environ.get("SSL_CERT_FILE", ""))


# To read the authorities takes some 20 ms, and every account would read them again.
@cache
def _trusting(_certificates: str) -> ssl.SSLContext:
    return ssl.create_default_context()


class NotConnected(Exception):
    """No connection was made, so the request cannot have arrived.

    The message is for the operator and contains no address: addresses contain tokens.
    """


class ProxyFailed(NotConnected):
    """The proxy could not be reached, or made no connection."""


class Broken(Exception):
    """The connection broke after the request may have gone out."""


class HttpClient:
    """Kept connections to any number of servers, directly or all through one proxy.

    ``proxy`` is ``http://USER:PASSWORD@HOST:PORT`` or empty; ``https`` connects to the proxy
    itself by TLS. Servers with TLS are reached by CONNECT, others by a request in absolute form
    (RFC 9110, 9.3.6; RFC 9112, 3.2.2). Environment variables for proxies are not read.
    ``is_public_only`` connects to no name that leads to an address of one's own network: for what
    strangers may choose, by name and without a proxy.
    """

    def __init__(
        self,
        *,
        proxy: str = "",
        connections: int = 100,
        connect_seconds: float = CONNECT_SECONDS,
        user_agent: str = "",
        is_public_only: bool = False,
    ) -> None:
        self._is_public_only = is_public_only
        self._proxy = proxy or None
        self._connections = connections
        self._connect_seconds = connect_seconds
        self._headers = {"User-Agent": user_agent} if user_agent else {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        seconds: float | None,
        data: bytes | aiohttp.FormData | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        most: int | None = None,
    ) -> HttpAnswer:
        """Send one request and read its whole answer; redirects are not followed.

        ``seconds`` bounds each wait for more of the answer, ``most`` how much of it is read.
        Raises NotConnected, Broken, or TimeoutError when the answer did not come in time.
        """
        try:
            async with self._open().request(
                method,
                url,
                params=query,
                data=data,
                headers=headers,
                timeout=self._timeout(seconds),
                proxy=self._proxy,
                allow_redirects=False,
            ) as response:
                self._check_proxy(url, response.status)
                if most is not None:
                    return response.status, await response.content.read(most)
                return response.status, await response.read()
        except aiohttp.ConnectionTimeoutError as error:
            # It bounds the look-up of the name and the wait for a free connection as well.
            raise _told(error, is_proxied=self._proxy is not None) from None
        except TimeoutError:
            raise
        except (aiohttp.ClientError, OSError) as error:
            raise Broken(type(error).__name__) from None

    async def download(
        self,
        url: str,
        most: int,
        *,
        seconds: float | None,
        query: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Read the content at an address: up to ``most`` bytes, and some more if it is longer.

        Raises as ``request`` does.
        """
        try:
            async with self._open().get(
                url,
                params=query,
                timeout=self._timeout(seconds),
                proxy=self._proxy,
                allow_redirects=False,
            ) as response:
                self._check_proxy(url, response.status)
                content = bytearray()
                async for chunk in response.content.iter_chunked(64 * 1024):
                    content += chunk
                    if len(content) > most:
                        break
                return response.status, bytes(content)
        except aiohttp.ConnectionTimeoutError as error:
            # It bounds the look-up of the name and the wait for a free connection as well.
            raise _told(error, is_proxied=self._proxy is not None) from None
        except TimeoutError:
            raise
        except (aiohttp.ClientError, OSError) as error:
            raise Broken(type(error).__name__) from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(
                    limit=self._connections,
                    keepalive_timeout=KEEP_ALIVE_SECONDS,
                    ssl=tls(),
                    resolver=_PublicResolver() if self._is_public_only else None,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
            )
        return self._session

    def _timeout(self, seconds: float | None) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            total=None,
            # The whole of it: name, address, proxy, TLS, and the wait for a free connection.
            connect=self._connect_seconds,
            sock_connect=self._connect_seconds,
            sock_read=seconds,
            ceil_threshold=float("inf"),
        )

    def _check_proxy(self, url: str, status: int) -> None:
        """Raise for a proxy's own answer to a request in absolute form.

        An answer to CONNECT is an error of connecting already.
        """
        if self._proxy is None or url.startswith("https:"):
            return
        if status == 407:
            raise ProxyFailed(CREDENTIALS_REFUSED)
        if status in (502, 504):
            # The server may have read the request before its answer got lost (RFC 9110, 15.6).
            raise Broken(f"the proxy answers HTTP {status}")


class _PublicResolver(ThreadedResolver):
    """Finds only addresses of the open Internet; what is connected to is what was looked at."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await super().resolve(host, port, family)
        if public := [each for each in found if is_public(each["host"])]:
            return public
        raise OSError("no address of the open Internet")


class _Connector(aiohttp.TCPConnector):
    """Tells what goes wrong while connecting, before anything of a request is written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._used: WeakSet[asyncio.BaseProtocol] = WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  (the base class's name)
    ) -> Connection:
        while True:
            try:
                connection = await super().connect(req, traces, timeout)
            except (aiohttp.ClientError, OSError) as error:
                raise _told(error, is_proxied=bool(req.proxy)) from None
            transport, protocol = connection.transport, connection.protocol
            if transport is None or protocol is None:
                connection.close()
                continue
            if protocol in self._used and has_input(transport):
                # The server has closed it: that is known to the kernel, and not yet to the loop.
                connection.close()
                continue
            self._used.add(protocol)
            return connection


def _told(error: Exception, *, is_proxied: bool) -> NotConnected:
    match error:
        case aiohttp.ClientHttpProxyError(status=407):
            return ProxyFailed(CREDENTIALS_REFUSED)
        case aiohttp.ClientHttpProxyError(status=status):
            return ProxyFailed(f"the proxy answers HTTP {status}")
        case aiohttp.ClientProxyConnectionError():
            return ProxyFailed("the proxy cannot be reached")
        case aiohttp.ServerDisconnectedError() if is_proxied:
            return ProxyFailed("the proxy closed the connection")
        case TimeoutError() if is_proxied:
            return ProxyFailed("the proxy made no connection in time")
        case _:
            return NotConnected(type(error).__name__)


def has_input(transport: asyncio.BaseTransport) -> bool:
    """Whether bytes, or the end of the stream, have arrived that were not read yet.

    On a connection on which nothing was asked it can only be the end, or the answer to something
    else: either way it must not be used.
    """
    return bool(input_of(transport).poll(0))


def input_of(transport: asyncio.BaseTransport) -> select.poll:
    """Return a poll object that reports what has arrived on a connection and was not read."""
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return poll
