"""Recover deliveries whose sender has died, and end those that have expired."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, case, exists, update
from sqlmodel import Session, col, select

from models.sending.deliveries import Delivery, DeliveryState, in_state, may_repeat
from models.sending.reasons import Reason
from models.store import Moment, table_of

_TABLE = table_of(Delivery)


@dataclass(frozen=True, slots=True)
class Ended:
    """The new state of a delivery that was lost or expired; PLANNED if it is sent again."""

    account: str
    topic: str
    state: DeliveryState


# Claimed and not handed over

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_LEFT = (
    in_state(DeliveryState.LEASED),
    # For SQLite, which reads an index of few rows only if its column is compared with something.
    _TABLE.c.leased_until > _LONG_AGO,
    _TABLE.c.account == bindparam("of_account"),
    _TABLE.c.handed_over.is_(False),
)
_ANY_LEFT = select(_TABLE.c.id).where(*_LEFT).limit(1)
_GIVE_BACK = update(_TABLE).values(
    state=DeliveryState.PLANNED,
    leased_until=None,
    attempts=_TABLE.c.attempts - 1,
    reason=Reason.NOT_HANDED_OVER,
)


def any_left(session: Session, account: str) -> bool:
    """Return whether any delivery of an account is claimed and not handed over."""
    return session.execute(_ANY_LEFT, {"of_account": account}).first() is not None


def give_back(session: Session, account: str, shard: int, shards: int) -> None:
    """Plan again what the sender of a shard has claimed and not handed over.

    The caller speaks for the account, so that no other process can hand it over any more.
    """
    statement = _GIVE_BACK.where(*_LEFT)
    if shards > 1:
        statement = statement.where(_TABLE.c.address_id % shards == shard)
    session.execute(statement, {"of_account": account})


# After the end of a lease


def any_lost(session: Session, now: Moment) -> bool:
    """Return whether a lease has run out, or an open delivery has expired."""
    lost = exists().where(in_state(DeliveryState.LEASED), _TABLE.c.leased_until <= now)
    late = exists().where(
        in_state(DeliveryState.PLANNED, DeliveryState.WAITING),
        _TABLE.c.expires_at <= now,
    )
    return bool(session.execute(select(lost)).scalar() or session.execute(select(late)).scalar())


def recover(session: Session, now: Moment, limit: int = 200) -> list[Ended]:
    """Plan deliveries again whose lease has run out; settle in doubt what may have arrived.

    What was not handed over cannot have arrived. Of the rest, notices are repeated once.
    """
    lost = session.exec(
        select(Delivery)
        .where(in_state(DeliveryState.LEASED), col(Delivery.leased_until) <= now)
        # Ordered by id alone, SQLite would read the whole table.
        .order_by(col(Delivery.leased_until), col(Delivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for delivery in lost:
        delivery.leased_until = None
        delivery.reason = Reason.SENDER_STOPPED
        if not delivery.handed_over:
            delivery.state, delivery.reason = DeliveryState.PLANNED, Reason.NOT_HANDED_OVER
            delivery.attempts -= 1
        elif may_repeat(delivery.topic, delivery.attempts):
            delivery.state = DeliveryState.PLANNED
        else:
            delivery.state, delivery.settled_at = DeliveryState.IN_DOUBT, now
        session.add(delivery)
    session.flush()
    return [Ended(delivery.account, delivery.topic, delivery.state) for delivery in lost]


def expire(session: Session, now: Moment, limit: int = 500) -> list[Ended]:
    """Settle open deliveries that have expired as LATE."""
    late = session.execute(
        select(_TABLE.c.id, _TABLE.c.account, _TABLE.c.topic)
        .where(
            in_state(DeliveryState.PLANNED, DeliveryState.WAITING),
            _TABLE.c.expires_at <= now,
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if late:
        reason = case((_TABLE.c.reason == "", str(Reason.TOO_LATE)), else_=_TABLE.c.reason)
        session.execute(
            update(_TABLE)
            .where(_TABLE.c.id.in_([row.id for row in late]))
            .values(state=DeliveryState.LATE, reason=reason, settled_at=now)
        )
    return [Ended(row.account, row.topic, DeliveryState.LATE) for row in late]
