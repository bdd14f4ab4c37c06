"""Seats that are on their way from one person to another: what is open, and who gave whose seat.

The verbs stand in ``models.events.handing``; a row is deleted once it is answered.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, or_, select

from models.events import parties
from models.events._claims import CLAIM_BY_ID, LIVE
from models.events.events import Event, Signup, SignupState
from models.network.members import Member
from models.store import Moment


class Handover(SQLModel, table=True):
    """A seat that is on its way: the claim ``signup_id`` as it stood at ``turn``.

    ``to_member_id`` is None until somebody sends the one-time code that is stored as a hash.
    """

    __tablename__ = "seat_handover"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    signup_id: int = Field(foreign_key="signup.id", unique=True)
    turn: int
    from_member_id: int = Field(foreign_key="member.id", index=True)
    to_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    code_hash: str | None = Field(default=None, unique=True)
    at: Moment
    until: Moment


def for_member(session: Session, handover_id: int, member_id: int, now: Moment) -> Handover | None:
    """Return what is handed to this member and can still be taken."""
    row = session.get(Handover, handover_id, populate_existing=True)
    if row is None or row.to_member_id != member_id or now >= row.until:
        return None
    return row if _still_holds(session, row) else None


def seats_of(session: Session, event_id: int, member_id: int) -> Sequence[Signup]:
    """Return the seats that a member could hand over: their own, or those of whom they bring."""
    own = session.exec(
        select(Signup).where(Signup.event_id == event_id, Signup.member_id == member_id)
    ).first()
    if own is None or own.state not in LIVE:
        return []
    found = [own, *parties.in_force(session, own.id)]
    return [each for each in found if each.takes_seat and each.state == SignupState.SEATED]


def on_their_way(
    session: Session, event_id: int, member_id: int, now: Moment
) -> Sequence[Handover]:
    """Return what this member would hand over at an event and nobody has answered."""
    rows = session.exec(
        select(Handover).where(
            Handover.event_id == event_id,
            Handover.from_member_id == member_id,
            col(Handover.until) > now,
        )
    )
    return [each for each in rows if _still_holds(session, each)]


def _still_holds(session: Session, row: Handover) -> bool:
    claim = CLAIM_BY_ID.first(session, {"signup_id": row.signup_id})
    if claim is None or claim.turn != row.turn:
        return False
    return bool(claim.state == SignupState.SEATED)


def withdraw(session: Session, event_id: int, member_id: int) -> int:
    """Take back all that this member would hand over at an event; return how many seats."""
    rows = session.exec(
        select(Handover).where(Handover.event_id == event_id, Handover.from_member_id == member_id)
    ).all()
    for each in rows:
        session.delete(each)
    session.flush()
    return len(rows)


def is_open(session: Session, handover_id: int) -> bool:
    """Return whether a seat that was handed over was neither taken nor refused nor given up."""
    row = session.get(Handover, handover_id, populate_existing=True)
    return row is not None and _still_holds(session, row)


def givers(session: Session, claims: Sequence[Signup]) -> dict[int, str]:
    """Return the names of those who handed over the seats of these claims, by member."""
    ids = {each.from_member_id for each in claims if each.from_member_id is not None}
    if not ids:
        return {}
    rows = session.exec(select(Member.id, Member.name).where(col(Member.id).in_(ids)))
    return dict(rows.all())


def forget_claim(session: Session, signup_id: int) -> None:
    """Delete what was to be handed over with a claim that goes."""
    session.execute(delete(Handover).where(col(Handover.signup_id) == signup_id))


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the seats that a member handed over or was handed, or would, as plain values."""
    moved = session.exec(
        select(Signup, Event)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(Signup.from_member_id == member_id)
    )
    rows = session.exec(
        select(Handover, Event)
        .join(Event, col(Event.id) == col(Handover.event_id))
        .where(
            or_(col(Handover.from_member_id) == member_id, col(Handover.to_member_id) == member_id)
        )
    )
    return [
        *({"event": event.title, "at": claim.at, "given": True} for claim, event in moved),
        *(
            {
                "event": event.title,
                "at": each.at,
                "given": each.from_member_id == member_id,
                "until": each.until,
            }
            for each, event in rows
        ),
    ]
