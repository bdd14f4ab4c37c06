"""Channels: one package a platform, which decodes what it sends and renders messages.

``Channel`` is all that the rest of the station knows of them; only ``bot.station.accounts`` makes
them. A channel is given its account's settings and the station's ``Services``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from starlette.routing import BaseRoute

from bot.channels.rates import RecentSends
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Attachment, Message, Sayable, Text
from models.network.members import NoticeKind
from models.rules.sending.reach import DIRECT, Way

Listen = Callable[[Incoming], Awaitable[Message | None]]
"""Hands an Incoming to the station; returns the answer once it is durable, None for no answer.

Raises models.store.StoreDown when nothing could be kept: answer 503, the platform repeats.
"""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, made."""

    name: str
    media_type: str
    content: bytes


MakeFile = Callable[[Attachment], Awaitable[File]]
"""Makes an attachment's file, off the writer."""

LinkTo = Callable[[str], str]
"""The public address of a path of this station; empty when the station has no public address."""


class FileLink(Protocol):
    """A signed, short-lived, absolute link to an attachment, for channels that carry no files."""

    def __call__(self, attachment: Attachment, visitor: str = "") -> str:
        """Return the link; only the ``visitor`` with this address of the chat page may open it."""


Render = Callable[[Sayable, str], str]
"""A text of the catalogue in the words of a language; "" is the station's own language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the station does for its channels.

    ``languages`` are the codes of all its languages, its own first: a text for a reader who is not
    known yet is given in each of them.
    """

    listen: Listen
    make_file: MakeFile
    file_link: FileLink
    link_to: LinkTo
    now: Callable[[], datetime]
    render: Render
    languages: Sequence[str]


# Outcomes of a send


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it. ``reference`` is its own name for the message."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class TryLater:
    """Certainly not sent; try again after ``after``. ``whole_account`` halts the account.

    ``is_silent`` says that the platform was not reached, or gave no answer.
    """

    after: timedelta
    reason: str
    whole_account: bool = False
    is_silent: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """This address cannot be written to.

    ``for_good``: until the person comes back; otherwise the message waits for their next one.
    """

    reason: str
    for_good: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform does not take this content; trying again cannot help."""

    reason: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """It may have arrived: no answer came after the request was written.

    ``is_silent`` says that this is the platform's silence, and not a part that was refused.
    """

    reason: str
    is_silent: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has a new address; send there."""

    address: str


Outcome = Sent | TryLater | Unreachable | Refused | Doubtful | Moved


def directly(message: Message, kind: NoticeKind | None) -> Sequence[Way]:
    """The ways of platforms that let a station write at any time."""
    return (DIRECT,)


class Channel(Protocol):
    """One account on one platform.

    ``platform`` is what people call the platform. One that ``is_windowed`` lets a station write
    only for a while after the person did. One that ``notifies`` has the person's device announce a
    message; a page shows it only where it is open. ``by_cookie``: it knows people by a cookie.

    Of a channel's ``ways`` the first is used that the address's ledger allows; the message names
    it when it is sent. ``shards`` senders share ``messages_per_second``. The channel records in
    ``recent_sends`` what it sends by itself.
    """

    account: str
    platform: Text
    is_windowed: bool
    notifies: bool
    by_cookie: bool
    messages_per_second: float
    shards: int
    recent_sends: RecentSends

    def routes(self) -> list[BaseRoute]:
        """The HTTP paths this channel answers."""

    async def start(self) -> None:
        """Connect; called once the server is ready to answer."""

    async def stop(self) -> None:
        """Finish what is under way and close."""

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[Way]:
        """In which ways this account could say this now, the best first."""

    async def send(self, to: str, message: Message) -> Outcome:
        """Send one message to an address of this account; never raises for what a platform does."""

    async def responds(self) -> bool:
        """Ask the platform something without effect; return whether any answer came."""
