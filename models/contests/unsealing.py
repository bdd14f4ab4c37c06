"""The clock of a judging: judges are reminded, and scores are unsealed when it is time."""

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from models.contests import contests, judging, protocols, scores
from models.contests.contests import Contest
from models.contests.judging import Judging
from models.network import roles
from models.network.members import Member
from models.network.stations import Care, Station
from models.rules.contests.states import ContestState, Form
from models.rules.network.permissions import Act
from models.rules.sending import quiet_hours
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment

LEFT, UNSEALED = "entries-left-to-judge", "judging-done"
"""Topics: to judges who have something left, and to those who run the contest."""

AT_ONCE = 20


def any_due(session: Session, now: Moment) -> bool:
    """Return whether ``work`` has something to do."""
    return session.exec(_due(now).limit(1)).first() is not None


def work(session: Session, now: Moment, care: Care) -> int:
    """Unseal the scores whose time has come, and remind the judges whose reminder is due."""
    rows = session.exec(_due(now).limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    for row in rows:
        if min(row.until, row.unseals_at or row.until) <= now:
            unseal(session, row, now)
        else:
            _remind(session, row, care, now)
            row.remind_at = judging.next_reminder(row.until, now)
            session.add(row)
    session.flush()
    return len(rows)


def _due(now: Moment) -> SelectOfScalar[Judging]:
    is_over = or_(col(Judging.until) <= now, col(Judging.unseals_at) <= now)
    return (
        select(Judging)
        .join(Contest, col(Contest.id) == col(Judging.contest_id))
        .where(
            col(Judging.unsealed_at).is_(None),
            col(Judging.assigned_at).is_not(None),
            Contest.state != ContestState.CANCELLED,
            Contest.form != Form.STAGE,
            or_(is_over, col(Judging.remind_at) <= now),
        )
    )


def unseal(session: Session, row: Judging, now: Moment) -> None:
    """Make points final, write the record, and tell who runs the contest."""
    row.unsealed_at, row.remind_at, row.unseals_at = now, None, None
    session.add(row)
    session.flush()
    protocols.make(session, row.contest_id, now)
    contest = session.get_one(Contest, row.contest_id)
    contests.record(session, contest, None, now, "scores unsealed")
    plans = [
        Plan(
            key=f"{UNSEALED}:{contest.id}:{each}",
            member_id=each,
            topic=UNSEALED,
            facts={"contest": contest.id},
            due_at=now,
            expires_at=now + A_WEEK,
        )
        for each in organizers(session, contest, now)
    ]
    deliveries.plan_all(session, plans, now)


def organizers(session: Session, contest: Contest, now: Moment) -> Sequence[int]:
    """Return who wrote a contest, or else the nearest who may run it."""
    if contest.by_member_id is not None:
        return [contest.by_member_id]
    station = session.get_one(Station, contest.station_id)
    return [each.id for each in roles.who_can(session, Act.RUN_CONTEST, station, now)]


def _remind(session: Session, row: Judging, care: Care, now: Moment) -> None:
    """Plan a reminder for each judge with something left, after their quiet hours."""
    plans = []
    for each in scores.progress(session, row.contest_id):
        member, left = each.member, each.given - each.done
        if member is None or not left or each.judge.left_at is not None:
            continue
        due_at = _awake(member, care, now)
        if due_at < row.until:
            plans.append(
                Plan(
                    key=f"{LEFT}:{each.judge.id}:{int(now.timestamp())}",
                    member_id=member.id,
                    topic=LEFT,
                    facts={"judge": each.judge.id},
                    due_at=due_at,
                    expires_at=row.until,
                )
            )
    deliveries.plan_all(session, plans, now)


def _awake(member: Member, care: Care, now: Moment) -> Moment:
    quiet = care.quiet_of(member.quiet, member.shift)
    return quiet_hours.next_allowed(now, quiet, care.zone)
