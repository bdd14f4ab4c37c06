"""Send for one account: claim a batch, word it, send outside transactions, settle."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog
from sqlmodel import Session

from bot.channels import Channel, Doubtful, Moved, Outcome, Refused, TryLater
from bot.conversation.messages import Message
from models.network import members
from models.network.members import NoticeKind
from models.network.stations import Care
from models.rules.sending.reach import Way
from models.sending import claims, speakers
from models.sending.claims import AHEAD, AccountSender, Claimed
from models.sending.reasons import Reason
from models.sending.speakers import Silence, sender_of
from models.store import Store, StoreDown, keep_loaded_rows
from scheduler.breaker import Watch
from scheduler.deciding import Compose, Decider, Ready, Spent
from scheduler.endings import Ending, Unsent, after_sending, given_back, unsent
from scheduler.in_flight import InFlight
from scheduler.lane import Lane
from scheduler.metrics import HALTS, PACE
from scheduler.pace import POLL_SECONDS, Pace, Rank
from scheduler.settling import STORE_DOWN, Settler

log = structlog.get_logger(__name__)

IN_FLIGHT = 64
"""The most deliveries claimed and not settled. A kill leaves those in doubt that have entered the
lane, which are few where the platform answers soon."""

FAST = 8
MOST = 256
"""An account faster than IN_FLIGHT * FAST a second may have 1/FAST of a second's sends in flight,
up to MOST: some 50 ms at the platform, the rest waiting for a turn or being settled."""

LEASE = timedelta(seconds=60)
GRACE = 2.0


def sender_for(
    channel: Channel, holder: str = "", shard: int = 0, shards: int = 1
) -> AccountSender:
    """Return the sender of a shard of an account in the process ``holder``; empty: a new name."""
    name = sender_of(channel.account, shard, shards)
    return AccountSender(
        name, channel.account, holder or uuid4().hex, shard, shards, channel.is_windowed
    )


class Engine:
    """Sends the deliveries of one account, or of one shard of it, as ``sender`` says.

    ``on_sent`` is called with each address (the platform's name for it) whose delivery was settled
    as sent. ``pace`` is the channel's own by default.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        compose: Compose,
        care: Care,
        now: Callable[[], datetime],
        *,
        sender: AccountSender | None = None,
        pace: Pace | None = None,
        in_flight: int | None = None,
        on_sent: Callable[[str], None] | None = None,
    ) -> None:
        self._store = store
        self._channel = channel
        self._decider = Decider(compose, care, channel.ways)
        self._now = now
        self._sender = sender or sender_for(channel)
        self._pace = pace or Pace(
            channel.messages_per_second / self._sender.shards, recent_sends=channel.recent_sends
        )
        self._most = in_flight or max(IN_FLIGHT, min(MOST, int(self._pace.per_second / FAST)))
        # What is claimed has been decided about: half a second's worth, so that a stop works within
        # one, for announcements go at less than the whole pace.
        self._most_waiting = max(1, min(self._most, int(self._pace.per_second / 2)))
        self._in_flight = InFlight()
        self._settler = Settler(
            store,
            self._sender,
            now,
            # Deliveries settled together share the fixed cost of a transaction.
            batch=max(1, self._most // 4),
            counted_day=self._decider.counted_day,
            on_sent=on_sent,
            on_room=self._in_flight.fewer.set,
        )
        self._lane = Lane(
            self._settler.hand_over, per_second=self._pace.per_second, most=self._most
        )
        self._watch = Watch(channel, now, halt=self._halt, is_over=self._settler.trouble_is_over)
        self._stopping = False
        PACE.labels(channel.account).set(self._pace.per_second)

    @property
    def account(self) -> str:
        return self._channel.account

    @property
    def problem(self) -> str:
        """Why the account does not send: its platform does not answer; empty otherwise."""
        return self._watch.problem

    @property
    def name(self) -> str:
        """The name of this sender's job."""
        return self._sender.name

    @property
    def holder(self) -> str:
        """The name of this process in the rows of speakers."""
        return self._sender.holder

    async def send_due(self, _payload: str = "") -> None:
        """Send everything that is due now, unless the account is halted."""
        self._settler.open()
        settling = asyncio.create_task(self._settler.run())
        settling.add_done_callback(lambda _: self._in_flight.fewer.set())
        try:
            await self._send_while_due(settling)
        except speakers.Fenced:
            log.warning("another process speaks for this account now", sender=self.name)
        except StoreDown:
            # The rows stay; a sweep enqueues this job again.
            log.debug("sending waits for the store", account=self.account)
        finally:
            await self._in_flight.wait()
            self._settler.close()
            await settling

    async def _send_while_due(self, settling: asyncio.Task[None]) -> None:
        begins, has_waited = True, False
        while not (self._stopping or settling.done() or self._pace.halted_for() > 0):
            if room := self._room():
                if self._watch.is_open and not await self._watch.is_answered():
                    return
                claimed = await self._claim(room, begins)
                begins = False
                if isinstance(claimed, Silence):
                    await self._keep_silence(claimed)
                    continue
                for row, decision in claimed:
                    self._begin(row, decision)
                if not claimed and self._watch.is_suspicious and not self._in_flight.sends:
                    # What is left is in doubt, and goes out again once the platform has answered.
                    if not await self._watch.is_answered():
                        return
                    self._watch.note_answer()
                    continue
                if not claimed and (has_waited or not await self._wait_for_next()):
                    return
                has_waited = not claimed
            await self._wait_for_room(settling)

    async def _wait_for_next(self) -> bool:
        """Wait for deliveries due within AHEAD; return False if there are none."""
        now = self._now()
        soon = (self.account, now, now + AHEAD)
        due_at = await self._store.read(claims.next_due, *soon)
        if due_at is None:
            return False
        await self._sleep((due_at - now).total_seconds())
        return True

    async def _sleep(self, seconds: float) -> None:
        """Sleep, or until a stop if that comes first."""
        while seconds > 0 and not self._stopping:
            await self._pace.sleep(min(seconds, POLL_SECONDS))
            seconds -= POLL_SECONDS

    async def _keep_silence(self, silence: Silence) -> None:
        """Wait out a short silence, as after a change of sender; halt for a long one."""
        if silence.trouble:
            self._watch.learn()
        wait = (silence.until - self._now()).total_seconds()
        if wait > speakers.LONGEST.total_seconds():
            self._pace.halt(wait)
            return
        await self._sleep(wait)

    async def stop(self) -> None:
        """Claim no more; wait GRACE seconds for the platform, and give back what is not sent."""
        self._stopping = True
        self._watch.stop()
        self._settler.give_up()
        await self._in_flight.stop(GRACE)

    # Claiming and deciding

    def _room(self) -> int:
        """Return how many more may be claimed: enough to keep the pace.

        While the platform does not answer it is one, alone.
        """
        flight = self._in_flight
        if self._watch.is_open:
            return 0 if flight.sends or self._settler.unsettled else 1
        free = self._most - len(flight.sends) - self._settler.unsettled
        return min(free, self._most_waiting - len(flight.waiting))

    async def _wait_for_room(self, settling: asyncio.Task[None]) -> None:
        # A claim is a transaction: it runs only when half of the room is free.
        enough = 1 if self._watch.is_open else (self._most_waiting + 1) // 2
        while (self._in_flight.sends or self._settler.unsettled) and self._room() < enough:
            if settling.done():
                return
            self._in_flight.fewer.clear()
            await self._in_flight.fewer.wait()

    async def _claim(
        self, room: int, begins: bool
    ) -> list[tuple[Claimed, Ready | Unsent]] | Silence:
        now = self._now()
        lasts = timedelta(seconds=(len(self._in_flight.sends) + room) / self._pace.per_second)
        claim = partial(
            claims.claim,
            begins=begins,
            is_fresh=self._watch.is_suspicious,
            knows_trouble=self._watch.is_open or self._settler.ends_trouble,
        )
        wanted = (self._sender, now, room, LEASE, lasts)
        # The store runs writes in order: what is being settled now is in the rows this claim reads.
        spent = self._settler.spent()
        rows = await self._store.write(claim, *wanted)
        if isinstance(rows, Silence):
            return rows
        if not rows:
            return []
        try:
            return await self._store.read(self._decide_all, rows, now, spent)
        except Exception:
            for row in rows:
                self._settler.note(given_back(row, Reason.NOT_DECIDED, now + STORE_DOWN))
            raise

    def _decide_all(
        self, session: Session, rows: Sequence[Claimed], now: datetime, spent: Spent
    ) -> list[tuple[Claimed, Ready | Unsent]]:
        # Deliveries of one announcement are worded from the same few rows.
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
        """Begin to send a delivery, or note why it is not sent."""
        if not isinstance(decision, Ready):
            self._settler.note(unsent(row, decision))
        elif self._stopping:
            self._settler.note(given_back(row, Reason.STATION_STOPS))
        else:
            self._settler.spend(row, decision.way)
            send = self._send_and_note(row, decision.message, decision.way)
            self._in_flight.add(asyncio.create_task(send))

    async def _send_and_note(self, row: Claimed, message: Message, way: Way) -> None:
        self._settler.note(await self._send(row, message, way))

    async def _send(self, row: Claimed, message: Message, way: Way) -> Ending:
        """Send a message at its turn and return its ending, also when cancelled."""
        assert row.external is not None
        is_silent = False
        try:
            not_now = await self._wait_for_turn(row, row.external)
            if not_now is not None:
                return not_now
            self._in_flight.mark_handed_over()
            message = replace(message, name=f"delivery {row.id}", way=way)
            outcome, moved_to = await self._hand_over(row, row.external, message)
            is_silent = self._watch.note(outcome)
        finally:
            self._lane.leave(row, is_silent=is_silent)
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
        return after_sending(row, message, outcome, self._now(), way, moved_to)

    async def _wait_for_turn(self, row: Claimed, to: str) -> Ending | None:
        """Wait for a turn; return the ending of a delivery that gets none."""
        try:
            wait = await self._pace.until_free(to)
            if not wait and not await self._lane.enter(row, _rank(row)):
                wait = self._pace.halted_for()
                if not wait:
                    return given_back(row, Reason.LEASE_EXPIRED)
            if not wait:
                wait = await self._pace.turn(_rank(row), to)
        except asyncio.CancelledError:
            return given_back(row, Reason.STATION_STOPS)
        if wait:
            why = Reason.ACCOUNT_HALTED if self._pace.halted_for() else Reason.CHAT_BUSY
            return given_back(row, why, self._now() + timedelta(seconds=wait))
        if self._now() >= row.leased_until:
            return given_back(row, Reason.LEASE_EXPIRED)
        self._lane.pass_on(row)
        return None

    async def _hand_over(self, row: Claimed, to: str, message: Message) -> tuple[Outcome, str]:
        """Send through the channel; return the outcome, and the chat's new id if it has moved."""
        moved_to = ""
        try:
            outcome = await self._channel.send(to, message)
            if isinstance(outcome, Moved):
                moved_to = outcome.address
                outcome = await self._channel.send(moved_to, message)
        except asyncio.CancelledError:
            outcome = Doubtful(Reason.STOPPED_WHILE_SENDING, is_silent=False)
        except Exception as problem:
            log.exception("a channel failed", account=self.account, delivery=row.id)
            reason = f"{Reason.CHANNEL_FAILED}: {type(problem).__name__}"
            outcome = Doubtful(reason, is_silent=False)
        return outcome, moved_to

    def _slow_down(self, to: str, outcome: TryLater) -> None:
        """Apply a platform's rate limit: pause this chat, or halt the account in the store."""
        if not outcome.whole_account:
            self._pace.silence(to, outcome.after.total_seconds())
            return
        HALTS.labels(self.account).inc()
        log.warning("the account is halted", account=self.account, reason=outcome.reason)
        self._halt(outcome.after.total_seconds())

    def _halt(self, seconds: float, trouble: str = "") -> None:
        """Claim nothing for this long, and give back what is not on its way."""
        self._pace.halt(seconds)
        self._lane.release()
        self._settler.halt(self._now() + timedelta(seconds=seconds), trouble)


def _rank(row: Claimed) -> Rank:
    return Rank.ANNOUNCEMENT if row.rules.kind == NoticeKind.ANNOUNCEMENT else Rank.NOTICE
