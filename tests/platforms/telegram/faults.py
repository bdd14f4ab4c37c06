"""What goes wrong at Telegram when a story says so, and a record of what was said to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.platforms.telegram.rules import Parameters, Refusal


@dataclass(frozen=True, slots=True)
class Noted:
    """One call as the platform saw it: whether it was ``done``, and what its caller was told.

    ``told`` is a status, "response" for a call in a webhook's response, which is told nothing, or
    the kind of fault that kept the answer back. ``at`` is by the monotonic clock.
    """

    method: str
    chat: int
    text: str
    done: bool
    told: str
    at: float


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next ``times`` calls of ``method`` (or any) for ``chat`` (or any).

    "hang" and "reset" happen after the call was carried out, "refuse" and "drop" before.
    """

    kind: Literal["refuse", "drop", "hang", "reset"]
    times: int = 1
    method: str = ""
    chat: int = 0
    refusal: Refusal = field(default_factory=lambda: Refusal(500, "Internal Server Error: restart"))

    def concerns(self, method: str, given: Parameters) -> bool:
        if self.times <= 0 or (self.method and self.method.lower() != method):
            return False
        return not self.chat or str(given.get("chat_id", "")) == str(self.chat)


Weather = Callable[[str, Parameters], Fault | None]
