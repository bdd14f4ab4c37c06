"""Keep the reach ledgers, apply receipts, and move deliveries to a member's other address."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, case, delete, exists, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

from models.network.members import Address, mark_unreachable
from models.rules.sending.reach import Route, Way, may_write
from models.sending import accounts, alerts, history, inbox
from models.sending.alerts import AlertSubscription
from models.sending.deliveries import (
    Delivery,
    DeliveryState,
    in_state,
    likeliest_addresses,
    likelihood_of,
    may_repeat,
)
from models.sending.reasons import Reason
from models.store import Moment, table_of
from models.store.statements import Prepared


class SubscriptionGrant(SQLModel, table=True):
    """The number of notices of a ``template`` that the person at this address has agreed to."""

    __tablename__ = "subscription_grant"

    address_id: int = Field(foreign_key="address.id", primary_key=True)
    template: str = Field(primary_key=True)
    times: int


_ADDRESSES = table_of(Address)
_GRANTS = table_of(SubscriptionGrant)
_DELIVERIES = table_of(Delivery)

_HERE = _ADDRESSES.c.id == bindparam("key")
_GRANT = (_GRANTS.c.address_id == bindparam("key"), _GRANTS.c.template == bindparam("of"))
_LEFT = _ADDRESSES.c.allowance - bindparam("messages")
_SPEND = {
    Route.CUSTOMER_SERVICE: update(_ADDRESSES)
    .where(_HERE)
    .values(allowance=case((_LEFT > 0, _LEFT), else_=0)),
    Route.SUBSCRIPTION: update(_GRANTS)
    .where(*_GRANT, _GRANTS.c.times > 0)
    .values(times=_GRANTS.c.times - 1),
}
_CLOSE = {
    Route.CUSTOMER_SERVICE: update(_ADDRESSES).where(_HERE).values(allowance=0),
    Route.TEMPLATE: update(_ADDRESSES).where(_HERE).values(no_templates=True),
    Route.SUBSCRIPTION: delete(_GRANTS).where(*_GRANT),
}


# The ledger


def spend(session: Session, address_id: int, way: Way) -> None:
    """Subtract a message that was sent in this way from the address's ledger."""
    if way.route in _SPEND:
        values = {"key": address_id, "messages": way.spends, "of": way.template}
        session.execute(_SPEND[way.route], values)


def spend_at(session: Session, account: str, external: str, way: Way) -> None:
    """Subtract a message that is no delivery from the ledger of an address."""
    address_id = find_address(session, account, external)
    if address_id is not None:
        spend(session, address_id, way)


def close(session: Session, address_id: int, way: Way) -> None:
    """Close a way that the platform has refused, whatever the ledger says."""
    if way.route in _CLOSE:
        session.execute(_CLOSE[way.route], {"key": address_id, "of": way.template})


def grants_of(session: Session, address_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Map each address to its templates with the number of notices agreed to."""
    grants: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(_GRANTS.c.address_id, _GRANTS.c.template, _GRANTS.c.times).where(
            _GRANTS.c.address_id.in_(set(address_ids)), _GRANTS.c.times > 0
        )
    )
    for address_id, template, times in rows:
        grants.setdefault(address_id, {})[template] = times
    return grants


def agree(session: Session, address_id: int, template: str, times: int) -> None:
    """Add ``times`` notices that the person agreed to; 0 revokes all of the template."""
    if times <= 0:
        close(session, address_id, Way(Route.SUBSCRIPTION, template=template))
        return
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(_GRANTS) if on_postgresql else sqlite.insert(_GRANTS)
    row = insert.values(address_id=address_id, template=template, times=times)
    more = {"times": _GRANTS.c.times + row.excluded.times}
    session.execute(row.on_conflict_do_update(index_elements=["address_id", "template"], set_=more))


def reset_settings(session: Session, address_id: int) -> None:
    """Allow template messages again: following an account again resets the person's refusal."""
    session.execute(
        update(_ADDRESSES).where(_ADDRESSES.c.id == address_id).values(no_templates=False)
    )


def forget_address(session: Session, address_id: int) -> None:
    """Delete the consents of an address, and the browsers that are alerted of what it is sent."""
    alerts.forget_address(session, address_id)
    session.execute(delete(_GRANTS).where(_GRANTS.c.address_id == address_id))


_REACHED_WHEN_CLOSED = Prepared(
    select(Address.id)
    .where(
        Address.member_id == bindparam("member_id"),
        Address.unreachable == "",
        or_(
            accounts.notifies(Address.account),
            exists().where(col(AlertSubscription.address_id) == Address.id),
        ),
    )
    .limit(1)
)


def reaches_when_closed(session: Session, member_id: int) -> bool:
    """Return whether the member hears a message while no page of the station is open.

    A messenger's device announces it. A chat page shows it only while it is open, unless its
    browser asked for alerts.
    """
    return _REACHED_WHEN_CLOSED.first(session, {"member_id": member_id}) is not None


# Receipts


def find_address(session: Session, account: str, external: str) -> int | None:
    """Return the id of an address by the platform's name for it; None if there is none."""
    return session.exec(
        select(Address.id).where(Address.account == account, Address.external == external)
    ).first()


def is_known_since(session: Session, account: str, external: str, moment: Moment) -> bool:
    """Return whether an address is that of the same person as at a moment, or earlier.

    Whoever leaves a page, or is signed out of it, is forgotten: the next to write there is new.
    """
    known = select(Address.id).where(
        Address.account == account,
        Address.external == external,
        col(Address.created_at) <= moment,
    )
    return session.exec(known).first() is not None


def acknowledge(
    session: Session,
    address_id: int,
    reference: str,
    *,
    failure: str,
    is_refused: bool,
    now: Moment,
) -> bool:
    """Apply a receipt: the platform's report on a message that it had accepted.

    A failed message returns to PLANNED if it may repeat, otherwise to WAITING, for the member's
    next message. Returns False if the outcome of its send may not be written yet.
    """
    if is_refused:
        close(session, address_id, Way(Route.TEMPLATE))
    delivery = session.exec(
        select(Delivery)
        .where(
            Delivery.address_id == address_id,
            in_state(DeliveryState.SENT),
            Delivery.reference == reference,
        )
        .with_for_update()
    ).first()
    if delivery is None:
        # No announcement goes by a template, so only notices can match; they have an index.
        theirs = select(Address.member_id).where(Address.id == address_id).scalar_subquery()
        in_the_air = select(Delivery.id).where(
            Delivery.member_id == theirs,
            col(Delivery.announcement_id).is_(None),
            in_state(DeliveryState.LEASED),
        )
        return session.exec(in_the_air.limit(1)).first() is None
    if not failure:
        delivery.delivered_at = delivery.delivered_at or now
    else:
        again = is_refused or may_repeat(delivery.topic, delivery.attempts)
        delivery.state = DeliveryState.PLANNED if again else DeliveryState.WAITING
        delivery.reason, delivery.reference = failure, ""
        if delivery.message and "knew" in delivery.message:
            # It tells again what it told: its member does not know it after all.
            delivery.facts = {**delivery.facts, "knew": delivery.message["knew"]}
        delivery.settled_at = delivery.message = None
    session.add(delivery)
    session.flush()
    return True


# Moving deliveries and addresses


def move_on(session: Session, failed: Mapping[int, int], now: Moment) -> set[int]:
    """Plan failed deliveries again at each member's next likeliest address; return their ids.

    ``failed`` maps deliveries just settled as UNREACHABLE or WAITING to the number of messages each
    takes. UNREACHABLE ones go to any address that is left. WAITING ones go only to a messenger that
    can be written to now, never to a web page, which may show them later than the member's next
    message would. A delivery cannot return to an address where it failed: that one is marked
    unreachable, or its window is closed.
    """
    best: dict[int, Any] = {}
    for row in session.execute(_OTHERS, {"ids": list(failed)}):
        if row.state == DeliveryState.WAITING and not _takes(row, failed[row.delivery_id], now):
            continue
        likeliest = best.get(row.delivery_id)
        if likeliest is None or likelihood_of(row, now) >= likelihood_of(likeliest, now):
            best[row.delivery_id] = row
    if best:
        session.execute(
            _MOVE_ON,
            [
                {"moved": key, "at_account": row.account, "at_address": row.address_id}
                for key, row in best.items()
            ],
        )
    return set(best)


def _takes(address: Any, messages: int, now: Moment) -> bool:
    is_open = may_write(
        address.is_windowed, address.window_until, address.allowance, now, max(1, messages)
    )
    return is_open and bool(address.notifies)


_OTHERS = (
    select(  # type: ignore[call-overload]
        col(Delivery.id).label("delivery_id"),
        Delivery.state,
        col(Address.id).label("address_id"),
        Address.account,
        Address.unreachable,
        Address.window_until,
        Address.allowance,
        accounts.is_windowed(Address.account).label("is_windowed"),
        accounts.notifies(Address.account).label("notifies"),
    )
    .join(Address, col(Address.member_id) == col(Delivery.member_id))
    .where(
        col(Delivery.id).in_(bindparam("ids", expanding=True)),
        in_state(DeliveryState.UNREACHABLE, DeliveryState.WAITING),
        Address.unreachable == "",
        col(Address.id) != col(Delivery.address_id),
    )
    .order_by(col(Address.id))
)
_MOVE_ON = (
    update(_DELIVERIES)
    .where(
        _DELIVERIES.c.id == bindparam("moved"),
        in_state(DeliveryState.UNREACHABLE, DeliveryState.WAITING),
    )
    .values(
        account=bindparam("at_account"),
        address_id=bindparam("at_address"),
        state=DeliveryState.PLANNED,
        settled_at=None,
    )
)


def leave(session: Session, address_id: int, member_id: int, now: Moment) -> None:
    """Delete an address that its person has left, with what it was answered.

    What is owed there goes to their likeliest other address, or waits for their next message.
    """
    inbox.forget_address(session, address_id)
    forget_address(session, address_id)
    session.execute(delete(_ADDRESSES).where(_ADDRESSES.c.id == address_id))
    there = (
        _DELIVERIES.c.id.in_([each.id for each in history.rows_of(session, member_id)]),
        _DELIVERIES.c.address_id == address_id,
    )
    other = likeliest_addresses(session, [member_id], now).get(member_id)
    values: dict[str, Any] = {"state": DeliveryState.WAITING, "reason": Reason.SIGNED_OUT}
    if other is not None:
        values = {"account": other.account, "address_id": other.id}
    owed = in_state(DeliveryState.PLANNED)
    session.execute(update(_DELIVERIES).where(*there, owed).values(**values))
    # What was shown there is not told of an address that is gone.
    session.execute(update(_DELIVERIES).where(*there).values(address_id=None, message=None))


def move(session: Session, address_id: int, external: str) -> None:
    """Give an address its chat's new id; mark it unreachable if that id is an address already."""
    address = session.get(Address, address_id)
    if address is None or address.external == external:
        return
    there = select(Address.id).where(
        Address.account == address.account, col(Address.external) == external
    )
    if session.exec(there).first() is not None:
        mark_unreachable(session, address_id, Reason.CHAT_MOVED)
        return
    address.external = external
    session.add(address)
    session.flush()
