"""Plan deliveries: each is one message for one member."""

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
    false,
    literal_column,
    text,
    update,
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

MOST_ATTEMPTS = 2
"""How often a notice is handed to a platform at most while its arrival remains unknown."""

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
    """Return a partial index, for queries whose condition is, word for word, ``where``."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where)
    )


class Delivery(SQLModel, table=True):
    """One message for one member: what to say, by which address, and how it ended.

    ``key`` makes planning idempotent; ``topic`` names the notice that words the ``facts``. An
    announcement has no key: a member gets it once in a ``run``, which is its week. WAITING
    deliveries cannot be sent now and are shown with the reply to the member's next message.
    ``reason`` says why a delivery ended as it did. ``message`` keeps the words that were sent, for
    the web page to fetch; ``reference`` is the platform's own id of them. ``delivered_at`` and
    ``read_at`` are None where the platform does not report. ``attempts`` counts the times it was
    handed to the platform and may have arrived; ``handed_over`` says of a LEASED one that it may
    have been given to the platform, and is written before it is.
    ``considered_at`` is when a reply to its member last had room for it: it is not of use any more,
    or stands under what was missed.

    ``about_member_id`` is another member whom the notice names, or whose words it holds.

    ``member_id`` and ``address_id`` are no foreign keys: an announcement to a million members would
    look up and lock two million rows, and erasing a member would read every delivery.
    """

    # Partial indexes: settled rows, which are most of the table, take no room in them.
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
            # For the number sent in the last minute.
            "settled_at",
            where="announcement_id IS NOT NULL",
        ),
        _partial("delivery_arrived", "announcement_id", "run", where="delivered_at IS NOT NULL"),
        _partial("delivery_opened", "announcement_id", "run", where="read_at IS NOT NULL"),
        # An announcement's deliveries are due at one moment: without the number PostgreSQL would
        # read and sort all of them to claim a few.
        _partial("delivery_due", "account", "priority", "due_at", "id", where="state = 'planned'"),
        _partial("delivery_expiry", "expires_at", where="state IN ('planned', 'waiting')"),
        _partial("delivery_leased", "leased_until", where="state = 'leased'"),
        _partial(
            "delivery_missed",
            "member_id",
            "considered_at",
            where="state IN ('waiting', 'unreachable', 'refused', 'in_doubt')",
        ),
        # With an index of the address alone SQLite would read every delivery of the address.
        _partial("delivery_said", "address_id", "settled_at", where="state = 'sent'"),
        _partial("delivery_notice", "member_id", where="announcement_id IS NULL"),
        _partial("delivery_about", "about_member_id", where="about_member_id IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    key: str | None = None
    account: str
    address_id: int | None = None
    member_id: int | None = None
    about_member_id: int | None = None
    topic: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))
    due_at: Moment
    expires_at: Moment
    state: DeliveryState = Field(default=DeliveryState.PLANNED, sa_type=one_of(DeliveryState))
    leased_until: Moment | None = None
    attempts: int = 0
    handed_over: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    reason: str = ""
    message: dict[str, Any] | None = Field(
        default=None, sa_column=SAColumn(JSON(none_as_null=True))
    )
    reference: str = ""
    settled_at: Moment | None = None
    delivered_at: Moment | None = None
    read_at: Moment | None = None
    considered_at: Moment | None = None
    priority: int = FIRST
    announcement_id: int | None = None
    run: int = 0


class Owed(Protocol):
    """The part of a delivery that its notice needs to word it."""

    @property
    def address_id(self) -> int | None: ...

    @property
    def topic(self) -> str: ...

    @property
    def facts(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A delivery to insert; ``state`` and ``reason`` say so if it ends without being sent.

    ``about`` is another member whom the notice names, or whose words it holds.
    """

    key: str
    member_id: int
    topic: str
    facts: dict[str, Any]
    due_at: Moment
    expires_at: Moment
    state: DeliveryState = DeliveryState.PLANNED
    reason: str = ""
    about: int | None = None


def may_repeat(topic: str, attempts: int) -> bool:
    """Return whether a delivery whose arrival is in doubt is sent again.

    A notice is, up to MOST_ATTEMPTS times: two notices of one seat do less harm than none. An
    announcement never is.
    """
    return topic_of(topic).may_repeat and attempts < MOST_ATTEMPTS


_TABLE = table_of(Delivery)


def in_state(*states: DeliveryState) -> ColumnElement[bool]:
    """Return the condition of being in one of these states, as the partial indexes write it."""
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
    """Plan a message to this very address; return False if its key was planned before."""
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
    about: int | None = None,
) -> None:
    """Plan a message to a member, at the address that most likely reaches them.

    ``about`` is another member whom the notice names, or whose words it holds.
    """
    one = Plan(key, member_id, topic, dict(facts), due_at, expires_at, about=about)
    plan_all(session, [one], now)


def plan_all(session: Session, plans: Sequence[Plan], now: Moment) -> None:
    """Plan many messages at once; skip those whose key was planned before."""
    if not plans:
        return
    likeliest = likeliest_addresses(session, {each.member_id for each in plans}, now)
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
        "about_member_id": plan.about,
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


def likeliest_addresses(session: Session, member_ids: Iterable[int], now: Moment) -> dict[int, Any]:
    """Map each member to the address that most likely reaches them; of equals, to the newest."""
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
    """Return a sort key: the greater it is, the likelier the address reaches its member."""
    return likelihood(
        unreachable=address.unreachable,
        notifies=address.notifies,
        is_windowed=address.is_windowed,
        window_until=address.window_until,
        allowance=address.allowance,
        now=now,
    )


def withdraw(
    session: Session,
    member_ids: Iterable[int],
    topics: Iterable[str],
    facts: Mapping[str, Any],
    now: Moment,
) -> None:
    """Drop what these members have not been sent yet of these topics, where it has these facts."""
    pending = session.execute(
        select(_TABLE.c.id, _TABLE.c.facts).where(
            _TABLE.c.member_id.in_(set(member_ids)),
            _TABLE.c.announcement_id.is_(None),
            _TABLE.c.topic.in_(set(topics)),
            in_state(DeliveryState.PLANNED, DeliveryState.WAITING),
        )
    )
    ids = [row.id for row in pending if facts.items() <= row.facts.items()]
    if ids:
        session.execute(
            update(_TABLE)
            .where(_TABLE.c.id.in_(ids), in_state(DeliveryState.PLANNED, DeliveryState.WAITING))
            .values(state=DeliveryState.DROPPED, reason=Reason.OUTDATED, settled_at=now)
        )
