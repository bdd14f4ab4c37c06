"""An account of the station on WeChat's stand-in, over HTTP, with a listener of the tests' own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.applications import Starlette

from bot.channels import Channel, Services
from bot.channels.wechat.channel import Spend, WeChat, WeChatAccount
from bot.conversation.messages import Incoming, Message
from models.rules.sending.reach import Way
from tests.channels.services import TUESDAY, services
from tests.platforms.wechat.server import WeChatServer
from tests.serving import serving

SECOND = 0.4
"""Of WeChat's patience: long enough here for a busy machine to be on time."""

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


@dataclass
class Account:
    channel: WeChat
    server: WeChatServer
    listener: Listener


async def spend_nothing(to: str, way: Way) -> None:
    """Keep no ledger."""


def made(
    *, spend: Spend = spend_nothing, serves: Services | None = None, **settings: Any
) -> WeChat:
    """Our account by itself."""
    given: dict[str, Any] = {
        "account": "wechat.nanhai",
        "app_id": "wx0123456789abcdef",
        "secret": "secret",
        "token": "token",
        **settings,
    }
    return WeChat(WeChatAccount(**given), serves or services(), spend=spend)


@asynccontextmanager
async def account(
    *,
    mode: str = "plain",
    push_format: str = "xml",
    verified: bool = True,
    now: Callable[[], datetime] | None = None,
    **settings: Any,
) -> AsyncIterator[Account]:
    """A WeChat, and our account on it, each on a port of its own."""
    server = WeChatServer(
        mode=mode,
        push_format=push_format,
        verified=verified,
        second=settings.pop("second", SECOND),
        starts_at=TUESDAY,
    )
    await server.start()
    listener = Listener()
    settings.setdefault("encoding_aes_key", "" if mode == "plain" else server.encoding_aes_key)
    settings.setdefault("api_base", server.url)
    serves = services(listen=listener, now=now or server.clock)
    channel = made(serves=serves, verified=verified, **settings)
    async with served(channel) as address:
        server.callback = address + "/wechat/nanhai"
        try:
            yield Account(channel, server, listener)
        finally:
            listener.gate.set()
    await server.stop()


def served(channel: Channel) -> AbstractAsyncContextManager[str]:
    """The channel's routes on a port of the loopback, and the channel's end."""
    return serving(Starlette(routes=channel.routes()), done=channel.stop)
