"""What an organizer's answer in a thread may tell whoever asks alike, as a known answer."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.desk import threads
from models.desk.threads import Thread, ThreadKind, ThreadLine
from models.events.events import Event
from models.network import roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.desk.likeness import LONGEST_ANSWER, LONGEST_QUESTION
from models.rules.network.permissions import Act
from models.rules.understanding import hiding
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A known answer as it would be kept; with ``event`` it is that event's, else the station's."""

    station: Station
    event: Event | None
    question: str
    answer: str


def suggested(session: Session, line_id: int, member_id: int, now: Moment) -> Suggestion | None:
    """Return what this organizer's own answer may tell all, with the line that it answers.

    None where they may not keep answers there, and for what is nobody else's: reports, threads
    without a name, pictures, and words that tell of a person or how to reach one.
    """
    line = session.get(ThreadLine, line_id)
    if line is None or not line.is_answer or line.by_member_id != member_id:
        return None
    thread = threads.for_organizer(session, line.thread_id, member_id, now)
    if thread is None or not thread.with_name or thread.kind == ThreadKind.REPORT:
        return None
    asked, place = _asked(session, line), _place(session, thread, member_id, now)
    if place is None or asked.picture_id is not None or line.picture_id is not None:
        return None
    question, name = " ".join(asked.text.split()), session.get_one(Member, thread.member_id).name
    if hiding.GONE in hiding.hidden(question, [name]) or hiding.tells_of(line.text, name):
        return None
    station, event = place
    return Suggestion(station, event, question[:LONGEST_QUESTION], line.text[:LONGEST_ANSWER])


def _asked(session: Session, line: ThreadLine) -> ThreadLine:
    """The member's line that an answer answers: the last one before it."""
    return session.exec(
        select(ThreadLine)
        .where(
            ThreadLine.thread_id == line.thread_id,
            ~col(ThreadLine.is_answer),
            col(ThreadLine.id) < line.id,
        )
        .order_by(col(ThreadLine.id).desc())
        .limit(1)
    ).one()


def _place(
    session: Session, thread: Thread, member_id: int, now: Moment
) -> tuple[Station, Event | None] | None:
    """Where the answer would be kept: its event, else the station that has the thread."""
    event = session.get(Event, thread.event_id) if thread.event_id is not None else None
    station_id = event.station_id if event is not None else thread.station_id
    station = session.get(Station, station_id) if station_id is not None else None
    team_id = event.team_id if event is not None else None
    if station is None:
        return None
    able = roles.may(session, member_id, Act.KEEP_ANSWER, station, now, team_id=team_id)
    return (station, event) if able else None
