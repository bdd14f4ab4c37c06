"""Whatever goes wrong for however long: every delivery has one end, and each end its why."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event

from bot.channels import Doubtful, Outcome, Refused, Sent, TryLater, Unreachable
from bot.channels.rates import RecentSends
from bot.conversation.messages import Message
from models.network.members import Address
from models.sending import recovery
from models.sending.deliveries import OPEN_STATES, DeliveryState
from models.store import Store, StoreDown
from scheduler.pace import Pace
from tests.databases import Away
from tests.miniature.house import House
from tests.miniature.platform import Platform

PEOPLE = 120
TOPICS = ("announcement", "offer")
A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def many(house: House) -> House:
    """A house that owes everybody an announcement and a notice."""
    for number in range(PEOPLE):
        member = house.member(f"p{number}")
        for topic in TOPICS:
            house.owe(member, topic)
    return house


def ends_well(house: House) -> None:
    """Every delivery has one end with its why, and who was told is who is said to be told."""
    for each in house.deliveries():
        assert each.state not in OPEN_STATES, each.state
        assert each.settled_at is not None
        assert each.state == DeliveryState.SENT or each.reason
    assert len(house.deliveries()) == PEOPLE * len(TOPICS)


def heard(house: House) -> Counter[tuple[str, str]]:
    return Counter((to, text) for to, text in house.platform.said)


# The database


class Outage:
    """A store that cannot be written, of either kind, until it can again."""

    def __init__(self, store: Store, url: str) -> None:
        self.is_on = False
        self._away = None if store.is_sqlite else Away(url)
        if store.is_sqlite:
            event.listen(store.engine, "checkout", self._protect)

    def begins(self) -> None:
        self.is_on = True
        if self._away is not None:
            self._away.go()

    def is_over(self) -> None:
        self.is_on = False
        if self._away is not None:
            self._away.come_back()

    def _protect(self, connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA query_only={'ON' if self.is_on else 'OFF'}")


@pytest.fixture
def outage(store: Store, store_url: str) -> Iterator[Outage]:
    outage = Outage(store, store_url)
    yield outage
    outage.is_over()


async def test_a_minute_without_the_database_amid_sending_doubles_and_loses_nothing(
    many: House, platform: Platform, outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.settling.STORE_DOWN", timedelta(seconds=0.01))
    is_away = asyncio.Event()

    def answer(to: str, message: Message) -> Outcome:
        if len(platform.said) == PEOPLE // 2 and not outage.is_on:
            outage.begins()
            is_away.set()
        return Sent()

    platform.answers = answer
    at_work = asyncio.create_task(many.engine.send_due())
    await is_away.wait()
    with pytest.raises(StoreDown):
        await many.store.write(recovery.any_lost, many.hands.now)
    many.hands.now += A_MINUTE
    platform.answers = lambda to, message: Sent()
    outage.is_over()
    await at_work
    await many.at(many.hands.now + A_MINUTE)
    await many.at(many.hands.now + A_MINUTE)
    ends_well(many)
    assert set(heard(many).values()) == {1}
    assert set(many.states()) == {DeliveryState.SENT}


# The platform


async def test_an_hour_without_the_platform_only_delays(many: House, platform: Platform) -> None:
    start = many.hands.now
    calls = Counter[str]()

    def answer(to: str, message: Message) -> Outcome:
        calls[to] += 1
        is_away = many.hands.now < start + AN_HOUR
        return TryLater(timedelta(seconds=5), "no connection") if is_away else Sent()

    platform.answers = answer
    for minute in range(0, 61, 5):
        await many.at(start + minute * A_MINUTE)
        if minute < 60:
            assert not platform.said
    ends_well(many)
    assert set(many.states()) == {DeliveryState.SENT}
    assert set(heard(many).values()) == {1}


def _troubled(random: Random, platform: Platform) -> Callable[[str, Message], Outcome]:
    def answer(to: str, message: Message) -> Outcome:
        if random.random() >= 0.3:
            return Sent()
        match random.randrange(5):
            case 0:
                return TryLater(timedelta(seconds=5), "server error")
            case 1:
                # It arrived, and the answer did not.
                platform.said.append((to, message.text))
                return Doubtful("no answer")
            case 2:
                return Doubtful("no answer")
            case 3:
                return Refused("message text is empty")
            case _:
                raise ConnectionResetError

    return answer


@pytest.mark.parametrize("seed", range(3))
async def test_of_thirty_errors_in_a_hundred_none_leaves_a_delivery_without_an_end(
    many: House, platform: Platform, seed: int
) -> None:
    platform.answers = _troubled(Random(seed), platform)
    for minute in range(12):
        await many.at(many.hands.now + minute * A_MINUTE)
    ends_well(many)
    told = heard(many)
    for each in many.deliveries():
        address = many.get(Address, id=each.address_id).external
        times = told[address, each.topic]
        match each.state:
            case DeliveryState.SENT:
                assert 1 <= times <= (1 if each.topic == "announcement" else 2)
            case DeliveryState.IN_DOUBT:
                assert times <= (1 if each.topic == "announcement" else 2)
            case _:
                assert each.state == DeliveryState.REFUSED
    assert {DeliveryState.SENT, DeliveryState.IN_DOUBT, DeliveryState.REFUSED} == set(many.states())


async def test_who_blocks_us_amid_an_announcement_ends_with_that_why(
    many: House, platform: Platform
) -> None:
    blocking = {f"p{number}" for number in range(0, PEOPLE, 10)}
    platform.answers = lambda to, message: Unreachable("blocked") if to in blocking else Sent()
    await many.at(many.hands.now)
    ends_well(many)
    lost = [each for each in many.deliveries() if each.state == DeliveryState.UNREACHABLE]
    assert len(lost) == len(blocking) * len(TOPICS)
    assert {each.reason for each in lost} == {"blocked"}


# The clock


async def test_a_clock_set_back_an_hour_amid_sending_delays_the_rest_and_doubles_nothing(
    many: House, platform: Platform
) -> None:
    start = many.hands.now
    # Turns are counted by a clock that nobody sets.
    platform.recent_sends = RecentSends()
    many.engine = many.another_engine(pace=Pace(500))

    def answer(to: str, message: Message) -> Outcome:
        if len(platform.said) == PEOPLE // 2:
            many.hands.now = start - AN_HOUR
        return Sent()

    platform.answers = answer
    await many.engine.send_due()
    assert PEOPLE // 2 < len(platform.said) < PEOPLE * len(TOPICS)
    platform.answers = lambda to, message: Sent()
    for minute in range(0, 65, 5):
        await many.at(start - AN_HOUR + minute * A_MINUTE)
    ends_well(many)
    assert set(many.states()) == {DeliveryState.SENT}
    assert set(heard(many).values()) == {1}
