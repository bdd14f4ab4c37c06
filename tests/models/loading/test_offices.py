"""Files as offices write them: names for codes, words of the trade, merged cells, GBK."""

from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from sqlmodel import Session, col, select

from models.events.events import Event, Kind
from models.loading.network import Unreadable, load, read_bytes
from models.network.members import Member
from models.network.stations import Station
from models.rules.members.interests import Interest
from models.store import Store
from models.teams.teams import Team
from tests.miniature.rows import CARE, local
from tests.models.loading.files import NETWORK, put, put_book, saved, told

HEAD = ["站点", "类别", "形式", "标题", "日期", "开始", "结束", "名额"]


def events(session: Session) -> list[Event]:
    return list(session.exec(select(Event).order_by(col(Event.id))))


def codes(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(Station.code, Station.name).order_by(col(Station.id)))
    return [(code, name) for code, name in rows]


def test_places_are_named_and_get_codes_and_twice_is_harmless(store: Store, now: datetime) -> None:
    pages = {
        "站点": [
            ["类型", "上级", "企业", "名称"],
            ["区", None, None, "南海区"],
            ["街道", "南海区", None, "桂城"],
            ["企业", "桂城街道", "昭信集团", "昭信集团"],
        ],
        "企业": [["名称"], ["昭信集团"]],
        "队伍": [["站点", "兴趣", "名称"], ["桂城", "羽毛球", "千灯湖羽毛球队"]],
        "工友": [["姓名", "站点", "兴趣", "班次"], ["小李", "昭信集团", "羽毛球、唱歌", "夜"]],
        "活动": [
            HEAD,
            ["桂城", "文体", "比赛", "羽毛球赛", "12月20日", "下午2点", "下午5点", "二十人"],
        ],
    }  # fmt: skip
    report = put_book(store, pages, now)
    assert told(report.problems, "zh") == []
    assert store.read_now(codes) == [
        ("nanhaiqu", "南海区"),
        ("guicheng", "桂城"),
        ("zhaoxinjituan", "昭信集团"),
    ]
    [match] = store.read_now(events)
    assert match.code == "guicheng-20261220-yumaoqiusai"
    assert (match.kind, match.starts_at, match.seats) == (Kind.CONTEST, local(20, 14), 20)

    def team(session: Session) -> tuple[str, Interest]:
        found = session.exec(select(Team)).one()
        return found.code, found.interest

    assert store.read_now(team) == ("guicheng-qiandenghuyumaoqiudui", Interest.BALL_GAMES)
    again = put_book(store, pages, now + timedelta(hours=1))
    assert (again.problems, sum(again.added.values()), sum(again.changed.values())) == ([], 0, 0)


DAYS = [
    ("下周六", "14:00", local(12, 14)),
    ("12月20日", "14：00", local(20, 14)),
    (46376, 0.583333333, local(20, 14)),
    ("2026.12.20", "14点", local(20, 14)),
    (date(2026, 12, 20), "下午两点", local(20, 14)),
]


@pytest.mark.parametrize(("day", "at", "meant"), DAYS)
def test_days_and_times_are_read_as_in_a_chat_and_as_excel_keeps_them(
    sqlite_url: str, now: datetime, day: object, at: object, meant: datetime
) -> None:
    store = Store(sqlite_url)
    put(store, NETWORK, now)
    rows = [["代码", *HEAD], ["walk", "桂城", "生活", "参观", "散步", day, at, "16:30", "不限"]]
    assert told(put_book(store, {"活动": rows}, now).problems) == []
    assert [each.starts_at for each in store.read_now(events)] == [meant]
    store.close()


DOUBTS = [
    ({"日期": "下周六"}, "缺代码：日期从今天算起的活动要有代码"),
    ({"开始": "2点"}, "开始：看不懂时间“2点”，写成 14:00 或下午 2 点"),
    ({"站点": 13912345678.0}, "站点：没有叫“13912345678”的站点"),
    ({"名额": "很多"}, "名额：'很多' 不是名额数，不限就留空"),
    ({"类别": "逛逛"}, "类别：没有“逛逛”，可以写 思想教育、文体艺术、生活服务、职场提升"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "said"), DOUBTS)
def test_what_is_not_certain_is_said_in_the_words_of_the_file(
    sqlite_url: str, now: datetime, cells: dict[str, object], said: str
) -> None:
    store = Store(sqlite_url)
    put(store, NETWORK, now)
    usual = ["桂城", "生活", "参观", "散步", "12月20日", "14:00", "16:30", 20]
    row = dict(zip(HEAD, usual, strict=True))
    report = put_book(store, {"活动": [HEAD, list((row | cells).values())]}, now)
    assert told(report.problems, "zh") == [f"2: {said}"]
    store.close()


def test_two_of_one_name_need_their_codes_and_a_phone_number_names_nobody(
    store: Store, now: datetime
) -> None:
    put(store, NETWORK, now)
    more = """
[[stations]]
code = "t-guicheng"
kind = "town"
parent = "nanhai"
name = "桂城"

[[teams]]
code = "chess2"
station = "guicheng"
interest = "chess"
name = "象棋角"

[[members]]
name = "13912345678"
station = "guicheng"

[[teams]]
code = "13800138000"
station = "guicheng"
interest = "chess"
name = "围棋角"
"""
    report = put(store, more, now)
    assert told(report.problems) == [
        "6: name: '桂城' is there with the code guicheng",
        "12: name: '象棋角' is there with the code chess",
        "15: name: this is a phone number; none is kept here",
        "19: code: this is a phone number; none is kept here",
    ]
    twins = NETWORK.split("[[teams]]")[1].split("[[members]]")[0]
    other = "\n[[teams]]" + twins.replace('"chess"', '"c3"', 1).replace('"guicheng"', '"nanhai"')
    assert put(store, other, now).problems == []
    event = ["e", "大沥", "生活", "参观", "散步", "12月20日", "9:00", "10:00", 2, "象棋角"]
    report = put_book(store, {"活动": [["代码", *HEAD, "队伍"], event]}, now)
    assert "2: 队伍：有好几个“象棋角”，写代码：chess, c3" in told(report.problems, "zh")


def test_a_title_above_the_headers_and_merged_cells_are_read(store: Store, now: datetime) -> None:
    put(store, NETWORK, now)
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = "工友"
    for row in (
        ["2026年工友名单"],
        [],
        ["姓名", "站点", "工号"],
        ["小李", "桂城", "1"],
        ["小王", None, "2"],
    ):
        page.append(row)  # fmt: skip
    page.merge_cells("A1:C1")
    page.merge_cells("B4:B5")
    read = read_bytes(saved(made), "工友.xlsx")
    report = store.write_now(load, read, CARE, now)
    assert (report.problems, report.added["members"]) == ([], 2)

    def places(session: Session) -> list[int | None]:
        rows = select(Member.station_id).where(col(Member.staff_number).in_(["1", "2"]))
        return list(session.exec(rows))

    assert store.read_now(places) == [2, 2]
    # What the desk's own list and offices call the columns will do.
    rows = [["称呼", "地方", "员工号"], ["小赵", "桂城", "3"]]
    report = put_book(store, {"工友": rows}, now)
    assert (report.problems, report.added["members"]) == ([], 1)
    # Without any headers it is said once, and not for each row.
    report = put_book(store, {"工友": [["小李", "桂城"], ["小王", "桂城"]]}, now)
    assert told(report.problems, "zh") == [
        "1: 没找到表头，表头要写列名：代码、姓名、站点、工号、兴趣、班次、语言"
    ]


def test_a_formula_that_was_never_worked_out_is_named(store: Store, now: datetime) -> None:
    put(store, NETWORK, now)
    rows = [HEAD, ["桂城", "生活", "参观", "散步", "=TODAY()+7", "14:00", "16:30", 20]]
    report = put_book(store, {"活动": rows}, now)
    said = "2: 日期：公式没有算出结果，先用 Excel 或 WPS 打开保存一次"
    assert said in told(report.problems, "zh")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["工友.csv", "export.csv"])
def test_a_table_in_text_is_read_whatever_its_encoding(
    sqlite_url: str, now: datetime, encoding: str, name: str
) -> None:
    store = Store(sqlite_url)
    put(store, NETWORK, now)
    text = "姓名,站点,工号,兴趣\n小李,桂城,A17,羽毛球、唱歌\n小王,石湾,,\n"
    read = read_bytes(text.encode(encoding), name)
    report = store.write_now(load, read, CARE, now)
    assert told(report.problems, "zh") == ["3: 站点：没有叫“石湾”的站点"]
    assert report.added["members"] == 1
    store.close()


def test_what_is_no_table_says_so() -> None:
    for content, name, why in (
        (b"\x81\x00\xff\xff", "工友.csv", "neither UTF-8 nor GBK"),
        ("甲,乙\n1,2\n".encode(), "x.csv", "its columns are those of no sheet"),
    ):
        with pytest.raises(Unreadable, match=why):
            read_bytes(content, name)


def test_a_workbook_of_another_program_may_lack_what_is_looked_for(now: datetime) -> None:
    content = BytesIO()
    with ZipFile(content, "w") as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(Unreadable, match="not an Excel workbook"):
        read_bytes(content.getvalue(), "a.xlsx")
