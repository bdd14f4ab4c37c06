"""Who gets a seat: first come, first seated; nobody overtakes the queue."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Closed(StrEnum):
    """Why a sign-up is not taken."""

    CANCELLED = "cancelled"
    CLOSED = "closed"
    OVER = "over"
    NOT_FOR_THEM = "not_for_them"


@dataclass(frozen=True, slots=True)
class Seated:
    pass


@dataclass(frozen=True, slots=True)
class Waiting:
    """In the queue; ``position`` 1 is the next to be asked."""

    position: int


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    reason: Closed


Admission = Seated | Waiting | NotAdmitted


def admit(
    *,
    cancelled: bool,
    open_: bool,
    seats: int | None,
    held: int,
    waiting: int,
    closes_at: datetime,
    now: datetime,
) -> Admission:
    """Decide on a new sign-up. ``held`` counts seats taken and seats on offer to the queue."""
    if cancelled:
        return NotAdmitted(Closed.CANCELLED)
    if now >= closes_at:
        return NotAdmitted(Closed.OVER)
    if not open_:
        return NotAdmitted(Closed.CLOSED)
    if seats is None:
        return Seated()
    if waiting == 0 and held < seats:
        return Seated()
    return Waiting(waiting + 1)
