"""Who gets a seat: first come, first seated; nobody overtakes the queue."""

from dataclasses import dataclass

from models.rules.events.windows import Why


@dataclass(frozen=True, slots=True)
class Seated:
    pass


@dataclass(frozen=True, slots=True)
class Waiting:
    """In the queue; ``position`` 1 is the next to be asked."""

    position: int


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    reason: Why


Admission = Seated | Waiting | NotAdmitted


def admit(*, seats: int | None, held: int, waiting: int) -> Seated | Waiting:
    """Decide on a new sign-up. ``held`` counts seats taken and seats on offer to the queue."""
    if seats is None:
        return Seated()
    if waiting == 0 and held < seats:
        return Seated()
    return Waiting(waiting + 1)
