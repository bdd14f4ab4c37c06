"""Recognise repeated updates, and remember the last reply to an address."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, bindparam, delete, insert, update
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.network.members import Address
from models.store import Moment, table_of
from models.store.statements import Prepared


class Inbox(SQLModel, table=True):
    """An update under the platform's own ``key`` for it, with the reply that answered it.

    Rows are kept for three days, longer than any platform repeats a push. They hold the station's
    words, not the member's.
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
_KEEP = Prepared(insert(_TABLE).inline(), ("account", "key", "address_id", "at", "reply"))


def repeated(session: Session, account: str, key: str) -> tuple[bool, dict[str, Any] | None]:
    """Return whether this update was answered before, and with which reply."""
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
    """Store the reply to an update.

    Raises IntegrityError if another process has answered the same update meanwhile.
    """
    _KEEP.run(
        session,
        {"account": account, "key": key, "address_id": address_id, "at": now, "reply": reply},
    )


def claim(session: Session, account: str, key: str, update: str, now: Moment) -> bool:
    """Return whether this update is the first to claim a key, or was when it came before.

    Raises IntegrityError if another process has claimed it meanwhile.
    """
    if is_taken(session, account, key, update):
        return False
    if not repeated(session, account, key)[0]:
        for each in (key, f"{key} {update}"):
            keep(session, account=account, key=each, address_id=None, reply=None, now=now)
    return True


def is_taken(session: Session, account: str, key: str, update: str) -> bool:
    """Return whether another update has claimed a key."""
    own = f"{key} {update}"
    return repeated(session, account, key)[0] and not repeated(session, account, own)[0]


def recent(session: Session, address_id: int, limit: int) -> list[dict[str, Any]]:
    """Return the newest replies to this address, the latest first."""
    replies = session.exec(
        select(Inbox.reply)
        .where(Inbox.address_id == address_id, col(Inbox.reply).is_not(None))
        .order_by(col(Inbox.id).desc())
        .limit(limit)
    )
    return [dict(reply) for reply in replies if reply is not None]


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the answers that are still stored to a member, as plain values."""
    rows = session.exec(
        select(Inbox.at, Inbox.reply)
        .where(col(Inbox.address_id).in_(_addresses_of(member_id)), col(Inbox.reply).is_not(None))
        .order_by(col(Inbox.id))
    )
    return [{"at": at, "text": _whole(reply) if reply else None} for at, reply in rows]


def _whole(reply: Mapping[str, Any]) -> str:
    """The text of a reply with the notices below it and the pages which were not shown yet."""
    below = [*reply.get("notices", ()), *([reply["rest"]] if reply.get("rest") else [])]
    return "\n".join((reply["text"], *map(_whole, below)))


def forget_member(session: Session, member_id: int) -> None:
    """Delete the answers to a member; keep the keys, so that repeats are still recognised."""
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.address_id.in_(_addresses_of(member_id)))
        .values(address_id=None, reply=None)
    )


def _addresses_of(member_id: int) -> Any:
    return select(Address.id).where(Address.member_id == member_id)


def forget_address(session: Session, address_id: int) -> None:
    """Delete the replies to an address; keep the keys, so that repeats are still recognised."""
    session.execute(
        update(_TABLE).where(_TABLE.c.address_id == address_id).values(address_id=None, reply=None)
    )


def forget_before(session: Session, moment: Moment) -> None:
    """Delete the updates from before a moment."""
    session.execute(delete(_TABLE).where(_TABLE.c.at < moment))
