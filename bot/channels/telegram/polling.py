"""Long polling: updates are asked for, heard, answered, and only then acknowledged."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from prometheus_client import Gauge
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels import TryLater
from bot.channels.leases import Lease
from bot.channels.telegram.api import POLL_SECONDS, Api
from bot.channels.telegram.condition import Condition
from bot.channels.telegram.groups import Me
from bot.channels.telegram.outcomes import NOT_ACCEPTED, in_words, wait_of
from bot.channels.telegram.replies import Replies
from bot.channels.telegram.updates import ALLOWED_UPDATES, NotAnUpdate, Update, read
from bot.conversation.messages import Message
from models.store import StoreDown

log = structlog.get_logger(__name__)

POLLING = Gauge("yizhan_telegram_polling", "Whether this process asks for updates.", ["account"])

SLOWEST = 32
"""How many times longer than the first the longest pause after an error is."""

CONFLICT = 10
"""How many times longer than the first the longest pause after a conflict is."""

TRIES = 5
"""How often an answer is tried, and an update that makes the station stumble: then it is left out,
so that it does not keep everybody else waiting."""

ANSWERING_SECONDS = 2.0
"""How long the next poll waits for answers: until it is made, a crash has them answered again."""

STOPPING_SECONDS = 1.5
ACKNOWLEDGING_SECONDS = 1.0

STAND_BY_SECONDS = 1.0
"""How often a process that may not ask for updates looks whether it may now."""


class Polling:
    """Asks for updates and has them replied to: one chat's in order, different chats concurrently.

    ``back_off`` is the first pause after an error, in seconds. With a ``lease``, updates are asked
    for only while it is held: Telegram refuses two that ask at once.
    """

    def __init__(
        self,
        *,
        account: str,
        me: Me,
        api: Api,
        replies: Replies,
        condition: Condition,
        back_off: float,
        lease: Lease | None = None,
    ) -> None:
        self._account = account
        self._me = me
        self._api = api
        self._replies = replies
        self._condition = condition
        self._back_off = back_off
        self._lease = lease
        self._offset = 0
        self._asked = 0
        self._acknowledged = 0
        self._is_refused = False
        self._stopped = asyncio.Event()
        self._polls: asyncio.Task[Any] | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._last_answers: dict[int, asyncio.Task[None]] = {}
        self._running: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._running is not None and not self._running.done()

    def start(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        if self._lease is None:
            await self._run_alone()
            return
        while not self._stopped.is_set():
            if not await self._lease.acquire():
                self._condition.report("")
                await self._wait(STAND_BY_SECONDS)
                continue
            keeping = asyncio.create_task(self._lease.keep())
            keeping.add_done_callback(self._interrupt)
            try:
                await self._run_alone()
            finally:
                keeping.cancel()
                await asyncio.wait([keeping])
            if self._stopped.is_set() or self._is_refused:
                # Another process may have been given a newer token.
                await self._lease.release()
                return
            log.warning("telegram: the lease to poll was lost", account=self._account)

    def _may_ask(self) -> bool:
        return self._lease is None or self._lease.is_held

    def _interrupt(self, _ended: "asyncio.Task[None] | None" = None) -> None:
        if self._polls is not None:
            self._polls.cancel()

    async def _run_alone(self) -> None:
        """Ask for updates until the stop, or until the lease is lost."""
        # What another process acknowledged meanwhile is not known here.
        self._offset = self._asked = self._acknowledged = 0
        POLLING.labels(self._account).set(1)
        try:
            await self._ask_on()
        finally:
            POLLING.labels(self._account).set(0)
        if self._may_ask():
            await self._acknowledge()

    async def _ask_on(self) -> None:
        pause = self._back_off
        while not self._stopped.is_set() and self._may_ask():
            try:
                updates = await self._poll()
            except InvalidToken:
                self._condition.report(NOT_ACCEPTED)
                self._is_refused = True
                return
            except Conflict as error:
                self._condition.report("another program receives this bot's updates")
                if "webhook" in error.message.lower():
                    await self._take_webhook_away()
                await self._wait(pause)
                # Shortly after a change of hands it is the one before, and soon over.
                pause = min(pause * 2, self._back_off * CONFLICT)
            except RetryAfter as error:
                await self._wait(wait_of(error).total_seconds())
            except TelegramError as error:
                self._condition.report(in_words(error))
                await self._wait(pause)
                pause = min(pause * 2, self._back_off * SLOWEST)
            else:
                pause = self._back_off
                self._condition.report("")
                if self._may_ask():
                    await self._take(updates)

    async def _take_webhook_away(self) -> None:
        """Delete a webhook that another program has set while this one polls."""
        log.warning("telegram: a webhook is taken away", account=self._account)
        with suppress(TelegramError):
            await self._api.bot.delete_webhook()

    async def stop(self) -> None:
        """End once what is being heard has been heard."""
        self._stopped.set()
        if self._running is None:
            return
        self._interrupt()
        await asyncio.wait([self._running], timeout=STOPPING_SECONDS)
        left = [self._running, *self._answering]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _poll(self) -> list[Any]:
        offset = self._asked = self._offset
        self._polls = asyncio.ensure_future(
            self._api.get_updates(
                {
                    "offset": offset,
                    "timeout": POLL_SECONDS,
                    "allowed_updates": list(ALLOWED_UPDATES),
                }
            )
        )
        try:
            updates = await self._polls
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if this is None or this.cancelling():
                raise
            # Interrupted: by the stop, or by the loss of the lease.
            return []
        finally:
            self._polls = None
        self._acknowledged = offset
        return updates if isinstance(updates, list) else []

    async def _acknowledge(self) -> None:
        """Tell Telegram what was heard, so that it is not answered again after the next start."""
        if self._offset <= self._acknowledged:
            return
        with suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(ACKNOWLEDGING_SECONDS):
                await self._api.get_updates({"offset": self._offset, "timeout": 0, "limit": 1})

    async def _take(self, updates: Sequence[Any]) -> None:
        """Have all updates heard, then answered, and move the offset behind what was heard."""
        chats: dict[int, list[Update]] = {}
        for each in updates:
            try:
                update = read(each, self._account, self._me)
            except NotAnUpdate:
                log.warning("telegram: not an update", account=self._account)
                continue
            chats.setdefault(update.chat, []).append(update)
        heard = await asyncio.gather(*(self._hear_chat(chat) for chat in chats.values()))
        known = {update.number for chat in chats.values() for update in chat}
        done = {update.number for chat in heard for update, _ in chat}
        if missed := known - done:
            self._offset = min(missed)
        elif known:
            self._offset = max(known) + 1
        answering = []
        for chat in heard:
            replies = [(update, message) for update, message in chat if message is not None]
            if replies:
                answering.append(self._answer_later(replies))
        if answering:
            await asyncio.wait(answering, timeout=ANSWERING_SECONDS)

    async def _hear_chat(self, updates: list[Update]) -> list[tuple[Update, Message | None]]:
        """One chat's updates in order, up to the first that could not be kept before the stop."""
        heard: list[tuple[Update, Message | None]] = []
        for update in updates:
            pause, stumbled = self._back_off, 0
            while True:
                try:
                    heard.append((update, await self._replies.hear(update)))
                    break
                except StoreDown:
                    log.debug("telegram: an update waits for the store", account=self._account)
                except Exception:
                    stumbled += 1
                    log.exception(
                        "telegram: an update failed", account=self._account, tries=stumbled
                    )
                    if stumbled == TRIES:
                        heard.append((update, None))
                        break
                await self._wait(pause)
                pause = min(pause * 2, self._back_off * SLOWEST)
                if self._stopped.is_set() or not self._may_ask():
                    return heard
        return heard

    def _answer_later(self, replies: list[tuple[Update, Message]]) -> "asyncio.Task[None]":
        chat = replies[0][0].chat
        task = asyncio.create_task(self._answer_chat(self._last_answers.get(chat), replies))
        self._last_answers[chat] = task
        self._answering.add(task)

        def forget(ended: asyncio.Task[None]) -> None:
            self._answering.discard(ended)
            if self._last_answers.get(chat) is ended:
                del self._last_answers[chat]

        task.add_done_callback(forget)
        return task

    async def _answer_chat(
        self, before: "asyncio.Task[None] | None", replies: list[tuple[Update, Message]]
    ) -> None:
        """Answer one chat, after what is still being answered there."""
        if before is not None:
            await asyncio.wait([before])
        for update, message in replies:
            if update.number >= self._asked and not self._may_ask():
                # It was not acknowledged: the process that polls now gets it and answers the same.
                return
            for _ in range(TRIES):
                outcome = await self._replies.answer(update, message)
                if not isinstance(outcome, TryLater):
                    break
                await self._wait(outcome.after.total_seconds())
                if self._stopped.is_set():
                    return
            else:
                log.warning("telegram: an answer was given up", account=self._account)

    async def _wait(self, seconds: float) -> None:
        """Wait, but not longer than until the stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)
