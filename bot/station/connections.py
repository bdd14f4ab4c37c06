"""How many connections the station takes, from whom, and how long a request may take to come."""

import asyncio
import resource
import time
from collections import Counter
from collections.abc import Collection
from ipaddress import ip_address, ip_network
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger(__name__)

RESERVED = 128
"""Open files that are left for the store, the log and the platforms."""

UNBOUNDED = 65_536
"""How many open files are asked for where the system sets no bound."""

SHARE = 2
"""One client gets one in so many of all connections: a whole factory may have one address."""

HEADER_SECONDS = 15.0
"""How long a client may take to send the head of a request."""

QUIET_SECONDS = 60.0
"""How often at most the log says that connections are refused."""


def raise_open_files() -> int:
    """Raise the soft limit of open files to the hard one; return the limit that holds.

    Each open chat page is a connection, and the usual soft limit is 1,024.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = UNBOUNDED if hard == resource.RLIM_INFINITY else hard
    if soft == resource.RLIM_INFINITY:
        return UNBOUNDED
    if soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        return soft
    return wanted


class Doorkeeper:
    """Counts the connections of each client, ``most`` in all.

    ``proxies``, addresses and networks, speak for many and have no share of their own.
    """

    def __init__(self, most: int, proxies: Collection[str] = ()) -> None:
        self._most = most
        self._proxies = [ip_network(each, strict=False) for each in proxies]
        self._open: Counter[str] = Counter()
        self._total = 0
        self._said_at = -QUIET_SECONDS

    def admit(self, client: str) -> bool:
        """Count a new connection, if there is room for it."""
        share = self._most if self._is_proxy(client) else max(1, self._most // SHARE)
        if self._total >= self._most or self._open[client] >= share:
            now = time.monotonic()
            if now - self._said_at >= QUIET_SECONDS:
                self._said_at = now
                log.warning("connections are refused", open=self._total, most=self._most)
            return False
        self._open[client] += 1
        self._total += 1
        return True

    def leave(self, client: str) -> None:
        """Count a connection as closed."""
        self._open[client] -= 1
        self._total -= 1
        if self._open[client] <= 0:
            del self._open[client]

    def _is_proxy(self, client: str) -> bool:
        try:
            address = ip_address(client)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


class Connection(HttpToolsProtocol):
    """A connection that is refused where there is no room, and closed while no request comes.

    uvicorn limits how long a connection may be idle between requests, not how long the head of a
    request may take.
    """

    doorkeeper: Doorkeeper
    header_seconds: float

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._client_address = ""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, or close it at once."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        client = str(peer[0]) if isinstance(peer, tuple) and peer else "local"
        if not self.doorkeeper.admit(client):
            transport.abort()
            return
        self._client_address = client
        self._await_head()

    def on_message_begin(self) -> None:
        """Begin to wait for the head of a request."""
        self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End to wait for it."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection as closed."""
        self._stop_waiting()
        if self._client_address:
            self.doorkeeper.leave(self._client_address)
            self._client_address = ""
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(self.header_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.abort()


def connections(doorkeeper: Doorkeeper, header_seconds: float = HEADER_SECONDS) -> type[Connection]:
    """Return the protocol of a server whose connections this doorkeeper counts."""
    members = {"doorkeeper": doorkeeper, "header_seconds": header_seconds}
    return type("Connection", (Connection,), members)
