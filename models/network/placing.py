"""Places and companies page by page, and how many people are theirs."""

from collections.abc import Mapping, Sequence

from sqlalchemy import false, func
from sqlmodel import Session, col, or_, select

from models.network.members import Member
from models.network.stations import Enterprise, Station, StationKind
from models.rules.network import floors
from models.rules.network.floors import Count as Counted
from models.rules.search import sifting, sounds

__all__ = [
    "Counted",
    "by_id",
    "companies",
    "company",
    "people_of",
    "places",
    "points_of",
]


def places(
    session: Session,
    below: Sequence[str],
    kinds: Sequence[StationKind],
    after: int,
    limit: int,
) -> Sequence[Station]:
    """Return stations of these kinds at these paths and below, from above a number on."""
    under = or_(false(), *(col(Station.path).startswith(path) for path in below))
    query = select(Station).where(under, col(Station.kind).in_(kinds), col(Station.id) > after)
    return session.exec(query.order_by(col(Station.id)).limit(limit)).all()


def by_id(session: Session, ids: Sequence[int]) -> Mapping[int, Station]:
    rows = session.exec(select(Station).where(col(Station.id).in_(ids)))
    return {each.id: each for each in rows}


def company(session: Session, number: int | None) -> Enterprise | None:
    return session.get(Enterprise, number) if number is not None else None


def companies(
    session: Session, below: Sequence[str], words: str, after: int, limit: int
) -> Sequence[Enterprise]:
    """Return the companies with a contact point at these paths and below.

    They come from above a number on; or those that fit the words, the best first.
    """
    under = or_(false(), *(col(Station.path).startswith(path) for path in below))
    of_below = select(Station.enterprise_id).where(under)
    query = select(Enterprise).where(col(Enterprise.id).in_(of_below)).order_by(col(Enterprise.id))
    if not words:
        return session.exec(query.where(col(Enterprise.id) > after).limit(limit)).all()
    rows = {each.id: each for each in session.exec(query)}
    entries = [
        (number, sounds.index(*each.text_of("name").versions())) for number, each in rows.items()
    ]
    return [rows[number] for number, _score in sifting.rank(words, entries)[:limit]]


def points_of(session: Session, enterprise_id: int) -> Sequence[Station]:
    """Return the contact points of a company."""
    query = select(Station).where(Station.enterprise_id == enterprise_id)
    return session.exec(query.order_by(col(Station.path))).all()


def people_of(session: Session, paths: Sequence[str], *, is_exact: bool) -> Counted:
    """Return how many people chose these places or one below; by ``floors`` where not exact."""
    under = or_(false(), *(col(Station.path).startswith(path) for path in paths))
    here = select(Station.id).where(under)
    number = session.exec(
        select(func.count(col(Member.id))).where(col(Member.station_id).in_(here))
    ).one()
    return Counted(number) if is_exact else floors.floored(number)
