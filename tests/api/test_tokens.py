"""Tokens: made and ended at the desk, and what ends them without anybody."""

import re
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from models.network import roles, tokens
from models.network.audit import Audit
from models.network.tokens import ApiToken
from models.rules.network.permissions import Act, Role
from models.rules.network.scopes import Scope
from tests.api.programs import Program, of_member, program
from tests.console.browsing import DISTRICT, GUICHENG, SHISHAN, ZHAOXIN, Nanhai

SECRET = re.compile(r"yizhan_[A-Za-z0-9_-]{43}")


async def test_an_organizer_makes_a_token_at_the_desk_and_ends_it_there(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.DISTRICT)
    browser = await desks.signed_in(chen)
    await browser.opens("/console/programs")
    ((grant, _station),) = desks.look(lambda session: roles.grants_of(session, chen, desks.now))
    sent: dict[str, Any] = {"name": " 大屏 ", "grant": grant.id, "days": 30}
    refused = await browser.sends("/console/programs", **sent)
    assert (refused.status, "勾一下" in refused.text) == (422, True)
    made = await browser.sends("/console/programs", scope=["events:read", "nonsense"], **sent)
    found = SECRET.search(made.text)
    assert found is not None, made.text
    assert SECRET.search((await browser.opens("/console/programs")).text) is None
    screen = Program(desks, found[0])
    me = (await screen.gets("/me")).body
    assert (me["token"], me["scopes"], me["name"]) == ("大屏", ["events:read"], "陈主任")
    kept = desks.look(lambda session: session.exec(select(ApiToken)).one())
    assert found[0] not in str(kept.model_dump())
    assert kept.used_at == desks.now
    await browser.sends(f"/console/programs/{kept.id}/end")
    assert (await screen.gets("/me")).status == 401
    assert (await browser.sends(f"/console/programs/{kept.id}/end")).status == 404

    def acts(session: Session) -> list[str]:
        rows = session.exec(select(Audit).where(Audit.act == Act.LET_PROGRAMS))
        return [each.details["what"] for each in rows]

    assert desks.look(acts) == ["made", "ended"]


async def test_a_level_above_ends_tokens_below_and_never_the_other_way(desks: Nanhai) -> None:
    program(desks, Role.DISTRICT)
    program(desks, Role.TOWN, GUICHENG)
    firm = program(desks, Role.CONTACT_POINT, ZHAOXIN)
    shishan = await desks.desk_of(Role.TOWN, SHISHAN)
    seen = (await shishan.opens("/console/programs")).text
    assert ("contact_point 4" in seen, "town 2" in seen, "district 1" in seen) == (
        True,
        False,
        False,
    )
    for number, status in ((1, 403), (2, 403), (3, 200)):
        await shishan.opens("/console/programs")
        assert (await shishan.sends(f"/console/programs/{number}/end")).status == status, number
    assert (await firm.gets("/me")).status == 401


async def test_a_token_ends_with_its_role_and_at_its_time(desks: Nanhai) -> None:
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    first = of_member(desks, chen)

    def withdraw(session: Session) -> None:
        ((grant, _station),) = roles.grants_of(session, chen, desks.now)
        roles.withdraw(session, grant.id, chen, desks.now)

    assert (await first.gets("/me")).status == 200
    desks.store.write_now(withdraw)
    assert (await first.gets("/me")).status == 401
    other = program(desks, Role.DISTRICT)
    desks.now += timedelta(days=30)
    assert (await other.gets("/me")).status == 401
    desks.store.write_now(tokens.forget_expired, desks.now + timedelta(seconds=1))
    assert desks.look(lambda session: session.exec(select(ApiToken)).all()) == []


async def test_only_organizers_let_programs_in(desks: Nanhai) -> None:
    helper = await desks.desk_of(Role.CORE_MEMBER, SHISHAN)
    assert (await helper.opens("/console/programs")).status == 403
    chen = desks.member("陈主任", Role.TOWN, SHISHAN)
    ((grant, _station),) = desks.look(lambda session: roles.grants_of(session, chen, desks.now))
    other = await desks.desk_of(Role.DISTRICT, DISTRICT)
    await other.opens("/console/programs")
    sent: dict[str, Any] = {"name": "x", "grant": grant.id, "days": 30, "scope": Scope.EVENTS_READ}
    assert (await other.sends("/console/programs", **sent)).status == 403


async def test_programs_that_ask_too_often_wait(desks: Nanhai) -> None:
    town = program(desks, Role.TOWN, SHISHAN)
    answers = [await town.gets("/me") for _ in range(61)]
    assert answers[0].status == 200
    assert answers[-1].status == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    strangers = [await Program(desks, "yizhan_" + "x" * 43).gets("/me") for _ in range(22)]
    assert (strangers[0].status, strangers[-1].status) == (401, 429)
    assert strangers[0].headers["WWW-Authenticate"].startswith("Bearer")
