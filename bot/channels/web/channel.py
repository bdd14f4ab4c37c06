"""The chat page of the station's own: a cookie for identity, events for what comes later.

Nothing that is said here is kept by this channel. The page keeps its transcript in the browser; the
store knows a visitor by the hash of the cookie only.
"""

import asyncio
import contextlib
import hashlib
import math
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.channels import FileLink, LinkTo, Listen, MakeFile, Outcome, Sent, directly
from bot.channels.pushes import PAYLOAD, deep_link_route
from bot.channels.rates import Buckets, Spoken
from bot.channels.web.assets import Page, serve
from bot.conversation.messages import MAX_PACKED, Attachment, Incoming, Message, Picture, say
from models.rules.events.picturing import LARGEST, media_type_of
from models.store import StoreDown

Missed = Callable[[str, int], Awaitable[list[tuple[int, Message]]]]
"""The messages of finished deliveries for an address after a place, with their own, oldest first.

A place is a whole number below 2**53 that grows in the order in which deliveries were *finished*:
a row's own id will not do, for a delivery planned early and held back by quiet hours would end
behind one the page has seen already. A full answer may be cut short; the rest is asked for at once.
"""

PAGE = Path(__file__).parent / "page"
NAMES = {"zh": "创思驿站", "en": "Yizhan station"}
"""What the page calls the station, in each language, where nothing else is said."""

BODY_LIMIT = 16 * 1024
TEXT_LIMIT = 2000
STREAMS_PER_ADDRESS = 10
HEARTBEAT = 20.0
A_YEAR = 365 * 24 * 3600

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
GUARDS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

log = structlog.get_logger(__name__)


class _Bad(Exception):
    """What the request deserves instead of an answer."""

    def __init__(self, status: int, why: str, retry_after: float = 0) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class _Visitor:
    cookie: str
    address: str
    is_new: bool


class Web:
    """The web chat as a channel.

    ``listen`` and ``missed`` are the station; the page's addresses are hashes of 256 random bits.
    ``names`` is what the station calls itself in "zh" and "en".
    ``link_to`` says what the station's public origin is, for a proxy that changes the Host header.
    """

    platform = say("web page")
    is_windowed = False
    notifies = False

    def __init__(
        self,
        *,
        listen: Listen,
        make_file: MakeFile,
        file_link: FileLink,
        link_to: LinkTo,
        missed: Missed,
        secure_cookies: bool,
        account: str = "web.chat",
        names: Mapping[str, str] | None = None,
        look_every: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        per_address: Buckets | None = None,
        per_client: Buckets | None = None,
    ) -> None:
        self.account = account
        self.messages_per_second = 1000.0
        self.shards = 1
        self.spoken = Spoken()
        self._listen = listen
        self._make_file = make_file
        self._file_link = file_link
        self._origin = link_to("/").rstrip("/")
        self._missed = missed
        self._secure = secure_cookies
        # A browser takes this prefix only over TLS and from this very host (RFC 6265bis).
        self._cookie = "__Host-chat" if secure_cookies else "chat"
        self._look_every = look_every
        self._clock = clock
        self._per_address = per_address or Buckets(per_second=2, burst=60)
        # A whole factory may sit behind one address of the net.
        self._per_client = per_client or Buckets(per_second=50, burst=500)
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._stopping = False
        self._page = Page.read(
            PAGE, {NAMES[language]: name for language, name in (names or NAMES).items()}
        )

    # The channel

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/chat", self._show_page, methods=["GET"]),
            Route("/chat/static/{name}", self._show_static, methods=["GET"]),
            Route("/chat/messages", self._take_message, methods=["POST"]),
            Route("/chat/pictures", self._take_picture, methods=["POST"]),
            Route("/chat/stream", self._open_stream, methods=["GET"]),
            deep_link_route(self.account, _open_page),
        ]

    async def start(self) -> None:
        self._stopping = False

    async def stop(self) -> None:
        self.close_streams()

    def close_streams(self) -> None:
        """End every open stream, and refuse new ones.

        For the moment a signal arrives: uvicorn closes an application only after its last response
        has ended, and a stream ends only by this.
        """
        self._stopping = True
        self.announce_all()

    ways = staticmethod(directly)

    async def send(self, to: str, message: Message) -> Outcome:
        """Say Sent at once: the message travels when its delivery has been settled.

        The words stay on the delivery's row; open pages are shown them by ``missed`` when they are
        announced or look again, and a page that is closed now at its next visit. So a page that
        was away for a second and one that was away for a week are served in the same way, and
        nothing is shown that was not settled.
        """
        return Sent()

    def announce(self, address: str) -> None:
        """Let the open pages of this address look for deliveries now, not at their next look."""
        for bell in self._bells.get(address, ()):
            bell.set()

    def announce_all(self) -> None:
        """Let every open page look now: something may have been missed."""
        for address in list(self._bells):
            self.announce(address)

    # The page

    async def _show_page(self, request: Request) -> Response:
        visitor = self._visitor(request)
        headers = {**GUARDS, "Cache-Control": "no-cache, private"}
        response = serve(request, self._page.index, headers)
        self._remember(visitor, response)
        return response

    async def _show_static(self, request: Request) -> Response:
        asset = self._page.static.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404, headers=GUARDS)
        named = request.query_params.get("v") == asset.tag
        caching = f"public, max-age={A_YEAR}, immutable" if named else "no-cache"
        return serve(request, asset, {**GUARDS, "Cache-Control": caching})

    # Messages

    async def _take_message(self, request: Request) -> Response:
        """A message in words, a press or a link."""
        return await self._take(request, self._decode_message)

    async def _take_picture(self, request: Request) -> Response:
        """A picture as the body; what a message says in its body stands in the address here."""
        return await self._take(request, self._decode_picture)

    async def _take(
        self,
        request: Request,
        decode: Callable[[_Visitor, Request], Awaitable[Incoming]],
    ) -> Response:
        visitor = self._visitor(request)
        try:
            self._check_origin(request)
            incoming = await decode(visitor, request)
            self._check_rate(request, visitor)
            message = await self._listen(incoming)
            shown = await self._shown(message) if message is not None else None
            response = _json(200, {"reply": shown})
        except _Bad as bad:
            response = _refusal(bad)
        except StoreDown:
            response = _refusal(_Bad(503, "the station cannot keep anything now", 2))
        self._remember(visitor, response)
        return response

    async def _decode_picture(self, visitor: _Visitor, request: Request) -> Incoming:
        given = request.query_params
        content = await _body(request, LARGEST)
        media_type = media_type_of(content)
        if not media_type:
            raise _Bad(415, "this is no picture")
        return Incoming(
            account=self.account,
            address=visitor.address,
            key=f"{visitor.address[:16]}:{_checked(_ID, given.get('id'), 'id')}",
            language=_language(given.get("language", "zh")),
            not_text=True,
            picture=Picture(media_type, content),
        )

    async def _decode_message(self, visitor: _Visitor, request: Request) -> Incoming:
        body = await _json_body(request)
        given = {name: body[name] for name in ("text", "press", "link") if name in body}
        if len(given) != 1:
            raise _Bad(400, "one of text, press and link is needed")
        name, value = next(iter(given.items()))
        if not isinstance(value, str):
            raise _Bad(400, f"{name} is not a string")
        return Incoming(
            account=self.account,
            address=visitor.address,
            key=f"{visitor.address[:16]}:{_checked(_ID, body.get('id'), 'id')}",
            text=_text(value) if name == "text" else "",
            press=_press(value) if name == "press" else "",
            link=_checked(PAYLOAD, value, "link") if name == "link" else "",
            language=_language(body.get("language", "zh")),
        )

    async def _shown(self, message: Message) -> dict[str, Any]:
        """The message as the page reads it."""
        return {
            "text": message.text,
            "choices": [asdict(each) for each in message.choices],
            "buttons": [asdict(each) for each in message.buttons],
            "file": await self._file(message.file) if message.file is not None else None,
            "picture": f"/pictures/{message.picture}" if message.picture else "",
            "edit": message.edit,
            "forget": message.forget,
            "language": message.language,
        }

    async def _file(self, attachment: Attachment) -> dict[str, Any]:
        """The card of a file: its link on this very host where it is ours, and its size."""
        link = self._file_link(attachment)
        if self._origin and link.startswith(self._origin + "/"):
            link = link.removeprefix(self._origin)
        card: dict[str, Any] = {
            "name": attachment.name,
            "url": link,
            "media_type": attachment.media_type,
        }
        try:
            card["size"] = len((await self._make_file(attachment)).content)
        except Exception as problem:
            # What the file was about may be gone by now; its message is still worth reading.
            log.warning("file_not_made", maker=attachment.maker, problem=type(problem).__name__)
        return card

    # The stream

    async def _open_stream(self, request: Request) -> Response:
        visitor = self._visitor(request)
        try:
            self._check_origin(request)
            after = max(_place(request.query_params.get("after")), _place(_last_seen(request)))
            self._check_client(request)
            if self._stopping:
                raise _Bad(503, "the station is closing", 2)
            if len(self._bells.get(visitor.address, ())) >= STREAMS_PER_ADDRESS:
                raise _Bad(429, "too many open pages", 30)
        except _Bad as bad:
            return _refusal(bad)
        # X-Accel-Buffering tells nginx to pass every event on at once.
        headers = {**GUARDS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        kind = "text/event-stream"
        if request.method == "HEAD":
            return Response(media_type=kind, headers=headers)
        events = self._events(visitor.address, after)
        response = StreamingResponse(events, media_type=kind, headers=headers)
        self._remember(visitor, response)
        return response

    async def _events(self, address: str, after: int) -> AsyncIterator[bytes]:
        """Everything finished after a place, then what is finished while the page stays open."""
        bell = asyncio.Event()
        self._bells.setdefault(address, set()).add(bell)
        try:
            yield b"retry: 2000\n\n"
            silent_since = self._clock()
            while not self._stopping:
                bell.clear()
                found = await self._look(address, after)
                for event in [await self._event(*each) for each in _named(found)]:
                    yield event
                if found:
                    after = found[-1][0]
                    silent_since = self._clock()
                    continue
                if self._clock() - silent_since >= HEARTBEAT:
                    silent_since = self._clock()
                    yield b": still here\n\n"
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), self._look_every)
        finally:
            rest = self._bells[address]
            rest.discard(bell)
            if not rest:
                del self._bells[address]

    async def _event(self, name: str, place: int | None, message: Message) -> bytes:
        data = orjson.dumps({"name": name, **await self._shown(message)})
        return (b"id: %d\n" % place if place is not None else b"") + b"data: %b\n\n" % data

    async def _look(self, address: str, after: int) -> list[tuple[int, Message]]:
        try:
            found = await self._missed(address, after)
        except StoreDown:
            log.warning("stream_cannot_look")
            return []
        return [(place, message) for place, message in found if place > after]

    # Who asks, and whether they may

    def _visitor(self, request: Request) -> _Visitor:
        known = request.cookies.get(self._cookie, "")
        is_new = _TOKEN.fullmatch(known) is None
        cookie = secrets.token_urlsafe(32) if is_new else known
        return _Visitor(cookie, hashlib.sha256(cookie.encode()).hexdigest(), is_new)

    def _remember(self, visitor: _Visitor, response: Response) -> None:
        response.set_cookie(
            self._cookie,
            visitor.cookie,
            max_age=A_YEAR,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def _check_origin(self, request: Request) -> None:
        """Refuse what another site's page sends; browsers say who asks, other programs need not."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise _Bad(403, "another site's request")
        origin = request.headers.get("origin")
        if origin is None or origin == self._origin:
            return
        # Not read as an address: what is malformed is another site's, and no error of ours.
        if origin.partition("://")[2] != request.headers.get("host"):
            raise _Bad(403, "another site's request")

    def _check_rate(self, request: Request, visitor: _Visitor) -> None:
        self._check_client(request)
        wait = self._per_address.wait(visitor.address, self._clock())
        if wait:
            raise _Bad(429, "too many messages", wait)

    def _check_client(self, request: Request) -> None:
        client = request.client.host if request.client is not None else ""
        wait = self._per_client.wait(client, self._clock())
        if wait:
            raise _Bad(429, "too many requests", wait)


def _open_page(payload: str) -> Response:
    """The page, with the payload of a link or a code."""
    return RedirectResponse(f"/chat?start={payload}", headers=GUARDS)


def _named(found: list[tuple[int, Message]]) -> Iterator[tuple[str, int | None, Message]]:
    """The messages with names of their own, and the place to go on from after each.

    Several may have been finished in one moment. Only the last of them moves the reader on, so that
    a connection which breaks between them loses none; by their names the page shows none twice.
    """
    turn = 0
    for index, (place, message) in enumerate(found):
        turn = turn + 1 if index and found[index - 1][0] == place else 0
        is_last = index + 1 == len(found) or found[index + 1][0] != place
        yield f"{place}-{turn}", place if is_last else None, message


# Reading what came


async def _body(request: Request, limit: int) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise _Bad(413, "too long")
    except ClientDisconnect:
        raise _Bad(400, "cut off") from None
    return bytes(body)


async def _json_body(request: Request) -> Mapping[str, Any]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise _Bad(415, "JSON is needed")
    try:
        decoded = orjson.loads(await _body(request, BODY_LIMIT))
    except orjson.JSONDecodeError:
        raise _Bad(400, "not JSON") from None
    if not isinstance(decoded, dict):
        raise _Bad(400, "not an object")
    return decoded


def _checked(pattern: re.Pattern[str], value: Any, name: str) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise _Bad(400, f"{name} is malformed")
    return value


def _text(value: str) -> str:
    # Control characters mean nothing here, and PostgreSQL takes no NUL in a text.
    text = _CONTROLS.sub("", value.replace("\r\n", "\n")).strip()
    if not text:
        raise _Bad(400, "text is empty")
    if len(text) > TEXT_LIMIT:
        raise _Bad(400, f"text is longer than {TEXT_LIMIT} characters")
    return text


def _press(value: str) -> str:
    if not value or len(value.encode()) > MAX_PACKED or _CONTROLS.search(value):
        raise _Bad(400, "press is malformed")
    return value


def _language(value: Any) -> str:
    if value not in ("zh", "en"):
        raise _Bad(400, "language is neither zh nor en")
    return str(value)


def _last_seen(request: Request) -> str | None:
    return request.headers.get("last-event-id")


def _place(value: str | None) -> int:
    if not value:
        return 0
    if not value.isascii() or not value.isdecimal() or len(value) > 16:
        raise _Bad(400, "not a place")
    return int(value)


# Answering


def _json(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={**GUARDS, "Cache-Control": "no-store", **(headers or {})},
    )


def _refusal(bad: _Bad) -> Response:
    headers = {"Retry-After": str(math.ceil(bad.retry_after))} if bad.retry_after else {}
    return _json(bad.status, {"error": bad.why}, headers)
