"""Announcements: the table, reading it, and drafting."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, and_, delete, false, or_, update
from sqlalchemy import Column as SAColumn
from sqlalchemy import text as sql
from sqlmodel import Field, Session, col, select

from models.network import roles
from models.network.stations import Station
from models.network.translations import Translatable, translations_of
from models.rules.languages import Translated
from models.rules.network import permissions
from models.rules.network.audience import Audience
from models.rules.network.permissions import Act
from models.sending.deliveries import Delivery
from models.store import Moment, one_of, table_of

MAX_LENGTH = 500
"""Characters in an announcement: in Chinese three quarters of what WeChat takes in one message."""

_DELIVERY = table_of(Delivery)


class AnnouncementState(StrEnum):
    """DRAFT, ASKED (if it needs approval), APPROVED, TRIAL, PLANNING, RUNNING, DONE.

    LAPSED was not approved in time. TRIAL has gone to a few members only. HELD waits for an
    organizer's decision, for the reason in ``held_for``. RUNNING has all its deliveries planned;
    DONE has none left to send by itself, though some may wait for their member's next message.
    STOPPED was ended by an organizer.
    """

    DRAFT = "draft"
    ASKED = "asked"
    LAPSED = "lapsed"
    APPROVED = "approved"
    TRIAL = "trial"
    HELD = "held"
    PLANNING = "planning"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class HeldFor(StrEnum):
    """Why an announcement is held: its trial failed, its sender lost the right, or it is late."""

    TRIAL = ""
    RIGHT = "right"
    LATE = "late"


class Repeat(StrEnum):
    ONCE = ""
    WEEKLY = "weekly"


class Announcement(Translatable, table=True):
    """One text to an audience.

    ``audience`` is an ``Audience`` as JSON. ``team_id`` is set when it is written for a team, by
    its captain's right. ``link`` is the button below it: ``event:12``, ``team:3`` or empty.
    ``urgent`` is the reason for overriding quiet hours and the daily cap, empty where they hold.
    ``released_by`` is the organizer by whose right it goes out where its author's has ended.
    ``first_at`` is the time its author chose, None for at once; ``due_at`` the next time its
    deliveries are planned, or that something is done about an approval not given. ``run`` counts
    the weeks of a repeated one; ``after_id`` is the last member whose delivery of this run is
    planned. ``counts`` is the ``Progress`` at its end, as JSON. ``dropping`` says that open
    deliveries of a stopped one still have to be dropped.
    """

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    audience: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))
    text: str = ""
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
    released_by: int | None = Field(default=None, foreign_key="member.id")
    held_for: HeldFor = Field(
        default=HeldFor.TRIAL,
        sa_type=one_of(HeldFor),
        sa_column_kwargs={"server_default": sql("''")},
    )
    reason: str = ""
    urgent: str = ""
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))
    created_at: Moment
    started_at: Moment | None = None
    ended_at: Moment | None = None

    @property
    def aim(self) -> Audience:
        """``audience`` as a value."""
        return Audience.from_json(self.audience)


# Looking


def get(session: Session, announcement_id: int) -> Announcement | None:
    return session.get(Announcement, announcement_id)


def locked(
    session: Session, announcement_id: int, *, skip_locked: bool = False
) -> Announcement | None:
    """The row, locked until the transaction ends; None when there is none.

    With ``skip_locked`` also None while another transaction holds the lock.
    """
    return session.exec(
        select(Announcement)
        .where(Announcement.id == announcement_id)
        .with_for_update(skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    ).first()


def recent(
    session: Session, member_id: int, now: Moment, *, skip: int = 0, limit: int = 6
) -> Sequence[Announcement]:
    """Return what this member has sent or may manage, newest first."""
    return session.exec(
        select(Announcement)
        .where(managed_by(session, member_id, now))
        .order_by(col(Announcement.id).desc())
        .offset(skip)
        .limit(limit)
    ).all()


def before(
    session: Session, member_id: int, now: Moment, announcement_id: int | None, limit: int
) -> Sequence[Announcement]:
    """``recent`` from before this one on, from the newest where it is None."""
    query = select(Announcement).where(managed_by(session, member_id, now))
    if announcement_id is not None:
        query = query.where(col(Announcement.id) < announcement_id)
    return session.exec(query.order_by(col(Announcement.id).desc()).limit(limit)).all()


def managed_by(session: Session, member_id: int, now: Moment) -> ColumnElement[bool]:
    """Return the condition of an announcement that this member has sent or may manage; no draft.

    That is what was sent from the places that they organize and from all below, and for the teams
    that they lead.
    """
    held = roles.held_by(session, member_id, now)
    may = permissions.roles_for(Act.APPROVE_ANNOUNCEMENT)
    paths = [each.path for each in held if each.role in may]
    led = [each.team_id for each in held if each.role in permissions.LEADERS]
    below = select(Station.id).where(_below(paths))
    theirs = or_(
        col(Announcement.by_member_id) == member_id,
        col(Announcement.station_id).in_(below),
        col(Announcement.team_id).in_(led),
    )
    return and_(theirs, col(Announcement.state) != AnnouncementState.DRAFT)


def _below(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(col(Station.path).startswith(each) for each in paths)) if paths else false()


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """What this member wrote, drafts included, as plain values for an export of own data."""
    rows = session.exec(
        select(Announcement)
        .where(Announcement.by_member_id == member_id)
        .order_by(col(Announcement.id))
    )
    return [
        {
            "text": each.text,
            "translations": each.text_of("text").translations,
            "at": each.created_at,
            "state": each.state,
        }
        for each in rows
    ]


# Drafting


def unsent(session: Session, member_id: int) -> Announcement | None:
    """Return the newest draft of a member that has words already."""
    return session.exec(
        select(Announcement)
        .where(
            Announcement.by_member_id == member_id,
            Announcement.state == AnnouncementState.DRAFT,
            Announcement.text != "",
        )
        .order_by(col(Announcement.id).desc())
        .limit(1)
    ).first()


def drafts(session: Session, member_id: int, limit: int) -> Sequence[Announcement]:
    """Return the drafts of a member, the newest first."""
    return session.exec(
        select(Announcement)
        .where(
            Announcement.by_member_id == member_id,
            Announcement.state == AnnouncementState.DRAFT,
        )
        .order_by(col(Announcement.id).desc())
        .limit(limit)
    ).all()


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
    """Add a draft; ``lifecycle.start`` sends it. ``by`` is its author's member id."""
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
    """Set columns of a draft; do nothing in any other state."""
    if announcement.state != AnnouncementState.DRAFT:
        return
    for name, value in values.items():
        setattr(announcement, name, value)
    session.add(announcement)
    session.flush()


def translate(session: Session, announcement: Announcement, language: str, text: str) -> None:
    """Write a draft's text in another language; an empty one takes it away."""
    said = announcement.text_of("text")
    translated = Translated(said.text, {**said.translations, language: text})
    change(session, announcement, translations=translations_of({"text": translated}))


def discard(session: Session, announcement: Announcement) -> None:
    """Delete a draft; do nothing in any other state."""
    if announcement.state == AnnouncementState.DRAFT:
        session.delete(announcement)
        session.flush()


def forget_drafts(session: Session, moment: Moment) -> None:
    """Delete the drafts that were begun before a moment."""
    session.execute(
        delete(Announcement).where(
            col(Announcement.state) == AnnouncementState.DRAFT,
            col(Announcement.created_at) < moment,
        )
    )


def correct(session: Session, announcement: Announcement, by: int, now: Moment) -> Announcement:
    """Draft a correction, to exactly those who received ``announcement``."""
    return draft(
        session,
        session.get_one(Station, announcement.station_id),
        by,
        now,
        audience=Audience(got=(announcement.id,)),
        team_id=announcement.team_id,
        corrects_id=announcement.id,
    )


def opened(session: Session, announcement: Announcement, member_id: int, now: Moment) -> None:
    """Mark the member's delivery as read: they pressed the button below the announcement."""
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


def forget_drafts_of(session: Session, member_id: int) -> None:
    """Delete the drafts of a member who is erased."""
    session.execute(
        delete(Announcement).where(
            col(Announcement.by_member_id) == member_id,
            col(Announcement.state) == AnnouncementState.DRAFT,
        )
    )
