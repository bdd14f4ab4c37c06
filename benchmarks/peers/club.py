"""What both peers share: tables, the sign-up, and how a process is started.

Everything here is the plain SQLModel way: one Session per update, one commit at its end.
"""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, UniqueConstraint, create_engine, func
from sqlalchemy.event import listen
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col, select

LEADS = (timedelta(days=1), timedelta(hours=2))


class Table(SQLModel, registry=registry()):
    """A registry of its own, because the driver also imports the station's tables."""


class Member(Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_type=BigInteger, unique=True)
    name: str
    consented_at: datetime | None = None


class Event(Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str
    starts_at: datetime
    closes_at: datetime
    seats: int | None = None
    open: bool = True


class Signup(Table, table=True):
    """A sign-up: ``state`` is seated or waiting, ``position`` the place in the queue."""

    __table_args__ = (UniqueConstraint("event_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    state: str
    position: int = 0
    at: datetime


class Reminder(Table, table=True):
    """A reminder that is owed."""

    id: int | None = Field(default=None, primary_key=True)
    signup_id: int = Field(foreign_key="signup.id", index=True)
    due_at: datetime = Field(index=True)


def sign_up(session: Session, chat_id: int, event_id: int, now: datetime) -> str:
    """Give the member a seat or a place in the queue, with reminders; return the answer."""
    member = session.exec(select(Member).where(Member.chat_id == chat_id)).first()
    if member is None or member.consented_at is None:
        return "Please send /start first."
    # The row is locked so that one seat is given once; SQLite locks the file instead.
    event = session.exec(select(Event).where(Event.id == event_id).with_for_update()).first()
    if event is None:
        return f"There is no event {event_id}."
    if not event.open or now >= event.closes_at:
        return f"{event.title} takes no more sign-ups."
    claim = select(Signup).where(Signup.event_id == event_id, Signup.member_id == member.id)
    known = session.exec(claim).first()
    if known is not None:
        return f"You have signed up for {event.title} already."
    assert member.id is not None
    signup = Signup(event_id=event_id, member_id=member.id, state="seated", at=now)
    if event.seats is not None and _count(session, event_id, "seated") >= event.seats:
        signup.state = "waiting"
        signup.position = _count(session, event_id, "waiting") + 1
    session.add(signup)
    if signup.state == "waiting":
        return f"{event.title} is full. You are number {signup.position} in the queue."
    session.flush()
    assert signup.id is not None
    for lead in LEADS:
        session.add(Reminder(signup_id=signup.id, due_at=event.starts_at - lead))
    return f"You have a seat at {event.title}, {event.starts_at:%a %d %b %H:%M}."


def _count(session: Session, event_id: int, state: str) -> int:
    counted = select(func.count(col(Signup.id)))
    return session.exec(counted.where(Signup.event_id == event_id, Signup.state == state)).one()


def sign_up_and_commit(engine: Engine, chat_id: int, event_id: int) -> str:
    """One update: a session, the sign-up, a commit."""
    with Session(engine) as session:
        answer = sign_up(session, chat_id, event_id, datetime.now(UTC))
        session.commit()
    return answer


def open_engine(url: str) -> Engine:
    """As safe as ours: SQLite with a full sync and one writer, PostgreSQL as it comes."""
    if url.startswith("postgresql://"):
        return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=40)
    engine = create_engine(url)
    listen(engine, "connect", _set_up_sqlite)
    listen(engine, "begin", _begin_immediate)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=5000")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def options(*extra: Callable[[argparse.ArgumentParser], object]) -> argparse.Namespace:
    """The command line of a peer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api-base", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--threads", action="store_true", help="run sessions beside the loop")
    for add in extra:
        add(parser)
    return parser.parse_args()
