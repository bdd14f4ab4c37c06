"""Finding, opening, blocking and merging people at the desk, and the account of a period."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import Session, col, select

from models.members import erasures, removing, views
from models.members.binding import BindingRequest
from models.members.erasures import ErasureRequest
from models.network import roles
from models.network.audit import Audit
from models.network.members import Member
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from tests.console.browsing import DISTRICT, GUICHENG, SHISHAN, ZHAOXIN, Nanhai, Seen


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


@pytest.mark.parametrize(
    ("is_them", "says", "stays"), [("yes", "✅ 对上了", False), ("no", "✅ 没有对上", True)]
)
async def test_who_says_a_row_is_theirs_waits_at_the_desk(
    desks: Nanhai, is_them: str, says: str, stays: bool
) -> None:
    wei = desks.member("小伟")

    def propose(session: Session) -> int:
        row = Member(
            name="李伟",
            station_id=ZHAOXIN,
            staff_number="0317",
            loaded_as="zhaoxin/0317",
            created_at=desks.now,
        )
        session.add(row)
        session.flush()
        number = row.id
        session.add(BindingRequest(row_member_id=row.id, member_id=wei, at=desks.now))
        return number

    row = desks.store.write_now(propose)
    here = f"/console/people/{row}"
    other = await desks.desk_of(Role.TOWN, GUICHENG)
    assert here not in (await other.opens("/console")).html
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    assert here in (await browser.opens("/console")).html
    await browser.opens(here)
    opened = await browser.sends(f"{here}/open")
    assert "小伟" in opened.text
    assert "0317" in opened.text
    request = desks.look(lambda session: session.exec(select(BindingRequest.id)).one())
    wrong = await browser.sends(f"{here}/bind", request=request + 1, is_them=is_them)
    assert wrong.status == 422
    await browser.opens(here)
    done = await browser.sends(f"{here}/bind", request=request, is_them=is_them)
    assert says in done.text
    assert (desks.look(lambda session: session.get(Member, row)) is not None) is stays
    assert here not in (await browser.opens("/console")).html


async def test_who_is_erased_by_mistake_is_kept(desks: Nanhai) -> None:
    mei = resident(desks, "阿梅", GUICHENG)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    here = f"/console/people/{mei}"
    await browser.opens(here)
    await browser.sends(f"{here}/open")
    nothing = await browser.sends(f"{here}/keep")
    assert (nothing.status, "没有要删的" in nothing.text) == (422, True)

    def wait(session: Session) -> None:
        at = desks.now + removing.DELAY
        session.add(ErasureRequest(member_id=mei, why="left", at=desks.now, due_at=at))

    desks.store.write_now(wait)
    asked = await browser.opens(here)
    assert ("12月2日" in asked.text, f"{here}/erase" in asked.html) == (True, False)
    kept = await browser.sends(f"{here}/keep")
    assert ("本人会收到通知" in kept.text, f"{here}/erase" in kept.html) == (True, True)
    assert desks.look(lambda session: erasures.request_of(session, mei)) is None


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


async def test_several_are_blocked_for_one_reason_once_it_was_said_what_becomes_of_them(
    desks: Nanhai,
) -> None:
    mei, ping, boss = (resident(desks, name, GUICHENG) for name in ("阿梅", "阿平", "上司"))
    away = resident(desks, "别处", SHISHAN)

    def promote(session: Session) -> None:
        place = session.get_one(Station, DISTRICT)
        roles.give(session, boss, Role.DISTRICT, place, desks.now)

    desks.store.write_now(promote)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    here = "/console/people/ticked/block"

    def blocked(session: Session) -> list[int]:
        rows = session.exec(select(Member).where(col(Member.blocked_until).is_not(None)))
        return sorted(each.id for each in rows)

    async def sends(pick: list[int], **fields: object) -> Seen:
        await browser.opens("/console/people")
        return await browser.sends(here, None, pick=pick, why_blocked="打人", **fields)

    assert "先勾选" in (await sends([])).text
    seen = await sends([mei, ping, boss, away])
    assert (seen.status, "阿梅：已停用" in seen.text) == (422, True)
    assert seen.text.count("这个不归你管") == 2
    assert desks.look(blocked) == []
    # Other boxes than those that were looked at are looked at first, and so is another button.
    looked = {"sure-block": f"{mei},{ping}"}
    assert (await sends([mei, ping, boss], **looked)).status == 422
    assert (await sends([mei, ping], **{"sure-erase": f"{mei},{ping}"})).status == 422
    assert desks.look(blocked) == []
    done = await sends([mei, ping], **looked)
    assert (done.path, "办好了，共 2 人" in done.text) == ("/console/people", True)
    assert desks.look(blocked) == [mei, ping]

    def reasons(session: Session) -> list[str]:
        rows = session.exec(select(Audit).where(Audit.act == Act.BLOCK_MEMBER))
        return [each.details["reason"] for each in rows]

    assert desks.look(reasons) == ["打人", "打人"]


async def test_several_are_erased_each_as_alone(desks: Nanhai) -> None:
    mei, ping = (resident(desks, name, GUICHENG) for name in ("阿梅", "阿平"))
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    fields = {"pick": [mei, ping], "why_erased": "left", "sure-erase": f"{mei},{ping}"}
    await browser.opens("/console/people")
    await browser.sends("/console/people/ticked/erase", None, **fields)

    def subjects(session: Session) -> set[str]:
        return set(session.exec(select(Audit.subject).where(Audit.act == Act.ERASE_MEMBER)))

    assert desks.look(subjects) == {f"member:{mei}", f"member:{ping}"}
    await browser.opens("/console/people")
    fields["why_erased"] = "for fun"
    assert (await browser.sends("/console/people/ticked/erase", None, **fields)).status == 422


async def test_a_list_of_people_is_taken_for_a_reason_that_those_on_it_can_read(
    desks: Nanhai,
) -> None:
    mei = resident(desks, "阿梅", GUICHENG)
    resident(desks, "阿梅", SHISHAN)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens("/console/people")
    assert (await browser.sends("/console/people/list", None, what_for="")).status == 422
    await browser.opens("/console/people")
    form = {
        "key": (await browser.opens("/console/people")).key,
        "words": "阿梅",
        "what_for": "排班",
    }
    answer = await browser.session.post(f"{desks.origin}/console/people/list", data=form)
    book = await answer.read()
    assert answer.status == 200, book.decode()
    rows = list(load_workbook(BytesIO(book)).active.values)  # type: ignore[union-attr]
    assert [row[1:3] for row in rows] == [("称呼", "地方"), ("阿梅", "桂城")]
    read = desks.look(lambda session: views.of_member(session, mei))
    assert [each.details["reason"] for each in read] == ["排班"]
    # A list is no opening of the person.
    assert "来驿站的时间" not in (await browser.opens(f"/console/people/{mei}")).text
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    await core.opens("/console/account")
    assert (await core.sends("/console/people/list", None, what_for="看看")).status == 403
