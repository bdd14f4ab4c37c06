"""How the seats of an event are shared out, and what of them is open to a member, in words."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Sayable, When, lines, listing, say, say_n
from handlers.events import audiences
from handlers.words import INTERESTS, SHIFTS
from models.events import questions, quotas, stops
from models.events.events import Event
from models.events.quotas import Open, Share
from models.rules.events import audience as rules
from models.rules.events import declared
from models.rules.events.questions import NOTHING, STOP, Values
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift

MOST_TOLD = 50
"""Up to how many seats are counted for somebody: more is plenty."""


def groups(session: Session, event: Event, now: datetime) -> list[tuple[int, Sayable, int]]:
    """The groups that share the seats out now: number, name, and what is open to each."""
    if not quotas.has_quotas(event, now):
        return []
    room = quotas.room_of(session, event, now)
    return [
        (
            each.id,
            group(session, event, each.share),
            room.left_for(frozenset({each.id}), MOST_TOLD),
        )
        for each in quotas.of_event(session, event.id)
    ]


def in_group(name: Sayable, left: int) -> Sayable:
    """A group with what is open to it."""
    if not left:
        return say("{name}: full", name=name)
    return _left(name, left)


def share(session: Session, event: Event, each: Share) -> Sayable:
    """Who gets how many seats."""
    return called(group(session, event, each), each.least, each.most)


def called(name: Sayable, least: int, most: int | None) -> Sayable:
    """A group by its name, with its seats."""
    if most is None:
        return say("{name} at least {n}", name=name, n=least)
    if least == most:
        return say("{name} {n}", name=name, n=most)
    if not least:
        return say("{name} up to {n}", name=name, n=most)
    return say("{name} {least} to {most}", name=name, least=least, most=most)


def group(session: Session, event: Event, each: Share) -> Sayable:
    """The group that a share is for, as it can be written."""
    if declared.is_declared(each.who):
        return _declared(each.who)
    if each.asked is None:
        return audiences.described(session, rules.from_column(each.who))
    return _choice(session, event, each.asked, each.choice)


def _declared(column: str) -> Sayable:
    """Those of an interest or shift, or who are new here, as they are written as well."""
    match declared.group_of(column):
        case Interest() as interest:
            return say("who likes {interest}", interest=INTERESTS[interest])
        case Shift() as shift:
            return SHIFTS[shift]
        case None:
            return say("first-timers")


def _choice(session: Session, event: Event, number: int, choice: str) -> Sayable:
    """An answer that decides, or a stop, in the reader's language."""
    if number == STOP:
        return stops.labels(event).get(choice, choice)
    question = questions.get(session, number)
    said = question.choices_said() if question is not None else ()
    return next((one for one in said if one.text == choice), choice)


def line(session: Session, event: Event, now: datetime) -> Sayable | None:
    """How the seats are shared out, as a line of the card; None where everybody may have any."""
    if not quotas.has_quotas(event, now):
        return None
    parts = [share(session, event, each.share) for each in quotas.of_event(session, event.id)]
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
    if by_answer := _by_answer(chat, event, NOTHING):
        return lines(*(_open(chat, event, *each) for each in by_answer.items()), later)
    if left >= MOST_TOLD:
        return later
    return lines(say_n("{n} seat is open to you.", "{n} seats are open to you.", left), later)


def open_by(chat: Chat, event: Event, number: int, said: Values) -> Sayable | None:
    """What is open by the answer to one question; None where seats do not hang on it."""
    found = _by_answer(chat, event, {**said, number: ""}) if event.quotas else {}
    return _open(chat, event, number, found[number]) if number in found else None


def _by_answer(chat: Chat, event: Event, said: Values) -> dict[int, list[Open]]:
    if not quotas.has_quotas(event, chat.now):
        return {}
    return quotas.open_by_answer(chat.session, event, chat.member, chat.now, MOST_TOLD, said)


def _open(chat: Chat, event: Event, number: int, found: Sequence[Open]) -> Sayable:
    parts = [_left(_choice(chat.session, event, number, each.choice), each.left) for each in found]
    return say("Open to you: {groups}", groups=listing(*parts))


def _left(name: Sayable, left: int) -> Sayable:
    if not left:
        return say("{name}: only the queue", name=name)
    if left >= MOST_TOLD:
        return say("{name}: many", name=name)
    return say("{name}: {n}", name=name, n=left)


def seats_for(chat: Chat, event: Event) -> int | None:
    """How many seats are open to this member, at most ``MOST_TOLD``; None without quotas."""
    if not quotas.has_quotas(event, chat.now):
        return None
    if by_answer := _by_answer(chat, event, NOTHING):
        return max(each.left for found in by_answer.values() for each in found)
    room = quotas.room_of(chat.session, event, chat.now)
    column = quotas.counts_in(chat.session, event, chat.member)
    return room.left_for(quotas.person_of(column), MOST_TOLD)
