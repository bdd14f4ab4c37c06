"""Lines that people write to a screen: made comparable, held against a list of words, paced."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from models.rules.texts import one_line

LONGEST = 40
"""Characters of a line: what is read while it passes over a wall."""

LONGEST_QUESTION = 200
SECONDS, LEAST_SECONDS, MOST_SECONDS = 5, 1, 120
"""How long a person waits between two lines: at first, at least and at most."""

MOST_BANNED, LONGEST_BANNED = 500, 30
_BETWEEN = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"(.)\1{2,}")
_DIGITS = str.maketrans("0135", "oies")


def cleaned(words: str, longest: int = LONGEST) -> str:
    """Return a line as it is shown; empty where nothing is left. Longer ones are cut off."""
    return one_line(unicodedata.normalize("NFC", words))[:longest].strip()


def plain(words: str) -> str:
    """Return words as they are compared: full width, case, accents, blanks and signs are gone.

    ``Ｆ ｏ－ｏ`` and ``foo`` are the same; so are a letter said three times and thirty times.
    """
    folded = unicodedata.normalize("NFKD", words).casefold()
    bare = "".join(each for each in folded if not unicodedata.combining(each))
    return _REPEATED.sub(r"\1\1", _BETWEEN.sub("", bare))


def listed(text: str) -> list[str]:
    """Return the words of a list, one a line, each once; those that are nothing are left out."""
    words = (one_line(each)[:LONGEST_BANNED] for each in text.splitlines())
    return list(dict.fromkeys(each for each in words if plain(each)))[:MOST_BANNED]


def is_banned(words: str, banned: str) -> bool:
    """Return whether a line has one of the words of a list in it, however it is spelled.

    Letters that were written as digits are read both ways.
    """
    bare = plain(words)
    wanted = _plain_list(banned)
    return any(each in bare for each in wanted) or (
        any(each.isdigit() for each in bare)
        and any(each in bare.translate(_DIGITS) for each in wanted)
    )


@lru_cache(maxsize=64)
def _plain_list(banned: str) -> tuple[str, ...]:
    return tuple(plain(each) for each in banned.splitlines() if plain(each))


def wait(last: datetime | None, seconds: int, now: datetime) -> timedelta:
    """Return how long a person still waits after their last line; nothing where they need not."""
    if last is None:
        return timedelta()
    return max(timedelta(), last + timedelta(seconds=seconds) - now)


def same(one: str, others: Iterable[str]) -> bool:
    """Return whether a line says what one of the others said."""
    bare = plain(one)
    return any(bare == plain(each) for each in others)
