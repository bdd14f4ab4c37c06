"""One ASGI application out of the parts it is handed, and the server it runs in."""

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
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.store import Store, StoreDown, ping, ticks

log = structlog.get_logger(__name__)

BODY_LIMIT = 1024 * 1024
"""More than any part takes; most allow themselves less."""

BODY_SECONDS = 30.0
"""How long a body may take to arrive: platforms wait less for an answer."""

TRY_AGAIN = {"Retry-After": "2"}
DRAINING_SECONDS = 1
"""Open requests get this long at the end: the whole stop takes at most three seconds."""

Problems = Callable[[], Mapping[str, str]]
"""The accounts that do not work now, and why."""


def build(
    store: Store,
    parts: Sequence[BaseRoute],
    *,
    problems: Problems,
    now: Callable[[], datetime],
    metrics_token: str = "",
    front: str = "",
    running: Sequence[str] = (),
    body_seconds: float = BODY_SECONDS,
) -> Starlette:
    """The application. ``front`` is where ``/`` leads; without a token there are no metrics.

    ``running`` names the parts of the station that this process runs.
    """

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        """Ready means: what comes in can be kept. An account in trouble is said, and no reason
        to take the station out of service."""
        said: dict[str, Any]
        try:
            await store.read(ping)
            if store.fails_to_write:
                # Whoever is out of service is told nothing that could be written: it must try.
                at = now()
                await store.write(ticks.take, "readyz", int(at.timestamp()), at)
        except StoreDown:
            said = {"ready": False, "store": "down", "parts": running, "accounts": problems()}
            return JSONResponse(said, 503, headers=TRY_AGAIN)
        said = {"ready": True, "store": "up", "parts": running, "accounts": problems()}
        return JSONResponse(said)

    async def metrics(request: Request) -> Response:
        shown = request.headers.get("authorization", "")
        wanted = f"Bearer {metrics_token}"
        if not hmac.compare_digest(shown.encode(), wanted.encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def home(request: Request) -> Response:
        return RedirectResponse(front)

    routes = [
        *parts,
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]
    if metrics_token:
        routes.append(Route("/metrics", metrics, methods=["GET"]))
    if front:
        routes.append(Route("/", home, methods=["GET"]))
    return Starlette(
        routes=routes,
        middleware=[Middleware(BodyLimit, seconds=body_seconds)],
        exception_handlers={
            StoreDown: _store_down,
            ClientDisconnect: _cut_off,
            Exception: _failed,
        },
    )


async def _store_down(request: Request, problem: Exception) -> Response:
    log.warning("the store is down", path=request.url.path.split("/")[1])
    return PlainTextResponse("The station cannot keep anything now.\n", 503, headers=TRY_AGAIN)


async def _cut_off(request: Request, problem: Exception) -> Response:
    # Nobody reads this any more, and it is no error of ours.
    return PlainTextResponse("Cut off.\n", 400)


async def _failed(request: Request, problem: Exception) -> Response:
    # The server logs it: Starlette raises it once more after this answer.
    return PlainTextResponse("Something went wrong on our side.\n", 500)


class BodyLimit:
    """Refuses what is too long before it is read, and what takes too long to arrive."""

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
                # What comes after the body is that the other side has gone: hours later, perhaps.
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
    """Serves the application, with something to do when it stands and when it ends.

    ``ready`` is called once requests are answered; ``leave`` before the last ones, so that what
    would keep a response open for ever lets go; ``done`` after them.
    """

    def __init__(
        self,
        app: Starlette,
        *,
        trusted_proxies: Sequence[str],
        ready: Callable[[], Awaitable[None]],
        leave: Callable[[], None],
        done: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
                timeout_graceful_shutdown=DRAINING_SECONDS,
            )
        )
        self._ready = ready
        self._leave = leave
        self._done = done

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal. A second one finds the stop under way, and so does the server's own:
        having stopped, it sends itself the signal once more. Before this a signal ends the process.
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
    """A socket for the server; raises OSError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except BaseException:
        listening.close()
        raise
    return listening
