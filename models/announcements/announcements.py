"""Announcements: drafted, approved where they are wide, sent, stopped, corrected."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Select, delete, update
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.announcements import audiences
from models.network import audit, roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.announcements.audience import Audience
from models.rules.dates import recurrence
from models.rules.network import permissions
from models.rules.network.permissions import Act, Alone, Place
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, OPEN_STATES, Delivery, DeliveryState
from models.store import Moment, one_of

LONGEST = 500
"""Characters in an announcement: in Chinese three quarters of what WeChat takes in one message."""

DROPPED_AT_ONCE = 500
STOPPED = "stopped"

_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]


class AnnouncementState(StrEnum):
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
UNDER_WAY = (
    AnnouncementState.APPROVED,
    AnnouncementState.TRIAL,
    AnnouncementState.HELD,
    AnnouncementState.PLANNING,
    AnnouncementState.RUNNING,
)


class Announcement(SQLModel, table=True):
    """One text to an audience.

    ``team_id`` says that it is written for a team, by its captain's right. ``link`` is the button
    below it: ``event:12``, ``team:3`` or empty. ``urgent`` is why quiet hours and the daily cap
    are overridden, empty where they are not. In TRIAL it has gone to a few only, and HELD says that
    those did not get it well and somebody must decide; DONE that nothing goes out any more, though
    some of it may wait for members to write. ``first_at`` is when it is wanted, None for at
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
    corrects_id: int | None = Field(default=None, foreign_key="announcement.id")
    first_at: Moment | None = None
    due_at: Moment | None = Field(default=None, index=True)
    repeat: Repeat = Field(default=Repeat.ONCE, sa_type=one_of(Repeat))
    state: AnnouncementState = Field(
        default=AnnouncementState.DRAFT, sa_type=one_of(AnnouncementState), index=True
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


def get(session: Session, announcement_id: int) -> Announcement | None:
    return session.get(Announcement, announcement_id)


def locked(
    session: Session, announcement_id: int, *, skip_locked: bool = False
) -> Announcement | None:
    """The row, nobody else's to change until the transaction ends.

    None where there is none; with ``skip_locked`` also where another process has it now.
    """
    return session.exec(
        select(Announcement)
        .where(Announcement.id == announcement_id)
        .with_for_update(skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    ).first()


def recent(session: Session, member_id: int, limit: int = 5) -> Sequence[Announcement]:
    """What this member has sent or asked to send, the newest first."""
    return session.exec(
        select(Announcement)
        .where(
            Announcement.by_member_id == member_id, Announcement.state != AnnouncementState.DRAFT
        )
        .order_by(col(Announcement.id).desc())
        .limit(limit)
    ).all()


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """What this member has written to others, as plain values."""
    rows = session.exec(
        select(Announcement)
        .where(Announcement.by_member_id == member_id)
        .order_by(col(Announcement.id))
    )
    return [{"text": each.text, "at": each.created_at, "state": each.state} for each in rows]


def act_of(announcement: Announcement) -> Act:
    """By which right it is sent."""
    return Act.ANNOUNCE if announcement.team_id is None else Act.POST_TO_TEAM


def may_send(session: Session, announcement: Announcement, member_id: int, now: Moment) -> bool:
    """Whether this member may write there, to these people."""
    station = session.get_one(Station, announcement.station_id)
    act = act_of(announcement)
    if not roles.may(session, member_id, act, station, now, team_id=announcement.team_id):
        return False
    if announcement.urgent and not roles.may(session, member_id, Act.SEND_URGENT, station, now):
        return False
    if announcement.corrects_id is not None:
        return announcement.aim == Audience(got=(announcement.corrects_id,))
    if announcement.team_id is not None:
        return announcement.aim.teams == (announcement.team_id,)
    return audiences.is_within(session, announcement.aim, station)


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
) -> Announcement:
    """Begin an announcement; nothing is sent before it is started."""
    assert station.id is not None
    row = Announcement(
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


def change(session: Session, announcement: Announcement, **values: Any) -> None:
    """Change a draft; what has been asked for or sent stays as it is."""
    if announcement.state != AnnouncementState.DRAFT:
        return
    for name, value in values.items():
        setattr(announcement, name, value)
    session.add(announcement)
    session.flush()


def discard(session: Session, announcement: Announcement) -> None:
    """Throw a draft away."""
    if announcement.state == AnnouncementState.DRAFT:
        session.delete(announcement)
        session.flush()


def forget_drafts(session: Session, moment: Moment) -> None:
    """Throw away what was begun before and never sent."""
    session.execute(
        delete(Announcement).where(
            col(Announcement.state) == AnnouncementState.DRAFT,
            col(Announcement.created_at) < moment,
        )
    )


def correct(session: Session, announcement: Announcement, by: int, now: Moment) -> Announcement:
    """Begin a correction, to exactly those who got the wrong one."""
    assert announcement.id is not None
    return draft(
        session,
        session.get_one(Station, announcement.station_id),
        by,
        now,
        audience=Audience(got=(announcement.id,)),
        team_id=announcement.team_id,
        corrects_id=announcement.id,
    )


# Sending


def start(
    session: Session, announcement: Announcement, by: int, now: Moment, *, people: int, most: Alone
) -> Started | Asked | NotStarted:
    """Send it at its time, or ask a second organizer first where it is wide.

    ``people`` is how many were counted just now. What a correction corrects is stopped.
    """
    if announcement.state != AnnouncementState.DRAFT:
        return NotStarted.SENT_ALREADY
    if not announcement.text:
        return NotStarted.NO_WORDS
    if not may_send(session, announcement, by, now):
        return NotStarted.NOT_YOURS
    if not people:
        return NotStarted.NOBODY
    limit = alone(session, announcement, by, now, most)
    able: Sequence[Member] = ()
    if people > limit:
        station = session.get_one(Station, announcement.station_id)
        able = roles.who_can(session, Act.APPROVE_ANNOUNCEMENT, station, now, but=by)
        if not able:
            return NotStarted.NO_APPROVER
    _stop_the_wrong_one(session, announcement, by, now)
    step = "asked" if able else "started"
    _record(session, announcement, act_of(announcement), by, now, step=step, people=people)
    if announcement.urgent:
        why = announcement.urgent
        _record(session, announcement, Act.SEND_URGENT, by, now, step=step, reason=why)
    if not able:
        return _begin(session, announcement, now)
    announcement.state, announcement.reason = AnnouncementState.ASKED, ""
    _keep(session, announcement)
    return Asked(able, people, limit)


def _stop_the_wrong_one(session: Session, announcement: Announcement, by: int, now: Moment) -> None:
    """Nobody shall get it after its correction has been planned."""
    if announcement.corrects_id is not None:
        wrong = locked(session, announcement.corrects_id)
        if wrong is not None:
            stop(session, wrong, by, now)


def alone(session: Session, announcement: Announcement, by: int, now: Moment, most: Alone) -> int:
    """To how many people this member writes there without a second organizer."""
    station = session.get_one(Station, announcement.station_id)
    place = Place(station.path, announcement.team_id)
    return permissions.alone(
        act_of(announcement), roles.held_by(session, by, now), place, now, most
    )


def approve(session: Session, announcement: Announcement, by: int, now: Moment) -> Started | None:
    """Let a wide one go out; None when it does not wait for that, or not for this member."""
    if not _may_judge(session, announcement, by, now):
        return None
    announcement.approved_by = by
    _record(session, announcement, Act.APPROVE_ANNOUNCEMENT, by, now, step="approved")
    return _begin(session, announcement, now)


def refuse(session: Session, announcement: Announcement, by: int, reason: str, now: Moment) -> bool:
    """Give a wide one back to who wrote it; False as in ``approve``."""
    if not _may_judge(session, announcement, by, now):
        return False
    announcement.state, announcement.reason = AnnouncementState.DRAFT, reason
    _keep(session, announcement)
    _record(session, announcement, Act.APPROVE_ANNOUNCEMENT, by, now, step="refused")
    return True


def _may_judge(session: Session, announcement: Announcement, by: int, now: Moment) -> bool:
    """Nobody approves their own."""
    if announcement.state != AnnouncementState.ASKED or announcement.by_member_id == by:
        return False
    station = session.get_one(Station, announcement.station_id)
    return roles.may(session, by, Act.APPROVE_ANNOUNCEMENT, station, now)


def _begin(session: Session, announcement: Announcement, now: Moment) -> Started:
    wanted = announcement.first_at or now
    announcement.first_at = wanted
    announcement.due_at = max(wanted, now)
    announcement.state = AnnouncementState.APPROVED
    _keep(session, announcement)
    return Started(announcement.due_at, wanted <= now)


def can_be_stopped(session: Session, announcement: Announcement) -> bool:
    """Whether there is something that has not gone out yet."""
    if announcement.state == AnnouncementState.DONE:
        return pends(session, announcement)
    return announcement.state in (*UNDER_WAY, AnnouncementState.ASKED)


def stop(session: Session, announcement: Announcement, by: int, now: Moment) -> bool:
    """End it at once: what is pending is dropped, what is on its way is asked again and dropped.

    False when there is nothing to stop. Who wrote it is told when it was somebody else.
    """
    if not can_be_stopped(session, announcement):
        return False
    was_begun = announcement.run > 0
    announcement.state = AnnouncementState.STOPPED
    announcement.due_at, announcement.ended_at = None, now
    announcement.dropping, announcement.counts = True, {}
    _keep(session, announcement)
    _record(session, announcement, act_of(announcement), by, now, step="stopped")
    if was_begun:
        drop_pending(session, announcement, now)
    if announcement.by_member_id != by:
        tell_author(session, announcement, "announcement-ended", now)
    return True


def drop_pending(session: Session, announcement: Announcement, now: Moment) -> None:
    """Drop a chunk of what a stopped one still owes."""
    for state in PENDING:
        chunk = _some(announcement, state, DROPPED_AT_ONCE).with_for_update(skip_locked=True)
        session.execute(
            update(_DELIVERY)
            .where(_DELIVERY.c.id.in_(chunk))
            .values(state=DeliveryState.DROPPED, reason=STOPPED, settled_at=now)
        )


def resume(
    session: Session, announcement: Announcement, by: int, now: Moment, zone: ZoneInfo
) -> bool:
    """Send the rest of one that was held after its trial; False when it is not held any more."""
    if announcement.state != AnnouncementState.HELD:
        return False
    announcement.state = AnnouncementState.PLANNING
    if (
        announcement.due_at is not None
        and announcement.due_at <= now
        and announcement.first_at is not None
    ):
        # The weeks in which it was held are not caught up with.
        announcement.due_at = recurrence.next_weekly(announcement.first_at, now, zone)
    _keep(session, announcement)
    _record(session, announcement, act_of(announcement), by, now, step="resumed")
    return True


def tell_author(session: Session, announcement: Announcement, topic: str, now: Moment) -> None:
    """Owe whoever wrote it a word about how it went."""
    if announcement.by_member_id is None:
        return
    deliveries.plan_for_member(
        session,
        announcement.by_member_id,
        key=f"{topic}:{announcement.id}:{announcement.run}",
        topic=topic,
        facts={"announcement_id": announcement.id, "run": announcement.run},
        due_at=now,
        expires_at=now + A_WEEK,
        now=now,
    )


# How it stands


def pends(session: Session, announcement: Announcement) -> bool:
    """Whether any of it waits to be sent or to be shown."""
    return _has(session, announcement, PENDING)


def owes(session: Session, announcement: Announcement) -> bool:
    """Whether any of it is still to go out by itself."""
    return _has(session, announcement, (DeliveryState.PLANNED, DeliveryState.LEASED))


def is_open(session: Session, announcement: Announcement) -> bool:
    """Whether any of it has no end yet."""
    return _has(session, announcement, OPEN_STATES)


def _has(session: Session, announcement: Announcement, states: Sequence[DeliveryState]) -> bool:
    return any(session.execute(_some(announcement, state, 1)).first() for state in states)


def _some(announcement: Announcement, state: DeliveryState, most: int) -> Select[Any]:
    """In the index's order: PostgreSQL would rather read a million for the last few."""
    return (
        select(_DELIVERY.c.id)
        .where(_DELIVERY.c.announcement_id == announcement.id, _DELIVERY.c.state == state)
        .order_by(_DELIVERY.c.run)
        .limit(most)
    )


def opened(session: Session, announcement: Announcement, member_id: int, now: Moment) -> None:
    """Somebody pressed the button below it: they have read it, whatever their platform tells."""
    session.execute(
        update(_DELIVERY)
        .where(
            _DELIVERY.c.announcement_id == announcement.id,
            _DELIVERY.c.member_id == member_id,
            _DELIVERY.c.run == announcement.run,
            _DELIVERY.c.read_at.is_(None),
        )
        .values(read_at=now)
    )


def forget_member(session: Session, member_id: int) -> None:
    """Let what somebody wrote stand without them; their drafts go."""
    session.execute(
        delete(Announcement).where(
            col(Announcement.by_member_id) == member_id,
            col(Announcement.state) == AnnouncementState.DRAFT,
        )
    )
    for name in ("by_member_id", "approved_by"):
        session.execute(
            update(Announcement)
            .where(getattr(Announcement, name) == member_id)
            .values({name: None})
        )


def _keep(session: Session, announcement: Announcement) -> None:
    session.add(announcement)
    session.flush()


def _record(
    session: Session, announcement: Announcement, act: Act, by: int, now: Moment, **details: Any
) -> None:
    subject = f"announcement:{announcement.id}"
    audit.record(session, by, act, subject, now, station_id=announcement.station_id, **details)
