"""Where an evening is streamed, and the announcements that bring the links to people in time."""

from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select


class StreamLink(SQLModel, table=True):
    """A platform that streams an event. ``announcement_id`` is the one that tells of it.

    It is no foreign key: a draft that is given up is gone.
    """

    __tablename__ = "stream_link"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    name: str
    url: str
    announcement_id: int | None = None
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)


def named_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the streams that a member named, as plain values."""
    rows = session.exec(
        select(StreamLink).where(StreamLink.by_member_id == member_id).order_by(col(StreamLink.id))
    )
    return [{"name": each.name, "link": each.url} for each in rows]
