"""An app of the station on WeCom's stand-in, over HTTP, with a listener of the tests' own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.channels import Services
from bot.channels.wecom.channel import WeCom, WeComAccount
from tests.channels.listener import Listener, served
from tests.channels.services import TUESDAY, services
from tests.platforms.tencent.server import AES_KEY
from tests.platforms.wecom.server import WeComServer

SECOND = 0.4
"""Of WeCom's patience: long enough here for a busy machine to be on time."""


@dataclass
class App:
    channel: WeCom
    server: WeComServer
    listener: Listener


def made(*, salt: str = "", serves: Services | None = None, **settings: Any) -> WeCom:
    """Our app by itself."""
    given: dict[str, Any] = {
        "account": "wecom.nanhai",
        "corp_id": "ww0123456789abcdef",
        "agent_id": 1000002,
        "secret": "secret",
        "token": "token",
        "encoding_aes_key": AES_KEY,
        **settings,
    }
    return WeCom(WeComAccount(**given), serves or services(), salt=salt)


@asynccontextmanager
async def app(**settings: Any) -> AsyncIterator[App]:
    """A WeCom, and our app on it, each on a port of its own."""
    server = WeComServer(second=settings.pop("second", SECOND), starts_at=TUESDAY)
    await server.start()
    listener = Listener()
    settings.setdefault("api_base", server.url)
    channel = made(serves=services(listen=listener, now=server.clock), **settings)
    async with served(channel) as address:
        server.callback = address + "/wecom/nanhai"
        try:
            yield App(channel, server, listener)
        finally:
            listener.gate.set()
    await server.stop()
