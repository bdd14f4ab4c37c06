"""What a place in a queue is worth, from what became of queues at past events of the kind.

It is an estimate from counts and never a promise: three words, and how many seats usually came
free. Below a floor of data nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction
from statistics import median_low

AT_LEAST = 3
"""Of how many past events something can be said."""

LIKELY, UNLIKELY = Fraction(2, 3), Fraction(1, 5)
"""At how many of the past events such a place got a seat."""


class Chance(Enum):
    LIKELY = auto()
    UNSURE = auto()
    UNLIKELY = auto()


@dataclass(frozen=True, slots=True)
class PastQueue:
    """A past event that was full: its ``seats``, and how many of them went on to the queue."""

    seats: int
    freed: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """``usually`` so many seats come free at an event of this size."""

    chance: Chance
    usually: int


def estimate(place: int, seats: int, freed: int, past: Sequence[PastQueue]) -> Estimate | None:
    """Return what a place in the queue is worth; None where too little is known.

    ``place`` is that of the last person of a party, ``freed`` how many seats of this event have
    gone on to the queue already. Past events count by the share of their seats.
    """
    shares = [Fraction(each.freed, each.seats) for each in past if each.seats > 0]
    if len(shares) < AT_LEAST:
        return None
    expected = [round(each * seats) for each in shares]
    got = Fraction(sum(place <= each - freed for each in expected), len(expected))
    chance = Chance.UNSURE
    if got >= LIKELY:
        chance = Chance.LIKELY
    elif got <= UNLIKELY:
        chance = Chance.UNLIKELY
    return Estimate(chance, median_low(expected))
