"""Two events at one time: asked once, before somebody signs up for the second."""

from datetime import datetime

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Reply, Sayable, When, lines, say
from bot.conversation.routing import Mean
from handlers.actions import MINE
from handlers.words import DOT, seats_left, title
from models.events import gates, signups
from models.events.events import Event
from models.rules.events import windows
from models.rules.events.windows import EventAct, Why
from models.rules.languages import Translated
from models.rules.understanding.intents import Intent
from models.store.compiled import Row

NOT_THEN = Button(say("Don't sign up"), Mean(Intent.NO))


def first(chat: Chat, event: Event, anyway: Action) -> Reply | None:
    """Ask who could sign up but has a seat at the same time; ``anyway`` is what they wanted."""
    if windows.refusal(EventAct.SIGN_UP, event, chat.now) is not None:
        return None
    if signups.claim_of(chat.session, event.id, chat.member.id) is not None:
        return None
    why = gates.why_closed(chat.session, event, chat.member, chat.care, chat.now)
    if why not in (None, Why.AGE_UNKNOWN):
        return None
    clash = signups.clash_of(chat.session, event, chat.member.id, chat.now)
    return ask_first(chat, event, clash, anyway) if clash is not None else None


def ask_first(
    chat: Chat, event: Event, other: Row | None, anyway: Action, *, at: datetime | None = None
) -> Reply:
    """Ask whoever has a seat at the same time, and say how many seats are left meanwhile.

    ``at`` is which date of a course it is about.
    """
    return Reply(
        lines(
            lines(title(event), When(at) if at else seats_left(event, chat.now), between=DOT),
            at_the_same_time(other),
            say("Sign up all the same?"),
        ),
        buttons=(
            Button(say("Sign up anyway"), anyway),
            NOT_THEN,
            MINE,
        ),
    )


def at_the_same_time(other: Row | None) -> Sayable | None:
    """The other event in the same hours; whether both are possible, people know themselves."""
    if other is None:
        return None
    when = When(other.starts_at)
    return say(
        "At that time you also have {title}, {when}.",
        title=Translated(other.title, other.translations.get("title", {})),
        when=when,
    )
