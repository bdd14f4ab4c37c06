"""Announcements by the clock: begun, tried on a few, planned in chunks, ended, dropped.

Each step is looked for in a read beside the writers, where what takes long is counted and chosen;
then it is taken in a transaction of its own that holds nobody up. Every step can be repeated, and
be taken by any process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from models.announcements import audiences, broadcasts, progress
from models.announcements.broadcasts import Broadcast, BroadcastState, Repeat
from models.events.events import Event
from models.network.stations import Care
from models.rules.announcements import trial
from models.rules.announcements.trial import Trial, Verdict
from models.rules.dates import recurrence
from models.sending.deliveries import A_WEEK
from models.store import Moment


class Stride(StrEnum):
    """What is done next with an announcement."""

    BEGIN = "begin"
    GO_ON = "go on"
    HOLD = "hold"
    PLAN = "plan"
    END = "end"
    DROP = "drop"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """A step to take, with what was counted or chosen for it: the trial's members, the numbers."""

    broadcast_id: int
    stride: Stride
    tried_on: Sequence[int] = ()
    counts: progress.Progress | None = None


def any_due(session: Session, now: Moment) -> bool:
    """Whether an announcement is to be begun, goes on, or is at its end."""
    return _next(session, now) is not None


def look(session: Session, now: Moment, care: Care) -> Step | None:
    """The next step, and what it takes that is too long for a transaction that writes."""
    found = _next(session, now)
    if found is None:
        return None
    broadcast, step = found
    match step.stride:
        case Stride.BEGIN if broadcast.run == 0:
            # What has gone out well in its first week is not tried again in the others.
            return replace(step, tried_on=_tried_on(session, broadcast, now, care.announcing.trial))
        case Stride.END | Stride.CLOSE:
            return replace(step, counts=progress.count(session, broadcast, now))
        case _:
            return step


def take(session: Session, now: Moment, step: Step, care: Care) -> bool:
    """Take a step, unless another process has taken it meanwhile or it was stopped."""
    # Where another process is at it, this one's writer need not wait: its turn comes.
    broadcast = broadcasts.locked(session, step.broadcast_id, skip_locked=True)
    if broadcast is None or _stride(session, broadcast, now) is not step.stride:
        return False
    match step.stride:
        case Stride.BEGIN:
            _begin_run(broadcast, now, care)
            if step.tried_on:
                _plan_trial(session, broadcast, step.tried_on, now)
            else:
                _plan_chunk(session, broadcast, now)
        case Stride.GO_ON:
            broadcast.state = BroadcastState.PLANNING
            _plan_chunk(session, broadcast, now)
        case Stride.PLAN:
            _plan_chunk(session, broadcast, now)
        case Stride.HOLD:
            broadcast.state = BroadcastState.HELD
            broadcasts.tell_author(session, broadcast, "broadcast-held", now)
        case Stride.END:
            assert step.counts is not None
            broadcast.state, broadcast.ended_at = BroadcastState.DONE, now
            broadcast.counts = step.counts.to_json()
            # Of a few one hears by oneself; of many it is told that it has gone out, and how.
            if step.counts.planned > care.announcing.trial.over:
                broadcasts.tell_author(session, broadcast, "broadcast-ended", now)
        case Stride.DROP:
            broadcasts.drop_pending(session, broadcast, now)
        case Stride.CLOSE:
            assert step.counts is not None
            broadcast.dropping = False
            broadcast.counts = step.counts.to_json()
        case never:
            assert_never(never)
    session.add(broadcast)
    session.flush()
    return True


def advance(session: Session, now: Moment, care: Care) -> bool:
    """Look and take in one; True when there may be more to do at once."""
    step = look(session, now, care)
    return step is not None and take(session, now, step, care)


# What is next


def _next(session: Session, now: Moment) -> tuple[Broadcast, Step] | None:
    for broadcast in _candidates(session, now):
        stride = _stride(session, broadcast, now)
        if stride is not None and broadcast.id is not None:
            return broadcast, Step(broadcast.id, stride)
    return None


def _candidates(session: Session, now: Moment) -> Iterator[Broadcast]:
    """Those under way; in each place a few at most."""
    state, due_at = col(Broadcast.state), col(Broadcast.due_at)
    yield from session.exec(
        select(Broadcast)
        .where(
            or_(
                state.in_((BroadcastState.TRIAL, BroadcastState.PLANNING)),
                and_(
                    state.in_((BroadcastState.APPROVED, BroadcastState.RUNNING)),
                    or_(due_at <= now, due_at.is_(None)),
                ),
                and_(state == BroadcastState.STOPPED, col(Broadcast.dropping)),
            )
        )
        .order_by(col(Broadcast.started_at), col(Broadcast.id))
    )


def _stride(session: Session, broadcast: Broadcast, now: Moment) -> Stride | None:
    """What is to be done with it now; None for nothing."""
    is_due = broadcast.due_at is not None and broadcast.due_at <= now
    match broadcast.state:
        case BroadcastState.APPROVED | BroadcastState.RUNNING if is_due:
            return Stride.BEGIN if _may_begin(session, broadcast) else None
        case BroadcastState.TRIAL:
            return _after_trial(session, broadcast, now)
        case BroadcastState.PLANNING:
            return Stride.PLAN
        case BroadcastState.RUNNING if broadcast.due_at is None:
            return None if broadcasts.owes(session, broadcast) else Stride.END
        case BroadcastState.STOPPED if broadcast.dropping:
            if broadcasts.pends(session, broadcast):
                return Stride.DROP
            return None if broadcasts.is_open(session, broadcast) else Stride.CLOSE
        case _:
            return None


def _may_begin(session: Session, broadcast: Broadcast) -> bool:
    """Whether it is known who got what this corrects: nobody gets that any more."""
    if broadcast.corrects_id is None:
        return True
    wrong = session.get(Broadcast, broadcast.corrects_id)
    return wrong is None or not wrong.dropping


def _after_trial(session: Session, broadcast: Broadcast, now: Moment) -> Stride | None:
    lasted = now - (broadcast.started_at or now)
    match trial.verdict(progress.tried(session, broadcast, now), lasted):
        case Verdict.GO:
            return Stride.GO_ON
        case Verdict.HOLD:
            return Stride.HOLD
        case Verdict.WAIT:
            return None
        case never:
            assert_never(never)


# Planning


def _tried_on(session: Session, broadcast: Broadcast, now: Moment, wave: Trial) -> Sequence[int]:
    """On whom it is tried first; nobody where it is not wide."""
    if not wave.is_for(
        audiences.count_up_to(session, broadcast.aim, 1 + max(wave.over, wave.wave))
    ):
        return ()
    return audiences.sample(session, broadcast.aim, now, wave.wave)


def _begin_run(broadcast: Broadcast, now: Moment, care: Care) -> None:
    assert broadcast.first_at is not None
    broadcast.state, broadcast.started_at = BroadcastState.PLANNING, now
    broadcast.run += 1
    broadcast.after_id = 0
    broadcast.due_at = None
    if broadcast.repeat == Repeat.WEEKLY:
        broadcast.due_at = recurrence.next_weekly(broadcast.first_at, now, care.zone)


def _plan_trial(
    session: Session, broadcast: Broadcast, tried_on: Sequence[int], now: Moment
) -> None:
    broadcast.state = BroadcastState.TRIAL
    for member_id in tried_on:
        _plan_after(session, broadcast, member_id - 1, now, limit=1)


def _plan_chunk(session: Session, broadcast: Broadcast, now: Moment) -> None:
    last = _plan_after(session, broadcast, broadcast.after_id, now)
    if last is None:
        broadcast.state = BroadcastState.RUNNING
    else:
        broadcast.after_id = last


def _plan_after(
    session: Session,
    broadcast: Broadcast,
    after_id: int,
    now: Moment,
    *,
    limit: int = audiences.CHUNK,
) -> int | None:
    assert broadcast.id is not None
    return audiences.plan_into(
        session,
        broadcast.aim,
        broadcast_id=broadcast.id,
        run=broadcast.run,
        after_id=after_id,
        now=now,
        expires_at=_useful_until(session, broadcast, broadcast.started_at or now),
        facts=_beyond_care(broadcast),
        limit=limit,
    )


def _beyond_care(broadcast: Broadcast) -> dict[str, Any]:
    """What overrides quiet hours and the daily cap, as ``models.daily`` reads it."""
    facts: dict[str, Any] = {"urgent": True} if broadcast.urgent else {}
    return facts | ({"corrects": broadcast.corrects_id} if broadcast.corrects_id else {})


def _useful_until(session: Session, broadcast: Broadcast, started: Moment) -> Moment:
    """A week, or until the event it leads to is over."""
    event = linked_event(session, broadcast)
    ends = started + A_WEEK
    return min(ends, event.ends_at) if event is not None and event.ends_at > started else ends


def linked_event(session: Session, broadcast: Broadcast) -> Event | None:
    kind, _, number = broadcast.link.partition(":")
    return session.get(Event, int(number)) if kind == "event" else None
