"""The page for a screen at the door: it shows the event's code, which changes by itself.

``/door/TOKEN`` is the page and ``/door/TOKEN.svg`` the code. Both are for whoever may check people
in: they end when that right does, and with the event.
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from html import escape
from io import BytesIO

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import LinkTo
from bot.channels.browsers import language_of
from bot.conversation.language import phrasebook
from bot.conversation.messages import say
from bot.station import no_file
from bot.station.no_file import NoFile
from models.events import doors
from models.rules.languages import DEFAULT
from models.store import Store

STYLE = (
    ":root{color-scheme:light}body{margin:0;min-height:100vh;display:flex;flex-direction:column;"
    "align-items:center;justify-content:center;background:#fff;color:#111;"
    "font:1.5rem/1.4 system-ui,sans-serif;text-align:center}"
    "img{width:min(80vw,70vh);height:auto}p{margin:.5rem 1rem}"
)
SCRIPT = (
    # A picture that does not come leaves the last one, and the next try follows.
    "const code=document.querySelector('img');setInterval(()=>{const next=new Image();"
    "next.onload=()=>{code.src=next.src};"
    "next.src=location.pathname+'.svg?'+Math.floor(Date.now()/5000)},5000)"
)
POLICY = "default-src 'none'; img-src 'self'; style-src 'sha256-{}'; script-src 'sha256-{}'"


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


HEADERS = {
    **no_file.HEADERS,
    "Content-Security-Policy": POLICY.format(_hash(STYLE), _hash(SCRIPT)),
}
PICTURE_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def door_routes(
    store: Store,
    link_to: LinkTo,
    now: Callable[[], datetime],
    language: str = DEFAULT,
) -> list[BaseRoute]:
    """The routes of the page and of its code; ``link_to`` makes a public address of a path."""

    async def page(request: Request) -> Response:
        shown = await store.read(doors.page_of, request.path_params["token"], now())
        spoken = language_of(request, language)
        if shown is None:
            return no_file.page(NoFile.NO_DOOR, spoken)
        in_words = phrasebook().into(spoken)
        name = escape(in_words(shown.title))
        source = escape(f"{request.url.path}.svg")
        scan = escape(in_words(say("Scan this to check in.")))
        return HTMLResponse(
            f'<!doctype html><html lang="{spoken}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{name}</title><style>{STYLE}</style>"
            f'<p>{name}</p><img src="{source}" alt=""><p>{scan}</p>'
            f"<script>{SCRIPT}</script></html>",
            headers=HEADERS,
        )

    async def picture(request: Request) -> Response:
        shown = await store.read(doors.page_of, request.path_params["token"], now())
        if shown is None:
            return Response(status_code=404)
        content = link_to(shown.path) or shown.path.rpartition("/")[2]
        drawn = await asyncio.to_thread(_draw, content)
        return Response(drawn, media_type="image/svg+xml", headers=PICTURE_HEADERS)

    return [
        Route("/door/{token}.svg", picture, methods=["GET"]),
        Route("/door/{token}", page, methods=["GET"]),
    ]


def _draw(content: str) -> bytes:
    import segno

    drawn = BytesIO()
    segno.make(content, error="m").save(drawn, kind="svg", scale=8, border=4, xmldecl=False)
    return drawn.getvalue()
