"""Roles, captains and clubs come out of a file; a role counts once its person can be told."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.members import binding, linking
from models.members.linking import ToBind
from models.network import audit, members, roles, stations
from models.network.members import Member
from models.network.name_keys import NameKey
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from models.store import Store
from models.teams import leading, teams
from models.teams.teams import Team
from tests.miniature.rows import CARE, local
from tests.models.loading.files import NETWORK, put, put_book, told

POSTS = """
[[roles]]
person = "0317"
name = "李伟"
role = "镇街组织者"
place = "桂城"

[[roles]]
name = "王芳"
station = "zhaoxin-point"
role = "captain"
place = "象棋角"
until = 2026-12-31
"""


def station(session: Session, code: str) -> Station:
    found = stations.named(session, code)
    assert found is not None
    return found


def granted(session: Session) -> list[tuple[str, Role, datetime | None]]:
    query = select(Member.name, Grant.role, Grant.until).join(Grant).order_by(col(Grant.id))
    return [(name, Role(role), until) for name, role, until in session.exec(query)]


def test_a_role_of_a_row_counts_from_when_its_person_is_bound(store: Store, now: datetime) -> None:
    report = put(store, NETWORK + POSTS, now)
    assert (report.problems, report.added["roles"]) == ([], 2)
    assert store.read_now(granted) == [
        ("李伟", Role.TOWN, None),
        ("王芳", Role.CAPTAIN, local(31, 0) + timedelta(days=1)),
    ]

    def who(session: Session) -> tuple[list[str], set[str], list[str], int]:
        town = station(session, "guicheng")
        team = session.exec(select(Team)).one()
        able = roles.who_can(session, Act.ANSWER_THREAD, town, now)
        paths = roles.paths_with(session, Act.ANSWER_THREAD, now)
        led = leading.in_charge(session, team, now)
        return [e.name for e in able], paths, [e.name for e in led], team.members

    # The captain is in the team; neither of them can be told anything yet.
    assert store.read_now(who) == ([], set(), [], 1)

    def bind(session: Session) -> None:
        rows = binding.new_codes(session, station(session, "nanhai"), now)
        for chat, row in enumerate(rows):
            caller = members.meet(session, "web.chat", f"c{chat}", language="zh", now=now)
            caller.consented_at = now
            typed = linking.type_code(session, caller, row.code, now)
            assert isinstance(typed, ToBind)
            linking.bind(session, caller, typed.code_id, CARE, now)

    store.write_now(bind)
    assert store.read_now(who) == (["李伟"], {"/1/2/"}, ["王芳"], 1)
    assert put(store, NETWORK + POSTS, now).same["roles"] == 2
    act = store.read_now(audit.about, "member:1")[0]
    assert (act.member_id, act.act, act.details) == (None, Act.INVITE_ORGANIZER, {"role": "town"})


def test_what_was_done_with_a_role_in_a_chat_stays(store: Store, now: datetime) -> None:
    put(store, NETWORK + POSTS, now)

    def withdraw(session: Session) -> None:
        for grant in session.exec(select(Grant)):
            roles.withdraw(session, grant.id, grant.member_id, now)

    store.write_now(withdraw)
    report = put(store, NETWORK + POSTS, now)
    assert (report.same["roles"], report.added["roles"]) == (2, 0)
    # Another captain may be named now; while one leads, a file names no other.
    other = POSTS.replace('name = "王芳"', 'name = "李伟"').replace("zhaoxin-point", "guicheng")
    assert put(store, NETWORK + other, now).added["roles"] == 1
    third = '[[members]]\nname = "陈东"\nstation = "guicheng"\n'
    next_one = other.replace('name = "李伟"\nstation', 'name = "陈东"\nstation')
    report = put(store, NETWORK + third + next_one, now)
    assert told(report.problems) == [
        "51: role: the team has a captain, who hands it over in a chat"
    ]


def test_an_end_that_changed_in_the_file_changes_the_role(store: Store, now: datetime) -> None:
    put(store, NETWORK + POSTS, now)
    report = put(store, NETWORK + POSTS.replace("2026-12-31", "2027-01-31"), now)
    assert (report.changed["roles"], report.same["roles"]) == (1, 1)


WRONG = [
    ("0317", "李威", "镇街组织者", "桂城", "2: 姓名：“0317”的姓名是李伟"),
    ("0399", "李伟", "镇街组织者", "桂城", "2: 工友里没有“0399 李伟”"),
    (None, "张三", "镇街组织者", "桂城", "2: 工友里没有“张三”"),
    ("0317", "李伟", "区组织者", "桂城", "2: 负责：桂城是镇街，这个角色不是这一级的"),
    ("0317", "李伟", "队长", "桂城", "2: 负责：没有叫“桂城”的队伍"),
    ("0317", "李伟", "店长", "桂城", "2: 角色：没有“店长”，可以写 区组织者"),
    ("0317", "李伟", "骨干", "石湾", "2: 负责：没有叫“石湾”的站点"),
    (13800138000, "李伟", "骨干", "桂城", "2: 人员：这是手机号，这里不存手机号"),
]  # fmt: skip


def test_who_is_meant_is_certain_or_nothing_is_given(store: Store, now: datetime) -> None:
    put(store, NETWORK, now)
    for person, name, role, place, said in WRONG:
        rows = [["人员", "姓名", "角色", "负责"], [person, name, role, place]]
        report = put_book(store, {"角色": rows}, now)
        assert [each.startswith(said) for each in told(report.problems, "zh")] == [True], said
    assert store.read_now(granted) == []


def test_a_club_is_found_by_its_company_and_gets_the_next_number(
    store: Store, now: datetime
) -> None:
    put(store, NETWORK, now)
    rows = [
        ["企业", "兴趣", "名称", "负责人", "预计人数"],
        ["昭信集团", "唱歌", "昭信合唱团", "王芳", "二十人"],
        ["昭信集团", "书法", "昭信书法社", "李伟", 12],
    ]
    report = put_book(store, {"社团": rows}, now)
    assert (report.problems, report.added["clubs"]) == ([], 2)

    def clubs(session: Session) -> list[tuple[object, ...]]:
        mine = select(Team).where(col(Team.enterprise_id).is_not(None))
        found = session.exec(mine.order_by(col(Team.id)))
        return [(e.name, e.register_number, e.expected_members, e.station_id) for e in found]

    there = store.read_now(clubs)
    assert there == [("昭信合唱团", "NH-2026-001", 20, 3), ("昭信书法社", "NH-2026-002", 12, 3)]
    assert put_book(store, {"社团": rows}, now).same["clubs"] == 2
    assert store.read_now(clubs) == there


def test_a_row_gets_its_staff_number_later(store: Store, now: datetime) -> None:
    put(store, NETWORK, now)

    def found(session: Session) -> set[int]:
        return set(session.exec(select(NameKey.member_id)))

    # Whoever looks people up finds them by parts of their names.
    assert store.read_now(found) == {1, 2}
    numbered = NETWORK.replace('name = "王芳"', 'name = "王芳"\nstaff_number = "0318"')
    report = put(store, numbered, now)
    assert (report.changed["members"], report.added["members"]) == (1, 0)
    # Two of one name are two people, with and without a number.
    twice = numbered + '\n[[members]]\nname = "王芳"\nstation = "zhaoxin-point"\n'
    report = put(store, twice, now)
    assert (report.added["members"], report.problems) == (1, [])
    assert put(store, twice, now).same["members"] == 3


def test_a_team_with_a_captain_out_of_a_file_is_run_from_its_station_until_then(
    store: Store, now: datetime
) -> None:
    put(store, NETWORK + POSTS, now)

    def look(session: Session) -> tuple[list[str], bool]:
        team = session.exec(select(Team)).one()
        led = [member.name for _grant, member in leading.leaders(session, team.id, now)]
        return led, teams.is_member(session, team.id, 2)

    assert store.read_now(look) == (["王芳"], True)
