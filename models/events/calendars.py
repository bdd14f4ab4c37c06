"""Write events as an iCalendar file (RFC 5545), in the station's time zone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.events._claims import CAME
from models.events.events import Event, EventState, Signup, SignupState
from models.network.members import Member
from models.rules.events import undated
from models.sending.topics import is_muted
from models.store import Moment

KEPT = timedelta(days=90)
"""How long after its end an event stays in a member's calendar."""

_IN_CALENDAR = (SignupState.SEATED, *CAME)


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """The calendar's own words in its reader's language: its name, and facts of an event.

    ``facts`` makes the lines of what people need to know besides time and place.
    """

    name: str
    facts: Callable[[Event], str]


@dataclass(frozen=True, slots=True)
class _Written:
    """What all entries of one calendar share; ``leads`` are minutes before the start."""

    language: str
    words: CalendarWords
    zone: ZoneInfo
    now: Moment
    leads: Sequence[int] = ()


def of_event(
    session: Session,
    event_id: int,
    member_id: int | None,
    language: str,
    words: CalendarWords,
    zone: ZoneInfo,
    now: Moment,
) -> bytes:
    """Return a calendar of one event, with the member's reminders as alarms.

    Raises LookupError if there is no such event.
    """
    event = session.get(Event, event_id)
    if event is None:
        raise LookupError(f"no event {event_id}")
    member = session.get(Member, member_id) if member_id is not None else None
    leads = _leads(member) if member is not None else ()
    return _calendar([event], _Written(language, words, zone, now, leads))


def of_member(
    session: Session, member: Member, words: CalendarWords, zone: ZoneInfo, now: Moment
) -> bytes:
    """Return a calendar of the events at which a member has or had a seat, with cancelled ones."""
    events = session.exec(
        select(Event)
        .join(Signup, col(Signup.event_id) == col(Event.id))
        .where(
            Signup.member_id == member.id,
            col(Signup.state).in_(_IN_CALENDAR),
            col(Event.ends_at) > now - KEPT,
        )
        .order_by(col(Event.starts_at), col(Event.id))
    ).all()
    return _calendar(events, _Written(member.language, words, zone, now, _leads(member)))


def _leads(member: Member) -> Sequence[int]:
    return () if is_muted("reminder", member.muted) else member.leads


def _calendar(events: Iterable[Event], how: _Written) -> bytes:
    # Imported with the first calendar: a process that serves only chats does without the library.
    from icalendar import Calendar, Timezone

    calendar = Calendar()
    calendar.add("prodid", "-//Yizhan//Yizhan//EN")
    calendar.add("version", "2.0")
    # Not in RFC 5545, and read by all common calendars as the name to show.
    calendar.add("x-wr-calname", how.words.name)
    # A calendar has at least one component (RFC 5545, 3.4), also one without events.
    calendar.add_component(Timezone.from_tzinfo(how.zone))
    for event in events:
        calendar.add_component(_entry(event, how))
    written: bytes = calendar.to_ical()
    return written


def _entry(event: Event, how: _Written) -> Any:
    from icalendar import Event as Entry

    entry = Entry()
    # With the same UID a calendar updates its entry instead of adding another, where the sequence
    # is not less than before (RFC 5546, 2.1.5).
    entry.add("uid", f"event-{event.id}@yizhan")
    entry.add("sequence", event.revision)
    entry.add("dtstamp", how.now)
    if event.changed_at is not None:
        entry.add("last-modified", event.changed_at)
    starts_at, ends_at = undated.planned(event.starts_at), undated.planned(event.ends_at)
    entry.add("dtstart", starts_at.astimezone(how.zone))
    entry.add("dtend", ends_at.astimezone(how.zone))
    entry.add("summary", event.text_of("title").to(how.language))
    if place := event.text_of("place").to(how.language):
        entry.add("location", place)
    about = (event.text_of("about").to(how.language), how.words.facts(event))
    entry.add("description", "\n".join(part for part in about if part))
    if event.map_url:
        entry.add("url", event.map_url)
    if event.state == EventState.CANCELLED or undated.is_to_come(event.starts_at):
        # One whose date is to come is not on that day: it comes back with its date.
        entry.add("status", "CANCELLED")
    else:
        entry.add("status", "CONFIRMED")
        for lead in sorted(how.leads, reverse=True):
            if event.starts_at - timedelta(minutes=lead) > how.now:
                entry.add_component(_alarm(lead, str(entry["summary"])))
    return entry


def _alarm(lead: int, summary: str) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -timedelta(minutes=lead))
    alarm.add("description", summary)
    return alarm
