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


def claimed(session: Session, event_id: int, member_id: int | None, name: str) -> int | None:
    """Return the number of a claim in force: of a member, or the one that is kept for a name."""
    query = select(Signup.id).where(
        Signup.event_id == event_id, Signup.state != SignupState.CANCELLED
    )
    if member_id is not None:
        return session.exec(query.where(Signup.member_id == member_id)).first()
    kept = query.where(col(Signup.member_id).is_(None), Signup.name == name)
    return session.exec(kept.order_by(col(Signup.id).desc())).first()


def _rows(event_id: int) -> Any:
    return (
        select(Signup, Member, Station)
        .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
        .join(Station, col(Station.id) == col(Member.station_id), isouter=True)
        .where(Signup.event_id == event_id)
    )
