"""A small scripted station on a Telegram account: what the channel is tried with by itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from bot.channels import File
from bot.channels.telegram.channel import Telegram
from bot.conversation.messages import Attachment
from tests import serving
from tests.channels.listener import Listener
from tests.platforms.telegram.server import TelegramServer

PAYLOADS = Path(__file__).parents[1] / "payloads" / "telegram"
"""Updates as Telegram sends them."""

SECRET = "a-secret_of-the-station"
PUBLIC = "https://station.example.org"
MENUS = {
    "zh": [("start", "菜单"), ("events", "活动")],
    "en": [("start", "Menu"), ("events", "Events")],
}

ICS = Attachment("羽毛球赛.ics", "text/calendar", "calendar", (12,))
CODE = Attachment("code.png", "image/png", "code", (12,))
SPOILT = Attachment("spoilt.png", "image/png", "spoilt", ())
BROKEN = Attachment("list.xlsx", "application/vnd.ms-excel", "broken", ())
CONTENTS = {
    "calendar": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "code": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "spoilt": b"no picture",
}


class Station(Listener):
    """A listener that also makes files."""

    async def make_file(self, attachment: Attachment) -> File:
        content = CONTENTS[attachment.maker]
        return File(attachment.name, attachment.media_type, content)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(15):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


def account(server: TelegramServer, station: Station, **options: Any) -> Telegram:
    """The channel as the station would build it, not started."""
    return Telegram(
        **{
            "account": "telegram.nanhai",
            "token": server.token,
            "listen": station,
            "make_file": station.make_file,
            "link_to": lambda path: PUBLIC + path,
            "api_base": server.api_base,
            "messages_per_second": 1000,
            "back_off": 0.01,
            **options,
        }
    )


@contextlib.asynccontextmanager
async def webhook(
    server: TelegramServer, station: Station, **options: Any
) -> AsyncIterator[tuple[Telegram, str]]:
    """The station behind a webhook; yields the channel and the webhook's address."""
    listening = serving.listen()
    origin = serving.origin(listening)

    def link_to(path: str) -> str:
        return (origin if path.startswith("/telegram/") else PUBLIC) + path

    settings = {"mode": "webhook", "webhook_secret": SECRET, "link_to": link_to, **options}
    telegram = account(server, station, **settings)
    application = Starlette(routes=telegram.routes())
    async with serving.serving(application, listening, done=telegram.stop):
        await telegram.start()
        yield telegram, origin + telegram.path


@contextlib.asynccontextmanager
async def polling(
    server: TelegramServer, station: Station, **options: Any
) -> AsyncIterator[Telegram]:
    """The station asking Telegram for updates."""
    telegram = account(server, station, **options)
    await telegram.start()
    try:
        yield telegram
    finally:
        await telegram.stop()
