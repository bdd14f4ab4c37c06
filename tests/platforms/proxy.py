"""A forward proxy on loopback: CONNECT, and requests in absolute form."""

import asyncio
import base64
import ssl
from typing import Literal
from urllib.parse import urlsplit

from tests.platforms.loopback import Listener, Stream, splice

Act = Literal[
    "passes", "hangs", "refuses the password", "answers 502", "closes", "closes after its answer"
]
"""What the proxy does with a request that it has read."""

USER, PASSWORD = "station", "pass-word-of-the-proxy"


class Proxy(Listener):
    """Passes on requests that show its user name and password, and keeps their first lines.

    ``hosts`` are names, with ports, that it alone can resolve, and the ports on loopback where
    they are. A connection to a server that fails is answered with 502, as Squid and others do.
    """

    def __init__(
        self,
        act: Act = "passes",
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(tls=tls)
        self.hosts: dict[str, int] = {}
        self.act = act
        self.requests: list[str] = []

    @property
    def address(self) -> str:
        """The proxy as a setting holds it."""
        return self.origin.replace("://", f"://{USER}:{PASSWORD}@")

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *fields = head.split("\r\n")
            self.requests.append(first)
            method, address, _ = first.split(" ")
            body = await reader.readexactly(_length(fields))
            if not self._is_known(fields) or self.act == "refuses the password":
                writer.write(_answer(407, "Proxy Authentication Required"))
            elif self.act == "hangs":
                await asyncio.Event().wait()
            elif self.act == "closes":
                return
            elif self.act == "answers 502":
                writer.write(_answer(502, "Bad Gateway"))
            elif method == "CONNECT":
                await self._tunnel(address, reader, writer)
                return
            else:
                await self._pass_on(method, address, fields, body, writer)
            await writer.drain()

    def _is_known(self, fields: list[str]) -> bool:
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return f"Proxy-Authorization: Basic {wanted}" in fields

    async def _tunnel(
        self, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        established = b"HTTP/1.1 200 Connection established\r\n\r\n"
        if self.act == "closes after its answer":
            writer.write(established)
            await writer.drain()
            return
        try:
            server = await self._connect(address)
        except OSError:
            writer.write(_answer(502, "Bad Gateway"))
            await writer.drain()
            return
        try:
            writer.write(established)
            await writer.drain()
            await splice((reader, writer), server)
        finally:
            server[1].transport.abort()

    async def _connect(self, address: str) -> Stream:
        host, _, port = address.rpartition(":")
        if address in self.hosts:
            host, port = "127.0.0.1", str(self.hosts[address])
        return await asyncio.open_connection(host, int(port))

    async def _pass_on(
        self,
        method: str,
        address: str,
        fields: list[str],
        body: bytes,
        writer: asyncio.StreamWriter,
    ) -> None:
        parts = urlsplit(address)
        kept = [each for each in fields if not each.lower().startswith("proxy-")]
        path = address.removeprefix(f"{parts.scheme}://{parts.netloc}") or "/"
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *kept])
        try:
            from_server, to_server = await self._connect(parts.netloc)
            try:
                to_server.write(head.encode() + body)
                answer = await from_server.readuntil(b"\r\n\r\n")
                answer += await from_server.readexactly(_length(answer.decode().split("\r\n")))
            finally:
                to_server.transport.abort()
        except (OSError, asyncio.IncompleteReadError):
            answer = _answer(502, "Bad Gateway")
        writer.write(answer)


def _length(fields: list[str]) -> int:
    for field in fields:
        name, _, value = field.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


def _answer(status: int, phrase: str) -> bytes:
    return f"HTTP/1.1 {status} {phrase}\r\nContent-Length: 0\r\n\r\n".encode()
