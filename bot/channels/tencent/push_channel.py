"""What an Official Account on WeChat and an app on WeCom have in common.

Both push to an HTTP address, which is answered passively while the platform waits, and have an API
for all later messages.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import Outcome, Sent, Services
from bot.channels.pushes import BackgroundTasks, PushRoute, deep_link_route, read_body
from bot.channels.rates import Limits, RecentSends, no_limits
from bot.channels.tencent.api import ANSWER_SECONDS, ApiError, MaybeSent, NotSent, TokenApi
from bot.channels.tencent.custom_menu import (
    MENU_GET,
    NO_MENU,
    Menu,
    MenuButton,
    create_unless_current,
)
from bot.channels.tencent.envelopes import (
    InvalidSignature,
    MalformedPush,
    MessageCipher,
    Push,
    Unfit,
    open_push,
    passive_reply,
)
from bot.channels.tencent.in_text import TextLimits, in_one
from bot.channels.tencent.push_retries import ANSWER_WITHIN, PushRetries
from bot.conversation.incoming import Incoming, Picture, Sound, Voice
from bot.conversation.messages import Message, Sayable, Text, say
from bot.conversation.voices import LARGEST as LARGEST_VOICE
from models.rules.events.picturing import LARGEST, media_type_of
from models.store import StoreDown

MAX_BODY = 64 * 1024
MAX_TEXT = 2048
"""UTF-8 bytes: WeCom cuts off what is longer (document/path/90236), WeChat answers with 45002."""

PICTURE_SECONDS = 2.0
START_SECONDS = 2.0
WATCH_SECONDS = 60.0
"""How often the menu is tried again, and a halted account's API."""
STOP_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAccount:
    """The settings that both kinds of account have.

    ``token`` signs pushes, ``secret`` belongs to the API. After a change of the EncodingAESKey,
    pushes that are encrypted with ``previous_aes_key`` are read as well. ``answer_within`` is how
    long a push may wait for its answer and ``api_answers_within`` how long a call may, in seconds.
    ``proxy`` is an HTTP proxy that calls go through. ``watch_seconds`` lie
    between two looks at what did not work.
    """

    account: str
    secret: str
    token: str
    api_base: str
    encoding_aes_key: str = ""
    previous_aes_key: str = ""
    menu: Menu = ()
    messages_per_second: float = 10.0
    answer_within: float = ANSWER_WITHIN
    api_answers_within: float = ANSWER_SECONDS
    proxy: str = ""
    watch_seconds: float = WATCH_SECONDS


class PushChannel(ABC):
    """The base of both channels: takes pushes, answers them and keeps the custom menu.

    ``owner`` is whom pushes are encrypted for. Without an ``api`` an account can only answer.
    ``menu_query`` is what calls about the menu have in their address besides the token.
    """

    platform: Text
    is_windowed: bool
    notifies = True
    by_cookie = False
    shards = 1
    path: ClassVar[str]
    """The first part of the path that pushes are sent to."""

    page: ClassVar[int]
    """How many bytes of a reply are shown at once; 更多 goes on."""
    acknowledgement: ClassVar[bytes]
    """The body of an answer that shows nothing."""

    def __init__(
        self,
        settings: PushAccount,
        services: Services,
        *,
        owner: str,
        api: TokenApi | None,
        menu: list[MenuButton],
        menu_query: Mapping[str, str] | None = None,
        has_press_links: bool = False,
    ) -> None:
        if not settings.token:
            raise ValueError("without a token anybody could sign a push")
        self.account = settings.account
        self.messages_per_second = settings.messages_per_second
        self.recent_sends = RecentSends(self.limits)
        self._services = services
        self._token = settings.token
        keys = (settings.encoding_aes_key, settings.previous_aes_key)
        self._ciphers = [MessageCipher(key, owner) for key in keys if key]
        self._api = api
        self._menu = menu
        self._menu_query = menu_query or {}
        self._text_limits = TextLimits(
            max_bytes=MAX_TEXT,
            has_press_links=has_press_links,
            link_to=services.link_to,
            file_link=services.file_link,
            render=services.render,
        )
        self._retries: PushRetries[Message | None] = PushRetries(
            settings.account, settings.answer_within
        )
        self._background = BackgroundTasks()
        self._watch_seconds = settings.watch_seconds
        self._watching: asyncio.Task[None] | None = None
        self._has_menu = False
        self._unfit = ""

    @property
    def problem(self) -> str:
        """Why the account does not work; empty if it does."""
        return self._unfit or self._halt

    # What differs between the platforms

    def limits(self, to: str) -> Limits:
        """How many messages this address may get within how many seconds."""
        return no_limits(to)

    @abstractmethod
    def _text_to_send(self, words: Sayable) -> Text:
        """Tells a person who scanned a code outside the platform to send these words."""

    @abstractmethod
    def _echo(self, query: Mapping[str, str]) -> bytes:
        """What proves that the address of pushes is ours; raises InvalidSignature or Unfit.

        It must be answered within a second, so nothing else may be asked for it.
        """

    @abstractmethod
    def _check_address(self, query: Mapping[str, str]) -> None:
        """Check what a push has in its address; raises InvalidSignature or Unfit."""

    @abstractmethod
    def _decode(self, push: Push) -> Incoming | None:
        """The push as the station reads it, None where there is nothing to answer.

        Raises MalformedPush.
        """

    async def _show(self, push: Push, incoming: Incoming, message: Message) -> Message | None:
        """Send what a passive reply cannot hold; returns what the reply still has to show."""
        return message

    @abstractmethod
    async def _send_late(self, incoming: Incoming, message: Message) -> Outcome:
        """Send a reply that came too late for the push's answer."""

    def _text_meanwhile(self) -> Text | None:
        """What to answer to the last push of a message whose reply cannot be sent later."""
        return None

    @property
    @abstractmethod
    def _halt(self) -> str:
        """Why the platform does not serve the account; empty if it does."""

    @abstractmethod
    def _note_success(self) -> None:
        """Note that a call has succeeded, where that shows that a problem is over."""

    @abstractmethod
    def _note_failure(self, error: ApiError | NotSent | MaybeSent) -> Outcome:
        """What a failed call means for a send, kept where it concerns the whole account."""

    # Starting and stopping

    def routes(self) -> list[BaseRoute]:
        name = self.account.partition(".")[2]
        return [
            Route(f"/{self.path}/{name}", self._verify, methods=["GET"]),
            PushRoute(f"/{self.path}/{name}", self._take_push),
            deep_link_route(self.account, self._open_deep_link),
        ]

    async def start(self) -> None:
        """Create the custom menu unless it is there; waits two seconds for it at most."""
        if self._api is None:
            return
        if self._menu:
            creating = self._background.start(self._create_menu(self._api))
            await asyncio.wait((creating,), timeout=START_SECONDS)
        self._watching = asyncio.create_task(self._watch(self._api))

    async def _watch(self, api: TokenApi) -> None:
        """Create a menu that could not be created, and see when a halted account works again."""
        while True:
            await asyncio.sleep(self._watch_seconds)
            if self._menu and not self._has_menu:
                await self._create_menu(api)
            elif self._halt:
                await self._look(api)

    async def _look(self, api: TokenApi) -> None:
        """Ask for the menu; that it is answered shows that keys and addresses are right."""
        try:
            await api.call(MENU_GET, None, **self._menu_query)
        except ApiError as error:
            if error.code != NO_MENU:
                return
        except (NotSent, MaybeSent):
            return
        self._note_success()

    async def _create_menu(self, api: TokenApi) -> None:
        try:
            await create_unless_current(api, self._menu, **self._menu_query)
        except (ApiError, NotSent, MaybeSent) as error:
            self._note_failure(error)
            log.error("menu not set", account=self.account, reason=str(error))
            return
        self._has_menu = True
        self._note_success()

    async def responds(self) -> bool:
        """Ask for the custom menu; an error of the platform's is an answer as well."""
        if self._api is None:
            return True
        try:
            await self._api.call(MENU_GET, None, **self._menu_query)
        except NotSent as problem:
            return not problem.is_silent
        except MaybeSent:
            return False
        except ApiError:
            return True
        return True

    async def stop(self) -> None:
        """Wait up to a second for late replies, and close."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait((self._watching,))
        await self._background.stop(STOP_SECONDS)
        if self._api is not None:
            await self._api.close()

    def _open_deep_link(self, payload: str) -> Response:
        """No address leads into an account or app, so the page says what to send there."""
        text = self._text_to_send(_as_typed(payload))
        lines = (self._services.render(text, each) for each in self._services.languages)
        return PlainTextResponse("\n".join(lines) + "\n")

    # Pushes

    async def _verify(self, request: Request) -> Response:
        try:
            return PlainTextResponse(self._echo(request.query_params))
        except InvalidSignature:
            return PlainTextResponse("", 403)
        except Unfit as problem:
            return self._refuse_unfit(problem)

    def _refuse_unfit(self, problem: Unfit) -> Response:
        """Refuse a push, and keep what is wrong until one is read; log it when it changes."""
        if self._unfit != str(problem):
            log.error("pushes refused", account=self.account, reason=str(problem))
        self._unfit = str(problem)
        return PlainTextResponse("", 403)

    async def _take_push(self, request: Request) -> Response:
        query = request.query_params
        try:
            self._check_address(query)
            body = await read_body(request, MAX_BODY)
            if body is None:
                return PlainTextResponse("", 413)
            push = open_push(body, query, self._token, self._ciphers, self._services.now())
            incoming = self._decode(push)
        except InvalidSignature:
            return PlainTextResponse("", 403)
        except Unfit as problem:
            return self._refuse_unfit(problem)
        except MalformedPush:
            # For anything but an acknowledgement the person would read of a fault.
            log.warning("push not read", account=self.account)
            return Response(self.acknowledgement)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        self._unfit = ""
        if incoming is None:
            return Response(self.acknowledgement)
        try:
            return await self._answer(push, replace(incoming, page=self.page))
        except StoreDown:
            return PlainTextResponse("", 503)

    async def _answer(self, push: Push, incoming: Incoming) -> Response:
        """The reply, or after the last push an acknowledgement: the reply is then sent later."""
        handle = partial(self._handle, push, incoming)
        task, is_last = await self._retries.wait(incoming.key, handle)
        if task.done():
            message = task.result()
            return self._passive(push, in_one(message, self._text_limits) if message else "")
        if not is_last:
            return PlainTextResponse("", 503)
        if (text := self._text_meanwhile()) is not None:
            return self._passive(push, self._services.render(text, incoming.language))
        self._background.start(self._send_when_ready(incoming, task))
        return Response(self.acknowledgement)

    async def _handle(self, push: Push, incoming: Incoming) -> Message | None:
        """Pass the message to the station; returns what the passive reply has to show."""
        if self._api is not None and push.field("MsgType").lower() == "image":
            incoming = replace(incoming, fetch=partial(self._fetch_picture, self._api, push))
        if push.field("MsgType").lower() == "voice":
            incoming = replace(incoming, voice=Voice(partial(self._fetch_voice, push)))
        listen = partial(self._services.listen, incoming)
        message = await self._retries.persist(incoming.key, listen)
        # Nobody is left to read an answer to an unsubscription.
        if message is None or incoming.left:
            return None
        return await self._show(push, incoming, message)

    async def _fetch_picture(self, api: TokenApi, push: Push) -> Picture | None:
        """The picture of a push; None where it cannot be had while the platform waits.

        It is asked for by its media id and not at its address: a plain push is signed without its
        body, and must not make the station open addresses.
        """
        try:
            async with asyncio.timeout(PICTURE_SECONDS):
                content = await api.media(push.field("MediaId"), LARGEST)
        except (ApiError, NotSent, MaybeSent, TimeoutError) as error:
            reason = type(error).__name__
            log.warning("picture not fetched", account=self.account, reason=reason)
            return None
        media_type = media_type_of(content)
        return Picture(media_type, content) if media_type else None

    async def _fetch_voice(self, push: Push) -> Sound | None:
        """A voice message by its media id; None as for pictures, or without an API."""
        kind = push.field("Format").lower()
        if self._api is None or not (kind.isascii() and kind.isalnum()):
            return None
        try:
            async with asyncio.timeout(PICTURE_SECONDS):
                content = await self._api.media(push.field("MediaId"), LARGEST_VOICE)
        except (ApiError, NotSent, MaybeSent, TimeoutError) as error:
            reason = type(error).__name__
            log.warning("voice not fetched", account=self.account, reason=reason)
            return None
        return Sound(f"voice.{kind[:8]}", content)

    def _passive(self, push: Push, content: str) -> Response:
        if not content:
            return Response(self.acknowledgement)
        body = passive_reply(push, content, self._token, self._services.now())
        return Response(body, media_type="application/json" if push.is_json else "text/xml")

    async def _send_when_ready(
        self, incoming: Incoming, task: "asyncio.Task[Message | None]"
    ) -> None:
        await asyncio.wait((task,))
        if task.cancelled() or task.exception() is not None:
            return
        message = task.result()
        if message is None:
            return
        outcome = await self._send_late(incoming, message)
        if not isinstance(outcome, Sent):
            log.warning("late reply not sent", account=self.account, outcome=outcome)


def _as_typed(payload: str) -> Sayable:
    """What does the same as the link: a command with the digits of a ticket or of a door's code.

    A poster's code is understood as it is.
    """
    match payload[:1]:
        case "c":
            return say("/checkin {code}", code=payload.partition("-")[2])
        case "k":
            return say("/checkin {code}", code=payload)
        case _:
            return payload
