"""The public pages of a contest: its gallery ``/w/N``, an entry ``/w/N/CODE``, and its files.

A page is made at most once a second for each language, filter and page of entries, however many
people open it. Who has the key of an entry sees it before everybody does; that page is not kept.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels import LinkTo
from bot.channels.browsers import language_of
from bot.station import no_file
from bot.station.copies import Copies, Copy
from bot.station.no_file import NoFile
from bot.station.public_pages import (
    SAFE,
    answered,
    by_line,
    card_of,
    document,
    headers_of,
    language_asked,
    links,
    other_languages,
)
from bot.station.ranges import ranged
from handlers.contests import pages
from handlers.contests.pages import Page, Part, Tile
from models.contests import entries, gallery
from models.contests.gallery import File
from models.rules.contests.states import PartKind
from models.rules.languages import Translated
from models.store import Store

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.05rem/1.6 system-ui,sans-serif;max-width:64rem;margin:0 auto;padding:1.2rem}"
    "h1{font-size:1.6rem;line-height:1.3;margin:.2em 0 .4em;overflow-wrap:anywhere}"
    "h2{font-size:1.1rem;margin:1.6em 0 .6em}p{margin:.5em 0}.by{opacity:.75}"
    "a{color:light-dark(#0b57d0,#a8c7fa)}"
    ".row{display:flex;flex-wrap:wrap;gap:.6rem}"
    ".row a{padding:.6rem 1rem;border:2px solid;border-radius:.6rem;text-decoration:none}"
    ".row a[aria-current]{background:light-dark(#0b57d0,#a8c7fa);color:light-dark(#fff,#062e6f)}"
    ".tiles{columns:15rem;gap:1rem;padding:0;list-style:none}"
    ".tiles li{border:1px solid light-dark(#d5d9e0,#444b57);border-radius:.8rem;overflow:hidden;"
    "break-inside:avoid;margin:0 0 1rem}"
    ".tiles a{display:block;color:inherit;text-decoration:none}"
    ".tiles img{display:block;width:100%;aspect-ratio:4/3;object-fit:cover}"
    ".tiles div{padding:.8rem 1rem}.tiles h3{font-size:1.1rem;margin:0;overflow-wrap:anywhere}"
    ".text{white-space:pre-line;overflow-wrap:anywhere}"
    ".one{max-width:40rem}.one img{width:100%;height:auto;border-radius:.6rem}"
    "audio{width:100%}details{margin:.6em 0}summary{cursor:pointer;padding:.4rem 0}"
    ".note{border-left:4px solid;padding-left:.8rem}"
)

HEADERS = headers_of(STYLE, "img-src 'self'; media-src 'self'; ")

# Nine digits at most: PostgreSQL raises an error for a number beyond the column's range.
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
CODE = re.compile(r"[A-Z0-9]{8}")
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A page in a language: of a category, from which page on; or of the entry of a code."""

    contest_id: int
    language: str
    category: int | None = None
    page: int = 1
    code: str = ""


def contest_routes(
    store: Store,
    zone: ZoneInfo,
    now: Callable[[], datetime],
    called: Translated,
    own: str,
    link_to: LinkTo,
) -> list[BaseRoute]:
    """The routes of contests; the station is ``called`` so, and ``own`` is its language."""

    async def make(asked: Asked) -> Copy | None:
        if asked.code:
            page = await store.read(
                pages.entry_page, asked.contest_id, asked.code, asked.language, zone, now()
            )
        else:
            page = await store.read(_gallery, asked, zone, now())
        if page is None:
            return None
        html = _html(page, asked.language, called.to(asked.language), link_to)
        return Copy.of(html, "text/html")

    copies = Copies(make, now)

    async def answer(request: Request, asked: Asked) -> Response:
        copy = await copies.get(asked)
        if copy is None:
            return no_file.page(NoFile.NO_CONTEST, asked.language)
        return answered(request, copy, HEADERS)

    async def show(request: Request) -> Response:
        language, contest_id = language_asked(request, own), _number(request.path_params["contest"])
        if contest_id is None:
            return no_file.page(NoFile.NO_CONTEST, language)
        category = _number(request.query_params.get("category", ""))
        page = min(_number(request.query_params.get("page", "")) or 1, MOST_PAGES)
        return await answer(request, Asked(contest_id, language, category, page))

    async def show_entry(request: Request) -> Response:
        language, contest_id = language_asked(request, own), _number(request.path_params["contest"])
        code, key = request.path_params["code"].upper(), request.query_params.get("see", "")
        if contest_id is None or CODE.fullmatch(code) is None:
            return no_file.page(NoFile.NO_CONTEST, language)
        if not key:
            return await answer(request, Asked(contest_id, language, code=code))
        asked = Asked(contest_id, language, code=code)
        page = await store.read(_with_key, asked, key, zone, now())
        if page is None:
            return no_file.page(NoFile.NO_CONTEST, language)
        html = _html(page, language, called.to(language), link_to)
        return Response(
            html, headers={**HEADERS, "Cache-Control": "no-store"}, media_type="text/html"
        )

    async def show_file(request: Request) -> Response:
        """A picture or a sound of an entry, while the entry is shown."""
        contest_id = _number(request.path_params["contest"])
        part_id = _number(request.path_params["part"])
        code, key = request.path_params["code"].upper(), request.query_params.get("see", "")
        found = None
        if contest_id is not None and part_id is not None and CODE.fullmatch(code):
            found = await store.read(_file, contest_id, code, part_id, key, now())
        if found is None:
            return no_file.page(NoFile.NO_PICTURE, language_of(request, own))
        kept = "no-store" if key else "public, max-age=60"
        said = {
            **SAFE,
            "Cache-Control": kept,
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return ranged(request, found.content, found.media_type, said)

    return [
        Route("/w/{contest}", show, methods=["GET"]),
        Route("/w/{contest}/{code}", show_entry, methods=["GET"]),
        Route("/w/{contest}/{code}/{part}", show_file, methods=["GET"]),
    ]


def _number(words: str) -> int | None:
    return int(words) if NUMBER.fullmatch(words) else None


def _gallery(session: Session, asked: Asked, zone: ZoneInfo, now: datetime) -> Page | None:
    return pages.page(
        session,
        asked.contest_id,
        asked.language,
        zone,
        now,
        category_id=asked.category,
        skip=(asked.page - 1) * pages.PAGE,
    )


def _with_key(
    session: Session, asked: Asked, key: str, zone: ZoneInfo, now: datetime
) -> Page | None:
    where = (asked.contest_id, asked.code, asked.language)
    return pages.entry_page(session, *where, zone, now, key=key)


def _file(
    session: Session, contest_id: int, code: str, part_id: int, key: str, now: datetime
) -> File | None:
    entry = entries.by_code(session, contest_id, code)
    if entry is None:
        return None
    may = gallery.is_shown(session, entry, now) or (key and gallery.is_key(session, entry.id, key))
    return gallery.file_of(session, entry, part_id) if may else None


# The page


def _html(page: Page, language: str, called: str, link_to: LinkTo) -> bytes:
    main = (
        f"<main{_when(bool(page.parts), CLASS_ONE)}>{by_line(called, page.by)}"
        f"<h1>{escape(page.title)}</h1>\n"
        f"{_when(bool(page.when), f'<p><strong>{escape(page.when)}</strong></p>')}"
        f"{_when(bool(page.notice), f'<p class={QUOTED_NOTE}>{escape(page.notice)}</p>')}\n"
        f"{links(page.results, ROW)}{''.join(map(_folded, page.texts))}"
        f"{''.join(map(_part, page.parts))}"
        f"{_ways(page)}"
        f"{_when(bool(page.heading), f'<h2>{escape(page.heading)}</h2>')}\n"
        f"{_filters(page)}"
        f"{_when(bool(page.none), f'<p>{escape(page.none)}</p>')}"
        f"{_tiles(page.tiles)}"
        f"{links(page.more, ROW)}{links(page.back, ROW)}"
        f"<p>{other_languages(page.path, language)}</p></main>"
    )
    cover = page.cover or next((each.cover for each in page.tiles if each.cover), "")
    card = card_of(
        called, page.title, page.card, link_to(page.path), link_to(cover) if cover else ""
    )
    return document(language, page.title, STYLE, main, card)


ROW = "row"
CLASS_ONE = ' class="one"'
QUOTED_NOTE = '"note"'


def _when(is_there: bool, html: str) -> str:
    return html if is_there else ""


def _folded(row: tuple[str, str]) -> str:
    label, text = row
    return (
        f'<details><summary>{escape(label)}</summary><p class="text">{escape(text)}</p></details>\n'
    )


def _part(part: Part) -> str:
    text, path = escape(part.text), escape(part.path)
    match part.kind:
        case PartKind.TEXT:
            return f'<p class="text">{text}</p>\n'
        case PartKind.PICTURE:
            return f'<p><img src="{path}" alt="{text}" loading="lazy"></p>\n'
        case PartKind.AUDIO:
            return f'<p><audio controls preload="none" src="{path}"></audio></p>\n'
        case PartKind.LINK:
            return f'<p><a href="{text}" rel="noopener nofollow ugc">{text}</a></p>\n'


def _ways(page: Page) -> str:
    return f"<h2>{escape(page.call)}</h2>\n{links(page.ways, ROW)}" if page.ways else ""


def _filters(page: Page) -> str:
    found = "".join(
        f'<a href="{escape(path)}"{_when(is_shown, CURRENT)}>{escape(label)}</a>'
        for label, path, is_shown in page.filters
    )
    return f'<nav class="row">{found}</nav>\n' if found else ""


CURRENT = ' aria-current="page"'


def _tiles(tiles: Iterable[Tile]) -> str:
    found = "".join(map(_tile, tiles))
    return f'<ul class="tiles">{found}</ul>\n' if found else ""


def _tile(tile: Tile) -> str:
    cover = f'<img src="{escape(tile.cover)}" alt="" loading="lazy">' if tile.cover else ""
    by = f'<p class="by">{escape(tile.by)}</p>' if tile.by else ""
    sound = f'<p class="by">♪ {escape(tile.sound_label)}</p>' if tile.has_sound else ""
    return (
        f'<li><a href="{escape(tile.path)}">{cover}<div><h3>{escape(tile.title)}</h3>{by}'
        f"<p>{escape(tile.text)}</p>{sound}</div></a></li>\n"
    )
