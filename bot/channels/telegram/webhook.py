"""The webhook: Telegram brings one update a request, and may take the reply in its response."""

import hmac

import orjson
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import Response

from bot.channels import TryLater
from bot.channels.pushes import read_body
from bot.channels.telegram.groups import Me
from bot.channels.telegram.replies import Replies
from bot.channels.telegram.updates import NotAnUpdate, parse
from models.store import StoreDown

REFUSALS = Counter("yizhan_telegram_refusals", "Webhook requests refused.", ["account", "status"])

MAX_BODY = 256 * 1024

STORE_DOWN_SECONDS = 2
"""When Telegram may bring an update again that could not be kept."""


class Webhook:
    """Takes the updates that Telegram brings; ``secret`` is what each request must show."""

    def __init__(self, *, account: str, me: Me, secret: str, replies: Replies) -> None:
        self._account = account
        self._me = me
        self._secret = secret.encode()
        self._replies = replies

    async def take(self, request: Request) -> Response:
        """Take one update; it is answered once the station has kept it.

        Nothing is locked: Telegram has one message of a chat under way at a time, and the station
        keeps the order of the calls, which is the order in which bodies arrive.
        """
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret):
            return self._refuse(403)
        body = await read_body(request, MAX_BODY)
        if body is None:
            return self._refuse(413)
        try:
            update = parse(body, self._account, self._me)
        except NotAnUpdate:
            return self._refuse(400)
        try:
            message = await self._replies.hear(update)
        except StoreDown:
            return self._refuse(503, after=STORE_DOWN_SECONDS)
        if message is None:
            return Response()
        if (call := self._replies.in_response(update, message)) is not None:
            return Response(orjson.dumps(call), media_type="application/json")
        outcome = await self._replies.answer(update, message)
        if isinstance(outcome, TryLater):
            # Telegram brings the update again and the station, which knows it, the same answer.
            return self._refuse(503, after=int(outcome.after.total_seconds()) + 1)
        return Response()

    def _refuse(self, status: int, *, after: int | None = None) -> Response:
        REFUSALS.labels(self._account, str(status)).inc()
        headers = {} if after is None else {"Retry-After": str(after)}
        return Response(status_code=status, headers=headers)
