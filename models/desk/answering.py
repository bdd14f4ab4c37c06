"""What organizers do with threads: take, answer, hand over, settle. Each act is audited.

Each raises ``roles.NotAllowed`` when ``by`` may not read the thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from models.desk import levels, threads
from models.desk.threads import Thread, ThreadLine, ThreadState
from models.events.events import Event
from models.network import audit, roles, stations
from models.network.members import Member
from models.network.roles import NotAllowed
from models.network.stations import Care, Station, StationKind
from models.rules.network.permissions import Act
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody else has answered since the organizer was asked for words: this is their line."""

    line: ThreadLine


def answer(
    session: Session,
    thread_id: int,
    text: str,
    by: int,
    care: Care,
    now: Moment,
    *,
    seen: int | None = None,
    read: int | None = None,
) -> ThreadLine | Meanwhile:
    """Answer a thread and notify its member.

    ``seen`` is the last answer that the organizer knows of (0: none): if there is another one by
    then, nothing is done. ``read`` is the last line of its member that they know of: those that
    came after it still wait.
    """
    thread = _locked(session, thread_id, by, now)
    last = last_answer(session, thread_id)
    if last is not None and seen is not None and last.id != seen and last.by_member_id != by:
        return Meanwhile(last)
    line = ThreadLine(thread_id=thread_id, is_answer=True, by_member_id=by, text=text, at=now)
    session.add(line)
    session.flush()
    _not_waiting(session, thread, ThreadState.ANSWERED, read, care, now)
    thread.last_at = max(thread.last_at, now)
    _record(session, thread, by, now, what="answered")
    facts = {"line_id": line.id}
    levels.tell_member(session, thread, "thread-answer", str(line.id), now, **facts)
    return line


def settle(
    session: Session,
    thread_id: int,
    by: int,
    care: Care,
    now: Moment,
    *,
    read: int | None = None,
) -> bool:
    """Settle a thread and notify its member; False when it is settled already.

    ``read`` as for ``answer``.
    """
    thread = _locked(session, thread_id, by, now)
    if thread.state == ThreadState.SETTLED:
        return False
    was_waiting = thread.state == ThreadState.WAITING
    _not_waiting(session, thread, ThreadState.SETTLED, read, care, now)
    _record(session, thread, by, now, what="settled")
    if was_waiting:
        key = f"{now:%Y%m%d%H%M%S}"
        levels.tell_member(session, thread, "thread-settled", key, now)
    return True


def _not_waiting(
    session: Session,
    thread: Thread,
    state: ThreadState,
    read: int | None,
    care: Care,
    now: Moment,
) -> None:
    """Nothing waits any more, but what was not read, and what nobody may see yet."""
    thread.state, thread.waits_since, thread.ask_above_at = state, None, None
    unread = col(ThreadLine.at) > now
    if read is not None:
        unread |= col(ThreadLine.id) > read
    since = session.exec(
        select(func.min(ThreadLine.at)).where(
            ThreadLine.thread_id == thread.id, ~col(ThreadLine.is_answer), unread
        )
    ).one()
    if since is not None:
        thread.state, thread.waits_since = ThreadState.WAITING, since
        thread.ask_above_at = levels.when_above(since, care)
    session.add(thread)
    session.flush()


def targets(session: Session, thread: Thread, now: Moment) -> Sequence[Station]:
    """Return the stations to which a thread can be handed over: those with organizers of their own.

    Towns and the district, whatever the member's place, so that the list tells nothing of it; and
    the station that the member chose.
    """
    staffed = roles.paths_with(session, Act.ANSWER_THREAD, now)
    return [
        each
        for each in stations.everything(session)
        if each.path in staffed
        and (each.kind != StationKind.CONTACT_POINT or each.id == thread.chosen_station_id)
        and (each.id != thread.station_id or _is_with_a_team(thread))
    ]


def _is_with_a_team(thread: Thread) -> bool:
    """Whether those who lead a team have it, and its station was not asked."""
    return thread.with_event and thread.asked_station_id is None


def hand_over(
    session: Session, thread_id: int, station_id: int, by: int, care: Care, now: Moment
) -> Station | None:
    """Hand a thread over to the organizers of one of the ``targets``, and tell its member.

    Returns None where the station is none of them.
    """
    thread = _locked(session, thread_id, by, now)
    found = (each for each in targets(session, thread, now) if each.id == station_id)
    station = next(found, None)
    if station is None:
        return None
    thread.station_id, thread.with_event, thread.assigned_to = station.id, False, None
    thread.state = ThreadState.WAITING
    thread.waits_since = thread.waits_since or now
    thread.ask_above_at = levels.when_above(now, care)
    _record(session, thread, by, now, what="handed over", to=station.id)
    line = levels.last_of_member(session, thread)
    levels.ask(session, thread, line, now)
    key = f"{line.id}:{station.id}:{now:%Y%m%d%H%M%S}"
    levels.tell_member(session, thread, "thread-passed", key, now, station_id=station.id)
    return station


MOST_READERS = 20
"""To how many of those who may read it a thread can be given."""


def readers(session: Session, thread: Thread, now: Moment) -> list[Member]:
    """Return those who may take a thread: the nearest of the organizers who may read it."""
    found: dict[int, Member] = {}
    if thread.with_event and thread.event_id is not None:
        event = session.get_one(Event, thread.event_id)
        for number in levels.leaders(session, thread, event, now):
            found[number] = session.get_one(Member, number)
    station = stations.get(session, thread.station_id)
    if station is not None:
        above = roles.upwards(session, Act.ANSWER_THREAD, station, now, limit=MOST_READERS)
        for member in above:
            if member.id not in found and threads.may_read(session, thread, member.id, now):
                found[member.id] = member
    return list(found.values())[:MOST_READERS]


def taker(session: Session, thread: Thread, now: Moment) -> Member | None:
    """Return who takes a thread; None also when they may not read it any more."""
    number = thread.assigned_to
    if number is None or not threads.may_read(session, thread, number, now):
        return None
    return session.get(Member, number)


def give(session: Session, thread_id: int, to: int, by: int, now: Moment) -> Member | None:
    """Let somebody who may read a thread take it, and tell them; ``to`` may be ``by``.

    Returns None where they may not read it.
    """
    thread = _locked(session, thread_id, by, now)
    member = session.get(Member, to)
    if member is None or not threads.may_read(session, thread, to, now):
        return None
    if thread.assigned_to == to:
        return member
    thread.assigned_to = to
    session.add(thread)
    session.flush()
    _record(session, thread, by, now, what="taken" if to == by else "given")
    if to != by and threads.is_waiting(thread, now):
        line = last_of_member(session, thread_id, now)
        levels.notify(session, thread, line, [to], now, due_at=now, is_given=True)
    return member


def put_back(session: Session, thread_id: int, by: int, now: Moment) -> bool:
    """Let nobody take a thread; False where nobody did."""
    thread = _locked(session, thread_id, by, now)
    if thread.assigned_to is None:
        return False
    thread.assigned_to = None
    session.add(thread)
    session.flush()
    _record(session, thread, by, now, what="put back")
    return True


SHOWN_FOR = timedelta(hours=1)
"""How long a name that was opened is shown without being recorded again."""


def is_open_to(session: Session, thread: Thread, by: int, now: Moment) -> bool:
    """Whether it was recorded lately that this organizer opened a thread with a name."""
    subject = f"thread:{thread.id}"
    return audit.has_done(session, by, Act.SEE_LIST, subject, now - SHOWN_FOR)


def record_view(session: Session, thread: Thread, by: int, now: Moment) -> None:
    """Record that an organizer opened a thread with a name."""
    subject = f"thread:{thread.id}"
    audit.record(session, by, Act.SEE_LIST, subject, now, station_id=thread.station_id)


def last_of_member(session: Session, thread_id: int, now: Moment) -> ThreadLine:
    """Return the last line of its member that organizers may see by now."""
    query = select(ThreadLine).where(
        ThreadLine.thread_id == thread_id, ~col(ThreadLine.is_answer), col(ThreadLine.at) <= now
    )
    return session.exec(query.order_by(col(ThreadLine.id).desc()).limit(1)).one()


def last_answer(session: Session, thread_id: int) -> ThreadLine | None:
    query = select(ThreadLine).where(ThreadLine.thread_id == thread_id, ThreadLine.is_answer)
    return session.exec(query.order_by(col(ThreadLine.id).desc()).limit(1)).first()


def _locked(session: Session, thread_id: int, by: int, now: Moment) -> Thread:
    """Lock the thread for somebody who may read it."""
    thread = session.get_one(Thread, thread_id, with_for_update=True, populate_existing=True)
    if threads.for_organizer(session, thread_id, by, now) is None:
        raise NotAllowed(Act.ANSWER_THREAD)
    return thread


def _record(session: Session, thread: Thread, by: int, now: Moment, **details: Any) -> None:
    subject, place = f"thread:{thread.id}", thread.station_id
    audit.record(session, by, Act.ANSWER_THREAD, subject, now, station_id=place, **details)
