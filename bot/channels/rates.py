"""How often somebody may ask, and how much was said lately; in memory, for as many as fit."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence


class Buckets:
    """One bucket per key: ``burst`` at once, ``per_second`` in the long run.

    At most ``keep`` keys are remembered, those used last: whoever floods stays known, and whoever
    is forgotten begins with a full bucket.
    """

    def __init__(self, *, per_second: float, burst: int, keep: int = 20_000) -> None:
        self._per_second = per_second
        self._burst = burst
        self._keep = keep
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Take one token and return 0; or take none and return the seconds until there is one."""
        level, since = self._levels.pop(key, (float(self._burst), now))
        level = min(float(self._burst), level + max(0.0, now - since) * self._per_second)
        missing = max(0.0, 1.0 - level)
        self._levels[key] = (level if missing else level - 1.0, now)
        while len(self._levels) > self._keep:
            self._levels.popitem(last=False)
        return missing / self._per_second


Limits = Sequence[tuple[int, float]]
"""How many messages a platform takes for one address within how many seconds; all of them hold."""


def no_limits(_to: str) -> Limits:
    return ()


class Spoken:
    """What one account said lately, in this process: its answers, and when each address heard it.

    Answers wait for nobody, but whoever sends notices counts them in. Kept in memory only: every
    platform's limit of an address forgets sooner than a station starts anew, or says so by a 429.
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
        self._heard: OrderedDict[str, deque[float]] = OrderedDict()
        self._silent: dict[str, float] = {}
        self._longest = 0.0

    def answered(self, to: str, messages: int = 1) -> None:
        """Note an answer, in so many messages."""
        now = self._monotonic()
        self._answers.extend([now] * messages)
        for _ in range(messages):
            self.told(to)

    def answers_within(self, seconds: float) -> int:
        """How many messages answers took lately."""
        since = self._monotonic() - max(1.0, seconds)
        while self._answers and self._answers[0] <= since:
            self._answers.popleft()
        if seconds >= 1.0:
            return len(self._answers)
        return sum(at > self._monotonic() - seconds for at in self._answers)

    def told(self, to: str) -> None:
        """Note that this address hears something now."""
        limits = self._limits(to)
        if not limits:
            return
        now = self._monotonic()
        self._longest = max(self._longest, *(seconds for _, seconds in limits))
        heard = self._heard.pop(to, None)
        if heard is None:
            heard = deque(maxlen=max(most for most, _ in limits))
        heard.append(now)
        self._heard[to] = heard
        # Each note forgets up to two old ones, so that the memory is bounded and no note is slow.
        for _ in range(2):
            oldest = next(iter(self._heard))
            if now - self._heard[oldest][-1] <= self._longest:
                break
            del self._heard[oldest]

    @property
    def remembered(self) -> int:
        """Of how many addresses it is known when they heard something."""
        return len(self._heard)

    def silence(self, to: str, seconds: float) -> None:
        """The platform wants this address to hear nothing for so long."""
        now = self._monotonic()
        self._silent = {each: until for each, until in self._silent.items() if until > now}
        self._silent[to] = max(self._silent.get(to, 0.0), now + seconds)

    def wait_for(self, to: str) -> float:
        """Seconds until this address may hear another message."""
        now = self._monotonic()
        wait = self._silent.get(to, now) - now
        heard = self._heard.get(to)
        if heard is not None:
            for most, seconds in self._limits(to):
                if len(heard) >= most:
                    wait = max(wait, heard[-most] + seconds - now)
        return max(0.0, wait)
