"""An account of the station on WeChat's stand-in, over HTTP, with a listener of the tests' own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels import Services
from bot.channels.wechat.channel import Spend, WeChat, WeChatAccount
from models.rules.sending.reach import Way
from tests.channels.listener import Listener, served
from tests.channels.services import TUESDAY, services
from tests.platforms.wechat.server import WeChatServer

SECOND = 0.4
"""Of WeChat's patience: long enough here for a busy machine to be on time."""


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
