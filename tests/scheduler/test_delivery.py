import asyncio
from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlmodel import Session

from bot.channels import Doubtful, Moved, Refused, Sent, TryLater, Unreachable
from models.network.members import Address, Member
from models.sending import claims as sending
from models.sending import deliveries, history, inbox, missed
from models.sending.claims import AccountSender
from models.sending.deliveries import DeliveryState, Plan
from models.sending.speakers import Silence, sender_of
from models.store import Store
from scheduler.delivery import IN_FLIGHT
from scheduler.pace import Pace
from tests.miniature.house import House
from tests.miniature.platform import Platform
from tests.miniature.rows import local

SECOND = timedelta(seconds=1)


async def test_what_is_owed_is_sent_once_and_its_words_are_kept(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"))
    await house.engine.send_due()
    await house.engine.send_due()
    assert platform.said == [("ana", "offer")]
    sent = house.only()
    assert (sent.state, sent.attempts, sent.settled_at) == (DeliveryState.SENT, 1, house.hands.now)
    assert sent.message == {"text": "offer", "language": "zh"}


async def test_nothing_is_sent_before_it_is_due(house: House, platform: Platform) -> None:
    house.owe(house.member("ana"))
    house.hands.now -= SECOND
    await house.engine.send_due()
    assert platform.said == []
    assert house.only().state == DeliveryState.PLANNED


async def test_many_are_sent_in_the_order_in_which_they_came_due(
    house: House, platform: Platform
) -> None:
    members = [house.member(f"member {number}") for number in range(150)]

    def owe(session: Session) -> None:
        plans = [
            Plan(
                key=f"announcement:{member}",
                member_id=member,
                topic="announcement",
                facts={},
                due_at=house.hands.now - timedelta(seconds=150 - number),
                expires_at=house.hands.now + SECOND,
            )
            for number, member in enumerate(members)
        ]
        deliveries.plan_all(session, plans, house.hands.now)

    house.store.write_now(owe)
    await house.engine.send_due()
    assert [to for to, _ in platform.said] == [f"member {number}" for number in range(150)]
    assert house.states() == [DeliveryState.SENT] * 150


# Care


async def test_in_quiet_hours_a_notice_waits_for_the_morning(
    house: House, platform: Platform, now: datetime
) -> None:
    house.hands.now = local(1, 23)
    house.owe(house.member("ana", quiet=""))
    await house.at(house.hands.now)
    assert platform.said == []
    assert house.only().state == DeliveryState.PLANNED
    assert house.only().reason == "quiet hours"
    assert house.only().attempts == 0
    await house.at(local(2, 8) - SECOND)
    assert platform.said == []
    await house.at(local(2, 8))
    assert platform.said == [("ana", "offer")]


async def test_a_member_without_quiet_hours_hears_at_night(
    house: House, platform: Platform
) -> None:
    house.hands.now = local(1, 23)
    house.owe(house.member("ana", quiet="off"))
    await house.at(house.hands.now)
    assert platform.said == [("ana", "offer")]


async def test_a_change_that_could_not_be_told_after_the_night_is_told_in_it(
    house: House, platform: Platform
) -> None:
    house.hands.now = local(1, 23)
    member = house.member("ana", quiet="")

    def call_off(session: Session) -> None:
        deliveries.plan_for_member(
            session,
            member,
            key="called-off",
            topic="called-off",
            facts={},
            due_at=house.hands.now,
            expires_at=local(2, 7, 30),
            now=house.hands.now,
        )

    house.store.write_now(call_off)
    await house.at(house.hands.now)
    assert platform.said == [("ana", "called-off")]


async def test_a_kind_that_was_muted_meanwhile_is_not_sent(
    house: House, platform: Platform
) -> None:
    member = house.member("ana")
    house.owe(member, "offer")
    house.owe(member, "moved")
    house.change(Member, member, muted=["offer"])
    await house.engine.send_due()
    assert platform.said == [("ana", "moved")]
    assert house.states() == [DeliveryState.DROPPED, DeliveryState.SENT]


async def test_what_became_too_late_is_settled_so_and_not_sent(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"))
    house.hands.now += timedelta(days=1)
    await house.engine.send_due()
    assert platform.said == []
    assert (house.only().state, house.only().reason) == (DeliveryState.LATE, "too late")


async def test_what_no_sender_looks_at_ends_as_too_late_as_well(house: House) -> None:
    house.owe(house.member("ana", account="wechat.closed"))
    assert not await house.planner.anything_lost(house.hands.now)
    later = house.hands.now + timedelta(days=1)
    assert await house.planner.anything_lost(later)
    await house.planner.sweep(later)
    assert house.only().state == DeliveryState.LATE


async def test_one_notice_without_words_does_not_hold_up_the_others(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"), unspeakable=1)
    house.owe(house.member("ben"))
    await house.engine.send_due()
    assert platform.said == [("ben", "offer")]
    assert house.states() == [DeliveryState.REFUSED, DeliveryState.SENT]
    assert house.deliveries()[0].reason == "cannot be put into words: KeyError"


# What platforms answer


async def test_who_blocked_us_is_written_to_no_more(house: House, platform: Platform) -> None:
    member = house.member("ana")
    house.owe(member, "offer")
    platform.answers = lambda to, message: Unreachable("bot was blocked by the user")
    await house.engine.send_due()
    assert house.get(Address).unreachable == "bot was blocked by the user"
    assert house.only().state == DeliveryState.UNREACHABLE

    house.owe(member, "moved")
    platform.answers = lambda to, message: Sent()
    await house.engine.send_due()
    assert platform.said == []
    assert house.states() == [DeliveryState.UNREACHABLE] * 2


async def test_who_blocked_us_between_planning_and_sending_is_left_alone(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"))
    house.change(Address, house.get(Address).id, unreachable="blocked")
    await house.engine.send_due()
    assert platform.said == []
    assert (house.only().state, house.only().reason) == (DeliveryState.UNREACHABLE, "blocked")


async def test_what_cannot_be_said_now_waits_for_the_members_next_message(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"))
    platform.answers = lambda to, message: Unreachable("window closed", for_good=False)
    await house.engine.send_due()
    waiting = house.only()
    assert (waiting.state, waiting.attempts) == (DeliveryState.WAITING, 0)
    assert house.get(Address).unreachable == ""

    def speak(session: Session) -> list[str]:
        found = missed.to_show(session, waiting.member_id or 0, house.hands.now, 3)
        for delivery in found:
            assert delivery.address_id is not None
            missed.settle_shown(
                session, delivery, delivery.account, delivery.address_id, house.hands.now
            )
        return [delivery.topic for delivery in found]

    assert house.store.write_now(speak) == ["offer"]
    assert house.store.write_now(speak) == []
    assert (house.only().state, house.only().reason) == (DeliveryState.SENT, "shown")


async def test_content_that_a_platform_refuses_is_never_sent_again(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"))
    platform.answers = lambda to, message: Refused("message text is empty")
    await house.engine.send_due()
    platform.answers = lambda to, message: Sent()
    await house.at(house.hands.now + timedelta(hours=1))
    assert platform.said == []
    assert (house.only().state, house.only().reason) == (
        DeliveryState.REFUSED,
        "message text is empty",
    )


async def test_a_chat_that_moved_gets_the_message_at_its_new_address(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("-100"))
    platform.answers = lambda to, message: Moved("-200") if to == "-100" else Sent()
    await house.engine.send_due()
    assert platform.said == [("-200", "offer")]
    assert house.get(Address).external == "-200"
    assert house.only().state == DeliveryState.SENT


async def test_a_chat_that_moved_to_one_we_know_is_lost(house: House, platform: Platform) -> None:
    house.member("-200")
    house.owe(house.member("-100"))
    platform.answers = lambda to, message: Moved("-200") if to == "-100" else Sent()
    await house.engine.send_due()
    assert house.get(Address, external="-100").unreachable == "moved"
    assert house.get(Address, external="-200").unreachable == ""


async def test_a_busy_chat_is_tried_again_when_the_platform_said(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"))
    house.owe(house.member("ben"))
    platform.answers = lambda to, message: TryLater(10 * SECOND, "busy") if to == "ana" else Sent()
    start = house.hands.now
    await house.at(start)
    assert platform.said == [("ben", "offer")]
    platform.answers = lambda to, message: Sent()
    await house.at(start + 9 * SECOND)
    assert len(platform.said) == 1
    await house.at(start + 10 * SECOND)
    assert platform.said[1:] == [("ana", "offer")]


async def test_a_429_for_the_account_halts_everybody_on_it(
    house: House, platform: Platform
) -> None:
    class Watch:
        at = 0.0

        def __call__(self) -> float:
            return self.at

        async def sleep(self, seconds: float) -> None:
            self.at += seconds

    watch = Watch()
    pace = Pace(1, monotonic=watch, sleep=watch.sleep)
    house.engine = house.another_engine(pace=pace)
    for number in range(30):
        house.owe(house.member(f"member {number}"))
    asked: list[str] = []

    def answer(to: str, message: object) -> Sent | TryLater:
        asked.append(to)
        return TryLater(30 * SECOND, "flood", whole_account=True) if len(asked) == 3 else Sent()

    platform.answers = answer
    start = house.hands.now
    await house.at(start)
    assert len(asked) == 3
    assert len(platform.said) == 2

    await house.at(start + 10 * SECOND)
    assert len(asked) == 3

    watch.at += 30
    await house.at(start + 31 * SECOND)
    assert len(asked) == 31
    assert len(platform.said) == 30
    assert all(delivery.attempts == 1 for delivery in house.deliveries())


# Windows


@pytest.mark.parametrize("platform", [Platform("wechat.nanhai", windowed=True)], ids=["wechat"])
async def test_a_platform_with_a_window_is_spoken_to_only_within_it(
    house: House, platform: Platform
) -> None:
    platform.said.clear()
    later = house.hands.now + timedelta(hours=48)
    house.owe(house.member("open", window_until=later, allowance=5))
    house.owe(house.member("shut", window_until=house.hands.now, allowance=5))
    house.owe(house.member("never"))
    await house.engine.send_due()
    assert platform.said == [("open", "offer")]
    assert house.states() == [DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.WAITING]
    assert house.get(Address, external="open").allowance == 4
    assert house.get(Address, external="shut").allowance == 5


@pytest.mark.parametrize("platform", [Platform("wechat.nanhai", windowed=True)], ids=["wechat"])
async def test_of_more_notices_than_the_window_allows_the_rest_waits(
    house: House, platform: Platform
) -> None:
    platform.said.clear()
    later = house.hands.now + timedelta(hours=48)
    member = house.member("ana", window_until=later, allowance=3)
    for number in range(5):
        house.owe(member, number=number)
    await house.engine.send_due()
    assert len(platform.said) == 3
    assert house.states() == [DeliveryState.SENT] * 3 + [DeliveryState.WAITING] * 2
    assert house.get(Address).allowance == 0


# Where a member is reached


async def test_a_messenger_is_preferred_to_the_web_page_and_a_way_to_none(house: House) -> None:
    house.registers(Platform("web.chat", notifies=False))
    member = house.member("ana")
    house.address(member, "cookie", "web.chat")
    house.owe(member, key="first")
    house.change(Address, house.get(Address, external="ana").id, unreachable="blocked")
    house.owe(member, key="second")
    house.change(Address, house.get(Address, external="cookie").id, unreachable="gone")
    house.owe(member, key="third")
    assert [(each.account, each.state) for each in house.deliveries()] == [
        (house.platform.account, DeliveryState.PLANNED),
        ("web.chat", DeliveryState.PLANNED),
        (house.platform.account, DeliveryState.UNREACHABLE),
    ]


async def test_a_page_catches_up_with_what_was_sent_while_it_was_closed(house: House) -> None:
    house.owe(house.member("ana"), number=1)
    await house.engine.send_due()
    account = house.platform.account

    def look(session: Session, after: int) -> list[tuple[int, str]]:
        found = history.sent_since(session, account, "ana", after)
        return [(each.position, each.message["text"]) for each in found]

    [(place, text)] = house.store.read_now(look, 0)
    assert text == "offer"
    assert place == int(house.hands.now.timestamp() * 1_000_000)
    assert house.store.read_now(look, place) == []

    house.hands.now += SECOND
    member_id = house.get(Member).id
    assert member_id is not None
    for number in range(2, 5):
        house.owe(member_id, number=number)
    await house.engine.send_due()
    later = house.store.read_now(look, place)
    assert len({place for place, _ in later}) == 3
    assert sorted(later) == later
    assert house.store.read_now(look, later[1][0]) == later[2:]


async def test_a_notice_is_what_an_address_saw_last_until_it_is_answered(house: House) -> None:
    house.owe(house.member("ana"))
    address_id = house.get(Address).id
    assert address_id is not None

    def seen(session: Session) -> str | None:
        message = history.last_shown(session, address_id)
        return message["text"] if message is not None else None

    def answer(session: Session) -> None:
        inbox.keep(
            session,
            account=house.platform.account,
            key=f"{house.hands.now}",
            address_id=address_id,
            reply={"text": "the menu"},
            now=house.hands.now,
        )

    assert house.store.read_now(seen) is None
    house.store.write_now(answer)
    assert house.store.read_now(seen) == "the menu"
    house.hands.now += SECOND
    await house.engine.send_due()
    assert house.store.read_now(seen) == "offer"
    house.hands.now += SECOND
    house.store.write_now(answer)
    assert house.store.read_now(seen) == "the menu"


async def test_planning_for_an_address_twice_plans_once(house: House) -> None:
    member = house.member("ana")
    address_id = house.get(Address).id
    assert address_id is not None

    def plan(session: Session) -> bool:
        return deliveries.plan(
            session,
            key="reply:7",
            account=house.platform.account,
            address_id=address_id,
            member_id=member,
            topic="offer",
            facts={},
            due_at=house.hands.now,
            expires_at=house.hands.now + SECOND,
        )

    assert house.store.write_now(plan)
    assert not house.store.write_now(plan)
    assert len(house.deliveries()) == 1


async def test_old_deliveries_are_forgotten_once_they_are_settled(house: House) -> None:
    member = house.member("ana")
    house.owe(member, "offer")
    await house.engine.send_due()
    house.owe(member, "moved")
    await house.planner.tidy(house.hands.now + timedelta(days=59))
    assert len(house.deliveries()) == 2
    await house.planner.tidy(house.hands.now + timedelta(days=61))
    assert house.only().topic == "moved"


# Doubt


@pytest.mark.parametrize("topic", ["reminder", "offer", "moved", "called-off"])
async def test_a_notice_in_doubt_is_repeated_once_and_then_left(
    house: House, platform: Platform, topic: str
) -> None:
    house.owe(house.member("ana"), topic)
    asked: list[str] = []

    def answer(to: str, message: object) -> Doubtful:
        asked.append(to)
        return Doubtful("read timed out")

    platform.answers = answer
    for minutes in range(4):
        await house.at(house.hands.now + timedelta(minutes=minutes))
    assert len(asked) == 2
    assert (house.only().state, house.only().reason) == (DeliveryState.IN_DOUBT, "read timed out")


async def test_a_announcement_in_doubt_is_not_repeated(house: House, platform: Platform) -> None:
    house.owe(house.member("ana"), "announcement")
    platform.answers = lambda to, message: Doubtful("read timed out")
    await house.at(house.hands.now)
    platform.answers = lambda to, message: Sent()
    await house.at(house.hands.now + timedelta(minutes=2))
    assert platform.said == []
    assert house.only().state == DeliveryState.IN_DOUBT


async def test_a_channel_that_breaks_leaves_its_message_in_doubt(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"), "announcement")

    def answer(to: str, message: object) -> Sent:
        raise ZeroDivisionError

    platform.answers = answer
    await house.engine.send_due()
    assert house.only().state == DeliveryState.IN_DOUBT
    assert house.only().reason == "the channel failed: ZeroDivisionError"


def _claim_and_die(house: House) -> None:
    account = house.platform.account
    sender = AccountSender(sender_of(account), account, "the one that dies")
    wanted = sender, house.hands.now, 64, 60 * SECOND, SECOND
    claimed = house.store.write_now(sending.claim, *wanted)
    if isinstance(claimed, Silence):
        claimed = house.store.write_now(sending.claim, *wanted)
    assert isinstance(claimed, list)
    house.store.write_now(sending.mark_handed_over, [row.id for row in claimed])


async def test_a_sender_killed_before_settling_leaves_a_reminder_that_is_repeated_once(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"), "reminder")
    _claim_and_die(house)
    start = house.hands.now

    await house.at(start + timedelta(seconds=59))
    assert platform.said == []
    assert house.only().state == DeliveryState.LEASED

    house.hands.now = start + timedelta(seconds=60)
    await house.planner.sweep(house.hands.now)
    _claim_and_die(house)
    await house.at(start + timedelta(seconds=120))
    assert platform.said == []
    assert (house.only().state, house.only().reason) == (
        DeliveryState.IN_DOUBT,
        "its sender stopped",
    )


async def test_after_a_kill_a_reminder_is_sent_again_and_a_announcement_is_not(
    house: House, platform: Platform
) -> None:
    def in_doubt() -> float:
        labels = {"account": platform.account, "topic": "announcement", "state": "in_doubt"}
        return REGISTRY.get_sample_value("yizhan_deliveries_total", labels) or 0

    counted_before = in_doubt()
    member = house.member("ana")
    house.owe(member, "reminder")
    house.owe(member, "announcement")
    _claim_and_die(house)
    await house.at(house.hands.now + timedelta(seconds=60))
    assert platform.said == [("ana", "reminder")]
    assert house.states() == [DeliveryState.SENT, DeliveryState.IN_DOUBT]
    assert in_doubt() == counted_before + 1


async def test_an_outcome_that_is_known_counts_even_after_the_lease_was_lost(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"), "reminder")
    platform.gate = asyncio.Event()
    slow = asyncio.create_task(house.engine.send_due())
    await platform.asked.wait()
    house.hands.now += timedelta(seconds=61)
    await house.planner.sweep(house.hands.now)
    assert house.only().state == DeliveryState.PLANNED
    platform.gate.set()
    await slow
    await house.at(house.hands.now)
    assert platform.said == [("ana", "reminder")]
    assert house.only().state == DeliveryState.SENT


# Stopping


async def test_a_sender_that_stops_finishes_what_is_in_the_air_and_gives_back_the_rest(
    house: House, platform: Platform
) -> None:
    watch_stands = asyncio.Event()

    async def wait(seconds: float) -> None:
        await watch_stands.wait()

    engine = house.another_engine(pace=Pace(10, sleep=wait))
    for number in range(5):
        house.owe(house.member(f"member {number}"))
    platform.gate = asyncio.Event()
    sending_ = asyncio.create_task(engine.send_due())
    await platform.asked.wait()
    stopping = asyncio.create_task(engine.stop())
    await asyncio.sleep(0)
    platform.gate.set()
    await stopping
    await sending_
    assert len(platform.said) == 1
    assert house.states() == [DeliveryState.SENT] + [DeliveryState.PLANNED] * 4
    assert [delivery.attempts for delivery in house.deliveries()] == [1, 0, 0, 0, 0]

    await house.another_engine().send_due()
    assert len(platform.said) == 5
    assert house.states() == [DeliveryState.SENT] * 5


async def test_a_platform_that_does_not_answer_the_last_calls_leaves_them_in_doubt(
    house: House, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.delivery.GRACE", 0.01)
    house.owe(house.member("ana"), "announcement")
    platform.gate = asyncio.Event()
    sending_ = asyncio.create_task(house.engine.send_due())
    await platform.asked.wait()
    await house.engine.stop()
    await sending_
    assert house.only().state == DeliveryState.IN_DOUBT


# Two of them


async def test_two_senders_on_one_store_never_send_the_same_twice(
    house: House, platform: Platform, store_url: str
) -> None:
    for number in range(300):
        house.owe(house.member(f"member {number}"))
    other = Store(store_url)
    try:
        second = house.another_engine(store=other)
        await asyncio.gather(house.engine.send_due(), second.send_due())
    finally:
        other.close()
    said = [to for to, _ in platform.said]
    assert sorted(said) == sorted({f"member {number}" for number in range(300)})
    assert set(house.states()) == {DeliveryState.SENT}


async def test_never_more_are_on_their_way_than_a_kill_may_leave_in_doubt(
    house: House, platform: Platform
) -> None:
    for number in range(100):
        house.owe(house.member(f"member {number}"))
    leased: list[int] = []

    def answer(to: str, message: object) -> Sent:
        leased.append(house.states().count(DeliveryState.LEASED))
        return Sent()

    platform.answers = answer
    await house.another_engine(pace=house.pace(400)).send_due()
    assert set(house.states()) == {DeliveryState.SENT}
    assert max(leased) <= IN_FLIGHT
