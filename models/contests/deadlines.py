"""Deadlines of contests: reminders to who has an unfinished entry, and the closing itself."""

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.organizing import counts
from models.network import roles
from models.network.members import Member
from models.network.stations import Care, Station
from models.rules.contests.reminding import next_reminder
from models.rules.contests.states import ContestState, EntryState
from models.rules.network.permissions import Act
from models.rules.sending import quiet_hours
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment

UNFINISHED, CLOSED = "entry-unfinished", "contest-closed"
"""Topics: to who has an unfinished entry, and to those who run the contest."""

AT_ONCE = 20


def any_due(session: Session, now: Moment) -> bool:
    """Return whether ``work`` has something to do."""
    return session.exec(_due(now).limit(1)).first() is not None


def work(session: Session, now: Moment, care: Care) -> int:
    """Remind of the contests whose reminder is due, and close those whose deadline is over."""
    rows = session.exec(_due(now).limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    for contest in rows:
        if contest.closes_at <= now:
            contest.state, contest.remind_at = ContestState.CLOSED, None
            _tell_organizers(session, contest, now)
        else:
            _remind(session, contest, care, now)
            contest.remind_at = next_reminder(contest.closes_at, now)
        session.add(contest)
    session.flush()
    return len(rows)


def _due(now: Moment) -> SelectOfScalar[Contest]:
    """Open ones alone: one that was decided meanwhile keeps its state."""
    is_due = or_(col(Contest.remind_at) <= now, col(Contest.closes_at) <= now)
    return select(Contest).where(col(Contest.state) == ContestState.OPEN, is_due)


def _remind(session: Session, contest: Contest, care: Care, now: Moment) -> None:
    """Plan a reminder for each who has an unfinished entry, after their quiet hours.

    Where those last until the deadline nobody is reminded: it would come too late.
    """
    rows = session.exec(
        select(Entry, Member)
        .join(Member, col(Member.id) == col(Entry.member_id))
        .where(
            Entry.contest_id == contest.id,
            col(Entry.state).in_((EntryState.GATHERING, EntryState.RETURNED)),
        )
    ).all()
    plans = []
    for entry, member in rows:
        quiet = care.quiet_of(member.quiet, member.shift)
        due_at = quiet_hours.next_allowed(now, quiet, care.zone)
        if due_at < contest.closes_at:
            plans.append(
                Plan(
                    key=f"{UNFINISHED}:{entry.id}:{int(now.timestamp())}",
                    member_id=member.id,
                    topic=UNFINISHED,
                    facts={"entry": entry.id},
                    due_at=due_at,
                    expires_at=contest.closes_at,
                )
            )
    deliveries.plan_all(session, plans, now)


def _tell_organizers(session: Session, contest: Contest, now: Moment) -> None:
    """Tell who runs it that entries are in; who wrote it, or else the nearest who may."""
    station = session.get_one(Station, contest.station_id)
    if not counts(session, contest.id):
        return
    who = [contest.by_member_id] if contest.by_member_id is not None else []
    who = who or [each.id for each in roles.who_can(session, Act.RUN_CONTEST, station, now)]
    for each in who:
        deliveries.plan_for_member(
            session,
            each,
            key=f"{CLOSED}:{contest.id}:{int(contest.closes_at.timestamp())}:{each}",
            topic=CLOSED,
            facts={"contest": contest.id},
            due_at=now,
            expires_at=now + A_WEEK,
            now=now,
        )
