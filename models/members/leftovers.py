"""What nobody needs any more: strangers who never agreed, pictures and sounds that nothing has."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select
from sqlmodel import Session, col

from models.announcements.announcements import Announcement
from models.contests.contests import Contest
from models.contests.parts import EntryPart
from models.contests.sounds import Sound
from models.desk.threads import ThreadLine
from models.events.events import Event
from models.events.pictures import Photo, StoredPicture
from models.events.questions import Answer
from models.members import privacy
from models.network.members import Address, Member
from models.store import Moment

KEEP_STRANGERS = timedelta(days=30)
KEEP_PICTURES = timedelta(days=1)
AT_ONCE = 500


def strangers(session: Session, moment: Moment) -> Sequence[int]:
    """Return members who wrote before a moment and never agreed; to be read on a snapshot.

    Members from a file have no address yet, and stay.
    """
    return (
        session.execute(
            select(col(Member.id))
            .where(
                col(Member.consented_at).is_(None),
                col(Member.created_at) < moment,
                exists().where(col(Address.member_id) == col(Member.id)),
            )
            .order_by(col(Member.id))
            .limit(AT_ONCE)
        )
        .scalars()
        .all()
    )


def forget_strangers(session: Session, member_ids: Sequence[int], now: Moment) -> None:
    """Delete these members, but those who agreed meanwhile, and all that points to them."""
    still = select(col(Member.id)).where(
        col(Member.id).in_(member_ids), col(Member.consented_at).is_(None)
    )
    for member_id in session.execute(still.with_for_update()).scalars().all():
        privacy.forget(session, member_id, now)


def unused_pictures(session: Session, moment: Moment) -> Sequence[int]:
    """Return pictures from before a moment that nothing points to; to be read on a snapshot."""
    return (
        session.execute(
            select(col(StoredPicture.id))
            .where(col(StoredPicture.at) < moment, *_unused())
            .order_by(col(StoredPicture.id))
            .limit(AT_ONCE)
        )
        .scalars()
        .all()
    )


def forget_pictures(session: Session, picture_ids: Sequence[int], _now: Moment) -> None:
    """Delete these pictures, but those that something points to meanwhile."""
    session.execute(delete(StoredPicture).where(col(StoredPicture.id).in_(picture_ids), *_unused()))


def _unused() -> list[ColumnElement[bool]]:
    """Return the conditions of a picture that no row and no open question points to."""
    shown = [
        ~exists().where(column == col(StoredPicture.id))
        for column in (
            col(Event.picture_id),
            col(Announcement.picture_id),
            col(ThreadLine.picture_id),
            col(Photo.picture_id),
            col(Answer.picture_id),
            col(EntryPart.picture_id),
            col(Contest.picture_id),
        )
    ]
    return [*shown, ~_is_asking(col(StoredPicture.by))]


def unused_sounds(session: Session, moment: Moment) -> Sequence[int]:
    """Return sounds from before a moment that no entry has, as ``unused_pictures`` does."""
    return (
        session.execute(
            select(col(Sound.id))
            .where(col(Sound.at) < moment, *_unheard())
            .order_by(col(Sound.id))
            .limit(AT_ONCE)
        )
        .scalars()
        .all()
    )


def forget_sounds(session: Session, sound_ids: Sequence[int], _now: Moment) -> None:
    """Delete these sounds, but those that an entry has meanwhile."""
    session.execute(delete(Sound).where(col(Sound.id).in_(sound_ids), *_unheard()))


def _unheard() -> list[ColumnElement[bool]]:
    """Return the conditions of a sound that no entry and no open question has."""
    has = exists().where(col(EntryPart.sound_id) == col(Sound.id))
    return [~has, ~_is_asking(col(Sound.by_member_id))]


def _is_asking(sender: Any) -> ColumnElement[bool]:
    """Whether a question is open to the sender, who may have answered it by what they sent."""
    return exists().where(col(Address.member_id) == sender, col(Address.dialog).is_not(None))
