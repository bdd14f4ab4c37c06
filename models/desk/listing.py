"""The organizers' desk: which threads wait, which are one's own, what is asked often."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from models.desk import levels, threads
from models.desk.threads import Thread, ThreadLine, ThreadState
from models.events.events import Event
from models.network import roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.desk import alike
from models.rules.network.permissions import Act
from models.store import Moment

MIN_ALIKE = 3
"""How many alike threads make a group that is shown as asked often."""

SCAN_LIMIT = 300
"""How many of the newest threads are compared."""


Row = TypeVar("Row", Station, Event)


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


class Which(StrEnum):
    """Which threads a list shows, of those that an organizer may read."""

    WAITING = "waiting"
    MINE = "mine"
    ANSWERED = "answered"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Listed:
    """A thread as lists show it: its first words, where it is, and who takes it."""

    thread: Thread
    text: str
    place: Station | None
    event: Event | None
    taker: Member | None


def page(
    session: Session,
    member_id: int,
    now: Moment,
    which: Which,
    *,
    after: tuple[Moment, int] | None = None,
    limit: int = 20,
) -> list[Listed]:
    """Threads that this organizer may read: those that wait by age, all others newest first.

    ``after`` are the time since when the last one of the page before waits, and its number.
    """
    theirs = threads.readable_by(session, member_id, now)
    query = select(Thread).where(theirs, col(Thread.opened_at) <= now)
    if which is Which.WAITING:
        query = query.where(*_waits(now)).order_by(col(Thread.waits_since), col(Thread.id))
        if after is not None:
            since = col(Thread.waits_since)
            query = query.where(
                or_(since > after[0], and_(since == after[0], col(Thread.id) > after[1]))
            )
    else:
        query = query.order_by(col(Thread.id).desc())
        if after is not None:
            query = query.where(col(Thread.id) < after[1])
    if which is Which.MINE:
        answered = select(ThreadLine.thread_id).where(ThreadLine.by_member_id == member_id)
        query = query.where(or_(Thread.assigned_to == member_id, col(Thread.id).in_(answered)))
    if which is Which.ANSWERED:
        query = query.where(Thread.state != ThreadState.WAITING)
    return _with_words(session, session.exec(query.limit(limit)).all(), now)


def _with_words(session: Session, rows: Sequence[Thread], now: Moment) -> list[Listed]:
    first = threads.first_lines(session, [each.id for each in rows])
    places = _by_id(session, Station, {each.station_id for each in rows})
    events = _by_id(session, Event, {each.event_id for each in rows})
    takers = roles.who_hold(session, {each.assigned_to for each in rows if each.assigned_to}, now)
    return [
        Listed(
            each,
            first[each.id].text,
            places.get(each.station_id),
            events.get(each.event_id),
            takers.get(each.assigned_to or 0),
        )
        for each in rows
    ]


def _by_id(
    session: Session, table: type[Row], numbers: Collection[int | None]
) -> dict[int | None, Row]:
    wanted = [each for each in numbers if each is not None]
    if not wanted:
        return {}
    rows = session.exec(select(table).where(col(table.id).in_(wanted)))
    return {each.id: each for each in rows}


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
