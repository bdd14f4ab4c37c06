"""What the public pages share: their style and headers, their language, and answers from copies."""

import base64
import hashlib

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
