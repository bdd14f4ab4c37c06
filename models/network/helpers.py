"""People who help at one event: they check in at it until it ends, and hold no role for that."""

from typing import Any

from sqlalchemy import Select, update
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment


class Helper(SQLModel, table=True):
    """Who may check in at an event until ``until``, its end.

    ``member_id`` is None until somebody sends the one-time code that is stored as a hash;
    ``by_member_id`` is None after the organizer is erased. ``minutes`` is how long they
    helped where an organizer has said so; None: as long as the event took.
    """

    __tablename__ = "event_helper"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    code_hash: str | None = Field(default=None, unique=True)
    since: Moment
    until: Moment
    withdrawn_at: Moment | None = None
    minutes: int | None = None


def helps(session: Session, event_id: int, member_id: int, now: Moment) -> bool:
    """Return whether a member helps at an event now."""
    found = session.execute(events_of(member_id, now).where(col(Helper.event_id) == event_id))
    return found.first() is not None


def events_of(member_id: int, now: Moment) -> Select[Any]:
    """Return the query for the ids of the events at which a member helps now."""
    return columns_of(col(Helper.event_id)).where(
        col(Helper.member_id) == member_id,
        col(Helper.withdrawn_at).is_(None),
        col(Helper.until) > now,
    )


def keep_until(session: Session, event_id: int, until: Moment) -> None:
    """Let those who help at an event, and its codes, hold until its new end."""
    session.execute(
        update(Helper)
        .where(col(Helper.event_id) == event_id, col(Helper.withdrawn_at).is_(None))
        .values(until=until)
    )


def end_of(session: Session, member_id: int, now: Moment) -> None:
    """End at once what a member helps at."""
    session.execute(
        update(Helper)
        .where(
            col(Helper.member_id) == member_id,
            col(Helper.withdrawn_at).is_(None),
            col(Helper.until) > now,
        )
        .values(withdrawn_at=now)
    )


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return at which events a member helped or helps, as plain values."""
    rows = session.exec(select(Helper).where(Helper.member_id == member_id)).all()
    return [
        {
            "event": each.event_id,
            "since": each.since,
            "until": each.withdrawn_at or each.until,
            "minutes_as_corrected": each.minutes,
        }
        for each in rows
    ]


def given_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return for which events a member let others help, as plain values."""
    rows = session.exec(select(Helper).where(Helper.by_member_id == member_id)).all()
    return [{"event": each.event_id, "since": each.since} for each in rows]
