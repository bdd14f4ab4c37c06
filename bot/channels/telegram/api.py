"""The Bot API for one token."""

from collections.abc import Mapping
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken as InvalidToken  # noqa: PLC0414
from telegram.error import NetworkError
from telegram.error import TelegramError as TelegramError  # noqa: PLC0414

from bot.channels.telegram.transport import READ_SECONDS, TelegramTransport, configure_library

API_BASE = "https://api.telegram.org"
POLL_SECONDS = 50
"""Telegram's own cap for a long poll."""

PROBE_SECONDS = 5.0


class Api:
    """Calls by plain values; the set-up of a bot goes by PTB's own ``bot``.

    Addresses contain the token, so they are never logged. ``answer_seconds`` bounds the wait for an
    answer. ``proxy`` is an address as ``bot.channels.outgoing.HttpClient`` takes it.
    """

    def __init__(
        self,
        token: str,
        *,
        api_base: str = API_BASE,
        answer_seconds: float = READ_SECONDS,
        proxy: str = "",
    ) -> None:
        configure_library()
        self._transport = TelegramTransport(read_timeout=answer_seconds, proxy=proxy)
        # Polls have connections of their own, so that they never wait for sends or hold one up.
        self._polls = TelegramTransport(connections=2, read_timeout=POLL_SECONDS + 10, proxy=proxy)
        # So has the question whether Telegram answers, when all others may hang.
        self._probes = TelegramTransport(connections=1, read_timeout=PROBE_SECONDS, proxy=proxy)
        self.bot = Bot(
            token,
            base_url=f"{api_base.rstrip('/')}/bot",
            base_file_url=f"{api_base.rstrip('/')}/file/bot",
            request=self._transport,
            get_updates_request=self._polls,
        )

    async def call(self, method: str, parameters: Mapping[str, Any]) -> Any:
        """Call a method and return its plain result. Raises TelegramError."""
        return await self._transport.call(f"{self.bot.base_url}/{method}", parameters)

    async def get_updates(self, parameters: Mapping[str, Any]) -> Any:
        """Poll for updates. Raises TelegramError."""
        return await self._polls.call(f"{self.bot.base_url}/getUpdates", parameters)

    async def probe(self) -> None:
        """Ask for the bot's own name. Raises TelegramError."""
        await self._probes.call(f"{self.bot.base_url}/getMe", {})

    async def download(self, file_id: str, most: int) -> bytes:
        """A file that a person sent: up to ``most`` bytes, and some more if it is longer.

        Raises TelegramError.
        """
        file = await self.call("getFile", {"file_id": file_id})
        path = file.get("file_path", "") if isinstance(file, dict) else ""
        if not path:
            raise NetworkError("no path of the file")
        return await self._transport.download(f"{self.bot.base_file_url}/{path}", most)

    async def close(self) -> None:
        await self._transport.shutdown()
        await self._polls.shutdown()
        await self._probes.shutdown()
