"""Threads: what members tell organizers and what they answer; and who may read which."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, false
from sqlmodel import Field, Session, SQLModel, and_, col, delete, func, or_, select, update

from models.events import running
from models.events.events import Event
from models.network import roles, stations, walls
from models.network.members import Member
from models.network.stations import Station
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.store import Moment, one_of


class ThreadKind(StrEnum):
    WISH = "wish"
    QUESTION = "question"
    REPORT = "report"


class ThreadState(StrEnum):
    """WAITING for organizers; ANSWERED: the member may go on; SETTLED: nobody is waited for."""

    WAITING = "waiting"
    ANSWERED = "answered"
    SETTLED = "settled"


class Thread(SQLModel, table=True):
    """A member's matter, in lines of both sides.

    ``chosen_station_id`` is the station that the member chose, ``station_id`` the one that has it
    now, ``asked_station_id`` the highest whose organizers were asked for what waits now: None while
    nobody was, or only the leaders of a team. ``with_event``: the organizers of its event have it.
    ``assigned_to`` is the one of its organizers who takes it, None while nobody does.
    ``with_name`` is the member's choice: without it no organizer learns who asked, where they work
    or in which minute they wrote, so every line is dated with the next full hour, and no organizer
    sees it before. ``waits_since`` is the time of the first line that waits for organizers, None
    where none does; ``ask_above_at`` is when the next level is asked. ``helped`` is the member's
    judgement of the answer, None before it. Erasing the member deletes the lines and empties
    ``member_id``; the row stays and is counted.
    """

    id: int = Field(default=None, primary_key=True)
    kind: ThreadKind = Field(default=ThreadKind.WISH, sa_type=one_of(ThreadKind))
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True)
    chosen_station_id: int | None = Field(default=None, foreign_key="station.id")
    station_id: int | None = Field(default=None, foreign_key="station.id", index=True)
    asked_station_id: int | None = Field(default=None, foreign_key="station.id")
    assigned_to: int | None = Field(default=None, foreign_key="member.id", index=True)
    with_event: bool = False
    with_name: bool = False
    state: ThreadState = Field(default=ThreadState.WAITING, sa_type=one_of(ThreadState))
    opened_at: Moment
    last_at: Moment
    waits_since: Moment | None = Field(default=None, index=True)
    ask_above_at: Moment | None = Field(default=None, index=True)
    helped: bool | None = None


class ThreadLine(SQLModel, table=True):
    """One message of a thread; ``by_member_id`` is the organizer where ``is_answer``.

    It is None in the member's own lines, and once that organizer is erased.
    """

    __tablename__ = "thread_line"

    id: int = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="thread.id", index=True)
    is_answer: bool = False
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    text: str
    picture_id: int | None = Field(default=None, foreign_key="picture.id")
    at: Moment


def get(session: Session, thread_id: int) -> Thread | None:
    """The thread; None also when its words were erased with its member."""
    thread = session.get(Thread, thread_id)
    return thread if thread is not None and thread.member_id is not None else None


def lines_of(
    session: Session, thread_id: int, *, until: Moment | None = None
) -> Sequence[ThreadLine]:
    """The lines in their order; with ``until`` those that organizers may see by then."""
    query = select(ThreadLine).where(ThreadLine.thread_id == thread_id)
    if until is not None:
        query = query.where(col(ThreadLine.at) <= until)
    return session.exec(query.order_by(col(ThreadLine.id))).all()


def is_waiting(thread: Thread, now: Moment) -> bool:
    """Whether something waits that organizers see by now: a line without a name is not told of."""
    is_seen = thread.waits_since is not None and thread.waits_since <= now
    return thread.state == ThreadState.WAITING and is_seen


def first_line(session: Session, thread_id: int) -> ThreadLine:
    query = select(ThreadLine).where(ThreadLine.thread_id == thread_id)
    return session.exec(query.order_by(col(ThreadLine.id)).limit(1)).one()


def first_lines(session: Session, thread_ids: Sequence[int]) -> dict[int, ThreadLine]:
    """The first line of each of these threads."""
    firsts = select(func.min(ThreadLine.id)).where(col(ThreadLine.thread_id).in_(thread_ids))
    numbers = firsts.group_by(col(ThreadLine.thread_id))
    rows = session.exec(select(ThreadLine).where(col(ThreadLine.id).in_(numbers)))
    return {each.thread_id: each for each in rows}


def of_member(
    session: Session, member_id: int, *, skip: int = 0, limit: int = 6
) -> Sequence[Thread]:
    """A member's own threads: those still open first, then the newest."""
    return session.exec(
        select(Thread)
        .where(Thread.member_id == member_id)
        .order_by(
            col(Thread.state) == ThreadState.SETTLED,
            col(Thread.last_at).desc(),
            col(Thread.id).desc(),
        )
        .offset(skip)
        .limit(limit)
    ).all()


def count_of(session: Session, member_id: int) -> int:
    """How many threads of a member there are."""
    return session.exec(
        select(func.count()).select_from(Thread).where(Thread.member_id == member_id)
    ).one()


# Who may read


def for_organizer(session: Session, thread_id: int, by: int, now: Moment) -> Thread | None:
    """The thread, if this organizer may read and answer it now."""
    visible = col(Thread.opened_at) <= now
    theirs = readable_by(session, by, now)
    return session.exec(select(Thread).where(Thread.id == thread_id, visible, theirs)).first()


def may_read(session: Session, thread: Thread, member_id: int, now: Moment) -> bool:
    """Whether an organizer may read a thread, once it may be seen at all."""
    theirs = select(Thread.id).where(Thread.id == thread.id, readable_by(session, member_id, now))
    return session.exec(theirs).first() is not None


def readable_by(session: Session, member_id: int, now: Moment) -> ColumnElement[bool]:
    """Return the condition of a thread that this member may read and answer as an organizer.

    Those are the threads at their station and below it, and those that the organizers of an event
    have which they run or published; never their own. A thread is at a contact point only where its
    member chose that, or asked about an event of a company that is not their own. Who holds a role
    at a company is one of its organizers, whatever other roles they hold: they read nothing of its
    own people but what these chose the company for.
    """
    held = roles.held_by(session, member_id, now)
    answering = permissions.roles_for(Act.ANSWER_THREAD)
    paths = [each.path for each in held if each.role in answering]
    theirs: list[ColumnElement[bool]] = []
    if paths:
        below = or_(*(col(Station.path).startswith(path) for path in paths))
        theirs.append(col(Thread.station_id).in_(select(Station.id).where(below)))
    if held:
        theirs.append(_about_an_event_of(session, member_id, now))
    if not theirs:
        return false()
    own_firm = walls.firms_of(session, member_id, now)
    wall = (_behind_the_wall(own_firm),) if own_firm else ()
    return and_(col(Thread.member_id) != member_id, or_(*theirs), *wall)


def _about_an_event_of(session: Session, member_id: int, now: Moment) -> ColumnElement[bool]:
    """The organizers of its event have it, and this member runs that event or published it."""
    published = and_(
        col(Event.by_member_id) == member_id,
        running.where_may(session, member_id, Act.PUBLISH_EVENT, now),
    )
    run = running.where_may(session, member_id, Act.RUN_EVENT, now)
    mine = select(Event.id).where(or_(run, published))
    return and_(col(Thread.with_event), col(Thread.event_id).in_(mine))


def _behind_the_wall(paths: Sequence[str]) -> ColumnElement[bool]:
    """Not of the own people of a firm whose organizer they are, but where these chose the firm."""
    points = walls.points_of(paths)
    own_people = select(Member.id).where(col(Member.station_id).in_(points))
    return or_(col(Thread.chosen_station_id).in_(points), col(Thread.member_id).not_in(own_people))


# Whom a member may address


def addressees(
    session: Session, station_id: int | None, event: Event | None = None
) -> list[Station]:
    """Return the stations to which a member of this station may address a thread, the usual first.

    That is the town, or the place that holds the ``event``, but never the company where they work:
    its organizers are their employer's, so it stands last and is for the thread for which the
    member chose it.
    """
    own = stations.get(session, station_id)
    host = stations.get(session, event.station_id) if event is not None else None
    found = [stations.desk_of(session, station_id), stations.district(session), own]
    if host is not None:
        found.insert(len(found) if is_own_company(host, own) else 0, host)
    unique = {each.id: each for each in found if each is not None}.values()
    return sorted(unique, key=lambda each: is_own_company(each, own))


def is_own_company(place: Station, own: Station | None) -> bool:
    """Whether a place is a contact point of the company of those who work at ``own``."""
    if own is None or place.kind != stations.StationKind.CONTACT_POINT:
        return False
    is_same = place.enterprise_id is not None and place.enterprise_id == own.enterprise_id
    return place.id == own.id or is_same


# What is not kept


def forget_member(session: Session, member_id: int) -> None:
    """Erase the lines and the author of an erased member's threads; the rows stay."""
    theirs = select(Thread.id).where(Thread.member_id == member_id)
    session.execute(delete(ThreadLine).where(col(ThreadLine.thread_id).in_(theirs)))
    session.execute(
        update(Thread)
        .where(col(Thread.member_id) == member_id)
        .values(
            member_id=None,
            with_name=False,
            assigned_to=None,
            state=ThreadState.SETTLED,
            waits_since=None,
            ask_above_at=None,
        )
    )


def told_lately(session: Session, member_id: int, now: Moment) -> tuple[int, int]:
    """How many threads a member opened within a day, and how many lines they wrote."""
    since = now - timedelta(days=1)
    opened = select(func.count()).select_from(Thread)
    theirs = Thread.member_id == member_id
    lines = select(func.count()).select_from(ThreadLine).join(Thread)
    return (
        session.exec(opened.where(theirs, col(Thread.opened_at) > since)).one(),
        session.exec(
            lines.where(theirs, ~col(ThreadLine.is_answer), col(ThreadLine.at) > since)
        ).one(),
    )
