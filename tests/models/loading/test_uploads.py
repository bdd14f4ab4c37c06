"""What an organizer sends as a file is shown before it is written, and written in turns."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, text
from sqlmodel import Session, col, select

from models.loading import network
from models.loading.network import Fate, prepare, read_bytes
from models.network import audit, members, roles
from models.network.members import Member
from models.network.roles import Grant, NotAllowed
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from models.store import Store
from tests.miniature.rows import CARE
from tests.models.loading.files import NETWORK, book, put, shown, told

PEOPLE = "姓名,站点,工号,班次\n小李,{place},A1,夜班\n小王,{place},A2,\n"
DALI = '[[stations]]\ncode = "dali"\nkind = "town"\nparent = "nanhai"\nname = "大沥"\n'


def organizer(store: Store, role: Role, code: str, now: datetime) -> int:
    def appoint(session: Session) -> int:
        caller = members.meet(session, "web.chat", f"{role}-{code}", language="zh", now=now)
        station = session.exec(select(Station).where(Station.code == code)).one()
        roles.give(session, caller.id, role, station, now)
        return caller.id

    return store.write_now(appoint)


def names(session: Session) -> list[str]:
    query = select(Member.name).where(Member.staff_number != "").order_by(Member.name)
    return list(session.exec(query))


async def test_a_preview_tells_each_row_and_writing_does_just_that(
    store: Store, now: datetime
) -> None:
    put(store, NETWORK + DALI, now)
    boss = organizer(store, Role.TOWN, "guicheng", now)
    rows = [
        ["姓名", "站点", "工号", "班次"],
        ["李伟", "桂城", "0317", "夜班"],
        ["小李", "昭信集团", "A1", "夜班"],
        ["小王", "大沥", "A2", None],
        ["小张", "桂城", "A3", "晚"],
        ["王芳", "昭信集团", None, None],
    ]
    content = book({"工友": rows, "备注": [["别看"]]})
    found = shown(store, content, "名单.xlsx", now, boss)
    assert [(each.label, each.fate, each.fields) for each in found.rows] == [
        ("李伟", Fate.CHANGED, ("班次",)),
        ("小李", Fate.ADDED, ()),
        ("小王", Fate.BAD, ()),
        ("小张", Fate.BAD, ()),
        ("王芳", Fate.SAME, ()),
    ]
    assert told(found.report.problems, "zh") == [
        "1: 没有这一页，可用的页是 站点、企业、队伍、社团、工友、角色、活动、常见问答",
        "4: 站点：你不能导入大沥的内容",
        "5: 班次：没有“晚”，可以写 白班、长白班、中班、夜班、倒班、两班倒、三班倒",
    ]
    assert store.read_now(names) == ["李伟"]
    steps: list[tuple[int, int]] = []
    report = await network.write(
        store, content, "名单.xlsx", CARE, now, by=boss, told=lambda *step: steps.append(step)
    )
    assert (report.added["members"], report.changed["members"], report.same["members"]) == (1, 1, 1)
    assert steps[-1] == (3, 3)
    assert told(report.problems) == told(found.report.problems)
    assert store.read_now(names) == ["小李", "李伟"]
    [act] = store.read_now(audit.about, "station:2")
    assert (act.member_id, act.act, act.details) == (boss, Act.LOAD, {"rows": {"members": 2}})


PLACES: list[tuple[str, str]] = [
    ('[[stations]]\nkind = "联系点"\nparent = "桂城"\nname = "新厂"', ""),
    ('[[stations]]\nkind = "联系点"\nparent = "大沥"\nname = "新厂"', "you may not load into 大沥"),
    (
        '[[stations]]\nkind = "镇街"\nparent = "南海区"\nname = "九江"',
        "you may not load into 南海区",
    ),
    ('[[stations]]\ncode = "guicheng"\nkind = "镇街"\nparent = "nanhai"\nname = "桂"', "南海区"),
    ('[[teams]]\nstation = "大沥"\ninterest = "象棋"\nname = "棋社"', "you may not load into 大沥"),
    ('[[members]]\nname = "小李"', "station is missing"),
    ('[[enterprises]]\nname = "新厂"', ""),
    ('[[enterprises]]\ncode = "zhaoxin"\nname = "昭信"', ""),
    ('[[roles]]\nname = "李伟"\nrole = "活动骨干"\nplace = "桂城"', ""),
    ('[[roles]]\nname = "李伟"\nrole = "队长"\nplace = "象棋角"', ""),
    ('[[roles]]\nname = "李伟"\nrole = "镇街组织者"\nplace = "桂城"', "you may not give this role"),
    ('[[roles]]\nname = "李伟"\nrole = "活动骨干"\nplace = "大沥"', "you may not load into 大沥"),
]


def test_a_town_loads_what_is_below_it_and_gives_the_roles_that_it_may_give(
    store: Store, now: datetime
) -> None:
    put(store, NETWORK + DALI, now)
    boss = organizer(store, Role.TOWN, "guicheng", now)
    for row, said in PLACES:
        found = shown(store, row.encode(), "a.toml", now, boss)
        problems = told(found.report.problems)
        assert len(problems) == bool(said), (row, problems)
        assert all(said in each for each in problems), (row, problems)


def test_who_may_load_nowhere_is_refused_and_so_is_a_right_that_was_lost(
    store: Store, now: datetime
) -> None:
    put(store, NETWORK, now)
    firm = organizer(store, Role.CONTACT_POINT, "zhaoxin-point", now)
    content = PEOPLE.format(place="昭信集团").encode("gb18030")
    with pytest.raises(NotAllowed):
        shown(store, content, "工友.csv", now, firm)
    boss = organizer(store, Role.TOWN, "guicheng", now)
    sheets = read_bytes(content, "工友.csv")
    loading = store.read_now(prepare, sheets, CARE, now, boss)

    def withdraw(session: Session) -> None:
        grant = session.exec(select(Grant).where(Grant.member_id == boss)).one()
        roles.withdraw(session, grant.id, boss, now)

    store.write_now(withdraw)
    with pytest.raises(NotAllowed):
        store.write_now(loading.turn)
    assert store.read_now(names) == ["李伟"]


# Turns


def many(number: int) -> str:
    rows = "".join(f"工友{each},桂城,N{each},\n" for each in range(number))
    return "姓名,站点,工号,班次\n" + rows


def count(session: Session) -> int:
    return session.exec(select(func.count(col(Member.id)))).one()


def test_a_load_that_was_killed_is_run_again_and_completes(store: Store, now: datetime) -> None:
    put(store, NETWORK, now)
    content = many(300).encode()

    def begin() -> network.Loading:
        return store.read_now(prepare, read_bytes(content, "工友.csv"), CARE, now)

    loading = begin()
    # One batch a turn: then the process is gone, and the next one knows nothing of it.
    store.write_now(loading.turn, 0.0)
    loading.keep()
    assert (loading.done, loading.total, store.read_now(count)) == (100, 300, 102)
    again = begin()
    while not again.is_over:
        store.write_now(again.turn, 0.0)
        again.keep()
    report = again.finished()
    assert (report.same["members"], report.added["members"]) == (100, 200)
    assert store.read_now(count) == 302


def test_a_turn_that_was_undone_is_taken_again_and_counted_once(
    store: Store, now: datetime
) -> None:
    text = NETWORK + DALI
    loading = store.read_now(prepare, read_bytes(text.encode(), "a.toml"), CARE, now)

    def fail(session: Session) -> None:
        loading.turn(session, 60)
        raise LookupError("the transaction failed")

    with pytest.raises(LookupError):
        store.write_now(fail)
    store.write_now(loading.turn, 60)
    loading.keep()
    assert loading.is_over
    report = loading.finished()
    assert (report.added["stations"], report.added["members"], report.problems) == (4, 2, [])

    def paths(session: Session) -> list[tuple[str, str]]:
        rows = session.exec(select(Station.code, Station.path).order_by(col(Station.id)))
        return [(code, path) for code, path in rows]

    by_code = dict(store.read_now(paths))
    assert by_code["zhaoxin-point"].startswith(by_code["guicheng"])
    assert by_code["dali"].startswith(by_code["nanhai"])


async def test_others_write_between_two_turns(store: Store, now: datetime) -> None:
    put(store, NETWORK, now)
    sheets = read_bytes(many(600).encode(), "工友.csv")
    loading = await store.read(prepare, sheets, CARE, now)
    seen: list[int] = []

    def meet(session: Session, chat: str) -> int:
        return members.meet(session, "web.chat", chat, language="zh", now=now).id

    async def others() -> None:
        while not loading.is_over:
            seen.append(await store.write(meet, f"w{len(seen)}"))

    other = asyncio.create_task(others())
    # However quick the machine is, a turn of no time ends behind its first rows.
    report = await network.write_in_turns(store, loading, share=0)
    await other
    assert report.added["members"] == 600
    assert len(seen) > 1


async def test_postgresql_sees_a_table_grow_while_it_is_loaded(
    postgresql_url: str, now: datetime
) -> None:
    store = Store(postgresql_url)
    put(store, NETWORK, now)
    sheets = read_bytes(many(600).encode(), "工友.csv")
    loading = await store.read(prepare, sheets, CARE, now)
    await network.write_in_turns(store, loading)

    def rows_seen(session: Session) -> float:
        seen = text("SELECT reltuples FROM pg_class WHERE oid = 'member'::regclass")
        return float(session.execute(seen).scalar_one())

    assert store.read_now(rows_seen) >= network.FIRST_GROWN
    store.close()


def test_a_file_is_checked_as_a_whole_before_anything_is_written(
    store: Store, now: datetime
) -> None:
    put(store, NETWORK, now)
    before = store.read_now(count)
    found = shown(store, many(3).encode(), "工友.csv", now)
    assert [each.fate for each in found.rows] == [Fate.ADDED] * 3
    assert store.read_now(count) == before
