"""Store pictures that members sent, once each, under names that cannot be guessed."""

import hashlib
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import false, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event
from models.store import Blob, Moment

# Nine digits at most: PostgreSQL raises an error for a number beyond the column's range.
NAME = re.compile(r"([1-9][0-9]{0,8})-([0-9a-f]{32})")

MOST_A_DAY = 20
"""Pictures that are taken of one member within a day."""


class StoredPicture(SQLModel, table=True):
    """A picture. ``hash`` is of its content; ``by`` is None after its sender is erased.

    ``content`` is empty if it was erased with its sender. One that ``is_private`` answers a
    question at sign-up: it is shown to nobody by its name, and erased with the answer.
    """

    __tablename__ = "picture"

    id: int = Field(default=None, primary_key=True)
    hash: str = Field(index=True)
    media_type: str
    content: bytes = Field(sa_type=Blob)
    by: int | None = Field(default=None, foreign_key="member.id", index=True)
    at: Moment
    is_private: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Photo(SQLModel, table=True):
    """A picture of an evening that an organizer sent to those who came.

    ``hidden_at`` is when somebody asked to take it down, until an organizer has looked at it.
    """

    __tablename__ = "event_photo"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    picture_id: int = Field(foreign_key="picture.id", index=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    at: Moment = Field(index=True)
    hidden_at: Moment | None = None


def keep(
    session: Session,
    content: bytes,
    media_type: str,
    by: int | None,
    now: Moment,
    *,
    is_private: bool = False,
) -> int:
    """Store a picture and return its id; the same one from the same member is stored once.

    ``by`` None: it was loaded from a file. A private one stands by itself, so that it can go alone.
    """
    digest = hashlib.sha256(content).hexdigest()[:32]
    same = session.exec(
        select(StoredPicture.id)
        .where(
            StoredPicture.hash == digest,
            StoredPicture.by == by,
            col(StoredPicture.is_private).is_(False),
        )
        .limit(1)
    ).first()
    if same is not None and not is_private:
        return same
    picture = StoredPicture(hash=digest, media_type=media_type, content=content, by=by, at=now)
    picture.is_private = is_private
    session.add(picture)
    session.flush()
    number = picture.id
    # The session goes on and must not hold megabytes.
    session.expunge(picture)
    return number


def has_enough(session: Session, by: int, now: Moment) -> bool:
    """Return whether a member has sent as many pictures within a day as are taken."""
    sent = select(StoredPicture.id).where(
        StoredPicture.by == by, StoredPicture.at > now - timedelta(days=1)
    )
    return len(session.exec(sent.limit(MOST_A_DAY)).all()) == MOST_A_DAY


def name(session: Session, picture_id: int | None) -> str:
    """Return the name that shows a picture, ``12-3fa9…``; empty if there is none."""
    if picture_id is None:
        return ""
    digest = session.exec(
        select(StoredPicture.hash).where(
            StoredPicture.id == picture_id, col(StoredPicture.content) != b""
        )
    ).first()
    return f"{picture_id}-{digest}" if digest else ""


def named(session: Session, words: str) -> tuple[str, bytes] | None:
    """Return media type and content of the picture of this name; None if there is none.

    A photo that somebody asked to take down is shown to nobody, whoever has its address, and a
    private picture never is.
    """
    read = NAME.fullmatch(words)
    if read is None:
        return None
    taken_down = select(Photo.picture_id).where(col(Photo.hidden_at).is_not(None))
    picture = session.exec(
        select(StoredPicture.media_type, StoredPicture.content).where(
            StoredPicture.id == int(read[1]),
            StoredPicture.hash == read[2],
            col(StoredPicture.is_private).is_(False),
            col(StoredPicture.id).not_in(taken_down),
        )
    ).first()
    return (picture[0], picture[1]) if picture is not None and picture[1] else None


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return a member's pictures as plain values: number, media type and time."""
    rows = session.exec(
        select(StoredPicture.id, StoredPicture.media_type, StoredPicture.at)
        .where(StoredPicture.by == member_id)
        .order_by(col(StoredPicture.id))
    )
    return [
        {"number": number, "media_type": media_type, "at": at} for number, media_type, at in rows
    ]


def forget_member(session: Session, member_id: int) -> None:
    """Erase the pictures of a member; keep those of events, without their sender."""
    on_events = select(Event.picture_id).where(col(Event.picture_id).is_not(None))
    session.execute(
        update(StoredPicture)
        .where(col(StoredPicture.by) == member_id, col(StoredPicture.id).not_in(on_events))
        .values(content=b"", hash="")
    )
    session.execute(update(StoredPicture).where(col(StoredPicture.by) == member_id).values(by=None))
