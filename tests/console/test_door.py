"""Check-in as a browser at the door tells of it: once or again, soon or hours later."""

import json
from typing import Any

import pytest
from sqlmodel import Session, select

from models.events import checking_in, helping
from models.events.events import Signup, SignupState
from models.network.audit import Audit
from models.network.members import Member
from models.rules.network.permissions import Act, Role
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Browser, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import lamp_works, local


def claim(desks: Nanhai, event_id: int, name: str, turn: int, **more: Any) -> tuple[int, str]:
    """Somebody with a seat, and the code that they show."""

    def add(session: Session) -> tuple[int, str]:
        member = Member(name=name, language="zh", consented_at=desks.now, created_at=desks.now)
        session.add(member)
        session.flush()
        values = {"state": SignupState.SEATED, "turn": turn, "at": desks.now, **more}
        made = Signup(event_id=event_id, member_id=member.id, **values)
        session.add(made)
        session.flush()
        return made.id, checking_in.code_of(session, event_id, turn)

    return desks.store.write_now(add)


async def tells(browser: Browser, path: str, *told: dict[str, Any]) -> dict[str, Any]:
    """Tell of these check-ins as the page's script does."""
    assert browser.last is not None
    form = {"key": browser.last.key, "told": json.dumps(told)}
    async with browser.session.post(f"{browser.origin}{path}", data=form) as answer:
        assert answer.status == 200, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


def here(found: dict[str, Any]) -> dict[str, bool]:
    return {each["name"]: each["here"] for each in found["people"]}


async def test_what_a_device_tells_is_done_once_however_often_it_says_it(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(turns=2, held=2))
    _, code = claim(desks, number, "阿梅", 1)
    li, _ = claim(desks, number, "小李", 2)
    desks.now = local(3, 10)
    path = f"/console/events/{number}/door"
    browser = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    page = await browser.opens(path)
    assert "阿梅" not in page.html
    told: list[dict[str, Any]] = [{"id": "a", "code": code}, {"id": "b", "claim": li}]
    found = await tells(browser, path, *told)
    assert here(found) == {"阿梅": True, "小李": True}
    assert found["people"][0]["code"] == code
    # Another browser undoes one; what the first says again changes nothing.
    await tells(browser, path, {"id": "c", "claim": li, "undo": True})
    again = await tells(browser, path, *told, {"id": "c", "claim": li, "undo": True})
    assert here(again) == {"阿梅": True, "小李": False}
    assert all(each["ok"] for each in again["done"].values())
    # Somebody else checks them in; the old undoing, told once more, does not take that back.
    await tells(browser, path, {"id": "d", "claim": li})
    assert here(await tells(browser, path, {"id": "c", "claim": li, "undo": True}))["小李"]
    wrong = await tells(browser, path, {"id": "e", "code": "000001"})
    assert wrong["done"]["e"] == {"ok": False, "said": "❌ 没有人用这个签到码。"}

    def acts(session: Session) -> list[str]:
        return list(session.exec(select(Audit.act)))

    assert desks.look(acts).count(Act.SEE_LIST) == 1


async def test_what_no_page_sends_changes_nothing(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(turns=1, held=1))
    mei, code = claim(desks, number, "阿梅", 1)
    desks.now = local(3, 10)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    path = f"/console/events/{number}/door"
    key = (await browser.opens(path)).key
    good = {"id": "a", "claim": mei}
    wrong: tuple[object, ...] = (
        "{",
        {"id": "a"},
        [good, {"id": "b"}],
        [good, {"id": "", "claim": mei}],
        [good, {"id": "x" * 41, "claim": mei}],
        [good, {"id": "a\0", "claim": mei}],
        [good, {"id": "b", "claim": True}],
        [good, {"id": "b", "claim": 2**31}],
        [good, {"id": "b", "code": "12345"}],
        [good, {"id": "b", "code": code, "undo": True}],
        [good] * 201,
    )
    for told in wrong:
        form = {"key": key, "told": told if isinstance(told, str) else json.dumps(told)}
        async with browser.session.post(f"{browser.origin}{path}", data=form) as answer:
            assert answer.status == 400, told
    state = desks.look(lambda session: session.get_one(Signup, mei).state)
    assert state == SignupState.SEATED


async def test_without_a_script_six_digits_check_in(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(turns=1, held=1))
    _, code = claim(desks, number, "阿梅", 1)
    path = f"/console/events/{number}/door"
    boss = desks.member("镇长", Role.TOWN, GUICHENG)
    browser = await desks.signed_in(boss)
    assert "活动当天才能签到" in (await browser.opens(path)).text
    desks.now = local(3, 10)
    browser = await desks.signed_in(boss)
    await browser.opens(path)
    seen = await browser.sends(f"/console/events/{number}/code", code=code)
    assert (seen.path, "✅ 阿梅签到了" in seen.text) == (path, True)
    for bad in ("12", "000001"):
        assert (await browser.sends(f"/console/events/{number}/code", code=bad)).status == 422


@pytest.mark.parametrize(
    ("role", "station_id"), [(Role.TOWN, SHISHAN), (Role.CONTACT_POINT, ZHAOXIN)]
)
async def test_the_list_at_the_door_is_for_who_checks_in_there(
    desks: Nanhai, role: Role, station_id: int
) -> None:
    (number,) = keep(desks, lamp_works(turns=1, held=1))
    claim(desks, number, "阿梅", 1)
    desks.now = local(3, 10)
    path = f"/console/events/{number}/door"
    browser = await desks.desk_of(role, station_id)
    key = (await browser.opens("/console/account")).key
    assert (await browser.opens(path)).status == 404
    form = {"key": key, "told": "[]"}
    async with browser.session.post(f"{browser.origin}{path}", data=form) as answer:
        assert answer.status == 404
        assert "阿梅" not in await answer.text()


async def test_who_helps_enters_until_the_event_ends(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(turns=1, held=1))
    claim(desks, number, "阿梅", 1)
    boss, helper = desks.member("镇长", Role.TOWN, GUICHENG), desks.member("小帮手")
    desks.store.write_now(helping.give, number, helper, boss, desks.now)
    desks.now = local(3, 10)
    path = f"/console/events/{number}/door"
    browser = await desks.signed_in(helper)
    assert "正在签到" in browser.last.text if browser.last else False
    await browser.opens(path)
    assert here(await tells(browser, path)) == {"阿梅": False}
    assert (await browser.opens(f"/console/events/{number}/course")).status == 403
    assert (await browser.opens("/console/desk")).status == 403
    assert (await browser.opens("/console/account")).status == 200
    desks.now = local(3, 11, 40)
    await browser.opens(path)
    desks.now = local(3, 13, 1)
    assert (await browser.opens(path)).status in (403, 404)
