"""PTB's transport: texts over kept connections of our own, files over aiohttp.

PTB's own, httpx, sends 250-450 messages a second and sinks when many are under way; this one sends
many thousand.
"""

import os
from io import BytesIO
from typing import Any, cast

import aiohttp
import orjson
from telegram import InputFile
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channels.telegram.connections import (
    CONNECT_SECONDS,
    KEEP_ALIVE_SECONDS,
    Broken,
    Lines,
    NotConnected,
)

# PTB warns at every 429 until one has chosen, by this variable, how it tells the time to wait.
os.environ.setdefault("PTB_TIMEDELTA", "true")

READ_SECONDS = 15.0
UPLOAD_SECONDS = 60.0

Timeout = float | None | DefaultValue[float] | DefaultValue[None]


class NotSent(NetworkError):
    """No connection was made, so the request cannot have arrived."""


class Dropped(NetworkError):
    """The connection broke after the request may have gone out."""


class AiohttpRequest(BaseRequest):
    """A pool of connections to the Bot API. No message of its errors contains an address,
    because the address contains the token."""

    __slots__ = ("_connections", "_lines", "_read_timeout", "_session")

    def __init__(self, *, connections: int = 100, read_timeout: float = READ_SECONDS) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None
        self._lines: dict[str, Lines] = {}

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=KEEP_ALIVE_SECONDS
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        for lines in self._lines.values():
            lines.close()
        self._lines.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, url: str, parameters: dict[str, Any], read_timeout: Timeout = None) -> Any:
        """Call a method with plain JSON values (or an InputFile) and return its plain result.

        ``Bot.send_message`` costs several times as much, and builds a Message that nobody reads;
        the errors are PTB's all the same.
        """
        if read_timeout is None:
            read_timeout = self._read_timeout
        if any(isinstance(value, InputFile) for value in parameters.values()):
            data = RequestData([_parameter(name, value) for name, value in parameters.items()])
            return await self.post(url, data, read_timeout=read_timeout)
        status, answer = await self._post_json(url, parameters, read_timeout)
        if status == 200:
            return self.parse_json_payload(answer)["result"]
        return await _Answered(status, answer).post(url)

    async def _post_json(
        self, url: str, parameters: dict[str, Any], within: Timeout
    ) -> tuple[int, bytes]:
        seconds = self._read_timeout if isinstance(within, DefaultValue) else within
        end = url.find("/", len("https://"))
        lines = self._lines.get(url[:end])
        if lines is None:
            lines = self._lines[url[:end]] = Lines(
                url[:end], connections=self._connections, user_agent=self.USER_AGENT
            )
        try:
            return await lines.post(url[end:], orjson.dumps(parameters), seconds)
        except NotConnected as error:
            raise NotSent(str(error)) from None
        except TimeoutError:
            raise TimedOut from None
        except Broken as error:
            raise Dropped(str(error)) from None

    async def download(self, url: str, most: int) -> bytes:
        """The content at an address, at most so many bytes of it and one more."""
        if self._session is None:
            await self.initialize()
        session = cast(aiohttp.ClientSession, self._session)
        try:
            async with session.get(url, allow_redirects=False) as response:
                if response.status != 200:
                    raise NetworkError(f"HTTP {response.status}")
                content = bytearray()
                async for chunk in response.content.iter_chunked(64 * 1024):
                    content += chunk
                    if len(content) > most:
                        break
                return bytes(content)
        except (aiohttp.ClientError, OSError) as error:
            raise Dropped(type(error).__name__) from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Timeout = BaseRequest.DEFAULT_NONE,
        write_timeout: Timeout = BaseRequest.DEFAULT_NONE,
        connect_timeout: Timeout = BaseRequest.DEFAULT_NONE,
        pool_timeout: Timeout = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request; says by its exception whether it may have arrived."""
        if method == "POST" and request_data is not None and not request_data.contains_files:
            return await self._post_json(url, request_data.parameters, read_timeout)
        if self._session is None:
            await self.initialize()
        session = cast(aiohttp.ClientSession, self._session)
        seconds = self._read_timeout if isinstance(read_timeout, DefaultValue) else read_timeout
        body = None
        if request_data is not None:
            body = _form(request_data)
            seconds = None if seconds is None else max(seconds, UPLOAD_SECONDS)
        timeout = aiohttp.ClientTimeout(
            total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=seconds
        )
        try:
            async with session.request(
                method, url, data=body, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise Dropped(type(error).__name__) from None

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
    """Has PTB say what an answer means that came already."""

    __slots__ = ("_answer",)

    def __init__(self, status: int, body: bytes) -> None:
        self._answer = (status, body)

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return self._answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        return AiohttpRequest.parse_json_payload(payload)


def _parameter(name: str, value: Any) -> RequestParameter:
    if isinstance(value, InputFile):
        return RequestParameter.from_input(name, value)
    return RequestParameter(name, value, None)


def _form(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in data.multipart_data.items():
        readable = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, readable, filename=file_name, content_type=media_type)
    return form
