"""What a person sends, and what a platform tells, as channels decode it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from models.rules.contests.recording import Recording
from models.rules.understanding.intents import Understood


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a person sent. ``media_type`` is what its first bytes say it is."""

    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sound:
    """What somebody said, as it came. ``name`` ends as files of its kind do."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice message that has not been fetched; ``seconds`` and ``size`` in bytes are 0 where the
    platform does not tell them. ``fetch`` returns None where it cannot be had."""

    fetch: Callable[[], Awaitable[Sound | None]] = field(repr=False, compare=False)
    seconds: int = 0
    size: int = 0


Fetch = Callable[[], Awaitable[Picture | None]]
"""Fetches a picture of bounded size from its platform; None where it cannot be had."""


@dataclass(frozen=True, slots=True)
class Window:
    """How long, and how many times, a platform lets the station speak after this message."""

    until: datetime
    allowance: int


@dataclass(frozen=True, slots=True)
class Consent:
    """The person agreed to ``times`` more notices of a ``template``; 0 withdraws the consent."""

    template: str
    times: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: ``reference`` as when it was sent; no ``failure``: it is there.

    ``is_refused`` says that the person takes no messages of this sort.
    """

    reference: str
    failure: str = ""
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message, press, scan or arrival, decoded and verified by its channel.

    ``key`` is the platform's own name for it, unique per account, the same when it is repeated.
    ``press`` is a button's packed action; ``link`` the payload of a deep link or a scanned code.
    ``left`` and ``returned`` say that the person blocked or unblocked the station.
    ``shows_waiting`` says that any reply stays where it is read, also one that asks to be an edit:
    what could not be sent before may travel with it.
    ``takes_notices`` says that the channel shows what travels with a reply below it, each notice
    with its own buttons; others get it joined with the reply.
    ``unnumbered`` says that the channel shows no numbers on choices that stand outside the text.
    ``page`` is how many bytes of a text the channel shows at once; 0 where it shows all of it.
    ``consents`` and ``receipts`` come from the platform, not from the person: they get no answer.
    ``not_text`` says that something else than words came, and ``text`` is what stands below it.
    Where it is a picture, the channel tells how to ``fetch`` it; handlers get the ``picture`` where
    the open question takes one. What came together has the name of its ``album``: it is answered
    once.
    ``voice`` is a voice message; ``is_heard`` says that ``text`` was made of one. ``recording`` is
    what it holds, where the open question takes a sound.
    ``origin`` is the IP address of a web chat, where the station knows it: it is never kept.
    ``read`` is what a reader beside the station made of the words that were not understood; without
    an intent where it did not know either.
    """

    account: str
    address: str
    key: str
    text: str = ""
    press: str = ""
    link: str = ""
    name: str = ""
    language: str = ""
    left: bool = False
    returned: bool = False
    not_text: bool = False
    window: Window | None = None
    shows_waiting: bool = False
    takes_notices: bool = field(default=False, compare=False)
    unnumbered: bool = False
    page: int = field(default=0, compare=False)
    fetch: Fetch | None = field(default=None, repr=False, compare=False)
    picture: Picture | None = None
    album: str = ""
    consents: tuple[Consent, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    voice: Voice | None = field(default=None, repr=False, compare=False)
    is_heard: bool = False
    recording: Recording | None = field(default=None, repr=False, compare=False)
    origin: str = field(default="", repr=False, compare=False)
    read: Understood | None = None

    @property
    def is_asked(self) -> bool:
        """Whether the person said or pressed something, and waits for an answer."""
        return bool(self.text or self.press or self.link or self.not_text)
