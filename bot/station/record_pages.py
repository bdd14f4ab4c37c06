"""What pages with a record share: ``/PATH/N`` in words, and ``/PATH/N.json`` to recompute it.

A page is made at most once a second for each language, however many people open it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.station import no_file
from bot.station.copies import Copies, Copy
from bot.station.no_file import NoFile
from bot.station.public_pages import answered, language_asked
from models.rules.languages import Translated
from models.store import Store

P = TypeVar("P")

# Nine digits at most: PostgreSQL raises an error for a number beyond the column's range.
NAME = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?(\.json)?")


@dataclass(frozen=True, slots=True)
class About:
    """Which of these pages: of ``number``, and of one of its parts; None: of the whole."""

    number: int
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Pages(Generic[P]):
    """How the pages of a subject are read and written; ``missing`` says that there is none.

    ``page`` returns what everybody may read, in a language, ``record`` what it follows from; both
    None where there is no page. ``html`` gets the name of the station in that language.
    """

    path: str
    missing: NoFile
    headers: dict[str, str]
    page: Callable[[Session, About, str, ZoneInfo, datetime], P | None]
    record: Callable[[Session, About], Mapping[str, Any] | None]
    html: Callable[[P, str, str], bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    about: About
    language: str
    is_record: bool


def record_routes(
    pages: Pages[P],
    store: Store,
    zone: ZoneInfo,
    now: Callable[[], datetime],
    called: Translated,
    own: str,
) -> list[BaseRoute]:
    """The route of these pages; the station is ``called`` so, and ``own`` is its language."""

    async def make(asked: Asked) -> Copy | None:
        if asked.is_record:
            record = await store.read(pages.record, asked.about)
            return Copy.of(orjson.dumps(record), "application/json") if record else None
        page = await store.read(pages.page, asked.about, asked.language, zone, now())
        if page is None:
            return None
        html = pages.html(page, asked.language, called.to(asked.language))
        return Copy.of(html, "text/html")

    copies = Copies(make, now)

    async def show(request: Request) -> Response:
        language = language_asked(request, own)
        read = NAME.fullmatch(request.path_params["name"])
        copy = None
        if read is not None:
            number, part, is_record = read.groups()
            about = About(int(number), int(part) if part else None)
            copy = await copies.get(Asked(about, language, bool(is_record)))
        if copy is None:
            return no_file.page(pages.missing, language)
        return answered(request, copy, pages.headers)

    return [Route(f"/{pages.path}/{{name}}", show, methods=["GET"])]
