"""Laureates: who was given an award, in the hall of fame by year."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, func, select

from models.contests.contests import Contest
from models.network.stations import Station
from models.rules.contests.awarding import Of
from models.rules.network import codes
from models.store import Moment, one_of


class Laureate(SQLModel, table=True):
    """Somebody who was given an award: ``name`` is shown, and empty once they are erased.

    ``code`` is the entry's, and stays; ``number`` is the certificate's in its station's register.
    From ``public_at`` on everybody may read it: those concerned are told before.
    """

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    year: int = Field(index=True)
    of: Of = Field(sa_type=one_of(Of))
    title: str
    code: str
    place: int
    name: str
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    of_station_id: int | None = Field(default=None, foreign_key="station.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    number: str = Field(unique=True)
    decided_at: Moment
    public_at: Moment


def get(session: Session, number: int) -> Laureate | None:
    return session.get(Laureate, number)


def by_code(session: Session, code: str, now: Moment) -> Laureate | None:
    """Return the laureate of this code, typed in any way, once everybody may read of them."""
    query = select(Laureate).where(Laureate.code == codes.plain(code), Laureate.public_at <= now)
    return session.exec(query.order_by(col(Laureate.id).desc())).first()


def last_year_of(
    session: Session,
    station_id: int,
    of: Of,
    *,
    member_id: int | None = None,
    place_id: int | None = None,
    team_id: int | None = None,
    name: str = "",
) -> int | None:
    """Return the last year in which this member or place was given such an award there.

    Of a team it is the project of this ``name``: it may have others.
    """
    query = select(func.max(Laureate.year)).where(
        Laureate.station_id == station_id, Laureate.of == of
    )
    if member_id is not None:
        query = query.where(Laureate.member_id == member_id)
    elif team_id is not None:
        query = query.where(Laureate.team_id == team_id, Laureate.name == name)
    else:
        query = query.where(Laureate.of_station_id == place_id)
    return session.exec(query).one()


def years(session: Session, now: Moment, may_read: Callable[[Contest], bool]) -> list[int]:
    """Return the years with laureates of an award that somebody may read of, the newest first."""
    rows = session.exec(
        select(Laureate.year, Laureate.contest_id).where(Laureate.public_at <= now).distinct()
    ).all()
    shown = {each for _year, each in rows if may_read(session.get_one(Contest, each))}
    return sorted({year for year, contest_id in rows if contest_id in shown}, reverse=True)


def of_year(session: Session, year: int, now: Moment) -> Sequence[tuple[Laureate, Contest]]:
    """Return the laureates of a year whom everybody may see, by award and place."""
    return session.exec(
        select(Laureate, Contest)
        .join(Contest, col(Contest.id) == col(Laureate.contest_id))
        .where(Laureate.year == year, Laureate.public_at <= now)
        .order_by(col(Laureate.contest_id), col(Laureate.place), col(Laureate.id))
    ).all()


def of_contest(session: Session, contest_id: int) -> Sequence[Laureate]:
    query = select(Laureate).where(Laureate.contest_id == contest_id)
    return session.exec(query.order_by(col(Laureate.place), col(Laureate.id))).all()


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the awards that a member was given, as plain values."""
    rows = session.exec(
        select(Laureate).where(Laureate.member_id == member_id).order_by(col(Laureate.year))
    ).all()
    return [
        {"award": each.title, "year": each.year, "shown_as": each.name, "number": each.number}
        for each in rows
    ]


def station_of(session: Session, row: Laureate) -> Station:
    return session.get_one(Station, row.station_id)
