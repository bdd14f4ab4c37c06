"""The station's own chat page: replies as JSON, later messages as server-sent events.

This channel stores nothing. The page keeps its transcript in the browser, and the store knows a
visitor by the hash of the cookie only.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.channels import Outcome, Sent, Services, directly
from bot.channels.pushes import PAYLOAD, deep_link_route
from bot.channels.rates import RecentSends
from bot.channels.web import words
from bot.channels.web.alerts import Alerts
from bot.channels.web.assets import Page, serve
from bot.channels.web.requests import (
    GUARDS,
    MESSAGE_ID,
    RequestRefused,
    json_body,
    json_response,
    known_language,
    matching,
    message_text,
    place_of,
    press_data,
    refusal,
    whole_body,
)
from bot.channels.web.subscribing import Subscribing
from bot.channels.web.visitors import ACCOUNT, Visitor, Visitors, client_of
from bot.conversation.incoming import Incoming, Picture, Sound, Voice
from bot.conversation.messages import Attachment, Message, say
from models.rules.contests.recording import format_of
from models.rules.events.picturing import LARGEST, media_type_of
from models.rules.languages import Translated
from models.rules.sending.buckets import Buckets
from models.store import StoreDown

Missed = Callable[[str, int], Awaitable[list[tuple[int, Message]]]]
"""The messages of finished deliveries for an address after a place, with their own, oldest first.

A place is a whole number below 2**53 that grows in the order in which deliveries were *finished*:
a row's own id will not do, for a delivery planned early and held back by quiet hours would end
behind one the page has seen already. A full answer may be cut short; the rest is asked for at once.
"""

PAGE = Path(__file__).parent / "page"

STREAMS_PER_ADDRESS = 10
HEARTBEAT = 45.0
"""How often a silent stream sends a comment; nginx closes one that is silent for a minute."""

LOOK_AGAIN = 5.0
"""How soon a page looks again that the store could not answer."""

A_YEAR = 365 * 24 * 3600


log = structlog.get_logger(__name__)


class Web:
    """The web chat as a channel.

    ``missed`` finds finished deliveries. ``called`` is what the station calls itself. ``alerts``
    tells browsers whose page is closed; None where nobody does.
    An open page looks for new messages every ``look_every`` seconds; ``clock`` returns seconds.
    """

    platform = say("web page")
    is_windowed = False
    notifies = False
    by_cookie = True

    def __init__(
        self,
        *,
        services: Services,
        missed: Missed,
        secure_cookies: bool,
        account: str = ACCOUNT,
        alerts: Alerts | None = None,
        called: Translated = words.CALLED,
        look_every: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        per_address: Buckets | None = None,
        per_client: Buckets | None = None,
    ) -> None:
        self.account = account
        self.messages_per_second = 1000.0
        self.shards = 1
        self.recent_sends = RecentSends()
        self._services = services
        self._origin = services.link_to("/").rstrip("/")
        self._missed = missed
        self._look_every = look_every
        self._clock = clock
        self._visitors = Visitors(
            origin=self._origin,
            secure_cookies=secure_cookies,
            clock=clock,
            per_address=per_address,
            per_client=per_client,
        )
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._stopping = False
        scripts = {"languages.js": words.script(called)}
        self._page = Page.read(PAGE, scripts, words.blanks(called))
        self.alerts = alerts

    # The channel

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/chat", self._show_page, methods=["GET"]),
            Route("/chat/static/{name}", self._show_static, methods=["GET"]),
            Route("/chat/messages", self._take_message, methods=["POST"]),
            Route("/chat/pictures", self._take_picture, methods=["POST"]),
            Route("/chat/sounds", self._take_sound, methods=["POST"]),
            Route("/chat/stream", self._open_stream, methods=["GET"]),
            *self._alert_routes(),
            deep_link_route(self.account, _open_page),
        ]

    def _alert_routes(self) -> list[BaseRoute]:
        if self.alerts is None:
            return []
        return Subscribing(self.alerts, self._visitors, self._page.worker).routes()

    async def start(self) -> None:
        self._stopping = False

    async def stop(self) -> None:
        self.close_streams()
        if self.alerts is not None:
            await self.alerts.stop()

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

    async def responds(self) -> bool:
        """Say yes: no platform stands between the station and its pages."""
        return True

    def announce(self, address: str) -> None:
        """Let the open pages of this address look for deliveries now, not at their next look.

        Where none is open, its browser is alerted.
        """
        bells = self._bells.get(address, ())
        for bell in bells:
            bell.set()
        if not bells and self.alerts is not None:
            self.alerts.ring(address)

    def announce_all(self) -> None:
        """Let every open page look now: something may have been missed."""
        for bells in self._bells.values():
            for bell in bells:
                bell.set()

    # The page

    async def _show_page(self, request: Request) -> Response:
        visitor = self._visitors.of(request)
        headers = {**GUARDS, "Cache-Control": "no-cache, private"}
        response = serve(request, self._page.index, headers)
        self._visitors.remember(visitor, response)
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

    async def _take_sound(self, request: Request) -> Response:
        """A sound as the body, as ``_take_picture`` takes a picture."""
        return await self._take(request, self._decode_sound)

    async def _take(
        self,
        request: Request,
        decode: Callable[[Visitor, Request], Awaitable[Incoming]],
    ) -> Response:
        visitor = self._visitors.of(request)
        try:
            self._visitors.check_origin(request)
            incoming = await decode(visitor, request)
            self._visitors.check_rate(request, visitor)
            message = await self._services.listen(incoming)
            shown = await self._shown(message, visitor.address) if message is not None else None
            response = json_response(200, {"reply": shown})
        except RequestRefused as refused:
            response = refusal(refused)
        except StoreDown:
            response = refusal(RequestRefused(503, "the station cannot keep anything now", 2))
        else:
            if message is not None and message.forget:
                # Whoever writes next from this browser is somebody else.
                visitor = self._visitors.anew()
        self._visitors.remember(visitor, response)
        return response

    async def _decode_picture(self, visitor: Visitor, request: Request) -> Incoming:
        content = await whole_body(request, LARGEST)
        media_type = media_type_of(content)
        if not media_type:
            raise RequestRefused(415, "this is no picture")

        async def fetch() -> Picture:
            return Picture(media_type, content)

        return replace(self._without_words(visitor, request), fetch=fetch)

    async def _decode_sound(self, visitor: Visitor, request: Request) -> Incoming:
        content = await whole_body(request, LARGEST)
        kind = format_of(content)
        if not kind:
            raise RequestRefused(415, "this is no sound")

        async def fetch() -> Sound:
            return Sound(f"sound.{kind}", content)

        return replace(self._without_words(visitor, request), voice=Voice(fetch, size=len(content)))

    def _without_words(self, visitor: Visitor, request: Request) -> Incoming:
        given = request.query_params
        return Incoming(
            account=self.account,
            address=visitor.address,
            key=f"{visitor.address[:16]}:{matching(MESSAGE_ID, given.get('id'), 'id')}",
            language=known_language(given.get("language")),
            origin=client_of(request),
            not_text=True,
        )

    async def _decode_message(self, visitor: Visitor, request: Request) -> Incoming:
        body = await json_body(request)
        given = {name: body[name] for name in ("text", "press", "link") if name in body}
        if len(given) != 1:
            raise RequestRefused(400, "one of text, press and link is needed")
        name, value = next(iter(given.items()))
        if not isinstance(value, str):
            raise RequestRefused(400, f"{name} is not a string")
        return Incoming(
            account=self.account,
            address=visitor.address,
            key=f"{visitor.address[:16]}:{matching(MESSAGE_ID, body.get('id'), 'id')}",
            text=message_text(value) if name == "text" else "",
            press=press_data(value) if name == "press" else "",
            link=matching(PAYLOAD, value, "link") if name == "link" else "",
            language=known_language(body.get("language")),
            origin=client_of(request),
            unnumbered=True,
        )

    async def _shown(self, message: Message, address: str) -> dict[str, Any]:
        """The message as the page of this address reads it."""
        return {
            "text": message.text,
            "choices": [asdict(each) for each in message.choices],
            "buttons": [asdict(each) for each in message.buttons],
            "file": await self._file(message.file, address) if message.file is not None else None,
            "picture": f"/pictures/{message.picture}" if message.picture else "",
            "edit": message.edit,
            "forget": message.forget,
            "language": message.language,
            "passing": message.passing,
            "alerts": message.offers_alerts and self.alerts is not None,
        }

    async def _file(self, attachment: Attachment, address: str) -> dict[str, Any]:
        """The card of a file: its link on this very host where it is ours, and its size."""
        link = self._services.file_link(attachment, address)
        if self._origin and link.startswith(self._origin + "/"):
            link = link.removeprefix(self._origin)
        card: dict[str, Any] = {
            "name": attachment.name,
            "url": link,
            "media_type": attachment.media_type,
        }
        try:
            card["size"] = len((await self._services.make_file(attachment)).content)
        except Exception as problem:
            # What the file was about may be gone by now; its message is still worth reading.
            log.warning("file_not_made", maker=attachment.maker, problem=type(problem).__name__)
        return card

    # The stream

    async def _open_stream(self, request: Request) -> Response:
        visitor = self._visitors.of(request)
        try:
            self._visitors.check_origin(request)
            after = max(
                place_of(request.query_params.get("after")),
                place_of(request.headers.get("last-event-id")),
            )
            self._visitors.check_client(request)
            if self._stopping:
                raise RequestRefused(503, "the station is closing", 2)
            if len(self._bells.get(visitor.address, ())) >= STREAMS_PER_ADDRESS:
                raise RequestRefused(429, "too many open pages", 30)
        except RequestRefused as refused:
            return refusal(refused)
        # X-Accel-Buffering tells nginx to pass every event on at once.
        headers = {**GUARDS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        kind = "text/event-stream"
        if request.method == "HEAD":
            return Response(media_type=kind, headers=headers)
        events = self._events(visitor.address, after)
        response = StreamingResponse(events, media_type=kind, headers=headers)
        self._visitors.remember(visitor, response)
        return response

    async def _events(self, address: str, after: int) -> AsyncIterator[bytes]:
        """Everything finished after a place, then what is finished while the page stays open."""
        bell = asyncio.Event()
        self._bells.setdefault(address, set()).add(bell)
        try:
            yield b"retry: 2000\n\n"
            silent_since = look_at = self._clock()
            while not self._stopping:
                now = self._clock()
                if bell.is_set() or now >= look_at:
                    bell.clear()
                    found = await self._look(address, after)
                    wait = min(LOOK_AGAIN, self._look_every) if found is None else self._look_every
                    look_at = now + wait
                    named = _named(found or [])
                    for event in [await self._event(address, *each) for each in named]:
                        yield event
                    if found:
                        after = found[-1][0]
                        silent_since = look_at = self._clock()
                        continue
                if self._clock() - silent_since >= HEARTBEAT:
                    silent_since = self._clock()
                    yield b": still here\n\n"
                # An idle page costs a timer: it looks when its bell rings, and seldom by itself.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), min(HEARTBEAT, look_at - now))
        finally:
            rest = self._bells[address]
            rest.discard(bell)
            if not rest:
                del self._bells[address]

    async def _event(self, address: str, name: str, place: int | None, message: Message) -> bytes:
        data = orjson.dumps({"name": name, **await self._shown(message, address)})
        return (b"id: %d\n" % place if place is not None else b"") + b"data: %b\n\n" % data

    async def _look(self, address: str, after: int) -> list[tuple[int, Message]] | None:
        """The messages after a place; None where the store is down."""
        try:
            found = await self._missed(address, after)
        except StoreDown:
            log.warning("stream_cannot_look")
            return None
        return [(place, message) for place, message in found if place > after]


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
