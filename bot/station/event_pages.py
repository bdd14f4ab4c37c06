"""The public page of an event, ``/e/N``, with its picture and its calendar.

A page is made at most once a second for each language, however many people open it.
"""

import re
from collections.abc import Callable
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
    STYLE,
    answered,
    by_line,
    card_of,
    document,
    headers_of,
    language_asked,
    links,
    other_languages,
)
from handlers.events import pages
from handlers.events.pages import Page
from models.events import pictures
from models.rules.languages import Translated
from models.store import Store

HEADERS = headers_of(STYLE, "img-src 'self'; ")
PICTURE_HEADERS = {
    **SAFE,
    "Cache-Control": "public, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}

# Nine digits at most: PostgreSQL raises an error for a number beyond the column's range.
NAME = re.compile(r"([1-9][0-9]{0,8})(\.ics)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the page of an event in a language, or its calendar."""

    event_id: int
    language: str
    is_calendar: bool = False


def event_routes(
    store: Store,
    zone: ZoneInfo,
    now: Callable[[], datetime],
    called: Translated,
    own: str,
    link_to: LinkTo,
) -> list[BaseRoute]:
    """The routes of events; the station is ``called`` so, and ``own`` is its language."""

    async def make(asked: Asked) -> Copy | None:
        event_id, language = asked.event_id, asked.language
        if asked.is_calendar:
            content = await store.read(pages.calendar, event_id, language, zone, now())
            return Copy.of(content, "text/calendar") if content is not None else None
        page = await store.read(pages.page, event_id, language, zone, now())
        if page is None:
            return None
        html = _html(page, event_id, language, called.to(language), link_to)
        return Copy.of(html, "text/html")

    copies = Copies(make, now)

    async def show(request: Request) -> Response:
        language = language_asked(request, own)
        read = NAME.fullmatch(request.path_params["name"])
        if read is None:
            return no_file.page(NoFile.NO_EVENT, language)
        copy = await copies.get(Asked(int(read[1]), language, read[2] is not None))
        if copy is None:
            return no_file.page(NoFile.NO_EVENT, language)
        named = {"Content-Disposition": f'attachment; filename="event-{read[1]}.ics"'}
        return answered(request, copy, {**HEADERS, **named} if read[2] else HEADERS)

    async def show_picture(request: Request) -> Response:
        """The picture of a page, which unlike other pictures a cache may keep."""
        event_id, name = request.path_params["event"], request.path_params["name"]
        read = NAME.fullmatch(event_id)
        found = await store.read(_picture, int(read[1]), name) if read and not read[2] else None
        if found is None:
            return no_file.page(NoFile.NO_PICTURE, language_of(request, own))
        media_type, content = found
        return Response(content, headers=PICTURE_HEADERS, media_type=media_type)

    return [
        Route("/e/{name}", show, methods=["GET"]),
        Route("/e/{event}/{name}", show_picture, methods=["GET"]),
    ]


def _picture(session: Session, event_id: int, name: str) -> tuple[str, bytes] | None:
    event = pages.for_all(session, event_id)
    if event is None or pictures.name(session, event.picture_id) != name:
        return None
    return pictures.named(session, name)


# The page


def _html(page: Page, event_id: int, language: str, called: str, link_to: LinkTo) -> bytes:
    here = f"/e/{event_id}"
    picture = f"{here}/{page.picture}" if page.picture else ""
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(said)}</dd>" for label, said in page.rows)
    notice = "".join(f"<p><strong>{escape(each)}</strong></p>\n" for each in page.notice)
    map_ = f' · <a href="{escape(page.map)}">{escape(page.map_label)}</a>' if page.map else ""
    main = (
        f"<main>{by_line(called, page.station, page.kind)}<h1>{escape(page.title)}</h1>\n{notice}"
        f"{_image(picture)}"
        f"<p><strong>{escape(page.when)}</strong></p>\n"
        f"<p>{escape(page.place)}{map_}</p>\n<p>{escape(page.seats)}</p>\n"
        f"<dl>{rows}</dl>\n"
        f'<p class="about">{escape(page.about)}</p>\n{_streams(page)}'
        f"<h2>{escape(page.call)}</h2>\n{links(page.ways)}<p>{escape(page.typed)}</p>\n"
        f'<p><a href="{here}.ics?lang={language}">{escape(page.calendar)}</a>'
        f" · {other_languages(here, language)}</p></main>"
    )
    card = card_of(
        called, page.title, pages.card_of(page), link_to(here), link_to(picture) if picture else ""
    )
    return document(language, page.title, STYLE, main, card)


def _streams(page: Page) -> str:
    if not page.watch:
        return ""
    before = f"<p>{escape(page.watch_when)}</p>\n" if page.watch_when else ""
    return f"<h2>{escape(page.watch)}</h2>\n{before}{links(page.streams)}"


def _image(picture: str) -> str:
    return f'<p><img src="{escape(picture)}" alt=""></p>\n' if picture else ""
