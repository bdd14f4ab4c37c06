"""What answers of a quiz are worth, and who comes first.

Everybody sees a question as late as the copy they read is old, and some read it in a chat. So the
first seconds count for nobody: who answers within ``GRACE`` was as fast as anybody can be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

GRACE = timedelta(seconds=4)
"""How old the copy of a question may be when it is read: two seconds, and two to look up."""

POINTS = 10
"""What a right answer is worth, however long it took."""

MOST_PLACES = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """How many questions a member answered rightly, and for how long they thought in all."""

    member_id: int
    right: int
    thought: timedelta


@dataclass(frozen=True, slots=True)
class Place:
    """``place`` is shared by those who have the same points and were as fast, in whole seconds."""

    place: int
    member_id: int
    points: int
    seconds: int


def thought(after: timedelta) -> timedelta:
    """Return how long somebody thought who answered so long after the question was opened."""
    return max(timedelta(), after - GRACE)


def places(answers: Iterable[Answered], most: int = MOST_PLACES) -> Sequence[Place]:
    """Return the first of a quiz: by points, then by whole seconds; the same are on one place.

    Of those who share the last place none is left out, unless they are more than twice ``most``.
    """
    ranked = sorted(
        ((-each.right, int(each.thought.total_seconds()), each.member_id) for each in answers),
    )
    found: list[Place] = []
    for number, (wrong_way, seconds, member_id) in enumerate(ranked, start=1):
        points = -wrong_way * POINTS
        if not points:
            break
        last = found[-1] if found else None
        is_same = last is not None and (last.points, last.seconds) == (points, seconds)
        place = last.place if last is not None and is_same else number
        if place > most or len(found) == 2 * most:
            break
        found.append(Place(place, member_id, points, seconds))
    return found
