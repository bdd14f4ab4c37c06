"""What an entry is worth by its judges' points, in exact fractions, and who stands where.

A judge's **mark** of an entry is the weighted share of the points that were to be had, from 0 to
100. Where marks are normalised each is replaced by its T-score among the marks of the same judge:
50 + 10 (mark - mean) / deviation (McCall, "How to Measure in Education", 1922), with the deviation
of all the judge's marks; so a strict judge and a mild one count alike. A judge whose marks do not
differ gives 50. The entry's **score** is the mean of its marks, the mean without the highest and
the lowest where there are at least three, or the median.

Nothing is a float: the deviation alone is no fraction, and is cut after twelve decimals. So every
machine and every language comes to the same result.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isqrt

FULL = 100
"""The mark of an entry that has all points of all criteria."""

FEWEST_TRIMMED = 3
"""Of how many marks on the highest and the lowest are left out by TRIMMED."""

DECIMALS = 10**12
"""Where a deviation is cut."""

SHOWN = 4
"""How many decimals of a score are published."""


class Method(StrEnum):
    """How an entry's score follows from the marks of its judges."""

    MEAN = "mean"
    TRIMMED = "trimmed"
    MEDIAN = "median"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is judged: with which weight, and how many points there are at most."""

    weight: int
    most: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One judge's points for one entry, in the order of the criteria."""

    entry: str
    judge: str
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry's score, what breaks ties, and its place; equal entries share one, as in 1, 2, 2, 4.

    ``heaviest`` is the mean of the points for the heaviest criterion, ``middle`` the median mark.
    """

    entry: str
    place: int
    score: Fraction
    heaviest: Fraction
    middle: Fraction


def mark(criteria: Sequence[Criterion], points: Sequence[int]) -> Fraction:
    """Return a mark from 0 to 100."""
    shares = [
        Fraction(each.weight * got, each.most) for each, got in zip(criteria, points, strict=True)
    ]
    return FULL * sum(shares, Fraction(0)) / sum(each.weight for each in criteria)


def deviation(values: Sequence[Fraction]) -> Fraction:
    """Return the standard deviation of all these values, cut after twelve decimals."""
    middle = mean(values)
    variance = mean([(each - middle) ** 2 for each in values])
    return Fraction(isqrt(variance.numerator * DECIMALS**2 // variance.denominator), DECIMALS)


def t_scores(marks: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return the T-scores of one judge's marks, by entry."""
    values = list(marks.values())
    middle, spread = mean(values), deviation(values)
    return {
        entry: 50 + 10 * (each - middle) / spread if spread else Fraction(50)
        for entry, each in marks.items()
    }


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def median(values: Iterable[Fraction]) -> Fraction:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def score(method: Method, marks: Sequence[Fraction]) -> Fraction:
    """Return the score of an entry with at least one mark."""
    match method:
        case Method.MEDIAN:
            return median(marks)
        case Method.TRIMMED if len(marks) >= FEWEST_TRIMMED:
            return mean(sorted(marks)[1:-1])
        case Method.TRIMMED | Method.MEAN:
            return mean(marks)


def heaviest(criteria: Sequence[Criterion]) -> int:
    """Return the place of the criterion with the most weight; of several, the first."""
    return max(range(len(criteria)), key=lambda place: (criteria[place].weight, -place))


def standings(
    criteria: Sequence[Criterion],
    method: Method,
    scored: Iterable[Scored],
    *,
    is_normalised: bool,
    groups: Mapping[str, int] | None = None,
) -> list[Standing]:
    """Return the entries that were scored, the best first, with places within their group.

    Of equal scores the one with more points for the heaviest criterion stands higher, then the one
    with the higher median mark; who is still equal shares the place.
    """
    by_judge = defaultdict[str, dict[str, Fraction]](dict)
    leading, first = defaultdict[str, list[Fraction]](list), heaviest(criteria)
    for each in scored:
        by_judge[each.judge][each.entry] = mark(criteria, each.points)
        leading[each.entry].append(Fraction(each.points[first]))
    marks = defaultdict[str, list[Fraction]](list)
    for given in by_judge.values():
        for entry, value in (t_scores(given) if is_normalised else given).items():
            marks[entry].append(value)
    rows = [
        (score(method, own), mean(leading[entry]), median(own), entry)
        for entry, own in marks.items()
    ]
    places = ranks({row[-1]: row[:3] for row in rows}, groups or {})
    rows.sort(key=lambda row: (*(-each for each in row[:3]), row[3]))
    return [Standing(entry, places[entry], *keys) for *keys, entry in rows]


def ranks(keys: Mapping[str, tuple[Fraction, ...]], groups: Mapping[str, int]) -> dict[str, int]:
    """Return the places of entries by their keys, the highest first, within each group."""
    found, last = dict[str, int](), dict[int, tuple[int, int, tuple[Fraction, ...]]]()
    for entry in sorted(keys, key=lambda each: keys[each], reverse=True):
        group = groups.get(entry, 0)
        count, place, before = last.get(group, (0, 0, ()))
        found[entry] = place if before == keys[entry] else count + 1
        last[group] = (count + 1, found[entry], keys[entry])
    return found


def shown(value: Fraction, decimals: int = SHOWN) -> str:
    """Return a score in decimals, halves rounded up: ``87.3333``."""
    scaled = (2 * value * 10**decimals + 1) // 2
    whole, rest = divmod(abs(scaled), 10**decimals)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{decimals}}"
