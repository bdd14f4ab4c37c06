"""Announcements: drafted, approved where they are wide, planned in chunks, stopped, corrected."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, and_, delete, exists, func, or_, update
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models import audiences, audit, roles
from models.deliveries import A_WEEK, OPEN_STATES, Delivery, DeliveryState
from models.events import Event
from models.members import Member
from models.rules import permissions, recurrence
from models.rules.audience import Audience
from models.rules.permissions import Act, Place
from models.stations import Station
from models.store import Moment, one_of

LONGEST = 500
"""Characters in an announcement: in Chinese three quarters of what WeChat takes in one message."""

DROPPED_AT_ONCE = 1000
STOPPED = "stopped"
A_MINUTE = timedelta(minutes=1)

_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]


class BroadcastState(StrEnum):
    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    TRIAL = "trial"
    HELD = "held"
    PLANNING = "planning"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class Repeat(StrEnum):
    ONCE = ""
    WEEKLY = "weekly"


PENDING = (DeliveryState.PLANNED, DeliveryState.WAITING)
UNDER_WAY = (BroadcastState.APPROVED, BroadcastState.PLANNING, BroadcastState.RUNNING)


class Broadcast(SQLModel, table=True):
    """One text to an audience.

    ``team_id`` says that it is written for a team, by its captain's right. ``link`` is the button
    below it: ``event:12``, ``team:3`` or empty. ``urgent`` is why quiet hours and the daily cap
    are overridden, empty where they are not. ``first_at`` is when it is wanted, None for at
    once; ``due_at`` when it is planned next. ``run`` counts the weeks of one that repeats,
    ``after_id`` is how far its planning has come. ``counts`` keeps how it ended. ``dropping`` says
    that not all of a stopped one has been dropped yet.
    """

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    audience: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))
    text: str = ""
    text_en: str = ""
    picture_id: int | None = Field(default=None, foreign_key="picture.id")
    link: str = ""
    corrects_id: int | None = Field(default=None, foreign_key="broadcast.id")
    first_at: Moment | None = None
    due_at: Moment | None = Field(default=None, index=True)
    repeat: Repeat = Field(default=Repeat.ONCE, sa_type=one_of(Repeat))
    state: BroadcastState = Field(
        default=BroadcastState.DRAFT, sa_type=one_of(BroadcastState), index=True
    )
    run: int = 0
    after_id: int = 0
    dropping: bool = False
    approved_by: int | None = Field(default=None, foreign_key="member.id")
    reason: str = ""
    urgent: str = ""
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))
    created_at: Moment
    started_at: Moment | None = None
    ended_at: Moment | None = None

    @property
    def aim(self) -> Audience:
        return Audience.from_json(self.audience)


# Outcomes of sending


@dataclass(frozen=True, slots=True)
class Started:
    """It is sent at ``due_at``; ``now`` says that that is at once."""

    due_at: Moment
    now: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """It is wide: these may approve it."""

    approvers: Sequence[Member]
    count: int
    most: int


class NotStarted(StrEnum):
    """Why nothing is sent."""

    SENT_ALREADY = "sent already"
    NO_WORDS = "no words"
    NOBODY = "nobody"
    NOT_YOURS = "not yours"
    NO_APPROVER = "no approver"


# Looking


def get(session: Session, broadcast_id: int) -> Broadcast | None:
    return session.get(Broadcast, broadcast_id)


def locked(session: Session, broadcast_id: int) -> Broadcast | None:
    """The row, nobody else's to change until the transaction ends."""
    return session.exec(
        select(Broadcast)
        .where(Broadcast.id == broadcast_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def recent(session: Session, member_id: int, limit: int = 5) -> Sequence[Broadcast]:
    """What this member has sent or asked to send, the newest first."""
    return session.exec(
        select(Broadcast)
        .where(Broadcast.by_member_id == member_id, Broadcast.state != BroadcastState.DRAFT)
        .order_by(col(Broadcast.id).desc())
        .limit(limit)
    ).all()


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """What this member has written to others, as plain values."""
    rows = session.exec(
        select(Broadcast).where(Broadcast.by_member_id == member_id).order_by(col(Broadcast.id))
    )
    return [{"text": each.text, "at": each.created_at, "state": each.state} for each in rows]


def act_of(broadcast: Broadcast) -> Act:
    """By which right it is sent."""
    return Act.ANNOUNCE if broadcast.team_id is None else Act.POST_TO_TEAM


def may_send(session: Session, broadcast: Broadcast, member_id: int, now: Moment) -> bool:
    """Whether this member may write there, to these people."""
    station = session.get_one(Station, broadcast.station_id)
    act = act_of(broadcast)
    if not roles.may(session, member_id, act, station, now, team_id=broadcast.team_id):
        return False
    if broadcast.corrects_id is not None:
        return broadcast.aim == Audience(got=(broadcast.corrects_id,))
    if broadcast.team_id is not None:
        return broadcast.aim.teams == (broadcast.team_id,)
    return audiences.is_within(session, broadcast.aim, station)


# Drafting


def draft(
    session: Session,
    station: Station,
    by: int,
    now: Moment,
    *,
    audience: Audience,
    team_id: int | None = None,
    corrects_id: int | None = None,
) -> Broadcast:
    """Begin an announcement; nothing is sent before it is started."""
    assert station.id is not None
    row = Broadcast(
        station_id=station.id,
        team_id=team_id,
        by_member_id=by,
        audience=audience.to_json(),
        corrects_id=corrects_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def change(session: Session, broadcast: Broadcast, **values: Any) -> None:
    """Change a draft; what has been asked for or sent stays as it is."""
    if broadcast.state != BroadcastState.DRAFT:
        return
    for name, value in values.items():
        setattr(broadcast, name, value)
    session.add(broadcast)
    session.flush()


def discard(session: Session, broadcast: Broadcast) -> None:
    """Throw a draft away."""
    if broadcast.state == BroadcastState.DRAFT:
        session.delete(broadcast)
        session.flush()


def forget_drafts(session: Session, moment: Moment) -> None:
    """Throw away what was begun before and never sent."""
    session.execute(
        delete(Broadcast).where(
            col(Broadcast.state) == BroadcastState.DRAFT, col(Broadcast.created_at) < moment
        )
    )


def correct(session: Session, broadcast: Broadcast, by: int, now: Moment) -> Broadcast:
    """Begin a correction, to exactly those who got the wrong one."""
    assert broadcast.id is not None
    return draft(
        session,
        session.get_one(Station, broadcast.station_id),
        by,
        now,
        audience=Audience(got=(broadcast.id,)),
        team_id=broadcast.team_id,
        corrects_id=broadcast.id,
    )


# Sending


def start(
    session: Session, broadcast: Broadcast, by: int, now: Moment
) -> Started | Asked | NotStarted:
    """Send it at its time, or ask a second organizer first where it is wide."""
    if broadcast.state != BroadcastState.DRAFT:
        return NotStarted.SENT_ALREADY
    if not broadcast.text:
        return NotStarted.NO_WORDS
    if not may_send(session, broadcast, by, now):
        return NotStarted.NOT_YOURS
    people = audiences.count(session, broadcast.aim)
    if not people:
        return NotStarted.NOBODY
    most = alone(session, broadcast, by, now)
    if people > most:
        station = session.get_one(Station, broadcast.station_id)
        able = roles.who_can(session, Act.APPROVE_BROADCAST, station, now, but=by)
        if not able:
            return NotStarted.NO_APPROVER
        broadcast.state, broadcast.reason = BroadcastState.ASKED, ""
        _keep(session, broadcast)
        _record(session, broadcast, act_of(broadcast), by, now, step="asked", people=people)
        return Asked(able, people, most)
    _record(session, broadcast, act_of(broadcast), by, now, step="started", people=people)
    return _begin(session, broadcast, now)


def alone(session: Session, broadcast: Broadcast, by: int, now: Moment) -> int:
    """To how many people this member writes there without a second organizer."""
    station = session.get_one(Station, broadcast.station_id)
    place = Place(station.path, broadcast.team_id)
    return permissions.alone(act_of(broadcast), roles.held_by(session, by, now), place, now)


def approve(session: Session, broadcast: Broadcast, by: int, now: Moment) -> Started | None:
    """Let a wide one go out; None when it does not wait for that, or not for this member."""
    if not _may_judge(session, broadcast, by, now):
        return None
    broadcast.approved_by = by
    _record(session, broadcast, Act.APPROVE_BROADCAST, by, now, step="approved")
    return _begin(session, broadcast, now)


def refuse(session: Session, broadcast: Broadcast, by: int, reason: str, now: Moment) -> bool:
    """Give a wide one back to who wrote it; False as in ``approve``."""
    if not _may_judge(session, broadcast, by, now):
        return False
    broadcast.state, broadcast.reason = BroadcastState.DRAFT, reason
    _keep(session, broadcast)
    _record(session, broadcast, Act.APPROVE_BROADCAST, by, now, step="refused")
    return True


def _may_judge(session: Session, broadcast: Broadcast, by: int, now: Moment) -> bool:
    """Nobody approves their own."""
    if broadcast.state != BroadcastState.ASKED or broadcast.by_member_id == by:
        return False
    station = session.get_one(Station, broadcast.station_id)
    return roles.may(session, by, Act.APPROVE_BROADCAST, station, now)


def _begin(session: Session, broadcast: Broadcast, now: Moment) -> Started:
    wanted = broadcast.first_at or now
    broadcast.first_at = wanted
    broadcast.due_at = max(wanted, now)
    broadcast.state = BroadcastState.APPROVED
    _keep(session, broadcast)
    return Started(broadcast.due_at, wanted <= now)


def stop(session: Session, broadcast: Broadcast, by: int, now: Moment) -> bool:
    """End it at once: what is pending is dropped, what is on its way is asked again and dropped.

    False when there is nothing to stop.
    """
    if broadcast.state not in (*UNDER_WAY, BroadcastState.ASKED):
        return False
    broadcast.state = BroadcastState.STOPPED
    broadcast.due_at, broadcast.ended_at = None, now
    broadcast.dropping = True
    _keep(session, broadcast)
    _record(session, broadcast, act_of(broadcast), by, now, step="stopped")
    _drop_pending(session, broadcast, now)
    return True


def _drop_pending(session: Session, broadcast: Broadcast, now: Moment) -> None:
    """Drop a chunk of what a stopped one still owes."""
    chunk = (
        select(_DELIVERY.c.id)
        .where(
            _DELIVERY.c.broadcast_id == broadcast.id,
            _DELIVERY.c.state.in_(PENDING),
        )
        .limit(DROPPED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    dropped = session.execute(
        update(_DELIVERY)
        .where(_DELIVERY.c.id.in_(chunk))
        .values(state=DeliveryState.DROPPED, reason=STOPPED, settled_at=now)
        .returning(_DELIVERY.c.id)
    ).all()
    if len(dropped) < DROPPED_AT_ONCE and not _is_open(session, broadcast):
        broadcast.dropping = False
        broadcast.counts = progress(session, broadcast, now).to_json()
        _keep(session, broadcast)


# Planning, by the clock


def any_due(session: Session, now: Moment) -> bool:
    """Whether an announcement is to be planned, goes on being planned, or is at its end."""
    return _next(session, now) is not None


def _next(session: Session, now: Moment) -> int | None:
    owes = exists().where(
        _DELIVERY.c.broadcast_id == col(Broadcast.id), _DELIVERY.c.state.in_(OPEN_STATES)
    )
    pends = exists().where(
        _DELIVERY.c.broadcast_id == col(Broadcast.id), _DELIVERY.c.state.in_(PENDING)
    )
    state = col(Broadcast.state)
    return session.exec(
        select(Broadcast.id)
        .where(
            or_(
                state == BroadcastState.PLANNING,
                and_(
                    state.in_((BroadcastState.APPROVED, BroadcastState.RUNNING)),
                    col(Broadcast.due_at) <= now,
                ),
                and_(state == BroadcastState.RUNNING, col(Broadcast.due_at).is_(None), ~owes),
                and_(state == BroadcastState.STOPPED, col(Broadcast.dropping), or_(pends, ~owes)),
            )
        )
        .order_by(col(Broadcast.due_at), col(Broadcast.id))
        .limit(1)
    ).first()


def advance(session: Session, now: Moment, zone: ZoneInfo) -> bool:
    """Do one short step of what is due; True when there may be more to do at once.

    Every step can be repeated, and be taken by any process.
    """
    found = _next(session, now)
    broadcast = locked(session, found) if found is not None else None
    if broadcast is None:
        return False
    # Another process may have taken the step meanwhile: what was seen is seen again, locked.
    is_due = broadcast.due_at is not None and broadcast.due_at <= now
    match broadcast.state:
        case BroadcastState.APPROVED | BroadcastState.RUNNING if is_due:
            _begin_run(session, broadcast, now, zone)
            _plan_chunk(session, broadcast, now)
        case BroadcastState.PLANNING:
            _plan_chunk(session, broadcast, now)
        case BroadcastState.RUNNING if not broadcast.due_at and not _is_open(session, broadcast):
            broadcast.state, broadcast.ended_at = BroadcastState.DONE, now
            broadcast.counts = progress(session, broadcast, now).to_json()
            _keep(session, broadcast)
        case BroadcastState.STOPPED if broadcast.dropping:
            _drop_pending(session, broadcast, now)
        case _:
            return False
    return True


def _begin_run(session: Session, broadcast: Broadcast, now: Moment, zone: ZoneInfo) -> None:
    assert broadcast.first_at is not None
    broadcast.state, broadcast.started_at = BroadcastState.PLANNING, now
    broadcast.run += 1
    broadcast.after_id = 0
    broadcast.due_at = None
    if broadcast.repeat == Repeat.WEEKLY:
        broadcast.due_at = recurrence.next_weekly(broadcast.first_at, now, zone)


def _plan_chunk(session: Session, broadcast: Broadcast, now: Moment) -> None:
    assert broadcast.id is not None
    started = broadcast.started_at or now
    last = audiences.plan_into(
        session,
        broadcast.aim,
        broadcast_id=broadcast.id,
        run=broadcast.run,
        after_id=broadcast.after_id,
        now=now,
        expires_at=_useful_until(session, broadcast, started),
    )
    if last is None:
        broadcast.state = BroadcastState.RUNNING
    else:
        broadcast.after_id = last
    _keep(session, broadcast)


def _useful_until(session: Session, broadcast: Broadcast, started: Moment) -> Moment:
    """A week, or until the event it leads to is over."""
    event = linked_event(session, broadcast)
    ends = started + A_WEEK
    return min(ends, event.ends_at) if event is not None and event.ends_at > started else ends


def linked_event(session: Session, broadcast: Broadcast) -> Event | None:
    kind, _, number = broadcast.link.partition(":")
    return session.get(Event, int(number)) if kind == "event" else None


# How it goes


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of one run. ``unreachable`` and ``not_sent`` are counted by reason."""

    planned: int = 0
    sent: int = 0
    pending: int = 0
    waiting: int = 0
    in_doubt: int = 0
    muted: int = 0
    stopped: int = 0
    unreachable: dict[str, int] = field(default_factory=dict)
    not_sent: dict[str, int] = field(default_factory=dict)
    per_minute: float = 0.0

    @property
    def minutes_left(self) -> int | None:
        """At the pace so far; None where there is none to go by."""
        return ceil(self.pending / self.per_minute) if self.per_minute else None

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def progress(session: Session, broadcast: Broadcast, now: Moment) -> Progress:
    """Count the deliveries of the latest run by how they stand."""
    if broadcast.counts and broadcast.state in (BroadcastState.DONE, BroadcastState.STOPPED):
        return Progress(**broadcast.counts)
    of_run = (_DELIVERY.c.broadcast_id == broadcast.id, _DELIVERY.c.run == broadcast.run)
    counted = session.execute(
        select(_DELIVERY.c.state, _DELIVERY.c.reason, func.count())
        .where(*of_run)
        .group_by(_DELIVERY.c.state, _DELIVERY.c.reason)
    ).all()
    numbers = dict.fromkeys(("sent", "pending", "waiting", "in_doubt", "muted", "stopped"), 0)
    unreachable: dict[str, int] = {}
    not_sent: dict[str, int] = {}
    for state, reason, number in counted:
        match DeliveryState(state):
            case DeliveryState.SENT:
                numbers["sent"] += number
            case DeliveryState.PLANNED | DeliveryState.LEASED:
                numbers["pending"] += number
            case DeliveryState.WAITING:
                numbers["waiting"] += number
            case DeliveryState.IN_DOUBT:
                numbers["in_doubt"] += number
            case DeliveryState.UNREACHABLE:
                unreachable[reason] = unreachable.get(reason, 0) + number
            case DeliveryState.DROPPED if reason in (audiences.MUTED, STOPPED):
                numbers[reason] += number
            case DeliveryState.LATE:
                not_sent["too late"] = not_sent.get("too late", 0) + number
            case DeliveryState.DROPPED | DeliveryState.REFUSED:
                not_sent[reason] = not_sent.get(reason, 0) + number
    planned = sum(number for _state, _reason, number in counted)
    pace = _per_minute(numbers["sent"], broadcast.started_at, now)
    return Progress(planned, **numbers, unreachable=unreachable, not_sent=not_sent, per_minute=pace)


def _per_minute(sent: int, since: Moment | None, now: Moment) -> float:
    return 0.0 if since is None else sent / max(1.0, (now - since) / A_MINUTE)


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody who was not reached, and why."""

    name: str
    station: str
    reason: str


def not_reached(session: Session, broadcast: Broadcast) -> list[Missed]:
    """Everybody whom the latest run did not reach, by place."""
    rows = session.execute(
        select(Member.name, func.coalesce(Station.name, ""), Delivery.state, Delivery.reason)
        .select_from(Delivery)
        .join(Member, col(Member.id) == col(Delivery.member_id))
        .outerjoin(Station, col(Station.id) == col(Member.station_id))
        .where(
            Delivery.broadcast_id == broadcast.id,
            Delivery.run == broadcast.run,
            col(Delivery.state).not_in((DeliveryState.SENT, *OPEN_STATES)),
        )
        .order_by(col(Station.path), col(Member.id))
    )
    return [Missed(name, station, reason or str(state)) for name, station, state, reason in rows]


def forget_member(session: Session, member_id: int) -> None:
    """Let what somebody wrote stand without them; their drafts go."""
    session.execute(
        delete(Broadcast).where(
            col(Broadcast.by_member_id) == member_id,
            col(Broadcast.state) == BroadcastState.DRAFT,
        )
    )
    for name in ("by_member_id", "approved_by"):
        session.execute(
            update(Broadcast).where(getattr(Broadcast, name) == member_id).values({name: None})
        )


def _is_open(session: Session, broadcast: Broadcast) -> bool:
    return bool(
        session.execute(
            select(
                exists().where(
                    _DELIVERY.c.broadcast_id == broadcast.id,
                    _DELIVERY.c.state.in_(OPEN_STATES),
                )
            )
        ).scalar()
    )


def _keep(session: Session, broadcast: Broadcast) -> None:
    session.add(broadcast)
    session.flush()


def _record(
    session: Session, broadcast: Broadcast, act: Act, by: int, now: Moment, **details: Any
) -> None:
    subject = f"broadcast:{broadcast.id}"
    audit.record(session, by, act, subject, now, station_id=broadcast.station_id, **details)
