"""Sounds that members sent: as they were sent, and as a copy that browsers play."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from models.rules.contests.recording import Recording
from models.store import Blob, Moment, blobs

MOST_A_DAY, MOST_BYTES_A_DAY = 20, 40 * 1024 * 1024
"""Sounds, and their bytes as they were sent, that are taken of one member within a day."""


class Sound(SQLModel, table=True):
    """A sound of ``seconds``. ``content`` is as it was sent, ``copy_content`` what browsers play.

    Both are empty after its sender is erased.
    """

    id: int = Field(default=None, primary_key=True)
    hash: str
    media_type: str
    content: bytes = Field(sa_type=Blob)
    copy_type: str
    copy_content: bytes = Field(sa_type=Blob)
    seconds: int
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    at: Moment


def keep(session: Session, recording: Recording, by: int, now: Moment) -> int:
    """Store a sound with its copy and return its number."""
    sound = Sound(
        hash=hashlib.sha256(recording.content).hexdigest()[:32],
        media_type=recording.media_type,
        content=recording.content,
        copy_type=recording.copy_type,
        copy_content=recording.copy_content,
        seconds=recording.seconds,
        by_member_id=by,
        at=now,
    )
    session.add(sound)
    session.flush()
    number = sound.id
    # The session goes on and must not hold megabytes.
    session.expunge(sound)
    return number


def has_enough(session: Session, by: int, recording: Recording, now: Moment) -> bool:
    """Return whether a member has sent as much within a day as is taken, were this one added."""
    within = (col(Sound.by_member_id) == by, col(Sound.at) > now - timedelta(days=1))
    sizes = blobs.sizes(session, col(Sound.content), *within)
    return len(sizes) >= MOST_A_DAY or sum(sizes) + len(recording.content) > MOST_BYTES_A_DAY


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
