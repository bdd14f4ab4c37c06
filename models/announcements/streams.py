"""Where an evening is streamed, and the announcement that brings the links to people in time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.announcements import announcements, lifecycle
from models.announcements.announcements import Announcement, AnnouncementState
from models.announcements.lifecycle import AwaitingApproval, NotStarted, Started
from models.events.events import Event, EventState
from models.gala import screens
from models.network.stations import Station
from models.rules.announcements import streaming
from models.rules.announcements.streaming import OnPages, Stream
from models.rules.events import undated
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.rules.network.floors import Count
from models.rules.network.permissions import SoloLimits
from models.store import Moment

OVER = (AnnouncementState.STOPPED, AnnouncementState.LAPSED)


class StreamLink(SQLModel, table=True):
    """A platform that streams an event. ``announcement_id`` is the one that tells of it.

    It is no foreign key: a draft that is given up is gone.
    """

    __tablename__ = "stream_link"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    name: str
    url: str
    announcement_id: int | None = None
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)


def of_event(session: Session, event_id: int) -> Sequence[StreamLink]:
    query = select(StreamLink).where(StreamLink.event_id == event_id)
    return session.exec(query.order_by(col(StreamLink.id))).all()


def on_pages(session: Session, event: Event, now: Moment) -> OnPages | None:
    """Return what everybody may read of the streams of an event now; None for nothing."""
    is_on = event.state in (EventState.OPEN, EventState.CLOSED)
    if not is_on or undated.is_to_come(event.starts_at):
        return None
    found = [
        Stream(each.name, each.url)
        for each in of_event(session, event.id)
        if not _is_ended(session, each)
    ]
    return streaming.on_pages(found, event.starts_at, event.ends_at, now)


def _is_ended(session: Session, row: StreamLink) -> bool:
    """Whether the announcement that tells of a stream was ended, or never approved."""
    if row.announcement_id is None:
        return False
    told = announcements.get(session, row.announcement_id)
    return told is not None and told.state in OVER


def audience_of(event: Event) -> Audience:
    """Whom the links are for unless an organizer chooses: its team, or its place and all below."""
    if event.team_id is not None:
        return Audience(teams=(event.team_id,))
    return Audience(stations=(event.station_id,))


def announcement_of(session: Session, event_id: int) -> Announcement | None:
    """The announcement that tells of the streams; None where there is none, or it was ended."""
    numbers = {each.announcement_id for each in of_event(session, event_id)} - {None}
    found = [announcements.get(session, number or 0) for number in sorted(filter(None, numbers))]
    return next((each for each in found if each is not None and each.state not in OVER), None)


def name(
    session: Session, event_id: int, streams: Sequence[Stream], by: int | None, now: Moment
) -> None:
    """Put these streams in place of those before; raises NotAllowed where ``by`` may not."""
    event = screens.locked(session, event_id, by, now)
    known = announcement_of(session, event_id)
    session.execute(delete(StreamLink).where(col(StreamLink.event_id) == event_id))
    session.add_all(
        StreamLink(
            event_id=event_id,
            name=each.name,
            url=each.url,
            announcement_id=known.id if known is not None else None,
            by_member_id=by,
        )
        for each in streams
    )
    session.flush()
    screens.record(session, event, by, now, "streams named")


def brings_all(session: Session, announcement: Announcement) -> bool:
    """Whether its words have every link of the streams that it tells of."""
    told = select(StreamLink.url).where(StreamLink.announcement_id == announcement.id)
    return all(url in announcement.text for url in session.exec(told))


def draft(session: Session, event_id: int, words: Translated, by: int, now: Moment) -> Announcement:
    """Draft the announcement of the streams; the one that there is, if it brings all of them.

    A draft that lacks some is written anew by its author alone: nobody else's words are deleted.
    """
    event = screens.locked(session, event_id, by, now)
    known = announcement_of(session, event_id)
    if known is not None:
        is_whole = brings_all(session, known) or known.state is not AnnouncementState.DRAFT
        if is_whole or known.by_member_id != by:
            return known
        announcements.discard(session, known)
    station = session.get_one(Station, event.station_id)
    aim, team = audience_of(event), event.team_id
    made = announcements.draft(session, station, by, now, audience=aim, team_id=team)
    announcements.change(session, made, text=words.text, link=f"event:{event_id}")
    for language, text in words.translations.items():
        announcements.translate(session, made, language, text)
    for each in of_event(session, event_id):
        each.announcement_id = made.id
        session.add(each)
    session.flush()
    return made


def plan(
    session: Session,
    announcement: Announcement,
    begins_at: Moment,
    by: int,
    now: Moment,
    *,
    people: Count,
    limits: SoloLimits,
) -> Started | AwaitingApproval | NotStarted:
    """Send a draft at the time from which everybody has it before the start."""
    announcements.change(session, announcement, first_at=begins_at if begins_at > now else None)
    return lifecycle.start(session, announcement, by, now, people=people, limits=limits)


def named_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the streams that a member named, as plain values."""
    rows = session.exec(
        select(StreamLink).where(StreamLink.by_member_id == member_id).order_by(col(StreamLink.id))
    )
    return [{"name": each.name, "link": each.url} for each in rows]
