"""What members do with their threads: open one, go on, judge the answer."""

from dataclasses import dataclass

from sqlmodel import Session

from models.desk import levels, threads
from models.desk.levels import Level
from models.desk.threads import Thread, ThreadKind, ThreadLine, ThreadState
from models.events.events import Event
from models.network.members import Caller
from models.network.stations import Care, Station
from models.rules.desk import anonymity
from models.rules.sending.hook_kinds import HookKind
from models.sending import noting
from models.store import Moment

MOST_A_DAY = 10
"""How many threads a member may open within a day: more than people have, fewer than a flood."""

MOST_LINES_A_DAY = 40
"""How many messages a member may write in threads within a day."""


@dataclass(frozen=True, slots=True)
class Told:
    """The words are kept; ``level`` is who was asked, None where nobody holds a role to read."""

    thread: Thread
    level: Level | None


@dataclass(frozen=True, slots=True)
class TooMany:
    """The member has told as much as one may within a day; nothing was added."""


def tell(
    session: Session,
    caller: Caller,
    text: str,
    care: Care,
    now: Moment,
    *,
    kind: ThreadKind = ThreadKind.WISH,
    event: Event | None = None,
    to: int | None = None,
    with_name: bool = False,
    picture_id: int | None = None,
    desk: Station | None = None,
) -> Told | TooMany:
    """Open a thread and notify those who are asked.

    ``to`` is the id of one of the ``threads.addressees``; any other value means the usual one. With
    a ``desk`` it is that station's matter, whoever tells it.
    """
    if threads.told_lately(session, caller.id, now)[0] >= MOST_A_DAY:
        return TooMany()
    able = threads.addressees(session, caller.station_id, event)
    usual = able[0] if able else None
    station = desk or next((each for each in able if each.id == to), usual)
    at = now if with_name else anonymity.dated(now)
    thread = Thread(
        kind=kind,
        member_id=caller.id,
        event_id=event.id if event is not None else None,
        chosen_station_id=station.id if station is not None else None,
        station_id=station.id if station is not None else None,
        with_event=event is not None and station is not None and station.id == event.station_id,
        with_name=with_name,
        opened_at=at,
        last_at=at,
    )
    session.add(thread)
    session.flush()
    noting.note(session, HookKind.THREAD, at, thread_id=thread.id)
    return _wait(session, thread, text, at, care, now, picture_id)


def say_more(
    session: Session,
    thread_id: int,
    caller: Caller,
    text: str,
    care: Care,
    now: Moment,
    *,
    picture_id: int | None = None,
) -> Told | TooMany | None:
    """Add a line of its member to a thread, which waits again; None where it is not theirs."""
    thread = session.get(Thread, thread_id, with_for_update=True, populate_existing=True)
    if thread is None or thread.member_id != caller.id:
        return None
    if threads.told_lately(session, caller.id, now)[1] >= MOST_LINES_A_DAY:
        return TooMany()
    at = now if thread.with_name else anonymity.dated(now)
    return _wait(session, thread, text, at, care, now, picture_id)


def _wait(
    session: Session,
    thread: Thread,
    text: str,
    at: Moment,
    care: Care,
    now: Moment,
    picture_id: int | None,
) -> Told:
    line = ThreadLine(thread_id=thread.id, text=text, at=at, picture_id=picture_id)
    session.add(line)
    session.flush()
    thread.last_at, thread.state = at, ThreadState.WAITING
    if thread.waits_since is None:
        thread.waits_since = at
        thread.ask_above_at = levels.when_above(at, care)
    return Told(thread, levels.ask(session, thread, line, now))


def rate(session: Session, thread: Thread, *, helped: bool) -> None:
    """Record whether the answer helped; the latest judgement counts. Help settles the thread.

    Without a name it does not: organizers would see at once that its member was here.
    """
    thread.helped = helped
    if helped and thread.with_name and thread.state == ThreadState.ANSWERED:
        thread.state = ThreadState.SETTLED
    session.add(thread)
    session.flush()
