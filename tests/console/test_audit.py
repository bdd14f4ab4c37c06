"""The audit at the desk: filtered by act, by person and by day, at one's own places."""

from datetime import timedelta

from sqlmodel import Session

from models.network import audit
from models.rules.network.permissions import Act, Role
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai

HERE = "/console/audit"


async def test_the_audit_is_read_by_act_by_person_and_by_day(desks: Nanhai) -> None:
    boss, other = (
        desks.member("镇长", Role.TOWN, SHISHAN),
        desks.member("桂城的", Role.TOWN, GUICHENG),
    )

    def act(session: Session) -> None:
        at = desks.now - timedelta(days=3)
        audit.record(session, boss, Act.KEEP_ANSWER, "answer:1", at, station_id=SHISHAN)
        for number in range(27):
            subject = f"thread:{number}"
            audit.record(session, boss, Act.ANSWER_THREAD, subject, desks.now, station_id=SHISHAN)
        audit.record(session, other, Act.SEND_URGENT, "event:1", desks.now, station_id=GUICHENG)

    desks.store.write_now(act)
    browser = await desks.signed_in(boss)
    first = await browser.opens(HERE)
    rows = first.html.split("<tbody>")[1]
    assert ("镇长" in rows, "桂城的" in rows) == (True, False)
    assert rows.count("<tr>") == 25
    following = first.html.split('class="more"><a class="button" href="')[1].split('"')[0]
    second = await browser.opens(f"{HERE}{following.replace('&amp;', '&')}")
    assert second.html.split("<tbody>")[1].count("<tr>") >= 3
    kept = await browser.opens(f"{HERE}?act=keep_answer")
    assert kept.html.split("<tbody>")[1].count("<tr>") == 1
    today = desks.now.astimezone(desks.care.zone).date()
    late = await browser.opens(f"{HERE}?act=keep_answer&since={today}")
    assert "<tbody>" not in late.html
    then = f"{HERE}?since={today - timedelta(days=3)}&until={today - timedelta(days=3)}"
    assert (await browser.opens(then)).html.split("<tbody>")[1].count("<tr>") == 1
    assert "<tbody>" in (await browser.opens(f"{HERE}?name=镇长")).html
    assert "没有" in (await browser.opens(f"{HERE}?name=没有这个人")).text
    # Their name is known at other places alone.
    assert "<tbody>" not in (await browser.opens(f"{HERE}?name=桂城的")).html


async def test_a_contact_point_does_not_read_who_of_its_people_was_found(desks: Nanhai) -> None:
    boss = desks.member("镇长", Role.TOWN, SHISHAN)

    def act(session: Session) -> None:
        audit.record(session, boss, Act.BIND_MEMBER, "role:town", desks.now, station_id=ZHAOXIN)
        audit.record(session, boss, Act.SEE_LIST, "event:1", desks.now, station_id=ZHAOXIN)

    desks.store.write_now(act)
    point = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    seen = await point.opens(HERE)
    assert "<tbody>" not in (await point.opens(f"{HERE}?act=bind_member")).html
    assert seen.html.split("<tbody>")[1].count("<tr>") >= 1
    core = await desks.desk_of(Role.CORE_MEMBER, SHISHAN)
    assert (await core.opens(HERE)).status == 403
