"""One message owed to one member: the unit of sending."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, SQLModel

from models.store import Moment, one_of


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


class Delivery(SQLModel, table=True):
    """``key`` makes planning twice harmless. ``topic`` names who puts it into words, from ``facts``.

    WAITING means: cannot be sent now, is shown at the member's next message. ``reason`` says why
    it ended as it did. ``message`` keeps the words that went out, for the web chat's catching up.
    """

    __table_args__ = (Index("delivery_due", "account", "state", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    account: str
    address_id: int | None = Field(default=None, foreign_key="address.id", index=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    topic: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))
    due_at: Moment
    expires_at: Moment
    state: DeliveryState = Field(
        default=DeliveryState.PLANNED, sa_type=one_of(DeliveryState)
    )
    leased_until: Moment | None = None
    attempts: int = 0
    reason: str = ""
    message: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    settled_at: Moment | None = None
