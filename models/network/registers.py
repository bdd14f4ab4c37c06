"""Registers of what is numbered: per station and year, without gaps."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, col, select

from models.network.stations import Station
from models.rules.teams import registers
from models.store import Moment, insert_once


class Register(SQLModel):
    """A station's register for a year; ``last`` is the last number given out.

    Each kind of register is a table of its own, with a unique station and a unique prefix a year.
    """

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id")
    year: int
    prefix: str
    last: int = 0


def take(
    session: Session, kind: type[Register], station: Station, year: int, many: int = 1
) -> Sequence[str]:
    """Take the next numbers of a station's register for a year, like ``NH-2026-001``.

    The register's row stays locked until the transaction ends, and a rollback gives the numbers
    back: transactions at the same time get consecutive numbers.
    """
    while (taken := _take(session, kind, station.id, year, many)) is None:
        values = {
            "station_id": station.id,
            "year": year,
            "prefix": _prefix(session, kind, station),
            "last": 0,
        }
        # Another process may open the same register, or take the same prefix: try again.
        insert_once(session, kind, values)
    prefix, last = taken
    return [registers.number(prefix, year, nth) for nth in range(last - many + 1, last + 1)]


def _take(
    session: Session, kind: type[Register], station_id: int, year: int, many: int
) -> tuple[str, int] | None:
    row = session.execute(
        update(kind)
        .where(col(kind.station_id) == station_id, col(kind.year) == year)
        .values(last=col(kind.last) + many)
        .returning(col(kind.prefix), col(kind.last))
    ).first()
    return (row[0], row[1]) if row is not None else None


def _prefix(session: Session, kind: type[Register], station: Station) -> str:
    """The prefix that this station has used before, or a new one."""
    rows = session.exec(select(kind.station_id, kind.prefix)).all()
    own = [prefix for station_id, prefix in rows if station_id == station.id]
    if own:
        return own[0]
    return registers.prefix(station.text_of("name"), {prefix for _, prefix in rows})


def year_of(now: Moment, zone: ZoneInfo) -> int:
    """The current year in a time zone."""
    return now.astimezone(zone).year
