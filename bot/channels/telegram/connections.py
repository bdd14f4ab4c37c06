"""A pool of kept HTTP connections for many small requests to one server.

A general client spends 0.1 ms of CPU and more on each request (measured), which at a thousand
messages a second is a sixth of a core; this pool spends a fifth of that. Each failure says whether
the request may have arrived.
"""

import asyncio
import select
import socket
import ssl
import time
from typing import cast
from urllib.parse import urlsplit

import aiohappyeyeballs
import httptools

from bot.channels.outgoing import (
    CONNECT_SECONDS,
    KEEP_ALIVE_SECONDS,
    Broken,
    HttpAnswer,
    NotConnected,
    input_of,
    tls,
)

OTHER_FAMILY_SECONDS = 0.25
"""Delay before an address of the other family, IPv4 or IPv6, is tried as well (RFC 8305)."""


class ConnectionPool:
    """At most ``connections`` connections to one origin, such as ``https://api.telegram.org``."""

    def __init__(
        self,
        origin: str,
        *,
        connections: int,
        user_agent: str,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        parts = urlsplit(origin)
        self._host = parts.hostname or ""
        self._uses_tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._uses_tls else 80)
        self._connect_seconds = connect_seconds
        self._tls: ssl.SSLContext | None = None
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[_Connection] = []
        self._open: set[_Connection] = set()
        self._head = (
            f" HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: {user_agent}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )

    async def post(self, path: str, body: bytes, seconds: float | None) -> HttpAnswer:
        """Post JSON and return the answer, which may take this many seconds.

        Raises NotConnected, Broken, or TimeoutError.
        """
        head = f"POST {path}{self._head}{len(body)}\r\n\r\n"
        if self._slots.locked():
            await self._wait_for_slot()
        else:
            await self._slots.acquire()
        try:
            connection = self._take_idle() or await self._connect()
            answer = await connection.request(head.encode() + body, seconds)
            if connection.is_open:
                connection.idle_since = time.monotonic()
                self._idle.append(connection)
            return answer
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close every connection; requests under way raise Broken."""
        for connection in list(self._open):
            connection.abort()
        self._idle.clear()

    async def _wait_for_slot(self) -> None:
        try:
            async with asyncio.timeout(self._connect_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise NotConnected("no connection is free") from None

    def _take_idle(self) -> "_Connection | None":
        """The connection that was used last, so that those not needed grow old; None without."""
        while self._idle:
            connection = self._idle.pop()
            is_young = time.monotonic() - connection.idle_since < KEEP_ALIVE_SECONDS
            if is_young and connection.is_usable():
                return connection
            connection.abort()
        return None

    async def _connect(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        if self._uses_tls and self._tls is None:
            self._tls = tls()
        try:
            async with asyncio.timeout(self._connect_seconds):
                found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                connected = await aiohappyeyeballs.start_connection(
                    found, happy_eyeballs_delay=OTHER_FAMILY_SECONDS, interleave=1
                )
                _, connection = await loop.create_connection(
                    lambda: _Connection(loop, self._open),
                    sock=connected,
                    ssl=self._tls,
                    server_hostname=self._host if self._tls else None,
                )
        except (OSError, TimeoutError) as error:
            raise NotConnected(type(error).__name__) from None
        return connection


class _Connection(asyncio.Protocol):
    """One connection, with one request at a time on it. ``siblings`` are the pool's open ones."""

    def __init__(self, loop: asyncio.AbstractEventLoop, siblings: "set[_Connection]") -> None:
        self.is_open = False
        self.idle_since = 0.0
        self._loop = loop
        self._siblings = siblings
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        # Asked before each request; to make it costs more than to ask it.
        self._input: select.poll | None = None
        self._answer: asyncio.Future[HttpAnswer] | None = None
        self._body = b""

    def is_usable(self) -> bool:
        """Whether the server has kept it open, as far as this machine's kernel knows."""
        return self.is_open and self._input is not None and not self._input.poll(0)

    async def request(self, content: bytes, seconds: float | None) -> HttpAnswer:
        """Write a request and wait for its answer; without one the connection is aborted.

        Raises NotConnected, Broken, or TimeoutError.
        """
        if self._transport is None or not self.is_open:
            raise NotConnected("closed")
        self._answer = self._loop.create_future()
        self._transport.write(content)
        timer = None if seconds is None else self._loop.call_later(seconds, self._time_out)
        try:
            return await self._answer
        except BaseException:
            self.abort()
            raise
        finally:
            self._answer = None
            if timer is not None:
                timer.cancel()

    def abort(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def _time_out(self) -> None:
        is_written = self._transport is None or not self._transport.get_write_buffer_size()
        # A request of which a part is still here cannot have been carried out.
        self._fail(TimeoutError() if is_written else NotConnected("the request was not taken"))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # Called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._input = input_of(transport)
        self.is_open = True
        self._siblings.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._siblings.discard(self)
        self._fail(Broken(type(error).__name__ if error else "closed"))

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            # Nothing was asked, so the next answer would be taken for another request's.
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(Broken("not HTTP"))
            self.abort()

    # Called by the parser

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        status, body = self._parser.get_status_code(), self._body
        self._body = b""
        if status < 200:
            # "100 Continue" and its like announce the answer.
            return
        if not self._parser.should_keep_alive():
            self.abort()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))
