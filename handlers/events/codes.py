"""The question for check-in codes, one after the other; it stands open while people arrive."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.events import asking_again, door_words
from handlers.events.arrivals import outcome, so_far, taken_back, those_along
from handlers.events.buttons import WithParty
from models.events.checking_in import CheckedIn, CheckInOutcome
from models.events.events import Event
from models.rules.events.codes import code_in

router = Router()


@router.dialog("check-in", of_oneself=True)
def take_code(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    code = yield Question(
        "code",
        say("Write the six digits that they show you."),
        options=(
            Option(door_words.LIST, say("Tick a list")),
            Option("walk-in", say("Walk-ins")),
            Option("more", say("More")),
        ),
        check=_code_or_words,
    )
    return start["event_id"], code, start.get("last", ())


def _code_or_words(words: str) -> str | Wrong:
    meant = door_words.meant_by(words)
    return meant or code_in(words) or Wrong(say("A code has six digits."))


def go_on(
    chat: Chat, event: Event, before: Sayable | None = None, *, last: Sequence[int] = ()
) -> Reply:
    """Ask for the next code, below what became of the last; ``last`` are whom "undo" means."""
    text = lines(before, so_far(chat, event))
    return take_code.begin(chat, before=text, event_id=event.id, last=list(last))


def undo(chat: Chat, event: Event, last: Sequence[int]) -> Reply:
    """Undo the check-in that was made just now, and ask for the next code."""
    return go_on(chat, event, taken_back(chat, event, last))


def after(chat: Chat, event: Event, done: CheckInOutcome) -> Reply:
    """Ask for the next code; of who came along with the last person, whether they are here.

    What is asked again at check-in is asked before that, once it is known who came.
    """
    along = those_along(chat, event, done)
    said = lines(outcome(chat, event, done), along)
    if not isinstance(done, CheckedIn):
        return go_on(chat, event, said)
    last = () if done.again else (done.signup.id,)
    if along is None:
        asked = asking_again.at_the_door(chat, event, [done.signup.id], before=said)
        return asked or go_on(chat, event, said, last=last)
    reply = go_on(chat, event, said, last=last)
    everybody = Button(say("All here"), WithParty(event.id, done.signup.id))
    alone = Button(say("Only them"), WithParty(event.id, done.signup.id, alone=1))
    return replace(reply, choices=(), buttons=(everybody, alone))
