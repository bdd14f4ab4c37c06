"""One account's sender: claim, put into words, send with nothing held open, settle."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog
from sqlmodel import Session

from bot.channels import Channel, Doubtful, Moved, Refused, TryLater
from bot.conversation.messages import Message
from models.network import members
from models.network.members import NoticeKind
from models.network.stations import Care
from models.rules.sending.reach import Way
from models.sending import claims as sending
from models.sending import speakers
from models.sending.claims import AHEAD, Claimed, Sender, Silence
from models.sending.deliveries import DeliveryState
from models.sending.reasons import Reason
from models.store import Store, StoreDown, keep_loaded_rows
from scheduler.deciding import Compose, Decider, Ready, Spent
from scheduler.endings import (
    Ending,
    Unsent,
    after_sending,
    given_back,
    unsent,
    write_down,
)
from scheduler.metrics import DELIVERIES, HALTS, LATENESS, PACE, REASONS, label_of
from scheduler.names import sender_of, senders_of
from scheduler.pace import A_WHILE, Pace, Rank

log = structlog.get_logger(__name__)

IN_FLIGHT = 64
"""How many may be claimed and not settled: what a kill leaves in doubt is no more than these."""

FAST = 8
MOST = 256
"""Faster accounts need an eighth of a second's worth, up to so many: some 50 ms at the platform,
the rest in line and in being settled."""

LEASE = timedelta(seconds=60)
GRACE = 2.0
SETTLE_AFTER = 0.2
STORE_DOWN = timedelta(seconds=1)


@dataclass(slots=True)
class _Flight:
    """The sends under way. A task is ``in_the_air`` from the moment the platform may have it."""

    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    in_the_air: set[asyncio.Task[None]] = field(default_factory=set)
    fewer: asyncio.Event = field(default_factory=asyncio.Event)

    def began(self, task: asyncio.Task[None]) -> None:
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def flies(self, task: asyncio.Task[None]) -> None:
        self.in_the_air.add(task)
        self.fewer.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self.in_the_air.discard(task)
        self.fewer.set()


class Engine:
    """Sends what one account owes, or one ``shard`` of it.

    ``elsewhere`` says that other processes answer people on this account. ``holder`` names this
    process; ``settled`` is told the addresses (the platform's names) whose
    deliveries were settled as sent.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        compose: Compose,
        care: Care,
        now: Callable[[], datetime],
        *,
        pace: Pace | None = None,
        in_flight: int | None = None,
        lease: timedelta = LEASE,
        settled: Callable[[str], None] | None = None,
        holder: str = "",
        shard: int = 0,
        shards: int = 1,
        elsewhere: bool = False,
    ) -> None:
        self._store = store
        self._channel = channel
        self._decider = Decider(compose, care, channel.ways)
        self._now = now
        self._pace = pace or Pace(
            channel.messages_per_second / shards, spoken=channel.spoken, elsewhere=elsewhere
        )
        fast = min(MOST, int(self._pace.per_second / FAST))
        self._in_flight = in_flight or max(IN_FLIGHT, fast)
        # What a transaction costs by itself is shared by those that are settled together.
        self._settle_at = max(1, self._in_flight // 4)
        # What is claimed has been decided about: half a second's worth, so that a stop works within
        # one, for announcements go at less than the whole pace.
        self._in_line = max(1, min(self._in_flight, int(self._pace.per_second / 2)))
        name = sender_of(channel.account, shard, shards)
        self._sender = Sender(
            name, channel.account, holder or uuid4().hex, shard, shards, channel.is_windowed
        )
        self._lease = lease
        self._settled = settled
        self._stopping = False
        self._is_done = True
        self._flight = _Flight()
        self._endings: list[Ending] = []
        self._unsettled = 0
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._spending: dict[int, tuple[Claimed, Way]] = {}
        self._halted_until: datetime | None = None
        PACE.labels(channel.account).set(self._pace.per_second)

    @property
    def account(self) -> str:
        return self._channel.account

    @property
    def name(self) -> str:
        """The job that this one does."""
        return self._sender.name

    @property
    def holder(self) -> str:
        """This process, as the others know it."""
        return self._sender.holder

    async def send_due(self, _payload: str = "") -> None:
        """Send everything that is due now, unless the account is halted."""
        self._is_done = False
        self._unsettled = len(self._endings)
        settler = asyncio.create_task(self._settle_along())
        settler.add_done_callback(lambda _: self._flight.fewer.set())
        try:
            await self._send_while_due(settler)
        except speakers.Fenced:
            log.warning("another process speaks for this account now", sender=self.name)
        except StoreDown as problem:
            # The rows are there still; a sweep comes back to them.
            log.warning("the store is down", account=self.account, problem=type(problem).__name__)
        finally:
            await self._until_all_landed()
            self._is_done = True
            self._some.set()
            self._enough.set()
            await settler

    async def _send_while_due(self, settler: asyncio.Task[None]) -> None:
        begins, has_waited = True, False
        while not (self._stopping or settler.done() or self._pace.halted_for() > 0):
            if room := self._room():
                claimed = await self._claim(room, begins)
                begins = False
                if isinstance(claimed, Silence):
                    await self._be_silent(claimed)
                    continue
                for row, decision in claimed:
                    self._begin(row, decision)
                if not claimed and (has_waited or not await self._wait_for_the_next()):
                    return
                has_waited = not claimed
            await self._until_there_is_room(settler)

    async def _wait_for_the_next(self) -> bool:
        """Wait for what is due very soon, so that it is said on the dot; False without any."""
        now = self._now()
        soon = (self.account, now, now + AHEAD)
        due_at = await self._store.read(sending.next_due, *soon)
        if due_at is None:
            return False
        await self._pass((due_at - now).total_seconds())
        return True

    async def _pass(self, seconds: float) -> None:
        """Let time pass, until the end comes."""
        while seconds > 0 and not self._stopping:
            await self._pace.nap(min(seconds, A_WHILE))
            seconds -= A_WHILE

    async def _be_silent(self, silence: Silence) -> None:
        """Wait where it is short, as when another process spoke a moment ago; halt otherwise."""
        wait = (silence.until - self._now()).total_seconds()
        if wait > speakers.LONGEST.total_seconds():
            self._pace.halt(wait)
            return
        await self._pass(wait)

    async def stop(self) -> None:
        """Claim no more; finish what is in the air within two seconds, give back the rest."""
        self._stopping = True
        # A task that is cancelled before its first step could not give back its delivery.
        await asyncio.sleep(0)
        for task in self._flight.tasks - self._flight.in_the_air:
            task.cancel()
        flying = set(self._flight.in_the_air)
        if flying:
            _, late = await asyncio.wait(flying, timeout=GRACE)
            for task in late:
                task.cancel()
        if self._flight.tasks:
            await asyncio.wait(set(self._flight.tasks))

    # Claiming and deciding

    def _room(self) -> int:
        """How many more may be claimed: few wait for a turn, not many more for the platform."""
        flying = self._flight
        in_line = len(flying.tasks) - len(flying.in_the_air)
        on_their_way = len(flying.tasks) + self._unsettled
        return min(self._in_flight - on_their_way, self._in_line - in_line)

    async def _until_there_is_room(self, settler: asyncio.Task[None]) -> None:
        # Half of the room must be free before more is claimed: a claim is a transaction.
        enough = (self._in_line + 1) // 2
        while (self._flight.tasks or self._unsettled) and self._room() < enough:
            if settler.done():
                return
            self._flight.fewer.clear()
            await self._flight.fewer.wait()

    async def _claim(
        self, room: int, begins: bool
    ) -> list[tuple[Claimed, Ready | Unsent]] | Silence:
        now = self._now()
        lasts = timedelta(seconds=(len(self._flight.tasks) + room) / self._pace.per_second)
        claim = partial(sending.claim, begins=begins)
        wanted = (self._sender, now, room, self._lease, lasts)
        # The store keeps the order: what is being settled by now is settled in the rows to come.
        spending = Spent.by(self._spending.values())
        rows = await self._store.write(claim, *wanted)
        if isinstance(rows, Silence):
            return rows
        if not rows:
            return []
        try:
            return await self._store.read(self._decide_all, rows, now, spending)
        except Exception:
            for row in rows:
                self._note(given_back(row, Reason.NOT_DECIDED, now + STORE_DOWN))
            raise

    def _decide_all(
        self, session: Session, rows: Sequence[Claimed], now: datetime, spent: Spent
    ) -> list[tuple[Claimed, Ready | Unsent]]:
        # All of an announcement are put into words from the same few rows.
        keep_loaded_rows(session)
        members.read_ahead(session, [row.address_id for row in rows if row.address_id is not None])
        decided = []
        for row in rows:
            decision = self._decider.decide(session, row, now, spent)
            if isinstance(decision, Ready):
                spent.add(row, decision.way)
            decided.append((row, decision))
        return decided

    # Sending

    def _begin(self, row: Claimed, decision: Ready | Unsent) -> None:
        if not isinstance(decision, Ready):
            self._note(unsent(row, decision))
            return
        if self._stopping:
            self._note(given_back(row, Reason.STATION_STOPS))
            return
        assert row.address_id is not None
        self._spending[row.id] = row, decision.way
        task = asyncio.create_task(self._send(row, decision.message, decision.way))
        self._flight.began(task)

    async def _send(self, row: Claimed, message: Message, way: Way) -> None:
        assert row.external is not None
        task = asyncio.current_task()
        assert task is not None
        try:
            wait = await self._pace.turn(_rank(row), row.external)
        except asyncio.CancelledError:
            self._note(given_back(row, Reason.STATION_STOPS))
            return
        if wait:
            why = Reason.ACCOUNT_HALTED if self._pace.halted_for() else Reason.CHAT_BUSY
            self._note(given_back(row, why, self._now() + timedelta(seconds=wait)))
            return
        if self._now() >= row.leased_until:
            self._note(given_back(row, Reason.LEASE_EXPIRED))
            return
        self._flight.flies(task)
        message = replace(message, name=f"delivery {row.id}", way=way)
        moved_to = ""
        try:
            outcome = await self._channel.send(row.external, message)
            if isinstance(outcome, Moved):
                moved_to = outcome.address
                outcome = await self._channel.send(moved_to, message)
        except asyncio.CancelledError:
            outcome = Doubtful(Reason.STOPPED_WHILE_SENDING)
        except Exception as problem:
            log.exception("a channel failed", account=self.account, delivery=row.id)
            outcome = Doubtful(f"{Reason.CHANNEL_FAILED}: {type(problem).__name__}")
        if isinstance(outcome, TryLater):
            self._slow_down(row.external, outcome)
        if isinstance(outcome, Refused):
            log.error(
                "a message was refused",
                account=self.account,
                delivery=row.id,
                topic=row.topic,
                reason=outcome.reason,
            )
        self._note(after_sending(row, message, outcome, self._now(), way, moved_to))

    def _slow_down(self, to: str, outcome: TryLater) -> None:
        """Slow what the platform named: this chat, or everybody, now and after a restart."""
        if not outcome.whole_account:
            self._pace.silence(to, outcome.after.total_seconds())
            return
        HALTS.labels(self.account).inc()
        log.warning("the account is halted", account=self.account, reason=outcome.reason)
        self._pace.halt(outcome.after.total_seconds())
        self._halted_until = max(self._halted_until or self._now(), self._now() + outcome.after)

    async def _until_all_landed(self) -> None:
        while self._flight.tasks:
            await asyncio.wait(set(self._flight.tasks))

    # Settling

    def _note(self, ending: Ending) -> None:
        self._endings.append(ending)
        self._unsettled += 1
        self._some.set()
        if len(self._endings) >= self._settle_at:
            self._enough.set()

    async def _settle_along(self) -> None:
        """Settle in bulk, until everything is done and nothing is left to settle."""
        while self._endings or not self._is_done:
            await self._some.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), SETTLE_AFTER)
            self._some.clear()
            self._enough.clear()
            noted, self._endings = self._endings, []
            if noted:
                await self._write_down(noted)

    async def _write_down(self, noted: list[Ending]) -> None:
        """Write down what is known; while the store is away, keep it and try again."""
        ids = [ending.row.id for ending in noted]
        spent = {key: self._spending.pop(key) for key in ids if key in self._spending}
        try:
            await self._store.write(self._settle, noted, self._now())
        except StoreDown:
            if self._stopping:
                log.error("the outcome of sends is lost", account=self.account, sends=len(noted))
                self._are_settled(len(noted))
                return
            self._endings = noted + self._endings
            self._spending |= spent
            await asyncio.sleep(STORE_DOWN.total_seconds())
            self._some.set()
            self._enough.set()
            return
        self._are_settled(len(noted))
        for ending in noted:
            self._account_for(ending)

    def _are_settled(self, number: int) -> None:
        self._unsettled -= number
        self._flight.fewer.set()

    def _settle(self, session: Session, noted: list[Ending], now: datetime) -> None:
        write_down(session, noted, now, self._decider.counted_day(now))
        if self._halted_until is not None and self._halted_until > now:
            names = senders_of(self.account, self._sender.shards)
            speakers.halt(session, names, self._halted_until, now)

    def _account_for(self, ending: Ending) -> None:
        row, settled = ending.row, ending.settled
        DELIVERIES.labels(self.account, row.topic, ending.said).inc()
        if settled.state == DeliveryState.SENT:
            late = (self._now() - row.due_at).total_seconds()
            LATENESS.labels(self.account).observe(max(0.0, late))
            if self._settled is not None and row.external is not None:
                self._settled(row.external)
        elif settled.reason:
            REASONS.labels(self.account, label_of(settled.reason)).inc()


def _rank(row: Claimed) -> Rank:
    return Rank.ANNOUNCEMENT if row.rules.kind == NoticeKind.ANNOUNCEMENT else Rank.NOTICE
