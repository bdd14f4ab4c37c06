"""Days and parts of the day that were asked for: their names, and what begins then."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Days, Lines, Sayable, say
from handlers.words import DOT
from models.events import lookup
from models.rules.understanding import spans
from models.rules.understanding.spans import LATER, DaySpan, Part

SPANS: dict[str, Sayable] = {
    DaySpan.TODAY: say("Today"),
    DaySpan.TOMORROW: say("Tomorrow"),
    DaySpan.DAY_AFTER: say("The day after tomorrow"),
    DaySpan.WEEKEND: say("This weekend"),
    DaySpan.NEXT_WEEKEND: say("Next weekend"),
    DaySpan.WEEK: say("Next 7 days"),
    DaySpan.NEXT_WEEK: say("Next week"),
    DaySpan.MONTH: say("This month"),
    f"{DaySpan.MONTH}{LATER}1": say("Next month"),
}
"""Spans that have a name of their own; others are called by their dates."""
PARTS: dict[Part, Sayable] = {
    Part.MORNING: say("morning"),
    Part.NOON: say("noon"),
    Part.AFTERNOON: say("afternoon"),
    Part.DUSK: say("early evening"),
    Part.EVENING: say("evening"),
    Part.NIGHT: say("night"),
    Part.AFTER_WORK: say("after work"),
}


def named(chat: Chat, span: str) -> Sayable:
    """A span as a heading has it: the day with its date; empty where none was named."""
    part = spans.part_of(span)
    when = [_days(chat, span), PARTS[part] if part is not None else ""]
    return Lines(tuple(each for each in when if each), DOT) if any(when) else ""


def _days(chat: Chat, span: str) -> Sayable:
    asked = spans.days_of(span)
    if asked in SPANS:
        return SPANS[asked]
    first, last = spans.days(span, chat.now.astimezone(chat.care.zone).date())
    if first is None:
        return ""
    return Days(first, last if last != first else None, near=True)


def begins_in_part(chat: Chat, span: str) -> list[int] | None:
    """The events that begin in the span's part of the day; None where it names none."""
    if spans.part_of(span) is None:
        return None
    zone = chat.care.zone
    return [
        event_id
        for event_id, starts_at in lookup.starts(chat.session, chat.now)
        if spans.is_at(span, starts_at.astimezone(zone))
    ]
