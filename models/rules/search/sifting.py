"""Of many thousand names keep the few that can be meant, by what stands in their search texts.

``search.rank`` weighs every name in up to four ways, which takes some 50 us a name. Nearly always
the words stand in the names they mean, as they are typed or by their sound; whether they do is one
look into the search text, which a database takes as well (``models.finding.sieving``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.search import search
from models.rules.search.sounds import CHINESE, sound

MOST_GUESSED = 100
"""Among how many names, the first, a slip is looked for."""

Entry = tuple[int, str]
Pieces = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sieve:
    """What passes holds, of each of ``clauses``, every piece of one of its choices at least."""

    clauses: tuple[tuple[Pieces, ...], ...]

    def passes(self, text: str) -> bool:
        return all(
            any(all(piece in text for piece in pieces) for pieces in clause)
            for clause in self.clauses
        )


def sieves(words: str) -> tuple[Sieve, ...]:
    """The sieves for these words, the finest first; none for words that say nothing."""
    asked = search.parts(words)
    if not asked:
        return ()
    readings = dict.fromkeys((asked, search.toneless(asked)))
    return tuple(dict.fromkeys(make(said) for make in (_holding, _sounding) for said in readings))


def rank(words: str, entries: Sequence[Entry]) -> list[tuple[int, float]]:
    """The ids whose search text fits the words, the best first, as ``search.rank`` has it.

    Where the words stand in no name, slips are forgiven in the first ``MOST_GUESSED`` alone.
    """
    for sieve in sieves(words):
        found = [entry for entry in entries if sieve.passes(entry[1])]
        if found and (ranked := search.rank(words, found)):
            return ranked
    return search.rank(words, entries[:MOST_GUESSED])


def _holding(parts: Pieces) -> Sieve:
    """That every word stands in it, or all of them without a space."""
    choices = dict.fromkeys((("".join(parts),), search.telling(parts)))
    return Sieve((tuple(choices),))


def _sounding(parts: Pieces) -> Sieve:
    """That begin and end of every word stand in it, or what sounds like it."""
    clauses = []
    for part in search.telling(parts):
        bare = search.without_suffix(part) if CHINESE.match(part) else part
        ends = tuple(dict.fromkeys((bare[:2], bare[-2:])))
        clauses.append(tuple(dict.fromkeys((ends, (sound(bare) or bare,)))))
    return Sieve(tuple(clauses))
