"""Voice messages: made text where the operator named a model for it, and shown before all else.

What was heard may be wrong. So it is read for what it means, and is likely at most; where typed it
would be a command or an answer, it is asked about first, and one tap makes it as good as typed.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from hashlib import sha256

import structlog
from sqlmodel import Session

from bot.conversation import drafts
from bot.conversation.chat import Chat
from bot.conversation.incoming import Incoming, Sound, Voice
from bot.conversation.messages import Action, Button, Reply, Sayable, lines, say
from bot.conversation.senders import sender_of
from bot.conversation.typed import whole
from models.rules.contests.recording import is_longer
from models.sending import inbox
from models.store import Store, StoreDown

log = structlog.get_logger()

LONGEST_SECONDS = 60
LARGEST = 2 * 1024 * 1024
"""Bytes; a minute is some 400 KB on Telegram and less elsewhere."""
MOST_SHOWN = 80

Hear = Callable[[Sound, str], Awaitable[str]]
"""Makes text of what a chat said; empty where that cannot be done. Never raises, soon back."""


@dataclass(frozen=True, slots=True)
class AsHeard(Action, tag="as-heard"):
    """Takes the words that were heard as if they had been typed; ``mark`` is made of them."""

    mark: str


class Voices:
    """Listens to voice messages of members who have consented; nothing of them is kept."""

    def __init__(self, store: Store, hear: Hear) -> None:
        self._store = store
        self._hear = hear
        self._decoding = asyncio.Lock()

    async def taken(self, incoming: Incoming, voice: Voice) -> Incoming:
        """The message with its words; as it was where they are not to be had. Raises StoreDown."""
        if is_too_long(voice):
            return incoming
        try:
            if not await self._store.read(_is_wanted, incoming):
                return incoming
            sound = await voice.fetch()
            if sound is None or len(sound.content) > LARGEST:
                return incoming
            # What a platform says of its length need not be so, and a browser says nothing of it.
            too_long = await self._is_longer(sound.content)
            if too_long is not False:
                longer = replace(voice, seconds=LONGEST_SECONDS + 1) if too_long else voice
                return replace(incoming, voice=longer)
            text = await self._hear(sound, f"{incoming.account} {incoming.address}")
        except StoreDown:
            raise
        except Exception:
            log.exception("a voice message was not heard", account=incoming.account)
            return incoming
        if not text:
            return incoming
        return replace(incoming, text=text, voice=None, not_text=False, is_heard=True)

    async def _is_longer(self, content: bytes) -> bool | None:
        """Decode one after the other, so that many at once do not take the machine."""
        async with self._decoding:
            return await asyncio.to_thread(is_longer, content, LONGEST_SECONDS)


def is_too_long(voice: Voice) -> bool:
    return voice.seconds > LONGEST_SECONDS or voice.size > LARGEST


def _is_wanted(session: Session, incoming: Incoming) -> bool:
    """Whether it is new, and from a member who has consented."""
    if inbox.repeated(session, incoming.account, incoming.key)[0]:
        return False
    caller = sender_of(session, incoming)
    return caller is not None and caller.consented_at is not None


def below_what_was_heard(reply: Reply, text: str) -> Reply:
    """The reply, below the words as they were heard."""
    words = " ".join(text.split())
    shown = words if len(words) <= MOST_SHOWN else words[:MOST_SHOWN] + "…"
    return replace(reply, text=lines(say("I heard: “{words}”", words=shown), reply.text))


def ask_whether(action: Action) -> Reply:
    """Ask whether it was heard rightly; the action is what it means then."""
    asked: Sayable = lines(
        say("If that's wrong, say it again, or write it."), say("Shall I take it like that?")
    )
    return Reply(asked, buttons=(Button(say("Yes, that"), action),))


def keep(chat: Chat, text: str) -> AsHeard:
    """Keep words, to be taken as typed by a tap."""
    words = whole(text)
    drafts.keep_words(chat, words)
    return AsHeard(_mark(chat, words))


def as_typed(chat: Chat, incoming: Incoming) -> Incoming:
    """Of a tap that says that words were heard rightly: these words; anything else as it is."""
    action = Action.unpack(incoming.press) if incoming.press else None
    words = drafts.words_of(chat) if isinstance(action, AsHeard) else ""
    if not words or action != AsHeard(_mark(chat, words)):
        return incoming
    return replace(incoming, press="", text=words)


def _mark(chat: Chat, words: str) -> str:
    """Names the words and the question that they were said to: they answer no later one."""
    question = {
        name: each
        for name, each in (chat.member.dialog or {}).items()
        if name not in ("words", "drafts")
    }
    named = json.dumps([words, question], sort_keys=True)
    return sha256(named.encode()).hexdigest()[:12]
