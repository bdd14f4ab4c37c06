"""One process at a time speaks for an account, and the pace is held from one to the next."""

import asyncio
from datetime import timedelta

from sqlmodel import Session

from bot.channels import Sent, TryLater
from bot.conversation.messages import Message
from models.sending import speakers
from models.sending.deliveries import DeliveryState
from models.sending.speakers import Speaker, sender_of
from tests.miniature.house import House
from tests.miniature.platform import ACCOUNT, Platform

SECOND = timedelta(seconds=1)


def _times(house: House, platform: Platform) -> list[float]:
    """When the platform is spoken to, as the story's clock has it."""
    times: list[float] = []

    def answer(to: str, message: Message) -> Sent:
        times.append(house.hands.monotonic())
        return Sent()

    platform.answers = answer
    return times


async def test_who_takes_over_lets_the_second_pass_in_which_the_other_spoke(
    house: House, platform: Platform
) -> None:
    times = _times(house, platform)
    for number in range(5):
        house.owe(house.member(f"early {number}"))
    await house.another_engine(pace=house.pace(5)).send_due()
    for number in range(5):
        house.owe(house.member(f"late {number}"))
    await house.another_engine(pace=house.pace(5)).send_due()
    assert len(times) == 10
    assert times[5] - times[4] >= 1
    assert all(sum(at <= other < at + 0.999 for other in times) <= 5 for at in times)


async def test_after_a_long_silence_a_new_one_speaks_at_once(
    house: House, platform: Platform
) -> None:
    times = _times(house, platform)
    house.owe(house.member("ana"))
    await house.engine.send_due()
    house.hands.now += 10 * SECOND
    began = house.hands.monotonic()
    house.owe(house.member("ben"))
    await house.another_engine().send_due()
    assert times[1] == began


async def test_a_sender_that_was_replaced_while_it_stood_still_sends_no_more(
    house: House, platform: Platform
) -> None:
    slow, quick = house.engine, house.another_engine()
    for number in range(200):
        house.owe(house.member(f"member {number}"))
    platform.gate = asyncio.Event()
    standing = asyncio.create_task(slow.send_due())
    await platform.asked.wait()
    taking_over = asyncio.create_task(quick.send_due())
    # The quick one takes over while the slow one's first sends are not answered yet.
    await house.store.write(_nothing)
    platform.gate.set()
    await standing
    by_the_slow_one = len(platform.said)
    assert _speaker(house).holder == quick.holder
    await taking_over
    assert by_the_slow_one < 200
    assert sorted(to for to, _ in platform.said) == sorted(f"member {n}" for n in range(200))
    assert set(house.states()) == {DeliveryState.SENT}


async def test_a_halt_outlives_the_process_that_was_told_of_it(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"))
    platform.answers = lambda to, message: TryLater(60 * SECOND, "flood", whole_account=True)
    await house.engine.send_due()
    asked: list[str] = []

    def answer(to: str, message: Message) -> Sent:
        asked.append(to)
        return Sent()

    platform.answers = answer
    house.owe(house.member("ben"))
    house.hands.now += 30 * SECOND
    await house.another_engine().send_due()
    assert asked == []
    house.hands.now += 31 * SECOND
    await house.another_engine().send_due()
    assert sorted(asked) == ["ana", "ben"]


async def test_shards_share_the_account_and_nothing_is_sent_twice(
    house: House, platform: Platform
) -> None:
    for number in range(120):
        house.owe(house.member(f"member {number}"))
    first, second = (house.another_engine(shard=shard, shards=2) for shard in range(2))
    assert (first.name, second.name) == (f"send.{ACCOUNT}.1", f"send.{ACCOUNT}.2")
    await first.send_due()
    half = len(platform.said)
    assert 0 < half < 120
    await second.send_due()
    assert sorted(to for to, _ in platform.said) == sorted(f"member {n}" for n in range(120))


async def test_what_one_shard_is_told_to_wait_for_the_other_waits_for_too(
    house: House, platform: Platform
) -> None:
    for number in range(4):
        house.owe(house.member(f"member {number}"))
    asked: list[str] = []

    def answer(to: str, message: Message) -> TryLater:
        asked.append(to)
        return TryLater(60 * SECOND, "flood", whole_account=True)

    platform.answers = answer
    await house.another_engine(shard=0, shards=2).send_due()
    told = len(asked)
    await house.another_engine(shard=1, shards=2).send_due()
    assert len(asked) == told


async def test_a_lease_is_one_process_s_until_it_ends_or_is_let_go(house: House) -> None:
    now = house.hands.now

    def hold(holder: str, after: timedelta) -> bool:
        return house.store.write_now(
            speakers.claim, "poll.telegram.nanhai", holder, 10 * SECOND, now + after
        )

    assert hold("first", 0 * SECOND)
    assert not hold("second", 9 * SECOND)
    assert hold("first", 9 * SECOND)
    assert not hold("second", 18 * SECOND)
    assert hold("second", 19 * SECOND)
    assert not hold("first", 20 * SECOND)
    house.store.write_now(speakers.release, "poll.telegram.nanhai", "first", now + 21 * SECOND)
    assert not hold("first", 21 * SECOND)
    house.store.write_now(speakers.release, "poll.telegram.nanhai", "second", now + 21 * SECOND)
    assert hold("first", 21 * SECOND)


async def test_a_clock_set_back_an_hour_keeps_nobody_silent_for_an_hour(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"))
    await house.engine.send_due()
    house.hands.now -= timedelta(hours=1)
    house.owe(house.member("ben"))
    began = house.hands.monotonic()
    await house.another_engine().send_due()
    assert [to for to, _ in platform.said] == ["ana", "ben"]
    assert house.hands.monotonic() - began <= speakers.LONGEST.total_seconds() + 0.2


def _nothing(session: Session) -> None:
    """What is written after all that others asked for before."""


def _speaker(house: House) -> Speaker:
    def look(session: Session) -> Speaker:
        return session.get_one(Speaker, sender_of(ACCOUNT))

    return house.store.read_now(look)
