"""The record of a judging, by random codes alone, and its check from nothing else.

``docs/judging.md`` shows a stranger how to do the same.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from models.rules.contests import results, scoring
from models.rules.contests.assigning import Pair
from models.rules.contests.results import Placed
from models.rules.contests.scoring import Criterion, Method, Scored, Standing

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
class Public:
    """What the public gave: the weight of the votes for each entry, after the ceiling.

    ``web`` counts votes of people whom only a web chat knows, ``apart`` those that were set apart,
    by sign and entry. Neither counts. Where ``least`` is not 0 entries with fewer votes than that
    count for nothing, and are not listed.
    """

    jury_percent: int
    ceiling: int | None
    weighs: Mapping[str, Fraction]
    web: Mapping[str, int]
    apart: tuple[tuple[str, str, int], ...] = ()
    least: int = 0


@dataclass(frozen=True, slots=True)
class Proven:
    """The record holds: what was recomputed."""

    entries: int
    judges: int
    marks: int
    unscored: int


def record_of(
    judging: Judging,
    contest: int,
    stage: int | None = None,
    public: Public | None = None,
    *,
    is_result: bool = False,
) -> dict[str, Any]:
    """Return the published record; ``stage`` is the round of a stage that it is about.

    ``public`` is given where the public votes: then the record ends with the places of both.
    ``is_result``: the contest's result is fixed with it.
    """
    record: dict[str, Any] = {
        "format": FORMAT,
        "contest": contest,
        "round": stage,
        "is_result": is_result,
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
    if public is not None:
        least = {"least": public.least} if public.least else {}
        record["public"] = {
            **least,
            "jury_percent": public.jury_percent,
            "ceiling": public.ceiling,
            "weighs": [[code, str(each)] for code, each in sorted(public.weighs.items())],
            "web": [list(each) for each in sorted(public.web.items())],
            "apart": [list(each) for each in sorted(public.apart)],
        }
        record["places"] = _places(judging, public)
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
        public = public_from(record["public"]) if "public" in record else None
        places = _places(judging, public) if public is not None else None
    except (KeyError, TypeError, ValueError):
        return Fault.MALFORMED
    pairs = [(each.entry, each.judge) for each in judging.scored]
    if record.get("hash") != hash_of(record):
        return Fault.HASH
    if len(set(pairs)) < len(pairs):
        return Fault.TWICE
    if not judging.conflicts.isdisjoint(pairs):
        return Fault.CONFLICT
    if record.get("result") != result or record.get("places") != places:
        return Fault.PLACES
    marked = {each.entry for each in judging.scored}
    unscored = len(judging.entries) - len(marked)
    return Proven(len(judging.entries), len(judging.judges), len(pairs), unscored)


def judging_from(record: Mapping[str, Any]) -> Judging:
    """Read a record. Raises KeyError, TypeError or ValueError where a part is not as it should."""
    entries = {_text(code): _number(group) for code, group in record["entries"]}
    judges = tuple(map(_text, record["judges"]))
    criteria = tuple(Criterion(_number(w), _number(most)) for w, most in record["criteria"])
    if not criteria and record["scores"]:
        raise ValueError("points without a criterion")
    if not all(each.weight and each.most for each in criteria):
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


def public_from(kept: Mapping[str, Any]) -> Public:
    """Read the public's part. Raises KeyError, TypeError or ValueError as ``judging_from`` does."""
    percent = _number(kept["jury_percent"])
    if percent > scoring.FULL:
        raise ValueError("more than the whole")
    return Public(
        percent,
        None if kept["ceiling"] is None else _number(kept["ceiling"]),
        {_text(code): Fraction(_text(each)) for code, each in kept["weighs"]},
        {_text(code): _number(each) for code, each in kept["web"]},
        tuple((_text(sign), _text(code), _number(n)) for sign, code, n in kept["apart"]),
        _number(kept.get("least", 0)),
    )


def placed(judging: Judging, public: Public) -> list[Placed]:
    """Return the places that judges and public give together."""
    rows = _standings(judging)
    return results.join(rows, public.weighs, judging.entries, public.jury_percent)


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
    rows = _standings(judging)
    listed = sorted(rows, key=lambda each: (judging.entries[each.entry], each.place, each.entry))
    return [[each.place, each.entry, scoring.shown(each.score)] for each in listed]


def _places(judging: Judging, public: Public) -> list[list[object]]:
    """The published places: place, code, total, and both parts of it."""
    return [
        [
            each.place,
            each.entry,
            scoring.shown(each.total),
            None if each.jury is None else scoring.shown(each.jury),
            None if each.public is None else scoring.shown(each.public),
        ]
        for each in placed(judging, public)
    ]


def _standings(judging: Judging) -> list[Standing]:
    if not judging.criteria:
        return []
    return scoring.standings(
        judging.criteria,
        judging.method,
        judging.scored,
        is_normalised=judging.is_normalised,
        groups=judging.entries,
    )


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
