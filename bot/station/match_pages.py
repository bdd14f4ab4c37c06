"""The public page of a tournament, ``/m/N``, and the record of its draw, ``/m/N.json``."""

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
from handlers.contests import match_pages
from handlers.contests.match_pages import Page, Round, Shown
from models.rules.languages import Translated
from models.store import Store

STYLE = (
    f"{public_pages.STYLE}{public_pages.TABLES}"
    ".cup{display:flex;gap:1.2rem;min-width:max-content}"
    ".cup section{display:flex;flex-direction:column;justify-content:space-around;width:12rem}"
    ".match{padding:.5rem .7rem;margin:.35rem 0;border:1px solid light-dark(#ccc,#555);"
    "border-radius:.6rem}.match p{margin:0}"
    ".match small{opacity:.75}"
    "h3{font-size:1rem;font-weight:normal;opacity:.75;margin:.8em 0 .2em}"
)


def match_routes(
    store: Store, zone: ZoneInfo, now: Callable[[], datetime], called: Translated, own: str
) -> list[BaseRoute]:
    """The route of tournaments; the station is ``called`` so, and ``own`` is its language."""
    return record_routes(PAGES, store, zone, now, called, own)


def _page(
    session: Session, about: About, language: str, zone: ZoneInfo, now: datetime
) -> Page | None:
    is_whole = about.part is None
    return match_pages.page(session, about.number, language, zone, now) if is_whole else None


def _record(session: Session, about: About) -> Mapping[str, Any] | None:
    return match_pages.record(session, about.number) if about.part is None else None


# The page


def _html(page: Page, language: str, called: str) -> bytes:
    rules = "".join(f"<p>{escape(each)}</p>\n" for each in page.rules)
    won = f"<p><strong>{escape(page.won)}</strong></p>\n" if page.won else ""
    sides = "".join(f"<li>{escape(each)}</li>" for each in page.sides)
    cup = "".join(_round(each) for each in page.cup)
    data = f'<p><a href="{page.path}.json">{escape(page.draw)}</a></p>\n' if page.draw else ""
    main = (
        f"<main>{by_line(called, page.station, page.state)}<h1>{escape(page.title)}</h1>\n{won}"
        f'<p class="about">{escape(page.about)}</p>\n'
        f"{_table(page)}"
        f"{f'<div class=wide tabindex=0><div class=cup>{cup}</div></div>' if cup else ''}\n"
        f"{f'<ul>{sides}</ul>' if sides else ''}\n"
        f"{''.join(_round(each) for each in page.rounds)}\n{rules}{data}"
        f"<h2>{escape(page.call)}</h2>\n{links(page.ways)}"
        f"<p>{other_languages(page.path, language)}</p></main>"
    )
    return document(language, page.title, STYLE, main)


def _table(page: Page) -> str:
    if not page.rows:
        return ""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in page.head)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in page.rows
    )
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>\n"
    )


def _round(each: Round) -> str:
    found = "".join(_match(match) for match in each.matches)
    return f"<section><h3>{escape(each.title)}</h3>{found}</section>\n"


def _match(match: Shown) -> str:
    home, away = (
        f"<strong>{escape(side)}</strong>" if match.won == place else escape(side)
        for place, side in enumerate((match.home, match.away))
    )
    score = f" <strong>{escape(match.score)}</strong>" if match.score else ""
    between = " – " if match.home and match.away else ""
    note = f"<p><small>{escape(match.note)}</small></p>" if match.note else ""
    return f'<div class="match"><p>{home}{between}{away}{score}</p>{note}</div>'


PAGES = Pages("m", NoFile.NO_MATCHES, headers_of(STYLE), _page, _record, _html)
