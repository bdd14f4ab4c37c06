"""The life of an announcement: started, approved where it is wide, stopped, resumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, update
from sqlmodel import Session, select

from models.announcements import audiences
from models.announcements.announcements import Announcement, AnnouncementState, locked
from models.network import audit, roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.announcements import lateness
from models.rules.network import permissions
from models.rules.network.audience import Audience
from models.rules.network.floors import Count
from models.rules.network.permissions import Act, Place, SoloLimits
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, OPEN_STATES, Delivery, DeliveryState
from models.sending.reasons import Reason
from models.store import Moment, table_of

DROP_BATCH = 500
"""How many open deliveries of a stopped announcement are dropped in one transaction."""

PENDING = (DeliveryState.PLANNED, DeliveryState.WAITING)
UNDER_WAY = (
    AnnouncementState.APPROVED,
    AnnouncementState.TRIAL,
    AnnouncementState.HELD,
    AnnouncementState.PLANNING,
    AnnouncementState.RUNNING,
)

_DELIVERY = table_of(Delivery)


@dataclass(frozen=True, slots=True)
class Started:
    """It is sent at ``due_at``; ``now`` when that is at once."""

    due_at: Moment
    now: bool


@dataclass(frozen=True, slots=True)
class AwaitingApproval:
    """It goes to ``people``, more than ``limit``; one of ``approvers`` must agree."""

    approvers: Sequence[Member]
    people: Count
    limit: int


class NotStarted(StrEnum):
    """Why ``start`` sent nothing."""

    SENT_ALREADY = "sent already"
    NO_WORDS = "no words"
    NOBODY = "nobody"
    NOT_YOURS = "not yours"
    NO_APPROVER = "no approver"
    LATE = "late"


def act_of(announcement: Announcement) -> Act:
    """The act that its author must be allowed: to announce, or to post to a team."""
    return Act.ANNOUNCE if announcement.team_id is None else Act.POST_TO_TEAM


def may_send(session: Session, announcement: Announcement, member_id: int, now: Moment) -> bool:
    """Whether this member may send it to its audience, as urgent as it is."""
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


def has_right(session: Session, announcement: Announcement, now: Moment) -> bool:
    """Whether it may go out now: by its author's right, or by that of who released it."""
    senders = (announcement.released_by, announcement.by_member_id)
    return any(each is not None and may_send(session, announcement, each, now) for each in senders)


def may_write(session: Session, announcement: Announcement, member_id: int, now: Moment) -> bool:
    """Whether this member may go on with a draft, whatever its audience is by now."""
    station, act = session.get_one(Station, announcement.station_id), act_of(announcement)
    return roles.may(session, member_id, act, station, now, team_id=announcement.team_id)


# Sending


def may_manage(session: Session, announcement: Announcement, member_id: int, now: Moment) -> bool:
    """Whether this member may follow, stop and resume it.

    Approvers may, and those who may announce there.
    """
    station = session.get_one(Station, announcement.station_id)
    if roles.may(session, member_id, Act.APPROVE_ANNOUNCEMENT, station, now):
        return True
    return may_write(session, announcement, member_id, now)


def start(
    session: Session,
    announcement: Announcement,
    by: int,
    now: Moment,
    *,
    people: Count,
    limits: SoloLimits,
) -> Started | AwaitingApproval | NotStarted:
    """Send a draft at its time, or ask a second organizer first where it is wide.

    ``people`` is the size of the audience as its author sees it (``audiences.count_for``);
    ``limits`` says from which size on it is wide. A correction stops the announcement that it
    corrects.
    """
    if announcement.state != AnnouncementState.DRAFT:
        return NotStarted.SENT_ALREADY
    if not announcement.text:
        return NotStarted.NO_WORDS
    if not may_send(session, announcement, by, now):
        return NotStarted.NOT_YOURS
    if people.is_exact and not people.number:
        return NotStarted.NOBODY
    first_at = announcement.first_at
    if first_at is not None and lateness.is_late(first_at, now):
        return NotStarted.LATE
    limit = limit_of(session, announcement, by, now, limits)
    able: Sequence[Member] = ()
    if people.at_most > limit:
        station = session.get_one(Station, announcement.station_id)
        able = roles.who_can(session, Act.APPROVE_ANNOUNCEMENT, station, now, but=by)
        if not able:
            return NotStarted.NO_APPROVER
    _stop_corrected(session, announcement, by, now)
    step = "asked" if able else "started"
    record(session, announcement, act_of(announcement), by, now, step=step, people=people.at_most)
    if announcement.urgent:
        why = announcement.urgent
        record(session, announcement, Act.SEND_URGENT, by, now, step=step, reason=why)
    if not able:
        return _begin(session, announcement, now)
    announcement.state, announcement.reason = AnnouncementState.ASKED, ""
    announcement.due_at = lateness.asked_again_at(first_at, now)
    keep(session, announcement)
    return AwaitingApproval(able, people, limit)


def _stop_corrected(session: Session, announcement: Announcement, by: int, now: Moment) -> None:
    # Nobody shall receive it after its correction.
    if announcement.corrects_id is not None:
        wrong = locked(session, announcement.corrects_id)
        if wrong is not None:
            stop(session, wrong, by, now)


def limit_of(
    session: Session, announcement: Announcement, by: int, now: Moment, limits: SoloLimits
) -> int:
    """To how many people this member may send it without a second organizer."""
    station = session.get_one(Station, announcement.station_id)
    place = Place(station.path, announcement.team_id)
    return permissions.solo_limit(
        act_of(announcement), roles.held_by(session, by, now), place, now, limits
    )


def approve(session: Session, announcement: Announcement, by: int, now: Moment) -> Started | None:
    """Approve a wide announcement, which starts it.

    None when it does not wait for approval, or ``by`` is its author or may not approve.
    """
    if not _may_decide(session, announcement, by, now):
        return None
    announcement.approved_by = by
    if not has_right(session, announcement, now):
        announcement.released_by = by
    record(session, announcement, Act.APPROVE_ANNOUNCEMENT, by, now, step="approved")
    return _begin(session, announcement, now)


def refuse(session: Session, announcement: Announcement, by: int, reason: str, now: Moment) -> bool:
    """Make a wide announcement its author's draft again; False where ``approve`` gives None."""
    if not _may_decide(session, announcement, by, now):
        return False
    announcement.state, announcement.reason = AnnouncementState.DRAFT, reason
    announcement.due_at = None
    keep(session, announcement)
    record(session, announcement, Act.APPROVE_ANNOUNCEMENT, by, now, step="refused")
    return True


def _may_decide(session: Session, announcement: Announcement, by: int, now: Moment) -> bool:
    # Nobody approves their own announcement.
    if announcement.state != AnnouncementState.ASKED or announcement.by_member_id == by:
        return False
    station = session.get_one(Station, announcement.station_id)
    return roles.may(session, by, Act.APPROVE_ANNOUNCEMENT, station, now)


def _begin(session: Session, announcement: Announcement, now: Moment) -> Started:
    first_at = announcement.first_at or now
    announcement.first_at = first_at
    announcement.due_at = first_at
    announcement.state = AnnouncementState.APPROVED
    keep(session, announcement)
    return Started(max(first_at, now), first_at <= now)


def can_be_stopped(session: Session, announcement: Announcement) -> bool:
    """Whether any of it has not gone out yet."""
    if announcement.state == AnnouncementState.DONE:
        return pends(session, announcement)
    return announcement.state in (*UNDER_WAY, AnnouncementState.ASKED)


def stop(session: Session, announcement: Announcement, by: int, now: Moment) -> bool:
    """Stop it: drop open deliveries; claimed ones are dropped at their last check.

    False when there is nothing to stop, or ``by`` may not. The author is notified of a stop by
    another member.
    """
    if not can_be_stopped(session, announcement):
        return False
    if not may_manage(session, announcement, by, now):
        return False
    was_begun = announcement.run > 0
    announcement.state = AnnouncementState.STOPPED
    announcement.due_at, announcement.ended_at = None, now
    announcement.dropping, announcement.counts = True, {}
    keep(session, announcement)
    record(session, announcement, act_of(announcement), by, now, step="stopped")
    if was_begun:
        drop_pending(session, announcement, now)
    if announcement.by_member_id != by:
        tell_author(session, announcement, "announcement-ended", now)
    return True


def drop_pending(session: Session, announcement: Announcement, now: Moment) -> None:
    """Drop a batch of a stopped announcement's open deliveries."""
    for state in PENDING:
        chunk = _ids_of(announcement, state, DROP_BATCH).with_for_update(skip_locked=True)
        session.execute(
            update(_DELIVERY)
            .where(_DELIVERY.c.id.in_(chunk))
            .values(state=DeliveryState.DROPPED, reason=Reason.STOPPED, settled_at=now)
        )


def tell_author(session: Session, announcement: Announcement, topic: str, now: Moment) -> None:
    """Plan a notice of this topic for the author, once a run."""
    if announcement.by_member_id is not None:
        tell(session, announcement, announcement.by_member_id, topic, now)


def tell(
    session: Session, announcement: Announcement, member_id: int, topic: str, now: Moment
) -> None:
    """Plan a notice of this topic for a member, once a run and time at which it was due."""
    due_at = announcement.due_at
    at = f"{due_at:%Y%m%d%H%M}" if due_at is not None else ""
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{announcement.id}:{announcement.run}:{at}:{member_id}",
        topic=topic,
        facts={"announcement_id": announcement.id, "run": announcement.run},
        due_at=now,
        expires_at=now + A_WEEK,
        now=now,
    )


# Open deliveries


def pends(session: Session, announcement: Announcement) -> bool:
    """Whether any delivery waits to be sent, or for its member's next message."""
    return _has(session, announcement, PENDING)


def owes(session: Session, announcement: Announcement) -> bool:
    """Whether any delivery is still to be sent or being sent."""
    return _has(session, announcement, (DeliveryState.PLANNED, DeliveryState.LEASED))


def is_open(session: Session, announcement: Announcement) -> bool:
    """Whether any delivery is not settled."""
    return _has(session, announcement, OPEN_STATES)


def _has(session: Session, announcement: Announcement, states: Sequence[DeliveryState]) -> bool:
    return any(session.execute(_ids_of(announcement, state, 1)).first() for state in states)


def _ids_of(announcement: Announcement, state: DeliveryState, limit: int) -> Select[Any]:
    # In the order of the index: for the last few PostgreSQL would else read a million rows.
    return (
        select(_DELIVERY.c.id)
        .where(_DELIVERY.c.announcement_id == announcement.id, _DELIVERY.c.state == state)
        .order_by(_DELIVERY.c.run)
        .limit(limit)
    )


def keep(session: Session, announcement: Announcement) -> None:
    """Add the row and flush it."""
    session.add(announcement)
    session.flush()


def record(
    session: Session, announcement: Announcement, act: Act, by: int, now: Moment, **details: Any
) -> None:
    """Put an act on an announcement into the audit."""
    subject = f"announcement:{announcement.id}"
    audit.record(session, by, act, subject, now, station_id=announcement.station_id, **details)
