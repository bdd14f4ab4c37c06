"""The public page of a result, ``/protocols/N``, and its record, ``/protocols/N.json``.

``/protocols/N-R`` is that of round R of a contest on a stage.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session
from starlette.routing import BaseRoute

from bot.station import public_pages
from bot.station.no_file import NoFile
from bot.station.public_pages import by_line, document, headers_of, links, other_languages
from bot.station.record_pages import About, Pages, record_routes
from handlers.contests import result_pages
from handlers.contests.result_pages import Page, Row, Table
from models.rules.languages import Translated
from models.store import Store

STYLE = (
    f"{public_pages.STYLE}{public_pages.TABLES}"
    "td small{display:block;opacity:.75;letter-spacing:.04em}"
    "th:nth-child(2),td:nth-child(2){text-align:left;overflow-wrap:anywhere}"
    ".hash{font-size:.85rem;opacity:.75;overflow-wrap:anywhere}"
)


def protocol_routes(
    store: Store, zone: ZoneInfo, now: Callable[[], datetime], called: Translated, own: str
) -> list[BaseRoute]:
    """The route of results; the station is ``called`` so, and ``own`` is its language."""
    return record_routes(PAGES, store, zone, now, called, own)


def _page(
    session: Session, about: About, language: str, zone: ZoneInfo, now: datetime
) -> Page | None:
    return result_pages.page(session, about.number, about.part, language, zone, now)


def _record(session: Session, about: About) -> Mapping[str, Any] | None:
    return result_pages.record(session, about.number, about.part)


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


PAGES = Pages("protocols", NoFile.NO_RESULT, headers_of(STYLE), _page, _record, _html)
