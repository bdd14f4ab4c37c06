"""How often an address may be written to; in memory, of bounded size."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

Limits = Sequence[tuple[int, float]]
"""How many messages a platform takes for one address within how many seconds; all of them hold."""


def no_limits(_to: str) -> Limits:
    return ()


class RecentSends:
    """What one account sent lately, in this process: its replies, and when each address got what.

    Replies wait for nothing, but senders of notices count them. Kept in memory only: a platform's
    limit of an address is over before a station has restarted, or is named by a 429.
    """

    def __init__(
        self,
        limits: Callable[[str], Limits] = no_limits,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._answers: deque[float] = deque()
        self._sent_at: OrderedDict[str, deque[float]] = OrderedDict()
        self._paused_until: dict[str, float] = {}
        self._longest = 0.0

    def record_answer(self, to: str, messages: int = 1) -> None:
        """Record a reply of this many messages."""
        now = self._monotonic()
        self._answers.extend([now] * messages)
        for _ in range(messages):
            self.record_send(to)

    def answers_within(self, seconds: float) -> int:
        """How many messages replies took in the last seconds."""
        since = self._monotonic() - max(1.0, seconds)
        while self._answers and self._answers[0] <= since:
            self._answers.popleft()
        if seconds >= 1.0:
            return len(self._answers)
        return sum(at > self._monotonic() - seconds for at in self._answers)

    def record_send(self, to: str) -> None:
        """Record that this address gets a message now."""
        limits = self._limits(to)
        if not limits:
            return
        now = self._monotonic()
        self._longest = max(self._longest, *(seconds for _, seconds in limits))
        sent_at = self._sent_at.pop(to, None)
        if sent_at is None:
            sent_at = deque(maxlen=max(most for most, _ in limits))
        sent_at.append(now)
        self._sent_at[to] = sent_at
        # Each call drops up to two old addresses, so that the memory is bounded and no call slow.
        for _ in range(2):
            oldest = next(iter(self._sent_at))
            if now - self._sent_at[oldest][-1] <= self._longest:
                break
            del self._sent_at[oldest]

    def pause(self, to: str, seconds: float) -> None:
        """Send nothing to this address for ``seconds``, as the platform asked."""
        now = self._monotonic()
        paused = {each: until for each, until in self._paused_until.items() if until > now}
        paused[to] = max(paused.get(to, 0.0), now + seconds)
        self._paused_until = paused

    def wait_for(self, to: str, messages: int = 1) -> float:
        """Seconds until this address may get so many more messages at once, or one at all.

        More than a limit ever lets through wait until there is room for as many as it does.
        """
        now = self._monotonic()
        wait = self._paused_until.get(to, now) - now
        sent_at = self._sent_at.get(to)
        if sent_at is not None:
            for most, seconds in self._limits(to):
                room = most - min(messages, most)
                if len(sent_at) > room:
                    wait = max(wait, sent_at[-1 - room] + seconds - now)
        return max(0.0, wait)
