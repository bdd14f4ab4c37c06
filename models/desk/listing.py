"""The organizers' desk: which threads wait, which are one's own, what is asked often."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, select

from models.desk import levels, threads
from models.desk.threads import Thread, ThreadLine, ThreadState
from models.network import roles
from models.network.stations import Station
from models.rules.desk import alike
from models.rules.network.permissions import Act
from models.store import Moment

MIN_ALIKE = 3
"""How many alike threads make a group that is shown as asked often."""

SCAN_LIMIT = 300
"""How many of the newest threads are compared."""


@dataclass(frozen=True, slots=True)
class Group:
    """Alike threads: the words of the newest of them, and how many members told one."""

    thread_id: int
    text: str
    times: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """Threads that wait where nobody holds a role to read them, and since when the oldest does."""

    number: int = 0
    since: Moment | None = None

    def seconds(self, now: Moment) -> float:
        """For how long the oldest waits; 0 where none does."""
        return max((now - self.since).total_seconds(), 0.0) if self.since is not None else 0.0

    def in_words(self) -> str:
        """A sentence for the operator; empty where there is none."""
        if not self.number or self.since is None:
            return ""
        return (
            f"{self.number} wait where nobody holds a role to read them, the oldest since "
            f"{self.since:%Y-%m-%d %H:%M} UTC: yizhan invite STATION ROLE"
        )


def waiting(
    session: Session, member_id: int, now: Moment, *, skip: int = 0, limit: int = 6
) -> Sequence[Thread]:
    """Threads that wait for an answer of this organizer or their like, the oldest first."""
    return session.exec(
        select(Thread)
        .where(*_waits(now), threads.readable_by(session, member_id, now))
        .order_by(col(Thread.waits_since), col(Thread.id))
        .offset(skip)
        .limit(limit)
    ).all()


def mine(
    session: Session, member_id: int, now: Moment, *, skip: int = 0, limit: int = 6
) -> Sequence[Thread]:
    """Threads that this organizer answered and may still read; those that wait come first."""
    answered = select(ThreadLine.thread_id).where(ThreadLine.by_member_id == member_id)
    # What nobody may see yet must not move its thread either.
    last_seen = (
        select(func.max(ThreadLine.at))
        .where(ThreadLine.thread_id == Thread.id, col(ThreadLine.at) <= now)
        .scalar_subquery()
    )
    return session.exec(
        select(Thread)
        .where(col(Thread.id).in_(answered), threads.readable_by(session, member_id, now))
        .order_by(~and_(*_waits(now)), last_seen.desc(), col(Thread.id))
        .offset(skip)
        .limit(limit)
    ).all()


def _waits(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a thread that organizers see and that waits for them."""
    return col(Thread.state) == ThreadState.WAITING, col(Thread.waits_since) <= now


def count_waiting(session: Session, member_id: int, now: Moment) -> int:
    """How many threads wait that this member may answer."""
    return session.exec(
        select(func.count())
        .select_from(Thread)
        .where(*_waits(now), threads.readable_by(session, member_id, now))
    ).one()


def unheard(session: Session, now: Moment) -> Unheard:
    """Threads that wait while nobody may answer: no role is held at their station or above."""
    rows = session.exec(
        select(Thread, Station.path)
        .join(Station, col(Station.id) == col(Thread.station_id), isouter=True)
        .where(Thread.state == ThreadState.WAITING)
    ).all()
    if not rows:
        return Unheard()
    staffed = roles.paths_with(session, Act.ANSWER_THREAD, now)
    alone = [
        thread
        for thread, path in rows
        if _has_nobody(session, thread, now, any((path or "").startswith(each) for each in staffed))
    ]
    times = [each.waits_since for each in alone if each.waits_since is not None]
    return Unheard(len(alone), min(times, default=None))


def _has_nobody(session: Session, thread: Thread, now: Moment, is_staffed: bool) -> bool:
    """Whether nobody may answer; where roles are held, it may be by those who may not read it."""
    if not is_staffed and not thread.with_event:
        return True
    if is_staffed and thread.asked_station_id is not None:
        return False
    return levels.first(session, thread, now) is None


def asked_often(session: Session, member_id: int, now: Moment, limit: int = 3) -> list[Group]:
    """Groups of alike threads of several members that this organizer may read, largest first."""
    first = select(func.min(ThreadLine.id)).group_by(col(ThreadLine.thread_id))
    recent = session.exec(
        select(Thread.id, Thread.member_id, ThreadLine.text)
        .join(ThreadLine, col(ThreadLine.thread_id) == col(Thread.id))
        .where(
            col(ThreadLine.id).in_(first),
            col(Thread.opened_at) <= now,
            threads.readable_by(session, member_id, now),
        )
        .order_by(col(Thread.id).desc())
        .limit(SCAN_LIMIT)
    ).all()
    groups = [
        Group(
            recent[places[0]][0],
            recent[places[0]][2],
            len({recent[place][1] for place in places}),
        )
        for places in alike.groups([text for _id, _member, text in recent])
    ]
    often = [group for group in groups if group.times >= MIN_ALIKE]
    return sorted(often, key=lambda group: -group.times)[:limit]
