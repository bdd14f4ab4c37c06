"""On which channels and stores a story runs.

Every story runs on the web with both stores, and on two of the other three platforms with one
store each. Which two, and with which store, follows from the story's name, so that it is the same
on every machine and changes with the story. WeChat's three forms of an envelope take turns.

``--everywhere`` runs every story on every channel with both stores.
"""

from itertools import combinations, product
from zlib import crc32

CHANNELS = ("web", "telegram", "wechat", "wechat-safe", "wechat-compatible", "wecom")
STORES = ("sqlite", "postgresql")
EVERYWHERE = tuple(product(CHANNELS, STORES))

_PAIRS = tuple(combinations(("telegram", "wechat", "wecom"), 2))
_ENVELOPES = ("wechat", "wechat-safe", "wechat-compatible")


def runs(story: str) -> tuple[tuple[str, str], ...]:
    """The (channel, store) pairs of a story, by the name of its function."""
    # Python's own hash() of a string changes from one process to the next.
    number = crc32(story.encode())
    number, pair = divmod(number, len(_PAIRS))
    number, envelope = divmod(number, len(_ENVELOPES))
    stores = STORES if number % 2 else STORES[::-1]
    others = (_ENVELOPES[envelope] if each == "wechat" else each for each in _PAIRS[pair])
    return (*(("web", store) for store in STORES), *zip(others, stores, strict=True))
