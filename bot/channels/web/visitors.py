"""Who sends a request to the chat page, and whether it may be answered."""

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.requests import RequestRefused
from models.rules.sending.buckets import Buckets

ACCOUNT = "web.chat"
"""The account at which visitors are known, by their address."""

SECURE_COOKIE, PLAIN_COOKIE = "__Host-chat", "chat"
COOKIE_SECONDS = 365 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """``cookie`` holds 256 random bits; ``address``, its hash, is all that the store knows."""

    cookie: str
    address: str


def address_in(request: Request) -> str:
    """Return the address of the visitor who sends a request; empty without a cookie of the page."""
    cookie = request.cookies.get(SECURE_COOKIE) or request.cookies.get(PLAIN_COOKIE) or ""
    return hashlib.sha256(cookie.encode()).hexdigest() if _TOKEN.fullmatch(cookie) else ""


def client_of(request: Request) -> str:
    """Return the IP address that a request comes from; empty where it isn't known."""
    return request.client.host if request.client is not None else ""


class Visitors:
    """Recognises visitors by their cookie, and limits how often they and their hosts may ask.

    ``origin`` is the station's public one, for a proxy that changes the Host header. ``clock``
    returns seconds.
    """

    def __init__(
        self,
        *,
        origin: str,
        secure_cookies: bool,
        clock: Callable[[], float] = time.monotonic,
        per_address: Buckets | None = None,
        per_client: Buckets | None = None,
    ) -> None:
        self._origin = origin
        self._secure = secure_cookies
        # A browser takes this prefix only over TLS and from this very host (RFC 6265bis).
        self._cookie = SECURE_COOKIE if secure_cookies else PLAIN_COOKIE
        self._clock = clock
        self._per_address = per_address or Buckets(per_second=2, burst=60)
        # Everybody in a factory may share one IP address.
        self._per_client = per_client or Buckets(per_second=50, burst=500)

    def of(self, request: Request) -> Visitor:
        """The visitor whom the cookie names; a new one where it names none."""
        cookie = request.cookies.get(self._cookie, "")
        return _known_by(cookie) if _TOKEN.fullmatch(cookie) is not None else self.anew()

    def anew(self) -> Visitor:
        """A visitor who has never been here."""
        return _known_by(secrets.token_urlsafe(32))

    def remember(self, visitor: Visitor, response: Response) -> None:
        """Set the visitor's cookie, for another year."""
        response.set_cookie(
            self._cookie,
            visitor.cookie,
            max_age=COOKIE_SECONDS,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def check_origin(self, request: Request) -> None:
        """Raises RequestRefused for what another site's page sends.

        Browsers name the site; other programs need not.
        """
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise RequestRefused(403, "another site's request")
        origin = request.headers.get("origin")
        if origin is None or origin == self._origin:
            return
        # Not parsed as an address: a malformed one is another site's, and no error of ours.
        if origin.partition("://")[2] != request.headers.get("host"):
            raise RequestRefused(403, "another site's request")

    def check_rate(self, request: Request, visitor: Visitor) -> None:
        """Raises RequestRefused when the visitor, or their host, sends too many messages."""
        self.check_client(request)
        wait = self._per_address.wait(visitor.address, self._clock())
        if wait:
            raise RequestRefused(429, "too many messages", wait)

    def check_client(self, request: Request) -> None:
        """Raises RequestRefused when too many requests come from one IP address."""
        wait = self._per_client.wait(client_of(request), self._clock())
        if wait:
            raise RequestRefused(429, "too many requests", wait)


def _known_by(cookie: str) -> Visitor:
    return Visitor(cookie, hashlib.sha256(cookie.encode()).hexdigest())
