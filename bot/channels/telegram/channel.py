"""A Telegram bot: webhook or long polling in, the Bot API out."""

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import orjson
import structlog
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.channels import LinkTo, Listen, MakeFile, Outcome, TryLater, Unreachable, directly
from bot.channels.leases import Lease
from bot.channels.rates import Limits, Spoken
from bot.channels.telegram.outcomes import NOT_ACCEPTED, TOKEN_REFUSED
from bot.channels.telegram.polling import POLL_SECONDS, Polling
from bot.channels.telegram.sending import Sending
from bot.channels.telegram.transport import READ_SECONDS, AiohttpRequest
from bot.channels.telegram.updates import ALLOWED_UPDATES, NotAnUpdate, Update, parse
from bot.conversation.messages import Incoming, Message, Picture
from models.rules.events.picturing import LARGEST, media_type_of
from models.store import StoreDown

log = structlog.get_logger(__name__)

# At its lower levels the library logs every message's text.
logging.getLogger("telegram").setLevel(logging.WARNING)

UPDATES = Counter("yizhan_telegram_updates", "Updates taken in.", ["account", "kind"])
REFUSALS = Counter("yizhan_telegram_refusals", "Webhook requests refused.", ["account", "status"])

Mode = Literal["polling", "webhook"]
Commands = Mapping[str, Sequence[tuple[str, str]]]

API_BASE = "https://api.telegram.org"
FREE_PER_SECOND = 30.0
"""More than that Telegram sends only as a paid broadcast, up to 1,000 (Bots FAQ)."""

MAX_BODY = 256 * 1024
WEBHOOK_CONNECTIONS = 40
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

STORE_DOWN_SECONDS = 2
"""When Telegram may bring an update again that could not be kept."""

PICTURE_SECONDS = 5.0
SETUP_SECONDS = 5.0
DRAINING_SECONDS = 1.5
SLOWEST = 64
"""How many times longer than the first the longest pause between attempts to connect is."""


class Telegram:
    """One bot on Telegram.

    ``commands`` holds the menu, (command, description), by language; the first language's is also
    the default. ``back_off`` is the first pause after an error and ``answer_seconds`` how long an
    answer of Telegram's may take. ``problem`` says why the account does not work, and is empty when
    it does. A bot that does not ``hear`` only sends, its updates being another process's concern;
    with a ``lease`` it polls while the lease is held. Groups are none of the station's business.
    """

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
        messages_per_second: float = FREE_PER_SECOND,
        shards: int = 1,
        commands: Commands | None = None,
        hears: bool = True,
        lease: Lease | None = None,
        back_off: float = 1.0,
        answer_seconds: float = READ_SECONDS,
    ) -> None:
        self.account = account
        self.messages_per_second = messages_per_second
        self.shards = shards
        self.spoken = Spoken(_limits)
        self.username = ""
        self.problem = "not connected yet"
        self.path = f"/telegram/{account.removeprefix('telegram.')}"
        self._listen = listen
        self._link_to = link_to
        self._mode = mode
        self._hears = hears
        self._secret = webhook_secret or _derived_secret(token)
        self._commands = commands or {}
        self._back_off = back_off
        self._request = AiohttpRequest(read_timeout=answer_seconds)
        # Polls have a pool of their own, so that they never wait for sends or hold one up.
        self._poll_request = AiohttpRequest(connections=2, read_timeout=POLL_SECONDS + 10)
        self._bot = Bot(
            token,
            base_url=f"{api_base.rstrip('/')}/bot",
            base_file_url=f"{api_base.rstrip('/')}/file/bot",
            request=self._request,
            get_updates_request=self._poll_request,
        )
        self._errands: set[asyncio.Task[None]] = set()
        self._connecting: asyncio.Task[None] | None = None
        self._sending = Sending(
            account=account,
            request=self._request,
            url=self._bot.base_url,
            make_file=make_file,
            link_to=link_to,
            spoken=self.spoken,
        )
        self._polling = Polling(
            account=account,
            fetch=self._get_updates,
            hear=self._hear,
            answer=self._answer,
            trouble=self._trouble,
            back_off=back_off,
            lease=lease,
        )

    # Starting and stopping

    def routes(self) -> list[BaseRoute]:
        go = Route(f"/go/{self.account}/{{payload}}", self._open, methods=["GET"])
        if self._mode == "polling" or not self._hears:
            return [go]
        return [Route(self.path, self._webhook, methods=["POST"]), go]

    async def _open(self, request: Request) -> Response:
        """A link that a code holds: into the chat with the bot, with its payload."""
        payload = request.path_params["payload"]
        if PAYLOAD.fullmatch(payload) is None or not self.username:
            return Response(status_code=404)
        return RedirectResponse(f"https://t.me/{self.username}?start={payload}")

    async def start(self) -> None:
        """Connect; what does not work at once is tried again in the background."""
        if await self._connect():
            self._listen_on()
        else:
            self._connecting = asyncio.create_task(self._keep_connecting())

    async def stop(self) -> None:
        """Finish what is being heard and answered, within some two seconds, and close."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        await self._polling.stop()
        if self._errands:
            await asyncio.wait(set(self._errands), timeout=DRAINING_SECONDS)
            for errand in self._errands:
                errand.cancel()
        await self._request.shutdown()
        await self._poll_request.shutdown()

    async def _keep_connecting(self) -> None:
        pause = self._back_off
        connected = False
        while not connected:
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._back_off * SLOWEST)
            connected = await self._connect()
        self._listen_on()

    def _listen_on(self) -> None:
        if self._hears and self._mode == "polling" and not self.problem:
            self._polling.start()

    async def _connect(self) -> bool:
        """Introduce the bot; False when it is worth trying again."""
        webhook = self._link_to(self.path)
        if self._mode == "webhook" and self._hears and not webhook:
            self._trouble("a webhook needs the station's public address")
            return True
        if self._mode == "webhook" and not SECRET.fullmatch(self._secret):
            self._trouble("webhook_secret may have letters, digits, _ and - only, 256 at most")
            return True
        try:
            me = await self._bot.get_me(read_timeout=SETUP_SECONDS)
            self.username = me.username or ""
            if not self._hears:
                self._trouble("")
                return True
            if self._mode == "webhook":
                await self._bot.set_webhook(
                    webhook,
                    secret_token=self._secret,
                    allowed_updates=ALLOWED_UPDATES,
                    max_connections=WEBHOOK_CONNECTIONS,
                )
            else:
                await self._bot.delete_webhook()
        except InvalidToken:
            # The library's words for this error contain the token.
            self._trouble(NOT_ACCEPTED)
            return True
        except BadRequest as error:
            # The address of a webhook may be one that Telegram cannot look up yet.
            self._trouble(f"Telegram refuses the webhook: {error.message}")
            return False
        except TelegramError as error:
            self._trouble(f"Telegram cannot be reached: {type(error).__name__}: {error.message}")
            return False
        await self._set_menus()
        self._trouble("")
        return True

    async def _set_menus(self) -> None:
        """Set the commands menu for each language; a bot without one still works."""
        try:
            for number, (language, commands) in enumerate(self._commands.items()):
                if number == 0:
                    await self._bot.set_my_commands(commands)
                await self._bot.set_my_commands(commands, language_code=language)
        except TelegramError as error:
            log.warning("telegram: no menu", account=self.account, reason=error.message)

    def _trouble(self, problem: str) -> None:
        """Keep what is wrong, and log it when it changes."""
        if problem == self.problem:
            return
        self.problem = problem
        if problem:
            log.error("telegram: not working", account=self.account, problem=problem)
        else:
            log.info("telegram: connected", account=self.account, mode=self._mode)

    # Listening

    async def _webhook(self, request: Request) -> Response:
        """Take one update; it is answered once the station has kept it.

        Nothing is locked: Telegram has one message of a chat under way at a time, and the station
        keeps the order in which it is told, which is the order in which bodies arrive.
        """
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode()):
            return self._refuse(403)
        body = await _read_body(request)
        if body is None:
            return self._refuse(413)
        try:
            update = parse(body, self.account)
        except NotAnUpdate:
            return self._refuse(400)
        try:
            message = await self._hear(update)
        except StoreDown:
            return self._refuse(503, after=STORE_DOWN_SECONDS)
        if message is None:
            return Response()
        if (call := self._in_response(update, message)) is not None:
            return Response(orjson.dumps(call), media_type="application/json")
        outcome = await self._answer(update, message)
        if isinstance(outcome, TryLater):
            # Telegram brings the update again and the station, which knows it, the same answer.
            return self._refuse(503, after=int(outcome.after.total_seconds()) + 1)
        return Response()

    def _refuse(self, status: int, *, after: int | None = None) -> Response:
        REFUSALS.labels(self.account, str(status)).inc()
        headers = {} if after is None else {"Retry-After": str(after)}
        return Response(status_code=status, headers=headers)

    async def _hear(self, update: Update) -> Message | None:
        """Tell the station, and stop the pressed button's spinning once it was told."""
        UPDATES.labels(self.account, _kind(update.incoming)).inc()
        message = None
        if update.incoming is not None:
            incoming = update.incoming
            if update.picture:
                incoming = replace(incoming, picture=await self._fetch_picture(update.picture))
            message = await self._listen(incoming)
            if update.incoming.left:
                message = None
        if update.query:
            self._run_errand(self._sending.stop_spinning(update.query))
        return message

    async def _fetch_picture(self, file_id: str) -> Picture | None:
        """A picture that a person sent; None where it cannot be had in a few seconds."""
        try:
            async with asyncio.timeout(PICTURE_SECONDS):
                file = await self._request.call(
                    f"{self._bot.base_url}/getFile", {"file_id": file_id}
                )
                path = file.get("file_path", "") if isinstance(file, dict) else ""
                # The address holds the token: errors are told by their kind only.
                url = f"{self._bot.base_file_url}/{path}"
                content = await self._request.download(url, LARGEST)
        except (TelegramError, TimeoutError) as error:
            reason = type(error).__name__
            log.warning("telegram: no picture", account=self.account, reason=reason)
            return None
        media_type = media_type_of(content)
        return Picture(media_type, content) if media_type else None

    async def _answer(self, update: Update, message: Message) -> Outcome:
        """Show a reply through the API: in place of the pressed message, or below it."""
        if message.edit and update.pressed:
            showing = self._sending.show_instead(update.lane, update.pressed, message)
        else:
            showing = self._sending.show(update.lane, message)
        return self._noted(await showing)

    def _in_response(self, update: Update, message: Message) -> dict[str, Any] | None:
        """The answer as a method call for the webhook's own response, which saves a request.

        Telegram tells nobody how such a call ended, so it is made only where nothing else would be
        done about it: not for files and edits, and not near the account's pace, where 429 begins.
        """
        if message.edit and update.pressed:
            return None
        if self.spoken.answers_within(1.0) > self.messages_per_second / 2:
            return None
        return self._sending.in_response(update.lane, message)

    def _run_errand(self, errand: Coroutine[Any, Any, None]) -> None:
        """Do something beside the answer; it is waited for at the stop."""
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _get_updates(self, parameters: dict[str, Any]) -> Any:
        return await self._poll_request.call(f"{self._bot.base_url}/getUpdates", parameters)

    # Sending

    async def send(self, to: str, message: Message) -> Outcome:
        """Send one message to a chat, in as many parts as it takes."""
        if not to.removeprefix("-").isdecimal():
            return Unreachable("unknown chat")
        paid = self.messages_per_second > FREE_PER_SECOND
        return self._noted(await self._sending.show(int(to), message, turns=1, paid=paid))

    def _noted(self, outcome: Outcome) -> Outcome:
        """A token that was revoked while the account worked is everybody's problem."""
        if outcome == TOKEN_REFUSED:
            self._trouble(NOT_ACCEPTED)
        return outcome


def _limits(to: str) -> Limits:
    """What one chat takes: a message a second, and in a group twenty a minute (Bots FAQ)."""
    return ((1, 1.0), (20, 60.0)) if to.startswith("-") else ((1, 1.0),)


def _derived_secret(token: str) -> str:
    """A webhook secret for accounts without one, the same in every process."""
    return hmac.new(token.encode(), b"yizhan webhook", hashlib.sha256).hexdigest()


def _kind(incoming: Incoming | None) -> str:
    if incoming is None:
        return "ignored"
    if incoming.left or incoming.returned:
        return "membership"
    return "press" if incoming.press else "message"


async def _read_body(request: Request) -> bytes | None:
    """The body, or None as soon as it is known to be too large."""
    declared = request.headers.get("Content-Length", "0")
    if not declared.isdecimal() or int(declared) > MAX_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)
