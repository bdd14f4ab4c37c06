"""Members of one name, told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from models.network.members import Member


@dataclass(frozen=True, slots=True)
class Namesakes:
    """What does not tell one member from another in a list of people.

    ``names`` are borne by several; ``places`` are names with a station, and ``tails`` both with the
    last digits of a number, that are the same for several.
    """

    names: frozenset[str] = frozenset()
    places: frozenset[tuple[str, int | None]] = frozenset()
    tails: frozenset[tuple[str, int | None, str]] = frozenset()


def namesakes(session: Session, among: ColumnElement[bool]) -> Namesakes:
    """Return what several members share; ``among`` is the condition of who they are."""
    by_name: dict[str, int] = {}
    by_place: dict[tuple[str, int | None], int] = {}
    by_tail: dict[tuple[str, int | None, str], int] = {}
    rows = session.exec(
        select(Member.name, Member.station_id, Member.tail, func.count())
        .where(among, Member.name != "")
        .group_by(Member.name, col(Member.station_id), Member.tail)
    )
    for name, station_id, tail, times in rows:
        by_name[name] = by_name.get(name, 0) + times
        by_place[name, station_id] = by_place.get((name, station_id), 0) + times
        by_tail[name, station_id, tail] = times
    return Namesakes(_several(by_name), _several(by_place), _several(by_tail))


def namesakes_of(session: Session, member_ids: Sequence[int]) -> Namesakes:
    """Return what several of these members share."""
    return namesakes(session, col(Member.id).in_(member_ids))


def _several(counts: dict[Any, int]) -> frozenset[Any]:
    return frozenset(each for each, times in counts.items() if times > 1)
