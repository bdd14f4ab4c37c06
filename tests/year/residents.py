"""Who is there when the year begins: places, companies, people in shifts, teams, organizers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlmodel import Session, SQLModel

import migrations
from models.network import name_keys
from models.network.members import Address, Member
from models.network.memberships import Membership
from models.network.name_keys import NameKey
from models.network.roles import Grant
from models.network.stations import Enterprise, Station, StationKind
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.rules.network.permissions import Role
from models.store import open_engine, table_of
from models.store.statements import Prepared
from models.teams.teams import Team
from tests.year.station import TELEGRAM, WECHAT
from tests.year.volumes import Volumes

TOWNS = ("桂城", "九江", "西樵", "丹灶", "狮山", "大沥", "里水")
DISTRICT = 1
FIRST_TOWN, FIRST_COMPANY = 2, 2 + len(TOWNS)
HEAD, DEPUTY = 1, 2
"""The organizers of the district: one asks, the other approves."""

SHIFTS = (Shift.DAY, Shift.DAY, Shift.DAY, Shift.NIGHT, Shift.MIDDLE, Shift.ROTATING)
ON_TELEGRAM = 3
"""So many of four people write on Telegram, the others on WeChat."""

OWN_HOURS = {11: "off", 13: "12:00-14:00,21:00-09:00"}
"""Everybody whose number leaves this remainder by 17 has hours of their own."""

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Person:
    """A member as the program knows them, without a look into the store."""

    id: int
    shift: Shift
    quiet: str
    company: int | None

    @property
    def chat(self) -> tuple[str, str]:
        """Account and address."""
        account = TELEGRAM if self.id % 4 < ON_TELEGRAM else WECHAT
        return account, f"chat{self.id:08}"

    @property
    def name(self) -> str:
        """A name that nobody else has, and that no other text contains."""
        return f"工友{self.id:08}号"


def person(number: int, volumes: Volumes) -> Person:
    """Return somebody by number; the same number is always the same person."""
    dice = Random(number)
    company = FIRST_COMPANY + dice.randrange(volumes.companies) if dice.random() < 0.8 else None
    return Person(number, dice.choice(SHIFTS), OWN_HOURS.get(number % 17, ""), company)


def town_of(company: int) -> int:
    """The town in which a company's contact point is."""
    return FIRST_TOWN + company % len(TOWNS)


def fill(url: str, volumes: Volumes, now: datetime) -> None:
    """Make the tables in an empty store, and the rows."""
    migrations.upgrade(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        _insert(connection, _companies(volumes))
        _insert(connection, _stations(volumes, now))
        for start in range(1, volumes.people + 1, AT_ONCE):
            some = range(start, min(start + AT_ONCE, volumes.people + 1))
            _people(connection, [person(number, volumes) for number in some], volumes, now)
        _teams(connection, volumes, now)
        _insert(connection, _grants(volumes, now))
        if connection.dialect.name == "postgresql":
            for model in (Enterprise, Station, Member, Address, Grant, Team):
                name = table_of(model).name
                of_it = f"pg_get_serial_sequence('{name}', 'id')"
                most = f"(SELECT max(id) FROM {name})"
                connection.execute(text(f"SELECT setval({of_it}, {most})"))
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _companies(volumes: Volumes) -> list[SQLModel]:
    return [
        Enterprise(id=number, code=f"firm{number}", name=f"第{number}公司")
        for number in range(1, volumes.companies + 1)
    ]


def _stations(volumes: Volumes, now: datetime) -> list[SQLModel]:
    rows: list[SQLModel] = [
        Station(
            id=1, code="nanhai", kind=StationKind.DISTRICT, path="/1/", name="南海区", since=now
        )
    ]
    for number, name in enumerate(TOWNS, start=FIRST_TOWN):
        rows.append(
            Station(
                id=number,
                code=f"town{number}",
                kind=StationKind.TOWN,
                parent_id=1,
                path=f"/1/{number}/",
                name=name,
                since=now,
            )
        )
    for number in range(FIRST_COMPANY, FIRST_COMPANY + volumes.companies):
        town = town_of(number)
        rows.append(
            Station(
                id=number,
                code=f"point{number}",
                kind=StationKind.CONTACT_POINT,
                parent_id=town,
                enterprise_id=number - FIRST_COMPANY + 1,
                path=f"/1/{town}/{number}/",
                name=f"第{number - FIRST_COMPANY + 1}公司联系点",
                since=now,
            )
        )
    return rows


def _people(
    connection: Connection, people: Sequence[Person], volumes: Volumes, now: datetime
) -> None:
    member = Member(consented_at=now, created_at=now).model_dump()
    address = Address(member_id=0, account=TELEGRAM, external="", created_at=now).model_dump()
    del address["id"]
    rows = [
        {
            **member,
            "id": each.id,
            "name": each.name,
            "station_id": each.company or FIRST_TOWN + each.id % len(TOWNS),
            "shift": each.shift,
            "quiet": each.quiet,
            "calendar_key": f"{each.id:032x}",
        }
        for each in people
    ]
    _copy(connection, Member, rows)
    chats = [
        {**address, "member_id": each.id, "account": each.chat[0], "external": each.chat[1]}
        for each in people
    ]
    _copy(connection, Address, chats)
    keys = [row for each in people for row in name_keys.rows_of(each.id, each.name)]
    _copy(connection, NameKey, keys)


def organizer_of(company: int) -> int:
    """The member who organizes a contact point."""
    return HEAD + 2 + company - FIRST_COMPANY


def captain_of(team: int, volumes: Volumes) -> int:
    """The member who leads a team."""
    return HEAD + 2 + volumes.companies + team - 1


def _grants(volumes: Volumes, now: datetime) -> list[SQLModel]:
    rows: list[SQLModel] = [
        Grant(member_id=each, role=Role.DISTRICT, station_id=DISTRICT, since=now)
        for each in (HEAD, DEPUTY)
    ]
    rows += [
        Grant(member_id=organizer_of(each), role=Role.CONTACT_POINT, station_id=each, since=now)
        for each in range(FIRST_COMPANY, FIRST_COMPANY + volumes.companies)
    ]
    rows += [
        Grant(
            member_id=captain_of(team, volumes),
            role=Role.CAPTAIN,
            station_id=FIRST_TOWN + team % len(TOWNS),
            team_id=team,
            since=now,
        )
        for team in range(1, volumes.teams + 1)
    ]
    for number, each in enumerate(rows, start=1):
        each.id = number
    return rows


def team_of(team: int, volumes: Volumes) -> range:
    """The members of a team."""
    first = 1 + team * volumes.in_team % max(1, volumes.people - volumes.in_team)
    return range(first, first + volumes.in_team)


def _teams(connection: Connection, volumes: Volumes, now: datetime) -> None:
    kinds = list(Interest)
    teams = range(1, volumes.teams + 1)
    rows: list[SQLModel] = [
        Team(
            id=each,
            code=f"team{each}",
            station_id=FIRST_TOWN + each % len(TOWNS),
            interest=kinds[each % len(kinds)],
            name=f"第{each}队",
            members=volumes.in_team,
            since=now,
        )
        for each in teams
    ]
    _insert(connection, rows)
    members: list[SQLModel] = [
        Membership(member_id=member, team_id=each, joined_at=now)
        for each in teams
        for member in team_of(each, volumes)
    ]
    _insert(connection, members)


def _insert(connection: Connection, rows: Sequence[SQLModel]) -> None:
    """Insert rows; those without a number get one from the store."""
    if rows:
        values = [row.model_dump() for row in rows]
        if values[0].get("id", 0) is None:
            values = [{key: each[key] for key in each if key != "id"} for each in values]
        _copy(connection, type(rows[0]), values)


def _copy(connection: Connection, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        put = Prepared(insert(table_of(model)), list(rows[0]))
        put.insert_all(Session(connection), rows)
