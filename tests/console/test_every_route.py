"""A walk over every page and act of the desk: who is not signed in, who may not, and who may."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from console.routing import Declared
from models.events.events import Event
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.console.declared import ACTS, PAGES, PARAMETER
from tests.console.rows import keep
from tests.miniature.rows import lamp_works

REFUSED = (403, 404)


def address(declared: Declared, number: int = 1) -> str:
    """The path of a page or an act, about the row of this number."""
    return f"/console{PARAMETER.sub(str(number), declared.path)}".removesuffix("/")


def furnish(desks: Nanhai) -> None:
    """An event of Guicheng and somebody who organizes there, the first of their kind."""
    desks.member("桂城组织者", Role.TOWN, GUICHENG)
    keep(desks, lamp_works(station_id=GUICHENG))


async def test_who_is_not_signed_in_sees_the_way_in(desks: Nanhai) -> None:
    furnish(desks)
    browser = desks.browser()
    for each in PAGES:
        assert (await browser.opens(address(each))).status == 401, each.path


async def test_who_is_not_signed_in_does_nothing(desks: Nanhai) -> None:
    furnish(desks)
    browser = desks.browser()
    for each in ACTS:
        url = f"{desks.origin}{address(each)}"
        async with browser.session.post(url, data={"key": "x"}) as answer:
            assert answer.status == 401, each.path


async def test_no_act_is_done_without_the_key_of_its_page(desks: Nanhai) -> None:
    furnish(desks)
    browser = await desks.desk_of(Role.DISTRICT)
    for each in ACTS:
        url = f"{desks.origin}{address(each)}"
        async with browser.session.post(url, data={"key": "x" * 43}) as answer:
            assert answer.status == 400, each.path


ELSEWHERE = pytest.mark.parametrize(
    ("role", "station_id"),
    [(Role.TOWN, SHISHAN), (Role.CONTACT_POINT, ZHAOXIN), (Role.CORE_MEMBER, SHISHAN)],
)


@ELSEWHERE
async def test_what_belongs_to_another_place_is_shown_to_nobody_else(
    desks: Nanhai, role: Role, station_id: int
) -> None:
    """No page shows anything of Guicheng's."""
    furnish(desks)
    browser = await desks.desk_of(role, station_id)
    for each in PAGES:
        seen = await browser.opens(address(each))
        assert seen.status < 500, each.path
        assert "走进灯具厂" not in seen.text, each.path


@ELSEWHERE
async def test_what_belongs_to_another_place_is_nobody_elses(
    desks: Nanhai, role: Role, station_id: int
) -> None:
    """An act that names a row of Guicheng is refused."""
    furnish(desks)
    browser = await desks.desk_of(role, station_id)
    key = (await browser.opens("/console/account")).key
    before = desks.look(what_stands)
    for each in ACTS:
        if PARAMETER.search(each.path) is None:
            continue
        url = f"{desks.origin}{address(each)}"
        async with browser.session.post(url, data={"key": key}, allow_redirects=False) as answer:
            assert answer.status in (400, *REFUSED, 422) or "account" in each.path, each.path
    assert desks.look(what_stands) == before


def what_stands(session: Session) -> str:
    """The event as it stands."""
    return session.get_one(Event, 1).model_dump_json()


async def test_whoever_runs_everything_opens_every_page(desks: Nanhai) -> None:
    furnish(desks)
    browser = await desks.desk_of(Role.DISTRICT)
    for each in PAGES:
        # A browser may ask some twenty times a second.
        desks.now += timedelta(seconds=0.2)
        seen = await browser.opens(address(each))
        assert seen.status in (200, 404), each.path
        if PARAMETER.search(each.path) is None and "codes" not in each.path:
            assert seen.status == 200, each.path
    for number in (0, 2**31, 10**30):
        for each in PAGES:
            if PARAMETER.search(each.path):
                desks.now += timedelta(seconds=0.2)
                assert (await browser.opens(address(each, number))).status == 404, each.path
