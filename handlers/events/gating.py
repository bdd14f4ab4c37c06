"""Setting who may sign up for an event, and from when: in words, or by a tap."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import EVENTS, OpenEvent
from handlers.events import audiences, facts, gates, meant
from handlers.events.buttons import MY_EVENTS, Run, SetGate, WriteGates
from handlers.events.confirming import TOO_LATE
from handlers.events.running import my_events_by_words, run_card, runs_any, to_run
from handlers.words import title
from models.events import events, gating
from models.events.events import Event
from models.events.gating import GatesNotSet, GatesSet
from models.rules.events import gates as rules
from models.rules.events.gates import Gate, Gates
from models.rules.events.windows import Why
from models.store import Moment

router = Router()

WHAT = "gates"
"""What ``Run`` shows of an event here."""

NOT_SET = {
    Why.NOT_WITH_DRAW: say(
        "Its seats are drawn, so nobody is let in by hand. Nothing was changed."
    ),
    Why.NO_SUCH_EVENT: say("There is no event of that number. Nothing was changed."),
    Why.CLOSED: say("That's after sign-up closes. Nothing was changed."),
}


def show(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    """The conditions as they stand, and what can be changed of them by a tap."""
    said = rules.from_column(event.gates)
    now = gates.in_words(event, chat.now)
    stands: Sayable = (
        lines(*(lines("· ", each, between="") for each in now))
        if now
        else say("Nobody is kept out, but for whom it is for.")
    )
    acts = _acts(chat, event, said)
    return Reply(
        lines(before, say("Who may sign up for {title}:", title=title(event)), stands),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(acts, start=1)),
        (Button(say("Back"), Run(event.id)), MY_EVENTS),
    )


def _acts(chat: Chat, event: Event, said: Gates) -> list[tuple[Sayable, Action]]:
    def gate(what: Gate, value: int = 0) -> Action:
        return SetGate(event.id, str(what), value)

    comes = said.asks_to_come(chat.care.no_shows_bar)
    acts: list[tuple[Sayable, Action]] = [(say("Write the conditions"), WriteGates(event.id))]
    if not event.draw:
        label = say("No approval needed") if said.approval else say("I approve each sign-up")
        acts.append((label, gate(Gate.APPROVAL, int(not said.approval))))
    label = say("No-shows may come") if comes else say("No-shows stay out")
    acts.append((label, gate(Gate.COMES, int(not comes))))
    if said.has_age:
        acts.append((say("Any age"), gate(Gate.AGE)))
    if said.done:
        acts.append((say("Nothing needed before"), gate(Gate.DONE)))
    if event.opens_at is not None and event.opens_at > chat.now:
        acts.append((say("Open sign-up now"), gate(Gate.OPENING)))
    return acts


@router.button(SetGate)
def set_gate(chat: Chat, press: SetGate) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    said, opens_at, value = rules.from_column(event.gates), event.opens_at, bool(press.value)
    match press.what:
        case Gate.APPROVAL:
            said = replace(said, approval=value)
        case Gate.COMES:
            said = replace(said, comes=value if value != chat.care.no_shows_bar else None)
        case Gate.AGE:
            said = replace(said, age_from=None, age_to=None)
        case Gate.DONE:
            said = replace(said, done="")
        case Gate.OPENING:
            opens_at = None
        case _:
            return show(chat, event)
    return _put(chat, event, said, opens_at)


def _put(chat: Chat, event: Event, said: Gates, opens_at: Moment | None) -> Reply:
    done = gating.put(chat.session, event.id, said, opens_at, chat.member.id, chat.care, chat.now)
    match done:
        case GatesSet(event, let_in):
            news = say("✅ Changed: {title}.", title=title(event))
            came = say_n("{n} who waited was let in.", "{n} who waited were let in.", let_in)
            return show(chat, event, before=lines(news, came if let_in else None))
        case GatesNotSet(event, why) if why in NOT_SET:
            return show(chat, event, before=NOT_SET[why])
        case GatesNotSet(event, why):
            return run_card(chat, event, before=TOO_LATE[why])
        case never:
            assert_never(never)


# In words


@router.button(WriteGates)
def write(chat: Chat, press: WriteGates) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    return words_.begin(chat, event_id=event.id) if event is not None else refusal


@router.dialog("event-gates")
def words_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "gates",
        lines(say("Who may sign up, and from when?"), gates.LIKE_THIS),
        read=_read,
        many_lines=True,
    )
    return start["event_id"], words


def _read(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    said = gates.in_a_message(words, now, zone)
    return said if isinstance(said, Wrong) else words


@words_.done
def keep(chat: Chat, form: tuple[int, str]) -> Reply:
    event, refusal = to_run(chat, form[0])
    return _set(chat, event, form[1]) if event is not None else refusal


def _set(chat: Chat, event: Event, words: str) -> Reply:
    said = gates.in_a_message(words, chat.now, chat.care.zone)
    if isinstance(said, Wrong):
        return show(chat, event, before=said.why)
    opens_at = None if said.any_time else said.opens_at or event.opens_at
    return _put(chat, event, said.onto(rules.from_column(event.gates)), opens_at)


@router.command("conditions", zh="报名条件")
def by_words(chat: Chat, words: str) -> Reply:
    """``报名条件 12 18-35岁；要我同意`` sets them; without words they are shown.

    Without a number those of the event on the screen are meant.
    """
    first, _, rest = words.partition(" ")
    number = int(first) if first.isdecimal() and len(first) < 10 else 0
    said = rest.strip() if number else words.strip()
    if not runs_any(chat):
        event = events.get(chat.session, number) if number else facts.on_screen(chat)
        return _told(chat, event) if event is not None else my_events_by_words(chat, "")
    if not number:
        shown = meant.on_screen(chat)
        number = shown.id if shown is not None else 0
    if not number or events.for_organizers(chat.session, number) is None:
        return my_events_by_words(chat, "")
    event, refusal = to_run(chat, number)
    if event is None:
        return refusal
    return _set(chat, event, said) if said else show(chat, event)


def _told(chat: Chat, event: Event) -> Reply:
    """The conditions to somebody who runs no event."""
    whom, said = audiences.whom(chat.session, event), gates.line(event, chat.now)
    anybody = say("Anybody may sign up.") if whom is None and said is None else None
    details = Button(say("Event details"), OpenEvent(event.id))
    return Reply(lines(title(event), said, whom, anybody), buttons=(details, EVENTS))
