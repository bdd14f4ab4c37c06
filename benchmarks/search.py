"""Search among a million people and ten thousand events, as an organizer types.

python -m benchmarks.search                          a million members on SQLite
python -m benchmarks.search --store postgresql

Names are drawn as they are borne: a few surnames have most people. Each kind of words is searched
many times, by an organizer of the district, who sees everybody, and of one of seven towns; the
clock's time is told, the CPU's of this process beside it. Then members tell their names, with and
without keys being kept for them, for what that costs.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlmodel import Session, SQLModel

import migrations
from benchmarks.arrivals import quantile
from benchmarks.report import show_machine, show_table
from benchmarks.stations import mend_sequences
from benchmarks.workspaces import STORES, Workspace, workspaces
from models.events.events import Category, Event, Kind
from models.finding import searching
from models.members import profile
from models.network import members, name_keys
from models.network.members import Address, Member
from models.network.name_keys import NameKey
from models.network.roles import Grant
from models.network.stations import Station, StationKind
from models.rules.network.permissions import Role
from models.rules.search import sounds
from models.store import Store, open_engine

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
COLUMNS = ("who", "words", "for example", "people", "p50 ms", "p99 ms", "CPU ms")


@dataclass(frozen=True, slots=True)
class Timed:
    """One kind of words: an example, and seconds by the clock for each search of it."""

    kind: str
    example: str
    by_clock: Sequence[float]
    cpu: float
    found: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=100)
    options = parser.parse_args()
    show_machine(options.store)
    with workspaces(options.store) as where:
        _run(where.workspace(""), options.people, options.events, options.times)


def _run(space: Workspace, people: int, events: int, times: int) -> None:
    dice = Random(35)
    migrations.upgrade(space.store)
    engine = open_engine(space.store)
    started = time.perf_counter()
    with engine.begin() as connection:
        _places(connection)
        _events(connection, dice, events)
        for start in range(3, people + 1, CHUNK):
            _people(connection, dice, range(start, min(start + CHUNK, people + 1)))
        keys = connection.execute(text("SELECT count(*) FROM member_name_key")).scalar_one()
        size = _size(connection)
        if connection.dialect.name == "postgresql":
            mend_sequences(connection, Station, Event, Member, Address)
        connection.execute(text("ANALYZE"))
    engine.dispose()
    filled = time.perf_counter() - started
    print(f"\n{people:,} people, {keys:,} keys of names ({size}), filled in {filled:,.0f} s")
    store = Store(space.store)
    try:
        for by, whose in ((DISTRICT_HEAD, "district"), (TOWN_HEAD, "a town")):
            rows = [_row(whose, each) for each in _searches(store, dice, by, people, times)]
            show_table(
                ("who", "words", "for example", "people", "p50 ms", "p99 ms", "CPU ms"), rows
            )
        with_keys, without = _cost_of_names(store, dice, times)
        columns = ("a member's first name", "CPU us")
        show_table(columns, [("with keys", f"{with_keys:,.0f}"), ("without", f"{without:,.0f}")])
    finally:
        store.close()


def _row(whose: str, timed: Timed) -> tuple[str, ...]:
    return (
        whose,
        timed.kind,
        timed.example,
        f"{timed.found:,}",
        f"{quantile(timed.by_clock, 0.5) * 1000:,.1f}",
        f"{quantile(timed.by_clock, 0.99) * 1000:,.1f}",
        f"{timed.cpu * 1000:,.1f}",
    )


def _searches(store: Store, dice: Random, by: int, people: int, times: int) -> Iterator[Timed]:
    kinds: dict[str, Callable[[], str]] = {
        "name": lambda: _name(dice, 3),
        "two characters": lambda: _name(dice, 3)[1:],
        "surname": lambda: _name(dice, 3)[0],
        "rare surname": lambda: dice.choice(SURNAMES[-20:]),
        "another of the same sound": lambda: _name(dice, 2)[0] + dice.choice("韡荭栎"),
        "pinyin": lambda: sounds.sound(_name(dice, 3)) or "",
        "initials": lambda: "".join((sounds.sound(each) or "x")[0] for each in _name(dice, 3)),
        "number": lambda: str(dice.randrange(3, people + 1)),
        "staff number": lambda: f"A{dice.randrange(3, people + 1)}",
        "event": lambda: dice.choice(TITLES),
        "event in pinyin": lambda: sounds.sound(dice.choice(TITLES)) or "",
        "nothing": lambda: "qxzvv" + str(dice.randrange(10)),
    }
    now = datetime.now(UTC)
    for kind, make in kinds.items():
        taken, found, words = [], 0, ""
        store.read_now(searching.search, by, make(), now)
        began = time.process_time()
        for _ in range(times):
            words = make()
            started = time.perf_counter()
            hits = store.read_now(searching.search, by, words, now)
            taken.append(time.perf_counter() - started)
            found += len(hits.people)
        yield Timed(kind, words, taken, (time.process_time() - began) / times, found)


def _cost_of_names(store: Store, dice: Random, times: int) -> tuple[float, float]:
    """CPU microseconds that a name costs beside what else is done at the first hello."""

    def names(session: Session, at: str, with_keys: bool) -> float:
        now, put = datetime.now(UTC), name_keys.put
        callers = [
            members.meet(session, ACCOUNT, f"{at}{number}", language="zh", now=now)
            for number in range(times)
        ]
        called = [_name(dice, 3) for _ in callers]
        if not with_keys:
            name_keys.put = lambda *_: None
        try:
            began = time.process_time()
            for caller, name in zip(callers, called, strict=True):
                profile.record_consent(session, caller, name, now)
            return (time.process_time() - began) / times * 1_000_000
        finally:
            name_keys.put = put

    return store.write_now(names, "a", True), store.write_now(names, "b", False)


# What there is


def _name(dice: Random, length: int) -> str:
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
    start = datetime.now(UTC) - timedelta(days=events // 20)
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
    names = {number: _name(dice, dice.choice((2, 3, 3, 3))) for number in chunk}
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
    connection.execute(insert(Member), people)
    chats = [{**address, "member_id": each, "external": str(each)} for each in chunk]
    connection.execute(insert(Address), chats)
    keys = [row for number, name in names.items() for row in name_keys.rows_of(number, name)]
    connection.execute(insert(NameKey), keys)


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
        connection.execute(insert(type(some[0])), [row.model_dump() for row in some])


if __name__ == "__main__":
    main()
