"""A Telegram bot: webhook or long polling in, the Bot API out."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import structlog
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute
from telegram import BotCommandScopeAllPrivateChats, WebhookInfo
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.channels import LinkTo, Listen, MakeFile, Outcome, Unreachable, directly
from bot.channels.leases import Lease
from bot.channels.pushes import PushRoute, deep_link_route
from bot.channels.rates import Limits, RecentSends
from bot.channels.telegram.api import API_BASE, Api
from bot.channels.telegram.condition import Condition
from bot.channels.telegram.groups import GroupHints, Me
from bot.channels.telegram.outcomes import NOT_ACCEPTED, in_words, is_silence, wait_of
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.replies import Replies
from bot.channels.telegram.sending import MessageSender
from bot.channels.telegram.transport import READ_SECONDS
from bot.channels.telegram.updates import ALLOWED_UPDATES
from bot.channels.telegram.webhook import Webhook
from bot.conversation.messages import Message, say

log = structlog.get_logger(__name__)

Mode = Literal["polling", "webhook"]
Commands = Mapping[str, Sequence[tuple[str, str]]]

FREE_PER_SECOND = 30.0
"""More than that Telegram sends only as a paid broadcast, up to 1,000 (Bots FAQ)."""

WEBHOOK_CONNECTIONS = 40
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

SETUP_SECONDS = 5.0
WATCH_SECONDS = 180.0
"""How often Telegram is asked whether the token and the webhook are still ours."""
WEBHOOK_TAKEN = "another program takes the webhook of this bot away"
SLOWEST = 64
"""How many times longer than the first the longest pause between attempts to connect is."""


class Telegram:
    """One bot on Telegram.

    ``commands`` holds the menu, (command, description), by language; the first language's is also
    the default. ``back_off`` is the first pause after an error and ``answer_seconds`` how long an
    answer of Telegram's may take. A bot that does not ``hear`` only sends, and another process
    takes its updates; with a ``lease`` it polls while the lease is held. All its requests go
    through the ``proxy`` if there is one. Groups are not served: what it says there are ``hints``.
    """

    platform = say("Telegram")
    is_windowed = False
    notifies = True
    by_cookie = False
    ways = staticmethod(directly)

    def __init__(
        self,
        *,
        account: str,
        token: str,
        listen: Listen,
        make_file: MakeFile,
        link_to: LinkTo,
        mode: Mode = "polling",
        webhook_secret: str = "",
        api_base: str = API_BASE,
        proxy: str = "",
        messages_per_second: float = FREE_PER_SECOND,
        shards: int = 1,
        commands: Commands | None = None,
        hints: GroupHints | None = None,
        hears: bool = True,
        lease: Lease | None = None,
        back_off: float = 1.0,
        answer_seconds: float = READ_SECONDS,
        watch_seconds: float = WATCH_SECONDS,
    ) -> None:
        self.account = account
        self.messages_per_second = messages_per_second
        self.shards = shards
        self.recent_sends = RecentSends(_limits)
        self._me = Me(_number_in(token))
        self.path = f"/telegram/{account.removeprefix('telegram.')}"
        self._link_to = link_to
        self._mode = mode
        self._hears = hears
        self._secret = webhook_secret or _derived_secret(token)
        self._commands = commands or {}
        self._back_off = back_off
        self._watch_seconds = watch_seconds
        self._retry_after = 0.0
        self._was_taken = False
        self._connecting: asyncio.Task[None] | None = None
        self._condition = Condition(account, mode if hears else "sending only")
        self._api = Api(token, api_base=api_base, answer_seconds=answer_seconds, proxy=proxy)
        self._sender = MessageSender(
            account=account,
            api=self._api,
            make_file=make_file,
            link_to=link_to,
            recent_sends=self.recent_sends,
            condition=self._condition,
        )
        self._replies = Replies(
            account=account,
            api=self._api,
            listen=listen,
            sender=self._sender,
            recent_sends=self.recent_sends,
            messages_per_second=messages_per_second,
            hints=hints,
            me=self._me,
        )
        self._webhook = Webhook(
            account=account, me=self._me, secret=self._secret, replies=self._replies
        )
        self._polling = Polling(
            account=account,
            me=self._me,
            api=self._api,
            replies=self._replies,
            condition=self._condition,
            back_off=back_off,
            lease=lease,
        )

    @property
    def username(self) -> str:
        """The bot's name on Telegram; empty while it is not known."""
        return self._me.username

    @property
    def problem(self) -> str:
        """Why the account does not work; empty when it does."""
        return self._condition.problem

    # Starting and stopping

    def routes(self) -> list[BaseRoute]:
        go = deep_link_route(self.account, self._go)
        if self._mode == "polling" or not self._hears:
            return [go]
        return [PushRoute(self.path, self._webhook.take), go]

    def _go(self, payload: str) -> Response | None:
        """Redirect into the chat with the bot; None while its name is not known."""
        if not self.username:
            return None
        return RedirectResponse(f"https://t.me/{self.username}?start={payload}")

    async def start(self) -> None:
        """Connect; what does not work at once is tried again in the background."""
        is_connected = await self._connect()
        if is_connected:
            self._begin_polling()
        self._connecting = asyncio.create_task(self._keep_connected(is_connected))

    async def stop(self) -> None:
        """Finish what is being heard and answered, within some two seconds, and close."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        await self._polling.stop()
        await self._replies.stop()
        await self._api.close()

    async def _keep_connected(self, is_connected: bool) -> None:
        """Connect, then watch: what another program has changed at Telegram is mended."""
        pause = self._back_off
        while not is_connected:
            await asyncio.sleep(max(pause, self._retry_after))
            pause = min(pause * 2, self._back_off * SLOWEST)
            is_connected = await self._connect()
            if is_connected:
                self._begin_polling()
        while True:
            await asyncio.sleep(self._watch_seconds)
            try:
                await self._look()
            except InvalidToken:
                self._condition.report(NOT_ACCEPTED)
            except TelegramError as error:
                # Whether Telegram answers at all, the sends and the polls find out.
                log.debug("telegram: not asked", account=self.account, reason=type(error).__name__)

    async def _look(self) -> None:
        """Look whether the token is accepted and, in webhook mode, the webhook is this station's.

        A webhook that another program took away is set again. If it is away once more at the next
        look, that is reported until it has stayed.
        """
        if self._polling.is_running:
            return
        if self._mode == "polling" or not self._hears or self.problem == NOT_ACCEPTED:
            await self._api.bot.get_me(read_timeout=SETUP_SECONDS)
            if self.problem and await self._connect():
                self._begin_polling()
            return
        webhook = self._link_to(self.path)
        if not webhook:
            return
        info = await self._api.bot.get_webhook_info(read_timeout=SETUP_SECONDS)
        if info.url != webhook:
            if self._was_taken:
                self._condition.report(WEBHOOK_TAKEN)
            else:
                log.warning("telegram: the webhook was taken away", account=self.account)
            self._was_taken = True
            await self._choose_way_in(webhook)
            return
        self._was_taken = False
        self._condition.report(self._fault_of(info))

    def _fault_of(self, info: WebhookInfo) -> str:
        """Return what Telegram says of the webhook if it failed since the last look."""
        at = info.last_error_date
        if at is None or not info.last_error_message:
            return ""
        age = (datetime.now(UTC) - at).total_seconds()
        if age > self._watch_seconds * 2:
            return ""
        return f"Telegram cannot bring updates: {info.last_error_message}"

    def _begin_polling(self) -> None:
        if self._polling.is_running:
            return
        if self._hears and self._mode == "polling" and not self.problem:
            self._polling.start()

    async def _connect(self) -> bool:
        """Introduce the bot; False when it is worth trying again."""
        webhook = self._link_to(self.path)
        if self._mode == "webhook" and self._hears and not webhook:
            self._condition.report("a webhook needs the station's public address")
            return True
        if self._mode == "webhook" and not SECRET.fullmatch(self._secret):
            self._condition.report(
                "webhook_secret may have letters, digits, _ and - only, 256 at most"
            )
            return True
        try:
            me = await self._api.bot.get_me(read_timeout=SETUP_SECONDS)
            self._me.username = me.username or ""
            if self._hears:
                await self._choose_way_in(webhook)
        except RetryAfter as error:
            self._retry_after = wait_of(error).total_seconds()
            self._condition.report(in_words(error))
            return False
        except InvalidToken:
            # The library's words for this error contain the token.
            self._condition.report(NOT_ACCEPTED)
            return True
        except BadRequest as error:
            # The address of a webhook may be one that Telegram cannot look up yet.
            self._condition.report(f"Telegram refuses the webhook: {error.message}")
            return False
        except TelegramError as error:
            self._condition.report(in_words(error))
            return False
        if self._hears:
            await self._set_menus()
        self._condition.report("")
        return True

    async def _choose_way_in(self, webhook: str) -> None:
        if self._mode == "polling":
            await self._api.bot.delete_webhook()
            return
        await self._api.bot.set_webhook(
            webhook,
            secret_token=self._secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=WEBHOOK_CONNECTIONS,
        )

    async def _set_menus(self) -> None:
        """Set the commands menu for each language; a bot without one still works."""
        try:
            for number, (language, commands) in enumerate(self._commands.items()):
                for code in ("", language) if number == 0 else (language,):
                    await self._api.bot.set_my_commands(
                        commands, scope=BotCommandScopeAllPrivateChats(), language_code=code
                    )
                    # Version 0.2 set it without a scope, so that it shows in groups as well.
                    await self._api.bot.delete_my_commands(language_code=code)
        except TelegramError as error:
            log.warning("telegram: no menu", account=self.account, reason=error.message)

    # Sending

    async def responds(self) -> bool:
        """Ask for the bot's own name; an error is an answer as well."""
        is_answered = True
        try:
            await self._api.probe()
        except TelegramError as error:
            is_answered = not is_silence(error)
        self._sender.note_whether_answered(is_answered)
        return is_answered

    async def send(self, to: str, message: Message) -> Outcome:
        """Send one message to a chat, in as many parts as it takes."""
        if not to.removeprefix("-").isdecimal():
            return Unreachable("unknown chat")
        paid = self.messages_per_second > FREE_PER_SECOND
        return await self._sender.show(int(to), message, turns=1, paid=paid)


def _limits(to: str) -> Limits:
    """What one chat takes: a message a second, and in a group twenty a minute (Bots FAQ)."""
    return ((1, 1.0), (20, 60.0)) if to.startswith("-") else ((1, 1.0),)


def _number_in(token: str) -> int:
    """The bot's own number, which its token begins with; 0 for what is no token."""
    number = token.partition(":")[0]
    return int(number) if number.isdecimal() else 0


def _derived_secret(token: str) -> str:
    """A webhook secret for accounts without one, the same in every process."""
    return hmac.new(token.encode(), b"yizhan webhook", hashlib.sha256).hexdigest()
