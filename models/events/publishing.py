"""Publish events: at once for an organizer's own station or team, else after approval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from secrets import token_hex
from typing import Any

from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from models.events import entries, questionnaire
from models.events.events import Category, Event, EventState, Kind
from models.network import audit, roles, stations
from models.network.members import Member
from models.network.stations import Station
from models.network.translations import Translations
from models.rules.events import gates
from models.rules.events.publishing import PublishRight, publish_right
from models.rules.events.shares import Said
from models.rules.events.states import DrawState
from models.rules.network import permissions
from models.rules.network.permissions import Act, Place
from models.rules.search import sounds
from models.sending import deliveries
from models.store import Moment

USUAL_LENGTH = timedelta(hours=2)
LAST_HOUR = timedelta(hours=1)
"""How long before the start both sides are told that an approval still waits."""

A_DAY = timedelta(days=1)
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to be published; without ``seats`` there is room for everyone.

    ``station_id`` and ``team_id`` are its host, ``audience`` whom it admits, as its column has it.
    With ``is_drawn`` its seats are drawn among all who enter by ``closes_at``.
    ``shares`` are the seats by the answers to ready-made questions, which are asked then.
    ``opens_at`` and ``gates`` are the conditions of a sign-up, as columns.
    ``details`` are the columns of ``models.rules.events.details``.
    """

    station_id: int
    title: str
    starts_at: Moment
    ends_at: Moment
    category: Category
    kind: Kind
    place: str = ""
    seats: int | None = None
    team_id: int | None = None
    picture_id: int | None = None
    map_url: str = ""
    translations: Translations = field(default_factory=dict)
    audience: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    closes_at: Moment | None = None
    opens_at: Moment | None = None
    gates: str = ""
    is_drawn: bool = False
    shares: Sequence[Said] = ()


# Outcomes


@dataclass(frozen=True, slots=True)
class Published:
    event: Event


@dataclass(frozen=True, slots=True)
class Asked:
    """The event waits for approval by one of these members."""

    event: Event
    of: Sequence[Member]


@dataclass(frozen=True, slots=True)
class NobodyToAsk:
    station: Station


@dataclass(frozen=True, slots=True)
class MayNotPublish:
    pass


@dataclass(frozen=True, slots=True)
class Answered:
    """The event was approved or sent back; ``before`` if it had been answered already."""

    event: Event
    before: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """The event has begun already, so it cannot be published."""

    event: Event


def publish(
    session: Session, draft: Draft, by: int, now: Moment
) -> Published | Asked | NobodyToAsk | MayNotPublish | Over:
    """Publish an event, or ask the members who may approve it.

    Nothing is stored unless the result is Published or Asked.
    """
    station = stations.get(session, draft.station_id)
    if station is None:
        return MayNotPublish()
    held = roles.held_by(session, by, now)
    may = publish_right(held, Place(station.path, draft.team_id), now)
    if may == PublishRight.NO:
        return MayNotPublish()
    able: Sequence[Member] = ()
    if may == PublishRight.ASKS:
        able = roles.who_can(session, Act.APPROVE_EVENT, station, now, but=by)
        if not able:
            return NobodyToAsk(station)
    event = event_of(draft)
    if event.starts_at <= now:
        return Over(event)
    event.by_member_id = by
    event.state = EventState.ASKED if able else EventState.OPEN
    if able and event.starts_at - LAST_HOUR <= now:
        event.asked_again_at = now
    session.add(event)
    session.flush()
    if draft.shares:
        questionnaire.share_by_answers(session, event, draft.shares)
    if draft.is_drawn:
        entries.begin(session, event, event.closes_at, now)
    subject = f"event:{event.id}"
    audit.record(
        session, by, Act.PUBLISH_EVENT, subject, now, station_id=station.id, asks=bool(able)
    )
    if not able:
        return Published(event)
    for member in able:
        _tell(session, member.id, "approve-event", f"approve-event:{event.id}", event, now)
    return Asked(event, able)


def event_of(draft: Draft) -> Event:
    """Return the event that a draft becomes; sign-up closes when it starts, if not before."""
    event = Event(
        code=f"chat-{token_hex(6)}",
        station_id=draft.station_id,
        team_id=draft.team_id,
        category=draft.category,
        kind=draft.kind,
        title=draft.title,
        place=draft.place,
        map_url=draft.map_url,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        closes_at=min(draft.closes_at or draft.starts_at, draft.starts_at),
        seats=draft.seats,
        picture_id=draft.picture_id,
        translations=draft.translations,
        audience=draft.audience,
        opens_at=draft.opens_at,
        gates=_gates_of(draft),
        **draft.details,
        draw=DrawState.ENTERING if draft.is_drawn else DrawState.NONE,
    )
    event.search = sounds.index(*event.text_of("title").versions())
    return event


def _gates_of(draft: Draft) -> str:
    """Return the conditions of a draft; where its seats are drawn nobody is let in by hand."""
    if not draft.is_drawn:
        return draft.gates
    return replace(gates.from_column(draft.gates), approval=False).to_column()


def approve(session: Session, event_id: int, by: int, now: Moment) -> Answered | Over:
    """Show an event to members and notify its author; no one approves their own.

    Raises NotAllowed when ``by`` may not approve it.
    """
    event = _to_answer(session, event_id, by, now)
    if event.state != EventState.ASKED or event.by_member_id == by:
        return Answered(event, before=True)
    if event.starts_at <= now:
        return Over(event)
    event.state = EventState.OPEN
    return _answered(session, event, by, now)


def send_back(session: Session, event_id: int, reason: str, by: int, now: Moment) -> Answered:
    """Return an event to its author, with a notice; no one answers their own.

    ``reason`` is a sentence for its author, or empty. Raises NotAllowed when ``by`` may not
    approve it.
    """
    event = _to_answer(session, event_id, by, now)
    if event.state != EventState.ASKED or event.by_member_id == by:
        return Answered(event, before=True)
    event.state, event.reason = EventState.RETURNED, reason
    return _answered(session, event, by, now)


def _answered(session: Session, event: Event, by: int, now: Moment) -> Answered:
    session.add(event)
    session.flush()
    audit.record(
        session,
        by,
        Act.APPROVE_EVENT,
        f"event:{event.id}",
        now,
        station_id=event.station_id,
        state=str(event.state),
    )
    _tell(session, event.by_member_id, "event-answered", f"event-answered:{event.id}", event, now)
    return Answered(event)


def _to_answer(session: Session, event_id: int, by: int, now: Moment) -> Event:
    event = session.get_one(Event, event_id, with_for_update=True)
    roles.require(session, by, Act.APPROVE_EVENT, event.station_id, now)
    return event


def _tell(
    session: Session,
    member_id: int | None,
    topic: str,
    key: str,
    event: Event,
    now: Moment,
    useful: timedelta = timedelta(minutes=1),
) -> None:
    if member_id is None:
        return
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{key}:{member_id}",
        topic=topic,
        facts={"event_id": event.id},
        due_at=now,
        expires_at=max(event.starts_at, now + useful),
        now=now,
        about=event.by_member_id if event.by_member_id != member_id else None,
    )


# Approvals that were not given


def any_unanswered(session: Session, now: Moment) -> bool:
    """Return whether ``remind_or_give_up`` has work."""
    return session.exec(_unanswered(now).limit(1)).first() is not None


def remind_or_give_up(session: Session, now: Moment) -> int:
    """Tell both sides an hour before the start that an approval waits; give up at the start."""
    rows = session.exec(_unanswered(now).limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    for event in rows:
        by = event.by_member_id
        if event.starts_at <= now:
            event.state = EventState.LAPSED
            _tell(session, by, "event-lapsed", f"event-lapsed:{event.id}", event, now, A_DAY)
        else:
            event.asked_again_at = now
            _tell(session, by, "event-waits", f"event-waits:{event.id}", event, now)
            station = session.get_one(Station, event.station_id)
            for member in roles.who_can(session, Act.APPROVE_EVENT, station, now, but=by):
                key = f"event-approval-waits:{event.id}"
                _tell(session, member.id, "event-approval-waits", key, event, now)
        session.add(event)
    session.flush()
    return len(rows)


def _unanswered(now: Moment) -> SelectOfScalar[Event]:
    starts_at = col(Event.starts_at)
    is_near = and_(starts_at <= now + LAST_HOUR, col(Event.asked_again_at).is_(None))
    # Without the lower bound every past event would be read, each second.
    return (
        select(Event)
        .where(
            starts_at > now - A_DAY,
            starts_at <= now + LAST_HOUR,
            Event.state == EventState.ASKED,
            or_(starts_at <= now, is_near),
        )
        .order_by(starts_at)
    )


# Reading


def to_be_answered(session: Session, member_id: int, now: Moment) -> Sequence[Event]:
    """Return the events that wait for this member's approval, the soonest first."""
    paths = [
        held.path
        for held in roles.held_by(session, member_id, now)
        if held.role in permissions.roles_for(Act.APPROVE_EVENT)
    ]
    if not paths:
        return []
    below = select(Station.id).where(or_(*(col(Station.path).startswith(path) for path in paths)))
    return session.exec(
        select(Event)
        .where(
            Event.state == EventState.ASKED,
            col(Event.starts_at) > now,
            Event.by_member_id != member_id,
            col(Event.station_id).in_(below),
        )
        .order_by(col(Event.starts_at))
        .limit(20)
    ).all()
