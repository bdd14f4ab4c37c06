"""By which way, and at which of their addresses, a member is told; once, and counted exactly."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from bot.channels import Doubtful, Outcome, Refused, Sent, TryLater, Unreachable
from bot.channels.rates import RecentSends
from bot.conversation.messages import Message
from models.network.members import Address, NoticeKind
from models.rules.sending.reach import DIRECT, Route, Way
from models.sending import reach
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reach import SubscriptionGrant
from models.store import Store
from scheduler.delivery import Engine
from scheduler.pace import Pace
from tests.miniature.house import House
from tests.miniature.platform import Platform

TELEGRAM, WECOM, WECHAT, WEB = "telegram.nanhai", "wecom.nanhai", "wechat.nanhai", "web.chat"
TWO_DAYS, ROUNDS = timedelta(hours=48), 20
LOST = Unreachable("blocked")
CLOSED = Unreachable("errcode 45015", for_good=False)
TEMPLATE, NOTICE = Way(Route.TEMPLATE, template="T"), Way(Route.SUBSCRIPTION, template="S")


class Account(Platform):
    """An account with ``forms`` besides words; ``parts`` is how many messages a text takes."""

    def __init__(self, account: str) -> None:
        super().__init__(account, windowed=account == WECHAT, notifies=account != WEB)
        self.forms: tuple[Way, ...] = ()
        self.parts: Callable[[Message], int] = lambda message: 1
        self.by: list[Way] = []

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[Way]:
        if not self.is_windowed:
            return (DIRECT,)
        return (Way(Route.CUSTOMER_SERVICE, spends=self.parts(message)), *self.forms)

    async def send(self, to: str, message: Message) -> Outcome:
        self.by.append(message.way)
        return await super().send(to, message)


@dataclass
class Town:
    """A house with four accounts, each with a sender of its own."""

    house: House
    accounts: dict[str, Account] = field(default_factory=dict)
    engines: list[Engine] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in (TELEGRAM, WECOM, WECHAT, WEB):
            self.accounts[name] = Account(name)
            self.house.registers(self.accounts[name])
            self.engines.append(self.engine(name))

    def engine(self, name: str, **how: Any) -> Engine:
        house, account = self.house, self.accounts[name]
        hands = house.hands
        account.recent_sends = RecentSends(monotonic=hands.monotonic)
        pace = Pace(
            100_000, recent_sends=account.recent_sends, monotonic=hands.monotonic, sleep=hands.sleep
        )
        return house.another_engine(account, pace=pace, **how)

    def answers(self, **by_person: Outcome) -> None:
        """What platforms say to a message for somebody; to all others it is taken."""
        for account in self.accounts.values():
            account.answers = lambda to, message: by_person.get(to, Sent())

    async def works(self) -> None:
        """Let every sender do its work, until none of them has any."""
        for _round in range(ROUNDS):
            for engine in self.engines:
                await engine.send_due()
            states = self.house.states()
            if DeliveryState.PLANNED not in states and DeliveryState.LEASED not in states:
                return
            self.house.hands.now += timedelta(minutes=1)
        raise AssertionError(f"still not settled: {self.house.states()}")

    @property
    def told(self) -> list[tuple[str, str]]:
        """Who was told something, and on which account."""
        return [(name, to) for name, each in self.accounts.items() for to, _ in each.said]

    def grant(self, address_id: int, template: str, times: int) -> None:
        self.house.store.write_now(reach.agree, address_id, template, times)


@pytest.fixture
def town(house: House) -> Town:
    return Town(house)


def member_at(town: Town, *places: str, **ledger: Any) -> int:
    """A member with an address at each of these accounts, named by it; the first is the newest."""
    house = town.house
    oldest, *others = reversed(places)
    member = house.member(oldest, account=oldest, **(ledger if oldest == WECHAT else {}))
    for place in others:
        house.address(member, place, place, **(ledger if place == WECHAT else {}))
    return member


# From one address to the next


async def test_who_blocked_us_here_is_told_there(town: Town) -> None:
    town.house.owe(member_at(town, TELEGRAM, WECOM))
    town.answers(**{TELEGRAM: LOST})
    await town.works()
    assert town.told == [(WECOM, WECOM)]
    only = town.house.only()
    assert (only.state, only.account, only.attempts) == (DeliveryState.SENT, WECOM, 1)
    assert town.house.get(Address, external=TELEGRAM).unreachable == "blocked"


async def test_the_web_page_comes_last(town: Town) -> None:
    town.house.owe(member_at(town, WEB, TELEGRAM, WECOM))
    town.answers(**{TELEGRAM: LOST, WECOM: LOST})
    await town.works()
    assert town.told == [(WEB, WEB)]
    assert len(town.accounts[TELEGRAM].by) == len(town.accounts[WECOM].by) == 1


async def test_who_is_lost_everywhere_is_not_reached(town: Town) -> None:
    town.house.owe(member_at(town, TELEGRAM, WECOM))
    town.answers(**{TELEGRAM: LOST, WECOM: LOST})
    await town.works()
    only = town.house.only()
    assert (only.state, only.reason, only.attempts) == (DeliveryState.UNREACHABLE, "blocked", 0)
    assert only.settled_at is not None


async def test_a_member_who_left_since_it_was_planned_is_told_elsewhere(town: Town) -> None:
    house = town.house
    house.owe(member_at(town, TELEGRAM, WECOM))
    address = house.get(Address, external=TELEGRAM)
    house.change(Address, address.id, unreachable="blocked")
    await town.works()
    assert town.told == [(WECOM, WECOM)]
    assert town.accounts[TELEGRAM].by == []


async def test_a_window_that_is_shut_sends_a_message_to_another_messenger(town: Town) -> None:
    house = town.house
    until = house.hands.now + TWO_DAYS
    house.owe(member_at(town, WECHAT, TELEGRAM, window_until=until, allowance=2))
    town.answers(**{WECHAT: CLOSED})
    await town.works()
    assert town.told == [(TELEGRAM, TELEGRAM)]
    assert house.get(Address, external=WECHAT).allowance == 0
    assert house.get(Address, external=WECHAT).unreachable == ""


async def test_what_only_waits_does_not_go_to_a_web_page(town: Town) -> None:
    town.house.owe(member_at(town, WEB, WECHAT))
    await town.works()
    assert (town.told, town.house.states()) == ([], [DeliveryState.WAITING])


async def test_lost_here_it_waits_where_a_window_may_open(town: Town) -> None:
    town.house.owe(member_at(town, TELEGRAM, WECHAT))
    town.answers(**{TELEGRAM: LOST})
    await town.works()
    only = town.house.only()
    assert (only.state, only.account) == (DeliveryState.WAITING, WECHAT)


async def test_what_a_platform_puts_off_by_itself_stays_there(town: Town) -> None:
    town.house.owe(member_at(town, TELEGRAM, WECHAT))
    town.answers(**{TELEGRAM: Unreachable("not now", for_good=False)})
    await town.works()
    only = town.house.only()
    assert (only.state, only.account) == (DeliveryState.WAITING, TELEGRAM)


@pytest.mark.parametrize("topic", ["announcement", "offer"])
async def test_what_may_have_arrived_is_not_told_on_another_account(town: Town, topic: str) -> None:
    town.house.owe(member_at(town, TELEGRAM, WECOM), topic)
    town.answers(**{TELEGRAM: Doubtful("no answer")})
    await town.works()
    assert town.house.states() == [DeliveryState.IN_DOUBT]
    assert town.told == []
    assert len(town.accounts[TELEGRAM].by) == (1 if topic == "announcement" else 2)


async def test_what_may_not_be_said_is_said_nowhere(town: Town) -> None:
    town.house.owe(member_at(town, TELEGRAM, WECOM))
    town.answers(**{TELEGRAM: Refused("too long")})
    await town.works()
    assert (town.told, town.house.states()) == ([], [DeliveryState.REFUSED])


# By which way


async def test_a_notice_outside_the_window_goes_by_a_template(town: Town) -> None:
    town.accounts[WECHAT].forms = (TEMPLATE, NOTICE)
    member = member_at(town, WECHAT)
    town.house.owe(member, "reminder")
    town.house.owe(member, "announcement")
    await town.works()
    assert town.accounts[WECHAT].by == [TEMPLATE]
    assert town.house.states() == [DeliveryState.SENT, DeliveryState.WAITING]


async def test_who_takes_no_templates_is_sent_what_they_agreed_to(town: Town) -> None:
    wechat = town.accounts[WECHAT]
    wechat.forms = (TEMPLATE, NOTICE)
    member = member_at(town, WECHAT)
    address = town.house.get(Address)
    town.grant(address.id, "S", 1)
    wechat.answers = lambda to, message: (
        Unreachable("errcode 43101", for_good=False) if message.way == TEMPLATE else Sent()
    )
    town.house.owe(member, "reminder", number=1)
    town.house.owe(member, "reminder", number=2)
    await town.works()
    assert town.house.get(Address).no_templates
    assert wechat.by.count(NOTICE) == 1
    assert town.house.states() == [DeliveryState.SENT, DeliveryState.WAITING]
    assert town.house.get(SubscriptionGrant).times == 0


async def test_consents_that_the_platform_knows_nothing_of_are_gone(town: Town) -> None:
    wechat = town.accounts[WECHAT]
    wechat.forms = (NOTICE,)
    member = member_at(town, WECHAT)
    town.grant(town.house.get(Address).id, "S", 3)
    wechat.answers = lambda to, message: Unreachable("errcode 43101", for_good=False)
    town.house.owe(member, "reminder")
    await town.works()
    assert wechat.by == [NOTICE]
    assert town.house.count(SubscriptionGrant) == 0
    assert town.house.states() == [DeliveryState.WAITING]


async def test_a_template_that_is_wrong_is_tried_once_and_the_next_way_taken(town: Town) -> None:
    wechat = town.accounts[WECHAT]
    wechat.forms = (TEMPLATE, NOTICE)
    member = member_at(town, WECHAT)
    town.grant(town.house.get(Address).id, "S", 1)

    def refuse(to: str, message: Message) -> Outcome:
        if message.way != TEMPLATE:
            return Sent()
        wechat.forms = (NOTICE,)
        return TryLater(timedelta(0), "template T: errcode 40037")

    wechat.answers = refuse
    town.house.owe(member, "reminder")
    await town.works()
    assert wechat.by == [TEMPLATE, NOTICE]
    assert town.house.only().attempts == 1


# How much is left


async def test_a_long_message_spends_as_many_as_it_has_parts(town: Town) -> None:
    house, wechat = town.house, town.accounts[WECHAT]
    wechat.parts = lambda message: 3 if "announcement" in message.text else 1
    until = house.hands.now + TWO_DAYS
    member = member_at(town, WECHAT, window_until=until, allowance=5)
    for topic, number in (("announcement", 1), ("announcement", 2), ("offer", 3), ("offer", 4)):
        house.owe(member, topic, number=number)
    await town.works()
    sent, waiting = DeliveryState.SENT, DeliveryState.WAITING
    assert house.states() == [sent, waiting, sent, sent]
    assert house.get(Address).allowance == 0


async def test_a_message_that_is_too_long_for_what_is_left_goes_to_another_messenger(
    town: Town,
) -> None:
    house, wechat = town.house, town.accounts[WECHAT]
    wechat.parts = lambda message: 3
    until = house.hands.now + TWO_DAYS
    house.owe(member_at(town, WECHAT, TELEGRAM, window_until=until, allowance=2))
    await town.works()
    assert town.told == [(TELEGRAM, TELEGRAM)]
    assert house.get(Address, external=WECHAT).allowance == 2


@pytest.mark.parametrize("in_flight", [1, 2, 3, 64])
async def test_what_is_in_the_air_and_what_is_settled_is_counted_once(
    town: Town, in_flight: int
) -> None:
    """Claims, decisions and settlements overlap; the last of the window is used, and no more."""
    house, wechat = town.house, town.accounts[WECHAT]
    wechat.forms = (NOTICE,)
    until = house.hands.now + TWO_DAYS
    member = member_at(town, WECHAT, window_until=until, allowance=5)
    town.grant(house.get(Address).id, "S", 4)
    for number in range(12):
        house.owe(member, "offer", number=number)
    order = iter([True, False] * 20)

    async def slowly(to: str, message: Message) -> Outcome:
        for _ in range(3 if next(order) else 1):
            await asyncio.sleep(0)
        wechat.by.append(message.way)
        return Sent()

    wechat.send = slowly  # type: ignore[method-assign]
    await town.engine(WECHAT, in_flight=in_flight).send_due()
    by_route = Counter(way.route for way in wechat.by)
    assert by_route == {Route.CUSTOMER_SERVICE: 5, Route.SUBSCRIPTION: 4}
    assert Counter(house.states()) == {DeliveryState.SENT: 9, DeliveryState.WAITING: 3}
    assert house.get(Address).allowance == 0
    assert house.get(SubscriptionGrant).times == 0


# What the platform says later


async def sent_by_template(town: Town) -> Delivery:
    wechat = town.accounts[WECHAT]
    wechat.forms = (TEMPLATE,)
    wechat.answers = lambda to, message: Sent("4711")
    town.house.owe(member_at(town, WECHAT), "reminder")
    await town.works()
    only = town.house.only()
    assert (only.state, only.reference) == (DeliveryState.SENT, "4711")
    return only


def acknowledge(town: Town, failure: str = "", *, is_refused: bool = False) -> bool:
    address_id = town.house.get(Address).id

    def keep(session: Session) -> bool:
        return reach.acknowledge(
            session,
            address_id,
            "4711",
            failure=failure,
            is_refused=is_refused,
            now=town.house.hands.now,
        )

    return town.house.store.write_now(keep)


async def test_a_receipt_says_when_it_was_delivered(town: Town) -> None:
    await sent_by_template(town)
    assert acknowledge(town)
    delivered = town.house.only().delivered_at
    town.house.hands.now += timedelta(minutes=1)
    assert acknowledge(town)
    assert delivered is not None
    assert town.house.only().delivered_at == delivered


async def test_who_blocks_templates_is_told_at_their_next_message(town: Town) -> None:
    await sent_by_template(town)
    assert acknowledge(town, "user block", is_refused=True)
    await town.works()
    only = town.house.only()
    assert (only.state, only.delivered_at) == (DeliveryState.WAITING, None)
    assert town.house.get(Address).no_templates
    assert len(town.accounts[WECHAT].by) == 1


async def test_a_message_that_failed_at_the_platform_is_sent_once_more(town: Town) -> None:
    await sent_by_template(town)
    assert acknowledge(town, "system failed")
    await town.works()
    assert town.house.only().attempts == 2
    assert acknowledge(town, "system failed")
    await town.works()
    assert town.house.states() == [DeliveryState.WAITING]
    assert len(town.accounts[WECHAT].by) == 2


async def test_a_receipt_that_overtakes_its_message_is_asked_for_again(town: Town) -> None:
    house = town.house
    house.owe(member_at(town, WECHAT), "reminder")
    house.change(Delivery, house.get(Delivery).id, state=DeliveryState.LEASED)
    assert not acknowledge(town)
    house.change(Delivery, house.get(Delivery).id, state=DeliveryState.DROPPED)
    assert acknowledge(town)


# Whatever happens


@pytest.mark.parametrize("seed", range(4))
async def test_everybody_is_told_once_at_most_and_every_delivery_ends(
    town: Town, seed: int
) -> None:
    dice, house = Random(seed), town.house
    town.accounts[WECHAT].forms = (TEMPLATE, NOTICE)
    fates: dict[str, Outcome] = {}
    heard: Counter[tuple[int, str]] = Counter()
    of: dict[str, int] = {}

    def answer(to: str, message: Message) -> Outcome:
        outcome = fates[to]
        if isinstance(outcome, TryLater):
            fates[to] = Sent()
        elif isinstance(outcome, Unreachable) and not outcome.for_good:
            # A platform that lets nothing through lets nothing through by any way.
            assert message.way.route != Route.DIRECT
        if isinstance(outcome, Sent | Doubtful):
            heard[of[to], message.text] += 1
        return outcome

    for account in town.accounts.values():
        account.answers = answer
    for number in range(40):
        places = dice.sample([TELEGRAM, WECOM, WECHAT, WEB], dice.choice([1, 1, 2, 2, 3, 4]))
        member = None
        for place in places:
            outcomes: list[Outcome] = [Sent(), Sent(), LOST, TryLater(timedelta(seconds=5), "busy")]
            if place != WEB:
                outcomes.append(Doubtful("no answer"))
            if place == WECHAT:
                outcomes.append(CLOSED)
            name = f"{place} {number}"
            ledger: dict[str, Any] = {}
            if place == WECHAT and dice.random() < 0.7:
                until = house.hands.now + dice.choice([TWO_DAYS, -TWO_DAYS])
                ledger = {"window_until": until, "allowance": dice.choice([0, 1, 5])}
            fates[name] = dice.choice(outcomes) if place != WEB else Sent()
            if member is None:
                member = house.member(name, account=place, **ledger)
            else:
                house.address(member, name, place, **ledger)
            if place == WECHAT and dice.random() < 0.5:
                town.grant(house.get(Address, external=name).id, "S", dice.choice([1, 2]))
            of[name] = member
        assert member is not None
        house.owe(member, "announcement")
        house.owe(member, "reminder")
    await town.works()
    for (_member, said), times in heard.items():
        # What may have arrived is repeated once where it is somebody's own, and never otherwise.
        assert times <= (1 if said == "announcement" else 2)
    for each in house.deliveries():
        assert each.settled_at is not None or each.state == DeliveryState.WAITING
        mine = [name for name, member in of.items() if member == each.member_id]
        lost = [house.get(Address, external=name).unreachable for name in mine]
        if each.state == DeliveryState.UNREACHABLE:
            assert all(lost)
        if each.state == DeliveryState.WAITING:
            assert each.account == WECHAT
        text = each.topic
        assert (heard[each.member_id or 0, text] > 0) == (
            each.state in (DeliveryState.SENT, DeliveryState.IN_DOUBT)
        )


def test_moving_on_asks_the_store_twice_for_any_number(store: Store, house: House) -> None:
    """Once for the other addresses of all, once for all that move."""
    for number in range(30):
        member = house.member(f"t{number}", account=WECOM)
        house.address(member, f"w{number}", TELEGRAM)
        house.owe(member)
    rows = [delivery.id for delivery in house.deliveries()]
    asked: list[str] = []

    def fail(session: Session) -> set[int]:
        for delivery in session.exec(select(Delivery)):
            delivery.state, delivery.settled_at = DeliveryState.UNREACHABLE, house.hands.now
            session.add(delivery)
        session.flush()
        asked.clear()
        return reach.move_on(session, dict.fromkeys(rows, 0), house.hands.now)

    @event.listens_for(store.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    assert store.write_now(fail) == set(rows)
    event.remove(store.engine, "before_cursor_execute", note)
    assert [each.split()[0] for each in asked] == ["SELECT", "UPDATE"]
    assert {each.account for each in house.deliveries()} == {WECOM}
    assert house.states() == [DeliveryState.PLANNED] * 30


def test_what_is_planned_goes_to_the_address_that_can_be_written_to(house: House) -> None:
    house.registers(Account(WECHAT))
    until = house.hands.now + TWO_DAYS
    member = house.member("ana", account=TELEGRAM)
    house.address(member, "oana", WECHAT, window_until=until, allowance=0)
    house.owe(member, number=1)
    house.change(Address, house.get(Address, external="oana").id, allowance=1)
    house.owe(member, number=2)
    assert [each.account for each in house.deliveries()] == [TELEGRAM, WECHAT]
