"""The clock's work on announcements: begin, trial, plan in batches, end, drop.

``look`` finds the next step in a read transaction, where slow counting and choosing happens;
``take`` does it in a short write transaction. Every step can be repeated, by any process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import and_, or_, text
from sqlmodel import Session, col, select

from models.announcements import announcements, audiences, holding, lifecycle, progress
from models.announcements.announcements import Announcement, AnnouncementState, HeldFor, Repeat
from models.events.events import Event
from models.network.stations import Care
from models.rules.announcements import lateness, trial
from models.rules.announcements.trial import TrialSize, Verdict
from models.rules.dates import recurrence
from models.sending.deliveries import A_WEEK
from models.store import Moment

FEW = 10_000
"""Rows of a table below which it may still be planned for as if it had none."""


class NextStep(StrEnum):
    """What is done next with an announcement.

    BEGIN starts a run; ASK_ORGANIZERS and ASK_AUTHOR hold it instead, where nobody with the right
    sends it or it is late. REMIND is about an approval not given. GO_ON and HOLD follow a trial,
    PLAN adds a batch of deliveries, END counts
    a run whose deliveries are settled, DROP drops a batch of a stopped one, CLOSE counts it.
    """

    REMIND = "remind"
    BEGIN = "begin"
    ASK_ORGANIZERS = "ask organizers"
    ASK_AUTHOR = "ask author"
    GO_ON = "go on"
    HOLD = "hold"
    PLAN = "plan"
    END = "end"
    DROP = "drop"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """A step to take. ``tried_on``: members of the trial; ``counts``: the numbers at the end."""

    announcement_id: int
    next_step: NextStep
    tried_on: Sequence[int] = ()
    counts: progress.Progress | None = None


def any_due(session: Session, now: Moment) -> bool:
    """Whether any announcement has a step to take."""
    return _next(session, now) is not None


def look(session: Session, now: Moment, care: Care) -> Step | None:
    """Find the next step; count and choose for it what is too slow for a write transaction."""
    due = _next(session, now)
    if due is None:
        return None
    announcement, step = due
    match step.next_step:
        case NextStep.BEGIN if announcement.run == 0:
            # A weekly announcement is tried in its first week only.
            return replace(
                step, tried_on=_tried_on(session, announcement, now, care.announcing.trial)
            )
        case NextStep.END | NextStep.CLOSE:
            return replace(step, counts=progress.count(session, announcement, now))
        case _:
            return step


def most_rows(step: Step) -> int:
    """How many deliveries ``take`` may be told to plan; 0 for a step that plans none."""
    plans = step.next_step in (NextStep.BEGIN, NextStep.GO_ON, NextStep.PLAN)
    return audiences.MOST_PLANNED if plans else 0


def take(session: Session, now: Moment, step: Step, care: Care, rows: int) -> bool:
    """Take a step, which plans ``rows`` deliveries if it plans any (``most_rows``).

    False when another process has taken it, or the announcement was stopped.
    """
    # Rather than wait for another process's lock, try again at the next tick.
    announcement = announcements.locked(session, step.announcement_id, skip_locked=True)
    if announcement is None or _next_step(session, announcement, now) is not step.next_step:
        return False
    match step.next_step:
        case NextStep.BEGIN:
            _begin_run(announcement, now, care)
            if step.tried_on:
                _plan_trial(session, announcement, step.tried_on, now)
            else:
                _plan_batch(session, announcement, now, rows)
        case NextStep.GO_ON:
            announcement.state = AnnouncementState.PLANNING
            _plan_batch(session, announcement, now, rows)
        case NextStep.PLAN:
            _plan_batch(session, announcement, now, rows)
        case NextStep.REMIND:
            holding.wait_no_longer(session, announcement, now)
        case NextStep.ASK_ORGANIZERS:
            holding.hold(session, announcement, HeldFor.RIGHT, now)
        case NextStep.ASK_AUTHOR:
            holding.hold(session, announcement, HeldFor.LATE, now)
        case NextStep.HOLD:
            holding.hold(session, announcement, HeldFor.TRIAL, now)
        case NextStep.END:
            assert step.counts is not None
            announcement.state, announcement.ended_at = AnnouncementState.DONE, now
            announcement.counts = step.counts.to_json()
            # Authors of wide announcements are notified of the outcome.
            if step.counts.planned > care.announcing.trial.over:
                lifecycle.tell_author(session, announcement, "announcement-ended", now)
        case NextStep.DROP:
            lifecycle.drop_pending(session, announcement, now)
        case NextStep.CLOSE:
            assert step.counts is not None
            announcement.dropping = False
            announcement.counts = step.counts.to_json()
        case never:
            assert_never(never)
    session.add(announcement)
    session.flush()
    return True


# The next step


def _next(session: Session, now: Moment) -> tuple[Announcement, Step] | None:
    for announcement in _candidates(session, now):
        next_step = _next_step(session, announcement, now)
        if next_step is not None:
            return announcement, Step(announcement.id, next_step)
    return None


def _candidates(session: Session, now: Moment) -> Iterator[Announcement]:
    """Announcements with work, oldest first: a few at most in each station."""
    state, due_at = col(Announcement.state), col(Announcement.due_at)
    yield from session.exec(
        select(Announcement)
        .where(
            or_(
                state.in_((AnnouncementState.TRIAL, AnnouncementState.PLANNING)),
                and_(
                    state.in_((AnnouncementState.APPROVED, AnnouncementState.RUNNING)),
                    or_(due_at <= now, due_at.is_(None)),
                ),
                and_(state == AnnouncementState.ASKED, or_(due_at <= now, due_at.is_(None))),
                and_(state == AnnouncementState.STOPPED, col(Announcement.dropping)),
            )
        )
        .order_by(col(Announcement.started_at), col(Announcement.id))
    )


def _next_step(session: Session, announcement: Announcement, now: Moment) -> NextStep | None:
    """The step that an announcement's state calls for now; None for none."""
    is_due = announcement.due_at is not None and announcement.due_at <= now
    match announcement.state:
        case AnnouncementState.APPROVED | AnnouncementState.RUNNING if is_due:
            return _at_its_time(session, announcement, now)
        case AnnouncementState.ASKED if is_due or announcement.due_at is None:
            return NextStep.REMIND
        case AnnouncementState.TRIAL:
            return _after_trial(session, announcement, now)
        case AnnouncementState.PLANNING:
            return NextStep.PLAN
        case AnnouncementState.RUNNING if announcement.due_at is None:
            return None if lifecycle.owes(session, announcement) else NextStep.END
        case AnnouncementState.STOPPED if announcement.dropping:
            if lifecycle.pends(session, announcement):
                return NextStep.DROP
            return None if lifecycle.is_open(session, announcement) else NextStep.CLOSE
        case _:
            return None


def _at_its_time(session: Session, announcement: Announcement, now: Moment) -> NextStep | None:
    if not _may_begin(session, announcement):
        return None
    if not lifecycle.has_right(session, announcement, now):
        return NextStep.ASK_ORGANIZERS
    assert announcement.due_at is not None
    return NextStep.ASK_AUTHOR if lateness.is_late(announcement.due_at, now) else NextStep.BEGIN


def _may_begin(session: Session, announcement: Announcement) -> bool:
    """False while open deliveries of the announcement that this corrects are being dropped."""
    if announcement.corrects_id is None:
        return True
    wrong = session.get(Announcement, announcement.corrects_id)
    return wrong is None or not wrong.dropping


def _after_trial(session: Session, announcement: Announcement, now: Moment) -> NextStep | None:
    lasted = now - (announcement.started_at or now)
    match trial.verdict(progress.tried(session, announcement, now), lasted):
        case Verdict.GO:
            return NextStep.GO_ON
        case Verdict.HOLD:
            return NextStep.HOLD
        case Verdict.WAIT:
            return None
        case never:
            assert_never(never)


# Planning


def _tried_on(
    session: Session, announcement: Announcement, now: Moment, size: TrialSize
) -> Sequence[int]:
    """The members of the trial; none where the audience is too small for one."""
    if not size.is_for(
        audiences.count_up_to(session, announcement.aim, 1 + max(size.over, size.wave))
    ):
        return ()
    return audiences.sample(session, announcement.aim, now, size.wave)


def _begin_run(announcement: Announcement, now: Moment, care: Care) -> None:
    assert announcement.first_at is not None
    announcement.state, announcement.started_at = AnnouncementState.PLANNING, now
    announcement.run += 1
    announcement.after_id = 0
    announcement.due_at = None
    if announcement.repeat == Repeat.WEEKLY:
        announcement.due_at = recurrence.next_weekly(announcement.first_at, now, care.zone)


def _plan_trial(
    session: Session, announcement: Announcement, tried_on: Sequence[int], now: Moment
) -> None:
    announcement.state = AnnouncementState.TRIAL
    for member_id in tried_on:
        _plan_after(session, announcement, member_id - 1, now, limit=1)


def _plan_batch(session: Session, announcement: Announcement, now: Moment, rows: int) -> None:
    is_first = announcement.after_id == 0
    last = _plan_after(session, announcement, announcement.after_id, now, limit=rows)
    if is_first:
        _show_growth(session)
    if last is None:
        announcement.state = AnnouncementState.RUNNING
    else:
        announcement.after_id = last


def _show_growth(session: Session) -> None:
    """Let PostgreSQL see that deliveries are no longer few.

    What it planned for a table without rows, it goes on to read the table through for: for every
    update, until it analyzes the table by itself a minute later.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    known = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass('delivery')")
    if session.execute(known).scalar_one() < FEW:
        session.execute(text("ANALYZE (SKIP_LOCKED) delivery"))


def _plan_after(
    session: Session,
    announcement: Announcement,
    after_id: int,
    now: Moment,
    *,
    limit: int,
) -> int | None:
    return audiences.plan_into(
        session,
        announcement.aim,
        announcement_id=announcement.id,
        run=announcement.run,
        after_id=after_id,
        now=now,
        expires_at=_useful_until(session, announcement, announcement.started_at or now),
        facts=_overrides(announcement),
        limit=limit,
    )


def _overrides(announcement: Announcement) -> dict[str, Any]:
    """Facts that override quiet hours and the daily cap (``models.sending.daily``)."""
    facts: dict[str, Any] = {"urgent": True} if announcement.urgent else {}
    return facts | ({"corrects": announcement.corrects_id} if announcement.corrects_id else {})


def _useful_until(session: Session, announcement: Announcement, started: Moment) -> Moment:
    """A week after the start, or the end of the linked event when that is earlier."""
    event = linked_event(session, announcement)
    ends = started + A_WEEK
    return min(ends, event.ends_at) if event is not None and event.ends_at > started else ends


def linked_event(session: Session, announcement: Announcement) -> Event | None:
    """The event that the button below it opens."""
    kind, _, number = announcement.link.partition(":")
    return session.get(Event, int(number)) if kind == "event" else None
