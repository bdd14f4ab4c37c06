"""Turn the outcome of a claimed delivery into its ending, and write it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import assert_never

from sqlmodel import Session

from bot.channels import Doubtful, Moved, Outcome, Refused, Sent, TryLater, Unreachable
from bot.conversation.messages import Message, Tells
from bot.conversation.routing import Drop
from models.events import changes, offers
from models.network.members import mark_unreachable
from models.rules.sending.reach import DIRECT, Route, Way
from models.sending import claims, daily, reach
from models.sending.claims import Claimed, Settled
from models.sending.deliveries import DeliveryState, may_repeat
from models.sending.reasons import Reason

ARRIVED = (DeliveryState.SENT, DeliveryState.IN_DOUBT)
NEVER_ARRIVES = (
    DeliveryState.DROPPED,
    DeliveryState.LATE,
    DeliveryState.UNREACHABLE,
    DeliveryState.REFUSED,
)

# Why nothing is sent


@dataclass(frozen=True, slots=True)
class Late:
    """It has expired, or would have before it may be sent."""

    reason: Reason = Reason.TOO_LATE


@dataclass(frozen=True, slots=True)
class Postpone:
    """It may be sent later, at this time."""

    until: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Wait:
    """The platform lets nothing through: it waits for the member's next message.

    ``messages`` is how many of a window's messages it takes.
    """

    reason: Reason
    messages: int = 1


Unsent = Late | Drop | Postpone | Wait | Unreachable | Refused


@dataclass(frozen=True, slots=True)
class Ending:
    """The outcome of a claimed delivery, and what it shows about its address.

    ``spends`` is the way that the platform has counted, ``closes`` the one it has refused.
    ``messages`` is how many it takes if it waits for a window. ``tells`` is what its member knows
    now.
    """

    row: Claimed
    settled: Settled
    spends: Way | None = None
    closes: Way | None = None
    messages: int = 0
    lost: str = ""
    moved_to: str = ""
    tells: Tells | None = None

    @property
    def said(self) -> str:
        """The state as a metric's label."""
        if self.settled.state != DeliveryState.PLANNED:
            return str(self.settled.state)
        return "repeated" if self.settled.attempted else "postponed"


def unsent(row: Claimed, why: Unsent) -> Ending:
    """Return the ending of a delivery that was never given to the platform."""
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
    """Return the ending of a delivery that was not sent and is tried again."""
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
    """Return the ending for the platform's answer; ``moved_to`` is the chat's new id, if any."""
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
            return Ending(row, settled, spends=way, tells=message.tells)
        case TryLater(after, reason):
            return given_back(row, reason, now + after)
        case Unreachable(reason, for_good=True):
            settled = Settled(row.id, DeliveryState.UNREACHABLE, reason, attempted=False)
            return Ending(row, settled, lost=reason)
        case Unreachable(reason) if way.route != Route.DIRECT:
            # The refused way is closed; the next decision takes another, or none.
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
            # Moved twice within one send: the move at the platform is still under way.
            return given_back(row, Reason.CHAT_MOVING, now + timedelta(minutes=1))
        case never:
            assert_never(never)


def write_down(
    session: Session, endings: Sequence[Ending], now: datetime, counted_day: date | None = None
) -> None:
    """Settle deliveries, and store what the platform's answers showed about their addresses.

    ``counted_day`` is the day whose announcements are counted by member; None: they are not. Failed
    deliveries move to the member's next address, where there is one.
    """
    claims.settle(session, [ending.settled for ending in endings], now)
    if counted_day is not None:
        daily.count(session, _told(endings), counted_day)
    told = {each.signup_id: each.facts for ending in endings if (each := ending.tells)}
    if told:
        changes.note_told(session, told)
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
    moved = reach.move_on(session, failed, now) if failed else set()
    for ending in endings:
        if ending.row.topic == "offer" and ending.row.id not in moved:
            _end_offer(session, ending, now)


def _end_offer(session: Session, ending: Ending, now: datetime) -> None:
    """End an offer that reaches nobody, so that the next of the queue is asked at once."""
    row = ending.row
    if ending.settled.state in NEVER_ARRIVES and row.member_id is not None:
        offers.end_undelivered(session, row.facts["event_id"], row.member_id, row.expires_at, now)


def _may_move_on(ending: Ending) -> bool:
    """Return whether it can be sent to another address.

    Where a platform without a window postpones it, nothing would mark the address as failed, and
    the delivery might return to it again and again.
    """
    state = ending.settled.state
    is_shut = state == DeliveryState.WAITING and ending.messages > 0
    return is_shut or state == DeliveryState.UNREACHABLE


def _told(endings: Sequence[Ending]) -> list[int]:
    """Return the members of counted announcements that were sent or are in doubt."""
    return [
        ending.row.member_id
        for ending in endings
        if ending.settled.state in ARRIVED
        and ending.row.member_id is not None
        and daily.counts_towards_daily_cap(ending.row.topic, ending.row.facts)
    ]
