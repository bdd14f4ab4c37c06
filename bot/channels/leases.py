"""Hold a lease: the right of one among several processes, for as long as it renews it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from models.store import StoreDown

log = structlog.get_logger(__name__)

LASTS = 10.0
"""Seconds after which another process takes over from one that died."""

SPARE = 2.0
"""Seconds before the end of the lease at which its holder stops using it."""

RENEW_EVERY = 3.0
RETRY_AFTER = 0.5

Claim = Callable[[], Awaitable[bool]]
Release = Callable[[], Awaitable[None]]


class Lease:
    """A lease that ``claim`` takes or renews for ``lasts`` seconds, and ``release`` ends.

    ``is_held`` goes by the monotonic clock of the machine: a process that was suspended for a while
    finds its lease expired.
    """

    def __init__(
        self,
        claim: Claim,
        release: Release,
        *,
        lasts: float = LASTS,
        spare: float = SPARE,
        renew_every: float = RENEW_EVERY,
    ) -> None:
        self._claim = claim
        self._release = release
        self._lasts = lasts - spare
        self._renew_every = renew_every
        self._until = 0.0

    @property
    def is_held(self) -> bool:
        return asyncio.get_running_loop().time() < self._until

    async def acquire(self) -> bool:
        """Acquire the lease; return False while another process holds it."""
        began = asyncio.get_running_loop().time()
        try:
            if await self._claim():
                self._until = began + self._lasts
        except StoreDown:
            log.debug("a lease waits for the store")
        except Exception:
            # A bug here must not end the attempts: the process would stay on standby for good.
            log.exception("a lease failed")
        return self.is_held

    async def keep(self) -> None:
        """Renew the lease; return when it is lost."""
        loop = asyncio.get_running_loop()
        pause = self._renew_every
        while True:
            await asyncio.sleep(min(pause, max(0.0, self._until - loop.time())))
            began = loop.time()
            try:
                async with asyncio.timeout_at(self._until):
                    is_held = await self._claim()
            except TimeoutError:
                is_held = False
            except Exception as problem:
                if not isinstance(problem, StoreDown):
                    log.exception("a lease failed")
                pause = min(RETRY_AFTER, self._renew_every)
                if self.is_held:
                    continue
                is_held = False
            if not is_held:
                self._until = 0.0
                return
            self._until, pause = began + self._lasts, self._renew_every

    async def release(self) -> None:
        """Release the lease, so that another process can acquire it at once."""
        if not self.is_held:
            return
        self._until = 0.0
        try:
            await self._release()
        except StoreDown:
            # The lease expires by itself.
            log.debug("a lease waits for the store")
