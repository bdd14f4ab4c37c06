"""PTB's transport: texts over kept connections of our own, files and proxies over aiohttp.

PTB's own transport, httpx, sends 250-450 messages a second and fewer when many are under way; this
one sends many thousand.
"""

import logging
import os
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

import aiohttp
import orjson
from telegram import InputFile
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels import outgoing
from bot.channels.outgoing import CONNECT_SECONDS, Broken, HttpAnswer, HttpClient, NotConnected
from bot.channels.telegram.connections import ConnectionPool

READ_SECONDS = 15.0
UPLOAD_SECONDS = 60.0

JSON = {"Content-Type": "application/json"}

Upload = tuple[str, bytes | IO[bytes], str]
"""A file's name, content and media type."""


def configure_library() -> None:
    """Set what PTB reads from the process: how it tells times, and what it logs."""
    # PTB warns at every 429 until this variable chooses how it tells the time to wait.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    # At its lower levels PTB logs every message's text.
    logging.getLogger("telegram").setLevel(logging.WARNING)


class NotSent(NetworkError):
    """No connection was made, so the request cannot have arrived."""


class ProxyFailed(NotSent):
    """The account's proxy made no connection; the message says why."""


class Dropped(NetworkError):
    """The connection broke after the request may have gone out."""


class TelegramTransport(BaseRequest):
    """Connections to the Bot API, through ``proxy`` if there is one.

    No message of its errors contains an address, because the address contains the token.
    ``read_timeout`` bounds the wait for an answer, ``upload_seconds`` that for a file's.
    """

    __slots__ = (
        "_connect_seconds",
        "_connections",
        "_http",
        "_is_direct",
        "_pools",
        "_read_timeout",
        "_upload_seconds",
    )

    def __init__(
        self,
        *,
        connections: int = 100,
        read_timeout: float = READ_SECONDS,
        upload_seconds: float = UPLOAD_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
        proxy: str = "",
    ) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._upload_seconds = upload_seconds
        self._connect_seconds = connect_seconds
        self._is_direct = not proxy
        self._http = HttpClient(
            proxy=proxy,
            connections=connections,
            connect_seconds=connect_seconds,
            user_agent=self.USER_AGENT,
        )
        self._pools: dict[str, ConnectionPool] = {}

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        """Do nothing: connections are made when they are needed."""

    async def shutdown(self) -> None:
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()
        await self._http.close()

    async def call(self, url: str, parameters: Mapping[str, Any]) -> Any:
        """Call a method with plain JSON values (or an InputFile) and return its plain result.

        ``Bot.send_message`` costs several times as much, and builds a Message that nobody reads.
        Raises PTB's errors all the same: NotSent, Dropped, TimedOut, and those of answers.
        """
        files = {
            name: value.field_tuple
            for name, value in parameters.items()
            if isinstance(value, InputFile)
        }
        if files:
            fields = {name: _text(each) for name, each in parameters.items() if name not in files}
            status, answer = await self._post_form(url, fields, files, self._read_timeout)
        else:
            status, answer = await self._post_json(url, parameters, self._read_timeout)
        if status == 200:
            return self.parse_json_payload(answer)["result"]
        if not _is_bot_api(answer):
            # A refusal by anything in between, such as a proxy, is not about the chat.
            raise NetworkError(f"HTTP {status}")
        return await _Answered(status, answer).post(url)

    async def download(self, url: str, most: int) -> bytes:
        """The content at an address: up to ``most`` bytes, and some more if it is longer.

        Raises NetworkError.
        """
        try:
            status, content = await self._http.download(url, most, seconds=self._read_timeout)
        except (NotConnected, Broken, TimeoutError) as error:
            raise _told(error) from None
        if status != 200:
            raise NetworkError(f"HTTP {status}")
        return content

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> HttpAnswer:
        """Send one request of PTB's own; of its time-outs only the one for reading counts.

        Raises NotSent, Dropped or TimedOut.
        """
        seconds = read_timeout if isinstance(read_timeout, int | float) else None
        if read_timeout is BaseRequest.DEFAULT_NONE:
            seconds = self._read_timeout
        if method == "POST" and request_data is not None:
            if not request_data.contains_files:
                return await self._post_json(url, request_data.parameters, seconds)
            files: dict[str, Any] = request_data.multipart_data
            return await self._post_form(url, request_data.json_parameters, files, seconds)
        try:
            return await self._http.request(method, url, seconds=seconds)
        except (NotConnected, Broken, TimeoutError) as error:
            raise _told(error) from None

    async def _post_json(
        self, url: str, parameters: Mapping[str, Any], seconds: float | None
    ) -> HttpAnswer:
        body = orjson.dumps(parameters)
        try:
            if self._is_direct:
                end = url.find("/", len("https://"))
                return await self._pool(url[:end]).post(url[end:], body, seconds)
            return await self._http.request("POST", url, data=body, headers=JSON, seconds=seconds)
        except (NotConnected, Broken, TimeoutError) as error:
            raise _told(error) from None

    def _pool(self, origin: str) -> ConnectionPool:
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = ConnectionPool(
                origin,
                connections=self._connections,
                user_agent=self.USER_AGENT,
                connect_seconds=self._connect_seconds,
            )
        return pool

    async def _post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        files: Mapping[str, Upload],
        seconds: float | None,
    ) -> HttpAnswer:
        form = aiohttp.FormData(quote_fields=False)
        for name, value in fields.items():
            form.add_field(name, value)
        for name, (file_name, content, media_type) in files.items():
            readable = BytesIO(content) if isinstance(content, bytes) else content
            form.add_field(name, readable, filename=file_name, content_type=media_type)
        seconds = None if seconds is None else max(seconds, self._upload_seconds)
        try:
            return await self._http.request("POST", url, data=form, seconds=seconds)
        except (NotConnected, Broken, TimeoutError) as error:
            raise _told(error) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's, but what could not be read, which may be personal, is not logged."""
        try:
            answer = orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


class _Answered(BaseRequest):
    """Lets PTB turn an answer that was received into its error."""

    __slots__ = ("_answer",)

    def __init__(self, status: int, body: bytes) -> None:
        self._answer = (status, body)

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, *_: Any, **__: Any) -> HttpAnswer:
        return self._answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        return TelegramTransport.parse_json_payload(payload)


def _told(error: NotConnected | Broken | TimeoutError) -> NetworkError:
    match error:
        case outgoing.ProxyFailed():
            return ProxyFailed(str(error))
        case NotConnected():
            return NotSent(str(error))
        case Broken():
            return Dropped(str(error))
        case TimeoutError():
            return TimedOut()


def _is_bot_api(answer: bytes) -> bool:
    try:
        read = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return False
    return isinstance(read, dict) and "ok" in read


def _text(value: Any) -> str:
    """A value as a form field."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
