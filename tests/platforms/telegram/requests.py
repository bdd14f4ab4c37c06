"""Requests to the Bot API, taken apart, and its answers to them."""

import orjson
from aiohttp import BodyPartReader, web

from tests.platforms.telegram.people import Document, Json
from tests.platforms.telegram.rules import Parameters, Refusal, bad, check_upload


def respond(refusal: Refusal) -> web.Response:
    return web.Response(
        status=refusal.code, body=orjson.dumps(refusal.body()), content_type="application/json"
    )


def hang_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def parameters_of(request: web.Request) -> Json:
    """Parameters as Telegram takes them: JSON, a form of either kind, or the address."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            given |= orjson.loads(body) if body else {}
        except (orjson.JSONDecodeError, TypeError):
            raise web.HTTPBadRequest(text="Bad Request") from None
    elif request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name:
                given[part.name] = await _part(part)
    else:
        given |= dict(await request.post())
    return given


async def _part(part: BodyPartReader) -> str | Document:
    content = bytes(await part.read(decode=False))
    if part.filename is None:
        return content.decode()
    return Document(
        part.filename, part.headers.get("Content-Type", "application/octet-stream"), content
    )


def upload(given: Parameters, name: str) -> Document:
    document = given.get(name)
    if not isinstance(document, Document):
        raise bad(f"there is no {name} in the request")
    check_upload(document.content, photo=name == "photo")
    return document
