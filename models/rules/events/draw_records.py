"""What is published of a draw, from its opening to its result; and its check from that alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.rules.events import draws
from models.rules.events.draws import FORMAT, LOTS, DrawList, Entry, Gone, Result
from models.rules.events.seating import Quota


class Fault(StrEnum):
    """Why a record does not hold."""

    NOT_A_RECORD = "this is not the record of a draw"
    UNFINISHED = "the draw has not taken place yet, so there is nothing to recompute"
    MALFORMED = "it does not hold: a part of the record is missing or is not what it should be"
    SECRET = "it does not hold: the secret is not the one whose hash was published"  # noqa: S105
    LIST = "it does not hold: the list is not the one whose hash was published"
    COMMITMENT = "it does not hold: the list was closed for another secret"
    LOTS = "it does not hold: an entry has lots that the published table does not have"
    TWICE = "it does not hold: two entries have the same code"
    GONE = "it does not hold: somebody is said to have given up who is not on the list"
    ORDER = "it does not hold: the order does not follow from secret and number"
    SEATS = "it does not hold: the seats do not follow from the order"


@dataclass(frozen=True, slots=True)
class Proven:
    """The record holds: what was recomputed. ``number`` is empty where there was no public one."""

    entries: int
    people: int
    seated: int
    number_name: str
    number: str


def result_to_json(result: Result) -> dict[str, Any]:
    """Return the order, and who of it has a seat, in that order."""
    return {
        "order": list(result.order),
        "seated": [code for code in result.order if code in result.seated],
    }


def gone_to_json(gone: Gone) -> dict[str, list[int]]:
    return {code: sorted(places) for code, places in sorted(gone.items())}


def list_from_json(kept: Mapping[str, Any]) -> DrawList:
    """Return a list from its published form.

    Raises KeyError, TypeError or ValueError where it is none.
    """
    return DrawList(
        _text(kept["commitment"]),
        _text(kept["number_name"]),
        None if kept["seats"] is None else _number(kept["seats"]),
        tuple(_quota(*each) for each in kept["quotas"]),
        tuple(_entry(*each) for each in kept["entries"]),
        _number(kept["web_alone"]),
    )


def verify(record: object) -> Proven | Fault:
    """Recompute a draw from its published record alone."""
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        return Fault.NOT_A_RECORD
    if "secret" not in record:
        return Fault.UNFINISHED
    try:
        parts = _Parts.of(record)
    except (KeyError, TypeError, ValueError):
        return Fault.MALFORMED
    for holds, fault in _CHECKS:
        if not holds(parts):
            return fault
    result = draws.draw(parts.list, parts.secret, parts.number, parts.gone)
    if result.order != parts.order:
        return Fault.ORDER
    if tuple(code for code in result.order if code in result.seated) != parts.seated:
        return Fault.SEATS
    seated = [entry for entry in parts.list.entries if entry.code in result.seated]
    left = sum(len(each.people) - len(parts.gone.get(each.code, ())) for each in seated)
    return Proven(
        len(parts.list.entries),
        parts.list.people,
        left,
        parts.list.number_name,
        parts.number,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """A record that was read, each part of the type that it should have."""

    kept: Mapping[str, Any]
    list: DrawList
    list_hash: str
    commitment: str
    secret: str
    number: str
    gone: Gone
    order: tuple[str, ...]
    seated: tuple[str, ...]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "_Parts":
        kept = record["list"]
        return cls(
            kept,
            list_from_json(kept),
            _text(record["list_hash"]),
            _text(record["commitment"]),
            _text(record["secret"]),
            _text(record["number"]),
            {
                _text(code): frozenset(map(_number, places))
                for code, places in record["gone"].items()
            },
            tuple(map(_text, record["order"])),
            tuple(map(_text, record["seated"])),
        )


def _entry(code: object, lots: object, people: Sequence[Sequence[object]]) -> Entry:
    party = tuple(frozenset(map(_number, person)) for person in people)
    if not party:
        raise ValueError("an entry without people")
    return Entry(_text(code), _number(lots), party)


def _quota(number: object, kind: object, least: object, most: object) -> Quota:
    upto = None if most is None else _number(most)
    return Quota(_number(number), _text(kind), _number(least), upto)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("not a number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _are_known(parts: _Parts) -> bool:
    table = [[balance, lots] for balance, lots in LOTS.items()]
    return bool(
        parts.kept.get("lots") == table
        and all(each.lots in LOTS.values() for each in parts.list.entries)
    )


def _are_single(parts: _Parts) -> bool:
    return len({each.code for each in parts.list.entries}) == len(parts.list.entries)


def _were_there(parts: _Parts) -> bool:
    sizes = {each.code: len(each.people) for each in parts.list.entries}
    return all(
        code in sizes and all(place < sizes[code] for place in places)
        for code, places in parts.gone.items()
    )


_CHECKS: tuple[tuple[Callable[[_Parts], bool], Fault], ...] = (
    (lambda parts: draws.commitment_of(parts.secret) == parts.commitment, Fault.SECRET),
    (lambda parts: draws.hash_of(parts.kept) == parts.list_hash, Fault.LIST),
    (lambda parts: parts.list.commitment == parts.commitment, Fault.COMMITMENT),
    (_are_known, Fault.LOTS),
    (_are_single, Fault.TWICE),
    (_were_there, Fault.GONE),
)


def in_words(proven: Proven) -> Iterator[str]:
    """What a record that holds proves, in sentences, and what it does not."""
    yield (
        f"The draw holds: {proven.entries} entries of {proven.people} people, "
        f"{proven.seated} of them seated, the others in the drawn order."
    )
    if proven.number:
        yield (
            f"See for yourself that {proven.number_name} was {proven.number}, and was drawn "
            "after entries had closed."
        )
    elif proven.number_name:
        yield (
            f"It was drawn without {proven.number_name}, which was named before: it proves that "
            "nothing was changed after closing, not the organizer's honesty before it."
        )
    else:
        yield (
            "There was no public number: it proves that nothing was changed after closing, "
            "not the organizer's honesty before it."
        )
