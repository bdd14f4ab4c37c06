"""When somebody with a seat is reminded, by the times that are planned, and where they hear it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.conversation.chat import Chat
from bot.conversation.messages import Sayable, Text, TimeOfDay, lines, listing_and, say
from handlers.words import LEADS
from models.sending.topics import is_muted

ONLY_WHILE_OPEN = say(
    "This page hears nothing once it's closed: put it into your calendar, to be safe."
)

NONE_LEFT = say("No reminder comes before it any more.")


def promise(
    chat: Chat,
    starts_at: datetime,
    planned: Mapping[int, datetime],
    *,
    heard_closed: bool,
    sits: bool = False,
) -> Sayable:
    """Which reminders come; ``planned`` are their times by lead, in minutes before the start.

    ``heard_closed``: the member hears them while no page of the station is open. ``sits``: in a
    hall, of which seat they hear even where no reminder comes any more.
    """
    if chat.now >= starts_at:
        return say("It has begun.")
    told = _reminders(chat, starts_at, planned)
    if sits and told == NONE_LEFT:
        told = say("Where you sit comes by itself, before it begins.")
    return lines(told, None if heard_closed else ONLY_WHILE_OPEN)


def _reminders(chat: Chat, starts_at: datetime, planned: Mapping[int, datetime]) -> Text:
    if is_muted("reminder", chat.member.muted) or not chat.member.leads:
        return say("Reminders are off; you can turn them on under Profile.")
    if not planned:
        return NONE_LEFT
    as_chosen = {lead: starts_at - timedelta(minutes=lead) for lead in planned}
    if as_chosen == planned and planned.keys() <= LEADS.keys():
        leads = [LEADS[lead] for lead in sorted(planned, reverse=True)]
        return say("We'll remind you {leads} before.", leads=listing_and(*leads))
    times = listing_and(*(TimeOfDay(at) for at in sorted(planned.values())))
    if len(planned) > 1:
        return say("We'll remind you {times}, around your quiet hours.", times=times)
    [(lead, at)] = planned.items()
    if at < as_chosen[lead]:
        return say("We'll remind you {when}: your quiet hours begin then.", when=TimeOfDay(at))
    return say("We'll remind you {when}, once your quiet hours are over.", when=TimeOfDay(at))
