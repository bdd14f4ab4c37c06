"""The way into the desk, and out of it again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlmodel import Session, select

from models.members import desks as operators
from models.network import consoles, roles, second_factors
from models.network.audit import Audit
from models.network.consoles import ConsoleLink, ConsoleSession
from models.network.sealing import Sealing
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from models.store import Store
from tests.console.browsing import DISTRICT, SEALING_KEY, ZHAOXIN, Nanhai, nanhai
from tests.miniature.rows import CARE, network

AGAIN = "这个链接用过了，或者过了五分钟。"


async def test_a_link_opens_the_desk_once_and_a_preview_does_not_use_it_up(desks: Nanhai) -> None:
    link = desks.link(desks.member("陈主任", Role.DISTRICT))
    for _ in range(3):
        assert "点一下就进去" in (await desks.browser().opens(link)).text
    chen, other = desks.browser(), desks.browser()
    await chen.opens(link)
    assert (await chen.sends(link)).path == "/console"
    assert "陈主任" in (await chen.opens("/console")).text
    await other.opens("/console")
    again = await other.sends(link)
    assert (again.status, AGAIN in again.text) == (404, True)
    acts = desks.look(lambda session: [each.act for each in session.exec(select(Audit))])
    assert acts == [Act.OPEN_CONSOLE]


async def test_a_link_ends_after_five_minutes_and_with_the_next_one(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.DISTRICT)
    first, second = desks.link(chen), desks.link(chen)
    assert (await desks.browser().opens(first)).status == 404
    assert (await desks.browser().opens(second)).status == 200
    desks.now += consoles.LINK_LASTS
    assert (await desks.browser().opens(second)).status == 404


async def test_who_holds_no_role_gets_no_link_and_loses_the_desk_with_it(desks: Nanhai) -> None:
    with pytest.raises(roles.NotAllowed):
        desks.link(desks.member("小李"))
    chen = desks.member("陈主任", Role.DISTRICT)
    browser, late = await desks.signed_in(chen), desks.link(chen)

    def withdraw(session: Session) -> None:
        grant, _station = roles.grants_of(session, chen, desks.now)[0]
        roles.withdraw(session, grant.id, chen, desks.now)

    desks.store.write_now(withdraw)
    assert (await browser.opens("/console")).status == 403
    other = desks.browser()
    await other.opens(late)
    assert (await other.sends(late)).status == 403


async def test_without_a_session_there_is_only_the_way_in(desks: Nanhai) -> None:
    seen = await desks.browser().opens("/console")
    assert (seen.status, "后台" in seen.text) == (401, True)
    assert (await desks.browser("en").opens("/console/account")).text.startswith("Yizhan Open")
    browser = await desks.desk_of(Role.TOWN, 2)
    await browser.opens("/console/account")
    await browser.sends("/console/account/leave")
    assert (await browser.opens("/console")).status == 401


async def test_a_session_ends_unused_and_after_a_working_day(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    began = desks.now
    while desks.now < began + consoles.SESSION_LASTS:
        assert (await browser.opens("/console")).status == 200
        desks.now += timedelta(hours=1, minutes=30)
    assert (await browser.opens("/console")).status == 401
    other = await desks.desk_of(Role.DISTRICT)
    desks.now += consoles.UNUSED_LASTS
    assert (await other.opens("/console")).status == 401


async def test_a_form_without_the_key_of_its_session_changes_nothing(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.DISTRICT)
    browser, other = await desks.signed_in(chen), await desks.signed_in(chen)
    await browser.opens("/console/account")
    theirs = (await other.opens("/console/account")).key
    for key in ("", "x" * 43, theirs):
        assert (await browser.sends("/console/account/leave", key=key)).status == 400
        await browser.opens("/console/account")
    assert len(desks.look(lambda session: consoles.sessions_of(session, chen, desks.now))) == 2


async def test_another_sites_form_is_refused(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    seen = await browser.opens("/console/account")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        path = f"{desks.origin}/console/account/leave"
        async with browser.session.post(path, data={"key": seen.key}, headers=headers) as answer:
            assert answer.status == 403


async def test_browsers_are_listed_and_one_ends_another(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.DISTRICT)
    browser, other = await desks.signed_in(chen), await desks.signed_in(chen)
    await browser.opens("/console/account")
    theirs = desks.look(lambda session: consoles.sessions_of(session, chen, desks.now))[0]
    await browser.sends(f"/console/account/sessions/{theirs.id}/end")
    assert (await other.opens("/console")).status == 401
    stranger = await desks.desk_of(Role.DISTRICT)
    mine = desks.look(lambda session: consoles.sessions_of(session, chen, desks.now))[0]
    await stranger.opens("/console/account")
    await stranger.sends(f"/console/account/sessions/{mine.id}/end")
    assert (await browser.opens("/console")).status == 200


async def test_codes_of_an_app_are_asked_once_they_are_set_up(store: Store, now: datetime) -> None:
    async with nanhai(store, now, sealing=Sealing((SEALING_KEY,))) as desks:
        chen = desks.member("陈主任", Role.DISTRICT)
        browser = await desks.signed_in(chen)
        seen = await browser.opens("/console/account/codes")
        secret = seen.html.split('name="secret" value="')[1].split('"')[0]
        wrong = await browser.sends("/console/account/codes", secret=secret, code="000000")
        assert (wrong.status, secret in wrong.html) == (422, True)
        code = pyotp.TOTP(secret).at(desks.now)
        kept_now = await browser.sends("/console/account/codes", secret=secret, code=code)
        assert kept_now.status == 200
        kept = desks.look(lambda session: session.get_one(second_factors.SecondFactor, chen))
        assert secret not in kept.sealed

        link, other = desks.link(chen), desks.browser()
        await other.opens(link)
        assert (await other.sends(link)).status == 422
        assert (await other.sends(link, code=code)).status == 422, "a code is used once"
        desks.now += timedelta(seconds=60)
        code = pyotp.TOTP(secret).at(desks.now)
        assert (await other.sends(link, code=code)).path == "/console"


async def test_five_wrong_codes_end_a_link(store: Store, now: datetime) -> None:
    async with nanhai(store, now, sealing=Sealing((SEALING_KEY,))) as desks:
        chen, secret = desks.member("陈主任", Role.DISTRICT), pyotp.random_base32()
        code, sealing = pyotp.TOTP(secret).at(now), desks.care.sealing
        assert store.write_now(second_factors.turn_on, chen, secret, code, sealing, now)
        link, browser = desks.link(chen), desks.browser()
        await browser.opens(link)
        for _ in range(consoles.TRIES):
            assert (await browser.sends(link, code="123")).status == 422
        assert (await browser.opens(link)).status == 404


async def test_the_operators_password_opens_the_desk_without_a_chat(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.DISTRICT)
    desks.store.write_now(operators.set_password, chen, "correct horse battery", desks.now)
    browser = desks.browser()
    await browser.opens("/console")
    for number, password in ((chen, "wrong"), (9999, "x"), ("x", "x"), (2**40, "x")):
        seen = await browser.sends("/console/password", number=number, password=password)
        assert (seen.status, "编号、密码或验证码不对" in seen.text) == (422, True)
    right = {"number": str(chen), "password": "correct horse battery"}
    assert (await browser.sends("/console/password", None, **right)).path == "/console"
    desks.store.write_now(operators.forget, chen, desks.now)
    assert (await browser.opens("/console")).status == 401
    assert (await browser.sends("/console/password", None, **right)).status in (422, 429)


def test_a_station_without_organizers_gets_one_for_its_desk(store: Store, now: datetime) -> None:
    store.write_now(network)

    def keeper(session: Session, name: str) -> int | None:
        station = session.get_one(Station, ZHAOXIN)
        return operators.keeper(session, station, name, now)

    made = store.write_now(keeper, "")
    assert made is not None
    assert store.write_now(keeper, "") == made
    assert store.write_now(keeper, "谁") is None
    held = store.read_now(roles.held_by, made, now)
    assert [each.role for each in held] == [Role.CONTACT_POINT]


def test_what_has_ended_is_forgotten(store: Store, now: datetime) -> None:
    store.write_now(network)

    def sign_in(session: Session) -> None:
        station = session.get_one(Station, DISTRICT)
        made = operators.keeper(session, station, "", now)
        assert made is not None
        consoles.enter_by_link(session, consoles.make_link(session, made, now), "", "", CARE, now)
        consoles.make_link(session, made, now)

    store.write_now(sign_in)
    store.write_now(consoles.forget_expired, now + consoles.SESSION_LASTS + timedelta(seconds=1))

    def kept(session: Session) -> int:
        links, sessions = session.exec(select(ConsoleLink)), session.exec(select(ConsoleSession))
        return len(links.all()) + len(sessions.all())

    assert store.read_now(kept) == 0


def test_a_sealed_secret_opens_for_its_member_alone(store: Store, now: datetime) -> None:
    sealing = Sealing((SEALING_KEY,))
    sealed = sealing.seal("SECRET", "second-factor:1")
    assert sealing.open(sealed, "second-factor:2") is None
    assert replace(sealing, keys=(b"x" * 32,)).open(sealed, "second-factor:1") is None


async def test_ones_own_page_is_no_page_of_the_menu(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    open_entry = 'aria-current="page"'
    assert open_entry in (await browser.opens("/console")).html
    assert open_entry in (await browser.opens("/console/calendar")).html
    assert open_entry not in (await browser.opens("/console/account")).html
