"""Whether a platform lets the station speak to an address now."""

from datetime import datetime


def may_speak(window_until: datetime | None, allowance: int, now: datetime) -> bool:
    """Within the window since the person last spoke, and while some of its messages are left.

    An address without a window has never spoken on such a platform, so nothing may be said to it.
    """
    return window_until is not None and now < window_until and allowance > 0
