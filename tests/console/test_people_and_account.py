"""Finding, opening, blocking and merging people at the desk, and the account of a period."""

import pytest
from sqlmodel import Session, select

from models.network.audit import Audit
from models.network.members import Member
from models.rules.network.permissions import Act, Role
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai


def resident(desks: Nanhai, name: str, station_id: int) -> int:
    """A member who works somewhere."""
    number = desks.member(name)

    def move(session: Session) -> None:
        session.get_one(Member, number).station_id = station_id

    desks.store.write_now(move)
    return number


async def test_people_are_found_by_name_and_pinyin_at_ones_own_places(desks: Nanhai) -> None:
    resident(desks, "阿梅", GUICHENG)
    resident(desks, "阿梅", SHISHAN)
    guicheng = await desks.desk_of(Role.TOWN, GUICHENG)
    for words in ("阿梅", "amei", "am"):
        assert (await guicheng.opens(f"/console/people?words={words}")).text.count("阿梅") == 1
        found = (await guicheng.opens(f"/console/search?words={words}")).text
        assert found.count("阿梅") >= 1
    district = await desks.desk_of(Role.DISTRICT)
    assert (await district.opens("/console/people?words=阿梅")).text.count("阿梅") == 2


async def test_a_search_is_answered_in_parts_as_one_types(desks: Nanhai) -> None:
    resident(desks, "阿梅", GUICHENG)
    browser = await desks.desk_of(Role.DISTRICT)
    asks = {"HX-Request": "true", "HX-Target": "found"}
    part = await browser.opens("/console/search?words=阿梅", **asks)
    assert "<html" not in part.html
    assert "阿梅" in part.text
    assert "没有“不存在”" in (await browser.opens("/console/search?words=不存在", **asks)).text


async def test_a_person_is_opened_by_a_press_that_is_recorded(desks: Nanhai) -> None:
    mei = resident(desks, "阿梅", GUICHENG)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    closed = await browser.opens(f"/console/people/{mei}")
    assert "来驿站的时间" not in closed.text
    assert "来驿站的时间" in (await browser.sends(f"/console/people/{mei}/open")).text

    def looks(session: Session) -> int:
        return len(session.exec(select(Audit).where(Audit.act == Act.SEE_PERSON)).all())

    await browser.opens(f"/console/people/{mei}")
    assert desks.look(looks) == 1


@pytest.mark.parametrize("role", [Role.CONTACT_POINT, Role.CORE_MEMBER])
async def test_a_firm_and_volunteers_see_no_person(desks: Nanhai, role: Role) -> None:
    mei = resident(desks, "阿梅", ZHAOXIN)
    browser = await desks.desk_of(role, ZHAOXIN)
    for path in ("/console/people", f"/console/people/{mei}"):
        assert (await browser.opens(path)).status == 403
    assert "阿梅" not in (await browser.opens("/console/search?words=阿梅")).html.replace(
        'value="阿梅"', ""
    ).replace("“阿梅”", "")


async def test_another_towns_people_are_not_there(desks: Nanhai) -> None:
    mei = resident(desks, "阿梅", SHISHAN)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    assert (await browser.opens(f"/console/people/{mei}")).status == 404
    await browser.opens("/console/account")
    for act in ("open", "block", "merge", "erase"):
        sent = await browser.sends(f"/console/people/{mei}/{act}", reason="x", double=1, why="left")
        assert sent.status in (403, 404)
        await browser.opens("/console/account")


async def test_who_harms_others_is_blocked_with_a_reason_and_let_in_again(desks: Nanhai) -> None:
    bad = resident(desks, "老坏", GUICHENG)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(f"/console/people/{bad}")
    await browser.sends(f"/console/people/{bad}/open")
    empty = await browser.sends(f"/console/people/{bad}/block", reason="")
    assert (empty.status, "审计里会留着" in empty.text) == (422, True)
    past = await browser.sends(f"/console/people/{bad}/block", reason="打人", until="2020-01-01")
    assert past.status == 422
    done = await browser.sends(f"/console/people/{bad}/block", reason="打人", until="2026-12-31")
    assert "停用到" in done.text
    again = await browser.sends(f"/console/people/{bad}/unblock", reason="道歉了")
    assert "停用到" not in again.text


async def test_the_account_says_the_sentence_of_a_report(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    seen = await browser.opens("/console/report")
    assert (seen.status, "支队伍" in seen.text) == (200, True)
    pdf = await browser.session.get(f"{desks.origin}/console/report/account.pdf")
    assert (await pdf.read())[:5] == b"%PDF-"
    book = await browser.session.get(f"{desks.origin}/console/report/account.xlsx")
    assert (await book.read())[:2] == b"PK"
    town = await desks.desk_of(Role.TOWN, GUICHENG)
    assert (await town.opens(f"/console/report?station={SHISHAN}")).status == 403
    assert (await town.opens("/console/report?station=999")).status == 404
    helper = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert (await helper.opens("/console/report")).status == 403
