"""What the public pages share: frame, style, headers, language, and answers from copies."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.browsers import language_of
from bot.station.copies import Copy
from models.rules.languages import LANGUAGES

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:0 auto;padding:1.5rem}"
    "h1{font-size:1.6rem;line-height:1.3;margin:.2em 0 .6em}"
    "h2{font-size:1.1rem;margin:1.5em 0 .5em}"
    "img{width:100%;height:auto;border-radius:.6rem}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1.2rem;margin:1em 0}"
    "dt,.by{opacity:.75}dd{margin:0;overflow-wrap:anywhere}p{margin:.5em 0}"
    ".about{white-space:pre-line;overflow-wrap:anywhere}"
    ".ways{display:flex;flex-wrap:wrap;gap:.6rem}"
    ".ways a{padding:.7rem 1.1rem;border:2px solid;border-radius:.6rem;text-decoration:none}"
    "a{color:light-dark(#0b57d0,#a8c7fa)}"
)
TABLES = (
    "table{border-collapse:collapse;width:100%;font-size:1rem}"
    "th,td{padding:.35rem .3rem;text-align:right;border-bottom:1px solid light-dark(#ddd,#444)}"
    "th{font-weight:normal;opacity:.75;font-size:.85rem}"
    "th:first-child,td:first-child{text-align:left;min-width:6.5rem;overflow-wrap:break-word}"
    ".wide{overflow-x:auto}"
)
"""Tables of places besides; one stands in an element of class ``wide``."""

SAFE = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


def headers_of(style: str, sources: str = "") -> dict[str, str]:
    """The headers of a page with this style, which caches keep for a second.

    ``sources`` are what its policy allows besides: ``img-src 'self'; ``.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        **SAFE,
        "Cache-Control": "public, max-age=1",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; {sources}"
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Vary": "Accept-Language",
    }


def language_asked(request: Request, own: str) -> str:
    """The language that the address names, else the one that the browser prefers, else ``own``."""
    language = request.query_params.get("lang", "")
    return language if language in LANGUAGES else language_of(request, own)


def answered(request: Request, copy: Copy, headers: dict[str, str]) -> Response:
    """The copy, or that the one which the reader has is still good."""
    tagged = {**headers, "ETag": copy.tag}
    if copy.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=tagged)
    return Response(copy.content, headers=tagged, media_type=copy.media_type)


# What stands on every page


def document(
    language: str, title: str, style: str, main: str, card: Mapping[str, str] | None = None
) -> bytes:
    """An HTML page around ``main``, which is HTML with its element of that name.

    ``card`` is what other programs show of a link to it, by https://ogp.me; the title without one.
    What is empty in it is left out.
    """
    told = card if card is not None else {"og:title": title}
    shown = "".join(
        f'<meta property="{name}" content="{escape(said)}">' for name, said in told.items() if said
    )
    html = (
        f'<!doctype html>\n<html lang="{locale_of(language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title>{shown}<style>{style}</style>\n{main}</html>\n"
    )
    return html.encode()


def card_of(called: str, title: str, told: str, url: str, picture: str) -> dict[str, str]:
    """The card of a page of the station that is ``called`` so; ``picture`` may be empty."""
    return {
        "og:type": "website",
        "og:title": title,
        "og:description": told,
        "og:site_name": called,
        "og:url": url,
        "og:image": picture,
    }


def locale_of(language: str) -> str:
    """The language as HTML names it."""
    return LANGUAGES[language].locale.replace("_", "-")


def by_line(*names: str) -> str:
    """Whose page it is: each name once, those that are empty left out."""
    return f'<p class="by">{escape(" · ".join(dict.fromkeys(filter(None, names))))}</p>\n'


def links(found: Iterable[tuple[str, str]], kind: str = "ways") -> str:
    """Labels with paths as a row of buttons; nothing where there are none."""
    row = "".join(f'<a href="{escape(path)}">{escape(label)}</a>' for label, path in found)
    return f'<p class="{kind}">{row}</p>\n' if row else ""


def other_languages(path: str, language: str) -> str:
    """The same page in each of the other languages."""
    return " · ".join(
        f'<a href="{escape(path)}?lang={code}" hreflang="{code}">{escape(each.name)}</a>'
        for code, each in LANGUAGES.items()
        if code != language
    )
