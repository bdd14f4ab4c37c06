"""How long helpers helped at an event: as long as it took, unless an organizer says otherwise."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Button, Choice, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.events.buttons import MY_EVENTS, CorrectHours, Run
from handlers.events.running import to_run
from handlers.words import DOT, hours, person, title
from models.events import helping
from models.events.events import Event
from models.rules.events import attending

router = Router()

SHOWN = 20
NONE = ("0", "无", "没来", "没帮", "none", "no")


def show(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    """Who helped, and for how long; a tap corrects it."""
    rows = helping.helped(chat.session, event.id)[:SHOWN]
    back = Button(say("Back"), Run(event.id))
    if not rows:
        nobody = say("Nobody was named a helper of {title}.", title=title(event))
        return Reply(nobody, buttons=(back, MY_EVENTS))
    heading = say("Who helped at {title}? Tap to correct the hours:", title=title(event))
    choices = [
        lines(
            person(member.name, member.id),
            hours(helping.minutes_of(helper, event)) or say("no hours"),
            between=DOT,
        )
        for helper, member in rows
    ]
    return Reply(
        lines(before, heading),
        tuple(
            Choice(number, label, CorrectHours(event.id, helper.id))
            for number, (label, (helper, _)) in enumerate(zip(choices, rows, strict=True), start=1)
        ),
        (back, MY_EVENTS),
    )


@router.dialog("helper-hours")
def take_hours(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield Question(
        "hours",
        say("How many hours did {name} help? Write a number like 2.5.", name=start["name"]),
        check=_minutes,
        skip=say("No, leave it"),
    )
    return start, said


def _minutes(words: str) -> str | Wrong:
    if words.strip().casefold() in NONE:
        return "0"
    minutes = attending.read_hours(words)
    return str(minutes) if minutes else Wrong(say("Write a number like 6 or 2.5."))


@router.button(CorrectHours)
def ask(chat: Chat, press: CorrectHours) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    rows = helping.helped(chat.session, event.id)
    name = next((member.name for helper, member in rows if helper.id == press.helper_id), None)
    if name is None or chat.now < event.ends_at:
        return show(chat, event)
    return take_hours.begin(chat, event_id=event.id, helper_id=press.helper_id, name=name or "?")


@take_hours.done
def took_hours(chat: Chat, form: tuple[Mapping[str, Any], str | None]) -> Reply:
    start, said = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    if said is None:
        return show(chat, event)
    done = helping.correct(chat.session, start["helper_id"], int(said), chat.member.id, chat.now)
    return show(chat, event, before=say("✅ Changed.") if done is not None else None)
