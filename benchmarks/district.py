"""A district as large as there is one: a million people, ten thousand events, seven towns."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlmodel import Session, SQLModel

import migrations
from benchmarks.stations import mend_sequences
from models.events.events import Category, Event, Kind, Signup, SignupState
from models.network import name_keys
from models.network.members import Address, Member
from models.network.name_keys import NameKey
from models.network.roles import Grant
from models.network.stations import Station, StationKind
from models.rules.network.permissions import Role
from models.rules.search import sounds
from models.store import open_engine, table_of
from models.store.statements import Prepared

CHUNK = 10_000
TOWNS = 7
ACCOUNT = "telegram.nanhai"

SURNAMES = """
王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡
余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙
史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤
""".replace("\n", "")
GIVEN = """
伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文志海燕小春梅飞鹏宇晨欣
雨佳俊浩天泽子涵一诺思源嘉怡梓轩若溪
""".replace("\n", "")
TITLES = [
    "羽毛球",
    "登山",
    "讲座",
    "企业体验游",
    "灯具厂",
    "电子厂",
    "联谊",
    "春节",
    "晚会",
    "技能培训",
    "数控",
    "焊接",
    "英语",
    "书法",
    "摄影",
    "亲子",
    "烘焙",
    "读书会",
    "篮球",
    "健身",
    "法律咨询",
]

DISTRICT_HEAD, TOWN_HEAD = 1, 2


def fill(store: str, people: int, events: int, sign_ups: int = 0) -> None:
    """Make the tables in an empty store, and fill them; the same numbers give the same rows."""
    dice = Random(35)
    migrations.upgrade(store)
    engine = open_engine(store)
    with engine.begin() as connection:
        _places(connection)
        _events(connection, dice, events)
        for start in range(3, people + 1, CHUNK):
            _people(connection, dice, range(start, min(start + CHUNK, people + 1)))
        for start in range(0, sign_ups, CHUNK):
            numbers = range(start, min(start + CHUNK, sign_ups))
            _sign_ups(connection, people, events, numbers)
        if sign_ups:
            of_event = "SELECT count(*) FROM signup WHERE event_id = event.id"
            connection.execute(text(f"UPDATE event SET held = ({of_event})"))
        if connection.dialect.name == "postgresql":
            mend_sequences(connection, Station, Event, Member, Address)
        connection.execute(text("ANALYZE"))
    engine.dispose()


def keys_of(store: str) -> tuple[int, str]:
    """How many keys of names are kept, and what they take."""
    engine = open_engine(store)
    with engine.begin() as connection:
        keys = connection.execute(text("SELECT count(*) FROM member_name_key")).scalar_one()
        size = _size(connection)
    engine.dispose()
    return keys, size


def name(dice: Random, length: int) -> str:
    """A name of so many characters."""
    # The first of them are borne by most, as surnames are.
    place = min(int(dice.expovariate(1 / 18)), len(SURNAMES) - 1)
    return SURNAMES[place] + "".join(dice.choice(GIVEN) for _ in range(length - 1))


def _places(connection: Connection) -> None:
    now = datetime.now(UTC)
    rows: list[SQLModel] = [
        Station(id=1, code="nanhai", kind=StationKind.DISTRICT, path="/1/", name="南海区")
    ]
    rows += [
        Station(
            id=number,
            code=f"town{number}",
            kind=StationKind.TOWN,
            parent_id=1,
            path=f"/1/{number}/",
            name=f"镇{number}",
        )
        for number in range(2, 2 + TOWNS)
    ]
    _insert(connection, rows)
    heads = [
        Member(id=number, name=name, station_id=2, consented_at=now, created_at=now)
        for number, name in ((DISTRICT_HEAD, "区长"), (TOWN_HEAD, "镇长"))
    ]
    _insert(connection, heads)
    grants = [
        Grant(id=1, member_id=DISTRICT_HEAD, role=Role.DISTRICT, station_id=1, since=now),
        Grant(id=2, member_id=TOWN_HEAD, role=Role.TOWN, station_id=2, since=now),
    ]
    _insert(connection, grants)


def _events(connection: Connection, dice: Random, events: int) -> None:
    start = datetime.now(UTC) - timedelta(hours=events // 2)
    rows: list[SQLModel] = []
    for number in range(1, events + 1):
        title = "".join(dice.sample(TITLES, 2)) + f"第{number}场"
        begins = start + timedelta(hours=number)
        rows.append(
            Event(
                id=number,
                code=f"event-{number}",
                station_id=dice.randrange(2, 2 + TOWNS),
                category=Category.CULTURE,
                kind=Kind.SESSION,
                title=title,
                place="文体中心",
                starts_at=begins,
                ends_at=begins + timedelta(hours=2),
                closes_at=begins,
                search=sounds.index(title),
            )
        )
    _insert(connection, rows)


def _people(connection: Connection, dice: Random, chunk: range) -> None:
    now = datetime.now(UTC)
    member = Member(consented_at=now, created_at=now).model_dump()
    address = Address(member_id=0, account=ACCOUNT, external="", created_at=now).model_dump()
    del address["id"]
    names = {number: name(dice, dice.choice((2, 3, 3, 3))) for number in chunk}
    people: list[dict[str, Any]] = [
        {
            **member,
            "id": number,
            "name": name,
            "station_id": 2 + number % TOWNS,
            "staff_number": f"A{number}",
            "calendar_key": f"{number:032x}",
        }
        for number, name in names.items()
    ]
    _copy(connection, Member, people)
    chats = [{**address, "member_id": each, "external": str(each)} for each in chunk]
    _copy(connection, Address, chats)
    keys = [row for number, name in names.items() for row in name_keys.rows_of(number, name)]
    _copy(connection, NameKey, keys)


def _sign_ups(connection: Connection, people: int, events: int, numbers: range) -> None:
    """A tenth of the people come to the last event, the rest to one after another."""
    now = datetime.now(UTC)
    kept = Signup(event_id=1, member_id=None, state=SignupState.SEATED, at=now).model_dump()
    del kept["id"]
    rows = [
        {
            **kept,
            "event_id": events if number % 10 == 0 else 1 + number % events,
            "member_id": 3 + number % (people - 2),
            "turn": number,
        }
        for number in numbers
    ]
    _copy(connection, Signup, rows)


def _size(connection: Connection) -> str:
    """What the keys take in the store, and the store as a whole."""
    if connection.dialect.name == "postgresql":
        sizes = text(
            "SELECT pg_total_relation_size('member_name_key'), pg_database_size(current_database())"
        )
        own, whole = connection.execute(sizes).one()
    else:
        pages = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        whole = connection.execute(pages).scalar_one()
        try:
            used = text("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'member_name_key%'")
            own = connection.execute(used).scalar_one()
        except Exception:
            return f"{whole / 2**20:,.0f} MB the store"
    return f"{own / 2**20:,.0f} of {whole / 2**20:,.0f} MB"


def _insert(connection: Connection, rows: Sequence[SQLModel]) -> None:
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        _copy(connection, type(some[0]), [row.model_dump() for row in some])


def _copy(connection: Connection, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        insert_into = Prepared(insert(table_of(model)), list(rows[0]))
        insert_into.insert_all(Session(connection), rows)
