"""Write the endings of one account's deliveries in batches, while others are being sent."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import date, datetime, timedelta

import structlog
from sqlmodel import Session

from models.rules.sending.reach import Way
from models.sending import speakers
from models.sending.claims import AccountSender, Claimed
from models.sending.deliveries import DeliveryState
from models.store import Store, StoreDown
from scheduler.deciding import Spent
from scheduler.endings import Ending, write_down
from scheduler.metrics import DELIVERIES, LATENESS, REASONS, label_of
from scheduler.names import senders_of

log = structlog.get_logger(__name__)

BATCH_SECONDS = 0.2
STORE_DOWN = timedelta(seconds=1)


class Settler:
    """Settles endings in batches of ``batch``, or after BATCH_SECONDS.

    ``counted_day`` returns the day on which announcements are counted. ``on_sent`` is called with
    each address (the platform's name for it) whose delivery was settled as sent; ``on_room`` after
    each batch. Attribute ``unsettled`` counts the endings that are not written yet.
    """

    def __init__(
        self,
        store: Store,
        sender: AccountSender,
        now: Callable[[], datetime],
        *,
        batch: int,
        counted_day: Callable[[datetime], date | None],
        on_sent: Callable[[str], None] | None,
        on_room: Callable[[], None],
    ) -> None:
        self._store = store
        self._sender = sender
        self._now = now
        self._batch = batch
        self._counted_day = counted_day
        self._on_sent = on_sent
        self._on_room = on_room
        self.unsettled = 0
        self._endings: list[Ending] = []
        self._spending: dict[int, tuple[Claimed, Way]] = {}
        self._halted_until: datetime | None = None
        self._has_endings = asyncio.Event()
        self._batch_full = asyncio.Event()
        self._is_closed = True
        self._gives_up = False

    def spent(self) -> Spent:
        """Return the counts of sends that are under way or not written yet."""
        return Spent.by(self._spending.values())

    def spend(self, row: Claimed, way: Way) -> None:
        """Count this message as sent until it is settled."""
        self._spending[row.id] = row, way

    def note(self, ending: Ending) -> None:
        """Add an ending to the next batch."""
        self._endings.append(ending)
        self.unsettled += 1
        self._has_endings.set()
        if len(self._endings) >= self._batch:
            self._batch_full.set()

    def halt(self, until: datetime) -> None:
        """Add a halt of the account until then to the next batch."""
        self._halted_until = max(self._halted_until or until, until)

    def open(self) -> None:
        """Accept endings again. What an earlier run could not write is still to be settled."""
        self._is_closed = False
        self.unsettled = len(self._endings)

    def close(self) -> None:
        """Accept no more endings: ``run`` returns once all are settled."""
        self._is_closed = True
        self._has_endings.set()
        self._batch_full.set()

    def give_up(self) -> None:
        """Drop what is not written if the store is down, for the process stops."""
        self._gives_up = True

    async def run(self) -> None:
        """Settle in batches until closed and nothing is left to settle."""
        while self._endings or not self._is_closed:
            await self._has_endings.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._batch_full.wait(), BATCH_SECONDS)
            self._has_endings.clear()
            self._batch_full.clear()
            batch, self._endings = self._endings, []
            if batch:
                await self._settle(batch)

    async def _settle(self, batch: list[Ending]) -> None:
        """Write a batch; while the store is away, keep it and try again."""
        ids = [ending.row.id for ending in batch]
        spent = {key: self._spending.pop(key) for key in ids if key in self._spending}
        try:
            await self._store.write(self._write, batch, self._now())
        except StoreDown:
            if self._gives_up:
                log.error(
                    "the outcome of sends is lost", account=self._sender.account, sends=len(batch)
                )
                self._are_settled(len(batch))
                return
            self._endings = batch + self._endings
            self._spending |= spent
            await asyncio.sleep(STORE_DOWN.total_seconds())
            self._has_endings.set()
            self._batch_full.set()
            return
        self._are_settled(len(batch))
        for ending in batch:
            self._measure(ending)

    def _are_settled(self, number: int) -> None:
        self.unsettled -= number
        self._on_room()

    def _write(self, session: Session, batch: list[Ending], now: datetime) -> None:
        write_down(session, batch, now, self._counted_day(now))
        if self._halted_until is not None and self._halted_until > now:
            names = senders_of(self._sender.account, self._sender.shards)
            speakers.halt(session, names, self._halted_until, now)

    def _measure(self, ending: Ending) -> None:
        account, row, settled = self._sender.account, ending.row, ending.settled
        DELIVERIES.labels(account, row.topic, ending.said).inc()
        if settled.state == DeliveryState.SENT:
            late = (self._now() - row.due_at).total_seconds()
            LATENESS.labels(account).observe(max(0.0, late))
            if self._on_sent is not None and row.external is not None:
                self._on_sent(row.external)
        elif settled.reason:
            REASONS.labels(account, label_of(settled.reason)).inc()
