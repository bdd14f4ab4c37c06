"""Writing an announcement at the desk: whom it reaches as the form changes, previews, sending."""

from base64 import b64decode
from typing import Any

from sqlmodel import Session, select

from models.announcements import announcements
from models.announcements.announcements import Announcement, AnnouncementState, Repeat
from models.network.stations import Station
from models.rules.network.audience import Audience
from models.rules.network.permissions import Role
from models.sending import accounts
from models.sending.accounts import PlatformAccount
from models.sending.deliveries import Delivery
from tests.console.browsing import DISTRICT, GUICHENG, SHISHAN, ZHAOXIN, Browser, Nanhai, Seen
from tests.console.sent import keep, people, reachable, row_of

HERE = "/console/announcements"
DOT = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def begun(browser: Browser, **fields: Any) -> str:
    """The address of a new draft."""
    await browser.opens(HERE)
    seen = await browser.sends(f"{HERE}/new", **fields)
    assert seen.path.endswith("/write"), seen.text
    return seen.path.removesuffix("/write")


async def forecast(browser: Browser, path: str, query: str) -> Seen:
    live = {"HX-Request": "true", "HX-Target": "forecast"}
    return await browser.opens(f"{path}/write?aim=1&timed=1&{query}", **live)


async def test_the_count_follows_the_form_and_nothing_is_kept_by_looking(desks: Nanhai) -> None:
    people(desks, GUICHENG, 3)
    people(desks, ZHAOXIN, 7)
    people(desks, ZHAOXIN, 2, unreachable="blocked")
    browser = await desks.desk_of(Role.DISTRICT)
    path = await begun(browser)
    # The organizer belongs to the district as well.
    assert "11 人" in (await browser.opens(f"{path}/write")).text
    shishan = await forecast(browser, path, f"stations={SHISHAN}")
    assert "<html" not in shishan.html
    for words in ("7 人", "拉黑了我们 2", "狮山及下属"):
        assert words in shishan.text
    both = await forecast(browser, path, f"stations={SHISHAN}&stations={GUICHENG}")
    assert "10 人" in both.text
    assert "0 人" in (await forecast(browser, path, "")).text
    row = row_of(desks, int(path.rsplit("/", 1)[1]))
    assert row.aim == Audience(stations=(DISTRICT,))


async def test_quiet_hours_are_said_for_the_time_that_is_typed(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    path = await begun(browser)
    night = await forecast(browser, path, f"stations={DISTRICT}&at=2026-12-02T23:00")
    assert "在休息的人" in night.text
    day = await forecast(browser, path, f"stations={DISTRICT}&at=2026-12-02T12:00")
    assert "在休息的人" not in day.text


async def test_who_may_not_see_reach_gets_floored_numbers_and_no_reasons(desks: Nanhai) -> None:
    people(desks, ZHAOXIN, 12)
    people(desks, ZHAOXIN, 1, unreachable="blocked")
    browser = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    path = await begun(browser)
    seen = await browser.opens(f"{path}/write")
    assert "10 人以上" in seen.text
    assert ("13" in seen.text, "拉黑" in seen.text) == (False, False)


async def test_nobody_counts_people_of_other_places(desks: Nanhai) -> None:
    people(desks, GUICHENG, 3)
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    path = await begun(browser)
    for query in (f"stations={GUICHENG}", f"stations={DISTRICT}", "enterprises=9", "interests=x"):
        assert (await forecast(browser, path, query)).status == 404, query
    assert (await forecast(browser, path, "stations=x")).status == 400
    await browser.opens(f"{path}/write")
    sent = await browser.sends(f"{path}/write", aim=1, stations=GUICHENG, text="你好，桂城。")
    assert sent.status == 404


async def test_it_is_written_previewed_on_each_platform_and_sent(desks: Nanhai) -> None:
    people(desks, ZHAOXIN, 2)

    def register(session: Session) -> None:
        rows = [
            PlatformAccount(account="telegram.nanhai", platform="Telegram"),
            PlatformAccount(account="wechat.nanhai", platform="WeChat", is_windowed=True),
        ]
        accounts.register(session, rows)

    desks.store.write_now(register)
    browser = await desks.desk_of(Role.DISTRICT)
    path = await begun(browser)
    number = int(path.rsplit("/", 1)[1])
    words: dict[str, Any] = {"text": "周六停水。\n请备水。", "text-en": "No water on Saturday."}
    aim: dict[str, Any] = {"aim": 1, "stations": SHISHAN, "at": "2026-12-03T10:00", "weekly": 1}
    seen = await browser.sends(f"{path}/write", {"picture": ("a.png", DOT)}, **words, **aim)
    assert seen.path == f"{path}/preview"
    for said in (
        "Telegram · 中文",
        "Telegram · 英语",
        "微信 · 中文",
        "南海区：周六停水。",
        "每周一次",
    ):
        assert said in seen.text, said
    row = row_of(desks, number)
    assert (row.aim, row.repeat, row.picture_id is None) == (
        Audience(stations=(SHISHAN,)),
        Repeat.WEEKLY,
        False,
    )
    sent = await browser.sends(f"{path}/send")
    assert (sent.path, "12月3日" in sent.text) == (path, True)
    assert row_of(desks, number).state is AnnouncementState.APPROVED
    assert (await browser.opens(f"{path}/write")).status == 404


async def test_what_cannot_be_taken_is_said_and_stays_typed(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    path = await begun(browser)
    right: dict[str, Any] = {"aim": 1, "stations": DISTRICT, "text": "周六停水。"}
    for wrong in (
        {"text": "嗯"},
        {"text": "长" * 501},
        {"text": ""},
        {"at": "2026-11-01T10:00"},
        {"urgent": 1, "reason": "急"},
    ):
        await browser.opens(f"{path}/write")
        seen = await browser.sends(f"{path}/write", **{**right, **wrong})
        assert seen.status == 422, wrong
        assert all(str(each) in seen.html for each in wrong.values()), wrong
    no_picture = await browser.sends(f"{path}/write", {"picture": ("a.png", b"x")}, **right)
    assert (no_picture.status, "JPEG" in no_picture.text) == (422, True)
    await browser.opens(f"{path}/write")
    assert (await browser.sends(f"{path}/write", **right, link="event:99")).status == 400


async def test_urgent_is_for_a_reason_and_never_every_week(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    path = await begun(browser)
    values: dict[str, Any] = {"aim": 1, "stations": DISTRICT, "text": "请马上下楼。", "weekly": 1}
    seen = await browser.sends(f"{path}/write", **values, urgent=1, reason="煤气泄漏，有危险。")
    assert "紧急，夜里也发：煤气泄漏，有危险。" in seen.text
    row = row_of(desks, int(path.rsplit("/", 1)[1]))
    assert (row.urgent, row.repeat) == ("煤气泄漏，有危险。", Repeat.ONCE)


async def test_a_wide_one_names_who_may_approve_it_and_asks_them(desks: Nanhai) -> None:
    people(desks, ZHAOXIN, 305)
    browser = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    path = await begun(browser)
    alone = await browser.sends(f"{path}/write", text="厂里周六停水。")
    assert "现在还没有" in alone.text
    other = desks.member("昭信另一位", Role.CONTACT_POINT, ZHAOXIN)
    reachable(desks, other, ZHAOXIN)
    await browser.opens(f"{path}/write")
    seen = await browser.sends(f"{path}/write", text="厂里周六停水。")
    assert ("昭信另一位" in seen.text, "请人批" in seen.text) == (True, True)
    await browser.sends(f"{path}/send")
    assert row_of(desks, int(path.rsplit("/", 1)[1])).state is AnnouncementState.ASKED
    topics = desks.look(lambda session: session.exec(select(Delivery.topic)).all())
    assert list(topics) == ["approve-announcement"]


async def test_a_draft_of_the_chat_goes_on_here_and_can_be_dropped(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)

    def draft(session: Session) -> int:
        station = session.get_one(Station, SHISHAN)
        aim = Audience(stations=(SHISHAN,), shifts=("night",))
        row = announcements.draft(session, station, chen, desks.now, audience=aim)
        announcements.change(session, row, text="夜班注意。")
        return row.id

    number = desks.store.write_now(draft)
    browser = await desks.signed_in(chen)
    assert "夜班注意。" in (await browser.opens(HERE)).text
    seen = await browser.opens(f"{HERE}/{number}/write")
    assert 'name="shifts" value="night" checked' in seen.html
    await browser.sends(f"{HERE}/{number}/drop")
    gone = desks.look(lambda session: session.get(Announcement, number))
    assert gone is None


async def test_a_place_is_found_by_its_name_and_narrows_the_audience(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    path = await begun(browser)
    fields: dict[str, Any] = {"aim": 1, "stations": DISTRICT, "text": "你好，工友。"}
    seen = await browser.sends(f"{path}/write", **fields, then="find", find="昭信")
    assert (seen.path, "昭信集团" in seen.text) == (f"{path}/write", True)
    await browser.sends(f"{path}/write", **{**fields, "stations": [DISTRICT, ZHAOXIN]})
    row = row_of(desks, int(path.rsplit("/", 1)[1]))
    assert row.aim == Audience(stations=(ZHAOXIN,))


async def test_a_correction_keeps_its_people(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    aim = Audience(got=(1,)).to_json()
    number = keep(desks, chen, audience=aim, state=AnnouncementState.DRAFT)
    browser = await desks.signed_in(chen)
    await browser.opens(f"{HERE}/{number}/write")

    def corrects(session: Session) -> None:
        session.get_one(Announcement, number).corrects_id = number

    desks.store.write_now(corrects)
    await browser.sends(f"{HERE}/{number}/write", aim=1, stations=SHISHAN, text="改了。")
    assert row_of(desks, number).aim == Audience(got=(1,))
