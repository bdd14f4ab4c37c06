"""What came in, so that a repeated push gets the same answer; and what was shown last."""

from typing import Any

from sqlalchemy import JSON, UniqueConstraint, bindparam, update
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment, insert_once


class Inbox(SQLModel, table=True):
    """One incoming message, under the platform's own ``key`` for it, and the answer it got.

    Kept for three days: longer than any platform repeats a push.
    """

    __table_args__ = (UniqueConstraint("account", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str
    key: str
    address_id: int | None = Field(default=None, foreign_key="address.id", index=True)
    at: Moment = Field(index=True)
    reply: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
