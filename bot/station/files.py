"""Attachments: made when they are asked for, and linked for whoever cannot be handed a file."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels import File, LinkTo
from bot.conversation.messages import PICTURE, QR, Attachment
from models.events import calendars, pictures
from models.network import members
from models.store import Store

Maker = Callable[..., bytes]

LINK_LASTS = timedelta(hours=1)
A_YEAR = 365 * 24 * 3600
GUARDS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Files:
    """Makes attachments off the writer. A link holds the whole attachment, signed with ``key``."""

    def __init__(
        self,
        store: Store,
        makers: Mapping[str, Maker],
        link_to: LinkTo,
        key: bytes,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._makers = makers
        self._link_to = link_to
        self._key = key
        self._now = now

    async def make(self, attachment: Attachment) -> File:
        """The file; raises LookupError when what it was about is gone."""
        content: bytes
        if attachment.maker == QR:
            content = await asyncio.to_thread(self._draw_code, str(attachment.args[0]))
        elif attachment.maker == PICTURE:
            found = await self._store.read(pictures.named, str(attachment.args[0]))
            if found is None:
                raise LookupError("the picture is gone")
            content = found[1]
        else:
            maker = self._makers[attachment.maker]
            content = await self._store.read(maker, *attachment.args)
        return File(attachment.name, attachment.media_type, content)

    def link(self, attachment: Attachment) -> str:
        """A link that works for an hour; a path where the station has no public address."""
        until = int((self._now() + LINK_LASTS).timestamp())
        said = orjson.dumps(
            [attachment.name, attachment.media_type, attachment.maker, attachment.args, until]
        )
        path = f"/files/{_text(self._sign(said) + said)}"
        return self._link_to(path) or path

    def _draw_code(self, path: str) -> bytes:
        """A path of this station as a QR code.

        Where the station has no address it is the path's last part, which can be typed.
        """
        import segno

        drawn = BytesIO()
        said = self._link_to(path) or path.rpartition("/")[2]
        segno.make(said, error="m").save(drawn, kind="png", scale=8, border=4)
        return drawn.getvalue()

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/files/{token}", self._serve, methods=["GET"]),
            Route("/pictures/{name}", self._show_picture, methods=["GET"]),
        ]

    async def _show_picture(self, request: Request) -> Response:
        """A kept picture, to whoever knows its name, which holds a hash of its content."""
        found = await self._store.read(pictures.named, request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        media_type, content = found
        headers = {**GUARDS, "Cache-Control": f"private, max-age={A_YEAR}, immutable"}
        return Response(content, media_type=media_type, headers=headers)

    async def _serve(self, request: Request) -> Response:
        attachment = self._read(request.path_params["token"])
        if attachment is None:
            raise HTTPException(404)
        try:
            file = await self.make(attachment)
        except (LookupError, NoResultFound):
            raise HTTPException(404) from None
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        headers = {**GUARDS, "Content-Disposition": disposition}
        return Response(file.content, media_type=file.media_type, headers=headers)

    def _read(self, token: str) -> Attachment | None:
        """What was signed; None for anything else, and for what is too old."""
        try:
            whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        signature, said = whole[:16], whole[16:]
        if not hmac.compare_digest(signature, self._sign(said)):
            return None
        name, media_type, maker, args, until = orjson.loads(said)
        if self._now().timestamp() > until:
            return None
        return Attachment(name, media_type, maker, tuple(args))

    def _sign(self, said: bytes) -> bytes:
        return hmac.digest(self._key, b"file:" + said, hashlib.sha256)[:16]


def calendar_routes(store: Store, zone: ZoneInfo, now: Callable[[], datetime]) -> list[BaseRoute]:
    """The calendars that people subscribe to, under a secret of their own."""

    def calendar(session: Session, key: str) -> bytes | None:
        member = members.with_calendar_key(session, key)
        if member is None or member.id is None:
            return None
        return calendars.of_member(session, member.id, zone, now())

    async def serve(request: Request) -> Response:
        content = await store.read(calendar, request.path_params["key"])
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type="text/calendar", headers=GUARDS)

    return [Route("/calendar/{key}.ics", serve, methods=["GET"])]


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
