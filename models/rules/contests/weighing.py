"""What votes weigh, so that no company decides by its size.

Where a ceiling of n votes is set, the votes of one group weigh n together at most: of a group with
v votes each weighs ``min(1, n / v)``. A group is a company, or a town for people of no company, so
that leaving one's company out gains nothing.

The ceiling is a number of votes, and neither a share of all of them nor the square root that is
used between states (Penrose, "The Elementary Statistics of Majority Voting", 1946). It is promised
beforehand in one sentence; fractions keep it exact; and it is monotone: what a group weighs does
not depend on how others vote, so a vote for an entry never lowers it, nor helps another one more,
which a share of all votes would do.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction

LEAST_CEILING = 5
"""Below it a group's weight would tell how single people voted."""

LEAST_VOTES = 5
"""From how many votes on an entry counts in a contest of one company, whose people all voters are.

Fewer would tell its organizers how single people voted.
"""


@dataclass(frozen=True, slots=True)
class Ballots:
    """Votes alike: of people of one group, for one entry."""

    entry: int
    group: Hashable
    votes: int = 1


def weight(votes: int, ceiling: int | None) -> Fraction:
    """Return what one vote weighs in a group with so many; without a ceiling, 1."""
    if ceiling is None or votes <= ceiling:
        return Fraction(1)
    return Fraction(ceiling, votes)


def totals(ballots: Iterable[Ballots], ceiling: int | None) -> dict[int, Fraction]:
    """Return what the votes for each entry weigh together, of those that have any."""
    listed = list(ballots)
    votes = Counter[Hashable]()
    for each in listed:
        votes[each.group] += each.votes
    found = defaultdict[int, Fraction](Fraction)
    for each in listed:
        found[each.entry] += each.votes * weight(votes[each.group], ceiling)
    return dict(found)
