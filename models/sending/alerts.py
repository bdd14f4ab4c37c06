"""Browsers that asked to be alerted while the chat page is closed, and of what they are alerted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.network.members import Address
from models.rules.sending.alerts import Subscription
from models.sending.deliveries import Delivery, DeliveryState, in_state
from models.store import Moment, table_of

MOST = 5
"""Browsers of one address: one cookie has one; more are what is left of those that were reset."""

FRESH = timedelta(minutes=2)
"""How long after it was settled a message is worth an alert: before, the page may have shown it."""

AT_ONCE = 3
"""The most alerts that one browser gets at once; the page shows the rest."""


class AlertSubscription(SQLModel, table=True):
    """A browser's address at its push service; ``told_at``: it is alerted of what came after.

    ``p256dh`` and ``auth`` are the browser's public key and secret (RFC 8291), in base64url.
    """

    __tablename__ = "alert_subscription"

    id: int = Field(default=None, primary_key=True)
    address_id: int = Field(foreign_key="address.id", index=True)
    endpoint: str = Field(unique=True)
    p256dh: str
    auth: str
    created_at: Moment
    told_at: Moment


@dataclass(frozen=True, slots=True)
class Alert:
    """One message for one browser; ``name`` is the same for the same message."""

    subscription_id: int
    to: Subscription
    name: str
    message: dict[str, Any]
    expires_at: Moment


_TABLE = table_of(AlertSubscription)
_DELIVERIES = table_of(Delivery)


def subscribe(
    session: Session, account: str, external: str, given: Subscription, now: Moment
) -> bool:
    """Alert this browser of what is sent to an address; return False if nobody has the address."""
    address_id = session.exec(
        select(Address.id).where(Address.account == account, Address.external == external)
    ).first()
    if address_id is None:
        return False
    # A browser has one subscription: it goes with whoever uses the page now.
    session.execute(delete(_TABLE).where(_TABLE.c.endpoint == given.endpoint))
    row = AlertSubscription(
        address_id=address_id,
        endpoint=given.endpoint,
        p256dh=given.p256dh,
        auth=given.auth,
        created_at=now,
        told_at=now,
    )
    session.add(row)
    session.flush()
    kept = (
        select(AlertSubscription.id)
        .where(AlertSubscription.address_id == address_id)
        .order_by(col(AlertSubscription.id).desc())
        .limit(MOST)
    )
    newest = session.exec(kept).all()
    session.execute(
        delete(_TABLE).where(_TABLE.c.address_id == address_id, _TABLE.c.id.not_in(newest))
    )
    return True


def with_any(session: Session, account: str, externals: Collection[str]) -> Sequence[str]:
    """Return those of the addresses (the platform's names) with a browser to be alerted."""
    return session.exec(
        select(Address.external)
        .join(AlertSubscription, col(AlertSubscription.address_id) == Address.id)
        .where(Address.account == account, col(Address.external).in_(externals))
        .distinct()
    ).all()


def take(session: Session, account: str, externals: Collection[str], now: Moment) -> list[Alert]:
    """Return the alerts for these addresses, each once whichever process asks."""
    rows = session.exec(
        select(AlertSubscription)
        .join(Address, col(Address.id) == AlertSubscription.address_id)
        .where(Address.account == account, col(Address.external).in_(externals))
        .order_by(col(AlertSubscription.id))
        .with_for_update(of=AlertSubscription)
    ).all()
    return [alert for row in rows for alert in _of(session, row, now)]


def _of(session: Session, row: AlertSubscription, now: Moment) -> list[Alert]:
    sent = session.execute(
        select(
            _DELIVERIES.c.id,
            _DELIVERIES.c.message,
            _DELIVERIES.c.settled_at,
            _DELIVERIES.c.expires_at,
        )
        .where(
            _DELIVERIES.c.address_id == row.address_id,
            in_state(DeliveryState.SENT),
            _DELIVERIES.c.message.is_not(None),
            _DELIVERIES.c.settled_at > max(row.told_at, now - FRESH),
            _DELIVERIES.c.expires_at > now,
        )
        .order_by(_DELIVERIES.c.settled_at.desc(), _DELIVERIES.c.id.desc())
        .limit(AT_ONCE)
    ).all()
    if not sent:
        return []
    session.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(told_at=sent[0].settled_at))
    to = Subscription(row.endpoint, row.p256dh, row.auth)
    return [
        Alert(row.id, to, str(each.id), each.message, each.expires_at) for each in reversed(sent)
    ]


def forget(session: Session, subscription_id: int) -> None:
    """Delete a subscription that its push service does not know any more."""
    session.execute(delete(_TABLE).where(_TABLE.c.id == subscription_id))


def forget_address(session: Session, address_id: int) -> None:
    """Delete the subscriptions of an address: whoever uses its browser next is somebody else."""
    session.execute(delete(_TABLE).where(_TABLE.c.address_id == address_id))


def of_addresses(session: Session, ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the subscriptions by address, as plain values: where, and since when."""
    found: dict[int, list[dict[str, Any]]] = {}
    for each in session.exec(
        select(AlertSubscription).where(col(AlertSubscription.address_id).in_(ids))
    ):
        told = {"push_service": each.endpoint, "since": each.created_at}
        found.setdefault(each.address_id, []).append(told)
    return found
