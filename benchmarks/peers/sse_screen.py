"""A second screen as it is often built: Starlette sends an event a second to every stream."""

import argparse
import asyncio
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

DOCUMENT = b"data: " + b'{"poll": [' + b'{"text": "choir", "votes": 1234},' * 40 + b"{}]}\n\n"


async def stream(request: Request) -> Response:
    async def events() -> AsyncIterator[bytes]:
        while True:
            yield DOCUMENT
            await asyncio.sleep(1)

    return StreamingResponse(events(), media_type="text/event-stream")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    app = Starlette(routes=[Route("/events", stream)])
    uvicorn.run(app, port=options.port, log_level="warning", backlog=16384)
