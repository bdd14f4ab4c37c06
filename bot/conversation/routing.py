"""Router declares, Routes finds: commands, meanings, buttons, deep links, dialogs, notices."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from bot.conversation.asking import Dialog, Explain
from bot.conversation.chat import Chat
from bot.conversation.dialogs import Answer, Script, State
from bot.conversation.language import Reader
from bot.conversation.messages import Action, Message, Reply, Sayable
from models.desk import misses
from models.network import members
from models.rules.understanding.intents import SMALL_TALK, Confidence, Intent, Understood
from models.rules.understanding.understanding import asks, understand
from models.sending.reasons import Reason

Act = TypeVar("Act", bound=Action)
Press = Callable[[Chat, Act], Reply]
Command = Callable[[Chat, str], Reply]
Meaning = Callable[[Chat, Understood], Reply]
Guard = Callable[[Chat], Reply | None]
"""What is said of an open question before it is asked again."""


@dataclass(frozen=True, slots=True)
class Mean(Action, tag="mean"):
    """A suggestion taken: as if this had been said, without any name or number."""

    intent: str


NOTHING = Understood(None)


@dataclass(frozen=True, slots=True)
class Drop:
    """A notice that has nothing to say any more, and why."""

    reason: Reason


Notice = Callable[[Chat, Mapping[str, Any]], Reply | Drop]
Maker = Callable[..., bytes]
"""Makes a file from a session to read with and an attachment's frozen arguments."""


@dataclass(frozen=True, slots=True)
class CommandFacts:
    """A command as menus and help show it."""

    name: str
    zh: str
    about: Sayable | None


class Router:
    """What one subject declares."""

    def __init__(self) -> None:
        self.commands: list[tuple[CommandFacts, tuple[str, ...], Command]] = []
        self.presses: dict[type[Action], Press[Any]] = {}
        self.links: dict[str, Command] = {}
        self.meanings: dict[Intent, Meaning] = {}
        self.dialogs: dict[str, Dialog] = {}
        self.notices: dict[str, Notice] = {}
        self.files: dict[str, Maker] = {}
        self.open: set[object] = set()
        self.explains: dict[object, Explain] = {}
        self.guards: list[Guard] = []
        self.fallbacks: list[Meaning] = []

    def command(
        self, name: str, *, zh: str, also: tuple[str, ...] = (), about: Sayable | None = None
    ) -> Callable[[Command], Command]:
        """``/name`` and its Chinese word; the rest of the message is handed on as words."""

        def declare(fn: Command) -> Command:
            self.commands.append((CommandFacts(name, zh, about), also, fn))
            return fn

        return declare

    def button(self, kind: type[Act]) -> Callable[[Press[Act]], Press[Act]]:
        """What a press of this action does."""

        def declare(fn: Press[Act]) -> Press[Act]:
            self.presses[kind] = fn
            return fn

        return declare

    def link(self, prefix: str) -> Callable[[Command], Command]:
        """A deep link or scanned code that begins with ``prefix``; the rest is handed on."""

        def declare(fn: Command) -> Command:
            self.links[prefix] = fn
            return fn

        return declare

    def intent(self, *intents: Intent) -> Callable[[Meaning], Meaning]:
        """What is done where somebody means this in words of their own.

        It changes nothing unless what was said is certain: else it asks, or shows how.
        """

        def declare(fn: Meaning) -> Meaning:
            self.meanings.update(dict.fromkeys(intents, fn))
            return fn

        return declare

    def dialog(self, topic: str) -> Callable[[Script], Dialog]:
        """A script of questions, kept under ``topic``."""

        def declare(script: Script) -> Dialog:
            self.dialogs[topic] = Dialog(topic, script)
            return self.dialogs[topic]

        return declare

    def notice(self, topic: str) -> Callable[[Notice], Notice]:
        """Puts a delivery of this topic into words, or drops it."""

        def declare(fn: Notice) -> Notice:
            self.notices[topic] = fn
            return fn

        return declare

    def file(self, maker: str) -> Callable[[Maker], Maker]:
        """Makes the attachments that name this maker, after the commit."""

        def declare(fn: Maker) -> Maker:
            self.files[maker] = fn
            return fn

        return declare

    def without_consent(self, fn: Any) -> Any:
        """This may be done before the privacy notice has been agreed to."""
        self.open.add(fn)
        return fn

    def keeps_question(self, explain: Explain) -> Callable[[Any], Any]:
        """Amid a dialog this explains the open question and asks it again, nothing lost."""

        def declare(fn: Any) -> Any:
            self.explains[fn] = explain
            return fn

        return declare

    def guard(self, fn: Guard) -> Guard:
        """Asked before anything that needs consent; a reply from it stands instead."""
        self.guards.append(fn)
        return fn

    def fallback(self, fn: Meaning) -> Meaning:
        """Answers what nothing else understood, and what nobody has declared."""
        self.fallbacks.append(fn)
        return fn


class Routes:
    """Every subject's declarations together. Raises ValueError when two declare the same."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self.command_facts: list[CommandFacts] = []
        self.notices: dict[str, Notice] = {}
        self.files: dict[str, Maker] = {}
        self._commands: dict[str, Command] = {}
        self._keeps_words: set[str] = set()
        self._presses: dict[type[Action], Press[Any]] = {}
        self._links: dict[str, Command] = {}
        self._meanings: dict[Intent, Meaning] = {}
        self._taught = misses.Taught()
        self._dialogs: dict[str, Dialog] = {}
        self._open: set[object] = set()
        self._explains: dict[object, Explain] = {}
        self._guards: list[Guard] = []
        self._fallback: Meaning | None = None
        for router in routers:
            self._add(router)
        # Longer words first: 取消报名 must not be taken for 取消.
        self._prefixes = sorted(
            (name for name in self._commands if not name.isascii() or " " in name),
            key=len,
            reverse=True,
        )

    def _add(self, router: Router) -> None:
        for facts, also, fn in router.commands:
            self.command_facts.append(facts)
            for name in (facts.name, facts.zh, *also):
                _declare_once(self._commands, name.casefold(), fn)
                if facts.name not in set(Intent):
                    self._keeps_words.add(name.casefold())
        for kind, press in router.presses.items():
            _declare_once(self._presses, kind, press)
        for prefix, fn in router.links.items():
            _declare_once(self._links, prefix, fn)
        for topic, dialog in router.dialogs.items():
            _declare_once(self._dialogs, topic, dialog)
        for topic, notice in router.notices.items():
            _declare_once(self.notices, topic, notice)
        for name, maker in router.files.items():
            _declare_once(self.files, name, maker)
        for intent, meaning in router.meanings.items():
            _declare_once(self._meanings, intent, meaning)
        self._open |= router.open
        self._explains |= router.explains
        self._guards += router.guards
        for fallback in router.fallbacks:
            if self._fallback is not None:
                raise ValueError("two fallbacks are declared")
            self._fallback = fallback

    def answer(self, chat: Chat, reader: Reader, last_shown: Callable[[], Message | None]) -> Reply:
        """Find who answers and let them. ``last_shown`` reads the message shown last, if asked."""
        incoming = chat.incoming
        assert incoming is not None
        if incoming.press:
            return self._press(chat, incoming.press, reader)
        if incoming.link and (link := self._find_link(incoming.link)) is not None:
            members.remember_dialog(chat.session, chat.member, None)
            return self._call(chat, *link)
        text = plain(incoming.text)
        if (seen := self._see(chat, text)) is not None:
            return seen
        command = self._find_command(text)
        if chat.member.dialog is not None and not (command and _leaves_dialog(text, command[1])):
            state = State.from_json(chat.member.dialog)
            dialog = self._dialogs.get(state.topic)
            if dialog is not None and text:
                packed = _shown_as(text, last_shown)
                if packed and not dialog.takes_words(state, packed):
                    return self._press(chat, packed, reader)
                return dialog.hear(
                    chat,
                    state,
                    whole(incoming.text),
                    reader,
                    instead=partial(self._leave_for, chat, text),
                )
        is_spelt_out = command is not None and (text.startswith("/") or command[1])
        if text and not is_spelt_out and (packed := _shown_as(text, last_shown)):
            return self._press(chat, packed, reader)
        if command is not None and (explained := self._explained(chat, command[0])) is not None:
            return explained
        # A picture amid a question leaves the question open.
        if chat.member.dialog is not None and text:
            members.remember_dialog(chat.session, chat.member, None)
        if command is not None:
            return self._call(chat, *command)
        if not text:
            return self._mean(chat, NOTHING)
        said = understand(text, self._taught.meanings(chat.session, chat.now))
        if said.intent == Intent.YES and (packed := _agreed_to(last_shown())):
            return self._press(chat, packed, reader)
        return self._mean(chat, _in_list(said, last_shown) if said.is_place else said)

    def _leave_for(self, chat: Chat, text: str) -> Reply | None:
        """Something else that was plainly asked for amid a question; None where it was not."""
        said = understand(text, self._taught.meanings(chat.session, chat.now))
        if said.intent in (None, *SMALL_TALK) or (said.words and not said.certain):
            return None
        members.remember_dialog(chat.session, chat.member, None)
        return self._mean(chat, said)

    def _mean(self, chat: Chat, said: Understood) -> Reply:
        fn = self._meanings.get(said.intent, self._fallback) if said.intent else self._fallback
        assert fn is not None, "no fallback is declared"
        return self._call(chat, fn, said)

    def _see(self, chat: Chat, text: str) -> Reply | None:
        """A picture as the answer to the open question; None where it answers nothing."""
        incoming, kept = chat.incoming, chat.member.dialog
        if incoming is None or kept is None or (incoming.picture is None and not incoming.not_text):
            return None
        state = State.from_json(kept)
        dialog = self._dialogs.get(state.topic)
        if dialog is None:
            return None
        return dialog.see(chat, state, incoming.picture, text)

    def _press(self, chat: Chat, packed: str, reader: Reader) -> Reply:
        action = Action.unpack(packed)
        if isinstance(action, Answer):
            reply = self._answer_dialog(chat, action, reader)
            if reply is not None:
                return reply
            action = None
        if isinstance(action, Mean) and action.intent in set(Intent):
            members.remember_dialog(chat.session, chat.member, None)
            return self._mean(chat, Understood(Intent(action.intent), confidence=Confidence.LIKELY))
        fn = self._presses.get(type(action)) if action is not None else None
        if action is None or fn is None:
            return self._mean(chat, NOTHING)
        if (explained := self._explained(chat, fn)) is not None:
            return explained
        if chat.member.dialog is not None:
            members.remember_dialog(chat.session, chat.member, None)
        return self._call(chat, fn, action)

    def _explained(self, chat: Chat, fn: object) -> Reply | None:
        """The open question again, with how to answer it; None where none is open."""
        kept, explain = chat.member.dialog, self._explains.get(fn)
        dialog = self._dialogs.get(kept["topic"]) if kept is not None else None
        if explain is None or kept is None or dialog is None:
            return None
        return dialog.ask_again(chat, State.from_json(kept), explain)

    def _answer_dialog(self, chat: Chat, answer: Answer, reader: Reader) -> Reply | None:
        kept = chat.member.dialog
        dialog = self._dialogs.get(answer.topic)
        if dialog is None or kept is None or kept["topic"] != answer.topic:
            return None
        return dialog.press(chat, State.from_json(kept), answer, reader)

    def _call(self, chat: Chat, fn: Callable[[Chat, Any], Reply], argument: Any) -> Reply:
        if not chat.has_consented and fn not in self._open:
            for guard in self._guards:
                reply = guard(chat)
                if reply is not None:
                    return reply
        return fn(chat, argument)

    def _find_link(self, link: str) -> tuple[Command, str] | None:
        for prefix, fn in self._links.items():
            if link.startswith(prefix):
                return fn, link.removeprefix(prefix)
        return None

    def _find_command(self, text: str) -> tuple[Command, str] | None:
        """A command that is spelt out: ``/signup 3``, ``signup``, ``报名 3``, ``报名3``.

        Other words after a name count only where the command keeps them for itself (``绑定 CODE``):
        ``取消订阅`` and ``stop texting me`` are read for what they mean.
        """
        whole = self._commands.get(text.casefold())
        if whole is not None:
            return whole, ""
        first, _, rest = text.partition(" ")
        name, rest = first.removeprefix("/").casefold(), rest.strip()
        fn = self._commands.get(name)
        if fn is not None and (text.startswith("/") or self._is_clear(name, rest)):
            return fn, rest
        for prefix in self._prefixes:
            rest = text[len(prefix) :]
            is_apart = not prefix.isascii() or rest.startswith(" ")
            if is_apart and text.casefold().startswith(prefix):
                rest = rest.strip()
                return (self._commands[prefix], rest) if self._is_clear(prefix, rest) else None
        return None

    def _is_clear(self, name: str, rest: str) -> bool:
        return not rest or rest.isdecimal() or (name in self._keeps_words and not asks(rest))


def _leaves_dialog(text: str, rest: str) -> bool:
    """A command amid a dialog must be clear: ``/events``, its word alone, or ``报名 3``."""
    return text.startswith("/") or not rest or rest.isdecimal()


def _shown_as(text: str, last_shown: Callable[[], Message | None]) -> str:
    """The action of the button or choice that was shown with this label or number."""
    if len(text) > 40:
        return ""
    message = last_shown()
    if message is None:
        return ""
    wanted = text.casefold()
    for choice in message.choices:
        if wanted in (str(choice.number), choice.label.casefold()):
            return choice.data
        if wanted == f"{choice.number} {choice.label}".casefold():
            return choice.data
    for button in message.buttons:
        if wanted == button.label.casefold():
            return button.data
    return ""


def _agreed_to(message: Message | None) -> str:
    """What "yes" does: the first button of a message that ends with a question."""
    if message is None or message.choices or not message.text.endswith(("?", "？")):
        return ""
    return message.buttons[0].data if message.buttons else ""


def _in_list(said: Understood, last_shown: Callable[[], Message | None]) -> Understood:
    """The second one, say, by the number that stands there; nothing where there is no list."""
    message, place = last_shown(), int(said.words)
    choices = message.choices if message is not None else ()
    number = str(choices[place - 1].number) if 0 < place <= len(choices) else ""
    return replace(said, words=number, is_place=False)


def _declare_once(known: dict[Any, Any], name: Any, value: Any) -> None:
    if name in known:
        raise ValueError(f"{name!r} is declared twice")
    known[name] = value


# Full-width letters, digits, slash and colon, as a Chinese keyboard types them.
_NARROW = {
    **{wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1B), *range(0xFF21, 0xFF3B))},
    **{wide: wide - 0xFEE0 for wide in (*range(0xFF41, 0xFF5B), 0xFF0F)},
    0x3000: " ",
}


def plain(text: str) -> str:
    """Typed text as it was meant: full-width digits and letters narrow, in one line."""
    return " ".join(text.translate(_NARROW).split())


def whole(text: str) -> str:
    """The same with its lines kept, for an answer in the member's own words."""
    return text.translate(_NARROW).strip()
