"""The claims on an event page by page, in the order in which they were made."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, col, select

from models.events.events import Signup, SignupState
from models.network.members import Member
from models.network.stations import Station

Row = tuple[Signup, Member | None, Station | None]


def page(
    session: Session, event_id: int, states: Collection[SignupState], after: int, limit: int
) -> Sequence[Row]:
    """Return claims with a number above ``after``, with their members and these ones' stations."""
    rows: Sequence[Row] = session.exec(
        _rows(event_id)
        .where(col(Signup.id) > after, col(Signup.state).in_(states))
        .order_by(col(Signup.id))
        .limit(limit)
    ).all()
    return rows


def one(session: Session, event_id: int, signup_id: int) -> Row | None:
    """Return a claim of this number on this event."""
    row: Row | None = session.exec(_rows(event_id).where(Signup.id == signup_id)).first()
    return row


def _rows(event_id: int) -> Any:
    return (
        select(Signup, Member, Station)
        .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
        .join(Station, col(Station.id) == col(Member.station_id), isouter=True)
        .where(Signup.event_id == event_id)
    )
