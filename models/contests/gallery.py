"""What everybody may see of a contest's entries: handed in, agreed to by all authors, opened."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from models.contests import votes, voting
from models.contests.contests import Contest
from models.contests.entries import Entry, EntryAuthor
from models.contests.parts import EntryPart
from models.contests.sounds import Sound
from models.events.pictures import StoredPicture
from models.rules.contests.states import ContestState, EntryState, Form, PartKind
from models.store import Moment
from models.store.keys import kept, shared

KEY = "entry pages"

OPEN = (ContestState.OPEN, ContestState.CLOSED, ContestState.DECIDED)


class Seen(StrEnum):
    """Who reads the entries of a contest beside its authors, its judges and who runs it.

    VOTERS are whom a contest without pages is for, in the chat and while they vote.
    """

    ALL = "all"
    VOTERS = "voters"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with its parts; a cover is its first picture, by the number of the part."""

    entry: Entry
    parts: Sequence[EntryPart]

    @property
    def cover(self) -> int:
        found = (each.id for each in self.parts if each.kind is PartKind.PICTURE)
        return next(found, 0)


def has_page(contest: Contest) -> bool:
    """Return whether a contest has a page for everybody: published, and for all to look at.

    What is for a company or a town has none until its organizers open it. An award has another,
    on which nobody stands before the public notice.
    """
    return contest.state in OPEN and contest.form is not Form.AWARD and contest.is_for_all


def is_open(session: Session, contest: Contest, now: Moment) -> bool:
    """Return whether everybody may look at what was handed in."""
    return contest.is_gallery_open or stays_open(session, contest, now)


def stays_open(session: Session, contest: Contest, now: Moment) -> bool:
    """Return whether everybody may look whatever organizers wish: since voting has begun.

    Whoever votes reads the entries and passes them on, so their pages stay from then on. Where a
    contest is for some people only, they read the entries in the chat.
    """
    if contest.audience:
        return False
    row = voting.of_contest(session, contest.id)
    return row is not None and row.opens_at <= now


def seen_by(session: Session, contest: Contest, now: Moment) -> Seen:
    """Return who reads now what was handed in."""
    if has_page(contest) and is_open(session, contest, now):
        return Seen.ALL
    return Seen.VOTERS if votes.is_open(session, contest.id, now) else Seen.FEW


def is_shown(session: Session, entry: Entry, now: Moment) -> bool:
    """Return whether everybody may see an entry."""
    contest = session.get_one(Contest, entry.contest_id)
    if not has_page(contest) or not is_open(session, contest, now):
        return False
    return session.exec(select(Entry.id).where(Entry.id == entry.id, *_shown())).first() is not None


def page(
    session: Session, contest: Contest, *, category_id: int | None, skip: int, limit: int
) -> list[Shown]:
    """Return what everybody may see once it is open, in an order that favours nobody."""
    query = select(Entry).where(Entry.contest_id == contest.id, *_shown())
    if category_id is not None:
        query = query.where(Entry.category_id == category_id)
    # Codes are random, so whoever handed in first does not stand first.
    rows = session.exec(query.order_by(Entry.code).offset(skip).limit(limit)).all()
    return with_parts(session, rows)


def number(session: Session, contest: Contest, category_id: int | None) -> int:
    """Return how many entries everybody may see once it is open."""
    query = select(func.count()).select_from(Entry).where(Entry.contest_id == contest.id, *_shown())
    if category_id is not None:
        query = query.where(Entry.category_id == category_id)
    return session.exec(query).one()


def with_parts(session: Session, rows: Sequence[Entry]) -> list[Shown]:
    """Return entries with their parts."""
    found = session.exec(
        select(EntryPart)
        .where(col(EntryPart.entry_id).in_([each.id for each in rows]))
        .order_by(col(EntryPart.position), col(EntryPart.id))
    ).all()
    return [Shown(row, [each for each in found if each.entry_id == row.id]) for row in rows]


def one(session: Session, entry: Entry) -> Shown:
    return with_parts(session, [entry])[0]


def _shown() -> tuple[ColumnElement[bool], ...]:
    waits = select(EntryAuthor.entry_id).where(
        col(EntryAuthor.agreed_at).is_(None), col(EntryAuthor.refused_at).is_(None)
    )
    return (
        col(Entry.state) == EntryState.HANDED_IN,
        col(Entry.id).not_in(waits),
        col(Entry.id).in_(select(EntryPart.entry_id)),
    )


# Files


@dataclass(frozen=True, slots=True)
class File:
    media_type: str
    content: bytes


def file_of(session: Session, entry: Entry, part_id: int) -> File | None:
    """Return the picture of a part, or the copy of its sound that browsers play."""
    part = session.get(EntryPart, part_id)
    if part is None or part.entry_id != entry.id:
        return None
    if part.picture_id is not None:
        picture = session.exec(
            select(StoredPicture.media_type, StoredPicture.content).where(
                StoredPicture.id == part.picture_id, col(StoredPicture.content) != b""
            )
        ).first()
        return File(*picture) if picture is not None else None
    if part.sound_id is not None:
        sound = session.exec(
            select(Sound.copy_type, Sound.copy_content).where(Sound.id == part.sound_id)
        ).first()
        return File(*sound) if sound is not None else None
    return None


def key_of(session: Session, entry_id: int) -> str:
    """Return the key that opens the page of an entry before everybody may see it."""
    return _key(shared(session, KEY), entry_id)


def is_key(session: Session, entry_id: int, given: str) -> bool:
    key = kept(session, KEY)
    return key is not None and hmac.compare_digest(_key(key, entry_id).encode(), given.encode())


def _key(key: bytes, entry_id: int) -> str:
    return hmac.new(key, f"page {entry_id}".encode(), hashlib.sha256).hexdigest()[:24]
