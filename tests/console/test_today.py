"""The first page of the desk, and the calendar: what is on, who is short, what waits."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from models.events.events import Event, EventState
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.miniature.rows import badminton, event, lamp_works, local


def keep(desks: Nanhai, *rows: Event) -> None:
    def add(session: Session) -> None:
        for each in rows:
            session.add(each)
            session.flush()

    desks.store.write_now(add)


async def test_the_first_page_shows_what_is_on_at_ones_own_places(desks: Nanhai) -> None:
    keep(desks, lamp_works(), badminton(station_id=SHISHAN))
    guicheng = await (await desks.desk_of(Role.TOWN, GUICHENG)).opens("/console")
    assert "走进灯具厂" in guicheng.text
    assert "羽毛球" not in guicheng.text
    both = (await (await desks.desk_of(Role.DISTRICT)).opens("/console")).text
    assert both.index("走进灯具厂") < both.index("羽毛球")
    assert "12月3日 周四 11:00–13:00（后天）" in both


async def test_who_is_short_of_sign_ups_is_told_while_it_is_near(desks: Nanhai) -> None:
    keep(desks, lamp_works(seats=10, held=2))
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    assert "报名的人少" in (await browser.opens("/console")).text
    keep(desks, event("far", "年会", local(30, 19), station_id=GUICHENG, seats=500))
    assert (await browser.opens("/console")).text.count("年会") == 0


async def test_what_waits_for_approval_is_shown_to_who_can_approve_it(desks: Nanhai) -> None:
    author = desks.member("阿芳", Role.CORE_MEMBER, GUICHENG)
    keep(desks, lamp_works(state=EventState.ASKED, by_member_id=author))
    assert "要批的活动" in (await (await desks.desk_of(Role.TOWN, GUICHENG)).opens("/console")).text
    others = (await desks.desk_of(Role.TOWN, SHISHAN), await desks.signed_in(author))
    for each in others:
        assert "要批的活动" not in (await each.opens("/console")).text


async def test_accounts_that_do_not_work_are_told_to_the_upper_levels(desks: Nanhai) -> None:
    desks.problems = {"telegram.nanhai": "the token is refused"}
    assert "telegram.nanhai" in (await (await desks.desk_of(Role.DISTRICT)).opens("/console")).text
    firm = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    assert "telegram.nanhai" not in (await firm.opens("/console")).text


async def test_the_calendar_marks_what_calls_the_same_people_at_once(desks: Nanhai) -> None:
    lamps, other = lamp_works(), event("choir", "合唱", local(3, 12), station_id=GUICHENG)
    elsewhere = event("chess", "象棋", local(3, 12), station_id=SHISHAN)
    keep(desks, lamps, other, elsewhere)
    seen = await (await desks.desk_of(Role.DISTRICT)).opens("/console/calendar")
    assert seen.text.count("同一时间，同一批人") == 2
    assert "2026 年 12月" in seen.text
    following = await (await desks.desk_of(Role.DISTRICT)).opens("/console/calendar?month=2027-01")
    assert "合唱" not in following.text


@pytest.mark.parametrize("month", ["", "2026-13", "x", "9999-12", "0001-01", "2026-12-01"])
async def test_any_month_can_be_asked_for(desks: Nanhai, month: str) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    assert (await browser.opens(f"/console/calendar?month={month}")).status == 200


async def test_english_is_english_all_over(desks: Nanhai) -> None:
    keep(desks, lamp_works(starts_at=desks.now + timedelta(hours=3)))
    browser = await desks.desk_of(Role.DISTRICT)
    await browser.opens("/console/account")
    await browser.sends("/console/account/language", language="en")
    seen = await browser.opens("/console")
    assert "The lamp works" in seen.text
    chinese = [word for word in seen.text.split() if any("一" <= each <= "鿿" for each in word)]
    assert chinese == []
