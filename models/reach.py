"""What sending teaches about an address: how much of its window is left, and where it moved."""

from sqlalchemy import bindparam, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.members import Address, mark_unreachable


class SubscriptionGrant(SQLModel, table=True):
    """How many notices of a ``template`` the person at this address has agreed to."""

    __tablename__ = "subscription_grant"

    address_id: int = Field(foreign_key="address.id", primary_key=True)
    template: str = Field(primary_key=True)
    times: int


_ADDRESSES = Address.__table__  # type: ignore[attr-defined]
_SPENT = (
    update(_ADDRESSES)
    .where(_ADDRESSES.c.id == bindparam("key"), _ADDRESSES.c.allowance > 0)
    .values(allowance=_ADDRESSES.c.allowance - 1)
)
_SHUT = update(_ADDRESSES).where(_ADDRESSES.c.id == bindparam("key")).values(allowance=0)


def spend(session: Session, address_id: int) -> None:
    """Take one message off what is left of the window."""
    session.execute(_SPENT, {"key": address_id})


def shut(session: Session, address_id: int) -> None:
    """The platform takes no more until the person speaks again, whatever the ledger says."""
    session.execute(_SHUT, {"key": address_id})


def move(session: Session, address_id: int, external: str) -> None:
    """The platform gave this chat a new name; if that is an address already, this one is lost."""
    address = session.get(Address, address_id)
    if address is None or address.external == external:
        return
    there = select(Address.id).where(
        Address.account == address.account, col(Address.external) == external
    )
    if session.exec(there).first() is not None:
        mark_unreachable(session, address_id, "moved")
        return
    address.external = external
    session.add(address)
    session.flush()
