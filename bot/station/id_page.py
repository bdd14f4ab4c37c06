"""The one-time page for ID numbers, ``/ask/TOKEN``: typed by people, read by who runs the event.

Opening it uses nothing up, so a preview of the link does no harm; only what is sent does. It keeps
no cookie, loads nothing, and stays in no cache and no index.
"""

import base64
import hashlib
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.browsers import language_of
from bot.channels.pushes import read_body
from bot.conversation.language import phrasebook
from bot.conversation.messages import Sayable, lines, say
from bot.station import no_file
from bot.station.no_file import NoFile
from handlers.words import title
from models.events import id_pages
from models.events.id_pages import Asked, Mistyped, Read, Shown, Typed
from models.network.stations import Care
from models.rules.languages import DEFAULT, LANGUAGES
from models.rules.sending.buckets import Buckets
from models.store import Store

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:0 auto;padding:1.5rem}"
    "h1{font-size:1.4rem;line-height:1.3;margin:.2em 0 .6em}"
    "label{display:block;margin:1.2em 0 .3em}"
    "input{font:inherit;letter-spacing:.04em;width:100%;box-sizing:border-box;padding:.7rem;"
    "border:2px solid;border-radius:.6rem}"
    "input[aria-invalid]{border-color:#c5221f}"
    ".wrong{color:light-dark(#b3261e,#f2b8b5);margin:.3em 0}"
    "button{font:inherit;width:100%;min-height:3rem;margin-top:1.2em;padding:.7rem;border:0;"
    "border-radius:.6rem;background:#0b57d0;color:#fff}"
    "button.second{background:none;border:2px solid;color:inherit}"
    ".by{opacity:.75}table{border-collapse:collapse;width:100%}"
    "td{padding:.4rem .6rem .4rem 0;border-bottom:1px solid;overflow-wrap:anywhere}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
BODY_LIMIT = 8 * 1024
MOST_FIELDS = 40

FULL = say("ID numbers in full")
ID_NUMBER = say("ID number")
SHOW_THEM = say("Show them")
SHOW_KEPT = say("Show what is kept, and end this page")
NOTHING_TYPED: Mapping[str, str] = {}

Into = Callable[[Sayable], str]


def id_routes(
    store: Store, care: Care, now: Callable[[], datetime], language: str = DEFAULT
) -> list[BaseRoute]:
    """The routes of the page; ``language`` is the station's own."""
    # Everybody in a factory may share one IP address.
    clients = Buckets(per_second=2, burst=60)

    def wait(request: Request) -> Response | None:
        client = request.client.host if request.client is not None else ""
        seconds = clients.wait(client, time.monotonic())
        if not seconds:
            return None
        retry = {"Retry-After": str(int(seconds) + 1)}
        return PlainTextResponse("Too many requests.\n", 429, headers=retry)

    async def show(request: Request) -> Response:
        if (refused := wait(request)) is not None:
            return refused
        spoken = language_of(request, language)
        shown = await store.read(id_pages.shown, request.path_params["token"], now())
        if shown is None:
            return no_file.page(NoFile.NO_ID_PAGE, spoken)
        return _answer(_form(shown, spoken), spoken)

    async def take(request: Request) -> Response:
        if (refused := wait(request)) is not None:
            return refused
        spoken, token = language_of(request, language), request.path_params["token"]
        try:
            body = await read_body(request, BODY_LIMIT)
            sent = parse_qs(body.decode(), max_num_fields=MOST_FIELDS) if body is not None else None
        except ValueError:
            sent = None
        if sent is None:
            return PlainTextResponse("Not a form.\n", 400)
        if "read" in sent:
            found = await store.write(id_pages.read, token, care, now())
            if found is None:
                return no_file.page(NoFile.NO_ID_PAGE, spoken)
            return _answer(_numbers(found, spoken), spoken)
        typed = {name: values[0] for name, values in sent.items()}
        done = await store.write(id_pages.put, token, typed, care, now())
        match done:
            case Typed():
                return _answer(_typed(done, spoken), spoken)
            case Mistyped(shown, fields):
                return _answer(_form(shown, spoken, fields, typed), spoken, 422)
            case _:
                return no_file.page(NoFile.NO_ID_PAGE, spoken)

    return [
        Route("/ask/{token}", show, methods=["GET"]),
        Route("/ask/{token}", take, methods=["POST"]),
    ]


def _answer(content: str, language: str, status: int = 200) -> Response:
    locale = LANGUAGES[language].locale.replace("_", "-")
    html = (
        f'<!doctype html>\n<html lang="{locale}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style>\n<main>{content}</main></html>\n"
    )
    return HTMLResponse(html, status, HEADERS)


def _into(language: str) -> Into:
    into = phrasebook().into(language)
    return lambda said: escape(into(said))


def _heading(shown: Shown | Read | Typed, said: Sayable, into: Into) -> str:
    name = into(title(shown.event))
    return f'<title>{into(said)}</title><p class="by">{name}</p>\n<h1>{into(said)}</h1>\n'


def _form(
    shown: Shown,
    language: str,
    wrong: Collection[str] = (),
    typed: Mapping[str, str] = NOTHING_TYPED,
) -> str:
    into = _into(language)
    if not shown.asked:
        once = into(say("They are shown once. Copy what you need, and delete it afterwards."))
        return f"{_heading(shown, FULL, into)}<p>{once}</p>\n{_button(SHOW_THEM, into)}"
    why = into(say("It's kept encrypted, seen by who runs the event, and deleted after it."))
    for_all = say("Yours holds for all dates of this course that you signed up for.")
    course = f"<p>{into(for_all)}</p>\n" if shown.event.series_id is not None else ""
    send = into(say("Send"))
    fields = "".join(_field(each, into, each.field in wrong, typed) for each in shown.asked)
    again = _button(SHOW_KEPT, into, "second") if any(e.shown for e in shown.asked) else ""
    return (
        f"{_heading(shown, ID_NUMBER, into)}<p>{why}</p>\n{course}"
        f'<form method="post" autocomplete="off">{fields}<button>{send}</button></form>\n{again}'
    )


def _button(said: Sayable, into: Into, kind: str = "first") -> str:
    """The button that shows numbers in full, by which the page ends."""
    return (
        f'<form method="post"><button class="{kind}" name="read" value="1">{into(said)}</button>'
        "</form>"
    )


def _field(asked: Asked, into: Into, is_wrong: bool, typed: Mapping[str, str]) -> str:
    who = asked.name or (say("Person {n}", n=asked.number + 1) if asked.number else None)
    label = into(lines(who, asked.question.text_of("text"), between=" · "))
    kept = into(say("Kept now: {number}", number=asked.shown))
    now = f'<p class="by">{kept}</p>' if asked.shown else ""
    wrong = f'<p class="wrong" role="alert">{into(WRONG)}</p>' if is_wrong else ""
    return (
        f'<label for="{asked.field}">{label}</label>{now}'
        f'<input id="{asked.field}" name="{asked.field}" maxlength="30" '
        f'autocomplete="off" autocapitalize="characters" spellcheck="false" '
        f'value="{escape(typed.get(asked.field, ""))}"{" aria-invalid=true" if is_wrong else ""}>'
        f"{wrong}"
    )


WRONG = say("That's no ID number. Check its 18 characters one by one; the last may be X.")


def _typed(done: Typed, language: str) -> str:
    into = _into(language)
    said = into(say("That's all. You can close this page and go back to the chat."))
    noted = say("✅ Noted.")
    return f"{_heading(done, noted, into)}<p>{said}</p>"


def _numbers(found: Read, language: str) -> str:
    into = _into(language)
    no_key = into(say("can't be opened: its key is gone"))
    nothing = into(say("Nothing was typed yet."))
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(number) or no_key}</td></tr>"
        for name, _question, number in found.rows
    )
    told = f"<table>{rows}</table>" if rows else f"<p>{nothing}</p>"
    return _heading(found, FULL, into) + told
