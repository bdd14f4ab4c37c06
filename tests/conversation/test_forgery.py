"""Presses that no button offered: they act on whoever presses, and show nothing that is hidden."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from handlers import subjects
from models.desk import known
from models.events import _changes
from models.events.events import Event, EventState, Signup, SignupState
from models.network.members import Address, Member
from models.sending.deliveries import Delivery
from models.store import Store
from tests.miniature.house import House
from tests.miniature.rows import SHISHAN, event
from tests.stories.station import Nanhai, nanhai


def states(house: House) -> list[tuple[int | None, str]]:
    return [(each.member_id, str(each.state)) for each in house.rows(Signup)]


async def arrive(house: House, *people: str) -> None:
    for who in people:
        await house.press(who, "agree.")


def ahead(house: House, title: str, **changed: Any) -> int:
    """An event in three days, by number."""
    return house.save(event(title, title, house.hands.now + timedelta(days=3), **changed)).id


@pytest.fixture
def house(store: Store, now: datetime) -> House:
    """A station without platforms, and people who send it whatever they like."""
    return House(store, now, answering=subjects.routes())


async def test_nobody_gives_up_the_seat_of_another(house: House) -> None:
    number = ahead(house, "走进灯具厂", seats=1)
    await arrive(house, "ana", "ben")
    await house.press("ana", f"sign-up.{number}")
    before = states(house)
    for forged in (f"give-up.{number}", f"give-up.{number}.1", f"ticket.{number}"):
        said = await house.press("ben", forged)
        assert "走进灯具厂" not in said or "没有" in said
    assert states(house) == before


@pytest.mark.parametrize("what", ["postpone", "restore", "twice", "time"])
async def test_only_who_runs_an_event_puts_it_off_or_holds_it_again(
    house: House, what: str
) -> None:
    state = EventState.CANCELLED if what == "restore" else EventState.OPEN
    number = ahead(house, "走进灯具厂", state=state)
    await arrive(house, "ana")
    before = house.rows(Event)
    for forged in (f"run.{number}.{what}", f"run.{number}.{what}x", f"run.{2**31 - 1}.{what}"):
        assert "走进灯具厂" not in await house.press("ana", forged)
    assert house.rows(Event) == before


async def test_an_answer_of_elsewhere_is_not_told(house: House) -> None:
    await arrive(house, "ana")

    def keep(session: Session) -> int:
        return known.keep(session, SHISHAN, "有班车吗？", "七点半。", None, house.hands.now).id

    number = house.store.write_now(keep)
    said = await house.press("ana", f"answer.{number}")
    assert "七点半" not in said


@pytest.mark.parametrize("state", [EventState.ASKED, EventState.RETURNED])
async def test_an_event_that_waits_for_approval_is_not_named(
    house: House, state: EventState
) -> None:
    number = ahead(house, "还没批的活动", state=state)
    await arrive(house, "ana")
    for tag in ("event", "sign-up", "give-up", "ics", "ticket"):
        assert "还没批" not in await house.press("ana", f"{tag}.{number}")
    assert states(house) == []


async def test_an_erased_person_in_an_old_queue_stops_nobody(house: House) -> None:
    """The event is over when they are erased, and is then held once more."""
    number = ahead(house, "老活动", seats=1)
    await arrive(house, "ana", "ben", "cai")
    for who in ("ana", "ben", "cai"):
        await house.press(who, f"sign-up.{number}")
    house.hands.now += timedelta(days=4)
    await house.press("ben", "erase.1")

    def hold_again(session: Session) -> None:
        later = house.hands.now + timedelta(days=3)
        house_event = session.get_one(Event, number)
        _changes.move(
            session,
            house_event,
            starts_at=later,
            ends_at=later + timedelta(hours=2),
            closes_at=later,
            reason="",
            care=house.care,
            now=house.hands.now,
        )

    house.store.write_now(hold_again)
    await house.press("ana", f"give-up.{number}.1")

    def of_cai(session: Session) -> str:
        latest = session.exec(select(Member.id).order_by(col(Member.id).desc()).limit(1)).one()
        return session.exec(select(Signup.state).where(Signup.member_id == latest)).one()

    def offered(session: Session) -> int:
        return len(session.exec(select(Delivery).where(Delivery.topic == "offer")).all())

    assert house.store.read_now(of_cai) == SignupState.OFFERED
    assert house.store.read_now(offered) == 1


# On WeCom, where a press travels through the enterprise's own push


@pytest.fixture
async def enterprise(store_url: str, now: datetime) -> AsyncIterator[Nanhai]:
    """A station on WeCom, with a tour of one seat."""
    async with nanhai("wecom", store_url, now) as town:
        town.save(event("tour", "走进灯具厂", now + timedelta(days=3), seats=1))
        yield town


async def _pushed(town: Nanhai, query: Mapping[str, str], body: bytes) -> int:
    assert town.http is not None
    assert town.wecom is not None
    async with town.http.post(town.wecom.callback, params=query, data=body) as response:
        return response.status


def _press(town: Nanhai, who: str, key: str, code: str) -> tuple[dict[str, str], bytes]:
    """A press as WeCom would push it."""
    assert town.wecom is not None
    fields = {"MsgType": "event", "Event": "template_card_event", "EventKey": key}
    person = town.wecom.person(who)
    return town.wecom.sealed(
        town.wecom.addressed(person, {**fields, "TaskId": "t", "ResponseCode": code})
    )


def _seats(town: Nanhai) -> list[tuple[str, str]]:
    """Who sits where, by the names that WeCom knows them by."""

    def look(session: Session) -> list[tuple[str, str]]:
        rows = session.exec(
            select(Address.external, Signup.state).join(
                Signup, col(Signup.member_id) == col(Address.member_id)
            )
        )
        return [(external, str(state)) for external, state in rows]

    found: list[tuple[str, str]] = town.look(look)
    return sorted(found)


async def test_a_push_that_the_enterprise_did_not_sign_presses_nothing(enterprise: Nanhai) -> None:
    ana = enterprise.person("ana")
    await ana.arrives()
    assert enterprise.wecom is not None
    query, body = _press(enterprise, "ana", "sign-up.1", "code-1")
    forged = {**query, "msg_signature": "0" * 40}
    _, another = _press(enterprise, "ben", "sign-up.1", "code-2")
    assert await _pushed(enterprise, forged, body) == 403
    assert await _pushed(enterprise, query, another) == 403
    enterprise.wecom.encoding_aes_key = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
    assert await _pushed(enterprise, *_press(enterprise, "ana", "sign-up.1", "code-3")) == 403
    assert _seats(enterprise) == []


async def test_a_press_with_the_key_of_anothers_card_acts_on_whoever_presses(
    enterprise: Nanhai,
) -> None:
    for who in ("ana", "ben"):
        await enterprise.person(who).arrives()
    assert await _pushed(enterprise, *_press(enterprise, "ana", "sign-up.1", "code-1")) == 200
    before = _seats(enterprise)
    assert before == [("ana", "seated")]
    for number, key in enumerate(("give-up.1", "give-up.1.1", "ticket.1")):
        assert await _pushed(enterprise, *_press(enterprise, "ben", key, f"no-{number}")) == 200
    assert _seats(enterprise) == before


async def test_a_press_pushed_again_later_changes_nothing_more(enterprise: Nanhai) -> None:
    await enterprise.person("ana").arrives()
    first = _press(enterprise, "ana", "sign-up.1", "code-1")
    assert await _pushed(enterprise, *first) == 200
    assert await _pushed(enterprise, *_press(enterprise, "ana", "give-up.1.1", "code-2")) == 200
    given_up = _seats(enterprise)
    assert await _pushed(enterprise, *first) == 200
    assert _seats(enterprise) == given_up
    await enterprise.after(minutes=6)
    # The stand-in signs with the time of its clock; what was signed before is old by now.
    assert await _pushed(enterprise, *first) == 403
