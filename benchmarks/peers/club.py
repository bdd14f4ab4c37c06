"""What both peers share: tables, the sign-up, and how a process is started.

Everything here is the plain SQLModel way: one Session per update, one commit at its end.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import BigInteger, Connection, Engine, UniqueConstraint, create_engine, func
from sqlalchemy.event import listen
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

SignUp = Callable[[int, int], Awaitable[str]]
"""Takes a chat's and an event's id; returns the answer once it is durable."""

PSYCOPG = "postgresql+psycopg://"
CONNECTIONS = 40

LEADS = (timedelta(days=1), timedelta(hours=2))


class Table(SQLModel, registry=registry()):
    """A registry of its own, because the driver also imports the station's tables."""


class Member(Table, table=True):
    id: int = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_type=BigInteger, unique=True)
    name: str
    consented_at: datetime | None = None


class Event(Table, table=True):
    id: int = Field(default=None, primary_key=True)
    title: str
    starts_at: datetime
    closes_at: datetime
    seats: int | None = None
    open: bool = True


class Signup(Table, table=True):
    """A sign-up: ``state`` is seated or waiting, ``position`` the place in the queue."""

    __table_args__ = (UniqueConstraint("event_id", "member_id"),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    state: str
    position: int = 0
    at: datetime


class Reminder(Table, table=True):
    """A reminder that is owed."""

    id: int = Field(default=None, primary_key=True)
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
    signup = Signup(event_id=event_id, member_id=member.id, state="seated", at=now)
    if event.seats is not None and _count(session, event_id, "seated") >= event.seats:
        signup.state = "waiting"
        signup.position = _count(session, event_id, "waiting") + 1
    session.add(signup)
    if signup.state == "waiting":
        return f"{event.title} is full. You are number {signup.position} in the queue."
    session.flush()
    for lead in LEADS:
        session.add(Reminder(signup_id=signup.id, due_at=event.starts_at - lead))
    return f"You have a seat at {event.title}, {event.starts_at:%a %d %b %H:%M}."


def _count(session: Session, event_id: int, state: str) -> int:
    counted = select(func.count(col(Signup.id)))
    return session.exec(counted.where(Signup.event_id == event_id, Signup.state == state)).one()


def signing_up(options: argparse.Namespace) -> SignUp:
    """One update's work: a session, the sign-up, a commit; in the way that was asked for."""
    if options.session == "async":
        return _in_async_session(open_async_engine(options.store))
    engine = open_engine(options.store)

    def act(chat_id: int, event_id: int) -> str:
        with Session(engine) as session:
            answer = sign_up(session, chat_id, event_id, datetime.now(UTC))
            session.commit()
        return answer

    async def plain(chat_id: int, event_id: int) -> str:
        return act(chat_id, event_id)

    async def threads(chat_id: int, event_id: int) -> str:
        return await asyncio.to_thread(act, chat_id, event_id)

    return threads if options.session == "threads" else plain


def _in_async_session(engine: AsyncEngine) -> SignUp:
    async def act(chat_id: int, event_id: int) -> str:
        async with AsyncSession(engine) as session:
            answer = await session.run_sync(
                lambda plain: sign_up(cast(Session, plain), chat_id, event_id, datetime.now(UTC))
            )
            await session.commit()
        return answer

    return act


def open_engine(url: str) -> Engine:
    """As safe as ours: SQLite with a full sync and one writer, PostgreSQL as it comes."""
    if url.startswith("postgresql://"):
        return create_engine(url.replace("postgresql://", PSYCOPG), pool_size=CONNECTIONS)
    engine = create_engine(url)
    _keep_safe(engine)
    return engine


def open_async_engine(url: str) -> AsyncEngine:
    if url.startswith("postgresql://"):
        return create_async_engine(url.replace("postgresql://", PSYCOPG), pool_size=CONNECTIONS)
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))
    _keep_safe(engine.sync_engine)
    return engine


def _keep_safe(engine: Engine) -> None:
    listen(engine, "connect", _set_up_sqlite)
    listen(engine, "begin", _begin_immediate)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


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
    parser.add_argument("--session", choices=("plain", "threads", "async"), required=True)
    for add in extra:
        add(parser)
    return parser.parse_args()
