"""Guess what a text asks for, from phrases that people wrote: a linear classifier.

``weights.tsv`` is made by ``make understanding`` from the table in ``tests/understanding``: for
each piece of text (``pieces``) how much it speaks for and against each intent. A guess is never
certain.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from operator import add, itemgetter
from pathlib import Path
from struct import Struct

from models.rules.understanding.intents import Intent
from models.rules.understanding.pieces import pieces

WEIGHTS = Path(__file__).with_name("weights.tsv")
UNIT = 100
"""What the weights are multiplied with in the file, so that they are whole numbers."""
ZERO = 128
FULL = 256
"""So many weights of a byte fit into two bytes when they are added up."""


class _Weights:
    """The file: a line with the intents, one with their weights alone, one with the temperature,
    one with the table's hash, and then a line a piece, in order.

    A line holds two bytes for each intent that its piece speaks for or against, in hexadecimal:
    the intent's place, and the weight with ``ZERO`` added. Here a piece's weights stand side by
    side in one whole number, two bytes for each intent: added up at once they take a quarter of
    the time that they would take one by one.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        intents, alone, temperature, table = (next(lines).rstrip("\n") for _line in range(4))
        self.intents = tuple(Intent(each) for each in intents.split("\t"))
        self.alone = tuple(int(each) for each in alone.split("\t"))
        self.temperature = float(temperature)
        self.table = table
        self._written = Struct(f"<{len(self.intents)}H")
        silent = bytes([ZERO, 0]) * len(self.intents)
        self._beside: dict[str, int] = {}
        for line in lines:
            piece, _, spoken = line.partition("\t")
            beside, places = bytearray(silent), bytes.fromhex(spoken)
            for place, weight in zip(places[::2], places[1::2], strict=True):
                beside[2 * place] = weight
            self._beside[piece] = int.from_bytes(beside, "little")

    def speaking(self, pieces: Iterable[str]) -> tuple[Sequence[int], int]:
        """Return for each intent how much the pieces speak for it, and how many are known."""
        known = [self._beside[piece] for piece in pieces if piece in self._beside]
        totals = [-ZERO * len(known)] * len(self.intents)
        for start in range(0, len(known), FULL):
            added = sum(known[start : start + FULL]).to_bytes(self._written.size, "little")
            totals = list(map(add, totals, self._written.unpack(added)))
        return totals, len(known)


@cache
def weights() -> _Weights:
    with WEIGHTS.open(encoding="utf-8") as lines:
        return _Weights(lines)


@lru_cache(maxsize=1024)
def ranked(text: str) -> tuple[tuple[Intent, float], ...]:
    """Return every intent with its probability, the likeliest first."""
    known = weights()
    totals, speaking = known.speaking(pieces(text))
    length = math.sqrt(speaking) or 1.0
    scaled = known.temperature / UNIT
    raised = [
        math.exp(scaled * (total / length + alone))
        for total, alone in zip(totals, known.alone, strict=True)
    ]
    whole = sum(raised)
    shares = zip(known.intents, (each / whole for each in raised), strict=True)
    return tuple(sorted(shares, key=itemgetter(1), reverse=True))
