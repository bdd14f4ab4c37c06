"""Rank many thousand names: first by what stands in them, so that few are looked at closely.

``search.rank`` weighs every name in up to four ways, which takes some 50 us a name. Nearly always
the words stand in the names they mean, as they are typed or by their sound; whether they do is one
look into one string, which is kept.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from models.rules.search import search
from models.rules.search.sounds import CHINESE, sound

KEPT = 32_768
"""Of how many names the string is kept: some 12 MB, once they are searched."""

MOST_GUESSED = 100
"""Among how many names, the first, a slip is looked for."""

Entry = tuple[int, str]


def rank(words: str, entries: Sequence[Entry]) -> list[tuple[int, float]]:
    """The ids whose search text fits the words, the best first, as ``search.rank`` has it.

    Where the words stand in no name, slips are forgiven in the first ``MOST_GUESSED`` alone.
    """
    asked = search.parts(words)
    if not asked:
        return []
    looks = [(entry, _string(entry[1])) for entry in entries]
    readings = dict.fromkeys((asked, search.toneless(asked)))
    for sift in (_holding, _sounding):
        for said in readings:
            if (found := sift(said, looks)) and (ranked := search.rank(words, found)):
                return ranked
    return search.rank(words, entries[:MOST_GUESSED])


def _holding(parts: tuple[str, ...], looks: Iterable[tuple[Entry, str]]) -> list[Entry]:
    """Those in which every word stands, or all of them without a space."""
    whole = "".join(parts)
    telling = search.telling(parts)
    return [
        entry
        for entry, string in looks
        if whole in string or all(part in string for part in telling)
    ]


def _sounding(parts: tuple[str, ...], looks: Iterable[tuple[Entry, str]]) -> list[Entry]:
    """Those in which begin and end of every word stand, or what sounds like it."""
    ways = []
    for part in search.telling(parts):
        bare = search.without_suffix(part) if CHINESE.match(part) else part
        ways.append((bare[:2], bare[-2:], sound(bare) or bare))
    return [
        entry
        for entry, string in looks
        if all((head in string and tail in string) or so in string for head, tail, so in ways)
    ]


@lru_cache(maxsize=KEPT)
def _string(text: str) -> str:
    """All that a search text is found by, in one string."""
    return search.everything(text)
