"""Register numbers of enterprises' clubs, without gaps."""

from zoneinfo import ZoneInfo

from sqlalchemy import UniqueConstraint, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.network.stations import Station
from models.rules.teams import registers
from models.store import Moment, insert_once


class ClubRegister(SQLModel, table=True):
    """A district's register of clubs for a year; ``last`` is the last number given out."""

    __tablename__ = "club_register"
    __table_args__ = (UniqueConstraint("station_id", "year"), UniqueConstraint("prefix", "year"))

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id")
    year: int
    prefix: str
    last: int = 0


def next_number(session: Session, district: Station, year: int) -> str:
    """Take the next number of a district's register for a year, like ``NH-2026-001``.

    The register's row stays locked until the transaction ends, and a rollback gives the number
    back: concurrent approvals get consecutive numbers.
    """
    while (taken := _take(session, district.id, year)) is None:
        values = {
            "station_id": district.id,
            "year": year,
            "prefix": _prefix(session, district),
            "last": 0,
        }
        # Another process may open the same register, or take the same prefix: try again.
        insert_once(session, ClubRegister, values)
    prefix, last = taken
    return registers.number(prefix, year, last)


def _take(session: Session, district_id: int, year: int) -> tuple[str, int] | None:
    row = session.execute(
        update(ClubRegister)
        .where(col(ClubRegister.station_id) == district_id, col(ClubRegister.year) == year)
        .values(last=col(ClubRegister.last) + 1)
        .returning(col(ClubRegister.prefix), col(ClubRegister.last))
    ).first()
    return (row[0], row[1]) if row is not None else None


def _prefix(session: Session, district: Station) -> str:
    """The prefix that this district has used before, or a new one."""
    rows = session.exec(select(ClubRegister.station_id, ClubRegister.prefix)).all()
    own = [prefix for station_id, prefix in rows if station_id == district.id]
    if own:
        return own[0]
    return registers.prefix(district.text_of("name"), {prefix for _, prefix in rows})


def year_of(now: Moment, zone: ZoneInfo) -> int:
    """The current year in a time zone."""
    return now.astimezone(zone).year
