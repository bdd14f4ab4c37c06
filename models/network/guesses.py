"""Limit how many wrong codes a member can type, for every kind of code together."""

from datetime import timedelta
from typing import Any

from sqlmodel import Field, Session, SQLModel

from models.store import Moment, insert_once

MOST = 10
LAST = timedelta(minutes=10)


class WrongCodes(SQLModel, table=True):
    """How many wrong codes a member has typed since a moment: a limit to guessing."""

    __tablename__ = "wrong_codes"

    member_id: int = Field(primary_key=True, foreign_key="member.id")
    since: Moment
    times: int = 0


def are_used_up(session: Session, member_id: int, now: Moment) -> bool:
    """Return whether a member has typed MOST wrong codes and must wait."""
    row = session.get(WrongCodes, member_id)
    return row is not None and row.times >= MOST and now < row.since + LAST


def note(session: Session, member_id: int, now: Moment) -> None:
    """Count a wrong code."""
    insert_once(session, WrongCodes, {"member_id": member_id, "since": now, "times": 0})
    row = session.get_one(WrongCodes, member_id)
    if now >= row.since + LAST:
        row.since, row.times = now, 0
    row.times += 1
    session.add(row)
    session.flush()


def of_member(session: Session, member_id: int) -> dict[str, Any] | None:
    """Return the count of a member's wrong codes as plain values."""
    row = session.get(WrongCodes, member_id)
    return {"since": row.since, "times": row.times} if row is not None else None
