"""Needs that members tell the station."""

from sqlmodel import Field, Session, SQLModel

from models.store import Moment


class Wish(SQLModel, table=True):
    """A need in the member's words. ``member_id`` is empty once the person has been erased."""

    id: int | None = Field(default=None, primary_key=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    station_id: int | None = Field(default=None, foreign_key="station.id", index=True)
    text: str
    at: Moment


def tell(session: Session, member_id: int, station_id: int | None, text: str, now: Moment) -> Wish:
    """Keep a wish for the organizers of the member's station."""
    wish = Wish(member_id=member_id, station_id=station_id, text=text, at=now)
    session.add(wish)
    session.flush()
    return wish
