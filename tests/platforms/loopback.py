"""Servers on loopback, each with an event loop in a thread of its own."""

import asyncio
import ssl
import threading
from abc import ABC, abstractmethod
from typing import Self


class Listener(ABC):
    """Accepts connections on a free port; ``tls`` is a server's context.

    Where ``shakes_hands`` is false, a server with TLS leaves handshakes unanswered. The thread
    makes moments exact: what it did is done before the client's loop runs again.
    """

    shakes_hands = True

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self.accepted = 0
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._transports: set[asyncio.WriteTransport] = set()
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def origin(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def close_connections(self) -> None:
        """Close every connection, and return when they are closed."""
        asyncio.run_coroutine_threadsafe(self._abort_all(), self._loop).result(10)

    def stop_listening(self) -> None:
        """Have the port refuse connections from now on."""
        asyncio.run_coroutine_threadsafe(self._stop_listening(), self._loop).result(10)

    @abstractmethod
    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which is closed at the end."""

    async def _open(self) -> None:
        tls = self._tls if self.shakes_hands else None
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        transport = writer.transport
        self._transports.add(transport)
        self.accepted += 1
        try:
            await self.talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # Cancelled by the stop alone; asyncio of Python 3.11 logs a talk that ends by it.
            return
        finally:
            transport.abort()
            self._transports.discard(transport)
            self._talks.discard(talk)

    async def _abort_all(self) -> None:
        for transport in list(self._transports):
            transport.abort()
        # The sockets are closed in the loop's next round.
        for _ in range(3):
            await asyncio.sleep(0)

    async def _stop_listening(self) -> None:
        assert self._server is not None
        self._server.close()
        await asyncio.sleep(0)

    async def _close(self) -> None:
        await self._stop_listening()
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await self._abort_all()
        # Handshakes that the other side gave up end within these rounds of the loop.
        for _ in range(10):
            await asyncio.sleep(0)


class TlsFront(Listener):
    """Ends TLS in front of a server without it, which listens on another port."""

    def __init__(self, port: int, tls: ssl.SSLContext) -> None:
        super().__init__(tls=tls)
        self._behind = port

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._behind)
        await splice((reader, writer), (from_server, to_server))


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def splice(one: Stream, other: Stream) -> None:
    """Copy both ways until one side ends; close the other."""
    pumps = [_pump(one[0], other[1]), _pump(other[0], one[1])]
    tasks = [asyncio.ensure_future(pump) for pump in pumps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Before anything is awaited, which a second cancelling may cut short.
        other[1].transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await reader.read(64 * 1024):
        writer.write(content)
        await writer.drain()
