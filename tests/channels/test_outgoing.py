"""What became of a request: each way out against each way in which a server or a proxy fails.

"cannot" is said only of a request that no server has read: it will be sent again. "may" is said of
every other failure: it will not.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

import pytest
import uvloop
from telegram import InputFile
from telegram.error import TelegramError

from bot.channels import Doubtful, Outcome, Sent, TryLater
from bot.channels.telegram.outcomes import outcome_of
from bot.channels.telegram.transport import TelegramTransport, configure_library
from bot.channels.tencent.api import ApiError, ErrorCodes, MaybeSent, NotSent, Token, TokenApi
from tests.platforms.loopback import Listener
from tests.platforms.proxy import PASSWORD, USER, Proxy
from tests.platforms.proxy import Act as ProxyAct

LONG, SHORT = 10.0, 0.1
ANSWER = b'{"ok":true,"result":{"message_id":1},"errcode":0}'

ServerAct = Literal[
    "answers",
    "refuses connections",
    "closes at accept",
    "hangs before reading",
    "hangs after reading",
    "closes after reading",
    "answers, then closes unread",
]


class Server(Listener):
    """Answers as a platform does, or fails; ``read`` counts the requests that it read whole."""

    def __init__(self, act: ServerAct = "answers", *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls=tls)
        self.act = act
        self.read = 0
        self.shakes_hands = act not in ("closes at accept", "hangs before reading")

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.act == "closes at accept":
            return
        if self.act == "hangs before reading":
            await asyncio.Event().wait()
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(size)
            self.read += 1
            if self.act == "hangs after reading":
                await asyncio.Event().wait()
            if self.act == "closes after reading":
                return
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER)
            await writer.drain()
            if self.act == "answers, then closes unread":
                # The next request crosses the close: a part of it has come, and is not read on.
                await reader.readexactly(1)
                return


# The ways out


class Way(Protocol):
    async def say(self, origin: str) -> Outcome: ...

    async def close(self) -> None: ...


class TelegramWay:
    """Texts, by connections of our own where there is no proxy; or files, by aiohttp."""

    def __init__(self, proxy: str, connect: float, answer: float, *, as_file: bool) -> None:
        configure_library()
        self._as_file = as_file
        self._transport = TelegramTransport(
            read_timeout=answer, upload_seconds=answer, connect_seconds=connect, proxy=proxy
        )

    async def say(self, origin: str) -> Outcome:
        upload = {"document": InputFile(b"content", filename="a.txt")} if self._as_file else {}
        url = f"{origin}/bot1:secret-token/sendMessage"
        try:
            await self._transport.call(url, {"chat_id": 7, "text": "你好", **upload})
        except TelegramError as error:
            return outcome_of(error, whole_account=lambda: False)
        return Sent()

    async def close(self) -> None:
        await self._transport.shutdown()


class TencentWay:
    """A call of the WeChat family's API, by aiohttp."""

    def __init__(self, proxy: str, connect: float, answer: float) -> None:
        self._settings = {
            "proxy": proxy,
            "connect_seconds": connect,
            "answer_seconds": answer,
        }
        self._api: TokenApi | None = None

    async def say(self, origin: str) -> Outcome:
        if self._api is None:
            self._api = _Api(api_base=origin, now=_now, **self._settings)  # type: ignore[arg-type]
        try:
            await self._api.call("/say", {"text": "你好"})
        except (ApiError, NotSent, MaybeSent) as problem:
            return ErrorCodes({}, {}, {}).outcome(problem, _now())
        return Sent()

    async def close(self) -> None:
        if self._api is not None:
            await self._api.close()


class _Api(TokenApi):
    spoilt = frozenset()

    async def _fetch_token(self, spoilt: Token | None) -> Token:
        return Token("secret-token", _now() + timedelta(days=1))


def _now() -> datetime:
    return datetime.now(UTC)


def _text(proxy: str, connect: float, answer: float) -> Way:
    return TelegramWay(proxy, connect, answer, as_file=False)


def _file(proxy: str, connect: float, answer: float) -> Way:
    return TelegramWay(proxy, connect, answer, as_file=True)


MakeWay = Callable[[str, float, float], Way]
WAYS: dict[str, MakeWay] = {"text": _text, "file": _file, "tencent": TencentWay}

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}

every_way = pytest.mark.parametrize("way", list(WAYS))
on_both_loops = pytest.mark.parametrize("loop", list(LOOPS))


def run(loop: str, main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(main)


# Servers and proxies

Route = Literal["plain", "tls", "plain by proxy", "tls by proxy"]
ROUTES: tuple[Route, ...] = ("plain", "tls", "plain by proxy", "tls by proxy")


@dataclass(frozen=True, slots=True)
class Both:
    """A server and, on the routes that have one, the proxy in front of it."""

    server: Server
    proxy: Proxy | None

    @property
    def address(self) -> str:
        return "" if self.proxy is None else self.proxy.address

    @property
    def first(self) -> Listener:
        """What the client is connected to."""
        return self.proxy or self.server


@contextlib.contextmanager
def listening(
    act: ServerAct, route: Route, tls: ssl.SSLContext, proxy_act: ProxyAct = "passes"
) -> Iterator[Both]:
    with contextlib.ExitStack() as stack:
        server = Server(act, tls=tls if route.startswith("tls") else None)
        stack.enter_context(server)
        proxy = None
        if route.endswith("proxy"):
            proxy = stack.enter_context(Proxy(proxy_act))
        if act == "refuses connections":
            server.stop_listening()
        yield Both(server, proxy)


@contextlib.asynccontextmanager
async def opened(
    way: str, both: Both, connect: float = LONG, answer: float = LONG
) -> AsyncIterator[Way]:
    made = WAYS[way](both.address, connect, answer)
    try:
        yield made
    finally:
        await made.close()
        # What hangs there would keep TLS from ending here: it is lost in the loop's next rounds.
        both.first.close_connections()
        for _ in range(5):
            await asyncio.sleep(0)


def verdict(outcome: Outcome) -> str:
    match outcome:
        case Sent():
            return "sent"
        case TryLater():
            return "cannot"
        case Doubtful():
            return "may"
        case _:
            raise AssertionError(outcome)


def patience(act: str, wanted: str) -> tuple[float, float]:
    """How long to connect and to wait for an answer, so that what hangs ends the right wait."""
    if "hangs" not in act:
        return LONG, LONG
    return (SHORT, LONG) if wanted == "cannot" else (LONG, SHORT)


# The servers fail

SERVERS: dict[ServerAct, tuple[str, str, str, str]] = {
    # By a proxy, "may" also where it says 502: it says it of servers that have read, too.
    "answers": ("sent", "sent", "sent", "sent"),
    "refuses connections": ("cannot", "cannot", "may", "cannot"),
    # Without TLS it depends on the moment in which the client learns of the close.
    "closes at accept": ("cannot or may", "cannot", "may", "cannot"),
    "hangs before reading": ("may", "cannot", "may", "cannot"),
    "hangs after reading": ("may", "may", "may", "may"),
    "closes after reading": ("may", "may", "may", "may"),
}


@on_both_loops
@every_way
@pytest.mark.parametrize("act", list(SERVERS))
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.usefixtures("trusted")
def test_a_server_that_fails(
    tls: ssl.SSLContext, loop: str, way: str, act: ServerAct, route: Route
) -> None:
    wanted = SERVERS[act][ROUTES.index(route)]

    async def main(both: Both) -> None:
        async with opened(way, both, *patience(act, wanted)) as made:
            found = verdict(await made.say(both.server.origin))
        assert found in wanted.split(" or ")

    with listening(act, route, tls) as both:
        run(loop, main(both))
        assert both.proxy is None or both.proxy.requests
        if wanted == "sent":
            assert both.server.read == 1
        elif "after reading" in act:
            assert both.server.read <= 1
        else:
            assert both.server.read == 0


@on_both_loops
@every_way
@pytest.mark.parametrize("route", ["tls", "tls by proxy"])
def test_a_server_with_a_certificate_that_is_not_trusted_is_sent_nothing(
    tls: ssl.SSLContext, loop: str, way: str, route: Route
) -> None:
    async def main(both: Both) -> None:
        async with opened(way, both) as made:
            assert verdict(await made.say(both.server.origin)) == "cannot"

    with listening("answers", route, tls) as both:
        run(loop, main(both))
        assert both.server.read == 0


# Kept connections


@on_both_loops
@every_way
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.usefixtures("trusted")
def test_what_is_said_after_the_server_closed_the_kept_connection_arrives_once(
    tls: ssl.SSLContext, loop: str, way: str, route: Route
) -> None:
    async def main(both: Both) -> None:
        async with opened(way, both) as made:
            for number in range(3):
                # The close is complete, and the loop has not run since: only the kernel knows.
                both.first.close_connections()
                assert verdict(await made.say(both.server.origin)) == "sent"
                assert both.server.read == number + 1

    with listening("answers", route, tls) as both:
        run(loop, main(both))


@on_both_loops
@every_way
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.usefixtures("trusted")
def test_what_crosses_the_close_of_a_kept_connection_is_in_doubt_and_not_repeated(
    tls: ssl.SSLContext, loop: str, way: str, route: Route
) -> None:
    async def main(both: Both) -> None:
        async with opened(way, both) as made:
            assert verdict(await made.say(both.server.origin)) == "sent"
            found = verdict(await made.say(both.server.origin))
            if route == "plain by proxy":
                # This proxy makes a connection for each request, so there is nothing to cross.
                assert (found, both.server.read) == ("sent", 2)
            else:
                assert (found, both.server.read) == ("may", 1)

    with listening("answers, then closes unread", route, tls) as both:
        run(loop, main(both))


@on_both_loops
@every_way
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.usefixtures("trusted")
def test_one_connection_carries_many_requests(
    tls: ssl.SSLContext, loop: str, way: str, route: Route
) -> None:
    async def main(both: Both) -> None:
        async with opened(way, both) as made:
            for _ in range(5):
                assert verdict(await made.say(both.server.origin)) == "sent"

    with listening("answers", route, tls) as both:
        run(loop, main(both))
        assert both.server.read == 5
        assert both.first.accepted == 1


# The proxy fails

PROXIES: dict[ProxyAct | Literal["refuses connections"], tuple[str, str, str]] = {
    "refuses connections": ("cannot", "cannot", "the proxy cannot be reached"),
    "hangs": ("may", "cannot", "the proxy made no connection in time"),
    "refuses the password": ("cannot", "cannot", "the proxy refuses the user name or the password"),
    "answers 502": ("may", "cannot", "the proxy answers HTTP 502"),
    "closes": ("may", "cannot", "the proxy closed the connection"),
    "closes after its answer": ("", "cannot", ""),
}


@on_both_loops
@every_way
@pytest.mark.parametrize(
    ("act", "scheme"),
    # Only CONNECT has an answer of the proxy's own before the server's.
    [(act, "http") for act in PROXIES if PROXIES[act][0]] + [(act, "https") for act in PROXIES],
)
@pytest.mark.usefixtures("trusted")
def test_a_proxy_that_fails(
    tls: ssl.SSLContext,
    loop: str,
    way: str,
    act: ProxyAct | Literal["refuses connections"],
    scheme: str,
) -> None:
    plain, secure, reason = PROXIES[act]
    wanted, route = (plain, ROUTES[2]) if scheme == "http" else (secure, ROUTES[3])

    async def main(both: Both) -> None:
        async with opened(way, both, *patience(act, wanted)) as made:
            outcome = await made.say(both.server.origin)
        assert verdict(outcome) == wanted
        if isinstance(outcome, TryLater) and reason:
            assert outcome.reason.startswith(reason)
            assert outcome.whole_account
        for secret in (PASSWORD, USER, "secret-token"):
            assert secret not in repr(outcome)

    with listening(
        "answers", route, tls, "passes" if act == "refuses connections" else act
    ) as both:
        if act == "refuses connections":
            both.first.stop_listening()
        run(loop, main(both))
        assert both.server.read == 0


@on_both_loops
@every_way
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.usefixtures("trusted")
def test_a_proxy_may_be_reached_by_tls(
    tls: ssl.SSLContext, loop: str, way: str, scheme: str
) -> None:
    async def main(both: Both) -> None:
        async with opened(way, both) as made:
            assert verdict(await made.say(both.server.origin)) == "sent"

    with Server(tls=tls if scheme == "https" else None) as server, Proxy(tls=tls) as proxy:
        run(loop, main(Both(server, proxy)))
        assert len(proxy.requests) == server.read == 1


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(server: Server) -> None:
        for way in WAYS:
            async with opened(way, Both(server, None)) as made:
                assert verdict(await made.say(server.origin)) == "sent"

    with Server() as server, Proxy() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        run("uvloop", main(server))
        assert not proxy.requests
