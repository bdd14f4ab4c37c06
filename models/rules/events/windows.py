"""When each act on an event and on a claim is possible: one table, which every verb asks.

An event goes through phases: sign-up is open, sign-up has closed, it has begun, it is over; or it
is postponed, cancelled, or not published yet. An act is possible in some phases, for claims in some
states.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from models.rules.events import undated
from models.rules.events.states import EventState, SignupState

CHECK_IN_OPENS = timedelta(hours=12)
CHECK_IN_CLOSES = timedelta(days=3)
"""Check-in opens this long before the start and closes this long after the end."""

ABSENT_AFTER = timedelta(hours=3)
"""How long after the end members who were not checked in are marked as absent."""

AFTERWARDS = timedelta(days=8)
"""How long after the end people may say how it was, and that they were there."""

EVENING = time(20)
"""When sign-up usually ends, where it ends on a day before the event."""


class Phase(StrEnum):
    """Where an event stands; CLOSED means that sign-up has closed and the event has not begun.

    POSTPONED: its date is to come.
    """

    UNPUBLISHED = "unpublished"
    POSTPONED = "postponed"
    OPEN = "open"
    CLOSED = "closed"
    BEGUN = "begun"
    OVER = "over"
    CANCELLED = "cancelled"


class EventAct(StrEnum):
    """What is done with a claim, and below it what is done with the event."""

    SIGN_UP = "sign up"
    TAKE_SEAT = "take a free seat from the queue"
    ANSWER_OFFER = "answer an offer"
    KEEP = "sign up with a seat"
    GIVE_UP = "give up"
    HAND_OVER = "hand a seat over"
    LEAVE_QUEUE = "leave the queue"
    LEAVE_DRAW = "leave the draw"
    TAKE_BACK = "ask no more for an approval"
    APPROVE = "be let in by an organizer, or not"
    BE_OFFERED = "be offered"
    BE_REMINDED = "be reminded"
    BE_TOLD = "be told"
    CHECK_IN = "check in"
    UNDO_CHECK_IN = "undo a check-in"
    WALK_IN = "come in without a seat"
    BE_ABSENT = "be marked absent"
    ADD_TO_CALENDAR = "add to the calendar"
    RATE = "say how it was"
    DISPUTE = "say that one was there"
    BELIEVE = "be believed to have been there"

    CLOSE = "close"
    REOPEN = "reopen"
    CHANGE_SEATS = "change the seats"
    MOVE = "move"
    POSTPONE = "postpone"
    HOLD_TWICE = "hold it twice"
    RELOCATE = "relocate"
    CANCEL = "cancel"
    RESTORE = "take back that it is cancelled"
    EDIT = "edit"


class Why(StrEnum):
    """Why an act is not possible: the event's phase, the claim's state, or what is asked for."""

    UNPUBLISHED = "unpublished"
    POSTPONED = "postponed"
    OPEN = "open"
    CLOSED = "closed"
    BEGUN = "begun"
    OVER = "over"
    CANCELLED = "cancelled"
    NO_SUCH_CLAIM = "no such claim"
    CHECKED_IN = "checked in"
    NOT_THE_DAY = "not the day"
    TIME_PASSED = "the time has passed"
    NOT_FOR_THEM = "not for them"
    TOO_MANY = "more than may come along"
    TOO_LARGE = "more than there are seats for"
    HAS_OTHER = "has a seat at the other one"
    HAS_CLAIM = "one of them has a claim already"
    SAID_NO = "one of them said no"
    OTHERS_WAIT = "others wait behind them"
    BEING_DRAWN = "being drawn"
    WEB_ALONE = "known by a web chat alone"
    NOT_YET_OPEN = "not yet open"
    AGE_UNKNOWN = "of an age that is not known"
    NOT_OF_AGE = "not of the age"
    NOT_DONE_BEFORE = "not done before what is needed"
    MISSED_TWICE = "did not come to too many events"
    NEEDS_APPROVAL = "needs an approval"
    REFUSED = "refused by an organizer"
    NOT_WITH_DRAW = "not where seats are drawn"
    NO_SUCH_EVENT = "no such event"


Claim = SignupState | None
"""The state of a member's claim; None without one."""

_PUBLISHED = frozenset(Phase) - {Phase.UNPUBLISHED}
_BEFORE = frozenset({Phase.OPEN, Phase.CLOSED})
_TO_COME = _BEFORE | {Phase.POSTPONED}
_UNTIL_THE_END = _BEFORE | {Phase.BEGUN}
_NOT_OVER = _UNTIL_THE_END | {Phase.POSTPONED}
_NOT_CANCELLED = _UNTIL_THE_END | {Phase.OVER}

_NONE: tuple[Claim, ...] = (None, SignupState.CANCELLED)
_SEATS: tuple[Claim, ...] = (SignupState.SEATED, SignupState.ATTENDED)
_IN_FORCE: tuple[Claim, ...] = (
    *_SEATS,
    SignupState.WAITING,
    SignupState.OFFERED,
    SignupState.ENTERED,
    SignupState.ASKED,
)

_OF_CLAIMS: dict[EventAct, tuple[frozenset[Phase], tuple[Claim, ...]]] = {
    EventAct.SIGN_UP: (frozenset({Phase.OPEN}), _NONE),
    # The queue gets seats until sign-up closes; an offer under way is kept until its deadline.
    EventAct.BE_OFFERED: (frozenset({Phase.OPEN}), (SignupState.WAITING,)),
    EventAct.TAKE_SEAT: (frozenset({Phase.OPEN}), (SignupState.WAITING,)),
    EventAct.ANSWER_OFFER: (_BEFORE, (SignupState.OFFERED,)),
    EventAct.KEEP: (
        _NOT_OVER,
        (*_SEATS, SignupState.NO_SHOW, SignupState.ENTERED, SignupState.ASKED),
    ),
    EventAct.GIVE_UP: (_TO_COME, (SignupState.SEATED, SignupState.OFFERED)),
    EventAct.HAND_OVER: (_BEFORE, (SignupState.SEATED,)),
    EventAct.LEAVE_QUEUE: (_TO_COME, (SignupState.WAITING,)),
    EventAct.LEAVE_DRAW: (_TO_COME, (SignupState.ENTERED,)),
    EventAct.TAKE_BACK: (_TO_COME, (SignupState.ASKED,)),
    EventAct.APPROVE: (_UNTIL_THE_END, (SignupState.ASKED,)),
    EventAct.BE_REMINDED: (_BEFORE, (SignupState.SEATED,)),
    EventAct.BE_TOLD: (_NOT_OVER | {Phase.CANCELLED}, _IN_FORCE),
    EventAct.CHECK_IN: (_NOT_CANCELLED, (*_SEATS, SignupState.NO_SHOW)),
    EventAct.UNDO_CHECK_IN: (_NOT_CANCELLED, (SignupState.ATTENDED,)),
    EventAct.WALK_IN: (
        _NOT_CANCELLED,
        (*_NONE, SignupState.WAITING, SignupState.OFFERED),
    ),
    EventAct.BE_ABSENT: (frozenset({Phase.OVER}), (SignupState.SEATED,)),
    EventAct.ADD_TO_CALENDAR: (_PUBLISHED, _SEATS),
    EventAct.RATE: (frozenset({Phase.OVER}), _SEATS),
    EventAct.DISPUTE: (frozenset({Phase.OVER}), (SignupState.NO_SHOW,)),
    EventAct.BELIEVE: (frozenset({Phase.OVER}), (SignupState.NO_SHOW,)),
}
_OF_EVENTS: dict[EventAct, frozenset[Phase]] = {
    # Closed by its time, sign-up can be closed by hand as well: it then stays closed after a move.
    EventAct.CLOSE: _BEFORE,
    EventAct.REOPEN: _BEFORE,
    EventAct.CHANGE_SEATS: _TO_COME,
    EventAct.MOVE: _NOT_OVER,
    EventAct.POSTPONE: _UNTIL_THE_END,
    EventAct.HOLD_TWICE: _BEFORE,
    EventAct.RELOCATE: _NOT_OVER,
    EventAct.CANCEL: _NOT_OVER,
    EventAct.RESTORE: frozenset({Phase.CANCELLED}),
    EventAct.EDIT: _NOT_OVER,
}


class Scheduled(Protocol):
    """An event's state and times."""

    @property
    def state(self) -> EventState: ...

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...

    @property
    def closes_at(self) -> datetime: ...


def phase_of(event: Scheduled, now: datetime) -> Phase:
    """Return the phase that an event is in."""
    match event.state:
        case EventState.ASKED | EventState.LAPSED | EventState.RETURNED:
            return Phase.UNPUBLISHED
        case EventState.CANCELLED:
            return Phase.CANCELLED
    if undated.is_to_come(event.starts_at):
        return Phase.POSTPONED
    if now >= event.ends_at:
        return Phase.OVER
    if now >= event.starts_at:
        return Phase.BEGUN
    if event.state == EventState.CLOSED or now >= event.closes_at:
        return Phase.CLOSED
    return Phase.OPEN


def sign_up_ends(event: Scheduled) -> datetime:
    """Return when sign-up ends by the clock: it never outlasts the start."""
    return min(event.closes_at, event.starts_at)


def closing_times(event: Scheduled, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return ready-made times for sign-up to end, the start of the event first.

    They are an hour before it, the evening before and two evenings before, and the time that holds
    now; those that have passed, or leave less than an hour from now, are left out.
    """
    starts_at = event.starts_at.astimezone(zone)
    evenings = [
        datetime.combine(starts_at.date() - timedelta(days=days), EVENING, zone) for days in (1, 2)
    ]
    wanted = [starts_at - timedelta(hours=1), *evenings, event.closes_at.astimezone(zone)]
    useful = {each for each in wanted if now + timedelta(hours=1) <= each < starts_at}
    return [starts_at, *sorted(useful, reverse=True)]


def why_not(act: EventAct, phase: Phase, claim: Claim = None) -> Why | None:
    """Return why the act is not possible in this phase, for a claim in this state; None if it is.

    The claim of an act on the event itself is of no account.
    """
    if act in _OF_EVENTS:
        return None if phase in _OF_EVENTS[act] else Why(str(phase))
    phases, claims = _OF_CLAIMS[act]
    if phase == Phase.UNPUBLISHED:
        return Why.UNPUBLISHED
    if claim not in claims:
        return Why.CHECKED_IN if claim == SignupState.ATTENDED else Why.NO_SUCH_CLAIM
    return None if phase in phases else Why(str(phase))


def refusal(act: EventAct, event: Scheduled, now: datetime, claim: Claim = None) -> Why | None:
    """Return why the act is not possible now; None if it is. Check-in has its hours besides."""
    why = why_not(act, phase_of(event, now), claim)
    if why is not None:
        return why
    if act in (EventAct.CHECK_IN, EventAct.UNDO_CHECK_IN, EventAct.WALK_IN):
        opens, closes = event.starts_at - CHECK_IN_OPENS, event.ends_at + CHECK_IN_CLOSES
        return None if opens <= now <= closes else Why.NOT_THE_DAY
    if act == EventAct.RESTORE and now >= event.starts_at:
        return Why.BEGUN
    if act == EventAct.BE_ABSENT and now < event.ends_at + ABSENT_AFTER:
        return Why.OVER
    if act in (EventAct.RATE, EventAct.DISPUTE) and now > event.ends_at + AFTERWARDS:
        return Why.TIME_PASSED
    return None


def claims_for(act: EventAct) -> tuple[SignupState, ...]:
    """Return the states of claims for which the act is possible in some phase."""
    return tuple(claim for claim in _OF_CLAIMS[act][1] if claim is not None)


def acts_on_claims() -> Iterable[EventAct]:
    return _OF_CLAIMS


def acts_on_events() -> Iterable[EventAct]:
    return _OF_EVENTS
