"""What is published of a draw: as data to recompute it from, and as a page in words."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.browsers import language_of
from bot.conversation.language import phrasebook, to_text
from bot.conversation.messages import Sayable, When, say
from bot.station import no_file
from bot.station.no_file import NoFile
from handlers.words import title
from models.events import draws
from models.events.events import Event
from models.rules.events.states import DrawState
from models.rules.languages import DEFAULT, LANGUAGES
from models.store import Store

MOST_SHOWN = 2000
"""How many codes the page lists; the data has them all."""

LONGEST = 10
"""How many digits an event's number has at most."""

A_SECOND = "public, max-age=1"

STYLE = (
    f"{no_file.STYLE}h1{{font-size:1.5rem;line-height:1.35}}dd{{margin:.2em 0 .8em}}"
    "code{font-size:.85em;overflow-wrap:anywhere}a{color:light-dark(#0b57d0,#a8c7fa)}"
)
"""A hash is longer than a phone is wide."""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


Into = Callable[[Sayable], str]


def draw_routes(
    store: Store, zone: ZoneInfo, now: Callable[[], datetime], language: str = DEFAULT
) -> list[BaseRoute]:
    """The routes of published draws; ``language`` is the station's own."""

    async def data(request: Request) -> Response:
        found = await store.read(_published, _number(request))
        if found is None:
            return no_file.page(NoFile.NO_DRAW, language_of(request, language))
        content = orjson.dumps(found[0])
        return _cached(request, Response(content, media_type="application/json"))

    async def page(request: Request) -> Response:
        found = await store.read(_published, _number(request))
        wanted = language_of(request, language)
        if found is None:
            return no_file.page(NoFile.NO_DRAW, wanted)
        into = partial(to_text, reader=phrasebook().reader(wanted, zone, now()))
        return _cached(request, HTMLResponse(_html(*found, wanted, into)))

    return [
        Route("/draws/{number}.json", data, methods=["GET"]),
        Route("/draws/{number}", page, methods=["GET"]),
    ]


def _number(request: Request) -> int:
    number: str = request.path_params["number"]
    return int(number) if number.isdecimal() and len(number) < LONGEST else 0


def _published(session: Session, number: int) -> tuple[dict[str, Any], Event] | None:
    record = draws.record_of(session, number)
    return (record, session.get_one(Event, number)) if record is not None else None


def _cached(request: Request, response: Response) -> Response:
    """The response with a second of cache life; 304 for who has the same already."""
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:20]}"'
    headers = {
        "Cache-Control": A_SECOND,
        "ETag": tag,
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; sandbox",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


# The page


def _html(record: Mapping[str, Any], event: Event, language: str, into: Into) -> str:
    locale = LANGUAGES[language].locale.replace("_", "-")
    # Of an event that is not for everybody the page tells no more than its number.
    name = into(title(event)) if not event.audience else into(say("Event {n}", n=event.id))
    heading = escape(into(say("Draw: {title}", title=name)))
    said = "\n".join(f"<p>{escape(into(each))}</p>" for each in _sentences(record, event))
    facts = "\n".join(
        f"<dt>{escape(into(label))}</dt><dd><code>{escape(value)}</code></dd>"
        for label, value in _facts(record)
    )
    whole = escape(into(say("All of it as data, to recompute")))
    return (
        f'<!doctype html>\n<html lang="{locale}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{heading}</title><style>{STYLE}</style>\n"
        f"<main><h1>{heading}</h1>\n{said}\n<dl>{facts}</dl>\n"
        f'<p><a href="/draws/{event.id}.json">{whole}</a></p>\n'
        f"{_codes(record)}</main></html>\n"
    )


def _sentences(record: Mapping[str, Any], event: Event) -> Iterator[Sayable]:
    match event.draw:
        case DrawState.ENTERING:
            yield say("Entries close {when}; then it's drawn.", when=When(event.closes_at))
        case DrawState.DRAWN if "order" in record:
            yield say(
                "Drawn: {n} in all, {seated} with a seat. The others wait in this order.",
                n=len(record["order"]),
                seated=len(record["seated"]),
            )
        case _:
            yield say("Entries have closed; the list below is fixed.")
    if not record["number_name"] or record.get("number") == "":
        yield say(
            "Without a public number the draw proves that nothing changed after closing, "
            "not that all was fair before."
        )
    else:
        yield say(
            "The public number is drawn by somebody else after closing: see for yourself that "
            "it is the one below."
        )


def _facts(record: Mapping[str, Any]) -> Iterator[tuple[Sayable, str]]:
    yield say("Hash of the secret"), record["commitment"]
    if record["number_name"]:
        yield say("Public number"), f"{record['number_name']} {record.get('number', '')}".strip()
    if "list_hash" in record:
        yield say("Hash of the list"), record["list_hash"]
        yield say("List fixed (UTC)"), _moment(record["closed_at"])
    for each in record["earlier"]:
        yield say("Earlier list, opened again"), f"{each['list_hash']} {_moment(each['closed_at'])}"
    if "secret" in record:
        yield say("Secret"), record["secret"]


def _moment(kept: str) -> str:
    return f"{datetime.fromisoformat(kept):%Y-%m-%d %H:%M:%S}"


def _codes(record: Mapping[str, Any]) -> str:
    """The entries in the drawn order, or by their codes before it."""
    if "order" in record:
        seated = frozenset(record["seated"])
        shown = [f"{code} {'✅' if code in seated else ''}" for code in record["order"]]
    elif "list" in record:
        shown = [code for code, _lots, _people in record["list"]["entries"]]
    else:
        return ""
    return "<ol>" + "".join(f"<li>{escape(each)}</li>" for each in shown[:MOST_SHOWN]) + "</ol>\n"
