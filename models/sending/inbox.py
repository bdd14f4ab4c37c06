"""What came in, so that a repeated push gets the same answer; and what was shown last."""

from typing import Any

from sqlalchemy import JSON, UniqueConstraint, bindparam, delete, insert, update
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment, table_of
from models.store.statements import Prepared


class Inbox(SQLModel, table=True):
    """One incoming message, under the platform's own ``key`` for it, and the answer it got.

    Kept for three days: longer than any platform repeats a push. It holds what the station said,
    not what the member did.
    """

    __table_args__ = (UniqueConstraint("account", "key"),)

    id: int = Field(default=None, primary_key=True)
    account: str
    key: str
    address_id: int | None = Field(default=None, foreign_key="address.id", index=True)
    at: Moment = Field(index=True)
    reply: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))


_TABLE = table_of(Inbox)
_FIND = Prepared(
    select(Inbox.id, Inbox.reply).where(
        Inbox.account == bindparam("account"), Inbox.key == bindparam("key")
    )
)
_KEEP = Prepared(insert(_TABLE), ("account", "key", "address_id", "at", "reply"))
_LAST = Prepared(
    select(Inbox.reply)
    .where(Inbox.address_id == bindparam("address_id"), col(Inbox.reply).is_not(None))
    .order_by(col(Inbox.id).desc())
    .limit(1)
)


def repeated(session: Session, account: str, key: str) -> tuple[bool, dict[str, Any] | None]:
    """Whether this message was answered before, and the answer it got then."""
    row = _FIND.first(session, {"account": account, "key": key})
    return (False, None) if row is None else (True, row[1])


def keep(
    session: Session,
    *,
    account: str,
    key: str,
    address_id: int | None,
    reply: dict[str, Any] | None,
    now: Moment,
) -> None:
    """Keep the answer. Raises IntegrityError when another process answered the same meanwhile."""
    _KEEP.run(
        session,
        {"account": account, "key": key, "address_id": address_id, "at": now, "reply": reply},
    )


def last_shown(session: Session, address_id: int) -> dict[str, Any] | None:
    """The answer that this address was given last."""
    row = _LAST.first(session, {"address_id": address_id})
    return row[0] if row is not None else None


def forget_address(session: Session, address_id: int) -> None:
    """Drop what was said to an address; the keys stay, so that a repeat is still recognised."""
    session.execute(
        update(_TABLE).where(_TABLE.c.address_id == address_id).values(address_id=None, reply=None)
    )


def forget_before(session: Session, moment: Moment) -> None:
    session.execute(delete(_TABLE).where(_TABLE.c.at < moment))
