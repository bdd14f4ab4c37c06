"""A push service and the browsers that subscribed there: takes, checks and decrypts alerts."""

import asyncio
import base64
import json
import os
from dataclasses import dataclass
from typing import Any

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _read(written: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))


class PushingBrowser:
    """One browser's subscription, with the private key that never leaves it."""

    def __init__(self, origin: str, name: str) -> None:
        self.endpoint = f"{origin}/push/{name}"
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)

    def subscription(self) -> dict[str, Any]:
        """What PushSubscription.toJSON() gives a page."""
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": _written(point), "auth": _written(self._secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def decrypt(self, sealed: bytes) -> Any:
        content = http_ece.decrypt(
            sealed, private_key=self._private, auth_secret=self._secret, version="aes128gcm"
        )
        return json.loads(content)


@dataclass(frozen=True, slots=True)
class Pushed:
    """An alert that was taken: for whom, what it says, how long it is kept, by whose key."""

    to: str
    content: dict[str, Any]
    ttl: int
    claims: dict[str, Any]
    key: str


class PushService:
    """Answers as RFC 8030 says.

    ``answers`` are the statuses of the next requests, 0 for none at all; then all are taken. What
    is not signed or encrypted as it must be is answered with 400 or 403.
    """

    def __init__(self) -> None:
        self.origin = ""
        self.answers: list[int] = []
        self.asked: list[str] = []
        self.taken: list[Pushed] = []
        self._browsers: dict[str, PushingBrowser] = {}
        self._news = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "PushService":
        app = web.Application()
        app.router.add_post("/push/{name}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.origin = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def accepts(self, endpoint: str) -> bool:
        """What a station may be told to send to, instead of the open Internet."""
        return endpoint.startswith(f"{self.origin}/push/")

    def browser(self, name: str) -> PushingBrowser:
        """A browser that asks for a subscription."""
        self._browsers[name] = PushingBrowser(self.origin, name)
        return self._browsers[name]

    def lose(self, name: str) -> None:
        """End a subscription, as a browser does that was reset."""
        del self._browsers[name]

    async def hears(self, times: int = 1) -> None:
        """Wait for so many requests in all."""
        async with asyncio.timeout(5):
            while len(self.asked) < times:
                self._news.clear()
                await self._news.wait()

    async def _take(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        sealed = await request.read()
        self.asked.append(name)
        self._news.set()
        status = self.answers.pop(0) if self.answers else 201
        if status == 0:
            await asyncio.sleep(60)
        if status != 201:
            return web.Response(status=status)
        browser = self._browsers.get(name)
        if browser is None:
            return web.Response(status=410)
        authorization = request.headers["Authorization"]
        if not Vapid02.verify(authorization):
            return web.Response(status=403)
        parts = dict(each.split("=", 1) for each in authorization.split(" ", 1)[1].split(","))
        claims = _read(parts["t"].split(".")[1])
        if claims["aud"] != self.origin or request.headers["Content-Encoding"] != "aes128gcm":
            return web.Response(status=400)
        ttl = int(request.headers["TTL"])
        self.taken.append(Pushed(name, browser.decrypt(sealed), ttl, claims, parts["k"]))
        return web.Response(status=201)
