"""A crowd on sockets of its own: readers who look every second, and people who send.

As a program it is readers alone: ``python -m benchmarks.gala_clients PORT PATH READERS SECONDS``.
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import cast

import orjson
import uvloop

PEOPLE_AN_ADDRESS = 200
"""How many readers share one of this machine's loopback addresses, 127.0.1.1 and so on."""

CONNECTED_A_SECOND = 1000


def source(number: int) -> str:
    """The loopback address of the reader of this number."""
    block = number // PEOPLE_AN_ADDRESS
    return f"127.0.{1 + block // 250}.{1 + block % 250}"


class Line(asyncio.Protocol):
    """A kept connection that sends one request at a time and reads its answer."""

    def __init__(self) -> None:
        self._left = b""
        self._waits: asyncio.Future[tuple[int, bytes, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # That of uvloop is one by what it does, not by its class.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waits is not None and not self._waits.done():
            self._waits.set_exception(ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._left += data
        end = self._left.find(b"\r\n\r\n")
        if end < 0 or self._waits is None or self._waits.done():
            return
        head = self._left[:end]
        status = int(head[9:12])
        length = 0
        if status != 304:
            at = head.lower().find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self._left) >= end + 4 + length:
            body = self._left[end + 4 : end + 4 + length]
            self._left = b""
            self._waits.set_result((status, head, body))

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a request; return the status, the head and the body of its answer."""
        assert self._transport is not None
        self._waits = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waits


async def line_to(port: int, number: int) -> Line:
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(Line, "127.0.0.1", port, local_addr=(source(number), 0))
    return line


def get(path: str, tag: bytes = b"") -> bytes:
    known = b"If-None-Match: " + tag + b"\r\n" if tag else b""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode() + known + b"\r\n"


def post(path: str, cookie: str, body: object) -> bytes:
    content = orjson.dumps(body)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: chat={cookie}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    ).encode() + content


def tag_in(head: bytes) -> bytes:
    at = head.lower().find(b"etag:")
    return head[at + 5 :].split(b"\r\n", 1)[0].strip() if at >= 0 else b""


class Readers:
    """Readers who look at a document every second; ``read`` is called with each body.

    ``answers`` counts what they got, and ``lost`` the connections that were cut.
    """

    def __init__(self, port: int, path: str, number: int, read: Callable[[bytes], object]) -> None:
        self._port, self._path, self._number, self._read = port, path, number, read
        self.answers = self.lost = 0

    async def look(self, until: float) -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(self._number):
                tasks.create_task(self._look(number, until))

    async def _look(self, number: int, until: float) -> None:
        # They come over some seconds: to connect costs this program more than to ask.
        await asyncio.sleep(random.random() * max(1.0, self._number / CONNECTED_A_SECOND))
        line, tag = await line_to(self._port, number), b""
        while time.monotonic() < until:
            at = time.monotonic()
            try:
                status, head, body = await line.ask(get(self._path, tag))
            except ConnectionResetError:
                self.lost += 1
                line = await line_to(self._port, number)
                continue
            self.answers += 1
            if status == 200:
                tag = tag_in(head)
                self._read(body)
            await asyncio.sleep(max(0.0, at + 1 - time.monotonic()))


async def at_a_rate(
    requests: Sequence[tuple[bytes, Callable[[int, bytes, float], None]]],
    port: int,
    rate: float,
    lines: int = 64,
) -> None:
    """Send requests at this rate, however long answers take; tell each its status and seconds.

    A request that is late because all lines are taken waited all the same.
    """
    free: asyncio.Queue[Line] = asyncio.Queue()
    for number in range(lines):
        free.put_nowait(await line_to(port, number * PEOPLE_AN_ADDRESS))
    began = time.monotonic()

    async def send(request: bytes, told: Callable[[int, bytes, float], None], due: float) -> None:
        line = await free.get()
        if not line.is_open:
            # The station hangs up on who has said nothing for long.
            line = await line_to(port, 0)
        try:
            status, _head, body = await line.ask(request)
        finally:
            free.put_nowait(line)
        told(status, body, time.monotonic() - due)

    async with asyncio.TaskGroup() as tasks:
        for number, (request, told) in enumerate(requests):
            due = began + number / rate
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            tasks.create_task(send(request, told, due))


async def as_many_as_it_takes(port: int, path: str, seconds: float, lines: int = 32) -> int:
    """Ask for a document again and again on some lines; return how many answers came."""
    until, done = time.monotonic() + seconds, 0

    async def ask(number: int) -> None:
        nonlocal done
        line, request = await line_to(port, number), get(path)
        while time.monotonic() < until:
            with suppress(ConnectionResetError):
                await line.ask(request)
                done += 1

    await asyncio.gather(*(ask(number) for number in range(lines)))
    return done


async def crowd(port: int, path: str, readers: int, seconds: float) -> tuple[int, int]:
    """Readers in a process of their own; return their answers, and how many were cut off."""
    program = (sys.executable, "-m", "benchmarks.gala_clients")
    process = await asyncio.create_subprocess_exec(
        *program, str(port), path, str(readers), str(seconds), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    answers, lost = told.split()
    return int(answers), int(lost)


def main() -> None:
    port, path, number, seconds = sys.argv[1:]
    readers = Readers(int(port), path, int(number), len)
    uvloop.run(readers.look(time.monotonic() + float(seconds)))
    print(readers.answers, readers.lost)


if __name__ == "__main__":
    main()
