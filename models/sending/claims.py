"""Claim deliveries under a lease, note their handing over, and settle them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    update,
)
from sqlmodel import Session, col, select

from models.network.members import Address, Member
from models.rules.members.shifts import Shift
from models.sending import reach, recovery, speakers
from models.sending.daily import DailyCount
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState, in_state
from models.sending.speakers import Silence
from models.sending.topics import ANNOUNCEMENT, PRIORITIES, Topic, topic_of
from models.store import Moment, table_of
from models.store.statements import Prepared

AHEAD = timedelta(seconds=1.2)
"""How far ahead deliveries are planned and waited for: more than the second between two ticks."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process alone may send until ``leased_until``, and its recipient.

    ``told`` is how many announcements the member received on the day ``told_on``, in the station's
    zone; ``grants`` maps a template to the number of notices the member has agreed to.
    """

    id: int
    address_id: int | None
    member_id: int | None
    external: str | None
    unreachable: str | None
    window_until: Moment | None
    allowance: int | None
    quiet: str | None
    shift: Shift | None
    told_on: date | None
    told: int | None
    topic: str
    facts: dict[str, Any]
    due_at: Moment
    expires_at: Moment
    attempts: int
    leased_until: Moment
    no_templates: bool | None = None
    grants: dict[str, int] = field(default_factory=dict)

    @property
    def rules(self) -> Topic:
        """Return the rules of the delivery's topic."""
        return topic_of(self.topic)


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome of a claimed delivery; PLANNED returns it to the queue, due at ``due_at``."""

    id: int
    state: DeliveryState
    reason: str = ""
    message: dict[str, Any] | None = None
    due_at: Moment | None = None
    attempted: bool = True
    reference: str = ""


@dataclass(frozen=True, slots=True)
class AccountSender:
    """The identity of one sender: an account, a shard of its addresses, and this process.

    The sender has the addresses whose id modulo ``shards`` is ``shard``. ``name`` is the same in
    every process; ``holder`` names this one. ``is_windowed`` says that the platform has a window:
    consents are then read with each claim.
    """

    name: str
    account: str
    holder: str
    shard: int = 0
    shards: int = 1
    is_windowed: bool = False


_TABLE = table_of(Delivery)


@cache
def _ids(shards: int, is_fresh: bool = False) -> Select[Any]:
    """Select the due deliveries of one shard; fresh ones were never handed over in doubt."""
    conditions = [
        _TABLE.c.account == bindparam("for_account"),
        in_state(DeliveryState.PLANNED),
        _TABLE.c.priority == bindparam("rank"),
        _TABLE.c.due_at <= bindparam("now"),
    ]
    if shards > 1:
        conditions.append(_TABLE.c.address_id % shards == bindparam("part"))
    if is_fresh:
        conditions.append(_TABLE.c.attempts == 0)
    return (
        select(_TABLE.c.id)
        .where(*conditions)
        .order_by(_TABLE.c.due_at, _TABLE.c.id)
        .limit(bindparam("at_most"))
        .with_for_update(skip_locked=True)
    )


_LEASE = (
    update(_TABLE)
    .where(_TABLE.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=DeliveryState.LEASED,
        leased_until=bindparam("until"),
        attempts=_TABLE.c.attempts + 1,
        handed_over=False,
    )
)
_MARK = update(_TABLE).values(handed_over=True)
_MARK_LISTED = Prepared(
    _MARK.where(
        _TABLE.c.id.in_(select(func.json_each(bindparam("listed")).table_valued("value").c.value)),
        in_state(DeliveryState.LEASED),
    )
)
_MARK_ALL = _MARK.where(
    _TABLE.c.id.in_(bindparam("ids", expanding=True)), in_state(DeliveryState.LEASED)
)
_LEASED = (
    select(  # type: ignore[call-overload,misc]
        Delivery.id,
        Delivery.address_id,
        Delivery.member_id,
        Address.external,
        Address.unreachable,
        Address.window_until,
        Address.allowance,
        Member.quiet,
        Member.shift,
        DailyCount.day,
        DailyCount.times,
        Delivery.topic,
        Delivery.facts,
        Delivery.due_at,
        Delivery.expires_at,
        Delivery.attempts,
        Delivery.leased_until,
        Address.no_templates,
    )
    .outerjoin(Address, col(Address.id) == col(Delivery.address_id))
    .outerjoin(Member, col(Member.id) == col(Delivery.member_id))
    .outerjoin(
        DailyCount,
        and_(
            col(DailyCount.member_id) == col(Delivery.member_id),
            col(Delivery.topic) == ANNOUNCEMENT,
        ),
    )
    .where(col(Delivery.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(Delivery.priority), col(Delivery.due_at), col(Delivery.id))
)
# In the order of the index, which it therefore takes: where PostgreSQL believes that many are due,
# it would read the table through to meet the first.
_ANY_DUE = select(
    func.coalesce(
        *(
            select(_TABLE.c.id)
            .where(
                _TABLE.c.account == bindparam("for_account"),
                in_state(DeliveryState.PLANNED),
                _TABLE.c.priority == rank,
                _TABLE.c.due_at <= bindparam("now"),
            )
            .order_by(_TABLE.c.due_at)
            .limit(1)
            .scalar_subquery()
            for rank in PRIORITIES
        )
    )
)
_NEXT = (
    select(_TABLE.c.due_at)
    .where(
        _TABLE.c.account == bindparam("for_account"),
        in_state(DeliveryState.PLANNED),
        _TABLE.c.priority == bindparam("rank"),
        _TABLE.c.due_at > bindparam("now"),
        _TABLE.c.due_at <= bindparam("until"),
    )
    .order_by(_TABLE.c.due_at)
    .limit(1)
)
_NEW = {
    "reason": bindparam("new_reason"),
    "reference": bindparam("new_reference"),
    "message": bindparam("new_message", type_=JSON(none_as_null=True)),
    "settled_at": bindparam("at", type_=_TABLE.c.settled_at.type),
    "leased_until": None,
}
# A known outcome counts even if the lease ran out meanwhile and a sweep settled the row in doubt.
_END_SENT = Prepared(
    update(_TABLE)
    .where(
        _TABLE.c.id == bindparam("delivery_id"),
        in_state(*OPEN_STATES, DeliveryState.IN_DOUBT),
    )
    .values(**_NEW, state=literal_column(f"'{DeliveryState.SENT}'"))
)
_END = Prepared(
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("delivery_id"), in_state(DeliveryState.LEASED))
    .values(
        **_NEW,
        state=bindparam("new_state"),
        attempts=_TABLE.c.attempts - bindparam("unused"),
    )
)
_GIVE_BACK = Prepared(
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("delivery_id"), in_state(DeliveryState.LEASED))
    .values(
        state=DeliveryState.PLANNED,
        leased_until=None,
        reason=bindparam("new_reason"),
        due_at=func.coalesce(bindparam("later", type_=_TABLE.c.due_at.type), _TABLE.c.due_at),
        attempts=_TABLE.c.attempts - bindparam("unused"),
    )
)


def accounts_with_due(session: Session, accounts: Iterable[str], now: Moment) -> list[str]:
    """Return those of these accounts that have a delivery due now or within AHEAD.

    One that a dead sender has claimed and not handed over is due as well.
    """
    soon = now + AHEAD
    return [
        account
        for account in accounts
        if session.execute(_ANY_DUE, {"for_account": account, "now": soon}).scalar() is not None
        or recovery.any_left(session, account)
    ]


def next_due(session: Session, account: str, now: Moment, until: Moment) -> Moment | None:
    """Return when the account's next delivery is due, if after now and by ``until``."""
    upcoming = [
        session.execute(_NEXT, {"for_account": account, "rank": rank, "now": now, "until": until})
        .scalars()
        .first()
        for rank in PRIORITIES
    ]
    return min((due_at for due_at in upcoming if due_at is not None), default=None)


def claim(
    session: Session,
    sender: AccountSender,
    now: Moment,
    limit: int,
    lease: timedelta,
    lasts: timedelta,
    *,
    begins: bool = True,
    is_fresh: bool = False,
    knows_trouble: bool = False,
) -> list[Claimed] | Silence:
    """Claim up to ``limit`` due deliveries under a lease, announcements last.

    ``lasts`` is how long sending them is expected to take. A sender that ``begins`` takes over from
    the process before it, with what that one has claimed and not handed over. Where ``is_fresh``
    those are left out whose arrival is in doubt. Returns Silence while the account is halted, or
    if the sender does not know its trouble yet. Raises Fenced when another process has taken over
    since this one began.
    """
    until = now + lasts

    def extend() -> Silence | None:
        silence = speakers.extend(
            session,
            sender.name,
            sender.holder,
            until,
            now,
            begins=begins,
            knows_trouble=knows_trouble,
        )
        if begins:
            # The row of the speaker is locked: the one before can hand over nothing more.
            recovery.give_back(session, sender.account, sender.shard, sender.shards)
        return silence

    if begins and recovery.any_left(session, sender.account):
        silence = extend()
        if silence is not None:
            return silence
    ids = _ids(sender.shards, is_fresh)
    taken: list[int] = []
    for rank in PRIORITIES:
        values = {"for_account": sender.account, "now": now, "rank": rank}
        values |= {"at_most": limit - len(taken), "part": sender.shard}
        taken += session.execute(ids, values).scalars()
        if len(taken) == limit:
            break
    if not taken:
        return []
    silence = extend()
    if silence is not None:
        return silence
    session.execute(_LEASE, {"ids": taken, "until": now + lease})
    claimed = [Claimed(*row) for row in session.execute(_LEASED, {"ids": taken})]
    if not sender.is_windowed:
        return claimed
    grants = reach.grants_of(session, [row.address_id for row in claimed if row.address_id])
    return [
        replace(row, grants=grants.get(row.address_id, {})) if row.address_id else row
        for row in claimed
    ]


def mark_handed_over(session: Session, ids: Sequence[int]) -> None:
    """Write down that these claimed deliveries are given to the platform from now on."""
    if session.get_bind().dialect.name == "sqlite":
        _MARK_LISTED.run(session, {"listed": json.dumps(list(ids))})
    else:
        session.execute(_MARK_ALL, {"ids": list(ids)})


def settle(session: Session, outcomes: Sequence[Settled], now: Moment) -> None:
    """Write the outcomes of claimed deliveries, with one statement for each kind of outcome.

    ``settled_at`` grows by a microsecond with each outcome, in the order given: the web page asks
    for the messages after a position, and no two may share one.
    """
    sent, ended, given_back = [], [], []
    for number, each in enumerate(outcomes):
        row = {"delivery_id": each.id, "new_reason": each.reason}
        unused = {"unused": 0 if each.attempted else 1}
        if each.state == DeliveryState.PLANNED:
            given_back.append(row | unused | {"later": each.due_at})
            continue
        is_open = each.state in OPEN_STATES
        at = None if is_open else now + timedelta(microseconds=number)
        row |= {"new_reference": each.reference, "new_message": each.message, "at": at}
        if each.state == DeliveryState.SENT:
            sent.append(row)
        else:
            ended.append(row | unused | {"new_state": each.state})
    for statement, rows in ((_END_SENT, sent), (_END, ended), (_GIVE_BACK, given_back)):
        if rows:
            statement.run_many(session, rows)


def queue_size(session: Session, account: str, now: Moment, most: int = 10_000) -> int:
    """Return how many deliveries are due on this account, counted up to ``most``."""
    due = (
        select(_TABLE.c.id)
        .where(
            _TABLE.c.account == account,
            in_state(DeliveryState.PLANNED),
            _TABLE.c.priority.in_(PRIORITIES),
            _TABLE.c.due_at <= now,
        )
        .limit(most)
        .subquery()
    )
    counted: int = session.execute(select(func.count()).select_from(due)).scalar_one()
    return counted
