"""What is published of a judging: its record, for whoever recomputes it."""

import hashlib

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from models.contests import protocols
from models.store import Store

LONGEST = 10
"""How many digits a contest's number has at most."""


def protocol_routes(store: Store) -> list[BaseRoute]:
    """The route of published records, with an ETag and a second of cache life."""

    async def data(request: Request) -> Response:
        number = request.path_params["number"]
        content = b""
        if number.isdecimal() and len(number) < LONGEST:
            content = await store.read(_record, int(number))
        if not content:
            return Response(status_code=404)
        tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        headers = {
            "Cache-Control": "public, max-age=1",
            "ETag": tag,
            "X-Content-Type-Options": "nosniff",
        }
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type="application/json")

    return [Route("/protocols/{number}.json", data, methods=["GET"])]


def _record(session: Session, contest_id: int) -> bytes:
    kept = protocols.published(session, contest_id)
    return orjson.dumps(kept.record) if kept is not None else b""
