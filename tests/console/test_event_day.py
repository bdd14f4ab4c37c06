"""Stops, how it was, and the hall of an event at the desk, by the verbs of the chat."""

from typing import Any

from sqlmodel import Session, select

from models.events import feedback
from models.events.events import Event, Signup, SignupState
from models.network.audit import Audit
from models.rules.network.permissions import Act, Role
from models.sending.deliveries import Delivery
from tests.console.browsing import GUICHENG, SHISHAN, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import lamp_works, local


def claim(desks: Nanhai, event_id: int, turn: int, **more: Any) -> int:
    """Somebody with a seat; returns their number."""
    member_id = desks.member(f"工友{turn}")

    def add(session: Session) -> None:
        values = {"state": SignupState.SEATED, "turn": turn, "at": desks.now, **more}
        session.add(Signup(event_id=event_id, member_id=member_id, **values))
        session.flush()

    desks.store.write_now(add)
    return member_id


def events_row(desks: Nanhai, number: int) -> Event:
    return desks.look(lambda session: session.get_one(Event, number))


async def test_who_is_missing_at_a_stop_gets_a_word(desks: Nanhai) -> None:
    tour = lamp_works(meet="8:20 桂城站；8:40 狮山站", seats=9, held=3)
    (number,) = keep(desks, tour)
    missing = claim(desks, number, 1, stop="桂城站")
    claim(desks, number, 2, stop="桂城站", state=SignupState.ATTENDED)
    claim(desks, number, 3, stop="狮山站")
    desks.now = local(3, 8, 30)
    path = f"/console/events/{number}/day"
    browser = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    page = await browser.opens(path)
    assert "到了 1 / 2" in page.text
    assert "到了 0 / 1" in page.text
    assert "工友1" not in page.text
    for words in ("", "长" * 400):
        assert (await browser.sends(f"{path}/word", stop="桂城站", words=words)).status == 422
    assert (await browser.sends(f"{path}/word", stop="别处", words="快来")).status == 422
    done = await browser.sends(f"{path}/word", stop="桂城站", words="车还等五分钟")
    assert (done.status, done.path) == (200, path)

    def told(session: Session) -> list[int | None]:
        rows = select(Delivery).where(Delivery.topic == "event-word")
        return [each.member_id for each in session.exec(rows)]

    assert desks.look(told) == [missing]
    other = await desks.desk_of(Role.TOWN, SHISHAN)
    assert (await other.opens(path)).status == 404


async def test_how_it_was_is_shown_from_five_answers_on(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(seats=9, held=5))
    people = [
        claim(desks, number, turn, state=SignupState.ATTENDED, attended_at=local(3, 11))
        for turn in range(1, 6)
    ]
    desks.now = local(4, 11)
    path = f"/console/events/{number}/day"

    def rate(session: Session, some: list[int]) -> None:
        for each in some:
            feedback.rate(session, number, each, 4, desks.now)
            feedback.say(session, number, each, "师傅讲得好", desks.now)

    boss = await desks.desk_of(Role.TOWN, GUICHENG)
    desks.store.write_now(rate, people[:4])
    assert "师傅讲得好" not in (await boss.opens(path)).text
    desks.store.write_now(rate, people[4:])
    page = await boss.opens(path)
    assert "师傅讲得好" in page.text
    assert "4.0" in page.text
    assert "工友1" not in page.text
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert "师傅讲得好" not in (await core.opens(path)).text


async def test_a_hall_is_said_seated_and_printed(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(seats=9, held=2))
    for turn in (1, 2):
        claim(desks, number, turn)
    path = f"/console/events/{number}/hall"
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(path)
    assert (await browser.sends(f"{path}/seat")).status == 422
    wrong = await browser.sends(path, hall="随便坐", revision=0)
    assert 'id="w-hall"' in wrong.html
    await browser.sends(path, hall="2排×3座", revision=0)
    assert events_row(desks, number).hall
    late = await browser.sends(path, hall="3排×3座", revision=99)
    assert late.status == 422
    await browser.opens(path)
    await browser.sends(f"{path}/seat")

    def seats(session: Session) -> int:
        return sum(bool(each.seat) for each in session.exec(select(Signup)))

    assert desks.look(seats) == 2
    same = await browser.sends(f"{path}/seat", anew="1")
    assert same.status == 200
    assert (await browser.opens(f"{path}/plan.pdf")).status == 404
    await browser.opens(path)
    paper = await browser.sends(f"{path}/paper", kind="plan.pdf")
    assert paper.html.startswith("%PDF")
    assert (await browser.opens(f"{path}/nothing.pdf")).status == 404

    def taken(session: Session) -> int:
        looks = session.exec(select(Audit).where(Audit.act == Act.SEE_LIST)).all()
        return sum(each.details.get("what") == "file" for each in looks)

    assert desks.look(taken) == 1
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert (await core.opens(path)).status == 403
