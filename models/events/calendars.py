"""Write events as an iCalendar file (RFC 5545), in the station's time zone."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from models.events import signups
from models.events.events import Event, EventState, SignupState
from models.network.members import Member
from models.store import Moment


def of_event(session: Session, event_id: int, language: str, zone: ZoneInfo, now: Moment) -> bytes:
    """Return a calendar of one event. Raises LookupError if there is none."""
    event = session.get(Event, event_id)
    if event is None:
        raise LookupError(f"no event {event_id}")
    return _calendar([event], language, zone, now)


def of_member(session: Session, member_id: int, zone: ZoneInfo, now: Moment) -> bytes:
    """Return a calendar of the events at which a member has a seat, with cancelled ones."""
    member = session.exec(select(Member).where(Member.id == member_id)).one()
    seats = [
        event
        for signup, event in signups.of_member(session, member_id, now)
        if signup.state == SignupState.SEATED
    ]
    return _calendar(seats, member.language, zone, now)


def _calendar(events: Sequence[Event], language: str, zone: ZoneInfo, now: Moment) -> bytes:
    # Imported with the first calendar: a process that serves only chats does without the library.
    from icalendar import Calendar
    from icalendar import Event as Entry

    calendar = Calendar()
    calendar.add("prodid", "-//Yizhan//Yizhan//EN")
    calendar.add("version", "2.0")
    for event in events:
        entry = Entry()
        # With the same UID a calendar updates its entry instead of adding another.
        entry.add("uid", f"event-{event.id}@yizhan")
        entry.add("dtstamp", now)
        entry.add("dtstart", event.starts_at.astimezone(zone))
        entry.add("dtend", event.ends_at.astimezone(zone))
        entry.add("summary", event.text_of("title").to(language))
        if place := event.text_of("place").to(language):
            entry.add("location", place)
        about = [event.text_of(column).to(language) for column in ("about", "bring")]
        entry.add("description", "\n".join(part for part in about if part))
        if event.map_url:
            entry.add("url", event.map_url)
        if event.state == EventState.CANCELLED:
            entry.add("status", "CANCELLED")
        calendar.add_component(entry)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written
