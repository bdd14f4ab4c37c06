"""What a channel is tried with by itself: a listener that answers by a script, and a server."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from starlette.applications import Starlette

from bot.channels import Channel
from bot.conversation.incoming import Incoming, Picture
from bot.conversation.messages import Message
from models.store import StoreDown
from tests.serving import serving

Reply = Message | Exception | None


def echo(incoming: Incoming) -> Reply:
    return Message(f"听到：{incoming.text or incoming.press or incoming.link}")


def everybody(incoming: Incoming) -> bool:
    return True


@dataclass
class Listener:
    """Keeps what was answered under its key, as the station does.

    While ``gate`` is closed, those whom ``waits`` names wait there; ``came`` is set when one does.
    While it is ``down``, its store is. ``pictures`` are those that came, all of them fetched.
    ``asked`` counts how often each key was asked about.
    """

    reply: Callable[[Incoming], Reply] = echo
    waits: Callable[[Incoming], bool] = everybody
    down: bool = False
    heard: list[Incoming] = field(default_factory=list)
    pictures: list[Picture | None] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    kept: dict[str, Message | None] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def __call__(self, incoming: Incoming) -> Message | None:
        self.asked[incoming.key] += 1
        if self.waits(incoming):
            self.came.set()
            await self.gate.wait()
        if self.down:
            raise StoreDown("the disk is gone")
        if incoming.key not in self.kept:
            reply = self.reply(incoming)
            if isinstance(reply, Exception):
                raise reply
            self.heard.append(incoming)
            if incoming.fetch is not None:
                self.pictures.append(await incoming.fetch())
            self.kept[incoming.key] = reply
        return self.kept[incoming.key]


def served(channel: Channel) -> AbstractAsyncContextManager[str]:
    """The channel's routes on a port of the loopback, and the channel's end."""
    return serving(Starlette(routes=channel.routes()), done=channel.stop)
