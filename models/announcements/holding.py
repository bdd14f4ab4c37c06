"""Announcements that wait for a decision: held ones, withdrawn ones, approvals not given."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.announcements import lifecycle
from models.announcements.announcements import Announcement, AnnouncementState, HeldFor, Repeat
from models.network import roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.announcements import lateness
from models.rules.dates import recurrence
from models.rules.network.permissions import Act
from models.store import Moment
from models.teams import leading
from models.teams.teams import Team

BEFORE_IT_GOES_OUT = (
    AnnouncementState.ASKED,
    AnnouncementState.LAPSED,
    AnnouncementState.APPROVED,
    AnnouncementState.HELD,
)


# By the clock


def hold(session: Session, announcement: Announcement, why: HeldFor, now: Moment) -> None:
    """Stop before the next step, and ask whoever decides: its author, or the organizers."""
    announcement.state, announcement.held_for = AnnouncementState.HELD, why
    match why:
        case HeldFor.TRIAL:
            lifecycle.tell_author(session, announcement, "announcement-held", now)
        case HeldFor.LATE:
            lifecycle.tell_author(session, announcement, "announcement-late", now)
        case HeldFor.RIGHT:
            for member in organizers(session, announcement, now):
                lifecycle.tell(session, announcement, member.id, "announcement-orphaned", now)


def organizers(session: Session, announcement: Announcement, now: Moment) -> Sequence[Member]:
    """Return who decides in its author's place: those who lead its team, or its station's."""
    team = session.get(Team, announcement.team_id) if announcement.team_id is not None else None
    if team is not None:
        return leading.in_charge(session, team, now)
    station = session.get_one(Station, announcement.station_id)
    but = announcement.by_member_id
    return roles.who_can(session, Act.APPROVE_ANNOUNCEMENT, station, now, but=but)


def wait_no_longer(session: Session, announcement: Announcement, now: Moment) -> None:
    """Remind both sides of an approval whose time has come; give it up when that has passed."""
    first_at, due_at = announcement.first_at, announcement.due_at
    if due_at is None:
        # Asked for in 0.2.0, which waited without an end: the wait begins now.
        announcement.due_at = lateness.asked_again_at(first_at, now)
        return
    if first_at is not None and due_at == first_at:
        lifecycle.tell_author(session, announcement, "announcement-waits", now)
        for member in organizers(session, announcement, now):
            lifecycle.tell(session, announcement, member.id, "approval-waits", now)
        announcement.due_at = lateness.lapses_at(first_at, first_at)
        return
    lifecycle.tell_author(session, announcement, "announcement-lapsed", now)
    announcement.state, announcement.due_at = AnnouncementState.LAPSED, None


# By an organizer


def resume(
    session: Session, announcement: Announcement, by: int, now: Moment, zone: ZoneInfo
) -> bool:
    """Send one that is held; False when it is not held, or ``by`` may not.

    After a trial that is the rest of it. Where its author's right has ended it goes out by that of
    ``by`` from now on. ``zone`` is the station's, in which a weekly one keeps its time of day.
    """
    if not _may_decide(session, announcement, by, now):
        return False
    if announcement.held_for is HeldFor.TRIAL:
        announcement.state = AnnouncementState.PLANNING
        _skip_past_weeks(announcement, now, zone)
    else:
        announcement.state, announcement.due_at = AnnouncementState.APPROVED, now
    _released(session, announcement, by, now, "resumed")
    return True


def put_off(
    session: Session, announcement: Announcement, first_at: Moment, by: int, now: Moment
) -> bool:
    """Give one that is held before it goes out another time; False where ``resume`` is."""
    if announcement.held_for is HeldFor.TRIAL or first_at <= now:
        return False
    if not _may_decide(session, announcement, by, now):
        return False
    announcement.state = AnnouncementState.APPROVED
    announcement.first_at = announcement.due_at = first_at
    _released(session, announcement, by, now, "put off")
    return True


def skip_week(
    session: Session, announcement: Announcement, by: int, now: Moment, zone: ZoneInfo
) -> bool:
    """Leave out the weeks in which a weekly one was held; False where ``resume`` is."""
    if announcement.repeat is not Repeat.WEEKLY or announcement.held_for is HeldFor.TRIAL:
        return False
    if not _may_decide(session, announcement, by, now):
        return False
    announcement.state = AnnouncementState.APPROVED
    _skip_past_weeks(announcement, now, zone)
    _released(session, announcement, by, now, "week skipped")
    return True


def _may_decide(session: Session, announcement: Announcement, by: int, now: Moment) -> bool:
    is_held = announcement.state == AnnouncementState.HELD
    return is_held and lifecycle.may_manage(session, announcement, by, now)


def _skip_past_weeks(announcement: Announcement, now: Moment, zone: ZoneInfo) -> None:
    due_at, first_at = announcement.due_at, announcement.first_at
    if due_at is not None and due_at <= now and first_at is not None:
        announcement.due_at = recurrence.next_weekly(first_at, now, zone)


def _released(
    session: Session, announcement: Announcement, by: int, now: Moment, step: str
) -> None:
    announcement.held_for = HeldFor.TRIAL
    if not lifecycle.has_right(session, announcement, now):
        announcement.released_by = by
    lifecycle.keep(session, announcement)
    act = lifecycle.act_of(announcement)
    lifecycle.record(session, announcement, act, by, now, step=step)


def can_be_taken_back(announcement: Announcement) -> bool:
    """Whether none of it has gone out yet."""
    return announcement.run == 0 and announcement.state in BEFORE_IT_GOES_OUT


def take_back(session: Session, announcement: Announcement, by: int, now: Moment) -> bool:
    """Make one that has not gone out its author's draft again, to be changed and sent anew.

    False when it has gone out, is another member's, or ``by`` may not announce there any more.
    """
    if not can_be_taken_back(announcement) or announcement.by_member_id != by:
        return False
    if not lifecycle.may_write(session, announcement, by, now):
        return False
    announcement.state, announcement.held_for = AnnouncementState.DRAFT, HeldFor.TRIAL
    announcement.due_at = announcement.approved_by = announcement.released_by = None
    # Drafts are kept for a while from here on.
    announcement.created_at = now
    lifecycle.keep(session, announcement)
    act = lifecycle.act_of(announcement)
    lifecycle.record(session, announcement, act, by, now, step="taken back")
    return True
