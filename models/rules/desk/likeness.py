"""Find the question that somebody asks in other words, among those that have an answer.

A text is cut into pieces: the things that it names, whatever they are called (``same_words``),
pairs of characters as they are written, the same as they sound, and words in Latin letters. A piece
speaks the more, the fewer answers it occurs in.
"""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.rules.desk.same_words import COMMON, FILLERS, RUN, as_one
from models.rules.search.sounds import CHINESE, sound

LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_SOURCE = 120, 500, 200
"""Characters that are kept of a question and its answer."""

MOST_VARIANTS = 30
"""Further ways of asking a question."""

LONGEST = 160
"""Characters that are read; what people ask stands in fewer."""

STEM, SHORTEST_WORD = 5, 3
COUNTS = {"=": 2.0, "~": 0.4}
"""How much a thing and a sound count, beside what is written."""

UNKNOWN = 0.6
"""How much a written piece that no answer has counts, beside one that a single answer has."""

SHORTLIST = 6
"""How many answers are compared question by question."""

CERTAIN_AT, CLEARLY = 0.6, 0.15
"""How like the best must be to be certain, and how much more so than the second."""

LIKELY_AT = 0.35
OFFERED = 3
NEAR = 4
"""Of how many that are a little alike a reader may choose one."""


@dataclass(frozen=True, slots=True)
class Match:
    """An answer by its number, and how like the text its question is, from 0 to 1."""

    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a text may ask: one answer that is certain, or up to three that are likely.

    Where there are none, ``near`` are those whose questions are a little like it.
    """

    certain: int | None = None
    likely: tuple[int, ...] = ()
    near: tuple[int, ...] = ()

    @property
    def best(self) -> int | None:
        return self.certain if self.certain is not None else next(iter(self.likely), None)


NOTHING = Found()


def pieces(text: str) -> frozenset[str]:
    """Return the pieces of a text: things behind ``=``, sounds behind ``~``, others as written."""
    return _pieces(text[:LONGEST])


@lru_cache(maxsize=4096)
def _pieces(text: str) -> frozenset[str]:
    plain, things = as_one(unicodedata.normalize("NFKC", text).casefold())
    found = {f"={each}" for each in things}
    for run in RUN.findall(FILLERS.sub(" ", plain)):
        if CHINESE.match(run):
            sounds = [sound(each) or each for each in run]
            for place in range(len(run) - 1):
                found.add(run[place : place + 2])
                found.add(f"~{sounds[place]}{sounds[place + 1]}")
        elif len(run) >= SHORTEST_WORD and run not in COMMON:
            found.add(run[:STEM])
    return frozenset(found)


class Index:
    """Questions by the number of their answer, made ready to be found."""

    def __init__(self, asked: Mapping[int, Iterable[str]]) -> None:
        ways = {number: [*filter(None, map(pieces, each))] for number, each in asked.items()}
        having: dict[str, list[int]] = defaultdict(list)
        for number, each in ways.items():
            for piece in frozenset[str]().union(*each):
                having[piece].append(number)
        rarest = math.log(1 + len(ways)) + 0.1
        self._unknown = rarest * UNKNOWN
        self._having = {
            piece: ((rarest - math.log(len(numbers))) * COUNTS.get(piece[0], 1.0), numbers)
            for piece, numbers in having.items()
        }
        self._ways = {number: [*map(self._weighed, each)] for number, each in ways.items()}

    def _weighed(self, way: frozenset[str]) -> tuple[frozenset[str], float]:
        return way, sum(self._having[piece][0] for piece in way)

    def ranked(self, text: str, among: Collection[int] | None = None) -> list[Match]:
        """Return the answers whose questions are like the text, the most alike first.

        Only those whose numbers are ``among`` these; None means all.
        """
        said, whole = pieces(text), 0.0
        totals: Counter[int] = Counter()
        for piece in said:
            weight, numbers = self._having.get(piece, (0.0, ()))
            if not numbers:
                whole += 0.0 if piece[0] in COUNTS else self._unknown
                continue
            whole += weight
            for number in numbers:
                totals[number] += weight  # type: ignore[assignment]
        if among is not None:
            totals = Counter({each: total for each, total in totals.items() if each in among})
        found = [
            Match(number, (total / whole + self._likest(number, said, whole)) / 2)
            for number, total in totals.most_common(SHORTLIST)
        ]
        return sorted(found, key=lambda each: -each.score)

    def _likest(self, number: int, said: frozenset[str], whole: float) -> float:
        """How like the likest of an answer's questions is, from 0 to 1."""
        likest = 0.0
        for way, length in self._ways[number]:
            shared = sum(self._having[piece][0] for piece in said & way)
            if shared:
                likest = max(likest, shared / math.sqrt(whole * length))
        return likest

    def find(self, text: str, among: Collection[int] | None = None) -> Found:
        return judged(self.ranked(text, among))


def judged(ranked: Sequence[Match]) -> Found:
    """What is certain or likely among answers, the most alike first."""
    if not ranked:
        return NOTHING
    if ranked[0].score < LIKELY_AT:
        return Found(near=tuple(each.number for each in ranked[:NEAR]))
    first = ranked[0]
    second = ranked[1].score if len(ranked) > 1 else 0.0
    if first.score >= CERTAIN_AT and first.score - second >= CLEARLY:
        return Found(certain=first.number)
    likely = [each.number for each in ranked if each.score >= max(LIKELY_AT, first.score / 2)]
    return Found(likely=tuple(likely[:OFFERED]))
