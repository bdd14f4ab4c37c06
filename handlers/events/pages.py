"""What anybody may read of an event, on its page ``/e/N``: the words of it, and nobody's name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.language import phrasebook
from bot.conversation.messages import Sayable, When, lines, say
from handlers.events import gates, partners
from handlers.events.fields import DETAIL_FIELDS, LABELS, Stands, told
from handlers.events.posters import ways
from handlers.events.printing import Words
from handlers.words import (
    CATEGORIES,
    DOT,
    opens_later,
    seats_of_all,
    station_name,
    title,
    why_no_seats,
)
from models.announcements import streams
from models.events import calendars, events, pictures
from models.events.calendars import CalendarWords
from models.events.events import Event, EventState
from models.network import stations
from models.rules.events import undated, windows
from models.rules.events.windows import Phase

NOT_FOR_ALL = frozenset({"contact"})
"""Who can be asked is a person: whoever opens the event in a chat reads it there."""

SCHEMES = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Page:
    """An event in a reader's words. ``map`` is an address, ``picture`` a name; they may be empty.

    ``notice`` says that it is postponed or cancelled, and why. ``rows`` are labels with what is
    said. ``ways`` are labels with the paths that open it in a chat, below ``call``; ``typed`` is
    what leads there without them. ``calendar`` labels the link to its calendar. ``streams`` are
    labels with addresses below ``watch``, and ``watch_when`` is said in their place before.
    """

    title: str
    kind: str
    station: str
    notice: tuple[str, ...]
    when: str
    place: str
    map: str
    map_label: str
    picture: str
    rows: tuple[tuple[str, str], ...]
    about: str
    seats: str
    call: str
    ways: tuple[tuple[str, str], ...]
    typed: str
    calendar: str
    watch: str = ""
    watch_when: str = ""
    streams: tuple[tuple[str, str], ...] = ()


def for_all(session: Session, event_id: int) -> Event | None:
    """The event where everybody may see it: published, and with a page for all."""
    event = events.get(session, event_id)
    return event if event is not None and event.has_page else None


def page(
    session: Session, event_id: int, language: str, zone: ZoneInfo, now: datetime
) -> Page | None:
    """The page of an event in a language; None where there is none for everybody."""
    event = for_all(session, event_id)
    if event is None:
        return None
    in_words = Words(language, zone, now)
    host = in_words(station_name(stations.get(session, event.station_id)))
    is_open = windows.phase_of(event, now) == Phase.OPEN and not opens_later(event, now)
    return Page(
        title=in_words(title(event)),
        kind=in_words(CATEGORIES[event.category]),
        station=host,
        notice=_notice(event, in_words),
        when=in_words(When(event.starts_at, event.ends_at)),
        place=in_words(event.text_of("place")) or host,
        map=event.map_url if event.map_url.startswith(SCHEMES) else "",
        map_label=in_words(say("Map")),
        picture=pictures.name(session, event.picture_id),
        rows=(*_rows(event, now, in_words), *_partners(session, event, in_words)),
        about=in_words(event.text_of("about")),
        seats=in_words(why_no_seats(event, now) or seats_of_all(event)),
        call=in_words(say("Sign up in a chat") if is_open else say("Open it in a chat")),
        ways=tuple(ways(session, f"e{event.id}", in_words)),
        typed=in_words(say("Or write “sign up {n}” to the station.", n=event.id))
        if is_open
        else "",
        calendar=in_words(say("Add to calendar")),
        **_streams(session, event, now, in_words),
    )


def _streams(session: Session, event: Event, now: datetime, in_words: Words) -> dict[str, Any]:
    """Where it is streamed, once it is time; before, from when on the links stand there."""
    found = streams.on_pages(session, event, now)
    if found is None:
        return {}
    when = say("The links appear here from {when}.", when=When(found.opens_at))
    return {
        "watch": in_words(say("Watch the stream")),
        "watch_when": "" if found.links else in_words(when),
        "streams": tuple((each.name, each.url) for each in found.links),
    }


def _partners(session: Session, event: Event, in_words: Words) -> list[tuple[str, str]]:
    return [(in_words(label), in_words(names)) for label, names in partners.rows(session, event.id)]


def _notice(event: Event, in_words: Words) -> tuple[str, ...]:
    if event.state == EventState.CANCELLED:
        off = say("❌ This event is cancelled.")
    elif undated.is_to_come(event.starts_at):
        off = say("⚠️ This event is postponed; its date is to come.")
    else:
        return ()
    why = (in_words(say("Why: {reason}", reason=event.reason)),) if event.reason else ()
    return (in_words(off), *why)


def _rows(event: Event, now: datetime, in_words: Words) -> tuple[tuple[str, str], ...]:
    """The details by their labels, when sign-up ends, and for whom it is open."""
    is_dated = not undated.is_to_come(event.starts_at)
    closes_early = is_dated and event.closes_at < event.starts_at
    closes = When(event.closes_at) if closes_early else None
    said: list[tuple[Sayable, Sayable | None]] = [
        (field.label, LABELS[name].get(getattr(event, name)))
        if name in LABELS
        else (field.label, event.text_of(name))
        for name, field in DETAIL_FIELDS.items()
        if name not in NOT_FOR_ALL and field.stands != Stands.TEXT
    ]
    said.append((say("Sign-up ends"), closes))
    # The time is said in full: the page is one for all who come by it, today and tomorrow.
    said.append((say("Who may sign up"), gates.line(event, now, near=False)))
    rows = [(in_words(label), in_words(text)) for label, text in said if text is not None]
    return tuple((label, text) for label, text in rows if text)


def calendar(
    session: Session, event_id: int, language: str, zone: ZoneInfo, now: datetime
) -> bytes | None:
    """The event as a calendar file; None where there is none for everybody."""
    event = for_all(session, event_id)
    if event is None:
        return None
    into = phrasebook().into(language)
    words = CalendarWords(into(title(event)), lambda each: into(lines(*_facts(each))))
    return calendars.of_event(session, event_id, None, language, words, zone, now)


def _facts(event: Event) -> list[Sayable | None]:
    return [
        told(event, name)
        for name, field in DETAIL_FIELDS.items()
        if name not in NOT_FOR_ALL and field.stands != Stands.TEXT
    ]


def card_of(page: Page) -> str:
    """When, where and the seats, for the card that a chat shows of the link."""
    return DOT.join(each for each in (*page.notice[:1], page.when, page.place, page.seats) if each)
