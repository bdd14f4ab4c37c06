"""Being the only one of several processes that does something, for as long as it is renewed."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from models.store import StoreDown

log = structlog.get_logger(__name__)

LASTS = 10.0
"""Whoever died is followed after this long, in seconds."""

SPARE = 2.0
"""So much before the lease ends its holder lets go by itself."""

RENEW_EVERY = 3.0
STUMBLED = 0.5

Hold = Callable[[], Awaitable[bool]]
LetGo = Callable[[], Awaitable[None]]


class Lease:
    """A lease that ``hold`` takes or renews for ``lasts`` seconds, and ``let_go`` gives back.

    ``is_held`` goes by the time of the machine, which nobody sets: a process that was stopped for
    a while finds its lease gone, whatever it knew before.
    """

    def __init__(
        self,
        hold: Hold,
        let_go: LetGo,
        *,
        lasts: float = LASTS,
        spare: float = SPARE,
        renew_every: float = RENEW_EVERY,
    ) -> None:
        self._hold = hold
        self._let_go = let_go
        self._lasts = lasts - spare
        self._renew_every = renew_every
        self._until = 0.0

    @property
    def is_held(self) -> bool:
        return asyncio.get_running_loop().time() < self._until

    async def take(self) -> bool:
        """Take or renew the lease; return False while another process holds it."""
        began = asyncio.get_running_loop().time()
        try:
            if await self._hold():
                self._until = began + self._lasts
        except StoreDown:
            log.warning("the store is down", tick="lease")
        except Exception:
            # A fault of ours must not end the trying, which nobody would notice.
            log.exception("a lease failed")
        return self.is_held

    async def keep(self) -> None:
        """Renew it; returns when it is lost."""
        loop = asyncio.get_running_loop()
        pause = self._renew_every
        while True:
            await asyncio.sleep(min(pause, max(0.0, self._until - loop.time())))
            began = loop.time()
            try:
                async with asyncio.timeout_at(self._until):
                    is_held = await self._hold()
            except TimeoutError:
                is_held = False
            except Exception as problem:
                if not isinstance(problem, StoreDown):
                    log.exception("a lease failed")
                pause = min(STUMBLED, self._renew_every)
                if self.is_held:
                    continue
                is_held = False
            if not is_held:
                self._until = 0.0
                return
            self._until, pause = began + self._lasts, self._renew_every

    async def give_back(self) -> None:
        """Let the next one have it at once."""
        if not self.is_held:
            return
        self._until = 0.0
        try:
            await self._let_go()
        except StoreDown:
            # It ends by itself.
            log.warning("the store is down", tick="lease")
