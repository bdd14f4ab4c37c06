"""Organizers ask what was done in a year, a quarter, a month, and get it in words and in files."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from models.events.events import Category, Kind, Signup, SignupState
from models.members import retention
from models.network.members import Member
from models.rules.network.permissions import Role
from models.rules.teams.joining import TeamState
from tests.miniature.rows import CONTACT_POINT, DISTRICT, GUICHENG, SHISHAN, ZONE, event, team
from tests.papers.papers import pages_of
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


def an_autumn(town: Nanhai) -> None:
    """Two lectures of two hours in October, six and four who came; one visit in September."""

    def add(session: Session) -> None:
        people = [Member(name=f"人{number}", created_at=town.hands.now) for number in range(6)]
        session.add_all(people)
        session.flush()
        for code, month, station_id, kind, came in (
            ("one", 10, SHISHAN, Kind.LECTURE, 6),
            ("two", 10, CONTACT_POINT, Kind.LECTURE, 4),
            ("visit", 9, GUICHENG, Kind.TOUR, 2),
        ):
            starts_at = datetime(2026, month, 10, 10, tzinfo=ZONE)
            row = event(code, f"活动{code}", starts_at, station_id=station_id, kind=kind)
            row.category = Category.CAREER
            row.ends_at = starts_at + timedelta(hours=2)
            session.add(row)
            session.flush()
            for each in people[:came]:
                state = SignupState.ATTENDED
                session.add(Signup(event_id=row.id, member_id=each.id, state=state, at=starts_at))
        session.add(team())
        session.add(team(code="asked", name="还没批", state=TeamState.WAITING))
        session.flush()

    town.store.write_now(add)


def _cell(month: int, day: int, hour: int = 0) -> datetime:
    """A time as a workbook holds it: without a zone."""
    return datetime(2026, month, day, hour, tzinfo=ZONE).replace(tzinfo=None)


async def test_the_year_is_told_in_one_sentence_and_what_came_of_it(town: Nanhai) -> None:
    an_autumn(town)
    liu = await organizer(town, Role.DISTRICT, DISTRICT)
    said = await liu.says("年报")
    assert said.splitlines() == [
        "南海区 · 2026 年 · 到 12月1日为止",
        "1 支队伍、0 名活动骨干、0 个社团、3 场活动",
        "12 人次，共 6 人，首次参加 6 人",
        "2025 年 · 到 12月1日为止：0 场活动 · 0 人次",
        "学习 20 小时",
    ]
    assert (await liu.says("年报 狮山 10月")).splitlines()[:3] == [
        "狮山 · 2026 年 10月",
        "1 支队伍、0 名活动骨干、0 个社团、2 场活动",
        "10 人次，共 6 人，首次参加 4 人",
    ]


async def test_years_whose_names_are_gone_say_that_they_count_visits(town: Nanhai) -> None:
    an_autumn(town)
    later = town.hands.now + timedelta(days=6 * 365)
    old = town.look(retention.old_claims, later)
    town.store.write_now(retention.unname_claims, old, later)
    liu = await organizer(town, Role.DISTRICT, DISTRICT)
    said = (await liu.says("年报")).splitlines()
    assert said[2] == "12 人次，共 12 人，首次参加 0 人，其中多数已不记名，按每场活动一人计"


async def test_an_organizers_own_words_lead_there_and_so_do_taps(town: Nanhai) -> None:
    an_autumn(town)
    liu = await organizer(town, Role.DISTRICT, DISTRICT)
    assert "3 场活动" in await liu.says("今年办了多少场活动")
    assert "桂城 · 2026 年第 3 季度" in await liu.says("桂城上季度报表")
    await liu.presses("换一个")
    assert "2026 年 11月" in await liu.presses("上个月")
    await liu.presses("换一个")
    assert "没有" not in await liu.presses("去年")
    assert "没找到叫“月球”的镇街或联系点" in await liu.says("年报 月球 2026年")
    assert "还没开始" in await liu.says("年报 2027年")


async def test_a_company_sees_steps_of_five_and_no_other_place(town: Nanhai) -> None:
    an_autumn(town)
    boss = await organizer(town, Role.CONTACT_POINT, CONTACT_POINT)
    said = await boss.says("年报 10月")
    assert "昭信集团 · 2026 年 10月" in said
    assert "不到 5 人次，共 不到 5 人" in said
    assert "场活动" not in await boss.says("年报 桂城")


async def test_who_organizes_nothing_is_told_who_can(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    said = await ana.says("年报")
    assert "场活动" not in said
    assert "支队伍" not in await ana.says("统计")
    # Their own words are followed by what they mean to a worker.
    assert "支队伍、" not in await ana.says("今年办了多少场活动")


async def test_the_account_is_printed_on_one_page_and_its_tables_are_a_workbook(
    town: Nanhai,
) -> None:
    an_autumn(town)
    liu = await organizer(town, Role.DISTRICT, DISTRICT)
    await liu.says("年报 2026年10月")
    await liu.presses("要打印")
    assert pages_of((await liu.file()).content) == 1
    await liu.presses("表格")
    book = load_workbook(BytesIO((await liu.file()).content))
    figures = {row[0]: row[1:] for row in book.worksheets[0].values}
    assert figures["活动场次"] == (2, 1, 1)
    assert figures["参加人次"] == (10, 2, 8)
    assert figures["学习时长（小时）"] == (20, 0, 20)
    names = [sheet.title for sheet in book.worksheets[1:]]
    assert names == [
        "按类别",
        "按类型",
        "按地方",
        "按企业",
        "按合作内容",
        "按合作方",
        "按月份",
        "活动明细",
    ]
    months = list(book["按月份"].values)
    assert months[1:] == [(_cell(10, 1), 2, 10)]
    first = list(book["活动明细"].values)[1]
    assert first[:3] == ("活动one", _cell(10, 10, 10), "狮山")


@pytest.mark.parametrize("channel", ["telegram"])
async def test_an_account_is_told_in_english(town: Nanhai) -> None:
    an_autumn(town)
    ann = await organizer(town, Role.DISTRICT, DISTRICT)
    await ann.says("/language en")
    said = await ann.says("/report Shishan October 2026")
    assert said.splitlines()[:3] == [
        "Shishan · Oct 2026",
        "1 interest team, 0 core members, 0 company clubs, 2 events held",
        "10 attendances, 6 people in all, 4 people for the first time",
    ]
