"""A DingTalk that behaves: it checks what the real one checks, and pushes as the real one does."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

KEY, SECRET = "dingkey", "the-secret-of-the-app"
PATIENCE = 20.0
FIELDS = {"sampleText": {"content"}, "sampleMarkdown": {"title", "text"}}


@dataclass
class StandIn:
    """``told`` holds the messages by person; who is ``gone`` or ``busy`` gets none."""

    told: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    fails: list[tuple[int, str]] = field(default_factory=list)
    tokens: int = 0
    url: str = ""

    def __post_init__(self) -> None:
        self._news = asyncio.Event()
        app = web.Application()
        app.router.add_post("/v1.0/oauth2/accessToken", self._token)
        app.router.add_post("/v1.0/robot/oToMessages/batchSend", self._send)
        self._runner = web.AppRunner(app)

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def has_told(self, person: str, many: int) -> dict[str, str]:
        """Wait until the person got so many messages; return the newest."""
        async with asyncio.timeout(PATIENCE):
            while len(self.told.get(person, ())) < many:
                self._news.clear()
                await self._news.wait()
        return self.told[person][-1]

    def expire_tokens(self) -> None:
        self.tokens += 1

    async def _token(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if (asked["appKey"], asked["appSecret"]) != (KEY, SECRET):
            return web.json_response({"code": "invalidClientIdOrSecret"}, status=400)
        self.tokens += 1
        return web.json_response({"accessToken": f"token-{self.tokens}", "expireIn": 7200})

    async def _send(self, request: web.Request) -> web.Response:
        if request.headers.get("x-acs-dingtalk-access-token") != f"token-{self.tokens}":
            return web.json_response({"code": "InvalidAuthentication"}, status=401)
        if self.fails:
            status, code = self.fails.pop(0)
            return web.json_response({"code": code}, status=status)
        asked = await request.json()
        parameters: dict[str, str] = json.loads(asked["msgParam"])
        people = asked["userIds"]
        is_right = asked["robotCode"] == KEY and 0 < len(people) <= 20
        fits = set(parameters) == FIELDS[asked["msgKey"]] and all(parameters.values())
        if not (is_right and fits):
            return web.json_response({"code": "invalidParameter"}, status=400)
        for each in people:
            if each not in self.gone | self.busy:
                self.told.setdefault(each, []).append(parameters)
        self._news.set()
        return web.json_response(
            {
                "processQueryKey": "query-1",
                "invalidStaffIdList": [each for each in people if each in self.gone],
                "flowControlledStaffIdList": [each for each in people if each in self.busy],
            }
        )


def signed(now: datetime, secret: str = SECRET) -> dict[str, str]:
    """The headers of a push."""
    timestamp = str(int(now.timestamp() * 1000))
    sign = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256)
    return {"timestamp": timestamp, "sign": base64.b64encode(sign).decode()}


def pushed(person: str, key: str, text: str, **other: Any) -> dict[str, Any]:
    """The body of a push."""
    return {
        "conversationType": "1",
        "msgId": key,
        "msgtype": "text",
        "text": {"content": f" {text} "},
        "senderStaffId": person,
        "senderNick": person,
        "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=x",
        **other,
    }
