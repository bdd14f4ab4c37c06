"""Events into one's own calendar: as a file, and as a link that stays up to date."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.language import phrasebook
from bot.conversation.messages import Attachment, Button, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE, ToCalendar
from handlers.events import browsing
from handlers.events.cards import facts_of
from handlers.words import title
from models.events import calendars, events
from models.events.calendars import CalendarWords
from models.members.profile import calendar_key
from models.network import members
from models.rules.languages import Translated
from models.rules.texts import file_name

router = Router()

MEDIA_TYPE = "text/calendar"


@router.button(ToCalendar)
def to_calendar(chat: Chat, press: ToCalendar) -> Reply:
    """The file of one event, or of all of mine; and the link to subscribe to."""
    link = f"/calendar/{calendar_key(chat.session, chat.member)}.ics"
    subscribe = Button(say("Subscribe"), url=link)
    name = words_for(chat.language, chat.station).name
    of_whom = (chat.language, str(chat.care.zone), chat.now.isoformat(), chat.member.id, name)
    if not press.event_id:
        args = ("mine", chat.member.id, *of_whom)
        return Reply(
            say("Your sign-ups as a calendar file. The link keeps your calendar up to date."),
            buttons=(subscribe, MINE),
            file=Attachment(f"{file_name(name) or 'yizhan'}.ics", MEDIA_TYPE, "calendar", args),
        )
    event = events.get(chat.session, press.event_id)
    if event is None:
        return browsing.no_such_event()
    args = ("event", press.event_id, *of_whom)
    called = file_name(chat.in_words(title(event))) or f"event-{event.id}"
    return Reply(
        lines(
            say("{title} as a calendar file: open it to add it.", title=title(event)),
            say("The link keeps all your sign-ups up to date."),
        ),
        buttons=(subscribe, MINE, EVENTS),
        file=Attachment(f"{called}.ics", MEDIA_TYPE, "calendar", args),
    )


@router.file("calendar")
def make_calendar(
    session: Session,
    what: str,
    number: int,
    language: str,
    zone: str,
    at: str,
    member_id: int = 0,
    name: str = "",
) -> bytes:
    now, words = datetime.fromisoformat(at), words_for(language, Translated(name), whole=name)
    if what == "mine":
        member = members.get(session, number)
        return calendars.of_member(session, member, words, ZoneInfo(zone), now)
    return calendars.of_event(
        session, number, member_id or None, language, words, ZoneInfo(zone), now
    )


def words_for(language: str, station: Translated, *, whole: str = "") -> CalendarWords:
    """The words of a calendar; it is called after the ``station``, or by the ``whole`` name."""
    into = phrasebook().into(language)
    return CalendarWords(
        whole or into(say("My events · {station}", station=station)),
        lambda event: into(facts_of(event)),
    )
