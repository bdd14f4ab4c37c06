"""The page that checks a certificate, for whoever scans its code: ``/c/CODE``."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.browsers import language_of
from bot.conversation.messages import Days, Sayable, When, say
from bot.station import no_file
from bot.station.no_file import NoFile
from handlers.events.printing import Words
from handlers.words import hours, masked, station_name, title
from models.contests import laureates
from models.contests.contests import Contest
from models.contests.laureates import Laureate
from models.events import certificates
from models.events.certificates import Checked
from models.rules.languages import LANGUAGES
from models.store import Store

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:10vh auto;padding:0 1.5rem}"
    "h1{font-size:1.5rem;line-height:1.3;margin:.3em 0 1em}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1.2rem;margin:0}"
    "dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}"
    "svg{width:1.2em;height:1.2em;vertical-align:-.25em;margin-right:.3em;fill:none;"
    "stroke:currentColor;stroke-width:3}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "public, max-age=10",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

VALID = say("✅ This certificate is valid.")
WITHDRAWN = say("❌ This certificate was withdrawn.")

SIGNS = {"✅": "M4 13l5 5L20 6", "❌": "M5 5l14 14M19 5L5 19"}
"""The signs as they are drawn: a browser may have no font for them."""


def certificate_routes(
    store: Store, zone: ZoneInfo, now: Callable[[], datetime], own: str
) -> list[BaseRoute]:
    """The route that checks certificates; ``own`` is the station's language, ``zone`` its own."""

    def find(session: Session, code: str, language: str) -> str | None:
        checked = certificates.by_code(session, code)
        if checked is not None:
            return _page(checked, language, zone)
        given = laureates.by_code(session, code, now())
        return _honour(session, given, language, zone) if given is not None else None

    async def check(request: Request) -> Response:
        language = language_of(request, own)
        html = await store.read(find, request.path_params["code"], language)
        if html is None:
            return no_file.page(NoFile.NO_CERTIFICATE, language)
        tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:20]}"'
        headers = {**HEADERS, "ETag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(html, headers=headers)

    return [Route("/c/{code}", check, methods=["GET"])]


def _page(checked: Checked, language: str, zone: ZoneInfo) -> str:
    """What is public of a certificate: of the name no more than its bearer can show besides."""
    certificate, event = checked.certificate, checked.event
    issued = certificate.issued_at.astimezone(zone)
    rows: list[tuple[Sayable, Sayable | None]] = [
        (say("Name on it"), masked(certificate.name)),
        (say("When"), When(event.starts_at, event.ends_at)),
        (say("Hours"), hours(certificate.minutes)),
        (say("Issued by"), station_name(checked.station)),
        (say("Number"), certificate.number),
        (say("Issued"), Days(issued.date())),
        (say("Withdrawn"), _day(certificate.revoked_at, zone)),
    ]
    in_words = Words.in_full(language, zone)
    state = in_words(VALID if certificate.revoked_at is None else WITHDRAWN)
    return _html(
        language,
        state,
        in_words(title(event)),
        [(in_words(label), in_words(said)) for label, said in rows if said],
    )


def _honour(session: Session, given: Laureate, language: str, zone: ZoneInfo) -> str:
    """What is public of a certificate of honour: its bearer stands in the hall of fame."""
    rows: list[tuple[Sayable, Sayable | None]] = [
        (say("Name on it"), given.name or None),
        (say("Year"), str(given.year)),
        (say("Issued by"), station_name(laureates.station_of(session, given))),
        (say("Number"), given.number),
        (say("Issued"), _day(given.decided_at, zone)),
    ]
    in_words = Words.in_full(language, zone)
    contest = session.get_one(Contest, given.contest_id)
    return _html(
        language,
        in_words(VALID),
        in_words(contest.text_of("title")),
        [(in_words(label), in_words(said)) for label, said in rows if said],
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> Days | None:
    return Days(moment.astimezone(zone).date()) if moment is not None else None


def _html(language: str, state: str, heading: str, rows: Sequence[tuple[str, str]]) -> str:
    locale = LANGUAGES[language].locale.replace("_", "-")
    sign, _, words = state.partition(" ")
    drawn = f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{SIGNS[sign]}"/></svg>'
    told = "".join(f"<dt>{escape(label)}</dt><dd>{escape(said)}</dd>" for label, said in rows)
    return (
        f'<!doctype html>\n<html lang="{locale}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(words)}</title><style>{STYLE}</style>\n"
        f"<main><p><strong>{drawn}{escape(words)}</strong></p>\n<h1>{escape(heading)}</h1>\n"
        f"<dl>{told}</dl></main></html>\n"
    )
