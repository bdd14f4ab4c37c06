"""The ASGI application around a process's routes, and the server that runs it."""

import asyncio
import contextlib
import hmac
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, Info, generate_latest
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import __version__
from bot.channels.pushes import PushRoute, Take
from bot.station.connections import Doorkeeper, connections
from models.desk import listing
from models.rules.events.picturing import LARGEST
from models.store import Store, StoreDown, ping, ticks

log = structlog.get_logger(__name__)

BUILD = Info("yizhan_build", "The version that this process runs.")
BUILD.info({"version": __version__})

STORE_UP = Gauge("yizhan_store_up", "Whether the store can be read, and takes writes.")
ACCOUNT_UP = Gauge("yizhan_account_up", "Whether an account works, as /readyz says.", ["account"])

BODY_LIMIT = LARGEST + 64 * 1024
"""Bytes of a request body: a picture and what is said of it. Most routes accept fewer."""

BODY_SECONDS = 30.0
"""How long a request body may take to arrive: platforms wait less for an answer."""

IDLE_SECONDS = 130
"""How long a connection without a request stays open.

A client must close an idle connection before the server does: a request that crosses the server's
close is reset, and a POST is not repeated. Caddy keeps idle connections for two minutes, nginx for
one, aiohttp for 15 seconds; uvicorn by default for five.
Sources: https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#the-http-transport,
https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout
"""

TRY_AGAIN = {"Retry-After": "2"}
DRAINING_SECONDS = 1
"""How long open requests may take at a stop, which takes three seconds at most in all."""

Problems = Callable[[], Mapping[str, str]]
"""The accounts that do not work now, and why."""


def build(
    store: Store,
    routes: Sequence[BaseRoute],
    *,
    problems: Problems,
    now: Callable[[], datetime],
    accounts: Sequence[str] = (),
    metrics_token: str = "",
    front: str = "",
    running: Sequence[str] = (),
    body_seconds: float = BODY_SECONDS,
    around: Sequence[Middleware] = (),
) -> Starlette:
    """Build the application: these routes, health, readiness and metrics.

    ``/`` redirects to ``front``. ``accounts`` names all of this process, for the metrics. Without
    ``metrics_token`` there is no ``/metrics``. ``running`` names the parts of the station that this
    process runs; ``body_seconds`` limits how long a request body may take. ``around`` is further
    middleware, outside of our own.
    """

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        """Report whether the store takes writes.

        Accounts with problems, and letters that nobody can read, are listed only: they are no
        reason to take the process out of service.
        """
        body: dict[str, Any]
        try:
            await store.read(ping)
            if store.fails_to_write:
                # A load balancer sends nothing to an unready process, so only this can find out
                # that writes succeed again.
                at = now()
                await store.write(ticks.take, "readyz", int(at.timestamp()), at)
        except StoreDown:
            body = {"ready": False, "store": "down", "parts": running, "accounts": problems()}
            return JSONResponse(body, 503, headers=TRY_AGAIN)
        body = {"ready": True, "store": "up", "parts": running, "accounts": problems()}
        if letters := await store.read(_letters, now()):
            body["warnings"] = {"letters": letters}
        return JSONResponse(body)

    async def metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        expected = f"Bearer {metrics_token}"
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        try:
            await store.read(ping)
            STORE_UP.set(not store.fails_to_write)
        except StoreDown:
            STORE_UP.set(0)
        failing = problems()
        for account in accounts:
            ACCOUNT_UP.labels(account).set(account not in failing)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def home(request: Request) -> Response:
        return RedirectResponse(front)

    all_routes = [
        *routes,
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]
    if metrics_token:
        all_routes.append(Route("/metrics", metrics, methods=["GET"]))
    if front:
        all_routes.append(Route("/", home, methods=["GET"]))
    return Starlette(
        routes=all_routes,
        middleware=[
            *around,
            Middleware(BodyLimit, seconds=body_seconds),
            Middleware(Pushes, takes=_pushed(routes)),
        ],
        exception_handlers={
            StoreDown: _store_down,
            ClientDisconnect: _client_gone,
            Exception: _failed,
        },
    )


def _letters(session: Session, at: datetime) -> str:
    return listing.unheard(session, at).in_words()


async def _store_down(request: Request, problem: Exception) -> Response:
    log.debug("a request came without a store", path=request.url.path.split("/")[1])
    return PlainTextResponse("The station cannot keep anything now.\n", 503, headers=TRY_AGAIN)


async def _client_gone(request: Request, problem: Exception) -> Response:
    # The client no longer reads, and nothing failed here.
    return PlainTextResponse("Cut off.\n", 400)


async def _failed(request: Request, problem: Exception) -> Response:
    # The server logs it: Starlette raises it once more after this answer.
    return PlainTextResponse("Something went wrong on our side.\n", 500)


def _pushed(routes: Sequence[BaseRoute]) -> dict[str, Take]:
    """What takes what platforms push, by its path."""
    return {each.path: each.take for each in routes if isinstance(each, PushRoute)}


class Pushes:
    """ASGI middleware that hands what platforms push to what takes it, and the rest to the routes.

    Finding one route of some hundred and wrapping it takes as long as reading an update does.
    """

    def __init__(self, app: ASGIApp, takes: Mapping[str, Take]) -> None:
        self._app = app
        self._takes = takes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        take = self._takes.get(scope.get("path", ""))
        if take is None or scope.get("method") != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await take(request)
        except HTTPException as problem:
            response = Response(status_code=problem.status_code)
        except ClientDisconnect as problem:
            response = await _client_gone(request, problem)
        except StoreDown as problem:
            response = await _store_down(request, problem)
        await response(scope, receive, send)


class BodyLimit:
    """ASGI middleware that limits a request body's size and time to arrive.

    Answers 413 for more than ``limit`` bytes, 408 after ``seconds``.
    """

    def __init__(
        self, app: ASGIApp, limit: int = BODY_LIMIT, seconds: float = BODY_SECONDS
    ) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._limit:
            await PlainTextResponse("Too long.\n", 413)(scope, receive, send)
            return
        read, is_whole = 0, False
        until = asyncio.get_running_loop().time() + self._seconds

        async def receive_within_limit() -> Message:
            nonlocal read, is_whole
            if is_whole:
                # After the body comes the disconnect, perhaps hours later: no time limit here.
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            is_whole = not message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_within_limit, send)


# The server


class Server(uvicorn.Server):
    """A uvicorn server for ``room`` connections, with hooks at its start and its end.

    ``ready`` is awaited once requests are answered. At a stop ``leave`` is called first, to end
    responses that would stay open, and ``done`` is awaited after the last response.
    """

    def __init__(
        self,
        app: Starlette,
        *,
        trusted_proxies: Sequence[str],
        room: int,
        ready: Callable[[], Awaitable[None]],
        leave: Callable[[], None],
        done: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=connections(Doorkeeper(room, trusted_proxies)),
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
                timeout_keep_alive=IDLE_SECONDS,
                timeout_graceful_shutdown=DRAINING_SECONDS,
            )
        )
        self._ready = ready
        self._leave = leave
        self._done = done

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal and ignore further ones during the stop.

        uvicorn raises the captured signal again once it has stopped; that one is ignored too.
        """
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        with super().capture_signals():
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leave()
        await super().shutdown(sockets)
        await self._done()


def listen_on(host: str, port: int) -> socket.socket:
    """Bind a socket for the server. Raises OSError when the address is taken or not local."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay only for a socket that was opened for TCP by name.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except BaseException:
        listening.close()
        raise
    return listening
