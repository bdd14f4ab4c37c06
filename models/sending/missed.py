"""What has not surely reached a member, and is shown when they write or ask for it."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, bindparam, exists, literal, literal_column, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.sending.deliveries import Delivery, DeliveryState, in_state
from models.sending.reasons import Reason
from models.sending.speakers import Speaker
from models.store import Moment, table_of
from models.store.statements import Prepared

LISTED_FOR = timedelta(days=7)
"""How long a message that was missed can be asked for."""

MISSED_STATES = (
    DeliveryState.WAITING,
    DeliveryState.UNREACHABLE,
    DeliveryState.REFUSED,
    DeliveryState.IN_DOUBT,
)

_TABLE = table_of(Delivery)
_SPEAKERS = table_of(Speaker)


# By whom the member is protected, not by a platform. Written out, as a prepared statement needs it.
_KEPT_BACK: list[ColumnElement[str]] = [
    literal_column(f"'{each}'") for each in ("", Reason.QUIET_HOURS, Reason.DAILY_CAP)
]


def _missed(member_id: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of what a reply to this member has not had room for yet."""
    return (
        _TABLE.c.member_id == member_id,
        in_state(*MISSED_STATES),
        _TABLE.c.considered_at.is_(None),
    )


def _held(
    member_id: ColumnElement[int], now: ColumnElement[Moment]
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a notice to this member that would have been sent by now."""
    return (
        _TABLE.c.member_id == member_id,
        _TABLE.c.announcement_id.is_(None),
        in_state(DeliveryState.PLANNED),
        or_(
            _TABLE.c.due_at <= now,
            # A halt has put it off.
            _TABLE.c.reason.not_in(_KEPT_BACK),
        ),
    )


_MEMBER = bindparam("member_id", type_=_TABLE.c.member_id.type)
_NOW = bindparam("now", type_=_TABLE.c.due_at.type)
_IS_HALTED = _SPEAKERS.c.halted_until > _NOW
_SENDER = literal("send.") + _TABLE.c.account
_ITS_ACCOUNT = or_(_SPEAKERS.c.name == _SENDER, _SPEAKERS.c.name.like(_SENDER + ".%"))

# Of one statement, for it runs at every message. While no account is halted its second part ends
# with a look into an index without rows.
_ANY = Prepared(
    select(_TABLE.c.id)
    .where(*_missed(_MEMBER))
    .union_all(select(_TABLE.c.id).where(*_held(_MEMBER, _NOW), exists().where(_IS_HALTED)))
    .limit(1)
)


def is_anything(session: Session, member_id: int, now: Moment) -> bool:
    """Return whether a reply to this member may have something to carry."""
    return _ANY.first(session, {"member_id": member_id, "now": now}) is not None


def to_show(session: Session, member_id: int, now: Moment, limit: int) -> Sequence[Delivery]:
    """Return the deliveries that a reply to this member carries, the oldest first.

    They wait for it, could not reach the member by any other way, or their account is halted. An
    announcement in doubt is not among them.
    """
    is_doubtful = (_TABLE.c.state == DeliveryState.IN_DOUBT) & _TABLE.c.announcement_id.is_not(None)
    of_use = _TABLE.c.expires_at > now
    values = {"member_id": member_id, "now": now}
    rows = select(_TABLE.c.id, _TABLE.c.due_at)
    missed = rows.where(*_missed(_MEMBER), ~is_doubtful, of_use).limit(limit)
    held = rows.where(
        *_held(_MEMBER, _NOW), of_use, exists().where(_IS_HALTED, _ITS_ACCOUNT)
    ).limit(limit)
    order = (_TABLE.c.due_at, _TABLE.c.id)
    found = [
        *session.execute(missed.order_by(*order), values),
        *session.execute(held.order_by(*order), values),
    ]
    ids = [row.id for row in sorted(found, key=lambda row: (row.due_at, row.id))][:limit]
    if not ids:
        return ()
    return session.exec(
        select_rows(Delivery)
        .where(
            col(Delivery.id).in_(ids),
            in_state(DeliveryState.PLANNED, *MISSED_STATES),
        )
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def consider(session: Session, member_id: int, now: Moment) -> int:
    """Note what no reply will carry; return how much of it may be asked for.

    That is what is of no use any more, and announcements in doubt. What is left keeps its turn for
    the next reply.
    """
    rows = session.exec(
        select_rows(Delivery).where(*_missed(literal(member_id))).with_for_update()
    ).all()
    doubtful = [each for each in rows if _is_doubtful_announcement(each)]
    for delivery in rows:
        if delivery.expires_at <= now or delivery in doubtful:
            delivery.considered_at = now
            session.add(delivery)
    session.flush()
    return sum(delivery.due_at > now - LISTED_FOR for delivery in doubtful)


def _is_doubtful_announcement(delivery: Delivery) -> bool:
    return delivery.state == DeliveryState.IN_DOUBT and delivery.announcement_id is not None


def listed(session: Session, member_id: int, now: Moment, limit: int) -> Sequence[Delivery]:
    """Return what the last days brought and did not surely reach the member, the newest first."""
    return session.exec(
        select_rows(Delivery)
        .where(
            Delivery.member_id == member_id,
            in_state(*MISSED_STATES),
            col(Delivery.due_at) > now - LISTED_FOR,
        )
        .order_by(col(Delivery.due_at).desc(), col(Delivery.id).desc())
        .limit(limit)
    ).all()


def find(session: Session, member_id: int, delivery_id: int) -> Delivery | None:
    """Return a delivery to this member that is still missed, locked; None if it is not."""
    return session.exec(
        select_rows(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.member_id == member_id,
            in_state(*MISSED_STATES),
        )
        .with_for_update()
    ).first()


def settle_shown(
    session: Session, delivery: Delivery, account: str, address_id: int, now: Moment
) -> None:
    """Settle a delivery as sent with a reply to this address, which need not be its own."""
    delivery.account, delivery.address_id = account, address_id
    delivery.state, delivery.reason, delivery.settled_at = DeliveryState.SENT, Reason.SHOWN, now
    session.add(delivery)
    session.flush()


def pass_over(session: Session, delivery: Delivery, reason: Reason, now: Moment) -> None:
    """Settle a delivery whose notice has nothing to say any more; an end it has stays."""
    if delivery.state in (DeliveryState.PLANNED, DeliveryState.WAITING):
        delivery.state, delivery.reason, delivery.settled_at = DeliveryState.DROPPED, reason, now
    delivery.considered_at = now
    session.add(delivery)
    session.flush()
