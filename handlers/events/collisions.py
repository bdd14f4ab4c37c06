"""What else is on that day for the same people, in one line."""

from collections.abc import Collection

from bot.conversation.chat import Chat
from bot.conversation.messages import Sayable, lines, listing, say
from handlers.words import title
from models.events import same_day
from models.events.events import Event
from models.store import Moment


def same_day_line(
    chat: Chat,
    station_id: int,
    team_id: int | None,
    starts_at: Moment,
    ends_at: Moment,
    *,
    but: Collection[int] = (),
) -> Sayable | None:
    """The nearest of them by name and hour; None where there is nothing else."""
    found = same_day.others(
        chat.session, station_id, team_id, starts_at, ends_at, chat.care.zone, but=but
    )
    if not found.number:
        return None
    named = listing(*(_named(chat, each) for each in found.nearest))
    if found.number > len(found.nearest):
        return say("⚠️ Same day: {events} and {n} in all.", events=named, n=found.number)
    return say("⚠️ Same day: {events}.", events=named)


def _named(chat: Chat, event: Event) -> Sayable:
    local = event.starts_at.astimezone(chat.care.zone)
    return lines(title(event), f"{local.hour}:{local.minute:02}", between=" ")
