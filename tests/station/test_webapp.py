"""The application around the parts: what it says when the store or a part fails."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import event
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.pushes import PushRoute, Take
from bot.station import webapp
from models.store import Store, ping
from tests.serving import serving


class House:
    """An application over real HTTP, made of parts that fail when asked to."""

    def __init__(self, store: Store, keep: Callable[[str, Take], Route]) -> None:
        self.store = store
        self.trouble: dict[str, str] = {}
        self.origin = ""
        self.asked, self.heard = asyncio.Event(), asyncio.Event()
        self.app = webapp.build(
            store,
            [
                keep("/keep", self._keep),
                Route("/fail", self._fail, methods=["GET"]),
            ],
            problems=lambda: self.trouble,
            now=lambda: datetime(2026, 12, 1, 2, 0, tzinfo=UTC),
            body_seconds=0.2,
        )

    async def _keep(self, request: Request) -> Response:
        self.asked.set()
        try:
            length = len(await request.body())
        finally:
            self.heard.set()
        await self.store.write(ping)
        return PlainTextResponse(str(length))

    async def _fail(self, request: Request) -> Response:
        raise LookupError("the words of an error")

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, self.origin + path, data=body) as answer,
        ):
            return answer.status, await answer.text()


@pytest.fixture(params=[partial(Route, methods=["POST"]), PushRoute], ids=["route", "push"])
async def house(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    store = Store(sqlite_url)
    house = House(store, request.param)
    async with serving(house.app) as house.origin:
        yield house
    store.close()


async def test_a_station_that_can_keep_nothing_is_alive_but_not_ready(house: House) -> None:
    assert (await house.ask("GET", "/readyz"))[0] == 200
    house.store.close()
    assert (await house.ask("GET", "/readyz"))[0] == 503
    assert (await house.ask("GET", "/healthz")) == (200, "ok")


async def test_a_store_that_can_only_be_read_is_not_ready_until_it_can_be_written(
    house: House, sqlite_url: str
) -> None:
    def impatient(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout = 10")

    event.listen(house.store.engine, "checkout", impatient)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await house.ask("GET", "/readyz"))[0] == 200
        assert (await house.ask("POST", "/keep", b"abc"))[0] == 503
        assert (await house.ask("GET", "/readyz"))[0] == 503
        other.execute("COMMIT")
    assert (await house.ask("GET", "/readyz"))[0] == 200
    assert not house.store.fails_to_write


async def test_a_part_that_can_keep_nothing_asks_to_come_again(house: House) -> None:
    assert await house.ask("POST", "/keep", b"abc") == (200, "3")
    house.store.close()
    status, said = await house.ask("POST", "/keep", b"abc")
    assert status == 503
    assert "cannot keep anything" in said


async def test_an_account_in_trouble_is_named_and_takes_nobody_else_down(house: House) -> None:
    house.trouble["telegram.nanhai"] = "the token is not valid"
    status, said = await house.ask("GET", "/readyz")
    assert status == 200
    assert "the token is not valid" in said


async def test_an_error_in_a_part_is_not_shown_to_whoever_asked(house: House) -> None:
    status, said = await house.ask("GET", "/fail")
    assert (status, said) == (500, "Something went wrong on our side.\n")
    assert (await house.ask("GET", "/healthz"))[0] == 200


async def test_a_long_body_is_refused_even_when_its_length_is_not_told(house: House) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 400_000

    assert (await house.ask("POST", "/keep", BytesIO(b"x" * webapp.BODY_LIMIT)))[0] == 200
    assert (await house.ask("POST", "/keep", BytesIO(b"x" * webapp.BODY_LIMIT + b"x")))[0] == 413
    assert (await house.ask("POST", "/keep", pieces()))[0] == 413


PART_OF_A_BODY = b"POST /keep HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nsome of it"


async def test_a_body_that_does_not_come_to_an_end_is_not_waited_for(house: House) -> None:
    reading, writing = await asyncio.open_connection(
        *house.origin.removeprefix("http://").split(":")
    )
    writing.write(PART_OF_A_BODY)
    async with asyncio.timeout(10):
        assert (await reading.readline()).startswith(b"HTTP/1.1 408 ")
    writing.close()


async def test_a_connection_that_breaks_in_a_body_is_no_error(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    _, writing = await asyncio.open_connection(*house.origin.removeprefix("http://").split(":"))
    writing.write(PART_OF_A_BODY)
    async with asyncio.timeout(10):
        await house.asked.wait()
        writing.close()
        await house.heard.wait()
    assert (await house.ask("GET", "/healthz"))[0] == 200
    assert caplog.records == []


# Connections that wait for another request


@pytest.mark.parametrize(
    "idle",
    [
        pytest.param(5, id="uvicorn"),
        pytest.param(15, id="aiohttp"),
        pytest.param(60, id="nginx"),
        pytest.param(120, id="Caddy"),
    ],
)
async def test_a_client_may_use_an_idle_connection_as_long_as_it_keeps_one(
    idle: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request at the moment in which the server's timer runs out would be reset."""
    passed = 0

    async def port(request: Request) -> Response:
        assert request.client is not None
        return PlainTextResponse(str(request.client.port))

    async def ask() -> str:
        async with http.post(origin, data=b"x") as answer:
            return await answer.text()

    loop = asyncio.get_running_loop()
    real = loop.time
    monkeypatch.setattr(loop, "time", lambda: real() + passed)
    connector = aiohttp.TCPConnector(keepalive_timeout=idle + 60)
    app = Starlette(routes=[Route("/", port, methods=["POST"])])
    async with serving(app) as origin, aiohttp.ClientSession(connector=connector) as http:
        first = await ask()
        passed = idle
        assert await ask() == first


async def test_without_a_token_there_are_no_metrics(house: House) -> None:
    assert (await house.ask("GET", "/metrics"))[0] == 404


def test_an_address_that_is_taken_cannot_be_listened_on() -> None:
    with webapp.listen_on("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(OSError, match="already in use"):
            webapp.listen_on("127.0.0.1", first.getsockname()[1])


def test_the_newer_internet_protocol_is_listened_on_as_well() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("This machine has no IPv6.")
    with webapp.listen_on("::1", 0) as listening:
        assert listening.family == socket.AF_INET6
