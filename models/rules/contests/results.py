"""Places out of what judges and public gave, by a ratio that was fixed before voting opened.

The public's part of an entry is its weighted votes as a percentage of those of the entry with the
most of its category, as the jury's part is a mark out of 100. Both in their ratio make the total.
Of equal totals the better score of the jury stands higher, then more points for the heaviest
criterion, then the higher median mark; who is still equal shares the place.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from models.rules.contests.scoring import FULL, Standing, ranks


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry's place in its category, its total, and both parts; None: it has none of a part."""

    entry: str
    place: int
    total: Fraction
    jury: Fraction | None
    public: Fraction | None


def public_parts(votes: Mapping[str, Fraction], groups: Mapping[str, int]) -> dict[str, Fraction]:
    """Return the public's part of every entry in ``groups``, from 0 to 100."""
    most = dict[int, Fraction]()
    for entry, group in groups.items():
        most[group] = max(most.get(group, Fraction(0)), votes.get(entry, Fraction(0)))
    return {
        entry: FULL * votes.get(entry, Fraction(0)) / most[group] if most[group] else Fraction(0)
        for entry, group in groups.items()
    }


def join(
    standings: Collection[Standing],
    votes: Mapping[str, Fraction],
    groups: Mapping[str, int],
    jury_percent: int,
) -> list[Placed]:
    """Return the entries in their places; ``groups`` has all of them with their categories.

    Where the jury counts, an entry that no judge marked has no place.
    """
    marked = {each.entry: each for each in standings}
    public = public_parts(votes, groups)
    totals = dict[str, Fraction]()
    keys = dict[str, tuple[Fraction, ...]]()
    for entry in groups:
        jury = marked.get(entry)
        if jury is None and jury_percent:
            continue
        given = jury.score if jury is not None else Fraction(0)
        total = (jury_percent * given + (FULL - jury_percent) * public[entry]) / FULL
        ties = (jury.score, jury.heaviest, jury.middle) if jury is not None else (Fraction(0),) * 3
        totals[entry], keys[entry] = total, (total, *ties)
    places = ranks(keys, groups)
    return [
        Placed(
            entry,
            places[entry],
            totals[entry],
            marked[entry].score if entry in marked else None,
            public[entry] if jury_percent < FULL else None,
        )
        for entry in sorted(keys, key=lambda each: (groups[each], places[each], each))
    ]
