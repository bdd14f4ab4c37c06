"""WeChat's API for one account: a token shared by all calls, and what an error means for a send."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import orjson

from bot.channels import Doubtful, Outcome, Refused, TryLater, Unreachable

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0

# A forced refresh is allowed 20 times a day (stable_token's documentation).
BETWEEN_FORCED = timedelta(hours=24) / 20
BEFORE_EXPIRY = timedelta(minutes=1)

TOKEN_SPOILT = frozenset((40001, 40014, 42001))

# Sorted as WeChat describes its return codes; the texts stand in wechatpy's WeChatErrorCode.
WHOLE_ACCOUNT = {
    45011: timedelta(minutes=1),  # Too many calls in a minute.
    **dict.fromkeys((40001, 40014, 42001, 41001), timedelta(minutes=10)),  # The token, again.
    # Not authorised, banned, restricted; a wrong id or secret, or an address not on the list.
    **dict.fromkeys(
        (48001, 48004, 50002, 40002, 40013, 40125, 40164, 40243, 89503), timedelta(hours=1)
    ),
}
QUOTA_OF_THE_DAY = 45009
LATER = {-1: timedelta(seconds=10), 43117: timedelta(minutes=10)}
NOT_NOW = {
    45015: "the window is closed",
    45047: "nothing is left of the window's allowance",
    43101: "no consent to this message",
    48002: "the person takes no messages",
}
GONE = {43004: "does not follow", 40003: "no such follower", 43019: "is on the blacklist"}
BEIJING = ZoneInfo("Asia/Shanghai")


class Problem(Exception):
    """WeChat answered with an errcode."""

    def __init__(self, code: int) -> None:
        super().__init__(f"errcode {code}")
        self.code = code


class NotSent(Exception):
    """The request was not taken, for sure."""


class Unclear(Exception):
    """The request went out, and what became of it is not known."""


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    good_until: datetime


class WeChatApi:
    """Calls with the account's token; exceptions carry no address, for the token is part of it."""

    def __init__(
        self,
        *,
        app_id: str,
        secret: str,
        api_base: str,
        now: Callable[[], datetime],
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._app_id = app_id
        self._secret = secret
        self._base = api_base.rstrip("/")
        self._now = now
        self._timeout = aiohttp.ClientTimeout(
            total=CONNECT_SECONDS + answer_seconds,
            sock_connect=CONNECT_SECONDS,
            sock_read=answer_seconds,
        )
        self._http: aiohttp.ClientSession | None = None
        self._token: _Token | None = None
        self._fetching: asyncio.Task[_Token] | None = None
        self._forced_at: datetime | None = None

    async def close(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait((self._fetching,))
        if self._http is not None:
            await self._http.close()

    async def call(self, path: str, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Post the payload, or get; a token that turned bad is renewed once, and only once."""
        token = await self._get_token()
        try:
            return await self._request(path, token.value, payload)
        except Problem as problem:
            if problem.code not in TOKEN_SPOILT:
                raise
        token = await self._get_token(spoilt=token)
        return await self._request(path, token.value, payload)

    async def media(self, media_id: str, most: int) -> bytes:
        """What a person sent, by its media id; at most so many bytes of it and one more."""
        token = await self._get_token()
        path, query = "/cgi-bin/media/get", {"access_token": token.value, "media_id": media_id}
        try:
            async with self._session().get(
                self._base + path, params=query, allow_redirects=False
            ) as response:
                content = bytearray()
                async for chunk in response.content.iter_chunked(64 * 1024):
                    content += chunk
                    if len(content) > most:
                        break
                if response.status != 200:
                    raise NotSent(f"HTTP {response.status}")
        except aiohttp.ClientError as problem:
            raise NotSent(type(problem).__name__) from None
        if content[:1] == b"{":
            # An error comes as JSON where the file would be.
            _read(bytes(content))
        return bytes(content)

    # The token

    async def _get_token(self, spoilt: _Token | None = None) -> _Token:
        """The token; all who wait for a new one wait for the same request."""
        token = self._token
        if token is not None and token is not spoilt and self._now() < token.good_until:
            return token
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch_token(spoilt))
            self._fetching.add_done_callback(self._fetched)
        return await asyncio.shield(self._fetching)

    def _fetched(self, task: "asyncio.Task[_Token]") -> None:
        self._fetching = None
        if not task.cancelled() and task.exception() is None:
            self._token = task.result()

    async def _fetch_token(self, spoilt: _Token | None) -> _Token:
        token = await self._ask_for_token(force=False)
        if spoilt is None or token.value != spoilt.value:
            return token
        # stable_token repeats a token while it believes in it, even one that others refuse.
        now = self._now()
        if self._forced_at is not None and now - self._forced_at < BETWEEN_FORCED:
            raise Problem(40001)
        self._forced_at = now
        return await self._ask_for_token(force=True)

    async def _ask_for_token(self, *, force: bool) -> _Token:
        asked_at = self._now()
        answer = await self._request(
            "/cgi-bin/stable_token",
            "",
            {
                "grant_type": "client_credential",
                "appid": self._app_id,
                "secret": self._secret,
                "force_refresh": force,
            },
        )
        value, lasts = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(value, str) or not isinstance(lasts, int):
            raise NotSent("an answer without a token")
        return _Token(value, asked_at + timedelta(seconds=lasts) - BEFORE_EXPIRY)

    # One request

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._http

    async def _request(
        self, path: str, token: str, payload: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        # orjson writes UTF-8: WeChat shows the escapes of ASCII-only JSON as they stand.
        body = None if payload is None else orjson.dumps(payload)
        try:
            async with self._session().request(
                "GET" if body is None else "POST",
                self._base + path,
                params={"access_token": token} if token else {},
                data=body,
                headers={} if body is None else {"Content-Type": "application/json"},
                allow_redirects=False,
            ) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as problem:
            raise NotSent(type(problem).__name__) from None
        except (aiohttp.ClientError, TimeoutError) as problem:
            # A token fetched in vain costs nothing; of anything else we cannot know.
            kind = NotSent if path == "/cgi-bin/stable_token" else Unclear
            raise kind(type(problem).__name__) from None
        if status != 200:
            raise NotSent(f"HTTP {status}")
        return _read(content)


def _read(content: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Unclear("an answer that is not JSON") from None
    if not isinstance(answer, dict):
        raise Unclear("an answer that is not an object")
    code = answer.get("errcode", 0)
    if code != 0:
        raise Problem(code if isinstance(code, int) else -1)
    return answer


def outcome_of(problem: Problem | NotSent | Unclear, now: datetime) -> Outcome:
    """What a send that met this problem came to."""
    match problem:
        case Unclear():
            return Doubtful(str(problem))
        case NotSent():
            return TryLater(timedelta(seconds=30), str(problem))
        case Problem(code=code):
            return _outcome_of_code(code, now)


def _outcome_of_code(code: int, now: datetime) -> Outcome:
    reason = f"errcode {code}"
    if code == QUOTA_OF_THE_DAY:
        return TryLater(_until_midnight(now), reason, whole_account=True)
    if code in WHOLE_ACCOUNT:
        return TryLater(WHOLE_ACCOUNT[code], reason, whole_account=True)
    if code in LATER:
        return TryLater(LATER[code], reason)
    if code in NOT_NOW:
        return Unreachable(f"{reason}: {NOT_NOW[code]}", for_good=False)
    if code in GONE:
        return Unreachable(f"{reason}: {GONE[code]}")
    return Refused(reason)


def _until_midnight(now: datetime) -> timedelta:
    """Until quotas begin anew in Beijing, and a minute, for clocks differ."""
    local = now.astimezone(BEIJING)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - local + timedelta(minutes=1)
