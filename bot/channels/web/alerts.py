"""Alert browsers whose chat page is closed, after their messages have been sent."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

import orjson
import structlog

from bot.channels.web.push_services import Answer, PushServices, StationKey
from bot.conversation.messages import Message
from models.rules.languages import Translated
from models.rules.sending.alerts import Subscription, first_lines
from models.sending.alerts import Alert
from models.store import StoreDown

AT_ONCE = 32
"""The most alerts under way; a push service that is silent holds its own for some seconds."""

TOGETHER = 500
"""Addresses that are looked up by one statement."""

AGAIN_SECONDS = 5.0
"""How long an alert waits before its one repetition, where the push service was busy."""

log = structlog.get_logger(__name__)


class Book(Protocol):
    """The subscriptions, as the station keeps them for one account."""

    async def subscribe(self, address: str, given: Subscription) -> bool:
        """Keep a subscription; return False if the station does not know the address."""

    async def take(self, addresses: Collection[str]) -> Sequence[Alert]:
        """Return what the browsers of these addresses are to be alerted of, each once."""

    async def forget(self, subscription_id: int) -> None:
        """Delete a subscription."""


class Alerts:
    """Sends alerts in the background: a delivery neither waits for them nor fails by them.

    An alert that is lost costs nothing but itself: the page shows its message when it is opened.
    ``called`` is what the station calls itself. ``again_seconds``: see AGAIN_SECONDS.
    """

    def __init__(
        self,
        book: Book,
        key: StationKey,
        called: Translated,
        now: Callable[[], datetime],
        services: PushServices | None = None,
        *,
        again_seconds: float = AGAIN_SECONDS,
    ) -> None:
        self.book = book
        self.key = key
        self.services = services or PushServices()
        self.again_seconds = again_seconds
        self._called = called
        self._now = now
        self._waiting: dict[str, None] = {}
        self._looking: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    def ring(self, address: str) -> None:
        """Alert the browsers of this address soon; returns at once."""
        self._waiting[address] = None
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while tasks := [*self._sending, *([self._looking] if self._looking else [])]:
            await asyncio.wait(tasks)

    async def stop(self) -> None:
        """Give up what is under way, and close the connections."""
        self._waiting.clear()
        tasks = [*self._sending, *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.services.close()

    async def _look(self) -> None:
        try:
            while self._waiting:
                addresses = list(self._waiting)[:TOGETHER]
                for each in addresses:
                    del self._waiting[each]
                for alert in await self.book.take(addresses):
                    await self._room.acquire()
                    task = asyncio.create_task(self._send(alert))
                    self._sending.add(task)
                    task.add_done_callback(self._sent)
        except StoreDown:
            log.warning("alerts_cannot_look")
        finally:
            self._looking = None

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._room.release()
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.error("alert_failed", exc_info=problem)

    async def _send(self, alert: Alert) -> None:
        content = self._content(alert)
        answer = await self._give(alert, content)
        if answer is Answer.BUSY:
            await asyncio.sleep(self.again_seconds)
            answer = await self._give(alert, content)
        if answer is Answer.GONE:
            try:
                await self.book.forget(alert.subscription_id)
            except StoreDown:
                log.warning("alerts_cannot_forget")
        elif answer is not Answer.TAKEN:
            log.info("alert_not_taken", answer=answer.value)

    async def _give(self, alert: Alert, content: bytes) -> Answer:
        return await self.services.send(alert.to, content, self.key, self._now(), alert.expires_at)

    def _content(self, alert: Alert) -> bytes:
        """What the page's worker shows; it may be read on another day than it was written."""
        message = Message.from_json(alert.message).read_on("")
        return orjson.dumps(
            {
                "title": self._called.to(message.language),
                "body": first_lines(message.text),
                "lang": message.language,
                "name": alert.name,
            }
        )
