"""What one client may take of the station's connections, and how long it may say nothing."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.station.connections import Doorkeeper, connections, raise_open_files
from tests import serving

HEAD = b"GET / HTTP/1.1\r\nHost: here\r\n"


async def _hello(request: Request) -> Response:
    return PlainTextResponse("hello")


@asynccontextmanager
async def _server(doorkeeper: Doorkeeper, header_seconds: float = 15.0) -> AsyncIterator[int]:
    listening = serving.listen()
    protocol = connections(doorkeeper, header_seconds)
    app = Starlette(routes=[Route("/", _hello)])
    config = uvicorn.Config(app, http=protocol, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve([listening]))
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task


async def _answer(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"Connection: close\r\n\r\n")
    answer = await _rest(reader)
    writer.close()
    return answer


async def _rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until the end; nothing where the connection is reset."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_half_a_request_is_closed_and_a_whole_one_answered() -> None:
    async with _server(Doorkeeper(100), header_seconds=0.05) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD)
        assert await _rest(reader) == b""
        writer.close()
        assert (await _answer(port)).endswith(b"hello")


async def test_one_client_cannot_take_all_connections() -> None:
    async with _server(Doorkeeper(4)) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        assert await _answer(port) == b""
        for _reader, writer in held:
            writer.close()
            await writer.wait_closed()
        # The server hears of the closing a moment later.
        answers = [await _answer(port) for _ in range(20)]
        assert any(answer.endswith(b"hello") for answer in answers)


async def test_a_proxy_speaks_for_many() -> None:
    async with _server(Doorkeeper(4, ["127.0.0.0/8"])) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        assert (await _answer(port)).endswith(b"hello")
        for _reader, writer in held:
            writer.close()


def test_doors_are_counted_for_each_client() -> None:
    door = Doorkeeper(4)
    assert [door.admit("a") for _ in range(3)] == [True, True, False]
    assert [door.admit("b") for _ in range(3)] == [True, True, False]
    assert not door.admit("c")
    door.leave("a")
    assert door.admit("c")


def test_the_limit_of_open_files_is_raised_to_what_the_system_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        limit = raise_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == limit > 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
