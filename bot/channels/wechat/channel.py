"""A WeChat Official Account: pushes answered passively, messages sent by customer service."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import (
    Doubtful,
    FileLink,
    LinkTo,
    Listen,
    Outcome,
    Refused,
    Sent,
    TryLater,
    Unreachable,
)
from bot.channels.rates import Spoken
from bot.channels.tencent.api import ANSWER_SECONDS, NotSent, Problem, Unclear
from bot.channels.tencent.custom_menu import Button, Menu, columns_of, without_empty
from bot.channels.tencent.envelopes import (
    Forged,
    Malformed,
    Push,
    Seal,
    is_fresh,
    open_push,
    render,
    same,
    signature_of,
)
from bot.channels.tencent.in_text import STILL_AT_IT, Means, in_one, in_parts
from bot.channels.tencent.pushes import ANSWER_WITHIN, Errands, Patience, read_body
from bot.channels.wechat.api import WeChatApi, outcome_of
from bot.channels.wechat.forms import Form, Notices
from bot.channels.wechat.updates import incoming_of
from bot.conversation.messages import Incoming, Message, Picture, ShownButton
from models.network.members import NoticeKind
from models.rules.events.picturing import LARGEST, media_type_of
from models.rules.sending import reach
from models.store import StoreDown

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_BODY = 64 * 1024
MAX_TEXT = 2048
"""UTF-8 bytes, above which there is 45002: measured by many, documented for WeCom only."""

PICTURE_SECONDS = 2.0
START_SECONDS = 2.0
STOP_SECONDS = 1.0

NO_MENU = 46003

SCENE_LASTS = timedelta(days=30)
NOTHING_TO_SAY = b"success"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scene:
    """A code that, scanned, tells its payload: what to draw, WeChat's own picture, and how long."""

    content: str
    picture: str
    until: datetime


class WeChat:
    """One account. ``problem`` says why WeChat serves it no more, empty while it does.

    An account that is not ``verified`` has no API: it may only answer. ``templates`` and
    ``subscriptions`` are its forms for notices outside the window. ``spent`` is told what answers
    took that came too late to travel with a push.
    """

    shards = 1

    def __init__(
        self,
        *,
        account: str,
        app_id: str,
        secret: str,
        token: str,
        listen: Listen,
        link_to: LinkTo,
        file_link: FileLink,
        now: Callable[[], datetime],
        spent: Callable[[str, reach.Way], Awaitable[None]] | None = None,
        encoding_aes_key: str = "",
        previous_aes_key: str = "",
        api_base: str = "https://api.weixin.qq.com",
        verified: bool = True,
        templates: Mapping[NoticeKind, Form] | None = None,
        subscriptions: Mapping[NoticeKind, Form] | None = None,
        menu: Menu = (),
        more: ShownButton | None = None,
        messages_per_second: float = 10.0,
        answer_within: float = ANSWER_WITHIN,
        api_answers_within: float = ANSWER_SECONDS,
    ) -> None:
        if not token:
            raise ValueError("without a token anybody could sign a push")
        self.account = account
        self.messages_per_second = messages_per_second
        self.spoken = Spoken()
        self._halted = ""
        self._token = token
        self._listen = listen
        self._now = now
        self._spent = spent
        keys = (encoding_aes_key, previous_aes_key)
        self._seals = [Seal(key, app_id) for key in keys if key]
        self._link_to = link_to
        self._means = Means(
            limit=MAX_TEXT, link_to=link_to, file_link=file_link, taps=verified, more=more
        )
        self._menu = columns_of(menu, link_to)
        self._patience: Patience[Message | None] = Patience(account, answer_within)
        self._afterwards = Errands()
        self._notices = Notices(account, now, templates or {}, subscriptions or {})
        self._api: WeChatApi | None = None
        if verified:
            self._api = WeChatApi(
                app_id=app_id,
                secret=secret,
                api_base=api_base,
                now=now,
                answer_seconds=api_answers_within,
            )

    @property
    def problem(self) -> str:
        return self._halted or self._notices.problem

    def routes(self) -> list[BaseRoute]:
        name = self.account.partition(".")[2]
        return [
            Route(f"/wechat/{name}", self._callback, methods=["GET", "POST"]),
            Route(f"/go/{self.account}/{{payload}}", self._open, methods=["GET"]),
        ]

    async def _open(self, request: Request) -> Response:
        """A link that a code holds: no address leads into an account, so it says what to write."""
        payload = request.path_params["payload"]
        if PAYLOAD.fullmatch(payload) is None:
            return PlainTextResponse("", 404)
        said = payload.partition("-")[2] if payload.startswith("c") else payload
        return PlainTextResponse(f"请在公众号里发送：签到 {said}")

    async def start(self) -> None:
        """Put the custom menu up, unless it is up already; a slow WeChat holds nobody up."""
        if self._api is None or not self._menu:
            return
        putting = self._afterwards.begin(self._put_menu_up(self._api))
        await asyncio.wait((putting,), timeout=START_SECONDS)

    async def _put_menu_up(self, api: WeChatApi) -> None:
        try:
            if await self._current_menu(api) != self._menu:
                await api.call("/cgi-bin/menu/create", {"button": self._menu})
        except (Problem, NotSent, Unclear) as problem:
            self._take_note(outcome_of(problem, self._now()))
            log.error("wechat menu not set", account=self.account, reason=str(problem))

    async def _current_menu(self, api: WeChatApi) -> list[Button]:
        try:
            answer = await api.call("/cgi-bin/menu/get")
        except Problem as problem:
            if problem.code == NO_MENU:
                return []
            raise
        return [without_empty(each) for each in answer.get("menu", {}).get("button", [])]

    async def stop(self) -> None:
        """Let answers that are late go out, for a moment, and close."""
        await self._afterwards.end(STOP_SECONDS)
        if self._api is not None:
            await self._api.close()

    # Pushes

    async def _callback(self, request: Request) -> Response:
        query = request.query_params
        if not self._is_signed(query):
            return PlainTextResponse("", 403)
        if request.method in ("GET", "HEAD"):
            return PlainTextResponse(query.get("echostr", ""))
        try:
            body = await read_body(request, MAX_BODY)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        if body is None:
            return PlainTextResponse("", 413)
        try:
            push = open_push(body, query, self._token, self._seals)
            may_send = self._api is not None
            incoming = incoming_of(push, self.account, self._now(), may_send=may_send)
        except Forged:
            return PlainTextResponse("", 403)
        except Malformed:
            return PlainTextResponse("", 400)
        if incoming is None:
            return Response(NOTHING_TO_SAY)
        try:
            return await self._answer(push, incoming)
        except StoreDown:
            return PlainTextResponse("", 503)

    def _is_signed(self, query: Mapping[str, str]) -> bool:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        wanted = signature_of(self._token, timestamp, nonce)
        return same(query.get("signature", ""), wanted) and is_fresh(timestamp, self._now())

    async def _answer(self, push: Push, incoming: Incoming) -> Response:
        """Answer once the station has; what it says too late goes by customer service."""
        hear = partial(self._hear, push, incoming)
        task, is_last = await self._patience.wait(incoming.key, hear)
        if task.done():
            return self._passive(push, task.result())
        if not is_last:
            return PlainTextResponse("", 503)
        if self._api is None:
            return Response(render(push, STILL_AT_IT["zh"], self._token, self._now()))
        self._afterwards.begin(self._send_later(incoming.address, task))
        return Response(NOTHING_TO_SAY)

    async def _hear(self, push: Push, incoming: Incoming) -> Message | None:
        if self._api is not None and push.field("MsgType").lower() == "image":
            incoming = replace(incoming, picture=await self._fetch_picture(self._api, push))
        return await self._listen(incoming)

    async def _fetch_picture(self, api: WeChatApi, push: Push) -> Picture | None:
        """The picture of a push; None where it cannot be had while WeChat waits for the answer.

        It is asked for by its number and not at its address: a plain push is signed without its
        body, and nobody shall make the station open addresses.
        """
        try:
            async with asyncio.timeout(PICTURE_SECONDS):
                content = await api.media(push.field("MediaId"), LARGEST)
        except (Problem, NotSent, Unclear, TimeoutError) as problem:
            log.warning("wechat: no picture", account=self.account, reason=type(problem).__name__)
            return None
        media_type = media_type_of(content)
        return Picture(media_type, content) if media_type else None

    def _passive(self, push: Push, message: Message | None) -> Response:
        content = "" if message is None else in_one(message, self._means)
        # There is nobody left to read an answer to an unsubscription.
        if not content or push.field("Event").lower() == "unsubscribe":
            return Response(NOTHING_TO_SAY)
        answer = render(push, content, self._token, self._now())
        return Response(answer, media_type="application/json" if push.is_json else "text/xml")

    async def _send_later(self, to: str, task: "asyncio.Task[Message | None]") -> None:
        await asyncio.wait((task,))
        if task.cancelled():
            return
        if task.exception() is None and (message := task.result()) is not None:
            self.spoken.answered(to)
            outcome = await self.send(to, message)
            if isinstance(outcome, Sent | Doubtful):
                await self._note_spent(to, message)
            if not isinstance(outcome, Sent):
                log.warning("wechat late reply not sent", account=self.account, outcome=outcome)

    async def _note_spent(self, to: str, message: Message) -> None:
        if self._spent is None:
            return
        try:
            await self._spent(to, self.ways(message, None)[0])
        except StoreDown:
            log.warning("wechat late reply not counted", account=self.account)

    # Sending

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[reach.Way]:
        """Customer service first, where every part of a long message is counted; then forms."""
        if self._api is None:
            return ()
        parts = in_parts(message, self._means)
        words = reach.Way(reach.Route.CUSTOMER_SERVICE, spends=max(1, len(parts)))
        return (words, *self._notices.ways(message, kind))

    async def send(self, to: str, message: Message) -> Outcome:
        """Send in the way the message says; without one it goes by customer service."""
        if self._api is None:
            return Unreachable("passive only", for_good=False)
        if message.way.route in (reach.Route.TEMPLATE, reach.Route.SUBSCRIPTION):
            outcome = await self._notices.send(self._api, to, message)
            self._take_note(outcome)
            return outcome
        parts = in_parts(message, self._means)
        for position, content in enumerate(parts, 1):
            payload = {"touser": to, "msgtype": "text", "text": {"content": content}}
            try:
                await self._api.call("/cgi-bin/message/custom/send", payload)
            except (Problem, NotSent, Unclear) as problem:
                outcome = outcome_of(problem, self._now())
                self._take_note(outcome)
                if position == 1:
                    return outcome
                # Part of it has arrived: to send all of it again would double that.
                return Doubtful(f"part {position} of {len(parts)}: {problem}")
        self._halted = ""
        return Sent() if parts else Refused("nothing to say")

    def _take_note(self, outcome: Outcome) -> None:
        if isinstance(outcome, TryLater) and outcome.whole_account:
            self._halted = outcome.reason
            log.error("wechat account halted", account=self.account, reason=outcome.reason)

    # Scenes

    async def scene_qr(self, payload: str) -> Scene:
        """A poster's code that brings ``payload`` as a link; raises Problem, NotSent, Unclear."""
        if self._api is None:
            raise NotSent("passive only")
        answer = await self._api.call(
            "/cgi-bin/qrcode/create",
            {
                "expire_seconds": int(SCENE_LASTS.total_seconds()),
                "action_name": "QR_STR_SCENE",
                "action_info": {"scene": {"scene_str": payload}},
            },
        )
        picture = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="
        return Scene(
            content=str(answer.get("url", "")),
            picture=picture + quote(str(answer.get("ticket", "")), safe=""),
            until=self._now() + timedelta(seconds=int(answer.get("expire_seconds", 0))),
        )
