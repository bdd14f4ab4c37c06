"""DingTalk's API: an access token, and a message to one person."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from bot.channels.outgoing import HttpClient

SECONDS = 10.0
EARLIER = timedelta(minutes=5)
"""So long before its end a token is fetched anew."""


class Failed(Exception):
    """DingTalk answered, and refused: its code and the HTTP status."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{code or 'no code'} (HTTP {status})")
        self.status, self.code = status, code


class Api:
    """One app. Raises what ``HttpClient`` does, and Failed."""

    def __init__(self, base: str, key: str, secret: str, now: Callable[[], datetime]) -> None:
        self._base, self._key, self._secret, self._now = base, key, secret, now
        self._http = HttpClient()
        self._token, self._until = "", datetime.min.replace(tzinfo=now().tzinfo)
        self._fetching = asyncio.Lock()

    async def close(self) -> None:
        await self._http.close()

    async def send(self, to: str, key: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """Send one message; return what DingTalk says of it.

        https://open.dingtalk.com/document/orgapp/chatbots-send-one-on-one-chat-messages-in-batches
        """
        return await self._post(
            "/v1.0/robot/oToMessages/batchSend",
            {
                "robotCode": self._key,
                "userIds": [to],
                "msgKey": key,
                "msgParam": orjson.dumps(parameters).decode(),
            },
            {"x-acs-dingtalk-access-token": await self.token()},
        )

    async def token(self) -> str:
        """The access token, which holds for two hours; only one request for it is under way."""
        async with self._fetching:
            if self._now() >= self._until:
                asked = {"appKey": self._key, "appSecret": self._secret}
                told = await self._post("/v1.0/oauth2/accessToken", asked, {})
                self._token = str(told["accessToken"])
                self._until = self._now() + timedelta(seconds=int(told["expireIn"])) - EARLIER
            return self._token

    def forget_token(self) -> None:
        self._until = self._now()

    async def _post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Mapping[str, Any]:
        status, answer = await self._http.request(
            "POST",
            f"{self._base}{path}",
            data=orjson.dumps(body),
            headers={"Content-Type": "application/json", **headers},
            seconds=SECONDS,
        )
        try:
            told = orjson.loads(answer)
        except ValueError:
            told = {}
        if status != 200 or not isinstance(told, dict):
            raise Failed(status, str(told.get("code", "")) if isinstance(told, dict) else "")
        return told
