"""A network comes out of an organizer's file, with its mistakes; what people did stays."""

from datetime import date, datetime
from datetime import time as clock
from pathlib import Path

from openpyxl import Workbook, load_workbook
from sqlmodel import Session, select
from typer.testing import CliRunner

from bot.station.commands import cli
from models import census
from models.events import lookup
from models.loading.network import load, read, template
from models.members import binding, linking
from models.members.linking import ToBind
from models.network import members, stations
from models.network.members import Address, Member, MemberInterest
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.store import Store
from models.teams.teams import Team
from tests.miniature.rows import CARE, ZONE
from tests.models.loading.walk import (
    NETWORK,
    WALK,
    event,
    put,
    station,
)


def test_what_changed_in_the_file_changes_in_the_store(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK, now)
    report = put(store, tmp_path, NETWORK.replace("象棋角", "象棋社"), now)
    assert (report.changed["teams"], report.same["stations"]) == (1, 2)

    def look(session: Session) -> Team:
        return session.exec(select(Team)).one()

    team = store.read_now(look)
    assert team.name == "象棋社"
    assert team.search.startswith("象棋社\txiang qi she")


def test_a_parent_may_stand_below_its_children_and_children_follow_it(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = """
[[stations]]
code = "works"
kind = "contact_point"
parent = "guicheng"
name = "灯具厂"
"""
    dali = '[[stations]]\ncode = "dali"\nkind = "town"\nparent = "nanhai"\nname = "大沥"\n'
    assert put(store, tmp_path, text + NETWORK + dali, now).problems == []
    ids = {code: station(store, code).id for code in ("nanhai", "guicheng", "dali", "works")}
    assert station(store, "works").path == f"/{ids['nanhai']}/{ids['guicheng']}/{ids['works']}/"
    put(store, tmp_path, text.replace('"guicheng"', '"dali"') + NETWORK + dali, now)
    assert station(store, "works").path == f"/{ids['nanhai']}/{ids['dali']}/{ids['works']}/"


MEMBERS = """
[[members]]
name = "小李"
station = "guicheng"
interests = ["chess", "摄影"]
shift = "夜班"

[[members]]
name = "小王"
"""


def test_members_are_loaded_once_and_follow_the_file(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    assert put(store, tmp_path, NETWORK + MEMBERS, now).added["members"] == 2
    assert put(store, tmp_path, NETWORK + MEMBERS, now).same["members"] == 2
    changed = MEMBERS.replace('"摄影"', '"food"')
    assert put(store, tmp_path, NETWORK + changed, now).changed["members"] == 1

    def look(session: Session) -> tuple[Shift | None, set[Interest]]:
        member = session.exec(select(Member).where(Member.name == "小李")).one()
        likes = session.exec(select(MemberInterest).where(MemberInterest.member_id == member.id))
        return member.shift, {each.interest for each in likes}

    assert store.read_now(look) == (Shift.NIGHT, {Interest.CHESS, Interest.FOOD})


def test_who_talks_with_the_station_keeps_their_own_answers(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + MEMBERS, now)

    def arrive(session: Session) -> None:
        member = session.exec(select(Member).where(Member.name == "小李")).one()
        session.add(Address(member_id=member.id, account="web", external="x", created_at=now))

    store.write_now(arrive)
    report = put(store, tmp_path, NETWORK + MEMBERS.replace("夜班", "白班"), now)
    assert (report.same["members"], report.changed["members"]) == (2, 0)


def test_a_member_listed_twice_is_reported(store: Store, tmp_path: Path, now: datetime) -> None:
    report = put(store, tmp_path, NETWORK + MEMBERS + '[[members]]\nname = "小王"\n', now)
    said = [str(each) for each in report.problems]
    assert said == ["network.toml:28: members: the same name and station stand in line 25 already"]


def test_a_text_is_kept_and_found_in_every_language(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    words = 'title_en = "A walk by the lake"\nplace = "湖边"\nplace_en = "the lake"\n'
    assert put(store, tmp_path, NETWORK + WALK + words, now).problems == []
    walk = event(store, "walk")
    assert walk.translations == {"title": {"en": "A walk by the lake"}, "place": {"en": "the lake"}}
    assert walk.text_of("title").to("zh") == "湖边散步"
    assert walk.text_of("bring").to("en") == ""
    assert store.read_now(lookup.matching, "a walk by", now) == [walk.id]
    # What is taken out of the file is taken out of the store.
    assert put(store, tmp_path, NETWORK + WALK, now).changed["events"] == 1
    assert event(store, "walk").translations == {}
    assert store.read_now(lookup.matching, "a walk by", now) == []


def test_a_language_that_is_not_known_is_named(store: Store, tmp_path: Path, now: datetime) -> None:
    words = 'title_fr = "Au bord du lac"\n'
    people = '[[members]]\nname = "小王"\nlanguage = "fr"\n'
    report = put(store, tmp_path, NETWORK + WALK + words + people, now)
    assert [str(each) for each in report.problems] == [
        "network.toml:30: events: title_fr: there is no language 'fr'; there are zh, en",
        "network.toml:33: members: language: there is no language 'fr'; there are zh, en",
    ]


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_an_excel_file_is_loaded_as_a_toml_file_is(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    path = workbook(
        tmp_path / "network.xlsx",
        {
            "站点": [
                ["代码", "类型", "上级", "名称"],
                ["nanhai", "区", None, "南海区"],
                ["guicheng", "镇街", "nanhai", "桂城"],
            ],
            "活动": [
                ["代码", "站点", "类别", "形式", "标题", "日期", "开始", "结束", "名额", "别名",
                 "英文标题"],
                [1001, "guicheng", "生活服务", "体验游", "湖边散步", date(2026, 12, 5),
                 clock(14, 0), "16:30", 6.0, "散步、走路", "By the lake"],
                [None] * 10,
                ["b", "guicheng", "生活服务", "体验游", None, 3, "14:00", "16:30", "不限", None],
            ],
            "Notes": [],
            "Teams": [["code", "station", "Interest", "Name", "colour"],
                      ["chess", "guicheng", "棋牌", "象棋角", "red"]],
        },
    )  # fmt: skip
    report = store.write_now(load, read(path), CARE, now)
    said = [str(each).split(";")[0] for each in report.problems]
    assert said == [
        "network.xlsx:1: teams: there is no column 'colour'",
        "network.xlsx:4: events: 标题 is missing",
    ]
    walk = event(store, "1001")
    assert walk.starts_at == datetime(2026, 12, 5, 14, 0, tzinfo=ZONE)
    assert walk.seats == 6
    assert walk.text_of("title").to("en") == "By the lake"
    assert "散步\tsan bu" in walk.search
    assert store.write_now(load, read(path), CARE, now).same["events"] == 1


def test_the_template_can_be_filled_in_and_its_example_is_not_loaded(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "template.xlsx"
    template(path)
    empty = store.write_now(load, read(path), CARE, now)
    assert empty.lines() == []
    # Without its mark the example is a network of its own, but for what it refers to.
    book = load_workbook(path)
    for page in book.worksheets:
        page["A2"] = str(page["A2"].value).removeprefix("# ")
    book["站点"].append(["nanhai", "区", None, None, "南海区"])
    book.save(path)
    filled = store.write_now(load, read(path), CARE, now)
    assert filled.problems == []
    assert filled.added == {
        "stations": 2, "enterprises": 1, "teams": 1, "clubs": 1, "members": 1, "roles": 1,
        "events": 1, "answers": 1,
    }  # fmt: skip


def test_the_command_writes_a_template_but_never_over_a_file(tmp_path: Path) -> None:
    command = CliRunner()
    path = tmp_path / "network.xlsx"
    assert command.invoke(cli, ["load", "--template", str(path)]).exit_code == 0
    assert load_workbook(path).sheetnames == [
        *("站点", "企业", "队伍", "社团", "工友", "角色", "活动", "常见问答")
    ]
    written = path.read_bytes()
    again = command.invoke(cli, ["load", "--template", str(path)])
    assert again.exit_code == 2
    assert "needs a new name ending in .xlsx" in again.output
    assert path.read_bytes() == written


def test_a_row_with_a_staff_number_is_known_by_it_and_bound_once(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    rows = NETWORK + MEMBER_ROW.format(name="李伟", number="0317")
    rows += MEMBER_ROW.format(name="李伟", number="0318")
    assert put(store, tmp_path, rows, now).added["members"] == 2
    renamed = rows.replace("李伟", "李大伟", 1)
    assert put(store, tmp_path, renamed, now).changed["members"] == 1
    assert store.read_now(census.count, now)["rows without a chat"] == 2

    def bind(session: Session) -> int:
        town = stations.named(session, "guicheng")
        assert town is not None
        [row, _other] = binding.new_codes(session, town, now)
        caller = members.meet(session, "web.chat", "a", language="zh", now=now)
        caller.consented_at = now
        typed = linking.type_code(session, caller, row.shown.lower(), now)
        assert isinstance(typed, ToBind)
        linking.bind(session, caller, typed.code_id, CARE, now)
        return caller.id

    number = store.write_now(bind)
    counted = store.read_now(census.count, now)
    assert (counted["members"], counted["rows without a chat"]) == (1, 1)
    # Loaded again, the row is theirs, whatever they call themselves.
    assert put(store, tmp_path, renamed, now).same["members"] == 2
    assert store.read_now(members.get, number).name in ("李伟", "李大伟")


MEMBER_ROW = """
[[members]]
name = "{name}"
station = "guicheng"
staff_number = "{number}"
"""
