"""One robot on DingTalk: verifies and decodes what is pushed, renders and sends what is said."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import (
    Doubtful,
    Outcome,
    Refused,
    Sent,
    Services,
    TryLater,
    Unreachable,
    directly,
)
from bot.channels.outgoing import Broken, NotConnected
from bot.channels.pushes import BackgroundTasks, read_body
from bot.channels.rates import RecentSends
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Message, Text, say
from models.network.members import NoticeKind
from models.rules.sending.reach import Way
from models.sending.reasons import Reason
from models.store import StoreDown
from yizhan_dingtalk.api import Api, Failed
from yizhan_dingtalk.settings import DingTalkSettings

log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024
FRESH_FOR = timedelta(hours=1)
"""How old a push may be, by DingTalk's own rule."""

ONE_PERSON = "1"
SOON, LATER = timedelta(seconds=10), timedelta(minutes=1)
STOP_SECONDS = 3.0

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!>|])")
"""What Markdown takes for a mark of its own."""


class DingTalk:
    """A channel, as ``bot.channels.Channel`` asks for it."""

    platform: Text = say("DingTalk")
    is_windowed = False
    notifies = True
    by_cookie = False
    shards = 1

    def __init__(self, account: str, given: DingTalkSettings, services: Services) -> None:
        self.account = account
        self.messages_per_second = given.messages_per_second
        self.recent_sends = RecentSends()
        self._secret = given.app_secret.get_secret_value()
        self._services = services
        self._api = Api(given.api_base, given.app_key, self._secret, services.now)
        self._tasks = BackgroundTasks()

    # What comes in

    def routes(self) -> list[BaseRoute]:
        return [Route(f"/{self.account.replace('.', '/')}", self._pushed, methods=["POST"])]

    async def start(self) -> None:
        """DingTalk is told our address on its own pages; nothing is to be connected."""

    async def stop(self) -> None:
        await self._tasks.stop(STOP_SECONDS)
        await self._api.close()

    async def _pushed(self, request: Request) -> Response:
        # Checked before anything is read or parsed. It does not cover the body, so nothing in the
        # body is trusted with more than what the person wrote: answers go by the API, and not to
        # the address of a session that stands there.
        timestamp = request.headers.get("timestamp", "")
        if not self._is_signed(timestamp, request.headers.get("sign", "")):
            return Response(status_code=403)
        body = await read_body(request, MOST_BYTES)
        incoming = _decoded(self.account, body or b"")
        if incoming is None:
            # A group, or nothing that we know: there is nothing to answer.
            return JSONResponse({})
        try:
            message = await self._services.listen(incoming)
        except StoreDown:
            return Response(status_code=503)
        if message is not None:
            self._tasks.start(self._answer(incoming.address, message))
        return JSONResponse({})

    def _is_signed(self, timestamp: str, sign: str) -> bool:
        """https://open.dingtalk.com/document/orgapp/receive-message"""
        if not re.fullmatch(r"[0-9]{1,15}", timestamp):
            return False
        signed = f"{timestamp}\n{self._secret}".encode()
        expected = base64.b64encode(hmac.digest(self._secret.encode(), signed, hashlib.sha256))
        age = self._services.now() - datetime.fromtimestamp(int(timestamp) / 1000, tz=UTC)
        return hmac.compare_digest(sign.encode(), expected) and abs(age) <= FRESH_FOR

    async def _answer(self, to: str, message: Message) -> None:
        self.recent_sends.record_answer(to)
        outcome = await self.send(to, message)
        if not isinstance(outcome, Sent):
            # Nothing of the person: the kind of outcome only.
            log.warning("an answer was not sent", account=self.account, why=type(outcome).__name__)

    # What goes out

    def ways(self, message: Message, kind: NoticeKind | None) -> Sequence[Way]:
        return directly(message, kind)

    async def send(self, to: str, message: Message) -> Outcome:
        try:
            told = await self._api.send(to, *self._rendered(message))
        except NotConnected as error:
            return TryLater(SOON, str(error), whole_account=True, is_silent=True)
        except (Broken, TimeoutError) as error:
            return Doubtful(type(error).__name__)
        except Failed as error:
            return self._outcome_of(error)
        if to in told.get("invalidStaffIdList", ()):
            return Unreachable(Reason.DEACTIVATED)
        if to in told.get("flowControlledStaffIdList", ()):
            return TryLater(LATER, "this person has had enough for a while")
        return Sent(str(told.get("processQueryKey", "")))

    def _outcome_of(self, error: Failed) -> Outcome:
        if error.status == 401 or error.code == "InvalidAuthentication":
            self._api.forget_token()
            return TryLater(SOON, str(error), whole_account=True)
        if error.status == 429 or "Throttling" in error.code or "QpsLimit" in error.code:
            return TryLater(SOON, str(error), whole_account=True)
        if error.status >= 500:
            return TryLater(SOON, str(error), whole_account=True)
        return Refused(str(error))

    async def responds(self) -> bool:
        try:
            await self._api.token()
        except (NotConnected, Broken, TimeoutError):
            return False
        except Failed:
            return True
        return True

    def _rendered(self, message: Message) -> tuple[str, dict[str, str]]:
        """The message as DingTalk's template and its fields.

        A button is a link that writes its label for the person; the station reads it as the press.
        """
        links = [_writes(each.label) for each in message.buttons if each.data]
        links += [f"[{_plain(each.label)}]({each.url})" for each in message.buttons if each.url]
        links += [_writes(str(each.number), each.label) for each in message.choices]
        links += self._files(message)
        if not links:
            return "sampleText", {"content": message.text}
        body = "  \n".join(map(_plain, message.text.split("\n")))
        title = message.text.partition("\n")[0][:40]
        return "sampleMarkdown", {"title": title, "text": "\n\n".join((body, *links))}

    def _files(self, message: Message) -> list[str]:
        link_to = self._services.link_to
        found = []
        if message.picture and (link := link_to(f"/pictures/{message.picture}")):
            found.append(f"![]({link})")
        if message.file is not None and (link := self._services.file_link(message.file)):
            found.append(f"[{_plain(message.file.name)}]({link})")
        return found


def _decoded(account: str, body: bytes) -> Incoming | None:
    try:
        read: Any = orjson.loads(body)
    except ValueError:
        return None
    if not isinstance(read, dict) or str(read.get("conversationType")) != ONE_PERSON:
        return None
    address, key = read.get("senderStaffId"), read.get("msgId")
    if not (isinstance(address, str) and isinstance(key, str) and address and key):
        return None
    text = read.get("text")
    content = text.get("content") if isinstance(text, dict) else None
    return Incoming(
        account=account,
        address=address[:64],
        key=key[:128],
        text=content.strip() if isinstance(content, str) else "",
        name=str(read.get("senderNick", "")),
        language="zh",
        not_text=read.get("msgtype") != "text",
        unnumbered=False,
    )


def _writes(words: str, label: str = "") -> str:
    """A link that writes these words into the chat, as the person."""
    shown = f"{words} {label}" if label else words
    return f"[{_plain(shown)}](dtmd://dingtalkclient/sendMessage?content={quote(words)})"


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
