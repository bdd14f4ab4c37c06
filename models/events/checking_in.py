"""Check people in by their codes or from the list, and take it back.

A device that calls a check-in by a ``client_id`` of its own may say it twice, hours later as well:
the second time nothing is done, and it is the success that it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.events import running, sitting
from models.events.events import Event, Signup, SignupState
from models.network import audit, guesses, roles
from models.network.members import Member
from models.rules.events import codes, windows
from models.rules.events.windows import EventAct, Why
from models.rules.network.permissions import Act
from models.rules.sending.hook_kinds import HookKind
from models.sending import noting
from models.store import Moment, insert_once, keys

KEY = "check-in"

SEAT = windows.claims_for(EventAct.CHECK_IN)


class Repeat(SQLModel, table=True):
    """What a device called a check-in, so that it can tell of it twice."""

    __tablename__ = "check_in_repeat"

    event_id: int = Field(foreign_key="event.id", primary_key=True)
    client_id: str = Field(primary_key=True)
    signup_id: int = Field(foreign_key="signup.id", index=True)


# Outcomes


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """Checked in; ``again`` if they already were. ``member`` is None without a chat, or erased."""

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
class OldCode:
    """The code at the door has changed since it was scanned."""


@dataclass(frozen=True, slots=True)
class Several:
    """The code fits claims on several events; nobody is checked in."""

    found: Sequence[tuple[Event, Signup, Member | None]]


CheckInOutcome = CheckedIn | NoSeat | NotNow | TooManyGuesses | OldCode


def code_of(session: Session, event_id: int, turn: int) -> str:
    """Return the six digits that the member with this turn shows at the door."""
    return codes.code_of(keys.shared(session, KEY), event_id, turn)


def turn_of(session: Session, event_id: int, code: str) -> int:
    """Return the turn at this event whose member shows this code."""
    return codes.turn_of(keys.shared(session, KEY), event_id, code)


def by_code(
    session: Session, event_id: int, code: str, by: int, now: Moment, *, client_id: str = ""
) -> CheckInOutcome:
    """Check in the member with this code, which is one guess.

    This and the verbs below raise NotAllowed when ``by`` may not check people in at the event.
    """
    event = to_check_in(session, event_id, by, now)
    if (done := repeated(session, event_id, client_id)) is not None:
        return done
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
    return check_in(session, event, signup, by, now, client_id)


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
    session: Session,
    event_id: int,
    signup_id: int,
    by: int,
    now: Moment,
    *,
    client_id: str = "",
) -> CheckInOutcome:
    """Check in a person from the list."""
    event = to_check_in(session, event_id, by, now)
    if (done := repeated(session, event_id, client_id)) is not None:
        return done
    if why := why_not(event, now):
        return NotNow(why)
    signup = session.get(Signup, signup_id)
    if signup is None or signup.event_id != event_id or signup.state not in SEAT:
        return NoSeat()
    return check_in(session, event, signup, by, now, client_id)


def undo(
    session: Session,
    event_id: int,
    signup_id: int,
    by: int,
    now: Moment,
    *,
    client_id: str = "",
) -> CheckInOutcome:
    """Undo a check-in that was made by mistake."""
    event = to_check_in(session, event_id, by, now)
    if (done := repeated(session, event_id, client_id)) is not None:
        return done
    if why := windows.refusal(EventAct.UNDO_CHECK_IN, event, now, SignupState.ATTENDED):
        return NotNow(why)
    signup = session.get(Signup, signup_id)
    if signup is None or signup.event_id != event_id or signup.state != SignupState.ATTENDED:
        return NoSeat()
    note_repeat(session, signup, client_id)
    signup.state, signup.attended_at = SignupState.SEATED, None
    session.add(signup)
    session.flush()
    _record(session, event, signup, by, now, undone=True)
    return CheckedIn(signup, _member(session, signup), again=True)


# Those who come along


def coming_along(session: Session, signup: Signup) -> Sequence[tuple[Signup, Member | None]]:
    """Return those who came along with this person, as far as they are not checked in yet."""
    return session.exec(
        select(Signup, Member)
        .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
        .where(
            Signup.party_id == signup.id,
            col(Signup.state).in_((SignupState.SEATED, SignupState.NO_SHOW)),
        )
        .order_by(col(Signup.id))
    ).all()


def with_party(
    session: Session, event_id: int, signup_id: int, by: int | None, now: Moment
) -> Sequence[CheckedIn] | NotNow:
    """Check in all who came along with a person; ``by`` None: that person does, at the door."""
    if by is None:
        event = session.get_one(Event, event_id, with_for_update=True)
    else:
        event = to_check_in(session, event_id, by, now)
    if why := why_not(event, now):
        return NotNow(why)
    signup = session.get(Signup, signup_id)
    if signup is None or signup.event_id != event_id or signup.state != SignupState.ATTENDED:
        return []
    return [check_in(session, event, each, by, now) for each, _ in coming_along(session, signup)]


# The steps of every check-in


def to_check_in(session: Session, event_id: int, by: int, now: Moment) -> Event:
    """Lock an event for somebody who may check people in at it; raises NotAllowed."""
    event = session.get_one(Event, event_id, with_for_update=True)
    about = {"team_id": event.team_id, "event_id": event_id}
    roles.require(session, by, Act.CHECK_IN, event.station_id, now, **about)
    return event


def repeated(session: Session, event_id: int, client_id: str) -> CheckedIn | None:
    """Return the check-in that a device called so before; None for the first time."""
    row = session.get(Repeat, (event_id, client_id)) if client_id else None
    if row is None:
        return None
    signup = session.get_one(Signup, row.signup_id)
    return CheckedIn(signup, _member(session, signup))


def note_repeat(session: Session, signup: Signup, client_id: str) -> None:
    """Keep what a device called this check-in."""
    if client_id:
        values = {
            "event_id": signup.event_id,
            "client_id": client_id,
            "signup_id": signup.id,
        }
        insert_once(session, Repeat, values)


def unite_repeats(session: Session, stays: int, goes: int) -> None:
    """Let what devices told of one claim count for another, whose person is the same."""
    session.execute(update(Repeat).where(col(Repeat.signup_id) == goes).values(signup_id=stays))


def check_in(
    session: Session,
    event: Event,
    signup: Signup,
    by: int | None,
    now: Moment,
    client_id: str = "",
    **details: object,
) -> CheckedIn:
    """Check in a person with a claim; the caller holds the event's lock and may do so."""
    member = _member(session, signup)
    note_repeat(session, signup, client_id)
    if signup.state == SignupState.ATTENDED:
        return CheckedIn(signup, member, again=True)
    signup.state, signup.attended_at = SignupState.ATTENDED, now
    session.add(signup)
    session.flush()
    noting.note(session, HookKind.CHECK_IN, now, event_id=event.id, signup_id=signup.id)
    if event.hall_seated_at is not None and signup.takes_seat and not signup.seat:
        # Whoever comes late is told at the door where to sit.
        sitting.fill(session, event, now)
    if by is not None:
        _record(session, event, signup, by, now, **details)
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
