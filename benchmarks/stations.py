"""The station's own store: filled before a run, read after it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, text
from sqlmodel import Session, SQLModel, col, select

import migrations
from benchmarks.plan import FIRST_CHAT, Claim, Claims, Plan
from models.events.events import Category, Event, Kind, Signup, SignupState
from models.events.reminders import Reminder
from models.network.members import Address, Member
from models.network.stations import Station, StationKind
from models.store import open_engine

CHUNK = 10_000


def prepare(store: str, plan: Plan, accounts: Sequence[str]) -> None:
    """Make the tables; fill in one station, its events and members who have consented.

    The members take turns in which account they talk to.
    """
    migrations.upgrade(store)
    engine = open_engine(store)
    with engine.begin() as connection:
        _insert(connection, [_station()])
        _insert(connection, _events(plan))
        for start in range(0, plan.members, CHUNK):
            _members(connection, range(start, min(start + CHUNK, plan.members)), accounts)
        if connection.dialect.name == "postgresql":
            mend_sequences(connection, Station, Event, Member)
            _settle(connection)
    engine.dispose()


def claims(store: str) -> Claims:
    """Every sign-up; those who wait get their place in the queue by their turn."""
    engine = open_engine(store)
    with Session(engine) as session:
        owed = Counter(session.exec(select(Reminder.signup_id)).all())
        rows = session.exec(
            select(Signup, Address.external).join(
                Address, col(Address.member_id) == col(Signup.member_id)
            )
        ).all()
    engine.dispose()
    turns: dict[int, set[int]] = defaultdict(set)
    for signup, _ in rows:
        if signup.state == SignupState.WAITING:
            turns[signup.event_id].add(signup.turn)
    # Two of the same turn would get the same place, which the plan does not accept.
    places = {
        (event_id, turn): place
        for event_id, given in turns.items()
        for place, turn in enumerate(sorted(given), 1)
    }
    found = {
        (signup.event_id, int(external)): Claim(
            signup.state.value, places.get((signup.event_id, signup.turn), 0), owed[signup.id]
        )
        for signup, external in rows
    }
    assert len(found) == len(rows)
    return found


def _station() -> Station:
    return Station(id=1, code="nanhai", kind=StationKind.DISTRICT, path="/1/", name="南海区")


def _events(plan: Plan) -> list[SQLModel]:
    return [
        Event(
            id=number,
            code=f"event-{number}",
            station_id=1,
            category=Category.CULTURE,
            kind=Kind.SESSION,
            title=f"活动{number}",
            translations={"title": {"en": f"Event {number}"}},
            about="一起来打羽毛球，新手也欢迎。",
            place="文体中心二楼",
            starts_at=plan.starts_at,
            ends_at=plan.starts_at + timedelta(hours=2),
            closes_at=plan.starts_at - timedelta(hours=1),
            seats=seats,
        )
        for number, seats in enumerate(plan.seats, 1)
    ]


def _members(connection: Connection, chunk: range, accounts: Sequence[str]) -> None:
    now = datetime.now(UTC)
    member = Member(consented_at=now, station_id=1, created_at=now).model_dump()
    address = Address(member_id=0, account="", external="", created_at=now).model_dump()
    del address["id"]
    connection.execute(
        insert(Member),
        [
            {**member, "id": number + 1, "name": f"工友{number}", "calendar_key": f"{number:032x}"}
            for number in chunk
        ],
    )
    connection.execute(
        insert(Address),
        [
            {
                **address,
                "member_id": number + 1,
                "account": accounts[(FIRST_CHAT + number) % len(accounts)],
                "external": str(FIRST_CHAT + number),
            }
            for number in chunk
        ],
    )


def _insert(connection: Connection, rows: list[SQLModel]) -> None:
    connection.execute(insert(type(rows[0])), [row.model_dump() for row in rows])


def mend_sequences(connection: Connection, *models: type[SQLModel]) -> None:
    # Rows with an id of their own leave the sequences behind.
    for model in models:
        name = model.__tablename__
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"
                f" (SELECT max(id) FROM {name}))"
            )
        )


def _settle(connection: Connection) -> None:
    connection.execute(text("ANALYZE"))
