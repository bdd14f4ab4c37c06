"""The record of a judging, by random codes alone, and its check from nothing else.

``docs/judging.md`` shows a stranger how to do the same.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.rules.contests import scoring
from models.rules.contests.assigning import Pair
from models.rules.contests.scoring import Criterion, Method, Scored

FORMAT = "yizhan-judging-1"


class Fault(StrEnum):
    """Why a record does not hold."""

    NOT_A_RECORD = "this is not the record of a judging"
    MALFORMED = "it does not hold: a part of the record is missing or is not what it should be"
    HASH = "it does not hold: something was changed after its hash was published"
    CONFLICT = "it does not hold: somebody judged an entry with a conflict"
    TWICE = "it does not hold: somebody judged an entry twice"
    PLACES = "it does not hold: scores and places do not follow from the points"


@dataclass(frozen=True, slots=True)
class Judging:
    """All that scores and places follow from, and what assigning them followed from.

    ``entries`` are codes with the number of their category. ``conflicts`` are those that were known
    when entries were assigned, by ``seed``, which lists the codes as they were then.
    """

    criteria: tuple[Criterion, ...]
    method: Method
    is_normalised: bool
    per_entry: int
    seed: str
    entries: Mapping[str, int]
    judges: tuple[str, ...]
    conflicts: frozenset[Pair]
    scored: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """The record holds: what was recomputed."""

    entries: int
    judges: int
    marks: int
    unscored: int


def record_of(judging: Judging, contest: int, stage: int | None = None) -> dict[str, Any]:
    """Return the published record; ``stage`` is the round of a stage that it is about."""
    record: dict[str, Any] = {
        "format": FORMAT,
        "contest": contest,
        "round": stage,
        "criteria": [[each.weight, each.most] for each in judging.criteria],
        "method": str(judging.method),
        "is_normalised": judging.is_normalised,
        "per_entry": judging.per_entry,
        "seed": judging.seed,
        "entries": [list(each) for each in sorted(judging.entries.items())],
        "judges": sorted(judging.judges),
        "conflicts": [list(each) for each in sorted(judging.conflicts)],
        "scores": sorted([each.entry, each.judge, list(each.points)] for each in judging.scored),
        "result": _result(judging),
    }
    return {**record, "hash": hash_of(record)}


def hash_of(record: Mapping[str, Any]) -> str:
    """Return the hash of a record: of all but ``hash``, as JSON in ASCII, sorted, no spaces."""
    kept = {name: value for name, value in record.items() if name != "hash"}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(record: object) -> Proven | Fault:
    """Recompute a judging from its published record alone."""
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        return Fault.NOT_A_RECORD
    try:
        judging = judging_from(record)
        result = _result(judging)
    except (KeyError, TypeError, ValueError):
        return Fault.MALFORMED
    pairs = [(each.entry, each.judge) for each in judging.scored]
    if record.get("hash") != hash_of(record):
        return Fault.HASH
    if len(set(pairs)) < len(pairs):
        return Fault.TWICE
    if not judging.conflicts.isdisjoint(pairs):
        return Fault.CONFLICT
    if record.get("result") != result:
        return Fault.PLACES
    marked = {each.entry for each in judging.scored}
    unscored = len(judging.entries) - len(marked)
    return Proven(len(judging.entries), len(judging.judges), len(pairs), unscored)


def judging_from(record: Mapping[str, Any]) -> Judging:
    """Read a record. Raises KeyError, TypeError or ValueError where a part is not as it should."""
    entries = {_text(code): _number(group) for code, group in record["entries"]}
    judges = tuple(map(_text, record["judges"]))
    criteria = tuple(Criterion(_number(w), _number(most)) for w, most in record["criteria"])
    if not criteria or not all(each.weight and each.most for each in criteria):
        raise ValueError("criteria without weight or points")
    if type(record["is_normalised"]) is not bool:
        raise TypeError("not a truth value")
    return Judging(
        criteria,
        Method(record["method"]),
        record["is_normalised"],
        _number(record["per_entry"]),
        _text(record["seed"]),
        entries,
        judges,
        frozenset((_text(entry), _text(judge)) for entry, judge in record["conflicts"]),
        tuple(
            _scored(entry, judge, points, criteria, entries, judges)
            for entry, judge, points in record["scores"]
        ),
    )


def in_words(proven: Proven) -> Iterator[str]:
    """What a record that holds proves, in sentences, and what it does not."""
    yield (
        f"The judging holds: {proven.marks} marks of {proven.judges} judges for {proven.entries} "
        "entries give these scores and places, and nobody judged with a declared conflict."
    )
    if proven.unscored:
        yield f"{proven.unscored} entries have no mark and therefore no place."
    yield "Compare its hash with the one that was told with the result."


def _result(judging: Judging) -> list[list[object]]:
    """The published result: place, code and score, as they are ordered."""
    rows = scoring.standings(
        judging.criteria,
        judging.method,
        judging.scored,
        is_normalised=judging.is_normalised,
        groups=judging.entries,
    )
    listed = sorted(rows, key=lambda each: (judging.entries[each.entry], each.place, each.entry))
    return [[each.place, each.entry, scoring.shown(each.score)] for each in listed]


def _scored(
    entry: object,
    judge: object,
    points: Sequence[object],
    criteria: Sequence[Criterion],
    entries: Collection[str],
    judges: Collection[str],
) -> Scored:
    given = tuple(map(_number, points))
    if entry not in entries or judge not in judges or len(given) != len(criteria):
        raise ValueError("a mark of nobody, or for nothing")
    if any(got > each.most for got, each in zip(given, criteria, strict=True)):
        raise ValueError("more points than there are")
    return Scored(_text(entry), _text(judge), given)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("not a number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
