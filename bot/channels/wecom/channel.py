"""An app of an enterprise on WeCom (企业微信): encrypted pushes, texts and template cards."""

import asyncio
import itertools
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import FileLink, LinkTo, Listen, Outcome, Sent, directly
from bot.channels.rates import Limits, Spoken
from bot.channels.tencent.api import ANSWER_SECONDS, NotSent, Problem, Unclear
from bot.channels.tencent.custom_menu import ROWS, Button, Menu, columns_of, without_empty
from bot.channels.tencent.envelopes import (
    Forged,
    Malformed,
    Push,
    Seal,
    is_fresh,
    open_push,
    render,
)
from bot.channels.tencent.in_text import Means, in_one, in_parts
from bot.channels.tencent.pushes import ANSWER_WITHIN, Errands, Patience, read_body
from bot.channels.wecom.api import MENU_CREATE, MENU_GET, NO_MENU, WeComApi
from bot.channels.wecom.cards import draw
from bot.channels.wecom.sending import Sending
from bot.channels.wecom.updates import echo_of, incoming_of
from bot.conversation.messages import Incoming, Message, Picture, ShownButton
from models.rules.events.picturing import LARGEST, media_type_of
from models.store import StoreDown

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_BODY = 64 * 1024
MAX_TEXT = 2048
"""UTF-8 bytes; WeCom cuts off what is longer."""

PER_MEMBER: Limits = ((30, 60.0), (1000, 3600.0))
"""What one member hears of one app; WeCom drops the rest without a word (document/path/90236)."""

PICTURE_SECONDS = 2.0
REPLY_SECONDS = 2.0
START_SECONDS = 2.0
STOP_SECONDS = 1.0
SCAN_KEY = "scan"

log = structlog.get_logger()


class WeCom:
    """One app. ``problem`` says why WeCom serves it no more, empty while it does.

    ``salt`` keeps the names of this store's cards apart from those of another, earlier one.

    A reply that has buttons is sent as a card while WeCom waits for the push's answer; any other,
    and one that WeCom does not take as a card just now, is the push's answer itself.
    """

    ways = staticmethod(directly)
    shards = 1

    def __init__(
        self,
        *,
        account: str,
        corp_id: str,
        agent_id: int,
        secret: str,
        token: str,
        encoding_aes_key: str,
        listen: Listen,
        link_to: LinkTo,
        file_link: FileLink,
        now: Callable[[], datetime],
        salt: str = "",
        previous_aes_key: str = "",
        api_base: str = "https://qyapi.weixin.qq.com",
        menu: Menu = (),
        scan_label: str = "",
        more: ShownButton | None = None,
        messages_per_second: float = 10.0,
        answer_within: float = ANSWER_WITHIN,
        api_answers_within: float = ANSWER_SECONDS,
    ) -> None:
        if not token:
            raise ValueError("without a token anybody could sign a push")
        self.account = account
        self.messages_per_second = messages_per_second
        self.spoken = Spoken(self.limits)
        self._agent_id = agent_id
        self._token = token
        self._listen = listen
        self._now = now
        keys = (encoding_aes_key, previous_aes_key)
        self._seals = [Seal(key, corp_id) for number, key in enumerate(keys) if key or not number]
        self._means = Means(
            limit=MAX_TEXT, link_to=link_to, file_link=file_link, taps=False, more=more
        )
        self._menu = _with_scan(columns_of(menu, link_to), scan_label)
        self._patience: Patience[Message | None] = Patience(account, answer_within)
        self._errands = Errands()
        self._api = WeComApi(
            corp_id=corp_id,
            secret=secret,
            api_base=api_base,
            now=now,
            answer_seconds=api_answers_within,
        )
        self._sending = Sending(
            account=account,
            api=self._api,
            agent_id=agent_id,
            means=self._means,
            spoken=self.spoken,
            now=now,
            salt=salt,
        )
        self._names = itertools.count()
        self._process = secrets.token_hex(8)

    @property
    def problem(self) -> str:
        return self._sending.problem

    def limits(self, _to: str) -> Limits:
        """How many messages a member may hear within how many seconds."""
        return PER_MEMBER

    def routes(self) -> list[BaseRoute]:
        name = self.account.partition(".")[2]
        return [
            Route(f"/wecom/{name}", self._verify, methods=["GET"]),
            Route(f"/wecom/{name}", self._callback, methods=["POST"]),
            Route(f"/go/{self.account}/{{payload}}", self._open, methods=["GET"]),
        ]

    async def _open(self, request: Request) -> Response:
        """A link that a code holds: no address leads into an app, so it says what to write."""
        payload = request.path_params["payload"]
        if PAYLOAD.fullmatch(payload) is None:
            return PlainTextResponse("", 404)
        said = payload.partition("-")[2] if payload.startswith("c") else payload
        return PlainTextResponse(f"请在企业微信的应用里扫码，或发送：签到 {said}")

    async def start(self) -> None:
        """Put the custom menu up, unless it is up already; a slow WeCom holds nobody up."""
        if self._menu:
            putting = self._errands.begin(self._put_menu_up())
            await asyncio.wait((putting,), timeout=START_SECONDS)

    async def _put_menu_up(self) -> None:
        app = str(self._agent_id)
        try:
            if await self._current_menu(app) != self._menu:
                await self._api.call(MENU_CREATE, {"button": self._menu}, agentid=app)
        except (Problem, NotSent, Unclear) as problem:
            self._sending.take_note(problem)
            log.error("wecom menu not set", account=self.account, reason=str(problem))

    async def _current_menu(self, app: str) -> list[Button]:
        try:
            answer = await self._api.call(MENU_GET, agentid=app)
        except Problem as problem:
            if problem.code == NO_MENU:
                return []
            raise
        return [without_empty(each) for each in answer.get("button", [])]

    async def stop(self) -> None:
        """Let answers that are late go out, for a moment, and close."""
        await self._errands.end(STOP_SECONDS)
        await self._api.close()

    # Pushes

    async def _verify(self, request: Request) -> Response:
        """Prove that this address is ours: within a second, so nothing else is asked."""
        try:
            echo = echo_of(request.query_params, self._token, self._seals, self._now())
        except Forged:
            return PlainTextResponse("", 403)
        except Malformed:
            return PlainTextResponse("", 400)
        return PlainTextResponse(echo)

    async def _callback(self, request: Request) -> Response:
        query = request.query_params
        if not is_fresh(query.get("timestamp", ""), self._now()):
            return PlainTextResponse("", 403)
        try:
            body = await read_body(request, MAX_BODY)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        if body is None:
            return PlainTextResponse("", 413)
        try:
            push = open_push(body, query, self._token, self._seals)
            incoming = incoming_of(push, self.account)
        except Forged:
            return PlainTextResponse("", 403)
        except Malformed:
            return PlainTextResponse("", 400)
        if incoming is None:
            return Response()
        try:
            return await self._answer(push, incoming)
        except StoreDown:
            return PlainTextResponse("", 503)

    async def _answer(self, push: Push, incoming: Incoming) -> Response:
        """Answer once the station has; what it says too late is sent."""
        hear = partial(self._hear, push, incoming)
        task, is_last = await self._patience.wait(incoming.key, hear)
        if task.done():
            return self._passive(push, task.result())
        if not is_last:
            return PlainTextResponse("", 503)
        self._errands.begin(self._send_later(incoming, task))
        return Response()

    async def _hear(self, push: Push, incoming: Incoming) -> Message | None:
        """Tell the station; returns what is still to be said in the push's answer."""
        if push.field("MsgType").lower() == "image":
            incoming = replace(incoming, picture=await self._fetch_picture(push))
        message = await self._listen(incoming)
        if message is None or incoming.left:
            return None
        return None if await self._is_shown(push, incoming, message) else message

    async def _fetch_picture(self, push: Push) -> Picture | None:
        """The picture of a push; None where it cannot be had while WeCom waits for the answer."""
        try:
            async with asyncio.timeout(PICTURE_SECONDS):
                content = await self._api.media(push.field("MediaId"), LARGEST)
        except (Problem, NotSent, Unclear, TimeoutError) as problem:
            log.warning("wecom: no picture", account=self.account, reason=type(problem).__name__)
            return None
        media_type = media_type_of(content)
        return Picture(media_type, content) if media_type else None

    # Replies

    async def _is_shown(self, push: Push, incoming: Incoming, message: Message) -> bool:
        """Show a reply that is more than one text can say; False when it is still to be said.

        The task's name comes from the push, so that a push that was answered before makes the
        same card, which WeCom recognises.
        """
        named = replace(message, name=f"reply {incoming.key}")
        card = draw(named, self._sending.task_of(incoming.address, named), self._means)
        if card is None and len(in_parts(message, self._means)) <= 1:
            return False
        if self._sending.is_halted():
            return False
        try:
            async with asyncio.timeout(REPLY_SECONDS):
                code = push.field("ResponseCode")
                if message.edit and code and card is not None:
                    shown = await self._sending.update(incoming.address, code, card)
                    if shown:
                        return True
                if self.spoken.wait_for(incoming.address) > 0:
                    return False
                outcome = await self._sending.send(incoming.address, named, turns=0)
        except TimeoutError:
            # Seen twice is better than not at all.
            log.warning("wecom reply too slow", account=self.account)
            return False
        return isinstance(outcome, Sent)

    def _passive(self, push: Push, message: Message | None) -> Response:
        content = "" if message is None else in_one(message, self._means)
        if not content:
            return Response()
        answer = render(push, content, self._token, self._now())
        return Response(answer, media_type="application/json" if push.is_json else "text/xml")

    async def _send_later(self, incoming: Incoming, task: "asyncio.Task[Message | None]") -> None:
        await asyncio.wait((task,))
        if task.cancelled():
            return
        if task.exception() is None and (message := task.result()) is not None:
            named = replace(message, name=f"late {incoming.key}")
            outcome = await self._sending.send(incoming.address, named, turns=0)
            if not isinstance(outcome, Sent):
                log.warning("wecom late reply not sent", account=self.account, outcome=outcome)

    # Sending

    async def send(self, to: str, message: Message) -> Outcome:
        """Send as a card or as texts; a message without a name is one of a kind."""
        if not message.name:
            message = replace(message, name=f"{self._process} {next(self._names)}")
            return await self._sending.send(to, message, is_repeatable=False)
        return await self._sending.send(to, message)


def _with_scan(columns: list[Button], label: str) -> list[Button]:
    """The menu with a row that scans a code, where its last column has room for one."""
    if not label or not columns or not 0 < len(columns[-1].get("sub_button", ())) < ROWS:
        return columns
    scan = {"type": "scancode_waitmsg", "name": label, "key": SCAN_KEY}
    rows = [*columns[-1]["sub_button"], scan]
    return [*columns[:-1], {**columns[-1], "sub_button": rows}]
