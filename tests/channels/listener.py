"""What a channel is tried with by itself: a listener that answers by a script, and a server."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from starlette.applications import Starlette

from bot.channels import Channel
from bot.conversation.messages import Incoming, Message
from tests.serving import serving

Reply = Message | Exception | None


def echo(incoming: Incoming) -> Reply:
    return Message(f"听到：{incoming.text or incoming.press or incoming.link}")


@dataclass
class Listener:
    """Keeps what was answered under its key, as the station does; ``gate`` holds answers back."""

    reply: Callable[[Incoming], Reply] = echo
    heard: list[Incoming] = field(default_factory=list)
    kept: dict[str, Message | None] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def __call__(self, incoming: Incoming) -> Message | None:
        if incoming.key in self.kept:
            return self.kept[incoming.key]
        self.heard.append(incoming)
        self.came.set()
        await self.gate.wait()
        reply = self.reply(incoming)
        if isinstance(reply, Exception):
            raise reply
        self.kept[incoming.key] = reply
        return reply


def served(channel: Channel) -> AbstractAsyncContextManager[str]:
    """The channel's routes on a port of the loopback, and the channel's end."""
    return serving(Starlette(routes=channel.routes()), done=channel.stop)
