"""On which channels and stores a story runs.

Every story runs on the web with one store and on one of the other three platforms with the other.
Which platform, and with which store, follows from the story's name, so that it is the same on
every machine and changes with the story. WeChat's three forms of an envelope take turns.

``--everywhere`` runs every story on every channel with both stores.
"""

from itertools import product
from zlib import crc32

CHANNELS = ("web", "telegram", "wechat", "wechat-safe", "wechat-compatible", "wecom")
STORES = ("sqlite", "postgresql")
EVERYWHERE = tuple(product(CHANNELS, STORES))

_PLATFORMS = ("telegram", "wechat", "wecom")
_ENVELOPES = ("wechat", "wechat-safe", "wechat-compatible")


def runs(story: str) -> tuple[tuple[str, str], ...]:
    """The (channel, store) pairs of a story, by the name of its function."""
    # Python's own hash() of a string changes from one process to the next.
    number = crc32(story.encode())
    number, place = divmod(number, len(_PLATFORMS))
    number, envelope = divmod(number, len(_ENVELOPES))
    platform = _PLATFORMS[place]
    channels = ("web", _ENVELOPES[envelope] if platform == "wechat" else platform)
    return tuple(zip(channels, STORES if number % 2 else STORES[::-1], strict=True))
