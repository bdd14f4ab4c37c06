"""Write what is handed over, and the endings of one account's deliveries, in batches."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import structlog
from sqlmodel import Session

from models.rules.sending.reach import Way
from models.sending import claims, speakers
from models.sending.claims import AccountSender, Claimed
from models.sending.deliveries import DeliveryState
from models.sending.speakers import senders_of
from models.store import Store, StoreDown
from scheduler.deciding import Spent
from scheduler.endings import Ending, write_down
from scheduler.metrics import DELIVERIES, LATENESS, REASONS, label_of

log = structlog.get_logger(__name__)

BATCH_SECONDS = 0.2
STORE_DOWN = timedelta(seconds=1)


class Settler:
    """Settles endings in batches of ``batch``, or after BATCH_SECONDS.

    What is to be handed over is written at once, together with the endings so far: it costs no
    transaction of its own.

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
        self._marks: list[tuple[Sequence[int], asyncio.Future[bool]]] = []
        self._handed_over: set[int] = set()
        self._spending: dict[int, tuple[Claimed, Way]] = {}
        self._halted_until: datetime | None = None
        self._trouble = ""
        self._is_over = False
        self._free_at: datetime | None = None
        self._has_work = asyncio.Event()
        self._batch_full = asyncio.Event()
        self._is_closed = True
        self._is_running = False
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
        self._has_work.set()
        if len(self._endings) >= self._batch:
            self._batch_full.set()

    async def hand_over(self, ids: Sequence[int]) -> bool:
        """Write down that these are given to the platform; return False if they must not be.

        They must not where another process speaks for the account now, or the store is down and
        this one stops.
        """
        if not self._is_running:
            return False
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._marks.append((ids, written))
        self._has_work.set()
        self._batch_full.set()
        return await written

    def halt(self, until: datetime, trouble: str = "") -> None:
        """Write a halt of the account until then, and its trouble, with the next batch."""
        self._halted_until = max(self._halted_until or until, until)
        self._trouble = trouble or self._trouble
        self._has_work.set()

    def trouble_is_over(self) -> None:
        """Write with the next batch that the account sends as usual again."""
        self._trouble, self._is_over = "", True
        self._has_work.set()

    @property
    def ends_trouble(self) -> bool:
        """Whether the row of the speaker may hold a trouble whose end is still to be written."""
        return self._is_over

    def open(self) -> None:
        """Accept endings again. What an earlier run could not write is still to be settled."""
        self._is_closed, self._is_running = False, True
        self.unsettled = len(self._endings)

    def close(self) -> None:
        """Accept no more endings: ``run`` returns once all are settled."""
        self._is_closed = True
        self._has_work.set()
        self._batch_full.set()

    def give_up(self) -> None:
        """Drop what is not written if the store is down, for the process stops."""
        self._gives_up = True

    async def run(self) -> None:
        """Write in batches until closed and nothing is left to write."""
        try:
            while self._has_more() or not self._is_closed:
                await self._has_work.wait()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._batch_full.wait(), BATCH_SECONDS)
                self._has_work.clear()
                self._batch_full.clear()
                if self._has_more():
                    await self._settle()
        finally:
            self._is_running = False
            self._refuse(self._marks)

    def _has_more(self) -> bool:
        return bool(self._endings or self._marks or self._halted_until or self._is_over)

    async def _settle(self) -> None:
        """Write a batch; while the store is away, keep it and try again."""
        batch, self._endings = self._endings, []
        marks, self._marks = self._marks, []
        halted_until, trouble, is_over = self._halted_until, self._trouble, self._is_over
        self._halted_until, self._trouble, self._is_over = None, "", False
        ids = [ending.row.id for ending in batch]
        spent = {key: self._spending.pop(key) for key in ids if key in self._spending}
        handed_over = [each for marked, _ in marks for each in marked]
        halting = halted_until, trouble, is_over
        try:
            speaks = await self._store.write(
                self._write, batch, handed_over, halting, self._moment(len(batch))
            )
        except StoreDown:
            if self._gives_up:
                log.error(
                    "the outcome of sends is lost", account=self._sender.account, sends=len(batch)
                )
                self._are_settled(len(batch))
                self._refuse(marks)
                return
            self._endings = batch + self._endings
            self._marks = marks + self._marks
            if halted_until is not None:
                self.halt(halted_until)
            if not self._is_over:
                self._trouble, self._is_over = self._trouble or trouble, is_over
            self._spending |= spent
            await asyncio.sleep(STORE_DOWN.total_seconds())
            self._has_work.set()
            self._batch_full.set()
            return
        except BaseException:
            self._refuse(marks)
            raise
        self._handed_over.difference_update(ids)
        if speaks:
            self._handed_over.update(handed_over)
        for _, written in marks:
            if not written.done():
                written.set_result(speaks)
        self._are_settled(len(batch))
        for ending in batch:
            self._measure(ending)

    def _moment(self, size: int) -> datetime:
        """Return now, or the first microsecond that no earlier batch has used.

        Each outcome of a batch is settled at a microsecond of its own.
        """
        now = self._now()
        if self._free_at is not None and now < self._free_at < now + STORE_DOWN:
            now = self._free_at
        self._free_at = now + timedelta(microseconds=size)
        return now

    def _refuse(self, marks: Sequence[tuple[Sequence[int], "asyncio.Future[bool]"]]) -> None:
        for _, written in marks:
            if not written.done():
                written.set_result(False)

    def _are_settled(self, number: int) -> None:
        self.unsettled -= number
        self._on_room()

    def _write(
        self,
        session: Session,
        batch: list[Ending],
        handed_over: Sequence[int],
        halting: tuple[datetime | None, str, bool],
        now: datetime,
    ) -> bool:
        """Write a batch; return whether this process still speaks for the account."""
        speaks = speakers.is_held(session, self._sender.name, self._sender.holder)
        if not speaks:
            # Whoever speaks now has planned again what was claimed and not handed over.
            batch = [ending for ending in batch if ending.row.id in self._handed_over]
        write_down(session, batch, now, self._counted_day(now))
        if handed_over and speaks:
            claims.mark_handed_over(session, handed_over)
        halted_until, trouble, is_over = halting
        names = senders_of(self._sender.account, self._sender.shards)
        if is_over:
            speakers.clear_trouble(session, names)
        if halted_until is not None and halted_until > now:
            speakers.halt(session, names, halted_until, now, trouble)
        return speaks

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
