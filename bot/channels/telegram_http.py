"""PTB's transport over aiohttp.

PTB's own, httpx, sends 250-450 messages a second and sinks when many are under way; this one sends
several thousand.
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

# PTB warns at every 429 until one has chosen, by this variable, how it tells the time to wait.
os.environ.setdefault("PTB_TIMEDELTA", "true")

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
UPLOAD_SECONDS = 60.0
# Shorter than the time after which servers close an idle connection: a request written into a
# connection that is just being closed would have an outcome that nobody knows.
KEEP_ALIVE_SECONDS = 30.0

Timeout = float | None | DefaultValue[float] | DefaultValue[None]


class NotSent(NetworkError):
    """No connection was made, so the request cannot have arrived."""


class Dropped(NetworkError):
    """The connection broke after the request may have gone out."""


class AiohttpRequest(BaseRequest):
    """A pool of connections to the Bot API. No message of its errors contains an address,
    because the address contains the token."""

    __slots__ = ("_connections", "_read_timeout", "_session")

    def __init__(self, *, connections: int = 100, read_timeout: float = READ_SECONDS) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

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
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, url: str, parameters: dict[str, Any], read_timeout: Timeout = None) -> Any:
        """Call a method with plain JSON values (or an InputFile) and return its plain result.

        Costs 0.09 ms beside 0.19 ms of ``Bot.send_message`` (measured), which builds a Message that
        nobody reads; the errors are PTB's all the same.
        """
        data = RequestData([_parameter(name, value) for name, value in parameters.items()])
        if read_timeout is None:
            read_timeout = self._read_timeout
        return await self.post(url, data, read_timeout=read_timeout)

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
        if self._session is None:
            await self.initialize()
        session = cast(aiohttp.ClientSession, self._session)
        seconds = self._read_timeout if isinstance(read_timeout, DefaultValue) else read_timeout
        body: bytes | aiohttp.FormData | None
        headers = {}
        if request_data is None:
            body = None
        elif request_data.contains_files:
            body = _form(request_data)
            seconds = None if seconds is None else max(seconds, UPLOAD_SECONDS)
        else:
            body = orjson.dumps(request_data.parameters)
            headers["Content-Type"] = "application/json"
        timeout = aiohttp.ClientTimeout(
            total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=seconds
        )
        try:
            async with session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
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
