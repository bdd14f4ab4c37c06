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
    """The wish to sign up, as Telegram posts it."""
    return text(number, ask.chat_id, f"/signup {ask.event_id}")


def text(number: int, chat_id: int, said: str) -> bytes:
    """A text message as Telegram posts it; its command ends at the first space."""
    command = [{"offset": 0, "length": len(said.split(maxsplit=1)[0]), "type": "bot_command"}]
    message = {
        "message_id": 100 + number,
        "from": _person(chat_id),
        "chat": _chat(chat_id),
        "date": int(time.time()),
        "text": said,
        **({"entities": command} if said.startswith("/") else {}),
    }
    return json.dumps({"update_id": 700_000_000 + number, "message": message}).encode()


def press(number: int, chat_id: int, data: str) -> bytes:
    """A press of a button as Telegram posts it."""
    below = {
        "message_id": 99,
        "from": ME,
        "chat": _chat(chat_id),
        "date": int(time.time()),
        "text": "活动",
    }
    query = {
        "id": str(10_000_000 + number),
        "from": _person(chat_id),
        "message": below,
        "chat_instance": "1",
        "data": data,
    }
    return json.dumps({"update_id": 700_000_000 + number, "callback_query": query}).encode()


def _name(chat_id: int) -> str:
    return f"工友{chat_id % 1_000_000}"


def _person(chat_id: int) -> dict[str, Any]:
    name = _name(chat_id)
    return {"id": chat_id, "is_bot": False, "first_name": name, "language_code": "zh-hans"}


def _chat(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "first_name": _name(chat_id), "type": "private"}


async def deliver(
    standin: Telegram, urls: Sequence[str], asks: Sequence[Ask], *, first: int, rate: float = 0
) -> None:
    """Post the wish of each ask to sign up, as ``post_all`` does."""
    bodies = [(ask.chat_id, update(first + number, ask)) for number, ask in enumerate(asks)]
    await post_all(standin, urls, bodies, rate=rate)


async def post_all(
    standin: Telegram, urls: Sequence[str], updates: Sequence[tuple[int, bytes]], *, rate: float = 0
) -> None:
    """Post one update of each chat; return when every one has been taken and answered.

    An answer is a sendMessage, in the response's own body or through the API. With a ``rate`` that
    many are posted a second, if the bot can follow; without one, as many as it takes.
    """
    waiting = enumerate(updates)
    started = time.monotonic()
    headers = {
        "Content-Type": "application/json",
        "X-Telegram-Bot-Api-Secret-Token": SECRET,
        "Accept-Encoding": "gzip, deflate",
    }

    async def post(session: aiohttp.ClientSession) -> None:
        for number, (chat_id, body) in waiting:
            at = started + number / rate if rate else time.monotonic()
            if (early := at - time.monotonic()) > 0:
                await asyncio.sleep(early)
            standin.ask(chat_id, at)
            url = urls[chat_id % len(urls)]
            async with session.post(url, data=body, headers=headers) as response:
                if response.status != 200:
                    content = await response.read()
                    raise AssertionError(f"the bot answered {response.status}: {content!r}")
                call = await method_call(response)
            if call.get("method", "").lower() == "sendmessage":
                standin.hear(int(call["chat_id"]), str(call["text"]))

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    wanted = standin.answers + len(updates)
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
