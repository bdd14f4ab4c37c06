"""Who is asked about a thread: its station or its event's organizers, and level above level."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.desk import threads
from models.desk.threads import Thread, ThreadLine, ThreadState
from models.events.events import Event
from models.network import roles, stations
from models.network.stations import Care, Station
from models.rules.network.permissions import Act
from models.rules.sending import quiet_hours
from models.sending import deliveries
from models.store import Moment
from models.teams import leading

AT_ONCE = 200
"""How many threads go up in one transaction."""


@dataclass(frozen=True, slots=True)
class Level:
    """Whom to ask; ``station`` is theirs, None where they only lead a team."""

    station: Station | None
    member_ids: tuple[int, ...]


def first(session: Session, thread: Thread, now: Moment) -> Level | None:
    """Whoever has the thread: its event's organizers, else the nearest at its station or above."""
    if thread.with_event and thread.event_id is not None:
        event = session.get_one(Event, thread.event_id)
        led = leaders(session, thread, event, now)
        if led and event.team_id is not None:
            return Level(None, led)
        level = _nearest(session, thread, thread.station_id, now)
        if led:
            others = level.member_ids if level is not None else ()
            station = level.station if level is not None else None
            return Level(station, tuple(dict.fromkeys((*led, *others))))
        return level
    return _nearest(session, thread, thread.station_id, now)


def leaders(session: Session, thread: Thread, event: Event, now: Moment) -> tuple[int, ...]:
    """The publisher of an event and those who lead its team, who may read the thread."""
    published = [event.by_member_id] if event.by_member_id is not None else []
    captains = (
        [member.id for member in leading.reached(session, event.team_id, now)]
        if (event.team_id is not None)
        else []
    )
    found = dict.fromkeys((*published, *captains))
    return tuple(each for each in found if threads.may_read(session, thread, each, now))


def _nearest(session: Session, thread: Thread, station_id: int | None, now: Moment) -> Level | None:
    """The nearest level, of this station or above, with somebody who may read the thread."""
    station = stations.get(session, station_id)
    while station is not None:
        found = roles.nearest(session, Act.ANSWER_THREAD, station, now, but=thread.member_id)
        if found is None:
            return None
        level, organizers = found
        readers = [each for each in organizers if threads.may_read(session, thread, each.id, now)]
        if readers:
            return Level(level, tuple(each.id for each in readers))
        station = stations.get(session, level.parent_id)
    return None


def above(session: Session, thread: Thread, now: Moment) -> Level | None:
    """The next level that has not been asked about what waits; None where there is none."""
    asked = stations.get(session, thread.asked_station_id)
    if asked is None:
        return _nearest(session, thread, thread.station_id, now)
    return _nearest(session, thread, asked.parent_id, now)


def ask(session: Session, thread: Thread, line: ThreadLine, now: Moment) -> Level | None:
    """Notify whoever has the thread of this line of its member; None where nobody does."""
    level = first(session, thread, now)
    thread.asked_station_id = level.station.id if level is not None and level.station else None
    session.add(thread)
    session.flush()
    if level is not None:
        able = level.member_ids
        # Whoever takes it goes on with it; the level above is asked if they don't.
        asked = (thread.assigned_to,) if thread.assigned_to in able else able
        notify(session, thread, line, asked, now, due_at=max(line.at, now))
    return level


def notify(
    session: Session,
    thread: Thread,
    line: ThreadLine,
    member_ids: Sequence[int],
    now: Moment,
    *,
    due_at: Moment,
    **more: bool,
) -> None:
    """Plan notices of a line; ``more`` says why they get it: it ``is_late``, or ``is_given``."""
    for member_id in member_ids:
        deliveries.plan_for_member(
            session,
            member_id,
            # A line comes again to those who get it back, and to whoever has a role above, too.
            key=f"thread:{thread.id}:{line.id}:{due_at:%Y%m%d%H%M%S}:{member_id}",
            topic="thread",
            facts={"thread_id": thread.id, "line_id": line.id, **more},
            due_at=due_at,
            expires_at=due_at + deliveries.A_WEEK,
            now=now,
            about=thread.member_id,
        )


def tell_member(
    session: Session,
    thread: Thread,
    topic: str,
    key: str,
    now: Moment,
    **facts: object,
) -> None:
    """Plan a notice about a thread to its member."""
    if thread.member_id is None:
        return
    deliveries.plan_for_member(
        session,
        thread.member_id,
        key=f"{topic}:{thread.id}:{key}",
        topic=topic,
        facts={"thread_id": thread.id, **facts},
        due_at=now,
        expires_at=now + deliveries.A_WEEK,
        now=now,
    )


# Going up


def by_day(at: Moment, care: Care) -> Moment:
    """``at``, or the end of the station's quiet hours it falls into."""
    return quiet_hours.next_allowed(at, care.quiet, care.zone)


def when_above(since: Moment, care: Care) -> Moment:
    """When the level above is asked about what waits since then."""
    return by_day(since + care.answer_within, care)


def any_due(session: Session, now: Moment) -> bool:
    """Return whether ``go_up`` has work."""
    return session.exec(_due(now).limit(1)).first() is not None


def _due(now: Moment) -> SelectOfScalar[Thread]:
    return select(Thread).where(col(Thread.ask_above_at) <= now).order_by(col(Thread.id))


def go_up(session: Session, now: Moment, care: Care) -> int:
    """Ask the level above about every thread that has waited too long; return how many."""
    rows = session.exec(_due(now).limit(AT_ONCE).with_for_update()).all()
    for thread in rows:
        _go_up(session, thread, care, now)
        session.add(thread)
    session.flush()
    return len(rows)


def _go_up(session: Session, thread: Thread, care: Care, now: Moment) -> None:
    thread.ask_above_at = None
    if thread.state != ThreadState.WAITING or thread.member_id is None:
        return
    level = above(session, thread, now)
    if level is None or level.station is None:
        asked = stations.get(session, thread.asked_station_id)
        if asked is None or asked.parent_id is not None:
            # Whoever gets a role later is asked then.
            thread.ask_above_at = when_above(now, care)
        return
    line = last_of_member(session, thread)
    thread.asked_station_id = level.station.id
    if level.station.parent_id is not None:
        thread.ask_above_at = when_above(now, care)
    notify(session, thread, line, level.member_ids, now, due_at=now, is_late=True)
    key = f"{line.id}:{level.station.id}:{now:%Y%m%d%H%M%S}"
    tell_member(
        session, thread, "thread-passed", key, now, station_id=level.station.id, is_late=True
    )


def last_of_member(session: Session, thread: Thread) -> ThreadLine:
    return session.exec(
        select(ThreadLine)
        .where(ThreadLine.thread_id == thread.id, ~col(ThreadLine.is_answer))
        .order_by(col(ThreadLine.id).desc())
        .limit(1)
    ).one()
