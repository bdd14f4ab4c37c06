"""Announcements at the desk: what was sent, deciding, stopping, correcting, who was missed."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from sqlmodel import Session, col, select

from models.announcements.announcements import Announcement, AnnouncementState, HeldFor, Repeat
from models.announcements.progress import Watched
from models.network.audit import Audit
from models.rules.network.permissions import Act, Role
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.console.sent import delivered, keep, people, row_of

HERE = "/console/announcements"


async def test_the_list_holds_what_is_ones_own_to_manage_page_by_page(desks: Nanhai) -> None:
    chen, liu = desks.member("陈主任", Role.TOWN, SHISHAN), desks.member("刘", Role.TOWN, GUICHENG)
    for number in range(23):
        keep(desks, chen, text=f"通知{number}。", state=AnnouncementState.DONE)
    keep(desks, liu, GUICHENG, text="桂城的事。", state=AnnouncementState.STOPPED)
    browser = await desks.signed_in(chen)
    seen = await browser.opens(HERE)
    assert ("通知22。" in seen.text, "通知3。" in seen.text) == (True, True)
    assert ("通知2。" in seen.text, "桂城" in seen.text) == (False, False)
    following = seen.html.split('class="more"')[1].split('href="')[1].split('"')[0]
    older = await browser.opens(f"{HERE}{following}")
    assert ("通知2。" in older.text, "通知3。" in older.text) == (True, False)
    whole = await (await desks.desk_of(Role.DISTRICT)).opens(HERE)
    assert "桂城的事。" in whole.text


async def test_what_is_not_theirs_is_not_there(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    sent = keep(desks, chen, state=AnnouncementState.RUNNING)
    draft = keep(desks, chen)
    other = await desks.desk_of(Role.TOWN, GUICHENG)
    await other.opens(HERE)
    for number, acts in ((sent, ("stop", "resume", "missed")), (draft, ("send", "drop", "write"))):
        assert (await other.opens(f"{HERE}/{number}")).status == 404
        for act in acts:
            await other.opens(HERE)
            assert (await other.sends(f"{HERE}/{number}/{act}")).status == 404
    assert (await other.opens(f"{HERE}/{draft}/write")).status == 404
    assert (await other.opens(f"{HERE}/99999")).status == 404
    worker = await desks.desk_of(Role.CORE_MEMBER, SHISHAN)
    assert (await worker.opens(HERE)).status == 403


async def test_a_second_organizer_approves_and_the_author_is_told(desks: Nanhai) -> None:
    author = desks.member("阿芳", Role.TOWN, SHISHAN)
    number = keep(desks, author, state=AnnouncementState.ASKED)
    own = await desks.signed_in(author)
    page = await own.opens(f"{HERE}/{number}")
    assert "能发吗" not in page.text
    refused = await own.sends(f"{HERE}/{number}/approve")
    assert (refused.status, row_of(desks, number).state) == (422, AnnouncementState.ASKED)
    chen = await desks.desk_of(Role.DISTRICT)
    assert "能发吗" in (await chen.opens(f"{HERE}/{number}")).text
    assert (await chen.sends(f"{HERE}/{number}/approve")).status == 200
    assert row_of(desks, number).state is AnnouncementState.APPROVED
    assert (await chen.sends(f"{HERE}/{number}/approve")).status == 422, "answered already"
    topics = desks.look(lambda session: session.exec(select(Delivery.topic)).all())
    assert list(topics) == ["announcement-answered"]


async def test_one_is_sent_back_with_a_reason_and_is_a_draft_again(desks: Nanhai) -> None:
    author = desks.member("阿芳", Role.TOWN, SHISHAN)
    number = keep(desks, author, state=AnnouncementState.ASKED)
    chen = await desks.desk_of(Role.DISTRICT)
    await chen.opens(f"{HERE}/{number}")
    long = await chen.sends(f"{HERE}/{number}/send-back", reason="长" * 201)
    assert (long.status, "长" * 201 in long.html) == (422, True)
    await chen.sends(f"{HERE}/{number}/send-back", reason="写上哪一栋楼。")
    own = await desks.signed_in(author)
    assert "写上哪一栋楼。" in (await own.opens(HERE)).text
    assert "周六停水。" in (await own.opens(f"{HERE}/{number}/write")).text


async def test_it_is_followed_live_and_stopped(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    number = keep(desks, chen, state=AnnouncementState.RUNNING, run=1, started_at=desks.now)
    told = people(desks, SHISHAN, 3)
    sent, planned = (DeliveryState.SENT, ""), (DeliveryState.PLANNED, "")
    delivered(desks, number, {told[0]: sent, told[1]: planned, told[2]: planned})
    browser = await desks.signed_in(chen)
    seen = await browser.opens(f"{HERE}/{number}")
    assert ("已发 1 / 3" in seen.text, 'hx-trigger="every 5s"' in seen.html) == (True, True)
    live = {"HX-Request": "true", "HX-Target": "numbers"}
    part = await browser.opens(f"{HERE}/{number}?seen=running", **live)
    assert ("已发 1 / 3" in part.text, "<html" in part.html) == (True, False)
    await browser.opens(f"{HERE}/{number}")
    await browser.sends(f"{HERE}/{number}/stop")
    assert row_of(desks, number).state is AnnouncementState.STOPPED
    changed = await browser.opens(f"{HERE}/{number}?seen=running", **live)
    assert "every 5s" not in changed.html
    assert f'href="{HERE}/{number}"' in changed.html
    await browser.opens(f"{HERE}/{number}")
    assert (await browser.sends(f"{HERE}/{number}/stop")).status == 422


async def test_a_trial_that_failed_waits_for_a_decision(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    number = keep(desks, chen, state=AnnouncementState.HELD, run=1, due_at=desks.now)
    told = people(desks, SHISHAN, 2)
    lost = (DeliveryState.UNREACHABLE, str(Reason.BLOCKED))
    delivered(desks, number, {told[0]: (DeliveryState.SENT, ""), told[1]: lost})
    browser = await desks.signed_in(chen)
    seen = await browser.opens(f"{HERE}/{number}")
    assert "先发给 2 人，收到的 1 人" in seen.text
    assert (await browser.sends(f"{HERE}/{number}/resume")).status == 200
    assert row_of(desks, number).state is AnnouncementState.PLANNING


async def test_a_late_one_is_put_off_and_a_weekly_one_skips_its_week(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    held: dict[str, Any] = {"state": AnnouncementState.HELD, "held_for": HeldFor.LATE}
    first = desks.now - timedelta(days=1)
    once = keep(desks, chen, first_at=first, due_at=first, **held)
    weekly = keep(desks, chen, first_at=first, due_at=first, repeat=Repeat.WEEKLY, **held)
    browser = await desks.signed_in(chen)
    await browser.opens(f"{HERE}/{once}")
    for at in ("", "x", "2026-11-01T10:00"):
        assert (await browser.sends(f"{HERE}/{once}/put-off", at=at)).status == 422
    await browser.sends(f"{HERE}/{once}/put-off", at="2026-12-03T10:00")
    put_off = row_of(desks, once)
    assert (put_off.state, put_off.due_at and put_off.due_at.day) == (AnnouncementState.APPROVED, 3)
    await browser.opens(f"{HERE}/{weekly}")
    await browser.sends(f"{HERE}/{weekly}/skip-week")
    assert row_of(desks, weekly).due_at == first + timedelta(days=7)


async def test_the_list_of_the_missed_is_taken_by_who_may_and_recorded(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    number = keep(desks, chen, ZHAOXIN, state=AnnouncementState.DONE, run=1)
    told = people(desks, ZHAOXIN, 2)
    lost = (DeliveryState.UNREACHABLE, str(Reason.BLOCKED))
    delivered(desks, number, {told[0]: (DeliveryState.SENT, ""), told[1]: lost})
    firm = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    assert "没收到" not in (await firm.opens(f"{HERE}/{number}")).text
    assert (await firm.sends(f"{HERE}/{number}/missed")).status == 403
    browser = await desks.signed_in(chen)
    await browser.opens(f"{HERE}/{number}")
    async with browser.session.post(
        f"{desks.origin}{HERE}/{number}/missed",
        data={"key": browser.last.key},  # type: ignore[union-attr]
    ) as answer:
        sheet = load_workbook(BytesIO(await answer.read())).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [  # type: ignore[union-attr]
        ["工友1", "昭信集团", "拉黑了我们"]
    ]
    acts = desks.look(lambda session: session.exec(select(Audit.act)).all())
    assert list(acts).count(Act.SEE_REACH) == 1


async def test_a_correction_goes_to_those_who_got_the_wrong_one(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    number = keep(desks, chen, state=AnnouncementState.DONE, run=1)
    told = people(desks, SHISHAN, 2)
    delivered(desks, number, {told[0]: (DeliveryState.SENT, "")})
    browser = await desks.signed_in(chen)
    await browser.opens(f"{HERE}/{number}")
    seen = await browser.sends(f"{HERE}/{number}/correct")
    assert seen.path.endswith("/write")
    assert ("1 人" in seen.text, 'name="aim"' in seen.html) == (True, False)
    await browser.sends(seen.path, text="是周日停水。")
    await browser.sends(f"{seen.path.removesuffix('write')}send")
    newest = select(Announcement).order_by(col(Announcement.id).desc())
    correction = desks.look(lambda session: session.exec(newest).first())
    assert correction is not None
    assert (correction.corrects_id, correction.state) == (number, AnnouncementState.APPROVED)


async def test_what_is_watched_is_not_counted_anew_for_each_who_watches(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    number = keep(desks, chen, state=AnnouncementState.RUNNING, run=1)
    told = people(desks, ZHAOXIN, 3)
    sent = (DeliveryState.SENT, "")
    small, large = Watched(), Watched(much=1, rest=10**6)

    def counted(watched: Watched) -> int:
        def count(session: Session) -> int:
            row = session.get_one(Announcement, number)
            return watched.of(session, row, desks.now).sent

        return desks.look(count)

    delivered(desks, number, {told[0]: sent})
    assert (counted(small), counted(large)) == (1, 1)
    delivered(desks, number, {told[1]: sent})
    assert (counted(small), counted(large)) == (2, 1)
