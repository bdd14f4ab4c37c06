"""The public page of a result, ``/protocols/N``, and its record, ``/protocols/N.json``.

``/protocols/N-R`` is that of round R of a contest on a stage.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.station import no_file, public_pages
from bot.station.copies import Copies, Copy
from bot.station.no_file import NoFile
from bot.station.public_pages import (
    answered,
    by_line,
    document,
    headers_of,
    language_asked,
    links,
    other_languages,
)
from handlers.contests import result_pages
from handlers.contests.result_pages import Page, Row, Table
from models.contests import protocols
from models.rules.languages import Translated
from models.store import Store

STYLE = (
    f"{public_pages.STYLE}{public_pages.TABLES}"
    "td small{display:block;opacity:.75;letter-spacing:.04em}"
    "th:nth-child(2),td:nth-child(2){text-align:left;overflow-wrap:anywhere}"
    ".hash{font-size:.85rem;opacity:.75;overflow-wrap:anywhere}"
)
HEADERS = headers_of(STYLE)

# Nine digits at most: PostgreSQL raises an error for a number beyond the column's range.
NAME = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?(\.json)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """The result of a contest or of one of its rounds, in a language or as its record."""

    contest_id: int
    round_id: int | None
    language: str
    is_record: bool


def protocol_routes(
    store: Store, zone: ZoneInfo, now: Callable[[], datetime], called: Translated, own: str
) -> list[BaseRoute]:
    """The route of results; the station is ``called`` so, and ``own`` is its language."""

    async def make(asked: Asked) -> Copy | None:
        if asked.is_record:
            content = await store.read(_record, asked.contest_id, asked.round_id)
            return Copy.of(content, "application/json") if content else None
        where = (asked.contest_id, asked.round_id, asked.language)
        page = await store.read(result_pages.page, *where, zone, now())
        if page is None:
            return None
        html = _html(page, asked.language, called.to(asked.language))
        return Copy.of(html, "text/html")

    copies = Copies(make, now)

    async def show(request: Request) -> Response:
        language = language_asked(request, own)
        read = NAME.fullmatch(request.path_params["name"])
        copy = None
        if read is not None:
            contest, stage, is_record = read.groups()
            asked = Asked(int(contest), int(stage) if stage else None, language, bool(is_record))
            copy = await copies.get(asked)
        if copy is None:
            return no_file.page(NoFile.NO_RESULT, language)
        return answered(request, copy, HEADERS)

    return [Route("/protocols/{name}", show, methods=["GET"])]


def _record(session: Session, contest_id: int, round_id: int | None) -> bytes:
    kept = protocols.published(session, contest_id, round_id)
    return orjson.dumps(kept.record) if kept is not None else b""


# The page


def _html(page: Page, language: str, called: str) -> bytes:
    told = "".join(f"<p>{escape(each)}</p>\n" for each in page.told)
    main = (
        f"<main>{by_line(called, page.by, page.when)}<h1>{escape(page.title)}</h1>\n"
        f"{''.join(_table(each, page.head) for each in page.tables)}"
        f"<h2>{escape(page.how)}</h2>\n{told}{links(page.links)}"
        f'<p class="hash">{escape(page.hash)}</p>\n'
        f"<p>{other_languages(page.path, language)}</p></main>"
    )
    return document(language, page.title, STYLE, main)


def _table(table: Table, head: tuple[str, ...]) -> str:
    title = f"<h2>{escape(table.title)}</h2>\n" if table.title else ""
    labels = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    return (
        f'{title}<div class="wide" tabindex="0"><table><thead><tr>{labels}</tr></thead>\n'
        f"<tbody>{''.join(map(_row, table.rows))}</tbody></table></div>\n"
    )


def _row(row: Row) -> str:
    name = escape(row.name)
    if row.path:
        name = f'<a href="{escape(row.path)}">{name or escape(row.code)}</a>'
    code = f"<small>{escape(row.code)}</small>" if row.name else escape(row.code)
    entry = f"{name}{code}" if row.name or not row.path else name
    numbers = "".join(f"<td>{escape(each)}</td>" for each in row.numbers)
    return f"<tr><td>{escape(row.place)}</td><td>{entry}</td>{numbers}</tr>\n"
