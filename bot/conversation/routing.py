"""What a subject declares: commands, meanings, buttons, deep links, dialogs, notices, files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from bot.conversation.asking import Dialog, Explain, Worth
from bot.conversation.chat import Chat, Later
from bot.conversation.dialogs import Script
from bot.conversation.messages import Action, Reply, Sayable
from models.rules.understanding.choosing import Unread
from models.rules.understanding.intents import Intent, Understood
from models.sending.reasons import Reason
from papers.facts import Order

Pressed = TypeVar("Pressed", bound=Action)
Looked = TypeVar("Looked")
Press = Callable[[Chat, Pressed], Reply]
Command = Callable[[Chat, str], Reply]
Meaning = Callable[[Chat, Understood], Reply]
Fallback = Callable[[Chat, Understood], Reply | Unread]
Handler = Callable[..., Reply | Unread]
"""A press, command, meaning or fallback; who declares a look gets its result as third argument."""

Looks = Callable[[Chat, Any], object]
"""A slow read for a handler, called with what the handler will be called with.

It runs outside the write transaction, on a snapshot, so that other chats are answered meanwhile;
its result is a plain value, not a row. What it read may have changed when the handler is called.
"""

Bar = Callable[[Chat], Reply]
"""Replies in a handler's place to a member who is blocked."""

Knower = Callable[[Chat, Understood], Reply | Later | None]
"""Answers from what is known; None where it knows nothing, or something else comes first.

What takes long to read is returned as a Look (``Chat.call``).
"""

Guard = Callable[[Chat, str], Reply | None]
"""Replies in a handler's place where the member may not use it yet; None lets it answer.

The second argument is the link that does what was asked for, to be followed later; or empty.
"""


@dataclass(frozen=True, slots=True)
class Mean(Action, tag="mean"):
    """Takes a suggestion: the same as a message with this intent, without a name or number."""

    intent: str


@dataclass(frozen=True, slots=True)
class Drop:
    """A notice that has nothing to say any more, and why."""

    reason: Reason


Notice = Callable[[Chat, Mapping[str, Any]], Reply | Drop]
Past = Callable[[Chat, Mapping[str, Any]], Reply | None]
"""Words a notice that is read when it is of no use any more; None while it still is."""

Maker = Callable[..., bytes | Order]
"""Makes a file from a session to read with and an attachment's frozen arguments.

What is to be printed is returned as an Order, and drawn when the session is closed.
"""

MayHave = Callable[..., bool]
"""Whether a file may still be made; called with a session, the time and the maker's arguments."""


@dataclass(frozen=True, slots=True)
class CommandFacts:
    """A command as menus and help show it."""

    name: str
    zh: str
    about: Sayable | None


@dataclass(frozen=True, slots=True)
class CommandWords:
    """Every word that calls a command.

    With ``code`` the words after it may be a one-time code; it is the prefix of the link with it.
    With ``spaced`` other words count only after a space, with ``one_line`` only in the same line.
    """

    names: tuple[str, ...]
    keeps_words: bool
    code: str
    spaced: bool = False
    one_line: bool = False


class Router:
    """What one subject declares."""

    def __init__(self) -> None:
        self.commands: list[tuple[CommandFacts, CommandWords, Handler]] = []
        self.presses: dict[type[Action], Handler] = {}
        self.links: dict[str, Command] = {}
        self.typed_links: set[str] = set()
        self.meanings: dict[Intent, Handler] = {}
        self.urgent: set[Intent] = set()
        self.dialogs: dict[str, Dialog] = {}
        self.notices: dict[str, Notice] = {}
        self.pasts: dict[str, Past] = {}
        self.files: dict[str, Maker] = {}
        self.rights: dict[str, MayHave] = {}
        self.open: set[object] = set()
        self.pictured: set[object] = set()
        self.closing: set[object] = set()
        self.explains: dict[object, Explain] = {}
        self.looks: dict[object, Looks] = {}
        self.guards: list[Guard] = []
        self.bars: list[Bar] = []
        self.unbarred: set[object] = set()
        self.fallbacks: list[Fallback] = []
        self.knowers: list[Knower] = []

    @overload
    def command(
        self,
        name: str,
        *,
        zh: str,
        also: tuple[str, ...] = ...,
        about: Sayable | None = ...,
        code: str = ...,
        alone: bool = ...,
        pictures: bool = ...,
        spaced: bool = ...,
        one_line: bool = ...,
    ) -> Callable[[Command], Command]: ...

    @overload
    def command(
        self,
        name: str,
        *,
        zh: str,
        also: tuple[str, ...] = ...,
        about: Sayable | None = ...,
        code: str = ...,
        looks: Callable[[Chat, str], Looked],
    ) -> Callable[[Callable[[Chat, str, Looked], Reply]], Callable[[Chat, str, Looked], Reply]]: ...

    def command(
        self,
        name: str,
        *,
        zh: str,
        also: tuple[str, ...] = (),
        about: Sayable | None = None,
        code: str = "",
        alone: bool = False,
        pictures: bool = False,
        spaced: bool = False,
        one_line: bool = False,
        looks: Looks | None = None,
    ) -> Any:
        """``/name`` and its Chinese word; the rest of the message is handed on as words.

        ``alone`` words are the command only where nothing follows them. With ``pictures`` a picture
        above the words is for it. Where it is ``spaced``, only a space makes the rest its words:
        ``改时间 周六`` changes the time, ``改时间了`` is read for what it means. Where it is of
        ``one_line``, more lines below are no words of it: what begins with ``接龙`` and goes on
        with names is a list that was pasted.

        With ``code`` a one-time code after the word is the command even amid an open question, and
        before the consent it is kept as a link of this prefix.
        """
        keeps_words = not alone and name not in set(Intent)
        words = CommandWords((name, zh, *also), keeps_words, code, spaced, one_line)

        def declare(fn: Handler) -> Handler:
            self.commands.append((CommandFacts(name, zh, about), words, fn))
            if pictures:
                self.pictured.add(fn)
            return self._with_looks(fn, looks)

        return declare

    @overload
    def button(self, kind: type[Pressed]) -> Callable[[Press[Pressed]], Press[Pressed]]: ...

    @overload
    def button(
        self, kind: type[Pressed], *, looks: Callable[[Chat, Pressed], Looked]
    ) -> Callable[
        [Callable[[Chat, Pressed, Looked], Reply]], Callable[[Chat, Pressed, Looked], Reply]
    ]: ...

    def button(self, kind: type[Action], *, looks: Looks | None = None) -> Any:
        """Declare what a press of this action does."""

        def declare(fn: Handler) -> Handler:
            self.presses[kind] = fn
            return self._with_looks(fn, looks)

        return declare

    def _with_looks(self, fn: Handler, looks: Looks | None) -> Handler:
        if looks is not None:
            self.looks[fn] = looks
        return fn

    def link(self, prefix: str, *, typed: bool = False) -> Callable[[Command], Command]:
        """Declare the handler of deep links and scanned codes that begin with ``prefix``.

        It gets the rest of the link as words. ``typed`` ones are followed also where the whole link
        is typed, as where nothing can be scanned: a number, a hyphen and a secret behind it.
        """

        def declare(fn: Command) -> Command:
            self.links[prefix] = fn
            if typed:
                self.typed_links.add(prefix)
            return fn

        return declare

    @overload
    def intent(self, *intents: Intent, urgent: bool = ...) -> Callable[[Meaning], Meaning]: ...

    @overload
    def intent(
        self, *intents: Intent, looks: Callable[[Chat, Understood], Looked]
    ) -> Callable[
        [Callable[[Chat, Understood, Looked], Reply]], Callable[[Chat, Understood, Looked], Reply]
    ]: ...

    def intent(self, *intents: Intent, urgent: bool = False, looks: Looks | None = None) -> Any:
        """Declare what is done when a member asks for this in their own words.

        The handler changes nothing unless the intent is certain; otherwise it asks or shows how.
        What is ``urgent`` is also said amid a dialog that is ``of_oneself``, before what follows
        from the answer.
        """

        def declare(fn: Handler) -> Handler:
            self.meanings.update(dict.fromkeys(intents, fn))
            if urgent:
                self.urgent.update(intents)
            return self._with_looks(fn, looks)

        return declare

    def dialog(
        self,
        topic: str,
        *,
        draft: Sayable = "",
        worth: Worth | None = None,
        of_oneself: bool = False,
    ) -> Callable[[Script], Dialog]:
        """Declare a script of questions, stored under ``topic``.

        With ``draft``, the label of a button, it is kept when it is left: where something was
        answered, or where ``worth`` says so. ``of_oneself`` says that members speak of themselves
        in it, so that what is urgent in their answers is heard.
        """

        def declare(script: Script) -> Dialog:
            self.dialogs[topic] = Dialog(topic, script, draft, worth, of_oneself=of_oneself)
            return self.dialogs[topic]

        return declare

    def notice(self, topic: str) -> Callable[[Notice], Notice]:
        """Declare the function that words deliveries of this topic, or drops them."""

        def declare(fn: Notice) -> Notice:
            self.notices[topic] = fn
            return fn

        return declare

    def past(self, topic: str) -> Callable[[Past], Past]:
        """Declare how a delivery of this topic is shown that is read too late.

        It is asked whenever a page shows a message, also right after it was sent.
        """

        def declare(fn: Past) -> Past:
            self.pasts[topic] = fn
            return fn

        return declare

    def file(self, maker: str, *, may: MayHave | None = None) -> Callable[[Maker], Maker]:
        """Declare the maker of attachments with this name; it runs after the commit.

        ``may`` is for files that not everybody with the link may have: it is asked each time.
        """

        def declare(fn: Maker) -> Maker:
            self.files[maker] = fn
            if may is not None:
                self.rights[maker] = may
            return fn

        return declare

    def without_consent(self, fn: Any) -> Any:
        """Allow this handler before the member has agreed to the privacy notice."""
        self.open.add(fn)
        return fn

    def gives_up(self, fn: Any) -> Any:
        """Declare a handler that says so of the open dialog: no draft of it is kept."""
        self.closing.add(fn)
        return fn

    def keeps_question(self, explain: Explain) -> Callable[[Any], Any]:
        """Amid a dialog this explains the open question and asks it again, nothing lost."""

        def declare(fn: Any) -> Any:
            self.explains[fn] = explain
            return fn

        return declare

    def guard(self, fn: Guard) -> Guard:
        """Declare a check before every handler that needs consent; its reply replaces theirs."""
        self.guards.append(fn)
        return fn

    def while_blocked(self, fn: Any) -> Any:
        """Allow this handler to members who are blocked: their own data, and help."""
        self.unbarred.add(fn)
        return fn

    def bars_blocked(self, fn: Bar) -> Bar:
        """Declare what members who are blocked are told instead of everything else."""
        self.bars.append(fn)
        return fn

    def knows(self, fn: Knower) -> Knower:
        """Declare who may answer words of the member's own before their meaning is followed."""
        self.knowers.append(fn)
        return fn

    def fallback(self, fn: Fallback) -> Fallback:
        """Declare the handler for what no other one answers.

        It may return the words as Unread, once a message, where ``chat.may_ask_reader``.
        """
        self.fallbacks.append(fn)
        return fn
