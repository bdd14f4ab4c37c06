"""What the platform saw, beside what the store says."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.announcements.announcements import Announcement, AnnouncementState
from models.events import signups
from models.events.events import Event, Signup, SignupState
from models.events.reminders import Reminder
from models.network.members import Address
from models.sending import missed
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.sending.inbox import Inbox
from tests.chaos.rush import Rush
from tests.chaos.town import ACCOUNT, OPEN, SCARCE, SEATS, WORDS, Town
from tests.platforms.telegram.faults import Noted

UNKNOWN = ("drop", "reset", "hang")
"""How a call may end so that its caller cannot know whether it was carried out."""

ITS_SENDER_STOPPED = "its sender stopped"


@dataclass
class Findings:
    """``wrong`` has a sentence for everything that must not be; nobody may shorten it to pass."""

    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: int = 0
    sold_twice: int = 0
    open: int = 0
    sent_again: int = 0
    unknown_to_the_store: int = 0
    left_by_the_dead: int = 0
    in_doubt: int = 0
    unanswered: int = 0
    wrong: list[str] = field(default_factory=list)

    def must(self, holds: bool, sentence: str) -> bool:
        if not holds:
            self.wrong.append(sentence)
        return holds


def compare(
    session: Session, town: Town, rush: Rush, record: Sequence[Noted], cuts: Sequence[float]
) -> Findings:
    """``cuts`` are the times when a process was killed or a connection cut."""
    found = Findings()
    _compare_signups(session, found, rush)
    told = _deliveries(session)
    _look_at_ends(session, found, town, told)
    calls = _calls(record, town)
    found.unknown_to_the_store = len(calls.keys() - told.keys())
    found.must(not found.unknown_to_the_store, "the platform was told what the store knows not")
    for key, delivery in told.items():
        sayings = calls.get(key, [])
        if key.is_announcement:
            _look_at_announcement(found, key, delivery, sayings)
            if delivery.state == DeliveryState.IN_DOUBT:
                _look_for_a_cause(found, key, delivery, sayings, cuts)
        elif key.chat in town.crowd:
            _look_at_reminder(found, key, delivery, sayings, cuts)
    return found


# What was told


@dataclass(frozen=True, slots=True)
class Told:
    """What about a chat was told: the announcement, or a reminder of its one seat."""

    chat: int
    is_announcement: bool


def _deliveries(session: Session) -> dict[Told, Any]:
    rows = session.execute(
        select(  # type: ignore[call-overload]
            Delivery.id,
            Delivery.member_id,
            Delivery.topic,
            Delivery.state,
            Delivery.reason,
            Delivery.attempts,
            Delivery.settled_at,
            Address.external,
        )
        .join(Address, col(Address.id) == col(Delivery.address_id))
        .where(col(Delivery.topic).in_(("announcement", "reminder")), Address.account == ACCOUNT)
    ).all()
    told = {Told(int(row.external), row.topic == "announcement"): row for row in rows}
    assert len(told) == len(rows), "somebody is owed the same twice"
    return told


def _calls(record: Sequence[Noted], town: Town) -> dict[Told, list[Noted]]:
    """What was told without being asked for, in the order of its coming.

    The crowd never say anything themselves. Those of the rush, who told no place and so belong to
    the district, hear the announcement among the answers to what they say. The organizer, who is
    told what became of it, does not belong there.
    """
    calls = defaultdict(list)
    for each in record:
        is_announcement = WORDS in each.text
        if each.chat in town.crowd or (is_announcement and each.chat != town.organizer):
            calls[Told(each.chat, is_announcement)].append(each)
    return calls


def _look_at_ends(session: Session, found: Findings, town: Town, told: dict[Told, Any]) -> None:
    found.states = Counter(str(row.state) for row in told.values())
    found.reasons = Counter(
        f"{row.state}: {row.reason}" for row in told.values() if row.state != DeliveryState.SENT
    )
    found.open = sum(row.state in OPEN_STATES for row in told.values())
    found.must(not found.open, f"{found.open} deliveries have no end")
    for row in told.values():
        if row.state not in OPEN_STATES:
            found.must(row.settled_at is not None, f"{row.state} without a time")
            found.must(row.state == DeliveryState.SENT or row.reason, f"{row.state} without why")
    announced = {key.chat for key in told if key.is_announcement and key.chat in town.crowd}
    found.must(
        announced == set(town.crowd), f"{len(announced)} of {len(town.crowd)} were announced"
    )
    reminded = {key.chat for key in told if not key.is_announcement and key.chat in town.crowd}
    found.must(reminded == town.reminded, f"{len(reminded)} of {len(town.reminded)} were reminded")
    state = session.get_one(Announcement, town.announcement_id).state
    found.must(state == AnnouncementState.DONE, f"the announcement is {state}")
    stopped = [row for row in told.values() if row.reason == ITS_SENDER_STOPPED]
    found.left_by_the_dead = len(stopped)
    _look_at_lists(session, found, told)
    found.in_doubt = found.states[DeliveryState.IN_DOUBT]


def _look_at_lists(session: Session, found: Findings, told: dict[Told, Any]) -> None:
    """Whoever may have missed something finds it in a list."""
    now = datetime.now(UTC)
    for key, row in told.items():
        if row.state == DeliveryState.IN_DOUBT:
            listed = {each.id for each in missed.listed(session, row.member_id, now, len(told))}
            found.must(row.id in listed, f"{key.chat} does not find what is in doubt")


def _look_at_announcement(found: Findings, key: Told, delivery: Any, calls: list[Noted]) -> None:
    """Said once where it is known, at most once where it is in doubt, else never."""
    said = sum(each.done for each in calls)
    who = f"{key.chat}, {delivery.state} ({delivery.reason})"
    most = 1 if delivery.state in (DeliveryState.SENT, DeliveryState.IN_DOUBT) else 0
    least = 1 if delivery.state == DeliveryState.SENT else 0
    found.must(least <= said <= most, f"{who} heard the announcement {said} times")
    for call, following in pairwise(calls):
        # A refusal is an outcome, too, but one that asks to be tried again.
        again = call.done or call.told in UNKNOWN
        found.sent_again += again
        found.must(not again, f"{who} was told again after {call.told}, now {following.told}")


def _look_for_a_cause(
    found: Findings, key: Told, delivery: Any, calls: list[Noted], cuts: Sequence[float]
) -> None:
    """In doubt is only what somebody was sending as he died, or what got no answer."""
    last = calls[-1].at if calls else float("-inf")
    has_cause = (
        delivery.reason == ITS_SENDER_STOPPED
        or any(call.told in UNKNOWN for call in calls)
        or any(cut >= last for cut in cuts)
    )
    seen = [call.told for call in calls]
    found.must(has_cause, f"{key.chat} is in doubt without a cause: {delivery.reason}, {seen}")


def _look_at_reminder(
    found: Findings, key: Told, delivery: Any, calls: list[Noted], cuts: Sequence[float]
) -> None:
    """Said once; a second time only where the outcome of the first cannot have been known."""
    said = [each for each in calls if each.done]
    who = f"{key.chat}, {delivery.state} ({delivery.reason})"
    if delivery.state == DeliveryState.SENT:
        found.must(1 <= len(said) <= 2, f"{who} was reminded {len(said)} times")
    elif delivery.state == DeliveryState.IN_DOUBT:
        found.must(len(said) <= 2, f"{who} was reminded {len(said)} times")
    else:
        found.must(not said, f"{who} was reminded {len(said)} times")
    for call, following in pairwise(calls):
        if not call.done:
            continue
        in_doubt = call.told in UNKNOWN or any(call.at <= cut <= following.at for cut in cuts)
        found.sent_again += not in_doubt
        found.must(in_doubt, f"{who} was reminded again although the platform had said yes")


# Sign-ups


def _compare_signups(session: Session, found: Findings, rush: Rush) -> None:
    found.must(not rush.apologies, f"{len(rush.apologies)} apologies: {rush.apologies[:1]}")
    found.acknowledged = rush.answers["报名"] + rush.answers["取消报名"]
    for event_id in (SCARCE, OPEN):
        counted, there = held_and_waiting(session, event_id)
        found.must(counted == there, f"event {event_id} counts {counted}, and has {there}")
    holds = claims(session, OPEN)
    for chat, wants in rush.wanted.items():
        kept = found.must((chat in holds) == wants, f"{chat} wants a seat: {wants}; kept it is not")
        found.lost += not kept
    in_line = claims(session, SCARCE)
    for chat in rush.in_line:
        kept = found.must(chat in in_line, f"{chat} was told of a place that is not there")
        found.lost += not kept
    held = held_and_waiting(session, SCARCE)[0][0]
    found.sold_twice = max(0, held - SEATS)
    wanted = min(SEATS, len(rush.in_line))
    found.must(held == wanted, f"of {SEATS} seats {held} are held, {wanted} were wanted")
    owed, seated = reminded(session)
    found.must(owed == seated, "reminders are owed to others than those who have a seat")
    keys, different = session.exec(
        select(func.count(), func.count(func.distinct(Inbox.key))).select_from(Inbox)
    ).one()
    found.must(keys == different, "an update was kept twice")


def held_and_waiting(session: Session, event_id: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """What the event's row counts, and what its sign-ups say."""
    states = session.exec(select(Signup.state).where(Signup.event_id == event_id)).all()
    row = session.get_one(Event, event_id)
    held = sum(state in signups.HOLDING for state in states)
    return (row.held, row.waiting), (held, states.count(SignupState.WAITING))


def claims(session: Session, event_id: int) -> set[int]:
    """The chats of those with a seat or a place in the queue."""
    rows = session.exec(
        select(Address.external)
        .join(Signup, col(Signup.member_id) == col(Address.member_id))
        .where(Signup.event_id == event_id, col(Signup.state).in_(signups.LIVE))
    )
    return {int(external) for external in rows}


def reminded(session: Session) -> tuple[set[int | None], set[int | None]]:
    """The sign-ups that reminders are owed to, and those that have a seat."""
    owed = session.exec(select(Reminder.signup_id)).all()
    seated = session.exec(select(Signup.id).where(Signup.state == SignupState.SEATED)).all()
    return set(owed), set(seated)
