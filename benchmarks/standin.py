"""A Bot API server for sending: it answers at once or after a while, and notes what came when.

It runs in a process of its own, and does so little that it is never the slowest part:
some 20 us of CPU for a message. ``serve`` is that process, ``standin`` starts it.
"""

import argparse
import asyncio
import re
import signal
import sys
import time
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import aiohttp
import httptools
import orjson
import uvloop

from benchmarks.arrivals import Arrivals
from benchmarks.driver import TOKEN
from benchmarks.process import cpu_seconds

ME = {"id": 1234567890, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}

# In JSON, in a form and in a form of several parts alike.
CHAT = re.compile(rb"chat_id\D{1,12}?(-?\d+)")
SENT = (
    b'{"ok":true,"result":{"message_id":%d,"from":'
    + orjson.dumps(ME)
    + b',"chat":{"id":%d,"type":"private","first_name":"Bench"},"date":1700000000,"text":"-"}}'
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


# The process


class Notes:
    """What came: when, to which chat, by which token."""

    def __init__(self) -> None:
        self.at = array("d")
        self.chats = array("q")
        self.tokens: dict[bytes, int] = {}
        self.by = array("h")

    def add(self, token: bytes, chat: int) -> int:
        """Note a message; return its number."""
        self.at.append(time.monotonic())
        self.chats.append(chat)
        self.by.append(self.tokens.setdefault(token, len(self.tokens)))
        return len(self.at)

    def to_json(self) -> bytes:
        tokens = [token.decode() for token in self.tokens]
        by = [tokens[each] for each in self.by]
        return orjson.dumps({"at": list(self.at), "chats": list(self.chats), "by": by})


class Connection(asyncio.Protocol):
    """One client's requests, one after the other."""

    def __init__(self, notes: Notes, latency: float) -> None:
        self._notes = notes
        self._latency = latency
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.WriteTransport | None = None
        self._url = b""
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._url = url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        content, latency = self._content(), self._latency
        self._url = self._body = b""
        assert self._transport is not None
        answer = HEAD % len(content) + content
        if latency:
            self._loop.call_later(latency, self._transport.write, answer)
        else:
            self._transport.write(answer)

    def _content(self) -> bytes:
        path, _, method = self._url.rpartition(b"/")
        match method.lower():
            case b"sendmessage":
                found = CHAT.search(self._body)
                if found is None:
                    return b'{"ok":false,"error_code":400,"description":"Bad Request: no chat"}'
                chat = int(found[1])
                return SENT % (self._notes.add(path.removeprefix(b"/bot"), chat), chat)
            case b"getme":
                return orjson.dumps({"ok": True, "result": ME})
            case b"count":
                return str(len(self._notes.at)).encode()
            case b"arrivals":
                return self._notes.to_json()
            case _:
                return b'{"ok":true,"result":true}'


async def serve(latency: float) -> None:
    """Serve on a free port of this machine, say where, and stop at a signal."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    notes = Notes()
    server = await loop.create_server(lambda: Connection(notes, latency), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()


# Its owner's side


@dataclass(frozen=True, slots=True)
class Standin:
    """The running server."""

    base: str
    pid: int

    async def count(self) -> int:
        """How many messages have come."""
        return int(await self._get("count"))

    async def arrivals(self) -> Arrivals:
        """All that came; an account is named by what follows TOKEN in its token."""
        found = orjson.loads(await self._get("arrivals"))
        names = [token.removeprefix(TOKEN) for token in found["by"]]
        return Arrivals(found["at"], found["chats"], names)

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    async def _get(self, what: str) -> bytes:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.base}/{what}") as response,
        ):
            return await response.read()


@asynccontextmanager
async def standin(latency: float = 0.0) -> AsyncIterator[Standin]:
    """Start the server, and end it afterwards. ``latency`` is in seconds."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.standin", "--latency", str(latency)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        yield Standin(f"http://127.0.0.1:{port}", process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    uvloop.run(serve(parser.parse_args().latency))


if __name__ == "__main__":
    main()
