"""How the desk answers a browser: headers, cookies, and pages in the reader's words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.conversation.language import Reader
from bot.conversation.messages import Sayable
from models.rules.languages import LANGUAGES

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST_SAID = 600
"""Characters of what the next page says was done: a cookie holds four kilobytes."""


class Cookies:
    """The cookies of the desk: the session's token, and what the next page says was done."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        # A browser takes these prefixes only over TLS and from this very host (RFC 6265bis).
        self._session = "__Host-desk" if secure else "desk"
        self._said = "__Host-desk-said" if secure else "desk-said"

    def token(self, request: Request) -> str:
        """The token of the browser's session; empty without one."""
        token = request.cookies.get(self._session, "")
        return token if TOKEN.fullmatch(token) else ""

    def sign_in(self, response: Response, token: str) -> None:
        """Keep a session's token until the browser is closed."""
        # Lax, so that a link in a chat opens its page; what a form sends carries a key as well.
        self._set(response, self._session, token, None)

    def sign_out(self, response: Response) -> None:
        self._set(response, self._session, "", 0)

    def said(self, request: Request) -> str:
        return unquote(request.cookies.get(self._said, ""))[:LONGEST_SAID]

    def say(self, response: Response, said: str) -> None:
        """Hand words to the next page, which escapes them as all that it shows."""
        self._set(response, self._said, quote(said[:LONGEST_SAID]), 60 if said else 0)

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )


@dataclass(frozen=True, slots=True)
class Html:
    """A page, or a part of one, that is ready to be sent."""

    content: str
    status: int = 200
    is_part: bool = False

    def response(self) -> Response:
        return HTMLResponse(self.content, self.status, HEADERS)


def rendered(
    template: str,
    title: Sayable,
    reader: Reader,
    facts: Mapping[str, Any],
    *,
    part: str = "",
    status: int = 200,
) -> Html:
    """Render a template for a reader; ``facts`` come on top of what every page knows."""
    # Templates are read at the first page, so that a station nobody looks at stays small.
    from console.rendering import render

    locale = LANGUAGES[reader.language].locale.replace("_", "-")
    known = {"reader": reader, "title": title, "locale": locale}
    return Html(render(template, {**known, **facts}, part), status, bool(part))


def menu(entries: Sequence[tuple[str, Sayable]], path: str) -> list[dict[str, Any]]:
    """The entries of the menu as templates take them; the one that is open is marked.

    Those without a label are subjects that stand elsewhere.
    """
    above = [at for at, _label in entries if path == at or path.startswith(f"{at}/")]
    # The first page's address is the beginning of all others.
    opened = max(above, key=len, default="")
    return [{"path": at, "label": label, "is_open": at == opened} for at, label in entries if label]
