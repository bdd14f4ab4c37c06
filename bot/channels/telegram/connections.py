"""Kept HTTP connections for many small requests to one server.

What a general client does for every request costs 0.1 ms of CPU and more (measured), which for a
thousand messages a second is a sixth of a core; this one takes a fifth of that. It says of each
request that failed whether it may have arrived.
"""

import asyncio
import socket
import ssl
import time
from typing import cast
from urllib.parse import urlsplit

import aiohappyeyeballs
import httptools

CONNECT_SECONDS = 5.0
# Shorter than the time after which servers close an idle connection: a request written into a
# connection that is just being closed would have an outcome that nobody knows.
KEEP_ALIVE_SECONDS = 30.0
SECOND_ADDRESS_AFTER = 0.25
"""Where a server has addresses of both kinds, the other kind is tried after so long (RFC 8305)."""

Answer = tuple[int, bytes]
"""An HTTP status and the body."""


class NotConnected(Exception):
    """No connection was made, so the request cannot have arrived."""


class Broken(Exception):
    """The connection broke after the request may have gone out."""


class Lines:
    """At most so many connections to one origin, such as ``https://api.telegram.org``."""

    def __init__(self, origin: str, *, connections: int, user_agent: str) -> None:
        parts = urlsplit(origin)
        self._host = parts.hostname or ""
        self._is_secret = parts.scheme == "https"
        self._port = parts.port or (443 if self._is_secret else 80)
        self._tls: ssl.SSLContext | None = None
        self._room = asyncio.Semaphore(connections)
        self._free: list[_Line] = []
        self._all: set[_Line] = set()
        self._head = (
            f" HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: {user_agent}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )

    async def post(self, path: str, body: bytes, seconds: float | None) -> Answer:
        """Post JSON; raises NotConnected, Broken, or TimeoutError after so many seconds."""
        head = f"POST {path}{self._head}{len(body)}\r\n\r\n"
        if self._room.locked():
            await self._wait_for_room()
        else:
            await self._room.acquire()
        try:
            line = self._kept() or await self._connect()
            answer = await line.ask(head.encode() + body, seconds)
            if line.is_open:
                line.free_since = time.monotonic()
                self._free.append(line)
            return answer
        finally:
            self._room.release()

    def close(self) -> None:
        """Close every connection; what is under way is Broken."""
        for line in list(self._all):
            line.hang_up()
        self._free.clear()

    async def _wait_for_room(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._room.acquire()
        except TimeoutError:
            raise NotConnected("no connection is free") from None

    def _kept(self) -> "_Line | None":
        """The connection that was used last, so that those not needed grow old; None without."""
        while self._free:
            line = self._free.pop()
            if line.is_open and time.monotonic() - line.free_since < KEEP_ALIVE_SECONDS:
                return line
            line.hang_up()
        return None

    async def _connect(self) -> "_Line":
        loop = asyncio.get_running_loop()
        if self._is_secret and self._tls is None:
            self._tls = ssl.create_default_context()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                connected = await aiohappyeyeballs.start_connection(
                    found, happy_eyeballs_delay=SECOND_ADDRESS_AFTER, interleave=1
                )
                _, line = await loop.create_connection(
                    lambda: _Line(loop, self._all),
                    sock=connected,
                    ssl=self._tls,
                    server_hostname=self._host if self._tls else None,
                )
        except (OSError, TimeoutError) as error:
            raise NotConnected(type(error).__name__) from None
        return line


class _Line(asyncio.Protocol):
    """One connection, and one request at a time on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, everyone: "set[_Line]") -> None:
        self.is_open = False
        self.free_since = 0.0
        self._loop = loop
        self._everyone = everyone
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._body = b""

    async def ask(self, request: bytes, seconds: float | None) -> Answer:
        """Write a request and wait for its answer; without one the connection is given up."""
        if self._transport is None or not self.is_open:
            raise NotConnected("closed")
        self._answer = self._loop.create_future()
        self._transport.write(request)
        timer = None if seconds is None else self._loop.call_later(seconds, self._give_up)
        try:
            return await self._answer
        except BaseException:
            self.hang_up()
            raise
        finally:
            self._answer = None
            if timer is not None:
                timer.cancel()

    def hang_up(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def _give_up(self) -> None:
        self._fail(TimeoutError())

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # What the connection tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True
        self._everyone.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._everyone.discard(self)
        self._fail(Broken(type(error).__name__ if error else "closed"))

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            # Nothing was asked: whatever this is, the next answer would be taken for another.
            self.hang_up()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(Broken("not HTTP"))
            self.hang_up()

    # What the parser tells

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        status, body = self._parser.get_status_code(), self._body
        self._body = b""
        if status < 200:
            # "100 Continue" and its like announce the answer.
            return
        if not self._parser.should_keep_alive():
            self.hang_up()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))
