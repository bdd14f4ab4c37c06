"""One message owed to one member: the unit of sending."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    Insert,
    bindparam,
    literal_column,
    text,
)
from sqlalchemy import Column as SAColumn
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

from models.network.members import Address
from models.rules.sending.reach import likelihood
from models.sending import accounts
from models.sending.reasons import Reason
from models.sending.topics import FIRST, topic_of
from models.store import Moment, insert_once, one_of, table_of
from models.store.statements import Prepared

TWICE = 2
"""How often a notice is handed to a platform at most, when it is unknown whether it arrived."""

A_WEEK = timedelta(days=7)


class DeliveryState(StrEnum):
    PLANNED = "planned"
    LEASED = "leased"
    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    LATE = "late"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


OPEN_STATES = (DeliveryState.PLANNED, DeliveryState.LEASED, DeliveryState.WAITING)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows ``where`` names; a query uses it only when it says the very same."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where)
    )


class Delivery(SQLModel, table=True):
    """``key`` makes planning twice harmless; ``topic`` names who puts it into words, of ``facts``.

    An announcement has no key: it is owed to a member once in a ``run``, its week. WAITING means:
    cannot be sent now, is shown at the member's next message. ``reason`` says why it ended as it
    did. ``message`` keeps the words that went out, for the web chat's catching up; ``reference`` is
    the platform's own name for them. ``delivered_at`` and ``read_at`` are None where the platform
    does not tell. ``attempts`` counts how often it was handed to the platform and may have arrived.

    ``member_id`` and ``address_id`` are no foreign keys: an announcement to a million would look
    up, and lock, two million rows; to erase somebody would read every delivery there is.
    """

    # Indexes of a part: what was settled long ago, which is most, costs the others nothing.
    __table_args__ = (
        _partial("delivery_key", "key", where="key IS NOT NULL", unique=True),
        _partial(
            "delivery_once",
            "announcement_id",
            "member_id",
            "run",
            where="announcement_id IS NOT NULL",
            unique=True,
        ),
        _partial(
            "delivery_announcement",
            "announcement_id",
            "state",
            "run",
            "reason",
            # How many went out in the last minute is asked while the others are counted.
            "settled_at",
            where="announcement_id IS NOT NULL",
        ),
        _partial("delivery_arrived", "announcement_id", "run", where="delivered_at IS NOT NULL"),
        _partial("delivery_opened", "announcement_id", "run", where="read_at IS NOT NULL"),
        _partial("delivery_due", "account", "priority", "due_at", where="state = 'planned'"),
        _partial("delivery_expiry", "expires_at", where="state IN ('planned', 'waiting')"),
        _partial("delivery_leased", "leased_until", where="state = 'leased'"),
        _partial("delivery_waiting", "member_id", where="state = 'waiting'"),
        # With an index of the address alone SQLite would rather read all that was ever sent.
        _partial("delivery_said", "address_id", "settled_at", where="state = 'sent'"),
        _partial("delivery_notice", "member_id", where="announcement_id IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    key: str | None = None
    account: str
    address_id: int | None = None
    member_id: int | None = None
    topic: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))
    due_at: Moment
    expires_at: Moment
    state: DeliveryState = Field(default=DeliveryState.PLANNED, sa_type=one_of(DeliveryState))
    leased_until: Moment | None = None
    attempts: int = 0
    reason: str = ""
    message: dict[str, Any] | None = Field(
        default=None, sa_column=SAColumn(JSON(none_as_null=True))
    )
    reference: str = ""
    settled_at: Moment | None = None
    delivered_at: Moment | None = None
    read_at: Moment | None = None
    priority: int = FIRST
    announcement_id: int | None = None
    run: int = 0


class Owed(Protocol):
    """As much of a delivery as it takes to put it into words."""

    @property
    def address_id(self) -> int | None: ...

    @property
    def topic(self) -> str: ...

    @property
    def facts(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A delivery to be, or one that ended before it began: ``state`` and ``reason`` say so."""

    key: str
    member_id: int
    topic: str
    facts: dict[str, Any]
    due_at: Moment
    expires_at: Moment
    state: DeliveryState = DeliveryState.PLANNED
    reason: str = ""


def may_repeat(topic: str, attempts: int) -> bool:
    """Whether a notice whose arrival is in doubt is sent again: once, and an announcement never.

    To hear of one's seat twice is better than not at all; of the same announcement it is not.
    """
    return topic_of(topic).may_repeat and attempts < TWICE


_TABLE = table_of(Delivery)


def stands(*states: DeliveryState) -> ColumnElement[bool]:
    """Whether a delivery is in one of these states, said as the partial indexes say it."""
    words: list[ColumnElement[Any]] = [literal_column(f"'{state}'") for state in states]
    column: ColumnElement[Any] = _TABLE.c.state
    return column.in_(words) if len(words) > 1 else column == words[0]


# Planning


def plan(
    session: Session,
    *,
    key: str,
    account: str,
    address_id: int,
    member_id: int,
    topic: str,
    facts: Mapping[str, Any],
    due_at: Moment,
    expires_at: Moment,
) -> bool:
    """Owe a message to this very address; False when it was planned before."""
    row = _row(Plan(key, member_id, topic, dict(facts), due_at, expires_at), account, address_id)
    return insert_once(session, Delivery, row)


def plan_for_member(
    session: Session,
    member_id: int,
    *,
    key: str,
    topic: str,
    facts: Mapping[str, Any],
    due_at: Moment,
    expires_at: Moment,
    now: Moment,
) -> None:
    """Owe a message to a member, wherever they are reached most likely."""
    plan_all(session, [Plan(key, member_id, topic, dict(facts), due_at, expires_at)], now)


def plan_all(session: Session, plans: Sequence[Plan], now: Moment) -> None:
    """Owe many messages at once; what was planned before is left as it is."""
    if not plans:
        return
    likeliest = _likeliest(session, {each.member_id for each in plans}, now)
    rows = []
    for each in plans:
        address = likeliest.get(each.member_id)
        if address is None:
            row = _row(each, "", None)
            if each.state == DeliveryState.PLANNED:
                row |= {"state": DeliveryState.UNREACHABLE, "reason": Reason.NO_ADDRESS}
        else:
            row = _row(each, address.account, address.id)
            if each.state == DeliveryState.PLANNED and address.unreachable:
                row |= {"state": DeliveryState.UNREACHABLE, "reason": address.unreachable}
        if row["state"] not in OPEN_STATES:
            row["settled_at"] = now
        rows.append(row)
    session.execute(_insert(session.get_bind().dialect.name), rows)


@cache
def _insert(dialect: str) -> Insert:
    insert = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    return insert.on_conflict_do_nothing()


def _row(plan: Plan, account: str, address_id: int | None) -> dict[str, Any]:
    return {
        "key": plan.key,
        "account": account,
        "address_id": address_id,
        "member_id": plan.member_id,
        "topic": plan.topic,
        "facts": plan.facts,
        "due_at": plan.due_at,
        "expires_at": plan.expires_at,
        "state": plan.state,
        "attempts": 0,
        "reason": plan.reason,
        "reference": "",
        "settled_at": None,
        "priority": topic_of(plan.topic).priority,
        "run": 0,
    }


def _likeliest(session: Session, member_ids: Iterable[int], now: Moment) -> dict[int, Any]:
    """Of each member the address that most likely reaches them; the newest of equals."""
    addresses = session.execute(
        select(  # type: ignore[call-overload]
            Address.id,
            Address.member_id,
            Address.account,
            Address.unreachable,
            Address.window_until,
            Address.allowance,
            accounts.is_windowed(Address.account).label("is_windowed"),
            accounts.notifies(Address.account).label("notifies"),
        )
        .where(col(Address.member_id).in_(set(member_ids)))
        .order_by(col(Address.id))
    )
    best: dict[int, Any] = {}
    for address in addresses:
        likeliest = best.get(address.member_id)
        if likeliest is None or likelihood_of(address, now) >= likelihood_of(likeliest, now):
            best[address.member_id] = address
    return best


def likelihood_of(address: Any, now: Moment) -> tuple[bool, bool, bool]:
    """How likely an address reaches its member; the greater the better."""
    return likelihood(
        unreachable=address.unreachable,
        notifies=address.notifies,
        is_windowed=address.is_windowed,
        window_until=address.window_until,
        allowance=address.allowance,
        now=now,
    )


# What could not be sent, and is shown when the member speaks


_ANY_WAITING = Prepared(
    select(Delivery.id)
    .where(Delivery.member_id == bindparam("member_id"), stands(DeliveryState.WAITING))
    .limit(1)
)


def anything_waits(session: Session, member_id: int) -> bool:
    """Whether something waits for the next message of this member: asked at each of them."""
    return _ANY_WAITING.first(session, {"member_id": member_id}) is not None


def waiting_for(session: Session, member_id: int, limit: int) -> Sequence[Delivery]:
    """What waits for the next message of this member, the oldest first."""
    return session.exec(
        select(Delivery)
        .where(Delivery.member_id == member_id, stands(DeliveryState.WAITING))
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(limit)
        .with_for_update()
    ).all()


def settle_shown(
    session: Session, delivery: Delivery, account: str, address_id: int, now: Moment
) -> None:
    """It travelled with a reply to this address, whichever it had been meant for."""
    delivery.account, delivery.address_id = account, address_id
    delivery.state, delivery.reason, delivery.settled_at = DeliveryState.SENT, Reason.SHOWN, now
    session.add(delivery)
    session.flush()


def settle_dropped(session: Session, delivery: Delivery, reason: Reason, now: Moment) -> None:
    """There is nothing to say any more."""
    delivery.state, delivery.reason, delivery.settled_at = DeliveryState.DROPPED, reason, now
    session.add(delivery)
    session.flush()
