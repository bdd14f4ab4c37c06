"""Who may sign up for an event: what its conditions ask of a person is read, and the rule asked.

Only what an event asks for is read. ``models.events.gating`` sets the conditions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from models.events import audiences, entries, events, lookup
from models.events.audiences import Somebody
from models.events.events import UNLISTED, Event, Signup, SignupState
from models.events.history import TOOK_PART
from models.network.members import Caller, Member, is_blocked
from models.network.stations import Care
from models.rules.events import gates as rules
from models.rules.events import windows
from models.rules.events.gates import Gate, Gates, Person, WayIn
from models.rules.events.windows import EventAct, Why
from models.sending import deliveries
from models.sending.deliveries import OPEN_STATES, Delivery
from models.store import Moment
from models.store.compiled import Row

OPENS = "sign-up-opens"
"""The topic of the notice that sign-up for an event is open now."""


def why_closed(
    session: Session,
    event: Event | Row,
    who: Somebody | None,
    care: Care,
    now: Moment,
    way: WayIn = WayIn.ALONE,
    *,
    birth_year: int | None = None,
) -> Why | None:
    """Return why somebody may not sign up for an event; None if they may.

    ``who`` is None for a person without a chat; whoever is blocked may sign up for none, nor may
    others bring them. ``birth_year`` was told for this sign-up alone.
    """
    if who is not None and is_blocked(who, now):
        return Why.NOT_FOR_THEM
    if event.opens_at is None and not event.audience and not event.gates and not care.no_shows_bar:
        return None
    gates = rules.from_column(event.gates)
    return rules.first_closed(
        gates,
        event.opens_at,
        year_of(event, care),
        _facts(session, event, gates, who, care, now, way, birth_year),
        now,
        way,
        comes_by_default=care.no_shows_bar,
    )


def year_of(event: Event | Row, care: Care) -> int:
    """Return the year in which an event begins, by the station's calendar."""
    year: int = event.starts_at.astimezone(care.zone).year
    return year


def _facts(
    session: Session,
    event: Event | Row,
    gates: Gates,
    who: Somebody | None,
    care: Care,
    now: Moment,
    way: WayIn,
    birth_year: int | None,
) -> Person:
    """Read of a person what is asked for, and nothing else."""
    if who is None:
        return Person()
    comes = Gate.COMES in rules.HOLDS[way] and gates.asks_to_come(care.no_shows_bar)
    has_year = gates.has_age and birth_year is None
    return Person(
        belongs=audiences.admits(session, event.audience, who),
        birth_year=birth_year_of(session, who.id) if has_year else birth_year,
        has_done=bool(gates.done) and has_done(session, gates, who.id, now),
        missed=missed(session, who.id, now) if comes else (),
        is_known=not comes or entries.is_one_person(session, [who.id]),
    )


def birth_year_of(session: Session, member_id: int) -> int | None:
    return session.exec(select(Member.birth_year).where(Member.id == member_id)).first()


def missed(session: Session, member_id: int, now: Moment) -> Sequence[Moment]:
    """Return the ends of events of late that a member did not come to.

    One where they say that they were there does not count until that is decided.
    """
    return session.exec(
        select(Event.ends_at)
        .join(Signup, col(Signup.event_id) == col(Event.id))
        .where(
            Signup.member_id == member_id,
            Signup.state == SignupState.NO_SHOW,
            col(Signup.disputed_at).is_(None),
            col(Event.ends_at) > now - rules.WITHIN,
            col(Event.ends_at) <= now,
            col(Event.state).not_in(UNLISTED),
        )
    ).all()


def has_done(session: Session, gates: Gates, member_id: int, now: Moment) -> bool:
    """Return whether a member took part in what was to be done before: at one date of it."""
    took_part = (
        select(Event)
        .join(Signup, col(Signup.event_id) == col(Event.id))
        .where(
            Signup.member_id == member_id,
            col(Signup.state).in_(TOOK_PART),
            col(Event.ends_at) <= now,
            col(Event.state).not_in(UNLISTED),
        )
    )
    if gates.done_number is not None:
        found = took_part.where(_dates_of(session, gates.done_number)).limit(1)
        return session.exec(found).first() is not None
    titles = (" ".join(each.text_of("title").versions()) for each in session.exec(took_part))
    return rules.has_done(gates, list(titles))


def _dates_of(session: Session, event_id: int) -> ColumnElement[bool]:
    """Return the condition of an event and the other dates of its series."""
    conditions = [col(Event.id) == event_id]
    event = session.get(Event, event_id)
    if event is not None and event.series_id is not None:
        conditions.append(col(Event.series_id) == event.series_id)
    if event is not None and event.repeating_id is not None:
        conditions.append(col(Event.repeating_id) == event.repeating_id)
    return or_(*conditions)


def next_to_do(session: Session, event: Event, caller: Caller, now: Moment) -> Event | None:
    """Return the soonest event by which a member could do what is to be done before this one."""
    gates = rules.from_column(event.gates)
    query = (
        select(Event)
        .where(
            col(Event.starts_at) > now,
            col(Event.state).not_in(UNLISTED),
            Event.id != event.id,
        )
        .order_by(col(Event.starts_at), col(Event.id))
    )
    if gates.done_number is not None:
        return session.exec(query.where(_dates_of(session, gates.done_number)).limit(1)).first()
    for number in lookup.matching(session, gates.done_title, now, caller=caller):
        found = session.get_one(Event, number)
        titles = [" ".join(found.text_of("title").versions())]
        if found.id != event.id and found.starts_at > now and rules.has_done(gates, titles):
            return found
    return None


# A word when sign-up opens


@dataclass(frozen=True, slots=True)
class Noted:
    """The member is told when sign-up opens."""

    at: datetime


@dataclass(frozen=True, slots=True)
class NotNoted:
    """Nothing was noted: sign-up is open, or the event takes no sign-ups any more."""

    event: Event


def tell_at_opening(
    session: Session, event_id: int, member_id: int, now: Moment
) -> Noted | NotNoted | None:
    """Tell a member when sign-up for an event opens, outside their quiet hours."""
    event = events.get(session, event_id)
    if event is None:
        return None
    if windows.refusal(EventAct.SIGN_UP, event, now) is not None:
        return NotNoted(event)
    if event.opens_at is None or event.opens_at <= now:
        return NotNoted(event)
    _plan(session, event, member_id, event.opens_at, now)
    return Noted(event.opens_at)


def is_told(session: Session, event: Event, member_id: int) -> bool:
    """Return whether a member will be told when sign-up for an event opens."""
    if event.opens_at is None:
        return False
    found = select(Delivery.id).where(
        Delivery.key == _key(event, member_id, event.opens_at),
        col(Delivery.state).in_(OPEN_STATES),
    )
    return session.exec(found).first() is not None


def keep_within(session: Session, event: Event, now: Moment) -> None:
    """Open sign-up at once where it would open after it ends, for the event was moved."""
    if event.opens_at is not None and event.opens_at >= windows.sign_up_ends(event):
        event.opens_at = None
        session.add(event)
        session.flush()
        tell_anew(session, event, now)


def tell_anew(session: Session, event: Event, now: Moment) -> None:
    """Tell those who want to know when sign-up opens at its new time, which may be now."""
    waiting = session.exec(
        select(Delivery).where(
            Delivery.topic == OPENS,
            col(Delivery.key).startswith(f"opens:{event.id}:"),
            col(Delivery.state).in_(OPEN_STATES),
        )
    ).all()
    members = sorted({each.member_id for each in waiting if each.member_id is not None})
    deliveries.withdraw(session, members, [OPENS], {"event_id": event.id}, now)
    for each in members:
        _plan(session, event, each, max(event.opens_at or now, now), now)


def _plan(session: Session, event: Event, member_id: int, at: Moment, now: Moment) -> None:
    deliveries.plan_for_member(
        session,
        member_id,
        key=_key(event, member_id, at),
        topic=OPENS,
        facts={"event_id": event.id},
        due_at=at,
        expires_at=max(windows.sign_up_ends(event), at),
        now=now,
    )


def _key(event: Event, member_id: int, at: Moment) -> str:
    return f"opens:{event.id}:{member_id}:{int(at.timestamp())}"
