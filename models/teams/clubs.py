"""Register numbers of enterprises' clubs, without gaps."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Session

from models.network import registers
from models.network.registers import Register
from models.network.stations import Station


class ClubRegister(Register, table=True):
    """A district's register of clubs for a year."""

    __tablename__ = "club_register"
    __table_args__ = (UniqueConstraint("station_id", "year"), UniqueConstraint("prefix", "year"))


def next_number(session: Session, district: Station, year: int) -> str:
    """Take the next number of a district's register for a year, like ``NH-2026-001``."""
    (number,) = registers.take(session, ClubRegister, district, year)
    return number
