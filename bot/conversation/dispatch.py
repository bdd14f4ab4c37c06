"""One update, one transaction, one reply."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.conversation.chat import Chat, Later, Look, Seen
from bot.conversation.finding import Routes
from bot.conversation.incoming import Incoming
from bot.conversation.language import Phrasebook, Reader, render, to_text
from bot.conversation.messages import Message, Reply, say
from bot.conversation.pace import WRITES, WRITES_AT_ONCE, LeftOut, left_out
from bot.conversation.paging import first_page
from bot.conversation.picturing import Pictures, album_of
from bot.conversation.receipts import acknowledge
from bot.conversation.recordings import Recordings
from bot.conversation.routing import Drop
from bot.conversation.senders import sender_of
from bot.conversation.travelling import with_missed
from bot.conversation.turns import Turns
from bot.conversation.voices import Hear, Voices
from bot.conversation.watched import FAILURES
from models.network import members
from models.network.stations import Care
from models.rules.languages import DEFAULT, Translated
from models.rules.sending.buckets import Buckets
from models.rules.texts import one_line, visible
from models.rules.understanding.choosing import Unread
from models.rules.understanding.intents import Understood
from models.sending import history, inbox, missed, reach
from models.sending.deliveries import Owed
from models.sending.history import SentMessage
from models.sending.reasons import Reason
from models.sending.topics import is_muted
from models.store import Store, StoreDown, cached

log = structlog.get_logger()

APOLOGY = Reply(
    say("Something went wrong on our side. Nothing was changed; try again in a minute.")
)
TOO_FAST = Reply(say("That's a lot at once; I've left out the last. Go on in a few seconds."))
TAG = re.compile(r"[a-z-]{1,30}")
MOST_BELOW_A_LIST = 5
"""How many answers below a list its numbers are still understood."""

LOOKS = 5
"""How often at most one update is read for: a second time only if it means something else then."""


Read = Callable[[Unread, str], Awaitable[Understood]]
"""Asks a reader beside the station what the words of a chat mean; never raises, soon back."""


class Dispatcher:
    """Answers what comes in, and puts into words what is owed.

    ``now`` is the only clock of everything below. ``per_address`` limits how often one chat may
    write; its clock is ``monotonic``, in seconds. ``read`` is asked for words that nobody here
    understands, between two transactions, and ``hear`` makes text of voice messages; the messages
    of a chat then wait for each other. ``link_to`` makes the public address of a path.
    """

    def __init__(
        self,
        store: Store,
        routes: Routes,
        phrasebook: Phrasebook,
        care: Care,
        now: Callable[[], datetime],
        *,
        station: Translated,
        default_language: str = DEFAULT,
        read: Read | None = None,
        hear: Hear | None = None,
        link_to: Callable[[str], str] = lambda _path: "",
        per_address: Buckets | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._routes = routes
        self._phrasebook = phrasebook
        self._care = care
        self._now = now
        self._station = station
        self._default_language = default_language
        self.per_address = per_address or Buckets(per_second=WRITES, burst=WRITES_AT_ONCE)
        self._left_out = LeftOut()
        self._monotonic = monotonic
        self._pictures = Pictures(store, routes, now)
        self._recordings = Recordings(store, routes, now)
        self._read = read
        self._link_to = link_to
        self._voices = Voices(store, hear) if hear is not None else None
        self._turns = Turns()

    async def listen(self, incoming: Incoming) -> Message | None:
        """Answer one message; the same one again gets the same answer.

        Messages of one address are answered in the order of the calls. Returns None where there is
        nothing to say. Raises StoreDown when nothing could be kept: the platform shall repeat.
        An address that writes too fast is told so, and what it wrote is not looked at; what was
        left out unsaid is said with the next answer.
        """
        chat = f"{incoming.account} {incoming.address}"
        if self._read is None and self._voices is None:
            message = await self._listen(incoming, chat)
        else:
            async with self._turns.of(chat):
                message = await self._listen(incoming, chat)
        if message is None or incoming.takes_notices:
            return message
        return message.joined()

    async def _listen(self, incoming: Incoming, chat: str) -> Message | None:
        if incoming.is_asked and self.per_address.wait(chat, self._monotonic()):
            return self._ask_to_wait(incoming, chat)
        if incoming.fetch is not None:
            incoming = await self._pictures.taken(incoming, incoming.fetch)
        if incoming.voice is not None:
            incoming = await self._recordings.taken(incoming, incoming.voice)
        # WeChat may have made words of it itself.
        if incoming.voice is not None and incoming.not_text and self._voices is not None:
            incoming = await self._voices.taken(incoming, incoming.voice)
        incoming, now, is_second, looks = _visible(incoming), self._now(), False, 0
        seen: Seen | None = None
        unsaid = self._left_out.unsaid(chat)
        while True:
            try:
                answer = await self._store.write(self._answer, incoming, now, seen, unsaid)
                if answer is None or isinstance(answer, Message):
                    if answer is not None:
                        self._left_out.say(chat, unsaid)
                    return answer
                looks += 1
                if looks > LOOKS:
                    log.error("a handler looks and looks", press=_tag(incoming.press))
                    break
                if isinstance(answer, Look):
                    seen = await self._store.read(self._look, incoming, now, answer)
                elif self._read is not None:
                    incoming = replace(incoming, read=await self._read(answer, chat))
            except StoreDown:
                raise
            except IntegrityError as problem:
                # Most likely another process answered the same push meanwhile; its answer stands
                # there now.
                if is_second:
                    _note_failure(incoming, problem)
                    break
                is_second = True
            except Exception as problem:
                _note_failure(incoming, problem)
                break
        return await self._store.write(self._apologise, incoming, self._now())

    def _ask_to_wait(self, incoming: Incoming, chat: str) -> Message | None:
        """Say it once; more answers to a flood would be a flood."""
        if not self._left_out.note(chat, self._monotonic()):
            return None
        language = incoming.language or self._default_language
        return self._render(TOO_FAST, language, self._now())

    def _answer(
        self, session: Session, incoming: Incoming, now: datetime, seen: Seen | None, unsaid: int
    ) -> Message | Later | None:
        if not incoming.receipts:
            members.expect(session, incoming.account, incoming.address)
        is_repeat, kept = inbox.repeated(session, incoming.account, incoming.key)
        if is_repeat:
            return Message.from_json(kept) if kept is not None else None
        if incoming.receipts:
            acknowledge(session, incoming, now)
            return None
        key = incoming.account, album_of(incoming), incoming.key
        if incoming.album and not inbox.claim(session, *key, now):
            return None
        caller = members.meet(
            session,
            incoming.account,
            incoming.address,
            language=incoming.language or self._default_language,
            now=now,
        )
        message = self._speak(session, incoming, caller, now, seen)
        if isinstance(message, Later):
            return message
        if unsaid and message is not None:
            told = self._render(left_out(unsaid), caller.language, now)
            message = message.followed_by(told.text)
        if message is not None and incoming.page:
            more = to_text(say("More"), self._reader(message.language, now))
            message = first_page(message, incoming.page, more)
        # An erased member's address is gone by now, and the row must not point to it.
        inbox.keep(
            session,
            account=incoming.account,
            key=incoming.key,
            address_id=caller.address_id or None,
            reply=message.to_json() if message is not None else None,
            now=now,
        )
        return message

    def _look(self, session: Session, incoming: Incoming, now: datetime, look: Look) -> Seen:
        """Run a read that a handler declared, outside the write transaction."""
        caller = sender_of(session, incoming)
        if caller is None:
            raise LookupError("the address was erased while its message was answered")
        chat = self._chat(session, caller, now, incoming)
        return Seen(look, look.read(chat, look.argument))

    def _speak(
        self,
        session: Session,
        incoming: Incoming,
        caller: members.Caller,
        now: datetime,
        seen: Seen | None,
    ) -> Message | Later | None:
        if incoming.consents:
            for each in incoming.consents:
                reach.agree(session, caller.address_id, each.template, each.times)
            return None
        if incoming.left:
            members.mark_unreachable(session, caller.address_id, Reason.BLOCKED)
            return None
        if incoming.returned:
            reach.reset_settings(session, caller.address_id)
        members.note_reach(session, caller, incoming.window, now)
        if incoming.returned and not (incoming.text or incoming.link or incoming.press):
            return None
        chat = self._chat(session, caller, now, incoming, seen)
        chat.may_ask_reader = self._read is not None and incoming.read is None
        reader = self._reader(caller.language, now)

        def last_shown() -> Message | None:
            shown = history.last_shown(session, caller.address_id)
            return Message.from_json(shown) if shown is not None else None

        def last_list() -> Message | None:
            replies = inbox.recent(session, caller.address_id, MOST_BELOW_A_LIST)
            shown = map(Message.from_json, replies)
            return next((each for each in shown if any(c.in_text for c in each.choices)), None)

        reply = self._routes.answer(chat, reader, last_shown, last_list)
        if isinstance(reply, Later):
            return reply
        # The reader may have changed their language just now.
        message = render(reply, self._reader(caller.language, now))
        # An edited message does not notify, so notices do not ride on it.
        stays = incoming.shows_waiting or not message.edit
        if stays and caller.address_id and missed.is_anything(session, caller.id, now):
            message = with_missed(
                chat,
                message,
                incoming.page,
                lambda owed: self.compose(session, owed, now),
                lambda hint: self._render(hint, chat.language, now),
            )
        return message

    def _apologise(self, session: Session, incoming: Incoming, now: datetime) -> Message | None:
        is_repeat, kept = inbox.repeated(session, incoming.account, incoming.key)
        if is_repeat:
            return Message.from_json(kept) if kept is not None else None
        caller = members.find(session, incoming.account, incoming.address)
        language = caller.language if caller else incoming.language or self._default_language
        message = render(APOLOGY, self._reader(language, now))
        inbox.keep(
            session,
            account=incoming.account,
            key=incoming.key,
            address_id=caller.address_id if caller else None,
            reply=message.to_json(),
            now=now,
        )
        return message

    def compose(self, session: Session, delivery: Owed, now: datetime) -> Message | Drop:
        """A delivery in its member's words, as things stand now; or why there is nothing to say.

        Every delivery passes here, whether it is sent or shown with a reply: so this is where it
        is checked whether the member has muted it.
        """
        caller = (
            members.at_address(session, delivery.address_id)
            if delivery.address_id is not None
            else None
        )
        if caller is None:
            return Drop(Reason.LEFT)
        if is_muted(delivery.topic, caller.muted):
            return Drop(Reason.MUTED)
        notice = self._routes.notices.get(delivery.topic)
        if notice is None:
            return Drop(Reason.NO_HANDLER)
        said = notice(self._chat(session, caller, now), delivery.facts)
        if isinstance(said, Drop):
            return said
        language = caller.language
        # Many members may get the same Reply. The cache keeps it alive, so its id is not reused.
        _, message = cached(
            session, (id(said), language), lambda: (said, self._render(said, language, now))
        )
        return message

    def sent_since(
        self, session: Session, account: str, external: str, place: int, now: datetime
    ) -> list[tuple[int, Message]]:
        """What was sent to an address after a position, with positions, as it is read now.

        What is of no use any more is worded as past, and words that depend on the day are those of
        today.
        """
        sent = history.sent_since(session, account, external, place)
        return [(each.position, self._as_read(session, each, now)) for each in sent]

    def _as_read(self, session: Session, sent: SentMessage, now: datetime) -> Message:
        past = self._routes.pasts.get(sent.topic)
        if past is not None and sent.address_id is not None:
            caller = members.at_address(session, sent.address_id)
            said = past(self._chat(session, caller, now), sent.facts) if caller else None
            if caller is not None and said is not None:
                return self._render(said, caller.language, now)
        today = now.astimezone(self._care.zone).date()
        return Message.from_json(sent.message).read_on(today.isoformat())

    def _chat(
        self,
        session: Session,
        caller: members.Caller,
        now: datetime,
        incoming: Incoming | None = None,
        seen: Seen | None = None,
    ) -> Chat:
        return Chat(
            session,
            caller,
            now,
            self._care,
            self._station,
            self._phrasebook,
            self._default_language,
            incoming,
            seen,
            self._routes.notices,
            self._routes.drafts,
            link_to=self._link_to,
        )

    def _render(self, said: Reply, language: str, now: datetime) -> Message:
        return render(said, self._reader(language, now))

    def _reader(self, language: str, now: datetime) -> Reader:
        return self._phrasebook.reader(language, self._care.zone, now)


def _note_failure(incoming: Incoming, problem: Exception) -> None:
    FAILURES.labels(incoming.account).inc()
    press = _tag(incoming.press)
    log.error("handler failed", account=incoming.account, press=press, exc_info=problem)


def _tag(press: str) -> str:
    """The tag of a press, for the log: what follows it may be forged and hold anything."""
    tag = press.partition(".")[0]
    return tag if TAG.fullmatch(tag) else "?"


def _visible(incoming: Incoming) -> Incoming:
    """Return what came in without the characters that nobody sees."""
    text, name = visible(incoming.text), one_line(incoming.name)
    if text == incoming.text and name == incoming.name:
        return incoming
    return replace(incoming, text=text, name=name)
