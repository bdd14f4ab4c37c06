"""Check-in at the door in a browser: by camera, digits and list, with and without a network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import segno
from playwright.async_api import Page, async_playwright, expect
from sqlmodel import Session, col, select

from models.events import checking_in, helping
from models.events.events import Event, Signup, SignupState
from models.network import roles
from models.network.audit import Audit
from models.network.members import Member
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from tests.browser.conftest import FLAGS, Visitor
from tests.browser.desks import PHONE, Desks
from tests.console.browsing import GUICHENG, SHISHAN

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIDE = 480


def event_of(desks: Desks) -> int:
    return int(desks.rows.by_parameter["event"])


def claims(desks: Desks) -> list[tuple[int, str, str]]:
    """Who has a seat and is not here yet: claim, name and code."""

    def read(session: Session) -> list[tuple[int, str, str]]:
        number = event_of(desks)
        rows = session.exec(
            select(Signup, Member)
            .join(Member, col(Member.id) == col(Signup.member_id))
            .where(Signup.event_id == number, Signup.state == SignupState.SEATED)
            .order_by(col(Signup.id))
        )
        return [
            (claim.id, member.name, checking_in.code_of(session, number, claim.turn))
            for claim, member in rows
        ]

    # The first code that is asked for makes the key of all.
    return desks.town.store.write_now(read)


def states(desks: Desks) -> dict[int, SignupState]:
    def read(session: Session) -> dict[int, SignupState]:
        rows = session.exec(select(Signup).where(Signup.event_id == event_of(desks)))
        return {each.id: SignupState(each.state) for each in rows}

    return desks.town.look(read)


@asynccontextmanager
async def at_the_door(desks: Desks, member_id: int) -> AsyncIterator[tuple[Visitor, Page]]:
    """Somebody with the page of the tour, whose list has come and is kept."""
    desks.town.now = desks.town.now.replace(hour=5)
    async with desks.visitor(member_id, PHONE) as person:
        page = await person.opens(f"/console/events/{event_of(desks)}/door")
        await expect(page.locator("#people li").first).to_be_visible()
        await expect(page.locator("#door[data-kept]")).to_be_attached()
        yield person, page


ON_LINE = "Object.defineProperty(navigator, 'onLine', {{value: {}, configurable: true}})"


async def types(page: Page, code: str) -> None:
    await page.get_by_label("六位数字").fill(code)
    await page.keyboard.press("Enter")


async def test_without_a_network_people_are_checked_in_and_told_of_later(desks: Desks) -> None:
    async with at_the_door(desks, desks.rows.boss) as (person, page):
        (one, name, code), (two, other, _), (three, third, _), *_ = claims(desks)
        await person.context.set_offline(True)
        # Some versions of Chromium forget behind a reload that they were set offline.
        await person.context.add_init_script(ON_LINE.format("false"))
        await page.reload()
        await types(page, f"{code[:3]} {code[3:]}")
        await expect(page.locator("#last")).to_have_text(f"✅ {name}签到了。")
        await page.get_by_role("button", name=f"签到: {other}").click()
        await page.get_by_role("button", name=f"签到: {third}").click()
        await page.get_by_role("button", name="撤销", exact=True).click()
        await types(page, "12345")
        await expect(page.locator("#last")).to_have_text("签到码是六位数字。")
        # What waits outlives the page, and what was undone before it was told never was.
        await page.reload()
        await expect(page.locator("#sending")).to_have_text("2 条还没传上去")
        await expect(page.locator("#network")).to_contain_text("没有网络")
        assert SignupState.SEATED == states(desks)[one] == states(desks)[two]
        await person.context.set_offline(False)
        await page.evaluate(ON_LINE.format("true"))
        await page.evaluate("window.dispatchEvent(new Event('online'))")
        await expect(page.locator("#sending")).to_have_text("都传上去了")
        found = states(desks)
        assert (found[one], found[two]) == (SignupState.ATTENDED, SignupState.ATTENDED)
        assert found[three] == SignupState.SEATED
        # An answer that was lost: the same is told once more, and nothing is done twice.
        await page.get_by_label("只看还没到的").uncheck()
        await page.get_by_role("button", name=f"撤销: {other}").click()
        await expect(page.locator("#sending")).to_have_text("都传上去了")
        assert states(desks)[two] == SignupState.SEATED

    def opened(session: Session) -> int:
        looks = select(Audit).where(Audit.act == Act.SEE_LIST)
        found = session.exec(looks.where(Audit.member_id == desks.rows.boss)).all()
        return sum(each.details.get("what") == "check-in" for each in found)

    assert desks.town.look(opened) == 1


async def test_the_list_goes_with_whoever_signs_out_and_what_waits_stays(desks: Desks) -> None:
    [(one, name, _), *_] = claims(desks)
    kept = "Object.keys(localStorage).map((each) => each.split(':')[0]).sort()"
    async with at_the_door(desks, desks.rows.boss) as (person, page):
        assert await page.evaluate(kept) == ["desk-door"]
        await page.route("**/door", lambda route: route.abort())
        await page.get_by_role("button", name=f"签到: {name}").click()
        await expect(page.locator("#sending")).to_have_text("1 条还没传上去")
        await page.goto(f"{person.origin}/console/account")
        await page.get_by_role("button", name="退出后台").click()
        await page.wait_for_url("**/console")
        assert await page.evaluate(kept) == ["desk-told"]
        assert await page.evaluate("caches.has('desk-door')") is False
        assert name not in await page.evaluate("JSON.stringify(localStorage)")
        await page.unroute("**/door")
        await page.goto(person.origin + desks.town.link(desks.rows.boss))
        await page.get_by_role("button").click()
        await page.goto(f"{person.origin}/console/events/{event_of(desks)}/door")
        await expect(page.locator("#sending")).to_have_text("都传上去了")
        assert states(desks)[one] == SignupState.ATTENDED


async def test_the_list_goes_with_a_role_also_from_who_has_another_elsewhere(desks: Desks) -> None:
    def place(session: Session) -> int:
        return session.get_one(Event, event_of(desks)).station_id

    here = desks.town.look(place)
    elsewhere = next(each for each in (GUICHENG, SHISHAN) if each != here)
    lin = desks.town.member("小林", Role.CORE_MEMBER, elsewhere)

    def give(session: Session) -> int:
        station = session.get_one(Station, here)
        return roles.give(session, lin, Role.CORE_MEMBER, station, desks.town.now).grant.id

    grant = desks.town.store.write_now(give)
    async with at_the_door(desks, lin) as (_person, page):
        desks.town.store.write_now(roles.withdraw, grant, lin, desks.town.now)
        await page.evaluate("window.dispatchEvent(new Event('online'))")
        await expect(page.locator("#network")).to_contain_text("不能再给这场签到了")
        await expect(page.locator("#people li")).to_have_count(0)
        assert await page.evaluate("Object.keys(localStorage)") == []


async def test_who_helps_for_an_evening_checks_in_there_and_sees_nothing_else(
    desks: Desks,
) -> None:
    number = event_of(desks)
    helping_at = (number, desks.rows.reader, desks.rows.boss, desks.town.now)
    desks.town.store.write_now(helping.give, *helping_at)
    [(one, name, _), *_] = claims(desks)
    async with at_the_door(desks, desks.rows.reader) as (person, page):
        await page.get_by_role("button", name=f"签到: {name}").click()
        await expect(page.locator("#sending")).to_have_text("都传上去了")
        assert states(desks)[one] == SignupState.ATTENDED
        await page.goto(f"{person.origin}/console")
        await expect(page.locator(".menu a")).to_have_text(["今天", "活动"])
        await page.get_by_role("link", name="签到").click()
        await expect(page.locator("#people")).to_be_visible()
        for closed in ("/people", "/desk", "/search", f"/events/{number}/edit", "/report"):
            answer = await page.goto(f"{person.origin}/console{closed}")
            assert answer is not None
            assert answer.status == 403, closed


async def test_the_camera_reads_the_code_that_people_show(
    desks: Desks, chromium_path: str, tmp_path: Path
) -> None:
    [(one, name, code), *_] = claims(desks)
    film = tmp_path / "code.y4m"
    film.write_bytes(showing(f"https://station.example/go/web/c{event_of(desks)}-{code}"))
    flags = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    async with async_playwright() as playwright:
        desks.browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=[*FLAGS, *flags]
        )
        async with at_the_door(desks, desks.rows.boss) as (_, page):
            await page.get_by_role("button", name="打开摄像头").click()
            await expect(page.locator("#last")).to_have_text(f"✅ {name}签到了。")
            await expect(page.locator("#camera")).to_be_visible()
            await expect(page.locator("#sending")).to_have_text("都传上去了")
            await page.get_by_role("button", name="关上摄像头").click()
            await expect(page.locator("#camera")).to_be_hidden()
        await desks.browser.close()
    assert states(desks)[one] == SignupState.ATTENDED


def showing(words: str) -> bytes:
    """A film that shows a code to a camera, in YUV4MPEG2."""
    rows = [list(row) for row in segno.make(words, error="m").matrix_iter(scale=8, border=6)]
    light = bytearray(b"\xb0" * SIDE * SIDE)
    top, left = (SIDE - len(rows)) // 2, (SIDE - len(rows[0])) // 2
    for y, row in enumerate(rows):
        start = (top + y) * SIDE + left
        light[start : start + len(row)] = bytes(0x20 if dark else 0xE0 for dark in row)
    frame = b"FRAME\n" + bytes(light) + b"\x80" * (SIDE * SIDE // 2)
    return f"YUV4MPEG2 W{SIDE} H{SIDE} F5:1 Ip A1:1 C420mpeg2\n".encode() + frame * 5
