"""Events into one's own calendar: as a file, and as a link that stays up to date."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Attachment, Button, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE, ToCalendar
from handlers.events import browsing
from handlers.words import title
from models.events import calendars, events
from models.members.profile import calendar_key

router = Router()

MEDIA_TYPE = "text/calendar"


@router.button(ToCalendar)
def to_calendar(chat: Chat, press: ToCalendar) -> Reply:
    """The file of one event, or of all of mine; and the link to subscribe to."""
    link = f"/calendar/{calendar_key(chat.session, chat.member)}.ics"
    subscribe = Button(say("Live calendar"), url=link)
    zone, now = str(chat.care.zone), chat.now.isoformat()
    if not press.event_id:
        args = ("mine", chat.member.id, chat.language, zone, now)
        return Reply(
            say("Your sign-ups as a calendar file. The link keeps your calendar up to date."),
            buttons=(subscribe, MINE),
            file=Attachment("yizhan.ics", MEDIA_TYPE, "calendar", args),
        )
    event = events.get(chat.session, press.event_id)
    if event is None:
        return browsing.no_such_event()
    args = ("event", press.event_id, chat.language, zone, now)
    return Reply(
        lines(
            say("{title} as a calendar file: open it to add it.", title=title(event)),
            say("The link keeps all your sign-ups up to date."),
        ),
        buttons=(subscribe, MINE, EVENTS),
        file=Attachment(f"event-{press.event_id}.ics", MEDIA_TYPE, "calendar", args),
    )


@router.file("calendar")
def make_calendar(
    session: Session, what: str, number: int, language: str, zone: str, at: str
) -> bytes:
    now = datetime.fromisoformat(at)
    if what == "mine":
        return calendars.of_member(session, number, ZoneInfo(zone), now)
    return calendars.of_event(session, number, language, ZoneInfo(zone), now)
