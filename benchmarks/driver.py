"""Telegram's side: its API as a stand-in, and its webhook calls."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from benchmarks.plan import Ask

CONNECTIONS = 40
"""Telegram's default for ``max_connections``."""

TOKEN = "1234567890:AAHbenchmarkbenchmarkbenchmarkbench"
SECRET = "benchmark-secret"
PATIENCE = 120
ME = {"id": 1234567890, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}


@dataclass(slots=True)
class Telegram:
    """A Bot API server that accepts every call and counts the messages sent to each chat.

    ``owed`` is what a chat still has to hear; ``calls`` counts what came through the API.
    ``asked_at`` is when a chat asked last, or should have where the driver was late; ``heard`` is
    called for each answer with the chat, what was said, and how many seconds that took.
    ``documents`` counts the PDF files that came to each chat.
    """

    base: str
    owed: Counter[int] = field(default_factory=Counter)
    answers: int = 0
    calls: int = 0
    asked_at: dict[int, float] = field(default_factory=dict)
    heard: Callable[[int, str, float], None] | None = None
    documents: Counter[int] = field(default_factory=Counter)

    def ask(self, chat_id: int, at: float) -> None:
        self.owed[chat_id] += 1
        self.asked_at[chat_id] = at

    def hear(self, chat_id: int, text: str) -> None:
        """Count an answer; raises when the chat is owed none."""
        if not self.owed[chat_id]:
            raise AssertionError(f"{chat_id} was answered twice, or without having asked")
        self.owed[chat_id] -= 1
        self.answers += 1
        if self.heard is not None:
            self.heard(chat_id, text, time.monotonic() - self.asked_at[chat_id])

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"].lower()
        if method == "getme":
            return web.json_response({"ok": True, "result": ME})
        if method == "senddocument":
            return await self._take_document(request)
        if method != "sendmessage":
            return web.json_response({"ok": True, "result": True})
        if request.content_type == "application/json":
            fields = await request.json()
        else:
            fields = await request.post()
        chat_id = int(fields["chat_id"])
        self.calls += 1
        self.hear(chat_id, str(fields["text"]))
        sent = {
            "message_id": self.calls,
            "from": ME,
            "chat": {"id": chat_id, "type": "private", "first_name": "工友"},
            "date": int(time.time()),
            "text": str(fields["text"]),
        }
        return web.json_response({"ok": True, "result": sent})

    async def _take_document(self, request: web.Request) -> web.Response:
        fields = await request.post()
        chat_id, file = int(str(fields["chat_id"])), fields["document"]
        assert isinstance(file, web.FileField)
        if not file.file.read(5) == b"%PDF-":
            raise AssertionError(f"{chat_id} got {file.filename}, which is no PDF")
        self.documents[chat_id] += 1
        chat = {"id": chat_id, "type": "private"}
        sent = {"message_id": self.documents.total(), "date": int(time.time()), "chat": chat}
        return web.json_response({"ok": True, "result": sent})


@asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    """Serve the stand-in on a free port of this machine."""
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    standin = Telegram(base="")
    app.router.add_route("*", "/bot{token}/{method}", standin.handle)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    standin.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield standin
    await runner.cleanup()


def update(number: int, ask: Ask) -> bytes:
    """A text message as Telegram posts it."""
    name = f"工友{ask.chat_id % 1_000_000}"
    text = f"/signup {ask.event_id}"
    return json.dumps(
        {
            "update_id": 700_000_000 + number,
            "message": {
                "message_id": 100 + number,
                "from": {
                    "id": ask.chat_id,
                    "is_bot": False,
                    "first_name": name,
                    "language_code": "zh-hans",
                },
                "chat": {"id": ask.chat_id, "first_name": name, "type": "private"},
                "date": int(time.time()),
                "text": text,
                "entities": [{"offset": 0, "length": len("/signup"), "type": "bot_command"}],
            },
        }
    ).encode()


async def deliver(
    standin: Telegram, urls: Sequence[str], asks: Sequence[Ask], *, first: int, rate: float = 0
) -> None:
    """Post one update per ask; return when every one has been taken and answered.

    An answer is a sendMessage, in the response's own body or through the API. With a ``rate`` that
    many are posted a second, if the bot can follow; without one, as many as it takes.
    """
    bodies = [(ask, update(first + number, ask)) for number, ask in enumerate(asks)]
    waiting = enumerate(bodies)
    started = time.monotonic()
    headers = {
        "Content-Type": "application/json",
        "X-Telegram-Bot-Api-Secret-Token": SECRET,
        "Accept-Encoding": "gzip, deflate",
    }

    async def post(session: aiohttp.ClientSession) -> None:
        for number, (ask, body) in waiting:
            at = started + number / rate if rate else time.monotonic()
            if (early := at - time.monotonic()) > 0:
                await asyncio.sleep(early)
            standin.ask(ask.chat_id, at)
            url = urls[ask.chat_id % len(urls)]
            async with session.post(url, data=body, headers=headers) as response:
                if response.status != 200:
                    content = await response.read()
                    raise AssertionError(f"the bot answered {response.status}: {content!r}")
                call = await method_call(response)
            if call.get("method", "").lower() == "sendmessage":
                standin.hear(int(call["chat_id"]), str(call["text"]))

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    wanted = standin.answers + len(asks)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(CONNECTIONS):
            group.create_task(post(session))
    await _answered(standin, wanted)


async def method_call(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The fields of the API call in a webhook's response; empty when there is none.

    Telegram takes JSON and forms alike; aiogram answers with a form of several parts.
    Source: https://core.telegram.org/bots/api#making-requests-when-getting-updates
    """
    if response.content_type.startswith("multipart/"):
        parts: dict[str, Any] = {}
        # A part must be read before the next one is asked for.
        async for part in aiohttp.MultipartReader.from_response(response):
            assert isinstance(part, aiohttp.BodyPartReader)
            parts[part.name or ""] = await part.text()
        return parts
    content = await response.read()
    found: dict[str, Any] = json.loads(content) if content else {}
    return found


async def _answered(standin: Telegram, wanted: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while standin.answers < wanted:
        if time.monotonic() > deadline:
            raise AssertionError(f"{wanted - standin.answers} were never answered")
        await asyncio.sleep(0.005)
