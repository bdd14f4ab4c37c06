"""Real processes of one station, and the one address before them that the world knows."""

import asyncio
import os
import socket
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web

from tests.commands import Started

STARTING = 60.0
SETTINGS = """
[store]
url = "{store}"
[server]
port = {port}
public_url = "{public_url}"
[web]
enabled = {web}
[station]
quiet_hours = ""
[telegram.nanhai]
token = "{token}"
api_base = "{api_base}"
mode = "webhook"
messages_per_second = {pace}
"""

HOP_BY_HOP = ("transfer-encoding", "content-length", "connection", "keep-alive", "date", "server")


class Front:
    """A reverse proxy, as it stands before several processes: it asks the next one that answers."""

    def __init__(self) -> None:
        self.behind: list[str] = []
        self.url = ""
        self._turns = count()
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        assert self._runner is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        assert self._session is not None
        body = await request.read()
        first = next(self._turns)
        for turn in range(len(self.behind)):
            url = self.behind[(first + turn) % len(self.behind)] + request.path_qs
            try:
                async with self._session.request(
                    request.method, url, data=body, headers=request.headers, allow_redirects=False
                ) as response:
                    kept = {
                        name: value
                        for name, value in response.headers.items()
                        if name.lower() not in HOP_BY_HOP
                    }
                    return web.Response(
                        body=await response.read(), status=response.status, headers=kept
                    )
            except aiohttp.ClientConnectorError:
                # Nobody is there, so nobody can have taken it.
                continue
            except aiohttp.ClientError:
                break
        return web.Response(status=502)


@dataclass
class Process:
    """One process: started, killed with -9, and started again at the same port."""

    folder: Path
    arguments: tuple[str, ...]
    port: int
    running: Started | None = None
    starts: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def speaks(self) -> bool:
        """Whether it may be the one that sends for the account."""
        return not self.arguments or "worker" in self.arguments

    @property
    def listens(self) -> bool:
        """Whether the world's requests go to it."""
        return not self.arguments or "web" in self.arguments

    async def start(self) -> None:
        """Start it; returns when it says that it serves."""
        self.starts += 1
        settings = ("--config", str(self.folder / f"{self.port}.toml"))
        self.running = Started(self.folder, "serve", *settings, *self.arguments, err=self._log)
        line = asyncio.to_thread(self.running.stdout.readline)
        said = await asyncio.wait_for(line, STARTING)
        assert said, f"it ended at the start:\n{self._log.read_text('utf-8')[-2000:]}"

    async def die(self) -> None:
        """Be killed, wherever it is."""
        if self.running is not None:
            await asyncio.to_thread(self.running.close)

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.port}.log"


@dataclass
class Station:
    """All processes of one station."""

    folder: Path
    store: str
    front: Front
    api_base: str
    token: str
    pace: int = 500
    web: bool = False
    processes: list[Process] = field(default_factory=list)

    def has(self, *arguments: str) -> Process:
        """One process more, which is not started yet."""
        process = Process(self.folder, arguments, _free_port())
        settings = SETTINGS.format(
            store=self.store,
            port=process.port,
            public_url=self.front.url,
            web="true" if self.web else "false",
            token=self.token,
            api_base=self.api_base,
            pace=self.pace,
        )
        (self.folder / f"{process.port}.toml").write_text(settings, "utf-8")
        self.processes.append(process)
        if process.listens:
            self.front.behind.append(process.url)
        return process

    async def start(self) -> None:
        await asyncio.gather(*(process.start() for process in self.processes))

    async def die(self) -> None:
        await asyncio.gather(*(process.die() for process in self.processes))

    def logs(self) -> str:
        """What all processes wrote, for whoever looks into a failure."""
        return os.linesep.join(
            path.read_text("utf-8", "replace") for path in sorted(self.folder.glob("*.log"))
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
