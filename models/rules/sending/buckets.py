"""How often a key may act: token buckets, in memory and of bounded size."""

from collections import OrderedDict


class Buckets:
    """One bucket per key: ``burst`` at once, ``per_second`` in the long run.

    At most ``keep`` keys are remembered, those used last: a flooding key stays known, and a
    forgotten one begins with a full bucket.
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
