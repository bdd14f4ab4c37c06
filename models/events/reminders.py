"""Store the reminders of sign-ups until they become deliveries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, UniqueConstraint, bindparam, delete, exists
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event, EventState, Signup, SignupState
from models.network.members import Member
from models.network.stations import Care
from models.rules.events import reminding, undated
from models.rules.members.shifts import Shift
from models.sending.topics import is_muted
from models.store import Moment, table_of
from models.store.statements import Prepared

CHUNK = 500


class Reminder(SQLModel, table=True):
    """One reminder of one sign-up, ``lead`` minutes before the event; deleted once planned."""

    __table_args__ = (UniqueConstraint("signup_id", "lead"),)

    id: int = Field(default=None, primary_key=True)
    signup_id: int = Field(foreign_key="signup.id")
    member_id: int = Field(foreign_key="member.id", index=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    lead: int
    due_at: Moment = Field(index=True)


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due, with all that decides whether it is sent."""

    id: int
    signup_id: int
    member_id: int
    event_id: int
    lead: int
    due_at: Moment
    signup_state: SignupState
    event_state: EventState
    starts_at: Moment
    quiet: str
    shift: Shift | None
    leads: list[int]


_TABLE = table_of(Reminder)
_FORGET = Prepared(delete(_TABLE).where(_TABLE.c.signup_id == bindparam("signup")))
_FORGET_EVENT = delete(_TABLE).where(_TABLE.c.event_id == bindparam("event"))
_FORGET_MEMBER = delete(_TABLE).where(_TABLE.c.member_id == bindparam("member"))
_ANY_DUE = select(exists().where(_TABLE.c.due_at <= bindparam("now")))
_SEATS = (
    select(  # type: ignore[call-overload]
        col(Signup.id).label("signup_id"),
        col(Member.id).label("member_id"),
        col(Event.id).label("event_id"),
        Event.starts_at,
        Member.quiet,
        Member.shift,
        Member.leads,
        Member.muted,
    )
    .join(Event, col(Event.id) == col(Signup.event_id))
    .join(Member, col(Member.id) == col(Signup.member_id))
    .where(
        Signup.state == SignupState.SEATED,
        col(Event.state).in_((EventState.OPEN, EventState.CLOSED)),
    )
)
_DUE = (
    select(  # type: ignore[call-overload]
        Reminder.id,
        Reminder.signup_id,
        Reminder.member_id,
        Reminder.event_id,
        Reminder.lead,
        Reminder.due_at,
        Signup.state,
        Event.state,
        Event.starts_at,
        Member.quiet,
        Member.shift,
        Member.leads,
    )
    .join(Signup, col(Signup.id) == col(Reminder.signup_id))
    .join(Event, col(Event.id) == col(Reminder.event_id))
    .join(Member, col(Member.id) == col(Reminder.member_id))
    .where(col(Reminder.due_at) <= bindparam("now"))
    .order_by(col(Reminder.due_at), col(Reminder.id))
    .limit(bindparam("at_most"))
    .with_for_update(of=Reminder, skip_locked=True)
)


@cache
def _insert(dialect: str) -> Prepared:
    insert = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    columns = ("signup_id", "member_id", "event_id", "lead", "due_at")
    return Prepared(insert.on_conflict_do_nothing(), columns)


def plan(
    session: Session,
    *,
    signup_id: int,
    member_id: int,
    event_id: int,
    starts_at: Moment,
    leads: Iterable[int],
    quiet: str,
    zone: ZoneInfo,
    now: Moment,
) -> dict[int, Moment]:
    """Store the reminders of a seat just taken, except those whose time has passed.

    Returns their times by lead.
    """
    times = reminding.owed(starts_at, leads, quiet, zone, now)
    _insert_all(session, _rows(signup_id, member_id, event_id, times))
    return times


def of_signup(session: Session, signup_id: int) -> dict[int, Moment]:
    """Return the times of a sign-up's reminders that are to come, by lead."""
    stored = select(Reminder.lead, Reminder.due_at).where(Reminder.signup_id == signup_id)
    return dict(session.exec(stored).all())


def forget(session: Session, signup_id: int) -> None:
    """Delete the reminders of a sign-up that was given up."""
    _FORGET.run(session, {"signup": signup_id})


def forget_event(session: Session, event_id: int) -> None:
    """Delete the reminders of an event that was cancelled."""
    session.execute(_FORGET_EVENT, {"event": event_id})


def forget_member(session: Session, member_id: int) -> None:
    """Delete the reminders of a member who is erased."""
    session.execute(_FORGET_MEMBER, {"member": member_id})


def replan_member(session: Session, member_id: int, care: Care, now: Moment) -> None:
    """Replace a member's reminders after a change of leads, shift, quiet hours or muting."""
    forget_member(session, member_id)
    _plan_seats(session, _SEATS.where(col(Member.id) == member_id), care, now)


def replan_event(session: Session, event_id: int, care: Care, now: Moment) -> None:
    """Replace the reminders of an event that was moved."""
    forget_event(session, event_id)
    _plan_seats(session, _SEATS.where(col(Event.id) == event_id), care, now)


def plan_for(session: Session, signup_ids: Sequence[int], care: Care, now: Moment) -> None:
    """Store the reminders of many seats just taken."""
    _plan_seats(session, _SEATS.where(col(Signup.id).in_(signup_ids)), care, now)


def any_due(session: Session, now: Moment) -> bool:
    """Return whether a reminder is due."""
    return bool(session.execute(_ANY_DUE, {"now": now}).scalar())


def due(session: Session, now: Moment, limit: int) -> list[Due]:
    """Return due reminders, the oldest first, locked against other planners."""
    rows = session.execute(_DUE, {"now": now, "at_most": limit})
    return [Due(*row) for row in rows]


def delete_planned(session: Session, ids: Sequence[int]) -> None:
    """Delete reminders that have become deliveries."""
    session.execute(delete(_TABLE).where(_TABLE.c.id.in_(ids)))


def _plan_seats(session: Session, seats: Select[Any], care: Care, now: Moment) -> None:
    is_dated = col(Event.starts_at) < undated.BEGINS
    taken = session.execute(seats.where(col(Event.starts_at) > now, is_dated)).all()
    for start in range(0, len(taken), CHUNK):
        rows = []
        for seat in taken[start : start + CHUNK]:
            if is_muted("reminder", seat.muted):
                continue
            quiet = care.quiet_of(seat.quiet, seat.shift)
            times = reminding.owed(seat.starts_at, seat.leads, quiet, care.zone, now)
            rows += _rows(seat.signup_id, seat.member_id, seat.event_id, times)
        _insert_all(session, rows)


def _rows(
    signup_id: int, member_id: int, event_id: int, times: dict[int, Moment]
) -> list[dict[str, Any]]:
    return [
        {
            "signup_id": signup_id,
            "member_id": member_id,
            "event_id": event_id,
            "lead": lead,
            "due_at": due_at,
        }
        for lead, due_at in times.items()
    ]


def _insert_all(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        _insert(session.get_bind().dialect.name).run_many(session, rows)
