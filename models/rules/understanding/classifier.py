"""Guess what a text asks for, from phrases that people wrote: a linear classifier.

``weights.tsv`` is made by ``make understanding`` from the table in ``tests/understanding``: for
each piece of text (``pieces``) how much it speaks for and against each intent. A guess is never
certain.
"""

import math
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from models.rules.understanding.intents import Intent
from models.rules.understanding.pieces import pieces

WEIGHTS = Path(__file__).with_name("weights.tsv")
UNIT = 100
"""What the weights are multiplied with in the file, so that they are whole numbers."""
ZERO = 128


class _Weights:
    """The file: a line with the intents, one with their weights alone, one with the temperature,
    one with the table's hash, and then a line a piece, in order.

    A line holds two bytes for each intent that its piece speaks for or against, in hexadecimal:
    the intent's place, and the weight with ``ZERO`` added. They stay bytes, and the file is read
    line by line: as numbers, or read at once, it would take several times the memory.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        intents, alone, temperature, table = (next(lines).rstrip("\n") for _line in range(4))
        self.intents = tuple(Intent(each) for each in intents.split("\t"))
        self.alone = tuple(int(each) for each in alone.split("\t"))
        self.temperature = float(temperature)
        self.table = table
        self._spoken: dict[str, bytes] = {}
        for line in lines:
            piece, _, spoken = line.partition("\t")
            self._spoken[piece] = bytes.fromhex(spoken)

    def of(self, piece: str) -> bytes:
        """Return places of intents and weights in turn; nothing for a piece that is not known."""
        return self._spoken.get(piece, b"")


@cache
def weights() -> _Weights:
    with WEIGHTS.open(encoding="utf-8") as lines:
        return _Weights(lines)


@lru_cache(maxsize=1024)
def ranked(text: str) -> tuple[tuple[Intent, float], ...]:
    """Return every intent with its probability, the likeliest first."""
    known = weights()
    totals, speaking = [0] * len(known.intents), 0
    for piece in pieces(text):
        spoken = known.of(piece)
        speaking += bool(spoken)
        for place, weight in zip(spoken[::2], spoken[1::2], strict=True):
            totals[place] += weight - ZERO
    length = math.sqrt(speaking) or 1.0
    scaled = known.temperature / UNIT
    raised = [
        math.exp(scaled * (total / length + alone))
        for total, alone in zip(totals, known.alone, strict=True)
    ]
    whole = sum(raised)
    shares = zip(known.intents, (each / whole for each in raised), strict=True)
    return tuple(sorted(shares, key=lambda each: -each[1]))
