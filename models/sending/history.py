"""Read past deliveries, for a reloaded page and for exports; delete them after a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, column, literal_column, table, union_all, update
from sqlmodel import Session, col, select

from models.network.members import Address
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState, in_state
from models.sending.inbox import Inbox
from models.sending.reasons import Reason
from models.store import Moment, table_of
from models.store.statements import Prepared

_TABLE = table_of(Delivery)

ABOUT = ("name", "captain_id", "taker_id")
"""The facts of a notice that point to the member whom it is about."""


_INBOX = table_of(Inbox)
_ANSWERED = (
    select(_INBOX.c.reply, _INBOX.c.at, literal_column("0").label("is_told"))
    .where(_INBOX.c.address_id == bindparam("address_id"), _INBOX.c.reply.is_not(None))
    .order_by(_INBOX.c.id.desc())
    .limit(1)
    .subquery()
)
_TOLD = (
    select(_TABLE.c.message, _TABLE.c.settled_at, literal_column("1").label("is_told"))
    .where(
        _TABLE.c.address_id == bindparam("address_id"),
        in_state(DeliveryState.SENT),
        _TABLE.c.message.is_not(None),
    )
    .order_by(_TABLE.c.settled_at.desc())
    .limit(1)
    .subquery()
)
_SHOWN = union_all(_ANSWERED.select(), _TOLD.select())
_LAST = Prepared(_SHOWN.order_by(column("at").desc(), column("is_told").desc()).limit(1))
"""Prepared, for it runs for every message that is typed."""


def last_shown(session: Session, address_id: int) -> dict[str, Any] | None:
    """Return the message this address saw last: an answer, or a delivery."""
    shown = _LAST.first(session, {"address_id": address_id})
    return shown.reply if shown is not None else None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that was sent, and the facts of its notice.

    ``position`` is the microsecond since 1970 in which its delivery was settled.
    """

    position: int
    message: dict[str, Any]
    address_id: int | None
    topic: str
    facts: dict[str, Any]


def sent_since(
    session: Session, account: str, external: str, after: int, limit: int = 50
) -> list[SentMessage]:
    """Return messages sent to an address after a position, the oldest first."""
    rows = session.execute(
        select(  # type: ignore[call-overload]
            _TABLE.c.settled_at,
            _TABLE.c.message,
            _TABLE.c.address_id,
            _TABLE.c.topic,
            _TABLE.c.facts,
        )
        .join(Address, col(Address.id) == _TABLE.c.address_id)
        .where(
            Address.account == account,
            Address.external == external,
            in_state(DeliveryState.SENT),
            _TABLE.c.message.is_not(None),
            _TABLE.c.settled_at > _at(after),
        )
        .order_by(_TABLE.c.settled_at)
        .limit(limit)
    )
    return [SentMessage(_position(settled_at), *rest) for settled_at, *rest in rows]


def mark_arrived(session: Session, account: str, external: str, upto: int, now: Moment) -> None:
    """Mark announcements as arrived at an address up to a position of ``sent_since``."""
    there = select(Address.id).where(Address.account == account, Address.external == external)
    session.execute(
        update(_TABLE)
        .where(
            _TABLE.c.address_id == there.scalar_subquery(),
            in_state(DeliveryState.SENT),
            _TABLE.c.settled_at <= _at(upto),
            _TABLE.c.announcement_id.is_not(None),
            _TABLE.c.delivered_at.is_(None),
        )
        .values(delivered_at=now)
    )


def _at(position: int) -> Moment:
    return datetime.fromtimestamp(position // 1_000_000, UTC) + timedelta(
        microseconds=position % 1_000_000
    )


def _position(at: Moment) -> int:
    return int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return a member's deliveries as plain values: topic, times, text, and how each ended."""
    mine = _TABLE.c.id.in_(_ids_of_member(session, member_id))
    rows = session.execute(_TABLE.select().where(mine).order_by(_TABLE.c.id))
    return [
        {
            "topic": row.topic,
            "due_at": row.due_at,
            "state": row.state,
            "settled_at": row.settled_at,
            "text": row.message["text"] if row.message else None,
        }
        for row in rows
    ]


def about_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the notices to others that name a member or hold their words, as plain values."""
    rows = session.execute(
        select(_TABLE.c.topic, _TABLE.c.due_at)
        .where(_TABLE.c.about_member_id == member_id)
        .order_by(_TABLE.c.id)
    )
    return [{"topic": row.topic, "due_at": row.due_at} for row in rows]


def rows_of(session: Session, member_id: int) -> Sequence[Row[Any]]:
    """Return a member's deliveries: id, state, topic, facts, announcement_id and run, by id."""
    columns = ("id", "state", "topic", "facts", "announcement_id", "run")
    mine = _TABLE.c.id.in_(_ids_of_member(session, member_id))
    return session.execute(
        select(*(_TABLE.c[name] for name in columns)).where(mine).order_by(_TABLE.c.id)
    ).all()


def _ids_of_member(session: Session, member_id: int) -> list[int]:
    """Return the ids of a member's deliveries, by one lookup for each announcement.

    An index by member would cost every delivery of an announcement more than the lookups cost the
    few members who ask for their data.
    """
    mine = _TABLE.c.member_id == member_id
    announcement = table("announcement", column("id"))
    notices = select(_TABLE.c.id).where(mine, _TABLE.c.announcement_id.is_(None))
    announced = select(_TABLE.c.id).where(
        mine, _TABLE.c.announcement_id.in_(select(announcement.c.id))
    )
    return [*session.execute(notices).scalars(), *session.execute(announced).scalars()]


_SENT_SINCE = Prepared(
    select(_TABLE.c.id)
    .where(
        _TABLE.c.address_id == bindparam("address_id"),
        in_state(DeliveryState.SENT),
        _TABLE.c.settled_at > bindparam("moment"),
    )
    .limit(1)
)


def was_sent_since(session: Session, address_id: int, moment: Moment) -> bool:
    """Return whether any delivery was sent to this address after a moment."""
    # Runs for every member of an announcement's audience.
    return _SENT_SINCE.first(session, {"address_id": address_id, "moment": moment}) is not None


def forget_member(session: Session, member_id: int, now: Moment) -> None:
    """Drop the open deliveries of an erased member; keep only the outcomes of the others.

    Notices to others that name the member, or hold their words, lose what points to them.
    """
    mine = _TABLE.c.id.in_(_ids_of_member(session, member_id))
    session.execute(
        update(_TABLE)
        .where(mine, _TABLE.c.state.in_(OPEN_STATES))
        .values(state=DeliveryState.DROPPED, reason=Reason.ERASED, settled_at=now)
    )
    session.execute(
        update(_TABLE)
        .where(mine)
        .values(
            key=None,
            member_id=None,
            about_member_id=None,
            address_id=None,
            message=None,
            facts={},
        )
    )
    about = session.execute(
        select(_TABLE.c.id, _TABLE.c.facts).where(_TABLE.c.about_member_id == member_id)
    ).all()
    for delivery_id, facts in about:
        session.execute(
            update(_TABLE)
            .where(_TABLE.c.id == delivery_id)
            .values(
                key=None,
                about_member_id=None,
                message=None,
                facts={name: each for name, each in facts.items() if name not in ABOUT},
            )
        )


def settled_before(session: Session, moment: Moment, limit: int = 10_000) -> Sequence[int]:
    """Return the ids of deliveries settled before a moment; to be read on a snapshot.

    It reads the whole table: no other query needs an index by this time, and one would cost every
    settled delivery.
    """
    return (
        session.execute(
            select(_TABLE.c.id)
            .where(_TABLE.c.settled_at < moment)
            .order_by(_TABLE.c.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def delete(session: Session, ids: Sequence[int], _now: Moment) -> None:
    """Delete deliveries by their ids."""
    session.execute(_TABLE.delete().where(_TABLE.c.id.in_(ids)))
