"""Sounds that members sent: as they were sent, and as a copy that browsers play."""

from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment


class Sound(SQLModel, table=True):
    """A sound of ``seconds``. ``content`` is as it was sent, ``copy_content`` what browsers play.

    Both are empty after its sender is erased.
    """

    id: int = Field(default=None, primary_key=True)
    hash: str
    media_type: str
    content: bytes
    copy_type: str
    copy_content: bytes
    seconds: int
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    at: Moment


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the sounds that a member sent, as plain values."""
    rows = session.exec(
        select(Sound.id, Sound.media_type, Sound.seconds, Sound.at)
        .where(Sound.by_member_id == member_id)
        .order_by(col(Sound.id))
    )
    return [
        {"number": number, "media_type": kind, "seconds": seconds, "at": at}
        for number, kind, seconds, at in rows
    ]
