"""Who meets whom in a round robin or a knock-out, and the table that follows from the scores.

Sides are numbers from 0 on, in the drawn order; what is published of a tournament is enough to
make its rounds and its table again.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST_SIDES, MOST_SIDES = 2, 64
MOST_SCORE = 999

WALK_OVER = 3
"""What a side that comes scores against one that does not; the other one scores nothing."""


class Mode(StrEnum):
    """How a tournament is played: each against each, or whoever loses is out."""

    ROUND_ROBIN = "round_robin"
    KNOCKOUT = "knockout"


class Stage(StrEnum):
    """A part of a tournament: the table, or the knock-out, which may follow on a table."""

    TABLE = "table"
    CUP = "cup"


class MatchState(StrEnum):
    """``REPORTED`` by one side and not yet by the other; ``DISPUTED`` waits for the organizers."""

    PLANNED = "planned"
    REPORTED = "reported"
    DISPUTED = "disputed"
    SETTLED = "settled"


OPEN = frozenset({MatchState.PLANNED, MatchState.REPORTED, MatchState.DISPUTED})

Pair = tuple[int, int]


def rounds_of(sides: int) -> list[list[Pair]]:
    """Return the rounds of a round robin by the circle method, each pair once as (home, away).

    With an odd number one side rests in each round. Nobody is at home much more often than away.
    """
    circle: list[int | None] = [*range(sides)]
    if sides % 2:
        circle.append(None)
    half, rounds = len(circle) // 2, list[list[Pair]]()
    for number in range(max(len(circle) - 1, 0)):
        pairs = list[Pair]()
        for place in range(half):
            one, other = circle[place], circle[-1 - place]
            if one is None or other is None:
                continue
            # The first of the circle never moves, so that it would always be at home.
            is_turned = number % 2 if place == 0 else place % 2
            pairs.append((other, one) if is_turned else (one, other))
        rounds.append(pairs)
        circle = [circle[0], circle[-1], *circle[1:-1]]
    return rounds


def slots_of(sides: int) -> list[int | None]:
    """Return who stands where in the first round of a knock-out; None where nobody does.

    Two neighbours meet: places 0 and 1, 2 and 3. The first sides are the seeds: the first two can
    meet in the final only, the first four not before the semi-final, and who has nobody to meet
    is one of the first.
    """
    order = [0]
    while len(order) < sides:
        order = [each for seed in order for each in (seed, 2 * len(order) - 1 - seed)]
    return [seed if seed < sides else None for seed in order]


def cup_rounds(sides: int) -> int:
    """How many rounds a knock-out of so many sides has."""
    return max(sides - 1, 0).bit_length()


@dataclass(frozen=True, slots=True)
class Points:
    """What a match brings: published before the first one."""

    win: int = 3
    draw: int = 1
    loss: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """The score of a match between two sides."""

    home: int
    away: int
    home_score: int
    away_score: int

    def scores(self, side: int) -> Pair:
        """What this side scored, and what the other one did."""
        score = (self.home_score, self.away_score)
        return score if side == self.home else (score[1], score[0])


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a side in the table."""

    side: int
    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    scored: int = 0
    against: int = 0
    points: int = 0

    @property
    def difference(self) -> int:
        return self.scored - self.against


def table_of(order: Sequence[int], played: Iterable[Played], points: Points) -> list[Row]:
    """Return the table: by points, difference, the matches between equals, then the drawn order."""
    matches = list(played)
    rows = {side: _row(side, matches, points) for side in order}
    drawn = {side: place for place, side in enumerate(order)}
    direct = _direct(rows, matches, points)
    return sorted(
        rows.values(),
        key=lambda row: (-row.points, -row.difference, -direct[row.side], drawn[row.side]),
    )


def _direct(
    rows: Mapping[int, Row], matches: Sequence[Played], points: Points
) -> Mapping[int, int]:
    """Return the points of each side in the matches against those that stand equal with it."""
    equals = dict[Pair, set[int]]()
    for row in rows.values():
        equals.setdefault((row.points, row.difference), set()).add(row.side)
    found = dict[int, int]()
    for group in equals.values():
        between = [each for each in matches if each.home in group and each.away in group]
        found |= {side: _row(side, between, points).points for side in group}
    return found


def _row(side: int, matches: Iterable[Played], points: Points) -> Row:
    own = [each.scores(side) for each in matches if side in (each.home, each.away)]
    won = sum(mine > theirs for mine, theirs in own)
    drawn = sum(mine == theirs for mine, theirs in own)
    lost = len(own) - won - drawn
    return Row(
        side,
        len(own),
        won,
        drawn,
        lost,
        sum(mine for mine, _theirs in own),
        sum(theirs for _mine, theirs in own),
        won * points.win + drawn * points.draw + lost * points.loss,
    )


def is_score(home: int, away: int, stage: Stage) -> bool:
    """Whether a match can have ended so: a knock-out has a winner."""
    in_range = 0 <= home <= MOST_SCORE and 0 <= away <= MOST_SCORE
    return in_range and (stage is Stage.TABLE or home != away)


def read_score(words: str) -> Pair | None:
    """Return the two numbers of a score as people write it: 3:1, 3比1, 3-1; None for others."""
    numbers = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", words))
    if len(numbers) != 2 or any(len(each) > 3 for each in numbers):
        return None
    return int(numbers[0]), int(numbers[1])
