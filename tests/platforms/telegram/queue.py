"""Updates on their way from Telegram to the bot: pushed to a webhook, or fetched by polls."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.platforms.telegram.rules import Refusal

NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
SLOWEST_SECONDS = 60.0
ANSWER_SECONDS = 60.0
LONGEST_POLL = 50

Execute = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class Update:
    """One update; ``settled`` once the bot has acknowledged it."""

    number: int
    kind: str
    body: dict[str, Any]
    lane: int
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    def payload(self) -> dict[str, Any]:
        return {"update_id": self.number, self.kind: self.body}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver to the webhook: what it answered, 0 for no answer."""

    update: int
    status: int
    body: bytes
    retry_after: str = ""


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret: str = ""
    max_connections: int = 40


class Updates:
    """Holds updates until they are acknowledged.

    As Telegram does: one of a lane under way at a time, different lanes side by side, repeated
    until the answer is 2xx. ``hurry`` divides the pauses between tries.
    """

    def __init__(self, *, execute: Execute, hurry: float) -> None:
        self.webhook = Webhook()
        self.allowed: tuple[str, ...] = ()
        self.attempts: list[Attempt] = []
        self.polls = self.full_polls = self.conflicts = 0
        self._execute = execute
        self._hurry = hurry
        self._next = 100_000_001
        self._waiting: dict[int, list[Update]] = {}
        self._pushing: dict[int, asyncio.Task[None]] = {}
        self._arrived = asyncio.Event()
        self._poll: asyncio.Event | None = None
        self._session: aiohttp.ClientSession | None = None
        self._free = asyncio.Semaphore(self.webhook.max_connections)

    def push(self, kind: str, body: dict[str, Any], lane: int) -> Update:
        """Put an update on its way; one of a kind that was not asked for is dropped."""
        update = Update(self._next, kind, body, lane)
        self._next += 1
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            update.settled.set()
            return update
        self._waiting.setdefault(lane, []).append(update)
        self._arrived.set()
        self._push_lane(lane)
        return update

    def repeat(self, update: Update) -> None:
        """Deliver an update once more, as happens when its answer got lost."""
        update.settled.clear()
        self._waiting.setdefault(update.lane, []).insert(0, update)
        self._arrived.set()
        self._push_lane(update.lane)

    @property
    def pending(self) -> list[Update]:
        every = [update for lane in self._waiting.values() for update in lane]
        return sorted(every, key=lambda update: update.number)

    # Webhook

    def set_webhook(self, webhook: Webhook) -> None:
        self.webhook = webhook
        self._free = asyncio.Semaphore(webhook.max_connections)
        for task in self._pushing.values():
            task.cancel()
        self._pushing.clear()
        for lane in list(self._waiting):
            self._push_lane(lane)

    def _push_lane(self, lane: int) -> None:
        if self.webhook.url and lane not in self._pushing:
            self._pushing[lane] = asyncio.create_task(self._push(lane))

    async def _push(self, lane: int) -> None:
        failures = 0
        while waiting := self._waiting.get(lane):
            update = waiting[0]
            async with self._free:
                attempt = await self._attempt(update)
            self.attempts.append(attempt)
            if 200 <= attempt.status <= 299:
                failures = 0
                waiting.remove(update)
                await self._run_call(attempt.body)
                update.settled.set()
                continue
            failures += 1
            # The first failure is followed at once by a second try, then after 2, 4, 8 ... s.
            pause = 0.0 if failures == 1 else min(2.0 ** (failures - 1), SLOWEST_SECONDS)
            if attempt.retry_after.isdecimal():
                pause = min(float(attempt.retry_after), 3600.0)
            await asyncio.sleep(pause / self._hurry)
        self._waiting.pop(lane, None)
        self._pushing.pop(lane, None)

    async def _attempt(self, update: Update) -> Attempt:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
                connector=aiohttp.TCPConnector(limit=0, ssl=False),
            )
        headers = {"Content-Type": "application/json"}
        if self.webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook.secret
        body = json.dumps(update.payload(), ensure_ascii=True).encode()
        try:
            async with self._session.post(
                self.webhook.url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return Attempt(
                    update.number,
                    response.status,
                    await response.read(),
                    response.headers.get("Retry-After", ""),
                )
        except (aiohttp.ClientError, TimeoutError):
            return Attempt(update.number, 0, b"")

    async def _run_call(self, body: bytes) -> None:
        try:
            call = json.loads(body) if body else None
        except ValueError:
            return
        if isinstance(call, dict) and "method" in call:
            await self._execute(call)

    # Polling

    async def fetch(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Answer getUpdates: forget what is below ``offset``, wait for what is not."""
        if self.webhook.url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self.polls += 1
        self._acknowledge(offset)
        if self._poll is not None:
            self._poll.set()
        mine = self._poll = asyncio.Event()
        try:
            if not self.pending and seconds > 0:
                await self._wait(mine, min(seconds, LONGEST_POLL))
            if mine.is_set():
                self.conflicts += 1
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
        finally:
            if self._poll is mine:
                self._poll = None
        return [update.payload() for update in self.pending if update.number >= offset][:limit]

    def interrupt(self) -> None:
        """End the poll under way, as another program that polls does."""
        if self._poll is not None:
            self._poll.set()

    async def _wait(self, interrupted: asyncio.Event, seconds: float) -> None:
        self._arrived.clear()
        waits = [asyncio.ensure_future(each.wait()) for each in (self._arrived, interrupted)]
        done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        self.full_polls += not done
        for each in waits:
            each.cancel()

    def _acknowledge(self, offset: int) -> None:
        for lane in list(self._waiting):
            for update in [each for each in self._waiting[lane] if each.number < offset]:
                self._waiting[lane].remove(update)
                update.settled.set()
            if not self._waiting[lane]:
                del self._waiting[lane]

    async def close(self) -> None:
        tasks = list(self._pushing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._arrived.set()
        if self._session is not None:
            await self._session.close()
