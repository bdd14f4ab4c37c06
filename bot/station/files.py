"""Attachments: made on demand, and linked for channels that cannot carry files."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson
import structlog
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels import File, LinkTo
from bot.channels.browsers import language_of
from bot.channels.web.visitors import ACCOUNT, address_in
from bot.conversation.messages import PICTURE, QR, Attachment
from bot.conversation.routing import Maker, MayHave
from bot.station import no_file, printing
from bot.station.no_file import FileRefused, NoFile
from handlers.events.calendars import words_for
from models.events import calendars, pictures
from models.members.profile import with_calendar_key
from models.network import members
from models.rules.languages import DEFAULT, LANGUAGES, Translated
from models.sending import reach
from models.store import Store, StoreDown
from papers.facts import Order

log = structlog.get_logger(__name__)

LINK_LASTS = timedelta(hours=1)
A_SECOND = timedelta(seconds=1)
"""Links hold whole seconds."""
SHORT_LINK_LASTS = timedelta(minutes=10)
"""For files with a right to ask for, on platforms whose links are opened without a cookie."""

YEAR_SECONDS = 365 * 24 * 3600
PRIVATE_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Files:
    """Makes attachments outside write transactions.

    A link holds the whole attachment, signed with ``key`` by HMAC-SHA256, and expires. Whether a
    file may be had is asked of ``rights`` each time it is made, for makers that stand there.
    ``language`` is for whoever opens a link that leads nowhere, and names none.
    """

    def __init__(
        self,
        store: Store,
        makers: Mapping[str, Maker],
        link_to: LinkTo,
        key: bytes,
        now: Callable[[], datetime],
        *,
        rights: Mapping[str, MayHave] | None = None,
        language: str = DEFAULT,
    ) -> None:
        self._store = store
        self._rights = rights or {}
        self._makers = makers
        self._link_to = link_to
        self._key = key
        self._now = now
        self._language = language

    async def make(self, attachment: Attachment) -> File:
        """Make the file.

        Raises LookupError or NoResultFound when its rows are gone, or the right to it.
        """
        content: bytes | Order
        if attachment.maker == QR:
            content = await asyncio.to_thread(self._draw_code, str(attachment.args[0]))
        elif attachment.maker == PICTURE:
            picture = await self._store.read(pictures.named, str(attachment.args[0]))
            if picture is None:
                raise FileRefused(NoFile.NO_PICTURE)
            content = picture[1]
        else:
            content = await self._store.read(self._made, attachment, self._now())
        if isinstance(content, Order):
            content = await printing.draw(content.addressed(self._link_to))
        return File(attachment.name, attachment.media_type, content)

    def _made(self, session: Session, attachment: Attachment, now: datetime) -> bytes | Order:
        may = self._rights.get(attachment.maker)
        if may is not None and not may(session, now, *attachment.args):
            raise FileRefused(NoFile.NO_RIGHT)
        return self._makers[attachment.maker](session, *attachment.args)

    def link(self, attachment: Attachment, visitor: str = "") -> str:
        """A link that works for ``LINK_LASTS``; a path where the station has no public address.

        Only ``visitor`` can open it, and only until they leave the page or are signed out of it.
        Without one, a file with a right to ask for is linked for
        ``SHORT_LINK_LASTS`` only.
        """
        is_open = not visitor and attachment.maker in self._rights
        until = int((self._now() + (SHORT_LINK_LASTS if is_open else LINK_LASTS)).timestamp())
        kept = (attachment.name, attachment.media_type, attachment.maker, attachment.args)
        payload = orjson.dumps([*kept, until, _named(visitor)])
        path = f"/files/{_text(self._sign(payload) + payload)}"
        return self._link_to(path) or path

    def _draw_code(self, path: str) -> bytes:
        """A QR code (PNG) of a path's public address.

        Without a public address it holds the path's last part, which can be typed.
        """
        import segno

        drawn = BytesIO()
        content = self._link_to(path) or path.rpartition("/")[2]
        segno.make(content, error="m").save(drawn, kind="png", scale=8, border=4)
        return drawn.getvalue()

    def routes(self) -> list[BaseRoute]:
        """The routes of linked attachments and of pictures."""
        return [
            Route("/files/{token}", self._serve, methods=["GET"]),
            Route("/pictures/{name}", self._show_picture, methods=["GET"]),
        ]

    async def _show_picture(self, request: Request) -> Response:
        """Serve a picture by its name, which holds a hash of its content and is the only key."""
        picture = await self._store.read(pictures.named, request.path_params["name"])
        if picture is None:
            return no_file.page(NoFile.NO_PICTURE, language_of(request, self._language))
        media_type, content = picture
        headers = {
            **PRIVATE_HEADERS,
            "Cache-Control": f"private, max-age={YEAR_SECONDS}, immutable",
        }
        return Response(content, media_type=media_type, headers=headers)

    async def _serve(self, request: Request) -> Response:
        visitor = address_in(request)
        try:
            file = await self._linked(request.path_params["token"], visitor)
        except FileRefused as refused:
            theirs = await self._store.read(members.language_at, ACCOUNT, visitor)
            language = theirs if theirs in LANGUAGES else language_of(request, self._language)
            return no_file.page(refused.why, language)
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        headers = {**PRIVATE_HEADERS, "Content-Disposition": disposition}
        return Response(file.content, media_type=file.media_type, headers=headers)

    async def _linked(self, token: str, visitor: str) -> File:
        """The file of a link that this visitor opens; raises FileRefused."""
        attachment, linked_at = self._read(token, visitor)
        if linked_at is not None and not await self._store.read(
            reach.is_known_since, ACCOUNT, visitor, linked_at + A_SECOND
        ):
            raise FileRefused(NoFile.SIGNED_OUT)
        try:
            return await self.make(attachment)
        except (FileRefused, StoreDown):
            raise
        except (LookupError, NoResultFound):
            raise FileRefused(NoFile.GONE) from None
        except Exception:
            log.exception("file_not_made", maker=attachment.maker)
            raise FileRefused(NoFile.FAILED) from None

    def _read(self, token: str, visitor: str) -> tuple[Attachment, datetime | None]:
        """The signed attachment, and when it was linked where the link is a visitor's.

        Raises FileRefused when the link is wrong, has expired or is another's.
        """
        try:
            whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            raise FileRefused(NoFile.UNKNOWN) from None
        signature, payload = whole[:16], whole[16:]
        if not hmac.compare_digest(signature, self._sign(payload)):
            raise FileRefused(NoFile.UNKNOWN)
        name, media_type, maker, args, until, *owner = orjson.loads(payload)
        if self._now().timestamp() > until:
            raise FileRefused(NoFile.EXPIRED)
        attachment = Attachment(name, media_type, maker, tuple(args))
        if not (owner and owner[0]):
            return attachment, None
        if owner[0] != _named(visitor):
            raise FileRefused(NoFile.NOT_YOURS)
        return attachment, datetime.fromtimestamp(until, UTC) - LINK_LASTS

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, b"file:" + payload, hashlib.sha256)[:16]


def calendar_routes(
    store: Store,
    zone: ZoneInfo,
    now: Callable[[], datetime],
    called: Translated,
    language: str = DEFAULT,
) -> list[BaseRoute]:
    """The route of members' calendars (iCalendar), each under a secret key of its own.

    They are named after what the station is ``called``; ``language`` is the station's own.
    """

    def calendar(session: Session, key: str) -> bytes | None:
        member = with_calendar_key(session, key)
        if member is None:
            return None
        words = words_for(member.language, called)
        return calendars.of_member(session, member, words, zone, now())

    async def serve(request: Request) -> Response:
        content = await store.read(calendar, request.path_params["key"])
        if content is None:
            return no_file.page(NoFile.NO_CALENDAR, language_of(request, language))
        return Response(content, media_type="text/calendar", headers=PRIVATE_HEADERS)

    return [Route("/calendar/{key}.ics", serve, methods=["GET"])]


def _named(visitor: str) -> str:
    """A visitor as a link names them, which stands in the logs of proxies."""
    return hashlib.sha256(visitor.encode()).hexdigest()[:16] if visitor else ""


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
