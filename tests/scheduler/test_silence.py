"""A platform that takes calls and does not answer them: the account halts, little is in doubt."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

import pytest
import structlog
from sqlmodel import Session

from bot.channels import Doubtful, Moved, Outcome, Refused, Sent, TryLater, Unreachable
from bot.conversation.messages import Message
from models.sending import claims, speakers
from models.sending.deliveries import DeliveryState
from models.sending.speakers import Speaker, sender_of
from scheduler.breaker import FIRST_HALT, LONGEST_HALT, MOMENT, SILENT, Breaker
from scheduler.lane import FEW
from scheduler.metrics import HALTS
from tests.miniature.house import House
from tests.miniature.platform import ACCOUNT, Platform

SECOND = timedelta(seconds=1)
HANG = Doubtful("no answer")
NOT_REACHED = TryLater(5 * SECOND, "no connection", is_silent=True)


# The rule


@pytest.mark.parametrize("silence", [HANG, NOT_REACHED])
@pytest.mark.parametrize(
    "answer", [Sent(), Unreachable("blocked"), Refused("too long"), TryLater(SECOND, "busy")]
)
def test_three_calls_in_a_row_without_an_answer_open_it_and_any_answer_closes_it(
    silence: Outcome, answer: Outcome
) -> None:
    breaker = Breaker()
    for _ in range(SILENT - 1):
        assert breaker.note(silence) == 0
    assert breaker.note(answer) == 0
    pauses = [breaker.note(silence) for _ in range(SILENT + 8)]
    # It pauses once; what was at the platform already is no reason to halt for long.
    assert pauses == [0] * (SILENT - 1) + [MOMENT] + [0] * 8
    breaker.tries = breaker.is_open
    halts = [breaker.note(silence) for _ in range(8)]
    assert halts[0] == FIRST_HALT
    assert halts == sorted(halts)
    assert halts[-1] == LONGEST_HALT
    assert breaker.is_open
    breaker.note(answer)
    assert not breaker.is_open
    assert breaker.note(silence) == 0


@pytest.mark.parametrize("outcome", [Doubtful("sent in part", is_silent=False), Moved("2")])
def test_what_says_nothing_of_the_platform_neither_opens_nor_closes_it(outcome: Outcome) -> None:
    breaker = Breaker(unanswered=SILENT - 1)
    assert breaker.note(outcome) == 0
    assert breaker.unanswered == SILENT - 1


# The account


def _hangs(house: House, platform: Platform, for_: timedelta) -> list[str]:
    """Let the platform answer nothing for so long; return whom it was called for meanwhile."""
    until, called = house.hands.now + for_, list[str]()

    def answer(to: str, message: Message) -> Outcome:
        if house.hands.now >= until:
            platform.is_silent = False
            return Sent()
        called.append(to)
        return HANG

    platform.answers, platform.is_silent = answer, True
    return called


@pytest.mark.parametrize("topic", ["announcement", "moved"])
async def test_ten_minutes_without_an_answer_leave_a_few_in_doubt_and_lose_nobody(
    house: House, platform: Platform, topic: str
) -> None:
    for number in range(200):
        house.owe(house.member(f"p{number}"), topic)
    start = house.hands.now
    called = _hangs(house, platform, timedelta(minutes=10))
    await house.at(start)
    assert SILENT <= len(called) <= SILENT + FEW
    for minute in range(1, 10):
        await house.at(start + timedelta(minutes=minute))
        assert platform.probes == minute
        assert "does not answer" in house.engine.problem
    assert len(called) <= SILENT + FEW
    assert house.states().count(DeliveryState.LEASED) == 0
    platform.is_silent = False
    for minute in range(11, 14):
        await house.at(start + timedelta(minutes=minute))
    assert house.engine.problem == ""
    heard = [to for to, _ in platform.said]
    assert len(heard) == len(set(heard))
    in_doubt = house.states().count(DeliveryState.IN_DOUBT)
    assert in_doubt == (len(called) if topic == "announcement" else 0)
    assert len(heard) == 200 - in_doubt


async def test_a_platform_that_loses_every_fifth_call_is_asked_and_the_account_goes_on(
    house: House, platform: Platform
) -> None:
    for number in range(90):
        house.owe(house.member(f"p{number}"), "announcement")
    outcomes: Iterator[Outcome] = cycle([*3 * [HANG], NOT_REACHED, *16 * [Sent()]])
    platform.answers = lambda to, message: next(outcomes)
    start, seconds = house.hands.now, 0
    while {DeliveryState.PLANNED, DeliveryState.LEASED} & set(house.states()):
        await house.at(start + seconds * SECOND)
        seconds += 1
    assert platform.probes
    assert house.engine.problem == ""
    assert seconds < 20


@pytest.mark.parametrize("batch", [4, 1000])
async def test_one_halt_is_told_once_and_ended_once(
    house: House, platform: Platform, batch: int
) -> None:
    house.engine = house.another_engine(in_flight=batch)
    for number in range(200):
        house.owe(house.member(f"p{number}"), "announcement")
    halts = HALTS.labels(ACCOUNT)._value
    before = halts.get()
    start = house.hands.now
    with structlog.testing.capture_logs() as logs:
        _hangs(house, platform, timedelta(seconds=90))
        for minute in range(5):
            platform.is_silent = minute < 2
            await house.at(start + timedelta(minutes=minute))
    told = [each["event"] for each in logs if "answer" in each["event"]]
    assert told == ["the platform does not answer", "the platform answers again"]
    assert halts.get() == before + 1
    assert DeliveryState.PLANNED not in house.states()


async def test_a_notice_goes_out_again_when_the_account_has_answered_something(
    house: House, platform: Platform
) -> None:
    house.owe(house.member("ana"), "moved")
    called = _hangs(house, platform, timedelta(seconds=40))
    await house.at(house.hands.now)
    await house.at(house.hands.now + 10 * SECOND)
    await house.at(house.hands.now + 10 * SECOND)
    assert called == ["ana"]
    assert house.only().state == DeliveryState.PLANNED
    platform.is_silent = False
    await house.at(house.hands.now + timedelta(minutes=3))
    assert platform.said == [("ana", "moved")]


async def test_after_a_restart_single_messages_are_tried_until_one_is_answered(
    house: House, platform: Platform
) -> None:
    for number in range(30):
        house.owe(house.member(f"p{number}"), "announcement")
    called = _hangs(house, platform, timedelta(minutes=10))
    start = house.hands.now
    await house.at(start)
    await house.at(start + SECOND)
    before = len(called)
    house.engine = house.another_engine()
    # What has no effect is answered, what is sent still is not.
    platform.is_silent = False
    await house.at(start + timedelta(minutes=5))
    assert len(called) == before + 1
    house.engine = house.another_engine()
    await house.at(start + timedelta(minutes=11))
    assert house.states().count(DeliveryState.IN_DOUBT) == before + 1
    assert house.states().count(DeliveryState.SENT) == 30 - before - 1

    def trouble(session: Session) -> str:
        return session.get_one(Speaker, sender_of(ACCOUNT)).trouble

    assert house.store.read_now(trouble) == ""


# A sender that was killed


def _claim(house: House, *, hands_over: int) -> None:
    """Claim everything as a process does that dies after having handed some of it over."""
    sender = claims.AccountSender(sender_of(ACCOUNT), ACCOUNT, "the one that dies")

    def do(session: Session) -> None:
        rows = claims.claim(session, sender, house.hands.now, 64, 60 * SECOND, SECOND)
        if isinstance(rows, speakers.Silence):
            rows = claims.claim(session, sender, house.hands.now, 64, 60 * SECOND, SECOND)
        assert isinstance(rows, list)
        claims.mark_handed_over(session, [row.id for row in rows[:hands_over]])

    house.store.write_now(do)


async def test_what_a_dead_sender_had_not_handed_over_goes_out_at_once(
    house: House, platform: Platform
) -> None:
    for number in range(20):
        house.owe(house.member(f"p{number}"), "announcement")
    _claim(house, hands_over=3)
    await house.at(house.hands.now + SECOND)
    assert len(platform.said) == 17
    assert {each.attempts for each in house.deliveries()} == {1}
    await house.at(house.hands.now + timedelta(minutes=2))
    assert len(platform.said) == 17
    assert house.states().count(DeliveryState.IN_DOUBT) == 3


async def test_a_sender_that_was_replaced_hands_over_nothing_more(house: House) -> None:
    house.owe(house.member("ana"))
    _claim(house, hands_over=0)
    name = sender_of(ACCOUNT)
    assert house.store.write_now(speakers.is_held, name, "the one that dies")
    await house.at(house.hands.now + SECOND)
    assert not house.store.write_now(speakers.is_held, name, "the one that dies")
