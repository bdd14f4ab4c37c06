"""What is owed at a time before an event."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.store import Moment


class Reminder(SQLModel, table=True):
    """One reminder of one sign-up, ``lead`` minutes before the event; gone once it is planned."""

    __table_args__ = (UniqueConstraint("signup_id", "lead"),)

    id: int | None = Field(default=None, primary_key=True)
    signup_id: int = Field(foreign_key="signup.id")
    member_id: int = Field(foreign_key="member.id", index=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    lead: int
    due_at: Moment = Field(index=True)
