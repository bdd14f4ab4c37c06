"""What Telegram may do to whoever calls it, by chance."""

import time
from random import Random
from typing import Literal

from tests.platforms.telegram.faults import Fault
from tests.platforms.telegram.rules import Parameters, Refusal

BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")
TOO_MANY = Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
KINDS: tuple[Literal["refuse", "drop", "reset"], ...] = ("refuse", "drop", "reset")


class Weather:
    """``errors`` is the part of messages that go wrong; ``hangs`` how many are never answered.

    In a storm every message is refused with 429; a busy chat refuses its first ones. Some people
    have blocked the bot without its having been told. A silent platform carries out every call,
    of whatever method, and answers none.
    """

    def __init__(self, random: Random, *, blocked: frozenset[int] = frozenset()) -> None:
        self.is_silent = False
        self.errors = 0.0
        self.hangs = 0
        self.busy: dict[int, int] = {}
        self._random = random
        self._blocked = blocked
        self._storm_until = float("-inf")

    def storm(self, seconds: float) -> None:
        """Refuse everybody for so long."""
        self._storm_until = time.monotonic() + seconds

    def __call__(self, method: str, given: Parameters) -> Fault | None:
        if self.is_silent:
            return Fault("hang")
        if method != "sendmessage":
            return None
        chat = int(given.get("chat_id", 0))
        if time.monotonic() < self._storm_until:
            return Fault("refuse", refusal=TOO_MANY)
        if self.busy.get(chat, 0) > 0:
            self.busy[chat] -= 1
            return Fault("refuse", refusal=TOO_MANY)
        if chat in self._blocked:
            return Fault("refuse", refusal=BLOCKED)
        if self._random.random() < self.errors:
            if self.hangs > 0 and self._random.random() < 0.1:
                self.hangs -= 1
                return Fault("hang")
            return Fault(self._random.choice(KINDS))
        return None
