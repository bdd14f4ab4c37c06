"""Teams, clubs, places and companies at the desk: found, looked at, approved, changed."""

from typing import Any

from sqlmodel import Session, select

from models.loading.network import load, read_bytes
from models.network import roles
from models.network.stations import Station
from models.rules.network.permissions import Role
from models.rules.teams.joining import JoinMode, TeamState
from models.sending.deliveries import Delivery
from models.teams import leading, listing, teams
from models.teams.teams import BidKind, Team
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.miniature.rows import CARE, team

TEAMS = "/console/network/teams"
PLACES = "/console/network/places"


def keep(desks: Nanhai, **values: Any) -> int:
    """A team of Shishan; returns its number."""

    def add(session: Session) -> int:
        row = team(**{"code": f"t{len(values)}-{values.get('name', '')}", **values})
        session.add(row)
        session.flush()
        return row.id

    return desks.store.write_now(add)


def row_of(desks: Nanhai, number: int) -> Team:
    return desks.look(lambda session: session.get_one(Team, number))


async def test_teams_are_found_by_words_and_place_and_only_ones_own(desks: Nanhai) -> None:
    own = keep(desks, name="飞羽队", station_id=SHISHAN)
    keep(desks, name="千灯湖队", station_id=GUICHENG)
    keep(desks, name="新苗队", station_id=SHISHAN, state=TeamState.WAITING)
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    seen = await browser.opens("/console/network")
    assert ("飞羽队" in seen.text, "千灯湖队" in seen.text, "新苗队" in seen.text) == (
        *(True, False, False),
    )
    assert "新苗队" in (await browser.opens(f"{TEAMS}?state=waiting")).text
    assert "飞羽队" in (await browser.opens(f"{TEAMS}?words=feiyu")).text
    assert "飞羽队" not in (await browser.opens(f"{TEAMS}?words=网球")).text
    assert (await browser.opens(f"{TEAMS}?place={GUICHENG}")).status == 404
    other = await desks.desk_of(Role.TOWN, GUICHENG)
    assert (await other.opens(f"{TEAMS}/{own}")).status == 404
    found = await browser.opens("/console/search?words=飞羽")
    assert f'href="{TEAMS}/{own}"' in found.html


async def test_a_team_is_approved_or_sent_back_with_a_reason(desks: Nanhai) -> None:
    founder = desks.member("阿发")
    waits = {"station_id": SHISHAN, "state": TeamState.WAITING, "founder_id": founder}
    good, bad = keep(desks, name="甲队", **waits), keep(desks, name="乙队", **waits)
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    assert "阿发" in (await browser.opens(f"{TEAMS}/{good}")).text
    done = await browser.sends(f"{TEAMS}/{good}/approve")
    assert "阿发 (队长)" in done.text
    assert (await browser.sends(f"{TEAMS}/{good}/approve")).status == 422
    await browser.opens(f"{TEAMS}/{bad}")
    back = await browser.sends(f"{TEAMS}/{bad}/send-back", reason="和甲队太像")
    assert (back.path, row_of(desks, bad).reason) == (TEAMS, "和甲队太像")


async def test_a_team_is_renamed_and_found_by_its_new_name(desks: Nanhai) -> None:
    number = keep(desks, name="羽毛球一队", station_id=SHISHAN)
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    await browser.opens(f"{TEAMS}/{number}")
    here = f"{TEAMS}/{number}/describe"
    assert (await browser.sends(here, name="", about="")).status == 422
    await browser.opens(f"{TEAMS}/{number}")
    fields = {"name": "晨星队", "name-en": "Morning Star", "about": "早上打球", "meets": "周六"}
    done = await browser.sends(here, None, **fields)
    assert ("晨星队" in done.text, "早上打球" in done.text) == (True, True)
    assert "晨星队" in (await browser.opens(f"{TEAMS}?words=chenxing")).text
    assert "晨星队" in (await browser.opens(f"{TEAMS}?words=morning")).text
    assert "晨星队" not in (await browser.opens(f"{TEAMS}?words=羽毛球一队")).text
    await browser.opens(f"{TEAMS}/{number}")
    assert (await browser.sends(f"{TEAMS}/{number}/way-in", mode="own")).status == 422
    await browser.opens(f"{TEAMS}/{number}")
    await browser.sends(f"{TEAMS}/{number}/way-in", mode="approval")
    assert row_of(desks, number).join_mode is JoinMode.APPROVAL
    core = await desks.desk_of(Role.CORE_MEMBER, SHISHAN)
    assert (await core.opens(TEAMS)).status == 403


async def test_who_leads_a_team_lets_people_in_and_names_deputies(desks: Nanhai) -> None:
    number = keep(desks, name="飞羽队", station_id=SHISHAN)
    captain, ana, ben = (desks.member(name) for name in ("队长", "小安", "小本"))

    def fill(session: Session) -> None:
        row = session.get_one(Team, number)
        place = session.get_one(Station, SHISHAN)
        roles.give(session, captain, Role.CAPTAIN, place, desks.now, team_id=number)
        for each in (captain, ana):
            teams.join(session, row, each, desks.now)
        teams.bid(session, number, ben, BidKind.JOIN, desks.now)

    desks.store.write_now(fill)
    browser = await desks.signed_in(captain)
    people = f"{TEAMS}/{number}/people"
    assert "小安" not in (await browser.opens(people)).text
    opened = await browser.sends(people)
    assert ("小安" in opened.text, "小本" in opened.text) == (True, True)
    bid = desks.look(lambda session: listing.requests(session, number, 9)[0][0].id)
    await browser.sends(f"{TEAMS}/{number}/answer", bid=bid, yes=1)
    assert desks.look(lambda session: teams.is_member(session, number, ben))
    again = await browser.sends(f"{TEAMS}/{number}/answer", bid=bid, yes=1)
    assert again.status == 422
    await browser.opens(people)
    assert "副队长" in (await browser.sends(f"{TEAMS}/{number}/deputy", member=ana)).text

    def role(session: Session) -> Role | None:
        return leading.role_of(session, number, ana, desks.now)

    assert desks.look(role) is Role.DEPUTY
    await browser.sends(f"{TEAMS}/{number}/deputy", member=ana, end=1)
    assert desks.look(role) is None
    await browser.sends(f"{TEAMS}/{number}/captain", member=ana)
    assert desks.look(role) is None
    told = desks.look(lambda session: list(session.exec(select(Delivery.topic))))
    assert told.count("captaincy") == 1
    await browser.opens(people)
    await browser.sends(f"{TEAMS}/{number}/remove", member=ben)
    assert not desks.look(lambda session: teams.is_member(session, number, ben))
    assert (await browser.opens(PLACES)).status == 403


async def test_places_and_companies_show_firms_no_small_numbers(desks: Nanhai) -> None:
    def fill(session: Session) -> None:
        code = session.get_one(Station, ZHAOXIN).code
        rows = "".join(f'[[members]]\nname = "工友{n}"\nstation = "{code}"\n' for n in range(7))
        load(session, read_bytes(rows.encode(), "a.toml"), CARE, desks.now)

    desks.store.write_now(fill)
    town = await desks.desk_of(Role.TOWN, SHISHAN)
    assert "昭信集团" in (await town.opens(f"{PLACES}?words=zhaoxin")).text
    assert "桂城" not in (await town.opens(PLACES)).text
    assert (await town.opens(f"{PLACES}/{GUICHENG}")).status == 404
    assert "工友 7" in (await town.opens(f"{PLACES}/{ZHAOXIN}")).text
    firm = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    own = (await firm.opens(f"{PLACES}/{ZHAOXIN}")).text
    assert ("5 人以上" in own, "工友 7" in own) == (True, False)
    assert (await firm.opens(f"{PLACES}/{SHISHAN}")).status == 404
    assert (await firm.opens("/console/network/companies")).status == 200


async def test_a_team_is_closed_with_a_reason_once(desks: Nanhai) -> None:
    number = keep(desks, name="飞羽队", station_id=SHISHAN)
    ana = desks.member("小安")

    def join(session: Session) -> None:
        teams.join(session, session.get_one(Team, number), ana, desks.now)

    desks.store.write_now(join)
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    here = f"{TEAMS}/{number}"
    assert "队里有 1 人" in (await browser.opens(here)).text
    assert (await browser.sends(f"{here}/close", reason="长" * 301)).status == 422
    await browser.opens(here)
    done = await browser.sends(f"{here}/close", reason="球馆拆了")
    assert (done.path, "已关闭：飞羽队" in done.text) == (TEAMS, True)
    row = row_of(desks, number)
    assert (row.state, row.members, row.ended_at) == (TeamState.CLOSED, 0, desks.now)
    assert "飞羽队" in (await browser.opens(f"{TEAMS}?state=closed")).text
    assert "原因：球馆拆了" in (await browser.opens(here)).text
    await browser.opens("/console/account")
    assert (await browser.sends(f"{here}/close", reason="")).status == 422


async def test_a_place_is_renamed_by_who_may_load_there_and_found_so(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    here = f"{PLACES}/{ZHAOXIN}"
    fields = {"name": "昭信新厂", "name-en": "Zhaoxin Works", "address": "科技路 2 号"}
    for wrong in ({"name": ""}, {"map_url": "javascript:alert(1)"}, {"address": "长" * 121}):
        await browser.opens(here)
        assert (await browser.sends(f"{here}/describe", None, **{**fields, **wrong})).status == 422
    await browser.opens(here)
    link = "https://uri.amap.com/marker?position=113.15,23.03"
    done = await browser.sends(f"{here}/describe", None, **fields, map_url=link)
    assert ("科技路 2 号" in done.text, link.replace("&", "&amp;") in done.html) == (True, True)
    assert "昭信新厂" in (await browser.opens(f"{PLACES}?words=zxxc")).text
    row = desks.look(lambda session: session.get_one(Station, ZHAOXIN))
    assert row.text_of("name").to("en") == "Zhaoxin Works"
    firm = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    assert "describe" not in (await firm.opens(here)).html
    await firm.opens("/console/account")
    assert (await firm.sends(f"{here}/describe", None, **fields)).status == 403
