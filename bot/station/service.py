"""What systemd is told by a unit of ``Type=notify``; elsewhere nothing is told.

The protocol: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping

SOCKET, WATCHDOG, WATCHED = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"

STATUS_SECONDS = 10.0
"""How often the status is told where no watchdog asks for a sign of life."""

Problems = Callable[[], Mapping[str, str]]
"""What does not work now, the store or accounts, and why."""


class Service:
    """Tells the service manager that the process is ready, lives, and stops.

    A sign of life says that the loop of events turns. A database that is away is no reason to be
    restarted: the process waits for it.
    """

    def __init__(self, problems: Problems, environment: Mapping[str, str] = os.environ) -> None:
        self._problems = problems
        self._socket = environment.get(SOCKET, "")
        watched = environment.get(WATCHED, str(os.getpid())) == str(os.getpid())
        period = int(environment.get(WATCHDOG, "0")) / 1_000_000 if watched else 0.0
        # Half of the time is what sd_watchdog_enabled(3) recommends.
        self._every = period / 2 or STATUS_SECONDS
        self._living: asyncio.Task[None] | None = None

    def ready(self) -> None:
        """Tell that requests are answered, and give signs of life from now on."""
        if not self._socket:
            return
        self._tell("READY=1")
        self._living = asyncio.create_task(self._live())

    def stopping(self) -> None:
        """Tell that the process ends, which may take three seconds."""
        if self._living:
            self._living.cancel()
        self._tell("STOPPING=1", "STATUS=Stopping")

    async def _live(self) -> None:
        while True:
            self._tell("WATCHDOG=1", f"STATUS={self._status()}")
            await asyncio.sleep(self._every)

    def _status(self) -> str:
        problems = self._problems()
        said = "; ".join(f"{account}: {problem}" for account, problem in problems.items())
        return said.replace("\n", " ") or "Serving; store and accounts work"

    def _tell(self, *lines: str) -> None:
        if not self._socket:
            return
        # A name that begins with @ is not a file but one of the kernel's abstract names.
        address = self._socket.replace("@", "\0", 1) if self._socket[0] == "@" else self._socket
        # The service goes on where the manager does not listen.
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sending,
        ):
            sending.sendto("\n".join(lines).encode(), address)
