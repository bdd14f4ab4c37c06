"""Run events: close, reopen, change seats, move, relocate, gather, cancel. Each act is audited.

Each raises ``roles.NotAllowed`` when ``by`` may not run the event.
``by`` is the number of the organizer; None is the operator, who loads a file. ``seen`` is the
event's revision when the organizer was asked whether to do it: if it is another one by then,
nothing is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_
from sqlmodel import Session, col, or_, select

from models.events import _changes, changes, checking_in, entries, gates, offers, quotas
from models.events.events import NEVER, Event, EventState, Signup, SignupState
from models.events.quotas import Share, TooMuch
from models.network import audit, helpers, names, roles
from models.network.members import Member
from models.network.names import Namesakes
from models.network.stations import Care, Station
from models.rules.events import draws, undated, windows
from models.rules.events.states import DrawState
from models.rules.events.windows import EventAct, Phase, Why
from models.rules.languages import Translated
from models.rules.network import permissions
from models.rules.network.permissions import LEADERS, Act
from models.sending.hearing import Hearing
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Changed:
    """The event was changed; ``told`` says who hears of it. ``offered`` seats were offered.

    ``undone`` check-ins do not count any more.
    """

    event: Event
    told: Hearing = field(default_factory=Hearing)
    offered: int = 0
    undone: int = 0


@dataclass(frozen=True, slots=True)
class TooFew:
    """More members hold a seat than the new number allows."""

    held: int


@dataclass(frozen=True, slots=True)
class TooLate:
    """The event cannot change so any more, for this reason."""

    event: Event
    why: Why


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody else has changed the event since the organizer was asked."""

    event: Event


ChangeOutcome = Changed | TooLate | Meanwhile


def close_sign_up(session: Session, event_id: int, by: int, now: Moment) -> Changed | TooLate:
    """Close sign-up by hand: it stays closed until it is opened again."""
    event = _locked(session, event_id, by, now)
    if why := windows.refusal(EventAct.CLOSE, event, now):
        return TooLate(event, why)
    event.state = EventState.CLOSED
    changes.note_change(session, event, now)
    return note(session, event, by, now, "closed")


def open_sign_up(
    session: Session, event_id: int, closes_at: Moment, by: int | None, care: Care, now: Moment
) -> Changed | TooLate:
    """Keep sign-up open until ``closes_at``, or open it again, and offer free seats to the queue.

    A closing time after the start means the start. Whoever enters a draw has until some time before
    the start; a list that was fixed is opened again.
    """
    event = _locked(session, event_id, by, now)
    why = windows.refusal(EventAct.REOPEN, event, now) or _why_drawn(event)
    if why is not None or closes_at <= now:
        return TooLate(event, why or Why.TIME_PASSED)
    was = windows.phase_of(event, now)
    entries.open_again(session, event)
    latest = event.starts_at
    if event.draw == DrawState.ENTERING:
        latest = max(event.starts_at - draws.SHORTEST, min(event.starts_at, now + draws.SHORTEST))
    event.state, event.closes_at = EventState.OPEN, min(closes_at, latest)
    _changes.keep_offers_within(session, event)
    changes.note_change(session, event, now)
    what = "closing time" if was == Phase.OPEN else "reopened"
    gates.keep_within(session, event, now)
    note(session, event, by, now, what, closes_at=event.closes_at.isoformat())
    offered = offers.fill(session, event_id, care, now).offered
    session.refresh(event)
    return Changed(event, offered=offered)


def change_seats(
    session: Session,
    event_id: int,
    seats: int | None,
    by: int | None,
    care: Care,
    now: Moment,
    *,
    seen: int | None = None,
) -> Changed | TooFew | TooMuch | TooLate | Meanwhile:
    """Change the number of seats, and offer additional ones to the queue.

    They are not fewer than are held, nor than the quotas keep.

    The list of a draw is fixed anew; while it is being drawn, it is too late.
    """
    event = to_change(session, event_id, by, now, EventAct.CHANGE_SEATS, seen)
    if not isinstance(event, Event):
        return event
    if why := _why_drawn(event):
        return TooLate(event, why)
    if seats is not None and seats < event.held:
        return TooFew(event.held)
    if quotas.has_quotas(event, now):
        shares = [each.share for each in quotas.of_event(session, event_id)]
        if (refusal := quotas.too_much(shares, seats)) is not None:
            return refusal
    entries.fix_anew(session, event)
    was, event.seats = event.seats, seats
    changes.note_change(session, event, now)
    offered = offers.fill(session, event_id, care, now).offered
    session.refresh(event)
    done = note(session, event, by, now, "seats", was=was, seats=seats)
    return Changed(done.event, offered=offered)


def share_out(
    session: Session,
    event_id: int,
    shares: Sequence[Share],
    until: Moment | None,
    by: int | None,
    care: Care,
    now: Moment,
    *,
    seen: int | None = None,
) -> Changed | TooMuch | TooLate | Meanwhile:
    """Share the seats of an event out until a moment, None: for good; ask the queue anew.

    Nobody loses a seat. Without ``shares`` everybody may have any seat.
    """
    event = to_change(session, event_id, by, now, EventAct.CHANGE_SEATS, seen)
    if not isinstance(event, Event):
        return event
    if (refusal := quotas.put(session, event, shares)) is not None:
        return refusal
    event.quotas_until = until if shares else None
    changes.note_change(session, event, now)
    said = [[each.who or each.choice, each.least, each.most] for each in shares]
    note(session, event, by, now, "shared out", shares=said)
    offered = offers.fill(session, event_id, care, now).offered
    session.refresh(event)
    return Changed(event, offered=offered)


def move(
    session: Session,
    event_id: int,
    starts_at: Moment,
    ends_at: Moment,
    by: int | None,
    care: Care,
    now: Moment,
    *,
    closes_at: Moment | None = None,
    reason: str = "",
    place: str | Translated | None = None,
    map_url: str = "",
    seen: int | None = None,
) -> ChangeOutcome:
    """Move an event in time with its reminders and offers, and notify members with a claim.

    One that begins at another time begins anew: nobody is checked in. Seats are offered to the
    queue if sign-up is open again. Without ``closes_at`` sign-up ends as long before the start as
    it did. With ``place`` it is held there. One that was postponed gets its date so.
    """
    event = to_change(session, event_id, by, now, EventAct.MOVE, seen)
    if not isinstance(event, Event):
        return event
    if starts_at <= now:
        return TooLate(event, Why.TIME_PASSED)
    was = undated.planned(event.starts_at)
    as_before = starts_at - (event.starts_at - event.closes_at)
    undone = checking_in.start_anew(session, event_id) if starts_at != was else 0
    told = _changes.move(
        session,
        event,
        starts_at=starts_at,
        ends_at=ends_at,
        closes_at=closes_at or max(now, as_before),
        reason=reason,
        care=care,
        now=now,
        place=place,
        map_url=map_url,
    )
    gates.keep_within(session, event, now)
    note(session, event, by, now, "moved", was=was.isoformat(), to=starts_at.isoformat())
    offered = offers.fill(session, event_id, care, now).offered
    session.refresh(event)
    return Changed(event, told=told, offered=offered, undone=undone)


def relocate(
    session: Session,
    event_id: int,
    place: str | Translated,
    by: int | None,
    now: Moment,
    *,
    map_url: str = "",
    seen: int | None = None,
) -> ChangeOutcome:
    """Move an event to another place, and notify members with a claim."""
    event = to_change(session, event_id, by, now, EventAct.RELOCATE, seen)
    if not isinstance(event, Event):
        return event
    told = _changes.relocate(session, event, place=place, map_url=map_url, now=now)
    note(session, event, by, now, "relocated")
    return Changed(event, told=told)


def gather(
    session: Session,
    event_id: int,
    meet: str | Translated,
    by: int | None,
    now: Moment,
    *,
    seen: int | None = None,
) -> ChangeOutcome:
    """Let people gather elsewhere, empty: nowhere; and notify members with a claim."""
    event = to_change(session, event_id, by, now, EventAct.RELOCATE, seen)
    if not isinstance(event, Event):
        return event
    told = _changes.gather(session, event, meet=meet, now=now)
    note(session, event, by, now, "meeting point")
    return Changed(event, told=told)


def call_off(
    session: Session,
    event_id: int,
    reason: str,
    by: int | None,
    now: Moment,
    *,
    seen: int | None = None,
) -> ChangeOutcome:
    """Cancel an event for a reason, and notify members with a claim."""
    event = to_change(session, event_id, by, now, EventAct.CANCEL, seen)
    if not isinstance(event, Event):
        return event
    told = _changes.call_off(session, event, reason=reason, now=now)
    note(session, event, by, now, "called off")
    return Changed(event, told=told)


def open_page(session: Session, event_id: int, by: int, now: Moment, *, is_open: bool) -> Event:
    """Let anybody read the page of an event that is for some people only, or nobody."""
    event = _locked(session, event_id, by, now)
    event.page_open = is_open
    note(session, event, by, now, "page opened" if is_open else "page closed")
    return event


def _why_drawn(event: Event) -> Why | None:
    """Return that the event's seats are being drawn, from what must not change meanwhile."""
    return Why.BEING_DRAWN if event.draw == DrawState.DRAWING else None


def to_change(
    session: Session, event_id: int, by: int | None, now: Moment, act: EventAct, seen: int | None
) -> Event | TooLate | Meanwhile:
    """The event, locked, unless it is too late for this or it is not as it was ``seen``."""
    event = _locked(session, event_id, by, now)
    if why := windows.refusal(act, event, now):
        return TooLate(event, why)
    return event if seen in (None, event.revision) else Meanwhile(event)


def _locked(session: Session, event_id: int, by: int | None, now: Moment) -> Event:
    """Lock the event for somebody who may run it, before anything of it is read or changed."""
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    return event


def note(
    session: Session, event: Event, by: int | None, now: Moment, what: str, **details: object
) -> Changed:
    session.add(event)
    session.flush()
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, what=what, **details)
    return Changed(event)


# Reading


def events_of(
    session: Session, member_id: int, now: Moment, *, past: bool, skip: int = 0, limit: int = 6
) -> Sequence[Event]:
    """Return the events that this member may run, check members in at, or has published.

    Coming events begin with the soonest, past ones with the latest.
    """
    authored = col(Event.by_member_id) == member_id
    mine = or_(authored, where_may(session, member_id, Act.CHECK_IN, now))
    query = select(Event).where(mine).offset(skip).limit(limit)
    if past:
        query = query.where(or_(col(Event.ends_at) <= now, NEVER))
        return session.exec(query.order_by(col(Event.starts_at).desc(), col(Event.id))).all()
    query = query.where(col(Event.ends_at) > now, not_(NEVER))
    return session.exec(query.order_by(col(Event.starts_at), col(Event.id))).all()


def where_may(session: Session, member_id: int, act: Act, now: Moment) -> ColumnElement[bool]:
    """Return the condition of an event at which this member may do an act."""
    held = roles.held_by(session, member_id, now)
    allowed = permissions.roles_for(act)
    paths = [each.path for each in held if each.role in allowed - LEADERS]
    teams = [each.team_id for each in held if each.role in allowed & LEADERS]
    theirs: list[ColumnElement[bool]] = []
    if paths:
        below = or_(*(col(Station.path).startswith(path) for path in paths))
        theirs.append(col(Event.station_id).in_(select(Station.id).where(below)))
    if teams:
        theirs.append(col(Event.team_id).in_(teams))
    if act in permissions.FOR_AN_EVENING:
        theirs.append(col(Event.id).in_(helpers.events_of(member_id, now)))
    return or_(*theirs) if theirs else false()


def counts(session: Session, event_id: int) -> dict[SignupState, int]:
    """Return how many claims are in each state."""
    rows = session.exec(
        select(Signup.state, func.count()).where(Signup.event_id == event_id).group_by(Signup.state)
    ).all()
    return {SignupState(state): number for state, number in rows}


ORDER = (
    SignupState.ATTENDED,
    SignupState.SEATED,
    SignupState.NO_SHOW,
    SignupState.OFFERED,
    SignupState.WAITING,
    SignupState.ENTERED,
    SignupState.ASKED,
)


def record_view(session: Session, event: Event, by: int, now: Moment, **details: object) -> None:
    """Record that a member opened the list of an event: who was on it is told by ``upto``.

    That is the last claim there was; whoever claims later was not on the list.
    """
    place = event.station_id
    about = {"team_id": event.team_id, "event_id": event.id}
    roles.require(session, by, Act.SEE_LIST, place, now, **about)
    upto = session.exec(select(func.max(Signup.id)).where(Signup.event_id == event.id)).one()
    audit.record(
        session,
        by,
        Act.SEE_LIST,
        f"event:{event.id}",
        now,
        station_id=event.station_id,
        upto=upto or 0,
        **details,
    )


def has_viewed(session: Session, event: Event, by: int, since: Moment, what: str = "") -> bool:
    """Return whether a member opened the list of an event since then: ``what`` of it."""
    return audit.has_done(session, by, Act.SEE_LIST, f"event:{event.id}", since, what=what)


def namesakes(
    session: Session, event_id: int, shown: Iterable[Member | None] | None = None
) -> Namesakes:
    """Return what members with a claim on this event share; only what the ``shown`` ones do."""
    claims = select(Signup.member_id).where(Signup.event_id == event_id)
    if shown is None:
        return names.namesakes(session, col(Member.id).in_(claims))
    # By the index of names: an event may have more claims than there are people so called.
    called = col(Member.name).in_({each.name for each in shown if each is not None})
    claims = claims.where(col(Signup.member_id) == col(Member.id))
    return names.namesakes(session, and_(called, claims.exists()))


def people(
    session: Session,
    event_id: int,
    states: Sequence[SignupState] = ORDER,
    *,
    skip: int = 0,
    limit: int | None = None,
) -> Sequence[tuple[Signup, Member | None, Station | None]]:
    """Return the claims with their members and stations: seats, then the queue in order.

    Claims that were given up come last.
    """
    in_line = (SignupState.OFFERED, SignupState.WAITING)
    gave_up = col(Signup.state) == SignupState.CANCELLED
    order = (gave_up, col(Signup.state).in_(in_line), col(Signup.turn))
    named: tuple[Any, ...] = Signup.event_id == event_id, col(Signup.state).in_(states)
    if limit is not None:
        # The index alone says which they are; only these rows are read.
        shown = select(Signup.id).where(*named).order_by(*order).offset(skip).limit(limit)
        named = (col(Signup.id).in_(session.exec(shown).all()),)
    query = (
        select(Signup, Member, Station)
        .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
        .join(Station, col(Station.id) == col(Member.station_id), isouter=True)
        .where(*named)
        .order_by(*order)
    )
    return session.exec(query if limit is not None else query.offset(skip)).all()
