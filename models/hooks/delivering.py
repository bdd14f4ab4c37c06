"""Hand out what hooks are to be told, and take in what was answered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete, select

from models.hooks import keeping
from models.hooks.keeping import HookDelivery
from models.network.stations import Care
from models.rules.sending import hook_kinds
from models.rules.sending.hook_kinds import HookKind
from models.sending import deliveries
from models.sending.noting import Hook
from models.store import Moment

AT_ONCE, OF_ONE = 40, 4
"""How many are under way at a time, and how many of them to one hook."""

OF_FAILING, TO_FAILING = 1, 20
"""The same to a hook whose last attempt failed, and to all of these together."""

LEASE = timedelta(minutes=2)
"""For how long what was handed out is nobody else's: longer than any attempt takes."""

KEEP = timedelta(days=30)
NOTHING: Mapping[int, int] = {}
GONE = 410
"""The answer by which a receiver says that it wants nothing any more."""


class Trouble(StrEnum):
    """What went wrong where there was no answer."""

    NONE = ""
    NOT_PUBLIC = "not public"
    SILENT = "silent"
    UNREACHED = "unreached"
    OFF = "off"
    NO_KEY = "no key"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing to be sent now; ``attempts`` counts this one."""

    id: int
    hook_id: int
    url: str
    secret: str
    name: str
    kind: HookKind
    at: Moment
    numbers: dict[str, int]
    attempts: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an attempt: a status, or what went wrong; ``wait`` is what was asked for."""

    id: int
    status: int | None = None
    trouble: Trouble = Trouble.NONE
    wait: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def any_due(session: Session, now: Moment, under_way: Mapping[int, int] = NOTHING) -> bool:
    """Return whether a hook that has room is to be told something now; as for ``hand_out``."""
    busy = Counter(under_way)
    full = _full(_held(session, now) if busy else {}, busy)
    return session.exec(_with_due(full, now).limit(1)).first() is not None


def hand_out(
    session: Session, care: Care, now: Moment, under_way: Mapping[int, int] = NOTHING
) -> list[Outgoing]:
    """Return what is due, and let nobody else have it meanwhile.

    ``under_way`` is how many are being sent already, by hook. What belongs to a hook that has
    ended, or is turned off, is given up; a test is sent anyway. A hook gets a few at a time and one
    in trouble a single one, so that a slow or dead one with many holds nobody up.
    """
    hooks, busy = _held(session, now), Counter(under_way)
    outgoing: list[Outgoing] = []
    for row in _due(session, _full(hooks, busy), now):
        hook = hooks.get(row.hook_id)
        is_off = hook is None or (hook.disabled_at is not None and row.kind is not HookKind.TEST)
        secret = care.sealing.open(hook.sealed, keeping.about(hook.id)) if hook else None
        if hook is None or secret is None or is_off:
            row.next_at, row.trouble = None, Trouble.OFF if is_off else Trouble.NO_KEY
            session.add(row)
            continue
        if not _room(hook, busy, hooks):
            continue
        busy[hook.id] += 1
        row.attempts += 1
        row.next_at = now + LEASE
        session.add(row)
        named = {"event": row.event_id, "sign_up": row.signup_id, "thread": row.thread_id}
        numbers = {name: number for name, number in named.items() if number is not None}
        outgoing.append(
            Outgoing(
                *(row.id, hook.id, hook.url, secret, row.name, row.kind, row.at, numbers),
                row.attempts,
            )
        )
    session.flush()
    return outgoing


def _held(session: Session, now: Moment) -> dict[int, Hook]:
    return {each[0].id: each[0] for each in session.exec(keeping.held(now))}


def _due(session: Session, full: Sequence[int], now: Moment) -> Sequence[HookDelivery]:
    """Return the first few that are due of each hook that has room, locked.

    Each place of each hook is looked up in the index by itself, so that what waits behind the first
    few is not read, be there ten thousand.
    """
    first = session.exec(_with_due(full, now, [_nth_due(place, now) for place in range(OF_ONE)]))
    numbers = [number for row in first for number in row if number is not None]
    if not numbers:
        return []
    return session.exec(
        select(HookDelivery)
        .where(col(HookDelivery.id).in_(numbers), col(HookDelivery.next_at) <= now)
        .order_by(col(HookDelivery.next_at), col(HookDelivery.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()


def _with_due(full: Sequence[int], now: Moment, columns: Sequence[Any] = ()) -> Any:
    """The query of hooks that have room and something due: these columns of each."""
    has_due = _due_of_hook(now).exists()
    query = columns_of(*(columns or (col(Hook.id),)))
    return query.select_from(Hook).where(col(Hook.id).not_in(full), has_due)


def _nth_due(place: int, now: Moment) -> Any:
    """The number of what is due to a hook at this place, counted from 0."""
    order = (col(HookDelivery.next_at), col(HookDelivery.id))
    return _due_of_hook(now).order_by(*order).offset(place).limit(1).scalar_subquery()


def _due_of_hook(now: Moment) -> Any:
    is_its = col(HookDelivery.hook_id) == col(Hook.id)
    due = columns_of(col(HookDelivery.id)).where(is_its, col(HookDelivery.next_at) <= now)
    return due.correlate(Hook)


def _full(hooks: Mapping[int, Hook], busy: Counter[int]) -> list[int]:
    """The hooks to which nothing more may be sent now."""
    return [number for number in {*busy, *hooks} if not _room(hooks.get(number), busy, hooks)]


def _room(hook: Hook | None, busy: Counter[int], hooks: Mapping[int, Hook]) -> bool:
    """Return whether one more may be sent to a hook, beside those that are under way."""
    if hook is None or busy.total() >= AT_ONCE:
        return False
    if hook.failing_since is None:
        return busy[hook.id] < OF_ONE
    to_failing = sum(n for each, n in busy.items() if each in hooks and hooks[each].failing_since)
    return busy[hook.id] < OF_FAILING and to_failing < TO_FAILING


def settle(session: Session, answers: Sequence[Answered], now: Moment) -> None:
    """Note what was answered: it is taken, tried again later, or given up.

    A hook that said it is gone, or that has failed for ``hook_kinds.LASTING``, is turned off, and
    its member is told.
    """
    for each in answers:
        row = session.get(HookDelivery, each.id, with_for_update=True)
        hook = session.get(Hook, row.hook_id, with_for_update=True) if row is not None else None
        if row is None or hook is None:
            continue
        row.answer, row.trouble = each.status, each.trouble
        if each.is_taken:
            row.took_at, row.next_at, hook.failing_since = now, None, None
        else:
            wait = hook_kinds.wait_after(row.attempts, each.wait)
            is_test = row.kind is HookKind.TEST
            row.next_at = None if wait is None or is_test else now + wait
            _note_failure(session, hook, row, now, is_gone=each.status == GONE)
        session.add(row)
        session.add(hook)
    session.flush()


def _note_failure(
    session: Session, hook: Hook, row: HookDelivery, now: Moment, *, is_gone: bool
) -> None:
    if row.kind is HookKind.TEST:
        return
    hook.failing_since = hook.failing_since or now
    if hook.disabled_at is None and (is_gone or now - hook.failing_since >= hook_kinds.LASTING):
        hook.disabled_at, row.next_at = now, None
        deliveries.plan_for_member(
            session,
            hook.member_id,
            key=f"hook-off:{hook.id}:{now.timestamp():.6f}",
            topic="hook-off",
            facts={"hook_id": hook.id},
            due_at=now,
            expires_at=now + deliveries.A_WEEK,
            now=now,
        )


def forget_before(session: Session, moment: Moment) -> None:
    """Delete what hooks were told before a moment."""
    session.exec(
        delete(HookDelivery).where(
            col(HookDelivery.at) < moment, col(HookDelivery.next_at).is_(None)
        )
    )
