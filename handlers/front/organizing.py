"""What organizers write without a command: an event as it is pasted, a message to its people.

Whoever holds no role never meets this: their words are followed by their meaning.
"""

import re
from dataclasses import dataclass

from bot.conversation import drafts
from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import whole
from handlers.actions import EVENTS, MENU, TELL
from handlers.announcements import addressing
from handlers.desk import needs
from handlers.events import name_lists, publishing
from handlers.events.buttons import MY_EVENTS, NewEvent, Run
from models.events import lookup
from models.network import roles
from models.rules.announcements import addressed
from models.rules.dates.reading import FoundTime
from models.rules.events import chains as rules
from models.rules.events import pasted
from models.rules.events.announced import Pasted
from models.rules.events.chains import Chain
from models.rules.understanding.intents import CHANGES, NEED, Understood
from models.rules.understanding.understanding import asks

router = Router()

SHORTEST = 10
ASKS = re.compile(r"[?？]\s*$|[吗么呢]\s*$|有没有|有什么|什么时候|几点开始|怎么报")
OF_ONESELF = re.compile(r"我|俺|帮我|给我|想|i\b", re.IGNORECASE)
"""What an organizer wants for themselves is no announcement: 我要报名周六下午2点的羽毛球."""
TELLS_TIME = re.compile(r"\d|[点周日号天晚]|[ap]m\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PublishWords(Action, tag="publish-words"):
    """Begins an event with the announcement that was written just now."""


@router.knows
def organize(chat: Chat, request: Understood) -> Reply | None:
    """Offer what an organizer's words plainly want; None for all other words and people."""
    text = whole(chat.incoming.text) if chat.incoming is not None else ""
    if request.intent in NEED or len(text) < SHORTEST:
        return None
    told = addressed.read(text)
    is_own = request.intent in CHANGES and OF_ONESELF.match(text) is not None
    names_a_time = not is_own and TELLS_TIME.search(text) is not None and not _is_question(text)
    if told is None and not names_a_time:
        return None
    if not roles.held_by(chat.session, chat.member.id, chat.now):
        return None
    if told is not None and (reply := addressing.draft(chat, told)) is not None:
        return reply
    reply = _event(chat, text) if names_a_time else None
    if reply is None and told is not None and (told.seated or told.waiting):
        return addressing.kept(chat, told)
    return reply


def _is_question(text: str) -> bool:
    return "\n" not in text and (ASKS.search(text) is not None or asks(text))


def _event(chat: Chat, text: str) -> Reply | None:
    said = pasted.read(text, chat.now, chat.care.zone)
    if said.changes and isinstance(said.when, FoundTime):
        return _change(chat, text)
    is_bare = rules.is_bare(text)
    chain = rules.read(text) if said.is_chain or is_bare else Chain()
    if chain.entries and name_lists.event_of(chat, text, chain) is not None:
        return name_lists.offered(chat, text)
    if said.announces and publishing.places_of(chat):
        needs.keep_words(chat)
        return _offer(said)
    is_list = said.is_chain or (is_bare and chain.heading)
    return name_lists.offered(chat, text) if is_list else None


def _offer(said: Pasted) -> Reply:
    """Ask whether it shall be published, with what was read of it."""
    when = (
        When(said.when.starts, said.when.ends, near=True)
        if isinstance(said.when, FoundTime)
        else say("There are several times in it.")
    )
    return Reply(
        lines(
            say("Shall this become an event?"),
            said.title,
            when,
            said.place or None,
            _names(said) if said.names else None,
        ),
        buttons=(Button(say("Publish an event"), PublishWords()), EVENTS, TELL),
    )


def _names(said: Pasted) -> Sayable:
    n = len(said.names)
    return say("Names in it: {n}. Paste it again once it is published: I sign them up.", n=n)


def _change(chat: Chat, text: str) -> Reply:
    """An event that is moved is no new one: lead to it, or to all of one's own."""
    found = lookup.named_in(chat.session, text, chat.now)
    buttons = (Button(say("Run it"), Run(found[0])),) if len(found) == 1 else ()
    return Reply(
        say("That reads like a change. Open the event and move it: all who signed up are told."),
        buttons=(*buttons, MY_EVENTS, MENU),
    )


@router.button(PublishWords)
def publish(chat: Chat, press: PublishWords) -> Reply:
    words = drafts.words_of(chat)
    return publishing.begin_by_words(chat, words) if words else publishing.begin(chat, NewEvent())
