"""Tours with several stops: where one gets on, the roll-call at each, and who is missing."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Button, Choice, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU, MINE, OpenEvent
from handlers.events import asking_again
from handlers.events.answers import NOT_CHANGED
from handlers.events.arrivals import named, outcome, to_check_in
from handlers.events.buttons import (
    Board,
    CheckIn,
    PickStop,
    RollAt,
    RollCall,
    TickAt,
    WriteTo,
)
from handlers.words import DOT, title
from models.events import checking_in, events, stops
from models.events.checking_in import CheckedIn
from models.events.events import Event
from models.rules.events.stops import Stop

router = Router()

PAGE = 10
AT_LEAST = 2


# What a member does


@router.button(PickStop)
def pick(chat: Chat, press: PickStop) -> Reply:
    event = events.get(chat.session, press.event_id)
    found = stops.of(event) if event is not None else ()
    if event is None or not 0 < press.number <= len(found):
        return Reply(say("That's not possible any more."), buttons=(EVENTS, MINE))
    name = found[press.number - 1].name
    done = stops.choose(chat.session, event.id, chat.member.id, name, chat.care, chat.now)
    if done is None:
        return Reply(say("You have no seat there."), buttons=(EVENTS, MINE))
    if not isinstance(done, Stop):
        text = lines(title(event), NOT_CHANGED[type(done)])
        return Reply(text, buttons=(Button(say("Event details"), OpenEvent(event.id)), MINE))
    return Reply(
        say(
            "✅ You get on at {stop}: {title}.", stop=stops.labels(event)[name], title=title(event)
        ),
        buttons=(Button(say("Event details"), OpenEvent(event.id)), MINE),
    )


@router.button(Board)
def board(chat: Chat, press: Board) -> Reply:
    event = events.get(chat.session, press.event_id)
    done = stops.board(chat.session, press.event_id, chat.member.id, chat.now)
    if event is None or done is None:
        return Reply(say("You can say so once the bus is on its way."), buttons=(MINE, EVENTS))
    if not isinstance(done, CheckedIn):
        return Reply(outcome(chat, event, done), buttons=(MINE, EVENTS))
    text = say("✅ You're on board: {title}.", title=title(event))
    asked = asking_again.of_oneself(chat, event, [done.signup.id], before=text)
    return asked or Reply(text, buttons=(MINE, EVENTS))


# The roll-call


@router.button(RollCall)
def roll_call(chat: Chat, press: RollCall) -> Reply:
    """The stops with who is there: a tap opens one."""
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    rows, said = stops.roll(chat.session, event), stops.labels(event)
    if not stops.of(event):
        return Reply(
            say("{title} has one meeting point only.", title=title(event)),
            buttons=(Button(say("Codes"), CheckIn(event.id)),),
        )
    return Reply(
        lines(title(event), say("Which stop?")),
        tuple(
            Choice(
                number,
                lines(
                    said[each.stop.name] if each.stop is not None else say("no stop chosen"),
                    say("{here} of {due} here", here=each.here, due=each.due),
                    between=DOT,
                ),
                RollAt(event.id, number if each.stop is not None else 0),
            )
            for number, each in enumerate(rows, start=1)
        ),
        (Button(say("Codes"), CheckIn(event.id)),),
    )


@router.button(RollAt)
def roll_at(chat: Chat, press: RollAt) -> Reply:
    return roll_again(chat, press)


def roll_again(chat: Chat, press: RollAt, *, before: Sayable | None = None) -> Reply:
    """Who is due at a stop and not there: a tap ticks them."""
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    name = _name(event, press.number)
    if name is None:
        return roll_call(chat, RollCall(event.id))
    rows = stops.missing(chat.session, event, name)
    heading = stops.labels(event).get(name) or say("no stop chosen")
    back = Button(say("All stops"), RollCall(event.id))
    if not rows:
        return Reply(lines(before, heading, say("Everybody is here.")), buttons=(back,))
    following = press.skip + PAGE
    more = (
        (Button(say("More"), RollAt(event.id, press.number, following)),)
        if len(rows) > following
        else ()
    )
    message = Button(say("Write to them"), WriteTo(event.id, press.number))
    return Reply(
        lines(before, heading, say_n("{n} is missing.", "{n} are missing.", len(rows))),
        tuple(
            Choice(
                signup.turn,
                named(chat, event, signup, member),
                TickAt(event.id, press.number, signup.id),
            )
            for signup, member in rows[press.skip : following]
        ),
        (message, *more, back),
        edit=press.skip > 0,
    )


def _name(event: Event, number: int) -> str | None:
    """The name of a stop by its number; empty for 0, None where it is gone."""
    found = stops.of(event)
    if number == 0:
        return ""
    return found[number - 1].name if number <= len(found) else None


@router.button(TickAt)
def tick_at(chat: Chat, press: TickAt) -> Reply:
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    done = checking_in.from_list(
        chat.session, press.event_id, press.signup_id, chat.member.id, chat.now
    )
    at, said = RollAt(press.event_id, press.number), outcome(chat, event, done)
    came = [done.signup.id] if isinstance(done, CheckedIn) else []
    asked = asking_again.at_the_door(chat, event, came, before=said, stop=press.number)
    return asked or roll_again(chat, at, before=said)


# A message to who is missing


@router.dialog("event-word")
def take_word(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "words",
        say("What shall they read? They get it at once, from the station."),
        check=_short,
        skip=say("Don't write"),
    )
    return start, words


def _short(words: str) -> str | Wrong:
    if len(words) > stops.LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=stops.LONGEST))
    return words


@router.button(WriteTo)
def write_to(chat: Chat, press: WriteTo) -> Reply:
    """Ask whom: all who are missing at the stop, or one of them."""
    event, refusal = to_check_in(chat, press.event_id)
    if event is None:
        return refusal
    name = _name(event, press.number)
    rows = stops.missing(chat.session, event, name) if name is not None else ()
    reached = [each for each in rows if each[1] is not None]
    if press.signup_id or press.all or len(reached) < AT_LEAST:
        to = press.signup_id or (reached[0][0].id if len(reached) == 1 else 0)
        return take_word.begin(chat, event_id=event.id, number=press.number, signup_id=to)
    return Reply(
        say("Whom do you write to? Who has no chat isn't here."),
        tuple(
            Choice(
                signup.turn,
                named(chat, event, signup, member),
                WriteTo(event.id, press.number, signup.id),
            )
            for signup, member in reached[:PAGE]
        ),
        (
            Button(say("All of them"), WriteTo(event.id, press.number, 0, 1)),
            Button(say("Back"), RollAt(event.id, press.number)),
        ),
    )


@take_word.done
def took_word(chat: Chat, form: tuple[Mapping[str, Any], str | None]) -> Reply:
    start, words = form
    event, refusal = to_check_in(chat, start["event_id"])
    if event is None:
        return refusal
    at = RollAt(event.id, start["number"])
    name = _name(event, start["number"])
    if words is None or name is None:
        return roll_at(chat, at)
    one = start["signup_id"] or None
    number = stops.write(
        chat.session,
        event.id,
        words,
        chat.member.id,
        chat.now,
        stop=None if one else name,
        signup_ids=[one] if one else None,
    )
    told = say_n("✅ {n} person gets it now.", "✅ {n} people get it now.", number)
    return roll_again(chat, at, before=told if number else say("Nobody is missing any more."))


@router.notice("event-word")
def word(chat: Chat, facts: Mapping[str, Any]) -> Reply:
    event = events.get(chat.session, facts["event_id"])
    text = stops.word_of(chat.session, facts["word_id"])
    if event is None or not text:
        return Reply(say("That's not possible any more."), buttons=(EVENTS, MENU))
    on = (Button(say("On board"), Board(event.id)),) if stops.is_boarding(event, chat.now) else ()
    return Reply(
        lines(say("🔔 {title}: “{text}”", title=title(event), text=text)),
        buttons=(*on, Button(say("Event details"), OpenEvent(event.id))),
    )
