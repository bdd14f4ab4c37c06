"""What an entry still lacks before it can be handed in, and who may still change it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.rules.contests.states import EntryState, Phase


@dataclass(frozen=True, slots=True)
class Limits:
    """At most so many parts and letters of an entry, entries of a member, authors of an entry."""

    parts: int = 9
    letters: int = 2000
    entries: int = 1
    authors: int = 1


class Lack(StrEnum):
    """What an entry lacks, in the order in which it is asked for."""

    PARTS = "parts"
    TITLE = "title"
    CATEGORY = "category"
    HOST = "host"
    AGREEMENT = "agreement"
    DECLARATION = "declaration"


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in an entry. ``waits`` counts authors who have not said yes or no."""

    parts: int
    has_title: bool
    has_category: bool
    has_host: bool
    waits: int
    is_declared: bool


def lacks(inside: Inside) -> tuple[Lack, ...]:
    """What an entry lacks; empty: it is complete."""
    is_there = {
        Lack.PARTS: inside.parts > 0,
        Lack.TITLE: inside.has_title,
        Lack.CATEGORY: inside.has_category,
        Lack.HOST: inside.has_host,
        Lack.AGREEMENT: inside.waits == 0,
        Lack.DECLARATION: inside.is_declared,
    }
    return tuple(lack for lack in Lack if not is_there[lack])


def may_change(
    state: EntryState, phase: Phase, repair_until: datetime | None, now: datetime
) -> bool:
    """Whether its authors may change an entry: until the deadline, and what was sent back longer.

    ``repair_until`` is by when what was sent back is to be mended; None: until the deadline.
    """
    if state in (EntryState.WITHDRAWN, EntryState.HIDDEN):
        return False
    if phase is Phase.ENTERING:
        return True
    is_repaired = state is EntryState.RETURNED and phase is Phase.CLOSED
    return is_repaired and repair_until is not None and now < repair_until
