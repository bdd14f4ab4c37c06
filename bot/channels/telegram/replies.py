"""What becomes of one update: the station hears it, and its reply is shown."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from prometheus_client import Counter
from telegram.error import TelegramError

from bot.channels import Listen, Outcome
from bot.channels.pushes import BackgroundTasks
from bot.channels.rates import RecentSends
from bot.channels.telegram.api import Api
from bot.channels.telegram.groups import GroupHints, Me
from bot.channels.telegram.sending import MessageSender
from bot.channels.telegram.updates import Update
from bot.conversation.incoming import Picture, Sound, Voice
from bot.conversation.messages import Message
from bot.conversation.voices import LARGEST as LARGEST_VOICE
from models.rules.events.picturing import LARGEST, media_type_of

log = structlog.get_logger(__name__)

UPDATES = Counter("yizhan_telegram_updates", "Updates taken in.", ["account", "kind"])

PICTURE_SECONDS = 5.0
DRAINING_SECONDS = 1.5


class Replies:
    """Hears and answers for one account, whichever way its updates come in."""

    def __init__(
        self,
        *,
        account: str,
        api: Api,
        listen: Listen,
        sender: MessageSender,
        recent_sends: RecentSends,
        messages_per_second: float,
        hints: GroupHints | None,
        me: Me,
    ) -> None:
        self._account = account
        self._api = api
        self._listen = listen
        self._sender = sender
        self._recent_sends = recent_sends
        self._messages_per_second = messages_per_second
        self._hints = hints
        self._me = me
        self._background = BackgroundTasks()

    async def hear(self, update: Update) -> Message | None:
        """Hand an update to the station and return its reply; stop a pressed button's spinning.

        Raises StoreDown when the station could not keep it.
        """
        UPDATES.labels(self._account, _kind(update)).inc()
        message = None
        if update.incoming is not None:
            incoming = update.incoming
            if update.picture:
                incoming = replace(incoming, fetch=partial(self._fetch_picture, update.picture))
            if update.voice:
                fetch = partial(self._fetch_voice, update.voice)
                incoming = replace(incoming, voice=Voice(fetch, update.seconds, update.size))
            message = await self._listen(incoming)
            if update.incoming.left:
                message = None
        if update.is_called and self._hints is not None:
            message = await self._hints.hint(update.chat, update.number, self._me)
        if update.query:
            self._background.start(self._sender.stop_spinning(update.query))
        return message

    async def answer(self, update: Update, message: Message) -> Outcome:
        """Show a reply through the API: in place of the pressed message, or below it."""
        if message.edit and update.pressed:
            return await self._sender.show_instead(update.chat, update.pressed, message)
        return await self._sender.show(update.chat, message)

    def in_response(self, update: Update, message: Message) -> dict[str, Any] | None:
        """The reply as a method call for the webhook's own response, which saves a request.

        Telegram does not report how such a call ended, so it is made only where the outcome would
        change nothing: not for files and edits, and not near the account's pace, where 429 begins.
        While Telegram answers no requests, a reply in its response is better than none.
        """
        if self._sender.is_silent:
            return self._sender.in_response(update.chat, message)
        if message.edit and update.pressed:
            return None
        if self._recent_sends.answers_within(1.0) > self._messages_per_second / 2:
            return None
        return self._sender.in_response(update.chat, message)

    async def stop(self) -> None:
        """Let the tasks that no reply waits for end, for a moment."""
        await self._background.stop(DRAINING_SECONDS)

    async def _fetch_picture(self, file_id: str) -> Picture | None:
        """A picture that a person sent; None where it cannot be had in a few seconds."""
        try:
            async with asyncio.timeout(PICTURE_SECONDS):
                content = await self._api.download(file_id, LARGEST)
        except (TelegramError, TimeoutError) as error:
            # The address holds the token: errors are logged by their class only.
            reason = type(error).__name__
            log.warning("telegram: no picture", account=self._account, reason=reason)
            return None
        media_type = media_type_of(content)
        return Picture(media_type, content) if media_type else None

    async def _fetch_voice(self, file_id: str) -> Sound | None:
        """A voice message, which Telegram keeps as Opus in Ogg; None as for pictures."""
        try:
            async with asyncio.timeout(PICTURE_SECONDS):
                return Sound("voice.ogg", await self._api.download(file_id, LARGEST_VOICE))
        except (TelegramError, TimeoutError) as error:
            reason = type(error).__name__
            log.warning("telegram: no voice", account=self._account, reason=reason)
            return None


def _kind(update: Update) -> str:
    incoming = update.incoming
    if incoming is None:
        return "group" if update.is_called else "ignored"
    if incoming.left or incoming.returned:
        return "membership"
    return "press" if incoming.press else "message"
