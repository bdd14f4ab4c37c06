"""The second screen, ``/screen/TOKEN``: small documents that thousands read, behind a cache or not.

``now`` tells everything but the lines, ``lines`` those; both change at most a few times a second,
have an ETag, and tell a cache to keep them for a second. What people send comes in by POST.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from html import escape
from io import BytesIO
from pathlib import Path
from string import Template

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.channels import LinkTo
from bot.channels.web.assets import Asset, serve
from bot.channels.web.requests import GUARDS
from bot.conversation.language import phrasebook
from bot.station import no_file
from bot.station.copies import Copies, Copy
from bot.station.no_file import NoFile
from bot.station.public_pages import language_asked
from bot.station.screens import words
from bot.station.screens.taking import TAKES, Taking
from handlers.gala import shown
from models.network.stations import Care
from models.rules.languages import LANGUAGES
from models.store import Store

PAGE = Path(__file__).parent / "page"
SHORTLY = timedelta(milliseconds=200)
"""How long a copy is used here. A cache in front keeps it for up to a second, and a reader looks
every second, so that nobody is more than about two seconds behind."""

JSON, SVG = "application/json", "image/svg+xml"
SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex"),
]
PARTS = ("now", "lines", "code.svg")
LONGEST_TOKEN = 64


class Document:
    """An ASGI application that answers with copies of one ``part`` of a screen.

    Nothing else is done for most requests: what Starlette's own take costs as much again.
    """

    def __init__(
        self, part: str, copies: "Copies[tuple[str, str]]", now: Callable[[], datetime]
    ) -> None:
        self._part = part
        self._copies = copies
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token, copy = scope["path_params"]["token"], None
        if len(token) <= LONGEST_TOKEN:
            copy = await self._copies.get((token, self._part))
        if copy is None:
            missing = Response("{}", 404, media_type=JSON, headers={"Cache-Control": "no-store"})
            await missing(scope, receive, send)
            return
        tag = copy.tag.encode()
        headers = [
            *SAFE,
            (b"cache-control", b"public, max-age=1"),
            # nginx counts whole seconds: until the end of this one, so that it asks each second.
            (b"x-accel-expires", b"@%d" % int(self._now().timestamp())),
            (b"etag", tag),
        ]
        if any(name == b"if-none-match" and tag in said for name, said in scope["headers"]):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        headers += [
            (b"content-type", copy.media_type.encode()),
            (b"content-length", b"%d" % len(copy.content)),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        body = copy.content if scope["method"] != "HEAD" else b""
        await send({"type": "http.response.body", "body": body})


def screen_routes(
    store: Store,
    care: Care,
    now: Callable[[], datetime],
    own: str,
    link_to: LinkTo,
    *,
    secure_cookies: bool,
) -> list[BaseRoute]:
    """The routes of second screens; ``own`` is the station's language."""
    statics = _statics()

    async def make(asked: tuple[str, str]) -> Copy | None:
        token, part = asked
        if part == "code.svg":
            return Copy.of(_code(link_to(f"/screen/{token}")), SVG)
        if part == "now":
            told = await store.read(shown.now_on, token, care.zone, now())
        else:
            told = await store.read(shown.lines_on, token)
        return Copy.of(words.document(told, care.zone, now()), JSON) if told is not None else None

    async def make_page(asked: tuple[str, str]) -> Copy | None:
        token, language = asked
        title = await store.read(shown.titled, token, language)
        if title is None:
            return None
        return Copy.of(_page(title, language, token, statics, link_to).encode(), "text/html")

    pages = Copies(make_page, now)

    async def show(request: Request) -> Response:
        language = language_asked(request, own)
        token = request.path_params["token"]
        copy = await pages.get((token, language)) if len(token) <= LONGEST_TOKEN else None
        if copy is None:
            return no_file.page(NoFile.NO_SCREEN, language)
        headers = {
            **GUARDS,
            "Cache-Control": "public, max-age=1",
            "ETag": copy.tag,
            "Vary": "Accept-Language",
            "X-Robots-Tag": "noindex",
        }
        if copy.tag in Headers(scope=request.scope).get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(copy.content, headers=headers, media_type=copy.media_type)

    async def show_static(request: Request) -> Response:
        asset = statics.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404, headers=GUARDS)
        caching = "public, max-age=31536000, immutable"
        return serve(request, asset, {**GUARDS, "Cache-Control": caching})

    documents = Copies(make, now, SHORTLY)
    taking = Taking(store, now, own, origin=link_to("/").rstrip("/"), secure_cookies=secure_cookies)
    return [
        *(
            Route(f"/screen/{{token}}/{part}", Document(part, documents, now), methods=["GET"])
            for part in PARTS
        ),
        *(
            Route(f"/screen/{{token}}/{name}", partial(taking.take, take), methods=["POST"])
            for name, take in TAKES.items()
        ),
        Route("/screen/static/{name}", show_static, methods=["GET"]),
        Route("/screen/{token}", show, methods=["GET"]),
    ]


def _statics() -> dict[str, Asset]:
    """The files of the page by their names."""
    files = {
        path.name: Asset.of(path.read_bytes(), path.suffix)
        for path in sorted(PAGE.iterdir())
        if path.suffix in (".css", ".js")
    }
    return {**files, "words.js": Asset.of(words.script(), ".js")}


def _page(title: str, language: str, token: str, statics: dict[str, Asset], link_to: LinkTo) -> str:
    """The page in a language; its files are named with their tags, to be kept for good."""
    html = (PAGE / "index.html").read_text()
    for name, asset in statics.items():
        html = html.replace(f"/screen/static/{name}", f"/screen/static/{name}?v={asset.tag}")
    blanks = {
        "lang": LANGUAGES[language].locale.replace("_", "-"),
        "title": title,
        "token": token,
        "scripts": phrasebook().into(language)(words.NEEDS_SCRIPTS),
        "code": f"/screen/{token}/code.svg" if link_to("/") else "",
    }
    return Template(html).substitute({name: escape(said) for name, said in blanks.items()})


def _code(address: str) -> bytes:
    """The address as a code that phones scan off the wall."""
    import segno

    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=8, border=2, xmldecl=False)
    return drawn.getvalue()
