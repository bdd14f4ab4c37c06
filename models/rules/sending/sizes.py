"""How many rows of a long job are done at a time, by how long the last ones took."""

MOST_GROWTH, LEAST_LEFT = 2.0, 0.25


def next_size(size: int, seconds: float, aim: float, most: int) -> int:
    """Return how many rows the next step takes, after one of ``size`` rows took ``seconds``.

    As many as would have taken ``aim`` seconds, from 1 to ``most``. A step may have been quick for
    having found little to do, so it is twice as many at most; or slow for having waited for others,
    so it is a quarter at least.
    """
    factor = aim / seconds if seconds > 0 else MOST_GROWTH
    return max(1, min(most, round(size * min(MOST_GROWTH, max(LEAST_LEFT, factor)))))
