"""What a handler gets: the session, the member who talks, the time; and the reads it declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from bot.conversation.incoming import Incoming
from bot.conversation.language import Phrasebook, to_text
from bot.conversation.messages import Message, Reply, Sayable
from models.network.members import Caller
from models.network.stations import Care
from models.rules.desk.likeness import NOTHING, Found
from models.rules.languages import LANGUAGES, Translated
from models.rules.understanding.choosing import Unread


@dataclass(frozen=True, slots=True)
class Look:
    """A slow read that a handler declared: to be run on a snapshot before the handler is called.

    Nothing has been written for the handler yet. ``argument`` is what it will be called with.
    """

    read: Callable[["Chat", Any], object]
    handler: object
    argument: Any


@dataclass(frozen=True, slots=True)
class Seen:
    """The result of a look. It may be stale when the handler gets it."""

    look: Look
    result: Any


Later = Look | Unread
"""What is done outside the transaction before there is a reply: a look into the store, or words
that a reader beside the station is asked about. The message is then answered anew."""


class Draftable(Protocol):
    """A dialog that is kept as a draft when it is left; ``state`` is a ``dialogs.State``."""

    @property
    def label(self) -> Sayable: ...

    def is_worth(self, chat: "Chat", state: Any, /) -> bool:
        """Whether something would be lost with it, and can still be gone on with."""

    def resume(self, chat: "Chat", state: Any, /) -> Reply | None:
        """Open it again; None where it asks nothing any more."""


class Recalls(Protocol):
    """Finds what a text asks among the known answers that the member may be told."""

    def __call__(
        self, text: str, *, event_id: int | None = None, only_event: bool = False
    ) -> Found: ...


def _nothing_known(text: str, *, event_id: int | None = None, only_event: bool = False) -> Found:
    return NOTHING


@dataclass(slots=True)
class Chat:
    """One exchange with one member, inside one transaction.

    ``station`` is what the station calls itself and ``home`` the language that it is written in,
    as are the texts of events and teams. ``incoming`` is None where it speaks first, in a notice. A
    declared read gets a Chat, too, whose session only reads. ``notices`` word deliveries by topic;
    ``shown`` reads the message that the member saw last; ``recall`` finds known answers; ``hear``
    answers other words of theirs in place of what came in.
    ``drafts`` are the dialogs that are kept when they are left, by topic; ``has_put_aside`` says
    that this update left one, ``has_given_up`` that it closed the open question for good.
    ``may_ask_reader`` says that words that nobody understands may be returned as ``Unread``.
    ``link_to`` makes the public address of a path; it is empty where the station has none.
    """

    session: Session
    member: Caller
    now: datetime
    care: Care
    station: Translated
    phrasebook: Phrasebook
    home: str
    incoming: Incoming | None = None
    seen: Seen | None = None
    notices: Mapping[str, Callable[["Chat", Mapping[str, Any]], object]] = field(
        default_factory=dict
    )
    drafts: Mapping[str, Draftable] = field(default_factory=dict)
    shown: Callable[[], Message | None] = lambda: None
    recall: Recalls = _nothing_known
    hear: Callable[[str], object] | None = None
    has_put_aside: bool = False
    has_given_up: bool = False
    may_ask_reader: bool = False
    link_to: Callable[[str], str] = lambda _path: ""

    def call(
        self,
        handler: Callable[..., Reply | Unread],
        argument: Any,
        read: Callable[["Chat", Any], object] | None,
        before: Callable[[], None],
    ) -> Reply | Later:
        """Call a handler, with the result of the ``read`` it declared, after ``before``.

        Returns the Look instead, and does nothing, where that has not been read yet.
        """
        if read is None:
            before()
            return handler(self, argument)
        look = Look(read, handler, argument)
        if self.seen is None or self.seen.look != look:
            return look
        before()
        return handler(self, argument, self.seen.result)

    def having(self, words: str) -> "Chat":
        """Take other words for what came in; return the same chat."""
        assert self.incoming is not None
        self.incoming = replace(self.incoming, text=words, press="", link="")
        return self

    @property
    def language(self) -> str:
        return self.member.language

    @property
    def has_consented(self) -> bool:
        return self.member.consented_at is not None

    def in_words(self, said: Sayable) -> str:
        """Return the text in the member's language, for a file's name or words stored as theirs."""
        return self._in(self.language, said)

    def in_every_language(self, said: Sayable) -> Translated:
        """Return the text in every language, as rows store it."""
        others = {code: self._in(code, said) for code in LANGUAGES if code != self.home}
        return Translated(self._in(self.home, said), others)

    def _in(self, language: str, said: Sayable) -> str:
        return to_text(said, self.phrasebook.reader(language, self.care.zone, self.now))
