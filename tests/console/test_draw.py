"""The draw of an event at the desk: set up, its public number named and entered, its steps."""

from datetime import timedelta

from models.events import draws
from models.events.events import Event
from models.rules.events import draws as rules
from models.rules.events.states import DrawState
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, Nanhai
from tests.console.draws import enter, event_of, run
from tests.console.rows import keep
from tests.miniature.rows import lamp_works


async def test_a_draw_is_set_up_and_drawn_by_a_public_number(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(seats=1))
    path = f"/console/events/{number}/draw"
    boss = desks.member("镇长", Role.TOWN, GUICHENG)
    browser = await desks.signed_in(boss)
    await browser.opens(path)
    await browser.sends(f"{path}/set-up")
    assert event_of(desks, number).draw == DrawState.ENTERING
    assert (await browser.sends(f"{path}/name", name="")).status == 422
    page = await browser.sends(f"{path}/name", name="排列 3 第 2026322 期")
    draw = desks.look(lambda session: draws.of_event(session, session.get_one(Event, number)))
    assert rules.commitment_of(draw.secret) in page.text
    assert draw.secret not in page.html
    for name in ("阿梅", "小李"):
        enter(desks, number, name)
    await browser.opens(path)
    assert (await browser.sends(f"{path}/take-back")).status == 422
    assert (await browser.sends(f"{path}/number", number="739")).status == 422
    desks.now = event_of(desks, number).closes_at + timedelta(minutes=1)
    run(desks)
    browser = await desks.signed_in(boss)
    page = await browser.opens(path)
    assert draw.secret not in page.html
    wrong = await browser.sends(f"{path}/number", number="7")
    assert 'id="w-number"' in wrong.html
    asked = await browser.sends(f"{path}/number", number="7 3 9")
    assert (asked.status, "7 3 9" in asked.text) == (422, True)
    assert event_of(desks, number).draw == DrawState.CLOSED
    await browser.sends(f"{path}/number", number="7 3 9", sure="1")
    run(desks)
    page = await browser.opens(path)
    assert event_of(desks, number).draw == DrawState.DRAWN
    assert draw.secret in page.text
    assert "7 3 9" in page.text
    assert f"https://station.example/draws/{number}" in page.html


async def test_who_does_not_run_the_event_sees_no_draw_of_it(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(seats=1))
    path = f"/console/events/{number}/draw"
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert (await core.opens(path)).status == 403
    other = await desks.desk_of(Role.TOWN, SHISHAN)
    assert (await other.opens(path)).status == 404
    await other.opens("/console/account")
    assert (await other.sends(f"{path}/set-up")).status == 404
    assert event_of(desks, number).draw == DrawState.NONE
