"""How certain it is that words were read rightly; what is only guessed is asked, never done."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Certainty(IntEnum):
    """``SAID`` in so many words, ``LIKELY`` enough to be shown, or ``GUESSED``."""

    GUESSED = 0
    LIKELY = 1
    SAID = 2


@dataclass(frozen=True, slots=True)
class Slot(Generic[T]):
    """What was read, how certain it is, and what else it may be, the likeliest first."""

    value: T
    certainty: Certainty
    others: tuple[T, ...] = ()

    def if_said(self, otherwise: T) -> T:
        """The value where it was said in so many words, so that an act may rest on it."""
        return self.value if self.certainty is Certainty.SAID else otherwise

    @property
    def is_guessed(self) -> bool:
        return self.certainty is Certainty.GUESSED
