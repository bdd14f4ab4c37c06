"""The public page of a tournament, ``/m/N``, and the record of its draw, ``/m/N.json``."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import orjson
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
HEADERS = headers_of(STYLE)
NAME = re.compile(r"([1-9][0-9]{0,8})(\.json)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the page of a tournament in a language, or the record of its draw."""

    number: int
    language: str
    is_record: bool = False


def match_routes(
    store: Store, zone: ZoneInfo, now: Callable[[], datetime], called: Translated, own: str
) -> list[BaseRoute]:
    """The routes of tournaments; the station is ``called`` so, and ``own`` is its language."""

    async def make(asked: Asked) -> Copy | None:
        if asked.is_record:
            record = await store.read(match_pages.record, asked.number)
            found = orjson.dumps(record) if record is not None else None
            return Copy.of(found, "application/json") if found is not None else None
        page = await store.read(match_pages.page, asked.number, asked.language, zone, now())
        if page is None:
            return None
        html = _html(page, asked.number, asked.language, called.to(asked.language))
        return Copy.of(html, "text/html")

    copies = Copies(make, now)

    async def show(request: Request) -> Response:
        language = language_asked(request, own)
        read = NAME.fullmatch(request.path_params["name"])
        asked = Asked(int(read[1]), language, read[2] is not None) if read is not None else None
        copy = await copies.get(asked) if asked is not None else None
        if copy is None:
            return no_file.page(NoFile.NO_MATCHES, language)
        return answered(request, copy, HEADERS)

    return [Route("/m/{name}", show, methods=["GET"])]


# The page


def _html(page: Page, number: int, language: str, called: str) -> bytes:
    rules = "".join(f"<p>{escape(each)}</p>\n" for each in page.rules)
    won = f"<p><strong>{escape(page.won)}</strong></p>\n" if page.won else ""
    sides = "".join(f"<li>{escape(each)}</li>" for each in page.sides)
    cup = "".join(_round(each) for each in page.cup)
    data = f'<p><a href="/m/{number}.json">{escape(page.draw)}</a></p>\n' if page.draw else ""
    main = (
        f"<main>{by_line(called, page.station, page.state)}<h1>{escape(page.title)}</h1>\n{won}"
        f'<p class="about">{escape(page.about)}</p>\n'
        f"{_table(page)}"
        f"{f'<div class=wide tabindex=0><div class=cup>{cup}</div></div>' if cup else ''}\n"
        f"{f'<ul>{sides}</ul>' if sides else ''}\n"
        f"{''.join(_round(each) for each in page.rounds)}\n{rules}{data}"
        f"<h2>{escape(page.call)}</h2>\n{links(page.ways)}"
        f"<p>{other_languages(f'/m/{number}', language)}</p></main>"
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
