"""Partners at the desk: kept for a place, chosen for an event, named where people read of it."""

from sqlmodel import Session, select

from models.events import partnering
from models.events.partnering import EventPartner
from models.network.partners import Part, Partner
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import lamp_works

HERE = "/console/network/partners"


def rows(session: Session) -> list[Partner]:
    return list(session.exec(select(Partner)))


async def test_partners_are_added_changed_and_ended(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(f"{HERE}/new")
    good = {"name": "青少年宫", "name-en": "Youth Palace", "does": "teaches", "place": "桂城"}
    for wrong in (
        {"name": ""},
        {"does": "sings"},
        {"link": "javascript:alert(1)"},
        {"name": "长" * 61},
        {"place": "狮山"},
    ):
        refused = await browser.sends(f"{HERE}/new", None, **{**good, **wrong})
        assert refused.status == 422, wrong
        await browser.opens(f"{HERE}/new")
    assert desks.look(rows) == []
    made = await browser.sends(f"{HERE}/new", None, **good, link="https://qsng.example")
    assert (made.path, "青少年宫" in made.text) == (HERE, True)
    [row] = desks.look(rows)
    assert (row.does, row.text_of("name").to("en")) == ((Part.TEACHES,), "Youth Palace")
    assert "青少年宫" in (await browser.opens(f"{HERE}?words=qingshaonian")).text
    await browser.opens(f"{HERE}/{row.id}")
    changed = {"name": "青少年宫", "does": ["hosts", "teaches"], "note": "找陈老师"}
    await browser.sends(f"{HERE}/{row.id}", None, **changed)
    other = await desks.desk_of(Role.TOWN, SHISHAN)
    assert (await other.opens(f"{HERE}/{row.id}")).status == 404
    assert "青少年宫" not in (await other.opens(HERE)).text
    await browser.opens(f"{HERE}/{row.id}")
    await browser.sends(f"{HERE}/{row.id}/end")
    [row] = desks.look(rows)
    assert (row.does, row.ended_at) == ((Part.HOSTS, Part.TEACHES), desks.now)
    assert (await browser.sends(f"{HERE}/{row.id}/end")).status == 400
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert (await core.opens(HERE)).status == 403


async def test_an_event_names_its_partners_to_whoever_reads_of_it(desks: Nanhai) -> None:
    [event] = keep(desks, lamp_works(station_id=GUICHENG))

    def add(session: Session) -> tuple[int, int]:
        found = []
        for name, place in (("灯具协会", GUICHENG), ("狮山工会", SHISHAN)):
            row = Partner(station_id=place, name=name, parts="hosts sponsors", since=desks.now)
            session.add(row)
            session.flush()
            found.append(row.id)
        return found[0], found[1]

    own, others = desks.store.write_now(add)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    here = f"/console/events/{event}"
    edit = await browser.opens(f"{here}/edit")
    assert ("灯具协会" in edit.text, "狮山工会" in edit.text) == (True, False)
    refused = await browser.sends(f"{here}/partners", None, **{"with": f"{others}-hosts"})
    assert refused.status == 422
    await browser.opens(f"{here}/edit")
    await browser.sends(f"{here}/partners", None, **{"with": f"{own}-sponsors"})
    assert "支持单位：灯具协会" in (await browser.opens(here)).text
    told = desks.look(lambda session: partnering.of_event(session, event))
    assert list(told) == [Part.SPONSORS]
    # One that has ended stays with the event until it is taken away.
    await browser.opens(f"{HERE}/{own}")
    await browser.sends(f"{HERE}/{own}/end")
    assert "支持单位：灯具协会" in (await browser.opens(here)).text
    await browser.opens(f"{here}/edit")
    await browser.sends(f"{here}/partners")
    assert desks.look(lambda session: list(session.exec(select(EventPartner)))) == []
    point = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    await point.opens("/console/account")
    assert (await point.sends(f"{here}/partners")).status == 404
