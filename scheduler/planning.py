"""Turn what is due into deliveries, and wake the senders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlmodel import Session

from models import census
from models.desk import listing
from models.events import reminders
from models.events.events import EventState, SignupState
from models.events.reminders import Due
from models.network.stations import Care
from models.rules.events import reminding
from models.sending import claims, deliveries, history, recovery
from models.sending.claims import AHEAD
from models.sending.deliveries import DeliveryState, Plan
from models.sending.reasons import Reason
from models.sending.speakers import senders_of
from models.store import Store, StoreDown, blobs, ticks
from scheduler import turns
from scheduler.clock import Tick
from scheduler.jobs import Jobs
from scheduler.metrics import (
    DELIVERIES,
    LETTERS_UNHEARD,
    LETTERS_UNHEARD_SECONDS,
    MEMBERS,
    QUEUE,
    SIGN_UPS,
)
from scheduler.rewriting import Rewriting

log = structlog.get_logger(__name__)

CHUNK = 200
FORGOTTEN_AT_FIRST, MOST_FORGOTTEN = 20, 500
"""Rows of a transaction that forgets: a member has rows in many tables, a delivery is one row."""
KEEP_TICKS = timedelta(days=1)
KEEP_DELIVERIES = timedelta(days=60)
KEEP_FILES = timedelta(hours=1)
"""How long a file stays that no row refers to: the transaction that does may be on its way."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Work that comes due: ``is_due`` reads, ``work`` does a chunk and returns its size.

    ``work`` is called again at once while it does ``CHUNK`` or more. A slow read goes into
    ``look``, which runs outside the write transaction and hands its result to ``work``; None:
    nothing to do. For a long duty ``most_rows`` says of what was found how many rows a step of it
    takes at most, 0 if it takes none; ``work`` then gets as many as fit into a turn.
    """

    name: str
    is_due: Callable[[Session, datetime], bool]
    work: Callable[..., int]
    look: Callable[[Session, datetime], Any] | None = None
    most_rows: Callable[[Any], int] | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """Work that is no chain of steps: a job of this ``entrypoint`` does it while it ``is_due``."""

    entrypoint: str
    is_due: Callable[[Session, datetime], bool]


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Rows of ``tables`` to delete after ``keep``; ``work`` deletes those from before a moment."""

    keep: timedelta
    work: Callable[[Session, datetime], object]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForgettingInTurns:
    """Rows of ``tables`` to delete after ``keep``, as many in a transaction as fit into a turn.

    ``find`` reads the ids of some from before a moment on a snapshot; ``work`` deletes these.
    """

    keep: timedelta
    find: Callable[[Session, datetime], Sequence[int]]
    work: Callable[[Session, Sequence[int], datetime], object]
    tables: tuple[str, ...]


class Planner:
    """The station's schedule: everything that the station does by the clock begins here.

    ``accounts`` maps each account to its number of shards. ``long_duties`` may take minutes, as an
    announcement to a district does, and have a tick of their own.
    """

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        accounts: Mapping[str, int],
        care: Care,
        *,
        duties: Sequence[Duty] = (),
        long_duties: Sequence[Duty] = (),
        errands: Sequence[Errand] = (),
        forgetting: Sequence[Forgetting] = (),
        in_turns: Sequence[ForgettingInTurns] = (),
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._accounts = dict(accounts)
        self._care = care
        self._duties = [Duty("reminders", _any_reminder_due, self._plan_reminders), *duties]
        self._long_duties = list(long_duties)
        self._errands = list(errands)
        self._rewriting = Rewriting(store, care.zone)
        self._in_turns = [
            ForgettingInTurns(
                KEEP_DELIVERIES, history.settled_before, history.delete, ("delivery",)
            ),
            *in_turns,
        ]
        self._forgetting = [Forgetting(KEEP_TICKS, ticks.forget_before, ("tick",)), *forgetting]

    def ticks(self) -> tuple[Tick, ...]:
        """Return the schedule of a station."""
        return (
            Tick("plan", 1, self.plan, self.anything_due),
            Tick("plan_long", 1, self.plan_long, self.anything_long_due),
            Tick("errands", 1, self.run_errands, self.any_errand_due),
            Tick("sweep", 10, self.sweep, self.anything_lost),
            Tick("measure", 60, self.measure),
            Tick("count", 300, self.count),
            Tick("scrub", 5, self.scrub, self.anything_erased),
            Tick("rewrite", 60, self._rewriting.work, self._rewriting.is_due),
            Tick("tidy", 3600, self.tidy),
        )

    async def plan(self, now: datetime) -> None:
        """Turn what is due into deliveries, and wake the senders."""
        for duty in self._duties:
            await self._do(duty, now)
        await self.wake_senders(now)

    async def plan_long(self, now: datetime) -> None:
        """Run the long duties, which nothing else waits for."""
        for duty in self._long_duties:
            await self._do(duty, now, in_turns=True)
        await self.wake_senders(now)

    async def _do(self, duty: Duty, now: datetime, *, in_turns: bool = False) -> None:
        """Do what is due of a duty; if it fails, the other duties and the senders still run."""
        try:
            if await self._store.read(duty.is_due, now):
                while await self._do_some(duty, now, in_turns):
                    pass
        except StoreDown:
            raise
        except Exception:
            log.exception("a duty failed", duty=duty.name)

    async def _do_some(self, duty: Duty, now: datetime, in_turns: bool) -> bool:
        """Do work until a chunk is not full; return whether there may be more."""
        found: tuple[object, ...] = ()
        if duty.look is not None:
            seen = await self._store.read(duty.look, now)
            if seen is None:
                return False
            found = (seen,)
        most = duty.most_rows(found[0]) if duty.most_rows is not None else 0
        size = turns.Size(most) if most else None
        times = 0
        while await self._do_once(duty, (now, *found), in_turns, size) >= CHUNK:
            times += 1
        return duty.look is not None and times > 0

    async def _do_once(
        self, duty: Duty, known: tuple[Any, ...], in_turns: bool, size: turns.Size | None
    ) -> int:
        if in_turns:
            return await turns.take(self._store, duty.work, *known, enough=CHUNK, size=size)
        return await self._store.write(duty.work, *known)

    async def run_errands(self, now: datetime) -> None:
        """Enqueue the jobs of errands that are due, unless they are enqueued."""
        for each in self._errands:
            if await self._store.read(each.is_due, now):
                await self._jobs.enqueue(each.entrypoint, dedupe_key=each.entrypoint)

    async def sweep(self, now: datetime) -> None:
        """Recover deliveries whose sender died, and expire those that are too late."""
        for ended in await self._store.write(recovery.recover, now):
            DELIVERIES.labels(ended.account, ended.topic, _in_doubt(ended.state)).inc()
        for ended in await self._store.write(recovery.expire, now):
            DELIVERIES.labels(ended.account, ended.topic, ended.state).inc()
        await self.wake_senders(now)

    async def measure(self, now: datetime) -> None:
        """Set the metrics of what is due, and of letters that nobody can read."""
        for account in self._accounts:
            QUEUE.labels(account).set(await self._store.read(claims.queue_size, account, now))
        unheard = await self._store.read(listing.unheard, now)
        LETTERS_UNHEARD.set(unheard.number)
        LETTERS_UNHEARD_SECONDS.set(unheard.seconds(now))

    async def count(self, now: datetime) -> None:
        """Set the metrics of what is kept: members and sign-ups."""
        members, sign_ups = await self._store.read(census.sizes)
        MEMBERS.set(members)
        for state, number in sign_ups.items():
            SIGN_UPS.labels(state).set(number)

    async def tidy(self, now: datetime) -> None:
        """Delete what each Forgetting no longer keeps."""
        for each in self._forgetting:
            await self._store.write(each.work, now - each.keep)
        for every in self._in_turns:
            await self._forget_in_turns(every, now)
        await self._store.read(blobs.drop_unused, now - KEEP_FILES)
        await self._jobs.tidy()
        while await self._store.shrink():
            pass

    async def _forget_in_turns(self, each: ForgettingInTurns, now: datetime) -> None:
        """Delete what is too old; stop where a round found the same rows once more."""
        before: Sequence[int] = ()
        size = turns.Size(MOST_FORGOTTEN, FORGOTTEN_AT_FIRST)
        while (found := await self._store.read(each.find, now - each.keep)) and found != before:
            await turns.take_each(self._store, each.work, found, now, size=size)
            before = found

    async def scrub(self, now: datetime) -> None:
        """Take what was erased out of the store's log."""
        await self._store.truncate_log()

    async def anything_erased(self, now: datetime) -> bool:
        return self._store.holds_erased

    async def anything_due(self, now: datetime) -> bool:
        return await self._store.read(self._is_anything_due, now)

    async def anything_long_due(self, now: datetime) -> bool:
        for duty in self._long_duties:
            if await self._store.read(duty.is_due, now):
                return True
        return False

    async def any_errand_due(self, now: datetime) -> bool:
        for each in self._errands:
            if await self._store.read(each.is_due, now):
                return True
        return False

    async def anything_lost(self, now: datetime) -> bool:
        return await self._store.read(recovery.any_lost, now)

    async def wake_senders(self, now: datetime) -> None:
        """Enqueue the sender of every account with due deliveries, unless it is enqueued."""
        due = await self._store.read(claims.accounts_with_due, self._accounts, now)
        for account in due:
            for name in senders_of(account, self._accounts[account]):
                await self._jobs.enqueue(name, dedupe_key=name)

    def _is_anything_due(self, session: Session, now: datetime) -> bool:
        return any(duty.is_due(session, now) for duty in self._duties) or bool(
            claims.accounts_with_due(session, self._accounts, now)
        )

    def _plan_reminders(self, session: Session, now: datetime) -> int:
        """Turn reminders due by AHEAD into deliveries; those not needed end with a reason."""
        due = reminders.due(session, now + AHEAD, CHUNK)
        plans = [self._reminder(each, now) for each in due]
        deliveries.plan_all(session, plans, now)
        if due:
            reminders.delete_planned(session, [each.id for each in due])
        for plan in plans:
            if plan.state != DeliveryState.PLANNED:
                DELIVERIES.labels("", plan.topic, plan.state).inc()
        return len(due)

    def _reminder(self, due: Due, now: datetime) -> Plan:
        quiet = self._care.quiet_of(due.quiet, due.shift)
        useful = reminding.useful_until(due.lead, due.starts_at, due.leads, quiet, self._care.zone)
        state, reason = _state_of_reminder(due, useful, now)
        return Plan(
            # A moved event has new reminders; new quiet hours do not move this one.
            key=f"reminder:{due.signup_id}:{due.lead}:{due.starts_at:%Y%m%d%H%M}",
            member_id=due.member_id,
            topic="reminder",
            facts={
                "event_id": due.event_id,
                "signup_id": due.signup_id,
                "lead": due.lead,
                "starts_at": due.starts_at.isoformat(),
            },
            due_at=due.due_at,
            expires_at=useful,
            state=state,
            reason=reason or "",
        )


def _any_reminder_due(session: Session, now: datetime) -> bool:
    return reminders.any_due(session, now + AHEAD)


def _state_of_reminder(
    due: Due, useful: datetime, now: datetime
) -> tuple[DeliveryState, Reason | None]:
    """Return the state of a reminder's delivery, and the reason if it is not sent."""
    if due.event_state == EventState.CANCELLED:
        return DeliveryState.DROPPED, Reason.EVENT_CANCELLED
    if due.signup_state != SignupState.SEATED:
        return DeliveryState.DROPPED, Reason.NOT_SIGNED_UP
    if reminding.too_late(useful, now):
        return DeliveryState.LATE, Reason.STATION_AWAY
    return DeliveryState.PLANNED, None


def _in_doubt(state: DeliveryState) -> str:
    return "repeated" if state == DeliveryState.PLANNED else str(state)
