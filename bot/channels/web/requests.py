"""Reading what the chat page sends, and answering it as JSON."""

import math
import re
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.channels.pushes import read_body
from bot.conversation.messages import MAX_PACKED
from models.rules.languages import LANGUAGES

BODY_LIMIT = 32 * 1024
TEXT_LIMIT = 4000

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; media-src blob:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
GUARDS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class RequestRefused(Exception):
    """The request is answered with an HTTP status and a reason; ``retry_after`` is in seconds."""

    def __init__(self, status: int, why: str, retry_after: float = 0) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.retry_after = retry_after


# Reading; all of these raise RequestRefused


async def whole_body(request: Request, limit: int) -> bytes:
    """The body, of at most ``limit`` bytes."""
    try:
        body = await read_body(request, limit)
    except ClientDisconnect:
        raise RequestRefused(400, "cut off") from None
    if body is None:
        raise RequestRefused(413, "too long")
    return body


async def json_body(request: Request) -> Mapping[str, Any]:
    """The body as a JSON object."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise RequestRefused(415, "JSON is needed")
    try:
        decoded = orjson.loads(await whole_body(request, BODY_LIMIT))
    except orjson.JSONDecodeError:
        raise RequestRefused(400, "not JSON") from None
    if not isinstance(decoded, dict):
        raise RequestRefused(400, "not an object")
    return decoded


def matching(pattern: re.Pattern[str], value: Any, name: str) -> str:
    """The value, where it is a string that the pattern matches as a whole."""
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise RequestRefused(400, f"{name} is malformed")
    return value


def message_text(value: str) -> str:
    """The text without control characters, which PostgreSQL does not take either."""
    text = _CONTROLS.sub("", value.replace("\r\n", "\n")).strip()
    if not text:
        raise RequestRefused(400, "text is empty")
    if len(text) > TEXT_LIMIT:
        raise RequestRefused(400, f"text is longer than {TEXT_LIMIT} characters")
    return text


def press_data(value: str) -> str:
    """The data of a button, of at most 64 bytes."""
    if not value or len(value.encode()) > MAX_PACKED or _CONTROLS.search(value):
        raise RequestRefused(400, "press is malformed")
    return value


def known_language(value: Any) -> str:
    """The code of one of the station's languages; "" where the page names none."""
    if value not in ("", None, *LANGUAGES):
        raise RequestRefused(400, f"language is none of {', '.join(LANGUAGES)}")
    return str(value or "")


def place_of(value: str | None) -> int:
    """A place in the order of finished deliveries; 0 where none is named."""
    if not value:
        return 0
    if not value.isascii() or not value.isdecimal() or len(value) > 16:
        raise RequestRefused(400, "not a place")
    return int(value)


# Answering


def json_response(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={**GUARDS, "Cache-Control": "no-store", **(headers or {})},
    )


def refusal(refused: RequestRefused) -> Response:
    """The answer to a refused request: its reason as ``error``."""
    seconds = math.ceil(refused.retry_after)
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return json_response(refused.status, {"error": refused.why}, headers)
