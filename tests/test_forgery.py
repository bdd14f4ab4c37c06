"""Presses that no button offered: they act on whoever presses, and show nothing that is hidden."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot.building import build_station
from bot.messages import Incoming, Message
from bot.settings import Settings
from models import signups
from models.deliveries import Delivery
from models.events import Event, EventState, Signup, SignupState
from models.members import Member
from models.store import Store
from tests.stories.station import event, network


class House:
    """A station without platforms, and people who send it whatever they like."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.clock, self._count = store, now, 0
        self.settings = Settings()
        self.station = build_station(self.settings, store, lambda: self.clock)
        store.write_now(network)

    async def press(self, who: str, packed: str) -> str:
        self._count += 1
        incoming = Incoming("web.chat", who, f"k{self._count}", press=packed, language="zh")
        message = await self.station.dispatcher.listen(incoming)
        assert isinstance(message, Message)
        return message.text

    async def arrive(self, *people: str) -> None:
        for who in people:
            await self.press(who, "agree.")

    def event(self, title: str, **changed: Any) -> int:
        def add(session: Session) -> int:
            row = event(title, title, self.clock + timedelta(days=3), **changed)
            session.add(row)
            session.flush()
            assert row.id is not None
            return row.id

        return self.store.write_now(add)

    def states(self) -> list[tuple[int | None, str]]:
        def look(session: Session) -> list[tuple[int | None, str]]:
            rows = session.exec(select(Signup.member_id, Signup.state).order_by(col(Signup.id)))
            return [(member_id, str(state)) for member_id, state in rows]

        return self.store.read_now(look)


@pytest.fixture
def house(store: Store, now: datetime) -> House:
    return House(store, now)


async def test_nobody_gives_up_the_seat_of_another(house: House) -> None:
    number = house.event("走进灯具厂", seats=1)
    await house.arrive("ana", "ben")
    await house.press("ana", f"sign-up.{number}")
    before = house.states()
    for forged in (f"give-up.{number}", f"give-up.{number}.1", f"ticket.{number}"):
        said = await house.press("ben", forged)
        assert "走进灯具厂" not in said or "没有" in said
    assert house.states() == before


@pytest.mark.parametrize("state", [EventState.ASKED, EventState.RETURNED])
async def test_an_event_that_waits_for_approval_is_not_named(
    house: House, state: EventState
) -> None:
    number = house.event("还没批的活动", state=state)
    await house.arrive("ana")
    for tag in ("event", "sign-up", "give-up", "ics", "ticket"):
        assert "还没批" not in await house.press("ana", f"{tag}.{number}")
    assert house.states() == []


async def test_an_erased_person_in_an_old_queue_stops_nobody(house: House) -> None:
    """The event is over when they are erased, and is then held once more."""
    number = house.event("老活动", seats=1)
    await house.arrive("ana", "ben", "cai")
    for who in ("ana", "ben", "cai"):
        await house.press(who, f"sign-up.{number}")
    house.clock += timedelta(days=4)
    await house.press("ben", "erase.1")

    def hold_again(session: Session) -> None:
        later = house.clock + timedelta(days=3)
        signups.move(
            session,
            session.get_one(Event, number),
            starts_at=later,
            ends_at=later + timedelta(hours=2),
            closes_at=later,
            reason="",
            care=house.settings.care(),
            now=house.clock,
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
