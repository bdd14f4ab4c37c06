"""What may become of a claimed delivery, and how it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import assert_never

from sqlmodel import Session

from bot.channels import Doubtful, Moved, Outcome, Refused, Sent, TryLater, Unreachable
from bot.conversation.messages import Message
from bot.conversation.routing import Drop
from models.network.members import mark_unreachable
from models.rules.sending.reach import DIRECT, Route, Way
from models.sending import claims, daily, reach
from models.sending.claims import Claimed, Settled
from models.sending.deliveries import DeliveryState, may_repeat
from models.sending.reasons import Reason

ARRIVED = (DeliveryState.SENT, DeliveryState.IN_DOUBT)

# Why nothing is sent


@dataclass(frozen=True, slots=True)
class Late:
    """It is too late, or will be when quiet hours or the daily cap allow it."""

    reason: Reason = Reason.TOO_LATE


@dataclass(frozen=True, slots=True)
class Postpone:
    """Not now, but then."""

    until: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Wait:
    """The platform does not let us speak: shown at the member's next message.

    ``messages`` is how many of a window's messages it takes.
    """

    reason: Reason
    messages: int = 1


Unsent = Late | Drop | Postpone | Wait | Unreachable | Refused


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a claimed delivery, and what that teaches about its address.

    ``spends`` is the way that the platform has counted, ``closes`` the one it does not let through
    any more. ``messages`` is how many it takes where it waits for a window.
    """

    row: Claimed
    settled: Settled
    spends: Way | None = None
    closes: Way | None = None
    messages: int = 0
    lost: str = ""
    moved_to: str = ""

    @property
    def said(self) -> str:
        """The state as metrics call it."""
        if self.settled.state != DeliveryState.PLANNED:
            return str(self.settled.state)
        return "repeated" if self.settled.attempted else "postponed"


def unsent(row: Claimed, why: Unsent) -> Ending:
    """The ending of a delivery that was never handed to the platform."""
    later, messages = None, 0
    match why:
        case Late(reason):
            state = DeliveryState.LATE
        case Drop(reason):
            state = DeliveryState.DROPPED
        case Postpone(until, reason):
            state, later = DeliveryState.PLANNED, until
        case Wait(reason, messages):
            state = DeliveryState.WAITING
        case Unreachable(reason):
            state = DeliveryState.UNREACHABLE
        case Refused(reason):
            state = DeliveryState.REFUSED
        case never:
            assert_never(never)
    settled = Settled(row.id, state, reason, due_at=later, attempted=False)
    return Ending(row, settled, messages=messages)


def given_back(row: Claimed, reason: str, later: datetime | None = None) -> Ending:
    """Not sent, for sure; the same is tried again."""
    settled = Settled(row.id, DeliveryState.PLANNED, reason, due_at=later, attempted=False)
    return Ending(row, settled)


def after_sending(
    row: Claimed,
    message: Message,
    outcome: Outcome,
    now: datetime,
    way: Way = DIRECT,
    moved_to: str = "",
) -> Ending:
    """The ending that the platform's answer makes; ``moved_to`` is where it found the chat."""
    ending = _after_sending(row, message, outcome, now, way)
    return replace(ending, moved_to=moved_to) if moved_to else ending


def _after_sending(
    row: Claimed, message: Message, outcome: Outcome, now: datetime, way: Way
) -> Ending:
    match outcome:
        case Sent(reference):
            settled = Settled(
                row.id, DeliveryState.SENT, message=message.to_json(), reference=reference
            )
            return Ending(row, settled, spends=way)
        case TryLater(after, reason):
            return given_back(row, reason, now + after)
        case Unreachable(reason, for_good=True):
            settled = Settled(row.id, DeliveryState.UNREACHABLE, reason, attempted=False)
            return Ending(row, settled, lost=reason)
        case Unreachable(reason) if way.route != Route.DIRECT:
            # This way is closed; the next decision finds another, or none.
            return replace(given_back(row, reason), closes=way)
        case Unreachable(reason):
            return Ending(row, Settled(row.id, DeliveryState.WAITING, reason, attempted=False))
        case Refused(reason):
            return Ending(row, Settled(row.id, DeliveryState.REFUSED, reason))
        case Doubtful(reason):
            again = may_repeat(row.topic, row.attempts)
            state = DeliveryState.PLANNED if again else DeliveryState.IN_DOUBT
            return Ending(row, Settled(row.id, state, reason), spends=way)
        case Moved():
            # Moved twice within one send: the platform is not done yet.
            return given_back(row, Reason.CHAT_MOVING, now + timedelta(minutes=1))
        case never:
            assert_never(never)


def write_down(
    session: Session, endings: Sequence[Ending], now: datetime, counted_day: date | None = None
) -> None:
    """Settle many deliveries, and keep what was learnt about their addresses.

    On a ``counted_day`` it is counted how many announcements each member got. What failed at one
    address is owed to the member's next one, where there is one.
    """
    claims.settle(session, [ending.settled for ending in endings], now)
    if counted_day is not None:
        daily.count(session, _told(endings), counted_day)
    for ending in endings:
        address_id = ending.row.address_id
        if address_id is None:
            continue
        if ending.moved_to:
            reach.move(session, address_id, ending.moved_to)
        if ending.lost:
            mark_unreachable(session, address_id, ending.lost)
        if ending.closes is not None:
            reach.close(session, address_id, ending.closes)
        elif ending.spends is not None:
            reach.spend(session, address_id, ending.spends)
    failed = {ending.row.id: ending.messages for ending in endings if _may_move_on(ending)}
    if failed:
        reach.move_on(session, failed, now)


def _may_move_on(ending: Ending) -> bool:
    """Whether it can be said at another address.

    Where a platform without a window puts it off, nothing would mark the address, and the delivery
    might come back to it again and again.
    """
    state = ending.settled.state
    is_shut = state == DeliveryState.WAITING and ending.messages > 0
    return is_shut or state == DeliveryState.UNREACHABLE


def _told(endings: Sequence[Ending]) -> list[int]:
    """Who got, or may have got, an announcement of those that are counted."""
    return [
        ending.row.member_id
        for ending in endings
        if ending.settled.state in ARRIVED
        and ending.row.member_id is not None
        and daily.counts_towards_daily_cap(ending.row.topic, ending.row.facts)
    ]
