"""Numbers of people as they are shown to organizers who may not find a single member by them."""

from dataclasses import dataclass

STEP = 5


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people; where it is not exact, the multiple of STEP at or below it."""

    number: int
    is_exact: bool = True

    @property
    def at_most(self) -> int:
        """How many people it may be."""
        return self.number if self.is_exact else self.number + STEP - 1


NOBODY = Count(0)


def floored(number: int) -> Count:
    """Return a number of people rounded down to a multiple of STEP.

    Two numbers that differ by fewer than STEP people look the same, or as if by STEP: adding a
    condition to an audience and comparing does not tell how many meet it, let alone who.
    """
    return Count(number - number % STEP, is_exact=False)
