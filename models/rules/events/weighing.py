"""Read the weights by which a stretch of an announcement is picked."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

UNIT = 100
"""What the weights are multiplied with in the file, so that they are whole numbers."""


class Weights:
    """A file of weights: the hash of what they were learnt from, then a line a feature.

    Three numbers say what the feature means at the beginning of a stretch, at its end and in it;
    of a shape the first counts. The first two are kept as one number, so that those of a place are
    added up at once.
    """

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8") as lines:
            self.table = next(lines).rstrip("\n")
            self.around: dict[str, int] = {}
            self.inside: dict[str, int] = {}
            self.shape: dict[str, int] = {}
            for line in lines:
                written, begins, ends, inside = line.rstrip("\n").rsplit("\t", 3)
                feature = unescaped(written)
                if feature[0] == "i":
                    self.inside[feature[1:]] = int(inside)
                elif feature[0] in "sn":
                    self.shape[feature] = int(begins)
                else:
                    self.around[feature] = (int(begins) << _HALF) + int(ends)

    def at(self, features: Sequence[str]) -> tuple[int, int]:
        """What the features of a place say for a beginning there, and for an end."""
        get = self.around.get
        both = sum([get(each, 0) for each in features])
        ends = ((both + _MIDDLE) & _LOWER) - _MIDDLE
        return (both - ends) >> _HALF, ends

    def of_shape(self, features: Sequence[str]) -> int:
        get = self.shape.get
        return sum([get(each, 0) for each in features])


_HALF = 32
_MIDDLE, _LOWER = 1 << (_HALF - 1), (1 << _HALF) - 1


def escaped(feature: str) -> str:
    return feature.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def unescaped(written: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), written)


@cache
def weights(path: Path) -> Weights:
    return Weights(path)
