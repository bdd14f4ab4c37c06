"""A server of models that says what a test wants: a choice, a text, rubbish, an error, nothing."""

import asyncio
import json
from typing import Any

from aiohttp import web

KEY = "sk-the-key-of-the-model"
Said = dict[str, Any] | str | int | None
"""What the model writes, as JSON or as it is; an HTTP status; None for no answer at all."""


class Models:
    """Answers ``/chat/completions`` and ``/audio/transcriptions`` to those who show the KEY.

    ``says`` are the next answers in turn, the last one for good. ``knows_schemas`` false: a server
    that refuses ``json_schema``. ``asked`` are the bodies that came. ``hears`` is the text of every
    voice, and ``heard`` are those that came, by the names of their files.
    """

    def __init__(self) -> None:
        self.base_url = ""
        self.says: list[Said] = [{"intent": "unclear"}]
        self.knows_schemas = True
        self.asked: list[dict[str, Any]] = []
        self.refused = 0
        self.hears: str | int = ""
        self.heard: list[tuple[str, bytes]] = []
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "Models":
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/v1/audio/transcriptions", self._transcribe)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.goes_away()

    async def goes_away(self) -> None:
        """Stop listening: connections are refused from now on."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None

    @property
    def saw(self) -> list[str]:
        """What people wrote, as it came here."""
        return [json.loads(each["messages"][-1]["content"])["message"] for each in self.asked]

    def _next(self) -> Said:
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]

    async def _complete(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "no such key"}}, status=401)
        body = await request.json()
        form = body["response_format"]
        if form["type"] == "json_schema" and not self.knows_schemas:
            self.refused += 1
            return web.json_response({"error": {"message": "response_format"}}, status=400)
        self.asked.append(body)
        said = self._next()
        if said is None:
            await asyncio.sleep(30)
        if isinstance(said, int):
            return web.json_response({"error": {"message": "busy"}}, status=said)
        content = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        message = {"role": "assistant", "content": content}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        usage = {"prompt_tokens": 900, "completion_tokens": 20, "total_tokens": 920}
        return web.json_response({"id": "1", "choices": choices, "usage": usage})

    async def _transcribe(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "no such key"}}, status=401)
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        assert form["model"]
        self.heard.append((file.filename, file.file.read()))
        if isinstance(self.hears, int):
            return web.json_response({"error": {"message": "busy"}}, status=self.hears)
        return web.json_response({"text": self.hears})
