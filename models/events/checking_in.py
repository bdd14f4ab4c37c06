"""Check members in by codes or from the list, and mark those who did not come."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.events import running
from models.events.events import Event, EventState, Signup, SignupState
from models.network import audit, guesses, roles
from models.network.members import Member
from models.rules.events import codes, windows
from models.rules.events.windows import EventAct, Why
from models.rules.network.permissions import Act
from models.store import Moment, keys

KEY = "check-in"

SEAT = windows.claims_for(EventAct.CHECK_IN)


# Outcomes


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """Checked in; ``again`` if they already were. ``member`` is None after they are erased."""

    signup: Signup
    member: Member | None
    again: bool = False


@dataclass(frozen=True, slots=True)
class NoSeat:
    """No member with a seat has this code."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """Check-in is not open, for this reason."""

    why: Why


@dataclass(frozen=True, slots=True)
class TooManyGuesses:
    pass


@dataclass(frozen=True, slots=True)
class Several:
    """The code fits claims on several events; nobody is checked in."""

    found: Sequence[tuple[Event, Signup, Member | None]]


CheckInOutcome = CheckedIn | NoSeat | NotNow | TooManyGuesses


def code_of(session: Session, event_id: int, turn: int) -> str:
    """Return the six digits that the member with this turn shows at the door."""
    return codes.code_of(keys.shared(session, KEY), event_id, turn)


def turn_of(session: Session, event_id: int, code: str) -> int:
    """Return the turn at this event whose member shows this code."""
    return codes.turn_of(keys.shared(session, KEY), event_id, code)


def place_secret(session: Session, event_id: int) -> str:
    """Return the secret in the code that hangs at the place."""
    return codes.secret_of_place(keys.shared(session, KEY), event_id)


def by_code(session: Session, event_id: int, code: str, by: int, now: Moment) -> CheckInOutcome:
    """Check in the member with this code, which is one guess.

    This and the verbs below raise NotAllowed when ``by`` may not check people in at the event.
    """
    event = _to_check_in(session, event_id, by, now)
    if why := why_not(event, now):
        return NotNow(why)
    if guesses.are_used_up(session, by, now):
        return TooManyGuesses()
    turn = turn_of(session, event_id, code)
    signup = session.exec(
        select(Signup).where(
            Signup.event_id == event_id, Signup.turn == turn, col(Signup.state).in_(SEAT)
        )
    ).first()
    if signup is None:
        guesses.note(session, by, now)
        return NoSeat()
    return _check_in(session, event, signup, by, now)


def by_code_anywhere(session: Session, code: str, by: int, now: Moment) -> CheckInOutcome | Several:
    """Check in the member with this code at any of the organizer's events of the day.

    However many events there are, a code is one guess. NotNow where none of them is today.
    """
    events = events_of_the_day(session, by, now)
    if not events:
        return NotNow(Why.NOT_THE_DAY)
    if guesses.are_used_up(session, by, now):
        return TooManyGuesses()
    fits = [
        and_(
            col(Signup.event_id) == each.id,
            col(Signup.turn) == turn_of(session, each.id, code),
        )
        for each in events
    ]
    claims = session.exec(select(Signup).where(or_(*fits), col(Signup.state).in_(SEAT))).all()
    match claims:
        case []:
            guesses.note(session, by, now)
            return NoSeat()
        case [claim]:
            return from_list(session, claim.event_id, claim.id, by, now)
        case _:
            by_id = {each.id: each for each in events}
            return Several(
                [(by_id[each.event_id], each, _member(session, each)) for each in claims]
            )


def events_of_the_day(session: Session, by: int, now: Moment) -> Sequence[Event]:
    """Return the events whose check-in is open and which this member may do, the soonest first."""
    near = session.exec(
        select(Event)
        .where(
            running.where_may(session, by, Act.CHECK_IN, now),
            col(Event.starts_at) <= now + windows.CHECK_IN_OPENS,
            col(Event.ends_at) >= now - windows.CHECK_IN_CLOSES,
        )
        .order_by(col(Event.starts_at), col(Event.id))
    )
    return [each for each in near if why_not(each, now) is None]


def from_list(
    session: Session, event_id: int, signup_id: int, by: int, now: Moment
) -> CheckInOutcome:
    """Check in a member from the list."""
    event = _to_check_in(session, event_id, by, now)
    if why := why_not(event, now):
        return NotNow(why)
    signup = session.get(Signup, signup_id)
    if signup is None or signup.event_id != event_id or signup.state not in SEAT:
        return NoSeat()
    return _check_in(session, event, signup, by, now)


def undo(session: Session, event_id: int, signup_id: int, by: int, now: Moment) -> CheckInOutcome:
    """Undo a check-in that was made by mistake."""
    event = _to_check_in(session, event_id, by, now)
    if why := windows.refusal(EventAct.UNDO_CHECK_IN, event, now, SignupState.ATTENDED):
        return NotNow(why)
    signup = session.get(Signup, signup_id)
    if signup is None or signup.event_id != event_id or signup.state != SignupState.ATTENDED:
        return NoSeat()
    signup.state, signup.attended_at = SignupState.SEATED, None
    session.add(signup)
    session.flush()
    _record(session, event, signup, by, now, undone=True)
    return CheckedIn(signup, _member(session, signup), again=True)


def by_place_code(
    session: Session, event_id: int, secret: str, member_id: int, now: Moment
) -> CheckInOutcome | None:
    """Check in the member who scanned the code at the place; None if the code is wrong."""
    event = session.get(Event, event_id, with_for_update=True)
    if event is None or not hmac.compare_digest(
        secret.encode(), place_secret(session, event_id).encode()
    ):
        return None
    if why := why_not(event, now):
        return NotNow(why)
    signup = session.exec(
        select(Signup).where(
            Signup.event_id == event_id,
            Signup.member_id == member_id,
            col(Signup.state).in_(SEAT),
        )
    ).first()
    if signup is None:
        return NoSeat()
    return _check_in(session, event, signup, None, now)


def _to_check_in(session: Session, event_id: int, by: int, now: Moment) -> Event:
    event = session.get_one(Event, event_id, with_for_update=True)
    roles.require(session, by, Act.CHECK_IN, event.station_id, now, team_id=event.team_id)
    return event


def _check_in(
    session: Session, event: Event, signup: Signup, by: int | None, now: Moment
) -> CheckedIn:
    member = _member(session, signup)
    if signup.state == SignupState.ATTENDED:
        return CheckedIn(signup, member, again=True)
    signup.state, signup.attended_at = SignupState.ATTENDED, now
    session.add(signup)
    session.flush()
    if by is not None:
        _record(session, event, signup, by, now)
    return CheckedIn(signup, member)


def _record(
    session: Session, event: Event, signup: Signup, by: int, now: Moment, **details: object
) -> None:
    subject, station_id = f"event:{event.id}", event.station_id
    audit.record(
        session, by, Act.CHECK_IN, subject, now, station_id=station_id, signup=signup.id, **details
    )


def _member(session: Session, signup: Signup) -> Member | None:
    return session.get(Member, signup.member_id) if signup.member_id is not None else None


def why_not(event: Event, now: Moment) -> Why | None:
    """Return why nobody can be checked in now, whatever their claim."""
    return windows.refusal(EventAct.CHECK_IN, event, now, SignupState.SEATED)


def is_the_day(event: Event, now: Moment) -> bool:
    """Return whether check-in is open now."""
    return why_not(event, now) is None


def start_anew(session: Session, event_id: int) -> int:
    """Undo all check-ins of an event that is moved to another time; return how many."""
    undone = session.execute(
        update(Signup)
        .where(col(Signup.event_id) == event_id, col(Signup.state) == SignupState.ATTENDED)
        .values(state=SignupState.SEATED, attended_at=None)
        .returning(col(Signup.id))
    ).all()
    return len(undone)


# Absence


def any_absent(session: Session, now: Moment) -> bool:
    # Runs every second: without an event that has just ended it reads no claims.
    """Return whether ``mark_absent`` has work."""
    if session.exec(select(Event.id).where(*_just_ended(now)).limit(1)).first() is None:
        return False
    return session.exec(select(Signup.id).where(*_absent(now)).limit(1)).first() is not None


def mark_absent(session: Session, now: Moment) -> int:
    """Mark members with a seat who were not checked in as absent; return how many.

    It leaves events at which no member was checked in.
    """
    absent = select(Signup.id).where(*_absent(now)).limit(1000)
    marked = session.execute(
        update(Signup)
        .where(col(Signup.id).in_(absent), col(Signup.state) == SignupState.SEATED)
        .values(state=SignupState.NO_SHOW)
        .returning(col(Signup.id))
    ).all()
    return len(marked)


def _absent(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a seat not used at an ended event with at least one check-in."""
    came = aliased(Signup)
    ended = select(Event.id).where(
        *_just_ended(now),
        exists().where(
            col(came.event_id) == col(Event.id), col(came.state) == SignupState.ATTENDED
        ),
    )
    return col(Signup.state) == SignupState.SEATED, col(Signup.event_id).in_(ended)


def _just_ended(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of an event that took place and ended recently.

    Those before are marked already.
    """
    ends_at, last = col(Event.ends_at), now - windows.ABSENT_AFTER
    return (
        ends_at <= last,
        ends_at > last - windows.CHECK_IN_CLOSES,
        col(Event.state).in_((EventState.OPEN, EventState.CLOSED)),
    )
