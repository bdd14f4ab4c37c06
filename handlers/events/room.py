"""How the seats of an event are shared out, and what of them is open to a member, in words."""

from datetime import datetime

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Sayable, When, lines, listing, say, say_n
from handlers.events import audiences
from models.events import quotas
from models.events.events import Event
from models.rules.events import audience as rules

MOST_TOLD = 50
"""Up to how many seats are counted for somebody: more is plenty."""


def share(session: Session, who: str, least: int, most: int | None) -> Sayable:
    name = audiences.described(session, rules.from_column(who))
    if most is None:
        return say("{name} at least {n}", name=name, n=least)
    if least == most:
        return say("{name} {n}", name=name, n=most)
    if not least:
        return say("{name} up to {n}", name=name, n=most)
    return say("{name} {least} to {most}", name=name, least=least, most=most)


def line(session: Session, event: Event, now: datetime) -> Sayable | None:
    """How the seats are shared out, as a line of the card; None where everybody may have any."""
    if not quotas.has_quotas(event, now):
        return None
    parts = [
        share(session, each.who, each.least, each.most)
        for each in quotas.of_event(session, event.id)
    ]
    return say("Seats: {shares}", shares=listing(*parts))


def open_to(chat: Chat, event: Event) -> Sayable | None:
    """What is open to this member of shared seats, and when the rest is released."""
    left = seats_for(chat, event)
    if left is None:
        return None
    until = event.quotas_until
    later = say("What is left is for all from {when}.", when=When(until)) if until else None
    if not left:
        return lines(say("None of them is open to you now; you can queue."), later)
    if left >= MOST_TOLD:
        return later
    return lines(say_n("{n} seat is open to you.", "{n} seats are open to you.", left), later)


def seats_for(chat: Chat, event: Event) -> int | None:
    """How many seats are open to this member, at most ``MOST_TOLD``; None without quotas."""
    if not quotas.has_quotas(event, chat.now):
        return None
    room = quotas.room_of(chat.session, event, chat.now)
    column = quotas.counts_in(chat.session, event, chat.member)
    return room.left_for(quotas.person_of(column), MOST_TOLD)
