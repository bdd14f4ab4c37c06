"""Who answers: what came in is offered to each of STEPS in turn until one of them replies."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.conversation import drafts, typed, voices
from bot.conversation.asking import Dialog, Explain
from bot.conversation.called import Called, Commands
from bot.conversation.chat import Chat, Later
from bot.conversation.dialogs import Answer, State
from bot.conversation.incoming import Incoming
from bot.conversation.language import Reader
from bot.conversation.messages import Action, Button, Reply, say
from bot.conversation.routing import (
    Bar,
    Command,
    CommandFacts,
    Fallback,
    Guard,
    Handler,
    Knower,
    Looks,
    Maker,
    MayHave,
    Mean,
    Meaning,
    Notice,
    Past,
    Router,
)
from bot.conversation.typed import (
    LastShown,
    agreed_to,
    in_list,
    link_shown_as,
    place_of,
    plain,
    row_of,
    shown_as,
    whole,
)
from models.desk import misses
from models.desk.recall import Recall
from models.network.members import is_blocked
from models.rules.understanding.intents import FACTS, SMALL_TALK, Confidence, Intent, Understood
from models.rules.understanding.understanding import understand

NOTHING = Understood(None)
TYPED_LINK = re.compile(r"([a-z])[0-9]{1,9}-[a-z0-9]{6,8}")


@dataclass(frozen=True, slots=True)
class Heard:
    """One message on its way through the steps. ``text`` is narrow and in one line."""

    chat: Chat
    incoming: Incoming
    text: str
    reader: Reader
    last_shown: LastShown
    last_list: LastShown
    called: Called | None
    question: tuple[Dialog, State] | None


class Routes:
    """Every subject's declarations together. Raises ValueError when two declare the same."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self.command_facts: list[CommandFacts] = []
        self.notices: dict[str, Notice] = {}
        self.pasts: dict[str, Past] = {}
        self.files: dict[str, Maker] = {}
        self.rights: dict[str, MayHave] = {}
        self._commands = Commands()
        self._presses: dict[type[Action], Handler] = {}
        self._links: dict[str, Command] = {}
        self._typed_links: set[str] = set()
        self._meanings: dict[Intent, Meaning] = {}
        self._urgent: set[Intent] = set()
        self._taught = misses.Taught()
        self._recall = Recall()
        self._dialogs: dict[str, Dialog] = {}
        self.drafts: dict[str, Dialog] = {}
        self._open: set[object] = set()
        self._pictured: set[object] = set()
        self._closing: set[object] = set()
        self._explains: dict[object, Explain] = {}
        self._looks: dict[object, Looks] = {}
        self._guards: list[Guard] = []
        self._bars: list[Bar] = []
        self._unbarred: set[object] = set()
        self._knowers: list[Knower] = []
        self._fallback: Fallback | None = None
        for router in routers:
            self._add(router)

    def _add(self, router: Router) -> None:
        for facts, words, fn in router.commands:
            self.command_facts.append(facts)
            self._commands.add(words, fn)
        tables: tuple[tuple[dict[Any, Any], Mapping[Any, Any]], ...] = (
            (self._presses, router.presses),
            (self._links, router.links),
            (self._dialogs, router.dialogs),
            (self.notices, router.notices),
            (self.pasts, router.pasts),
            (self.files, router.files),
            (self.rights, router.rights),
            (self._meanings, router.meanings),
        )
        for known, declared in tables:
            for name, value in declared.items():
                _declare_once(known, name, value)
        self.drafts |= {topic: each for topic, each in router.dialogs.items() if each.label}
        self._typed_links |= router.typed_links
        self._urgent |= router.urgent
        self._open |= router.open
        self._pictured |= router.pictured
        self._closing |= router.closing
        self._explains |= router.explains
        self._looks |= router.looks
        self._guards += router.guards
        self._bars += router.bars
        self._unbarred |= router.unbarred
        self._knowers += router.knowers
        for fallback in router.fallbacks:
            if self._fallback is not None:
                raise ValueError("two fallbacks are declared")
            self._fallback = fallback

    def answer(
        self, chat: Chat, reader: Reader, last_shown: LastShown, last_list: LastShown
    ) -> Reply | Later:
        """Find who answers and let them.

        ``last_shown`` reads the message shown last, if asked, and ``last_list`` the last with rows.

        Returns what must be done first, with nothing written, where there is such a thing.
        """
        assert chat.incoming is not None
        incoming = chat.incoming = voices.as_typed(chat, chat.incoming)
        text = plain(incoming.text)
        chat.shown = last_shown
        place, zone = chat.member.station_id, chat.care.zone
        chat.recall = partial(self._recall.find, chat.session, place, chat.now, zone)
        nothing = typed.nothing_shown
        chat.hear = lambda words: self.answer(chat.having(words), reader, nothing, nothing)
        called, question = self._commands.find(incoming.text), self._question(chat)
        heard = Heard(chat, incoming, text, reader, last_shown, last_list, called, question)
        for step in STEPS:
            if (reply := step(self, heard)) is None:
                continue
            if not isinstance(reply, Reply):
                return reply
            reply = drafts.offered(chat, reply)
            return voices.below_what_was_heard(reply, heard.text) if incoming.is_heard else reply
        raise AssertionError("the last step answers everything")

    # The steps: each replies, or returns None for the next

    def pressed(self, heard: Heard) -> Reply | Later | None:
        """A press, whatever else is open."""
        press = heard.incoming.press
        return self._press(heard.chat, press) if press else None

    def followed_link(self, heard: Heard) -> Reply | Later | None:
        """A deep link or a scanned code, or one that is typed as it is printed."""
        link = heard.incoming.link or self._typed_link(heard)
        for prefix, fn in self._links.items():
            if link and link.startswith(prefix):
                return self._call(heard.chat, fn, link.removeprefix(prefix))
        return None

    def _typed_link(self, heard: Heard) -> str:
        """The link that the words are, which then counts as followed; empty where they are none."""
        typed = TYPED_LINK.fullmatch(heard.text.lower())
        if typed is None or typed[1] not in self._typed_links or heard.incoming.is_heard:
            return ""
        heard.chat.incoming = replace(heard.incoming, text="", link=typed[0])
        return typed[0]

    def sent_picture(self, heard: Heard) -> Reply | Later | None:
        """A picture or a sound as the answer to the open question."""
        incoming = heard.incoming
        if heard.question is None or (incoming.picture is None and not incoming.not_text):
            return None
        dialog, state = heard.question
        if incoming.picture is None and dialog.takes_sounds(state):
            return dialog.listen(heard.chat, state, incoming)
        return dialog.see(heard.chat, state, incoming.picture, heard.text)

    def heard_by_voice(self, heard: Heard) -> Reply | Later | None:
        """Words that were heard: asked about where, if typed, they would command or answer."""
        if not heard.incoming.is_heard or not heard.text:
            return None
        chat = heard.chat
        if (urgent := self._urgently(chat, heard.text)) is not None:
            return urgent
        if not chat.has_consented:
            return self.meant(heard)
        packed = shown_as(heard.text, heard.last_shown) or self._agreed(heard)
        packed = packed or place_of(self._understand(chat, heard.text), heard.last_shown)
        if action := Action.unpack(packed) if packed else None:
            return voices.ask_whether(action)
        if heard.question is not None or heard.called is not None:
            return voices.ask_whether(voices.keep(chat, heard.incoming.text))
        return self.meant(heard)

    def spelled_out_command(self, heard: Heard) -> Reply | Later | None:
        """A command with a slash or words after it; amid a question, if it cannot be an answer."""
        called = heard.called
        if called is None or not called.is_spelled_out:
            return None
        if heard.question is not None and not called.is_clear:
            return None
        reply = self._call_command(heard.chat, called)
        begun = self._question(heard.chat)
        is_of_oneself = bool(called.words) and begun is not None and begun[0].of_oneself
        if not is_of_oneself or not isinstance(reply, Reply):
            return reply
        return reply.below(self._urgently(heard.chat, called.words))

    def row_above(self, heard: Heard) -> Reply | Later | None:
        """The number of a list's row, below which stand choices that show no numbers."""
        if not heard.incoming.unnumbered or not heard.text.isdecimal():
            return None
        shown = heard.last_shown()
        options = len(shown.choices) if heard.question is not None and shown is not None else 0
        if int(heard.text[:9]) <= options:
            # Whoever answers a question by number counts its options.
            return None
        packed = row_of(heard.text, shown, heard.last_list)
        return self._press(heard.chat, packed) if packed else None

    def open_question(self, heard: Heard) -> Reply | Later | None:
        """Words amid a question, except the word of a command alone."""
        if heard.question is None or not heard.text or (heard.called and heard.called.is_clear):
            return None
        chat, (dialog, state) = heard.chat, heard.question
        packed = shown_as(heard.text, heard.last_shown)
        if packed and not dialog.takes_words(state, packed):
            return self._press(chat, packed)
        instead = partial(self._leave_for, chat, heard.text)
        answer = whole(heard.incoming.text)
        urgent = self._urgently(chat, heard.text) if dialog.of_oneself else None
        reply = dialog.hear(chat, state, answer, heard.reader, instead=instead)
        return reply.below(urgent) if isinstance(reply, Reply) else reply

    def _urgently(self, chat: Chat, text: str) -> Reply | None:
        """What must be said at once to such words, whatever is open; None for all others."""
        said = self._understand(chat, text)
        if said.intent is None or said.intent not in self._urgent:
            return None
        return self._meanings[said.intent](chat, said)

    def shown_on_screen(self, heard: Heard) -> Reply | Later | None:
        """The number or the label of what was shown last."""
        packed = shown_as(heard.text, heard.last_shown) if heard.text else ""
        if packed:
            return self._press(heard.chat, packed)
        link = link_shown_as(heard.text, heard.last_shown) if heard.text else None
        if link is None:
            return None
        return Reply(say("Tap to open it:"), buttons=(Button(link.label, url=link.url),))

    def bare_command(self, heard: Heard) -> Reply | Later | None:
        """The word of a command alone."""
        return self._call_command(heard.chat, heard.called) if heard.called is not None else None

    def no_words(self, heard: Heard) -> Reply | Later | None:
        """Nothing that could be read; a question stays open."""
        return self._mean(heard.chat, NOTHING, leaves=False) if not heard.text else None

    def agreed(self, heard: Heard) -> Reply | Later | None:
        """A "yes" to what was asked last."""
        packed = self._agreed(heard)
        return self._press(heard.chat, packed) if packed else None

    def meant(self, heard: Heard) -> Reply | Later | None:
        """Words of the member's own, by what they mean; suggestions where nothing is certain."""
        read = heard.incoming.read
        is_read = read is not None and (read.intent is not None or read.answer > 0)
        said = read if is_read and read else self._understand(heard.chat, heard.text)
        if heard.incoming.is_heard:
            said = replace(said, confidence=Confidence.LIKELY) if said.intent else said
        elif packed := place_of(said, heard.last_shown):
            return self._press(heard.chat, packed)
        is_known = heard.chat.has_consented and not is_blocked(heard.chat.member, heard.chat.now)
        if is_known and not is_read and (reply := self._known(heard.chat, said)) is not None:
            return reply
        return self._mean(heard.chat, in_list(said, heard.last_shown) if said.is_place else said)

    # What the steps share

    def _agreed(self, heard: Heard) -> str:
        """What a "yes" to what was asked last does."""
        said = self._understand(heard.chat, heard.text)
        return agreed_to(heard.last_shown()) if said.intent == Intent.YES else ""

    def _question(self, chat: Chat) -> tuple[Dialog, State] | None:
        """The open question; None for one that this version does not ask any more, too."""
        return self._open_dialog(chat.member.dialog)

    def takes_picture(self, kept: dict[str, Any] | None, text: str) -> bool:
        """Whether a picture is for the question of a dialog, as it is stored, or for a command.

        ``text`` stands below the picture.
        """
        called = self._commands.find(text)
        if called is not None and called.fn in self._pictured:
            return True
        question = self._open_dialog(kept)
        return question is not None and question[0].takes_pictures(question[1])

    def takes_sound(self, kept: dict[str, Any] | None) -> bool:
        """Whether a voice message is for the question of a dialog, as it is stored."""
        question = self._open_dialog(kept)
        return question is not None and question[0].takes_sounds(question[1])

    def _open_dialog(self, kept: dict[str, Any] | None) -> tuple[Dialog, State] | None:
        dialog = self._dialogs.get(kept.get("topic", "")) if kept is not None else None
        return (dialog, State.from_json(kept)) if dialog is not None and kept is not None else None

    def _understand(self, chat: Chat, text: str) -> Understood:
        place_id = chat.member.station_id
        return understand(text, self._taught.lessons(chat.session, chat.now, place_id))

    def _leave_for(self, chat: Chat, text: str, may_answer: bool) -> Reply | Later | None:
        """Something else that was plainly asked for amid a question; None where it was not.

        Of words that are surely no answer a guess is enough, or what is known.
        """
        said = self._understand(chat, text)
        if not may_answer:
            if said.intent not in (None, *SMALL_TALK):
                return self._mean(chat, said)
            before = chat.member.dialog
            self._leave(chat, keeps=True)
            if (reply := self._known(chat, said)) is None:
                drafts.take_back(chat, before)
            return reply
        if said.intent in (None, *SMALL_TALK) or (said.words and not said.certain):
            return None
        # What was guessed may as well be the answer, unless it is plainly a question.
        is_unsure = bool(said.text) or said.confidence == Confidence.UNSURE
        is_guess = is_unsure and said.intent not in FACTS
        return None if is_guess else self._mean(chat, said)

    def _known(self, chat: Chat, said: Understood) -> Reply | Later | None:
        """What a subject knows of the words, before their meaning is followed."""
        replies = (knows(chat, said) for knows in self._knowers)
        return next((reply for reply in replies if reply is not None), None)

    def _mean(self, chat: Chat, said: Understood, *, leaves: bool = True) -> Reply | Later:
        fn: Handler | None = self._meanings.get(said.intent) if said.intent else None
        fn = fn or self._fallback
        assert fn is not None, "no fallback is declared"
        return self._call(chat, fn, said, leaves=leaves)

    def _press(self, chat: Chat, packed: str) -> Reply | Later:
        action = Action.unpack(packed)
        if isinstance(action, Answer):
            reply = self._answer_dialog(chat, action)
            if reply is not None:
                return reply
            action = None
        if isinstance(action, Mean) and action.intent in set(Intent):
            return self._mean(chat, Understood(Intent(action.intent), confidence=Confidence.LIKELY))
        fn = self._presses.get(type(action)) if action is not None else None
        if action is None or fn is None:
            return self._mean(chat, NOTHING, leaves=False)
        return self._explained(chat, fn) or self._call(chat, fn, action)

    def _call_command(self, chat: Chat, called: Called) -> Reply | Later:
        return self._explained(chat, called.fn) or self._call(
            chat, called.fn, called.words, wanted=called.link
        )

    def _explained(self, chat: Chat, fn: object) -> Reply | None:
        """The open question again, with how to answer it; None where none is open."""
        explain, question = self._explains.get(fn), self._question(chat)
        if explain is None or question is None:
            return None
        dialog, state = question
        return dialog.ask_again(chat, state, explain)

    def _answer_dialog(self, chat: Chat, answer: Answer) -> Reply | Later | None:
        question = self._question(chat)
        if question is None or question[0].topic != answer.topic:
            return None
        dialog, state = question
        return dialog.press(chat, state, answer)

    def _call(
        self, chat: Chat, fn: Handler, argument: Any, *, leaves: bool = True, wanted: str = ""
    ) -> Reply | Later:
        """Call a handler unless a guard or bar stands before it; the open question is left with it.

        ``wanted`` is the link that does the same later, where it is not the one that came in.
        """

        def leave() -> None:
            if leaves:
                self._leave(chat, keeps=fn not in self._closing)

        if not chat.has_consented and fn not in self._open:
            leave()
            for guard in self._guards:
                reply = guard(chat, wanted or (chat.incoming.link if chat.incoming else ""))
                if reply is not None:
                    return reply
        if is_blocked(chat.member, chat.now) and fn not in self._unbarred:
            leave()
            for bar in self._bars:
                return bar(chat)
        return chat.call(fn, argument, self._looks.get(fn), leave)

    def _leave(self, chat: Chat, *, keeps: bool) -> None:
        """Close the open question; its dialog is put aside where it ``keeps`` drafts."""
        question = self._question(chat)
        if keeps and question is not None and question[0].label:
            dialog, state = question
            if dialog.is_worth(chat, state):
                drafts.put_aside(chat, state)
                return
        chat.has_given_up = question is not None and not keeps
        drafts.remember(chat, None)


STEPS = (
    Routes.pressed,
    Routes.followed_link,
    Routes.sent_picture,
    Routes.heard_by_voice,
    Routes.spelled_out_command,
    Routes.row_above,
    Routes.open_question,
    Routes.shown_on_screen,
    Routes.bare_command,
    Routes.no_words,
    Routes.agreed,
    Routes.meant,
)
"""The order in which what came in is understood: the grammar of the product."""


def _declare_once(known: dict[Any, Any], name: Any, value: Any) -> None:
    if name in known:
        raise ValueError(f"{name!r} is declared twice")
    known[name] = value
