"""What goes out through the Bot API: texts, files, edits, and how each of them ended."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from prometheus_client import Counter
from telegram import InputFile
from telegram.error import TelegramError

from bot.channels import Doubtful, File, LinkTo, MakeFile, Outcome, Refused, Sent
from bot.channels.rates import RecentSends
from bot.channels.telegram.api import Api
from bot.channels.telegram.condition import Condition
from bot.channels.telegram.outcomes import (
    is_not_modified,
    is_silence,
    outcome_of,
    problem_of,
)
from bot.channels.telegram.screens import Screen, draw
from bot.conversation.messages import PICTURE, Attachment, Message

log = structlog.get_logger(__name__)

SENDS = Counter("yizhan_telegram_sends", "Messages sent, by outcome.", ["account", "outcome"])

PICTURES = ("image/png", "image/jpeg")
FILE_IDS = 1000
"""How many pictures an account remembers Telegram's own names of."""

SILENT, SILENT_SECONDS = 3, 90.0
"""After so many calls in a row without an answer Telegram is taken for silent, for so long.

It is longer than a halt of the account, after which it is asked again whether it answers.
"""

SAME_LIMIT_SECONDS = 5.0
"""Two chats refused by 429 within this time are taken for the whole account's limit."""


class MessageSender:
    """Shows messages for one account, and reports to ``condition`` what keeps it from sending."""

    def __init__(
        self,
        *,
        account: str,
        api: Api,
        make_file: MakeFile,
        link_to: LinkTo,
        recent_sends: RecentSends,
        condition: Condition,
    ) -> None:
        self._account = account
        self._api = api
        self._make_file = make_file
        self._link_to = link_to
        self._recent_sends = recent_sends
        self._condition = condition
        self._limited: tuple[int, float] = (0, float("-inf"))
        self._unanswered, self._silent_at = 0, float("-inf")
        self._file_ids: OrderedDict[str, str] = OrderedDict()

    @property
    def is_silent(self) -> bool:
        """Whether Telegram has lately answered none of several calls."""
        is_recent = time.monotonic() - self._silent_at < SILENT_SECONDS
        return self._unanswered >= SILENT and is_recent

    def note_whether_answered(self, is_answered: bool) -> None:
        """Count a call that Telegram has answered, or has not."""
        if is_answered:
            self._unanswered = 0
        else:
            self._unanswered += 1
            self._silent_at = time.monotonic()

    async def show(
        self, chat: int, message: Message, *, turns: int = 0, paid: bool = False
    ) -> Outcome:
        """Show a message in a chat, in as many parts as it takes.

        ``turns`` says for how many of them the account's pace was asked. ``paid`` is for a bot that
        sends more than Telegram sends for nothing.
        """
        screen = draw(message, self._link_to, paid=paid)
        parts = len(screen.parts) + bool(message.picture and not screen.fits_caption)
        self._recent_sends.record_answer(str(chat), max(0, parts - turns))
        file = await self._made(message.file) if message.file else None
        if message.picture:
            alone = file is not None or not screen.fits_caption
            shown = await self._send_picture(
                chat, message.picture, {} if alone else screen.caption()
            )
            # A picture that cannot be shown keeps nothing back of what is said with it.
            if not isinstance(shown, Refused) and (not alone or not isinstance(shown, Sent)):
                return shown
        outcome = await self._show(chat, screen, file)
        if isinstance(outcome, Refused) and screen.parts and (screen.keyboard or file):
            # A text without its buttons or its file is worth more than nothing.
            log.warning("telegram: shown bare", account=self._account, reason=outcome.reason)
            outcome = await self._show(chat, replace(screen, keyboard=None), None)
        return outcome

    async def show_instead(self, chat: int, pressed: int, message: Message) -> Outcome:
        """Change the pressed message, or show a new one where that cannot be done."""
        screen = draw(message, self._link_to)
        if message.file is None and not message.picture and len(screen.parts) == 1:
            where = {"chat_id": chat, "message_id": pressed}
            # An edit counts against the chat's limit as a message does (telegram-bot-api#648).
            self._recent_sends.record_answer(str(chat))
            outcome = await self._call("editMessageText", {**where, **screen.text()})
            if not isinstance(outcome, Refused):
                return outcome
        return await self.show(chat, message)

    def in_response(self, chat: int, message: Message) -> dict[str, Any] | None:
        """The message as one method call for a webhook's response; None when it takes more."""
        screen = draw(message, self._link_to)
        if message.file is not None or message.picture or len(screen.parts) != 1:
            return None
        self._recent_sends.record_answer(str(chat))
        SENDS.labels(self._account, "in response").inc()
        return {"method": "sendMessage", "chat_id": chat, **screen.text()}

    async def stop_spinning(self, query: str) -> None:
        """Answer a press; one that is too old, or answered already, has stopped by itself.

        While Telegram is silent all of them are left to: each would hold a connection for long.
        """
        if self.is_silent:
            return
        try:
            await self._ask("answerCallbackQuery", {"callback_query_id": query})
        except TelegramError as error:
            log.debug("telegram: press not answered", reason=type(error).__name__)

    async def _show(self, chat: int, screen: Screen, file: File | None) -> Outcome:
        if file is not None and screen.fits_caption:
            return await self._send_file(chat, file, screen.caption())
        calls: list[Callable[[], Awaitable[Outcome]]] = [
            partial(self._call, "sendMessage", {"chat_id": chat, **screen.text(part)})
            for part in range(len(screen.parts))
        ]
        if file is not None:
            calls.append(partial(self._send_file, chat, file, {}))
        first: Outcome | None = None
        for call in calls:
            outcome = await call()
            if not isinstance(outcome, Sent):
                # With a part of it there already, doing it all again would say it twice.
                return outcome if first is None else Doubtful("sent in part", is_silent=False)
            first = first or outcome
        return first or Refused("nothing to show")

    async def _send_file(self, chat: int, file: File, shown: dict[str, Any]) -> Outcome:
        """Send a file; a picture is shown as one, and as a file where Telegram cannot show it."""
        upload = InputFile(file.content, filename=file.name)
        if file.media_type in PICTURES:
            outcome = await self._call("sendPhoto", {"chat_id": chat, "photo": upload, **shown})
            if not isinstance(outcome, Refused):
                return outcome
        return await self._call("sendDocument", {"chat_id": chat, "document": upload, **shown})

    async def _send_picture(self, chat: int, name: str, shown: dict[str, Any]) -> Outcome:
        """Send a kept picture, by Telegram's own name for it where it was sent before."""
        if known := self._file_ids.get(name):
            self._file_ids.move_to_end(name)
            outcome = await self._call("sendPhoto", {"chat_id": chat, "photo": known, **shown})
            if not isinstance(outcome, Refused):
                return outcome
            del self._file_ids[name]
        file = await self._made(Attachment("picture", "", PICTURE, (name,)))
        if file is None:
            return Refused("no picture")
        upload = InputFile(file.content, filename="picture")
        given = {"chat_id": chat, "photo": upload, **shown}
        return await self._call("sendPhoto", given, picture=name)

    def _remember_picture(self, name: str, result: Any) -> None:
        match result:
            case {"photo": [*_, {"file_id": str(file_id)}]}:
                self._file_ids[name] = file_id
                if len(self._file_ids) > FILE_IDS:
                    self._file_ids.popitem(last=False)

    async def _made(self, attachment: Attachment) -> File | None:
        try:
            return await self._make_file(attachment)
        except Exception:
            # The text is worth sending without the file, and repeating could not make it.
            log.exception("telegram: a file was not made", maker=attachment.maker)
            return None

    async def _call(self, method: str, parameters: dict[str, Any], *, picture: str = "") -> Outcome:
        """Call a method that shows something in a chat."""
        outcome: Outcome
        try:
            result = await self._ask(method, parameters)
        except TelegramError as error:
            if is_not_modified(error):
                outcome = Sent(str(parameters["message_id"]))
            else:
                chat = parameters["chat_id"]
                outcome = outcome_of(error, whole_account=lambda: self._is_whole_account(chat))
                if problem := problem_of(error):
                    self._condition.report_sending(problem)
        else:
            self._condition.report_sending("")
            outcome = Sent(str(result["message_id"]) if isinstance(result, dict) else "")
            if picture:
                self._remember_picture(picture, result)
        SENDS.labels(self._account, type(outcome).__name__.lower()).inc()
        return outcome

    async def _ask(self, method: str, parameters: dict[str, Any]) -> Any:
        """Call a method and note whether it is answered. Raises TelegramError."""
        if self._unanswered >= SILENT:
            # Nobody else is to wait meanwhile for what may never come.
            self._silent_at = time.monotonic()
        try:
            result = await self._api.call(method, parameters)
        except TelegramError as error:
            self.note_whether_answered(not is_silence(error))
            raise
        self.note_whether_answered(True)
        return result

    def _is_whole_account(self, chat: int) -> bool:
        """Whether a 429, which does not say what it is about, is about more than this chat.

        One chat refused has been written to too often; a second one refused right after it means
        that the bot has written too much. Groups have a limit of their own, 20 messages a minute.
        """
        now = time.monotonic()
        other, at = self._limited
        self._limited = (chat, now)
        return chat > 0 and other > 0 and other != chat and now - at < SAME_LIMIT_SECONDS
