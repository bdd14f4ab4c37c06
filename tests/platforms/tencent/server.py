"""What WeChat's API and WeCom's have in common, as their documentation says it."""

import asyncio
import itertools
import json
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TRIES = 3
PATIENCE = 5.0
TOKEN_LASTS = timedelta(hours=2)

MENU_GET = "/cgi-bin/menu/get"
MENU_CREATE = "/cgi-bin/menu/create"
MEDIA_GET = "/cgi-bin/media/get"

Trouble = int | str | dict[str, str]
"""An errcode; fields of an answer that is not an error; ``503``, ``html``; ``drop``: cut off, not
taken; ``hang``: taken, never answered; ``cut``: taken, and cut off instead of answered; ``fine``:
no trouble."""


class Refusal(Exception):
    """An answer with an errcode."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    path: str
    query: Mapping[str, str]
    payload: dict[str, Any]
    raw: bytes


Act = Callable[[Call], dict[str, Any]]


class ApiServer(ABC):
    """An API behind a token, and the address that is told of what people do.

    ``second`` is how long a second of the platform's patience takes; ``latency`` how long each
    answer takes.
    """

    unknown_token: int
    """The errcode for a token that was never given out, or taken back."""

    hint: str
    """What stands behind each errmsg."""

    def __init__(
        self, *, callback: str, second: float, starts_at: datetime | None, latency: float = 0.0
    ) -> None:
        self.callback = callback
        self.latency = latency
        self.menu: list[dict[str, Any]] = []
        self.media: dict[str, bytes] = {}
        self.downloads = 0
        self.calls: list[Call] = []
        self.tries = 0
        self.on_try: Callable[[int], object] = lambda nth: None
        self.url = ""
        self._second = second
        self._starts_at = starts_at
        self._ahead = timedelta()
        self._tokens: dict[str, datetime] = {}
        self._ids = itertools.count(24_300_000_000_000_001)
        self._troubles: dict[str, deque[Trouble]] = defaultdict(deque)
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None

    # What differs

    @abstractmethod
    def add_routes(self, app: web.Application) -> None:
        """Add the calls besides the menu's and the media's."""

    @abstractmethod
    def keep_pace(self, path: str) -> None:
        """Raise a Refusal where this call is one too many."""

    @abstractmethod
    def check_account(self) -> None:
        """Raise a Refusal where a call with a good token is still refused."""

    @abstractmethod
    def menu_get(self, call: Call) -> dict[str, Any]: ...

    @abstractmethod
    def menu_create(self, call: Call) -> dict[str, Any]: ...

    # Its life and its clock

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_get(MENU_GET, self.guarded(self.menu_get))
        app.router.add_post(MENU_CREATE, self.guarded(self.menu_create))
        app.router.add_get(MEDIA_GET, self._give_media)
        self.add_routes(app)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        timeout = aiohttp.ClientTimeout(total=PATIENCE * self._second)
        self._http = aiohttp.ClientSession(timeout=timeout)

    async def stop(self) -> None:
        self._released.set()
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def http(self) -> aiohttp.ClientSession:
        assert self._http is not None
        return self._http

    def clock(self) -> datetime:
        return (self._starts_at or datetime.now(UTC)) + self._ahead

    def timestamp(self) -> int:
        return int(self.clock().timestamp())

    def advance(self, **by: float) -> None:
        """Let time pass: ``advance(hours=49)``."""
        self._ahead += timedelta(**by)

    # For those who watch

    def upset(self, path: str, *troubles: Trouble) -> None:
        """Answer the next calls of a path with these troubles, one each."""
        self._troubles[path].extend(troubles)

    def payloads(self, path: str) -> list[Mapping[str, Any]]:
        return [call.payload for call in self.calls if call.path == path]

    def menu_rows(self) -> Iterator[dict[str, Any]]:
        for column in self.menu:
            yield from column.get("sub_button") or [column]

    def next_id(self) -> int:
        return next(self._ids)

    # Pushes

    async def post(
        self, query: Mapping[str, str], body: bytes, media_type: str = "text/xml"
    ) -> bytes | None:
        """Push once; the answer's body, None for anything but a 200 in time."""
        headers = {"Content-Type": media_type}
        try:
            async with self.http.post(
                self.callback, params=query, data=body, headers=headers
            ) as response:
                return await response.read() if response.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    # The API

    def guarded(self, act: Act, *, with_token: bool = True) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            call = Call(request.path, request.query, json.loads(raw) if raw else {}, raw)
            self.calls.append(call)
            waiting = self._troubles[request.path]
            trouble = waiting.popleft() if waiting else None
            if self.latency:
                await asyncio.sleep(self.latency)
            if trouble == "503":
                return web.Response(status=503, text="Service Unavailable")
            if trouble == "html":
                return web.Response(text="<html>hello from the hotel's wifi</html>")
            if trouble == "drop":
                await self._cut(request)
            try:
                if isinstance(trouble, int):
                    raise Refusal(trouble, "trouble")
                self.keep_pace(request.path)
                if with_token:
                    self._check_token(request.query.get("access_token", ""))
                if isinstance(trouble, dict):
                    return web.json_response({"errcode": 0, "errmsg": "ok", **trouble})
                answer = act(call)
            except Refusal as error:
                answer = {"errcode": error.code, "errmsg": f"{error}{self.hint}"}
            if trouble == "hang":
                await self._released.wait()
            if trouble == "cut":
                await self._cut(request)
            return web.json_response(answer)

        return handle

    async def _cut(self, request: web.Request) -> None:
        assert request.transport is not None
        request.transport.close()
        await self._released.wait()

    def _check_token(self, token: str) -> None:
        if not token:
            raise Refusal(41001, "access_token missing")
        if token not in self._tokens or self._tokens[token].year == 1:
            raise Refusal(self.unknown_token, "invalid access_token")
        if self._tokens[token] <= self.clock():
            raise Refusal(42001, "access_token expired")
        self.check_account()

    async def _give_media(self, request: web.Request) -> web.StreamResponse:
        """The file itself, or an error as JSON with status 200, as the real one answers."""
        try:
            self._check_token(request.query.get("access_token", ""))
            content = self.media.get(request.query.get("media_id", ""))
            if content is None:
                raise Refusal(40007, "invalid media_id")
        except Refusal as error:
            return web.json_response({"errcode": error.code, "errmsg": str(error)})
        self.downloads += 1
        return web.Response(body=content, content_type="image/jpeg")
