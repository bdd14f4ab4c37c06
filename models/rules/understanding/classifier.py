"""Guess what a text asks for, from phrases that people wrote: a linear classifier.

``weights.tsv`` is made by ``make understanding`` from the table in ``tests/understanding``: for
each piece of text (``pieces``) how much it speaks for and against each intent. A guess is never
certain.
"""

import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from models.rules.understanding.intents import Intent
from models.rules.understanding.pieces import pieces

WEIGHTS = Path(__file__).with_name("weights.tsv")
PIECE = re.compile(rb"^([^\t\n]+)\t", re.MULTILINE)
UNIT = 100
"""What the weights are multiplied with in the file, so that they are whole numbers."""


class _Weights:
    """The file: a line with the intents, one with their weights alone, one with the temperature,
    one with the table's hash, and then a line a piece, in order.

    The lines stay as they are written: as numbers they would take ten times the memory.
    """

    def __init__(self, written: bytes) -> None:
        intents, alone, temperature, table, self._lines = written.split(b"\n", 4)
        self.intents = tuple(Intent(each) for each in intents.decode().split("\t"))
        self.alone = tuple(int(each) for each in alone.split(b"\t"))
        self.temperature = float(temperature)
        self.table = table.decode()
        self._starts = {line[1].decode(): line.end() for line in PIECE.finditer(self._lines)}

    def of(self, piece: str) -> Iterator[tuple[int, int]]:
        """Return for which intents a piece speaks, by their places, and how much."""
        start = self._starts.get(piece)
        if start is None:
            return
        for score in self._lines[start : self._lines.index(b"\n", start)].split(b" "):
            intent, _, weight = score.partition(b":")
            yield int(intent), int(weight)


@cache
def weights() -> _Weights:
    return _Weights(WEIGHTS.read_bytes())


@lru_cache(maxsize=1024)
def ranked(text: str) -> tuple[tuple[Intent, float], ...]:
    """Return every intent with its probability, the likeliest first."""
    known = weights()
    totals, speaking = [0] * len(known.intents), 0
    for piece in pieces(text):
        before = speaking
        for place, weight in known.of(piece):
            totals[place] += weight
            speaking = before + 1
    length = math.sqrt(speaking) or 1.0
    scaled = known.temperature / UNIT
    raised = [
        math.exp(scaled * (total / length + alone))
        for total, alone in zip(totals, known.alone, strict=True)
    ]
    whole = sum(raised)
    shares = zip(known.intents, (each / whole for each in raised), strict=True)
    return tuple(sorted(shares, key=lambda each: -each[1]))
