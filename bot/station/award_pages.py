"""The public pages of awards: ``/h/N``, and the hall of fame, ``/honours``, by year."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.station import no_file, public_pages
from bot.station.copies import Copies, Copy
from bot.station.no_file import NoFile
from bot.station.public_pages import (
    SAFE,
    answered,
    by_line,
    document,
    headers_of,
    language_asked,
    links,
    other_languages,
)
from handlers.contests import award_pages
from handlers.contests.award_pages import Group, Page, Shown
from models.rules.languages import Translated
from models.store import Store

STYLE = (
    f"{public_pages.STYLE}"
    ".one{padding:.7rem .9rem;margin:.5rem 0;border:1px solid light-dark(#ccc,#555);"
    "border-radius:.6rem}.one p{margin:.2rem 0;white-space:pre-line;overflow-wrap:anywhere}"
    ".one small{opacity:.75}"
)
HEADERS = headers_of(STYLE, "img-src 'self'; ")
NOTHING = "default-src 'none'; sandbox"
NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: an award, or the laureates of a year, 0 for the latest."""

    number: int
    language: str
    is_year: bool


def award_routes(
    store: Store, zone: ZoneInfo, now: Callable[[], datetime], called: Translated, own: str
) -> list[BaseRoute]:
    """The routes of awards; the station is ``called`` so, and ``own`` is its language."""

    async def make(asked: Asked) -> Copy | None:
        find = award_pages.honours if asked.is_year else award_pages.award
        page = await store.read(find, asked.number, asked.language, zone, now())
        if page is None:
            return None
        html = _html(page, asked.language, called.to(asked.language))
        return Copy.of(html, "text/html")

    copies = Copies(make, now)

    async def show(request: Request, *, is_year: bool) -> Response:
        language = language_asked(request, own)
        said = request.path_params.get("number", "")
        number = int(said) if NUMBER.fullmatch(said) else 0
        copy = await copies.get(Asked(number, language, is_year)) if number or not said else None
        if copy is None:
            return no_file.page(NoFile.NO_AWARD, language)
        return answered(request, copy, HEADERS)

    async def award(request: Request) -> Response:
        return await show(request, is_year=False)

    async def honours(request: Request) -> Response:
        return await show(request, is_year=True)

    async def photo(request: Request) -> Response:
        said = request.path_params["number"], request.path_params["part"]
        found = None
        if all(NUMBER.fullmatch(each) for each in said):
            found = await store.read(award_pages.photo, *map(int, said))
        if found is None:
            return no_file.page(NoFile.NO_PICTURE, language_asked(request, own))
        media_type, content = found
        kept = {"Cache-Control": "public, max-age=60", "Content-Security-Policy": NOTHING}
        return Response(content, headers={**SAFE, **kept}, media_type=media_type)

    return [
        Route("/h/{number}/{part}", photo, methods=["GET"]),
        Route("/h/{number}", award, methods=["GET"]),
        Route("/honours", honours, methods=["GET"]),
        Route("/honours/{number}", honours, methods=["GET"]),
    ]


def _html(page: Page, language: str, called: str) -> bytes:
    said = "".join(f"<p>{escape(each)}</p>\n" for each in page.said)
    call = f"<h2>{escape(page.call)}</h2>\n" if page.call else ""
    others = " · ".join(f'<a href="{escape(to)}">{escape(label)}</a>' for label, to in page.others)
    main = (
        f"<main>{by_line(called, page.by)}<h1>{escape(page.title)}</h1>\n{said}"
        f"{''.join(_group(each) for each in page.groups)}\n{call}{links(page.ways)}"
        f"<p>{others}</p>\n<p>{other_languages('', language)}</p></main>"
    )
    return document(language, page.title, STYLE, main)


def _group(each: Group) -> str:
    title = escape(each.title)
    linked = f'<a href="{escape(each.link)}">{title}</a>' if each.link else title
    return f"<h2>{linked}</h2>\n{''.join(_one(shown) for shown in each.people)}"


def _one(shown: Shown) -> str:
    told = "".join(f"<p>{escape(each)}</p>" for each in shown.told)
    told += "".join(
        f'<p><img src="{escape(path)}" alt="{escape(said)}" loading="lazy"></p>'
        + (f"<p>{escape(said)}</p>" if said else "")
        for path, said in shown.photos
    )
    name = f"<strong>{escape(shown.name)}</strong>" if shown.name else ""
    return (
        f'<div class="one"><p>{escape(shown.place)}. {name} '
        f"<small>{escape(shown.code)}</small></p>{told}</div>\n"
    )
