"""Words that are the number of something."""

from models.rules.search.plain import plain

MOST_DIGITS = 10
HIGHEST = 2**31 - 1


def number_in(words: str) -> int | None:
    """Return the number that the words are, as ``35`` or ``#35``; None where they are none."""
    digits = plain(words)
    if not digits.isascii() or not digits.isdecimal() or len(digits) > MOST_DIGITS:
        return None
    return int(digits) if int(digits) <= HIGHEST else None
