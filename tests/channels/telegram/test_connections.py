"""Kept connections: used again, bounded, and clear about what may have arrived."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.channels.outgoing import Broken, NotConnected
from bot.channels.telegram.connections import ConnectionPool

Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlast"
EARLY = b"HTTP/1.1 100 Continue\r\n\r\n"


class Server:
    """Answers each request with the next of ``answers``, and the last one from then on.

    An empty answer is none: ``hangs`` keeps the connection open for it, otherwise it is closed.
    """

    def __init__(self, *answers: bytes, hangs: bool = False) -> None:
        self.answers = list(answers)
        self.hangs = hangs
        self.requests: list[bytes] = []
        self.connections = 0
        self.origin = ""
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(size))
                self.asked.set()
                await self.may_answer.wait()
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if not answer and not self.hangs:
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    *answers: bytes, hangs: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    server = Server(*answers, hangs=hangs)
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.origin = f"http://127.0.0.1:{port}" if tls is None else f"https://localhost:{port}"
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()


@asynccontextmanager
async def pool_to(origin: str, connections: int = 4) -> AsyncIterator[ConnectionPool]:
    pool = ConnectionPool(origin, connections=connections, user_agent="test")
    try:
        yield pool
    finally:
        pool.close()
        # The connections are lost in the loop's next round.
        await asyncio.sleep(0)


async def test_one_connection_serves_many_requests() -> None:
    async with serving(FINE) as server, pool_to(server.origin) as pool:
        for _ in range(3):
            assert await pool.post("/say", b"{}", 5) == (200, b"fine")
        assert server.connections == 1
        assert server.requests[0].startswith(b"POST /say HTTP/1.1\r\nHost: 127.0.0.1")
        assert server.requests[0].endswith(b"Content-Length: 2\r\n\r\n{}")


async def test_an_announced_close_is_not_written_into() -> None:
    async with serving(LAST, FINE) as server, pool_to(server.origin) as pool:
        assert await pool.post("/say", b"{}", 5) == (200, b"last")
        assert await pool.post("/say", b"{}", 5) == (200, b"fine")
        assert server.connections == 2


async def test_an_early_word_is_not_the_answer() -> None:
    async with serving(EARLY + FINE) as server, pool_to(server.origin) as pool:
        assert await pool.post("/say", b"{}", 5) == (200, b"fine")


async def test_an_answer_may_come_in_pieces() -> None:
    head = b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = head + b"2\r\nno\r\n1\r\n!\r\n0\r\n\r\n"
    async with serving(pieces) as server, pool_to(server.origin) as pool:
        assert await pool.post("/say", b"{}", 5) == (403, b"no!")


async def test_where_nobody_listens_nothing_was_sent() -> None:
    async with serving(FINE) as server:
        gone = server.origin
    async with pool_to(gone) as pool:
        with pytest.raises(NotConnected):
            await pool.post("/say", b"{}", 5)


async def test_a_connection_that_breaks_after_the_request_may_have_carried_it() -> None:
    async with serving(b"", FINE) as server, pool_to(server.origin) as pool:
        with pytest.raises(Broken):
            await pool.post("/say", b"{}", 5)
        assert await pool.post("/say", b"{}", 5) == (200, b"fine")


async def test_what_is_not_http_is_a_broken_connection() -> None:
    async with serving(b"hello\r\n\r\n") as server, pool_to(server.origin) as pool:
        with pytest.raises(Broken, match="not HTTP"):
            await pool.post("/say", b"{}", 5)


async def test_an_answer_that_does_not_come_ends_in_a_time_out() -> None:
    async with serving(b"", hangs=True) as server, pool_to(server.origin) as pool:
        with pytest.raises(TimeoutError):
            await pool.post("/say", b"{}", 0.02)
        assert len(server.requests) == 1


async def test_a_late_answer_is_not_taken_for_the_next_one() -> None:
    async with serving(LAST, FINE) as server, pool_to(server.origin) as pool:
        server.may_answer.clear()
        with pytest.raises(TimeoutError):
            await pool.post("/say", b"{}", 0.02)
        server.may_answer.set()
        assert await pool.post("/say", b"{}", 5) == (200, b"fine")


async def test_more_requests_than_connections_wait_for_one() -> None:
    async with serving(FINE) as server, pool_to(server.origin, connections=2) as pool:
        answers = await asyncio.gather(*(pool.post("/say", b"{}", 5) for _ in range(9)))
        assert answers == [(200, b"fine")] * 9
        assert server.connections == 2


async def test_who_stops_waiting_leaves_nothing_behind() -> None:
    async with serving(FINE) as server, pool_to(server.origin, connections=1) as pool:
        server.may_answer.clear()
        asking = asyncio.create_task(pool.post("/say", b"{}", 5))
        await server.asked.wait()
        asking.cancel()
        await asyncio.wait([asking])
        server.may_answer.set()
        assert await pool.post("/say", b"{}", 5) == (200, b"fine")


async def test_closing_breaks_what_is_under_way() -> None:
    async with serving(FINE) as server, pool_to(server.origin) as pool:
        server.may_answer.clear()
        asking = asyncio.create_task(pool.post("/say", b"{}", 5))
        await server.asked.wait()
        pool.close()
        with pytest.raises(Broken):
            await asking
        server.may_answer.set()


@pytest.mark.usefixtures("trusted")
async def test_a_server_that_proves_who_it_is_is_written_to(
    tls: ssl.SSLContext,
) -> None:
    async with serving(FINE, tls=tls) as server, pool_to(server.origin) as pool:
        assert await pool.post("/say", b"{}", 5) == (200, b"fine")


async def test_a_server_that_cannot_prove_who_it_is_is_told_nothing(tls: ssl.SSLContext) -> None:
    async with serving(FINE, tls=tls) as server, pool_to(server.origin) as pool:
        with pytest.raises(NotConnected):
            await pool.post("/say", b"{}", 5)
        assert not server.requests
