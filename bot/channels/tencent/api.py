"""An API of the WeChat family for one account: one token for all calls, and what errors mean."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import orjson

from bot.channels import Doubtful, Outcome, Refused, TryLater, Unreachable
from bot.channels.outgoing import Broken, HttpClient, NotConnected, ProxyFailed

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
BEFORE_EXPIRY = timedelta(minutes=1)
NOT_TAKEN = timedelta(seconds=30)
"""The delay before a request that the platform did not take is repeated."""

BEIJING = ZoneInfo("Asia/Shanghai")


class ApiError(Exception):
    """The platform answered with an errcode."""

    def __init__(self, code: int) -> None:
        super().__init__(f"errcode {code}")
        self.code = code


class NotSent(Exception):
    """The platform did not take the request; ``whole_account`` if it would take no other.

    ``is_silent`` says that no answer came at all.
    """

    def __init__(
        self, reason: str, *, whole_account: bool = False, is_silent: bool = False
    ) -> None:
        super().__init__(reason)
        self.whole_account = whole_account
        self.is_silent = is_silent


class MaybeSent(Exception):
    """The request was sent, and its outcome is unknown."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    good_until: datetime


class TokenApi(ABC):
    """Calls with the account's token; exceptions hold no URL, because the token is part of it."""

    spoilt: ClassVar[frozenset[int]]
    """The error codes of an invalid or expired token."""

    def __init__(
        self,
        *,
        api_base: str,
        now: Callable[[], datetime],
        answer_seconds: float = ANSWER_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
        proxy: str = "",
    ) -> None:
        self._base = api_base.rstrip("/")
        self._now = now
        self._answer_seconds = answer_seconds
        self._seconds = connect_seconds + answer_seconds
        self._http = HttpClient(proxy=proxy, connect_seconds=connect_seconds)
        self._token: Token | None = None
        self._fetching: asyncio.Task[Token] | None = None

    async def close(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait((self._fetching,))
        await self._http.close()

    async def call(
        self, path: str, payload: Mapping[str, Any] | None = None, **query: str
    ) -> dict[str, Any]:
        """Post the payload, or get; renew a token that became invalid, once."""
        token = await self._get_token()
        try:
            return await self._request(path, {"access_token": token.value, **query}, payload)
        except ApiError as problem:
            if problem.code not in self.spoilt:
                raise
        token = await self._get_token(spoilt=token)
        return await self._request(path, {"access_token": token.value, **query}, payload)

    async def trouble(self) -> str:
        """Fetch a token and close; returns why the platform gives none, empty if it does."""
        try:
            await self._get_token()
        except (ApiError, NotSent, MaybeSent) as problem:
            return str(problem)
        finally:
            await self.close()
        return ""

    async def media(self, media_id: str, most: int) -> bytes:
        """Download what a person sent, by its media id; stop after more than ``most`` bytes."""
        token = await self._get_token()
        path, query = "/cgi-bin/media/get", {"access_token": token.value, "media_id": media_id}
        try:
            status, content = await self._http.download(
                self._base + path, most, seconds=self._answer_seconds, query=query
            )
        except NotConnected as problem:
            raise _not_sent(problem) from None
        except Broken as problem:
            raise NotSent(str(problem)) from None
        if status != 200:
            raise NotSent(f"HTTP {status}")
        if content[:1] == b"{":
            # An error comes as JSON where the file would be.
            _read(content)
        return content

    # The token

    async def _get_token(self, spoilt: Token | None = None) -> Token:
        """Return the token; all callers that need a new one share one request."""
        token = self._token
        if token is not None and token is not spoilt and self._now() < token.good_until:
            return token
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch_token(spoilt))
            self._fetching.add_done_callback(self._fetched)
        return await asyncio.shield(self._fetching)

    def _fetched(self, task: "asyncio.Task[Token]") -> None:
        self._fetching = None
        if not task.cancelled() and task.exception() is None:
            self._token = task.result()

    @abstractmethod
    async def _fetch_token(self, spoilt: Token | None) -> Token:
        """Request a token other than ``spoilt`` from the platform."""

    async def _ask_for_token(
        self, path: str, query: Mapping[str, str], payload: Mapping[str, Any] | None = None
    ) -> Token:
        asked_at = self._now()
        try:
            answer = await self._request(path, query, payload)
        except MaybeSent as problem:
            # Fetching a token has no effect, so the call was not sent for certain.
            raise NotSent(str(problem), is_silent=True) from None
        value, lasts = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(value, str) or not isinstance(lasts, int):
            raise NotSent("an answer without a token")
        return Token(value, asked_at + timedelta(seconds=lasts) - BEFORE_EXPIRY)

    # One request

    async def _request(
        self, path: str, query: Mapping[str, str], payload: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        # orjson writes UTF-8: WeChat shows the escapes of ASCII-only JSON literally.
        body = None if payload is None else orjson.dumps(payload)
        try:
            async with asyncio.timeout(self._seconds):
                status, content = await self._http.request(
                    "GET" if body is None else "POST",
                    self._base + path,
                    query=query,
                    data=body,
                    headers=None if body is None else {"Content-Type": "application/json"},
                    seconds=self._answer_seconds,
                )
        except NotConnected as problem:
            raise _not_sent(problem) from None
        except Broken as problem:
            raise MaybeSent(str(problem)) from None
        except TimeoutError as problem:
            raise MaybeSent(type(problem).__name__) from None
        if status != 200:
            raise NotSent(f"HTTP {status}")
        return _read(content)


def _not_sent(problem: NotConnected) -> NotSent:
    is_proxy = isinstance(problem, ProxyFailed)
    return NotSent(str(problem), whole_account=is_proxy, is_silent=True)


def _read(content: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise MaybeSent("an answer that is not JSON") from None
    if not isinstance(answer, dict):
        raise MaybeSent("an answer that is not an object")
    code = answer.get("errcode", 0)
    if code != 0:
        raise ApiError(code if isinstance(code, int) else -1)
    return answer


# What errors mean


@dataclass(frozen=True, slots=True)
class ErrorCodes:
    """The meaning of a platform's errcodes for a send; an unlisted one refuses the content.

    Those ``of_any_call`` concern the account's keys and addresses, and so every call alike.
    """

    whole_account: Mapping[int, timedelta]
    later: Mapping[int, timedelta]
    gone: Mapping[int, str]
    not_now: Mapping[int, str] = field(default_factory=dict)
    until_midnight: frozenset[int] = frozenset()
    of_any_call: frozenset[int] = frozenset()

    def is_over(self, reason: str) -> bool:
        """Return whether a halt for this reason is over once any call has succeeded."""
        return reason.removeprefix("errcode ") in map(str, self.of_any_call)

    def outcome(self, problem: ApiError | NotSent | MaybeSent, now: datetime) -> Outcome:
        """Return the outcome of a send that failed with this problem."""
        match problem:
            case MaybeSent():
                return Doubtful(str(problem))
            case NotSent():
                return TryLater(
                    NOT_TAKEN, str(problem), problem.whole_account, is_silent=problem.is_silent
                )
            case ApiError(code=code):
                return self._outcome_of_code(code, now)

    def _outcome_of_code(self, code: int, now: datetime) -> Outcome:
        reason = f"errcode {code}"
        if code in self.until_midnight:
            return TryLater(until_midnight(now), reason, whole_account=True)
        if code in self.whole_account:
            return TryLater(self.whole_account[code], reason, whole_account=True)
        if code in self.later:
            return TryLater(self.later[code], reason)
        if code in self.not_now:
            return Unreachable(f"{reason}: {self.not_now[code]}", for_good=False)
        if code in self.gone:
            return Unreachable(f"{reason}: {self.gone[code]}")
        return Refused(reason)


def until_midnight(now: datetime) -> timedelta:
    """The time until one minute past midnight in Beijing, when quotas are reset; clocks differ."""
    local = now.astimezone(BEIJING)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - local + timedelta(minutes=1)
