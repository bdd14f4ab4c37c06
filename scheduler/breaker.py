"""Tell a platform that does not answer from single messages that fail."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.channels import Channel, Doubtful, Moved, Outcome, Refused, Sent, TryLater, Unreachable
from models.sending.reasons import Reason
from scheduler.metrics import HALTS, SILENT_PLATFORMS

log = structlog.get_logger(__name__)

SILENT = 3
"""How many calls in a row without an answer open the breaker."""

MOMENT = 0.1
"""Seconds from the opening to the first try."""

FIRST_HALT, LONGEST_HALT, TIMES_LONGER = 1.0, 60.0, 4
"""Seconds from a try without an answer to the next one: at first, at most, and how they grow."""

PROBE_SECONDS = 10.0
"""How long the platform may take to say that it answers."""


@dataclass(slots=True)
class Breaker:
    """Counts how often in a row the platform of one account has not answered.

    After SILENT times it is open: nothing more is sent, and after a MOMENT the account tries
    whether the platform answers. A try without an answer halts it; any answer closes the breaker,
    be it a refusal. What was at the platform when it opened is no try.
    """

    unanswered: int = 0
    tries: bool = False
    _halt: float = FIRST_HALT

    @property
    def is_open(self) -> bool:
        return self.unanswered >= SILENT

    def note(self, outcome: Outcome) -> float:
        """Count an outcome; return the seconds to send nothing for, 0 where the account goes on."""
        match outcome:
            case Doubtful(is_silent=True) | TryLater(is_silent=True):
                return self.note_silence()
            case Sent() | TryLater() | Unreachable() | Refused():
                self.note_answer()
                return 0.0
            case Doubtful() | Moved():
                return 0.0

    def note_silence(self) -> float:
        """Count a call without an answer; return the seconds to send nothing for, as ``note``."""
        self.unanswered += 1
        if not self.tries:
            return MOMENT if self.unanswered == SILENT else 0.0
        halt, self._halt = self._halt, min(self._halt * TIMES_LONGER, LONGEST_HALT)
        return halt

    def note_answer(self) -> None:
        """Count from the beginning, for the platform answers."""
        self.unanswered, self.tries, self._halt = 0, False, FIRST_HALT


class Watch:
    """Watches whether the platform of one account answers, and halts the account if not.

    ``halt`` is called with seconds and the trouble, ``is_over`` when the platform answers again.
    """

    def __init__(
        self,
        channel: Channel,
        now: Callable[[], datetime],
        *,
        halt: Callable[[float, str], None],
        is_over: Callable[[], None],
    ) -> None:
        self._channel = channel
        self._now = now
        self._halt = halt
        self._is_over = is_over
        self._breaker = Breaker()
        self._since: datetime | None = None
        self._probing: asyncio.Task[bool] | None = None

    @property
    def problem(self) -> str:
        """Since when the platform does not answer; empty while it does."""
        return f"{Reason.NO_ANSWER} since {self._since:%H:%M} UTC" if self._since else ""

    @property
    def is_open(self) -> bool:
        """Whether one message at a time is tried."""
        return self._breaker.is_open

    @property
    def is_suspicious(self) -> bool:
        """Whether the last call had no answer: nothing that is in doubt is repeated then."""
        return self._breaker.unanswered > 0

    def learn(self) -> None:
        """Take over the trouble that another process has met, or this one before a restart."""
        self._breaker.unanswered = max(SILENT, self._breaker.unanswered)
        self._note_trouble()

    def note(self, outcome: Outcome) -> bool:
        """Count an outcome; return whether the platform was silent."""
        before = self._breaker.unanswered
        seconds = self._breaker.note(outcome)
        if self._breaker.unanswered > before:
            self._halt_for(seconds)
            return True
        if not self._breaker.unanswered:
            self._note_recovery()
        return False

    def note_answer(self) -> None:
        """Let all go out as usual, for the platform answers."""
        self._breaker.note_answer()
        self._note_recovery()

    async def is_answered(self) -> bool:
        """Ask the platform something without effect; halt the account if nothing comes back."""
        self._breaker.tries = self.is_open
        self._probing = asyncio.create_task(self._channel.responds())
        await asyncio.wait((self._probing,), timeout=PROBE_SECONDS)
        if self._probing.cancelled():
            return False
        if self._probing.done() and self._probing.result():
            return True
        self._probing.cancel()
        self._halt_for(self._breaker.note_silence())
        return False

    def stop(self) -> None:
        """Ask nothing more, for the process stops."""
        if self._probing is not None:
            self._probing.cancel()

    def _halt_for(self, seconds: float) -> None:
        if self._breaker.tries:
            self._note_trouble()
            self._halt(seconds, Reason.NO_ANSWER)
        elif seconds:
            self._halt(seconds, "")

    def _note_trouble(self) -> None:
        if self._since is None:
            self._since = self._now()
            SILENT_PLATFORMS.labels(self._channel.account).set(1)
            HALTS.labels(self._channel.account).inc()
            log.error("the platform does not answer", account=self._channel.account)

    def _note_recovery(self) -> None:
        if self._since is not None:
            self._since = None
            SILENT_PLATFORMS.labels(self._channel.account).set(0)
            self._is_over()
            log.info("the platform answers again", account=self._channel.account)
