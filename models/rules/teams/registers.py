"""Register numbers: ``NH-2026-001``, counted per station and year."""

from collections.abc import Collection
from itertools import count

from models.rules.languages import Translated
from models.rules.search import sounds

LEVELS = "区县市旗"


def number(prefix: str, year: int, nth: int) -> str:
    """The n-th number of a year."""
    return f"{prefix}-{year}-{nth:03}"


def prefix(name: Translated, taken: Collection[str] = ()) -> str:
    """The letters that stand for a station, the initials of its name; no two share theirs.

    ``南海区`` is NH; a second district of the same letters gets NH2.
    """
    text = name.text
    own = text[:-1] if len(text) > 1 and text[-1] in LEVELS else text
    initials = [(sounds.sound(each) or "")[:1] for each in own]
    latin = map(_latin, (*name.translations.values(), text))
    letters = "".join(initials) or next(filter(None, latin), "")[:2] or "D"
    letters = letters.upper()
    if letters not in taken:
        return letters
    return next(each for n in count(2) if (each := f"{letters}{n}") not in taken)


def _latin(name: str) -> str:
    return "".join(each for each in name if each.isascii() and each.isalpha())
