"""Signs that votes were bought, pressed for or made by a machine: shown to people, who decide.

A sign says no more than it says. An announcement brings many votes in one minute, and a dormitory
shares one way to the web; so nothing is left out for a sign alone.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NEW, FEWEST_NEW = timedelta(days=1), 3
"""An account is new that the station had known for less time when it voted; from how many on."""

MINUTE = timedelta(minutes=1)
FEWEST_AT_ONCE = 20
"""How many votes for one entry within a minute are a sign."""

FEWEST_OF_SOURCE = 3
"""How many votes for one entry out of one way to the web are a sign."""

FEWEST_OF_UNIT, MOST_OF_UNIT = 5, 0.8
"""From how many voters on, and with which part of them in one minute, a unit voted as one."""


class Sign(StrEnum):
    """What was noticed."""

    NEW = "new"
    AT_ONCE = "at_once"
    SOURCE = "source"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote as signs are read from it.

    ``known_since`` is when the station met who voted. ``source`` is a keyed hash of where on the
    web it came from, empty elsewhere. ``units`` are the company and the teams of who voted.
    """

    id: int
    entry: int
    at: datetime
    known_since: datetime
    source: str = ""
    units: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Noticed:
    """A sign: for which entry, in which votes, from when to when; and the unit of UNIT."""

    sign: Sign
    entry: int
    votes: tuple[int, ...]
    since: datetime
    until: datetime
    unit: Hashable = None


def notice(casts: Iterable[Cast]) -> list[Noticed]:
    """Return all signs, by entry and time."""
    listed = sorted(casts, key=lambda each: (each.entry, each.at, each.id))
    found = [
        *_new(listed),
        *_at_once(listed),
        *_of_one_source(listed),
        *_units(listed),
    ]
    return sorted(found, key=lambda each: (each.entry, each.since, each.sign, str(each.unit)))


def of_units(casts: Iterable[Cast]) -> list[Noticed]:
    """Return the sign UNIT alone, where these are all votes of the units that they name."""
    return [*_units(sorted(casts, key=lambda each: (each.entry, each.at, each.id)))]


def fewest_of_unit(voters: int) -> float:
    """Return how many of a unit's voters have to vote as one for a sign."""
    return max(FEWEST_OF_UNIT, MOST_OF_UNIT * voters)


def _new(listed: Sequence[Cast]) -> Iterator[Noticed]:
    fresh = (each for each in listed if each.at - each.known_since < NEW)
    for votes in _by(fresh, lambda each: each.entry):
        if len(votes) >= FEWEST_NEW:
            yield _noticed(Sign.NEW, votes)


def _at_once(listed: Sequence[Cast]) -> Iterator[Noticed]:
    for votes in _by(listed, lambda each: each.entry):
        for within in _rushes(votes, FEWEST_AT_ONCE):
            yield _noticed(Sign.AT_ONCE, within)


def _of_one_source(listed: Sequence[Cast]) -> Iterator[Noticed]:
    web = (each for each in listed if each.source)
    for votes in _by(web, lambda each: (each.entry, each.source)):
        if len(votes) >= FEWEST_OF_SOURCE:
            yield _noticed(Sign.SOURCE, votes)


def _units(listed: Sequence[Cast]) -> Iterator[Noticed]:
    """Yield units most of whose voters voted for the same entry within a minute."""
    of_unit = defaultdict[Hashable, list[Cast]](list)
    for each in listed:
        for unit in each.units:
            of_unit[unit].append(each)
    for unit, votes in of_unit.items():
        least = fewest_of_unit(len(votes))
        for alike in _by(votes, lambda each: each.entry):
            busiest = max(_windows(alike), key=len)
            if len(busiest) >= least:
                yield _noticed(Sign.UNIT, busiest, unit)


def _by(votes: Iterable[Cast], key: Callable[[Cast], Hashable]) -> Iterator[list[Cast]]:
    groups = defaultdict[Hashable, list[Cast]](list)
    for each in votes:
        groups[key(each)].append(each)
    yield from groups.values()


def _windows(votes: Sequence[Cast]) -> Iterator[Sequence[Cast]]:
    """Yield, of votes by time, those within a minute that end with each of them."""
    start = 0
    for end, each in enumerate(votes):
        while each.at - votes[start].at > MINUTE:
            start += 1
        yield votes[start : end + 1]


def _rushes(votes: Sequence[Cast], fewest: int) -> Iterator[Sequence[Cast]]:
    """Yield each stretch of votes in which any minute around them has so many."""
    start, end = 0, -1
    spans = list[tuple[int, int]]()
    for at, within in enumerate(_windows(votes)):
        if len(within) < fewest:
            continue
        start = at - len(within) + 1
        if spans and start <= end:
            spans[-1] = (spans[-1][0], at)
        else:
            spans.append((start, at))
        end = at
    for first, last in spans:
        yield votes[first : last + 1]


def _noticed(sign: Sign, votes: Sequence[Cast], unit: Hashable = None) -> Noticed:
    numbers = tuple(each.id for each in votes)
    return Noticed(sign, votes[0].entry, numbers, votes[0].at, votes[-1].at, unit)
