"""Cancel several events at once: each is decided alone, and what became of it is told."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from models.events import running
from models.events.running import ChangeOutcome
from models.network.roles import NotAllowed
from models.store import Moment

Outcome = ChangeOutcome | None


def call_off(
    session: Session, seen: Mapping[int, int], reason: str, by: int, now: Moment
) -> Sequence[tuple[int, Outcome]]:
    """Cancel these events for one reason, in the order of their numbers.

    ``seen`` holds by the number of each the revision that was looked at. An outcome of None is an
    event that ``by`` may not run.
    """
    return [(number, _one(session, number, seen, reason, by, now)) for number in sorted(seen)]


def _one(
    session: Session, number: int, seen: Mapping[int, int], reason: str, by: int, now: Moment
) -> Outcome:
    try:
        return running.call_off(session, number, reason, by, now, seen=seen[number])
    except NotAllowed:
        # It asks before it changes anything, so the others go on.
        return None
