"""Rows for a stored database: a small network, three members and what they did, without chance."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Column, Connection, Table, TypeDecorator, func, insert, select
from sqlmodel import Session, SQLModel

import migrations
from models.desk import misses, telling
from models.events import pictures, signups
from models.loading import network as loading
from models.members import profile
from models.network import audit, members
from models.network.stations import Care
from models.rules.network.permissions import Act
from models.store import Store, Words
from models.teams import teams

AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
CARE = Care(ZoneInfo("Asia/Shanghai"), "22:00-08:00")
NETWORK = Path(__file__).with_name("network.toml")
TEXT = "第一行，'quoted'\nand a second line"


def play(url: str) -> None:
    """Bring an empty database to the newest revision and put rows into every table."""
    migrations.upgrade(url)
    migrations.import_models()
    store = Store(url)
    try:
        store.write_now(_act)
    finally:
        store.close()


def _act(session: Session) -> None:
    report = loading.load(session, loading.read(NETWORK), CARE, AT)
    assert report.problems == []
    people = [
        members.meet(session, "web.chat", name, language=language, now=AT)
        for name, language in (("mei", "zh"), ("ana", "en"), ("li", "zh"))
    ]
    for number, caller in enumerate(people):
        profile.record_consent(session, caller, ("阿梅", "Ana", "小李")[number], AT)
        # One seat, so that the second and the third wait.
        signups.sign_up(session, 1, caller, CARE, AT + timedelta(minutes=number))
    first = people[0]
    team = session.get(teams.Team, 1)
    assert team is not None
    teams.join(session, team, first.id, AT)
    for each in people[:2]:
        telling.tell(session, each, TEXT, CARE, AT, with_name=True)
    pictures.keep(session, b"\x89PNG\x00\xff", "image/png", first.id, AT)
    misses.note(session, "有没有免费的理发", "zh", first.id, AT)
    audit.record(session, first.id, next(iter(Act)), "event 1", AT, station_id=1)
    session.flush()
    _fill(session.connection())


# Tables that no verb above writes


def _fill(connection: Connection) -> None:
    """Add two rows to every table that is empty, parents before children."""
    for table in SQLModel.metadata.sorted_tables:
        if connection.scalar(select(func.count()).select_from(table)):
            continue
        for number in (1, 2):
            row = {
                column.name: _value(connection, table, column, number)
                for column in table.columns
                if not _is_numbered(column)
            }
            connection.execute(insert(table), row)


def _is_numbered(column: Column[Any]) -> bool:
    """Whether the database gives the value itself: an integer primary key of its own."""
    return (
        column.primary_key
        and len(column.table.primary_key.columns) == 1
        and column.type.python_type is int
        and not column.foreign_keys
        and column.autoincrement is not False
    )


def _value(connection: Connection, table: Table, column: Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        ids = connection.scalars(select(key.column).order_by(key.column)).all()
        return ids[number - 1] if len(ids) >= number else (None if column.nullable else ids[0])
    if isinstance(column.type, Words):
        words = list(column.type.words)
        return words[(number - 1) % len(words)]
    base = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(base, JSON):
        return {"kept": ["一", number, None]}
    kind = base.python_type
    values: Mapping[type, Any] = {
        bool: number == 1,
        int: number,
        float: number / 2,
        str: f"{table.name} {column.name} {number}",
        bytes: bytes([0, 255, number]),
        datetime: AT + timedelta(hours=number),
        date: (AT + timedelta(days=number)).date(),
    }
    return values[kind]
