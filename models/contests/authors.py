"""The authors of an entry: asked, told, agreeing or refusing, and how everybody may name them."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.contests import entries
from models.contests.contests import Contest
from models.contests.entries import Entry, EntryAuthor, Shut
from models.events import parties
from models.network.members import Member
from models.rules.contests.states import Form, Named
from models.rules.network import codes
from models.sending import deliveries
from models.sending.deliveries import A_WEEK
from models.store import Moment
from models.store.keys import kept, shared

ASKED, ANSWERED = "entry-author-asked", "entry-author-answered"
"""Topics: to who shall be an author, and to who hands the entry in."""

KEY = "entry authors"
CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """The member was told, and may agree or refuse."""

    author: EntryAuthor


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody whom the author knows is called so, or several are."""


@dataclass(frozen=True, slots=True)
class Full:
    """The contest takes no more authors of one entry."""

    most: int


def ask(
    session: Session, entry_id: int, name: str, by: int, now: Moment
) -> Asked | Unknown | Full | Shut | None:
    """Ask a colleague of this name to be an author: somebody of the same place or team."""
    entry = entries.locked(session, entry_id, by, now)
    if not isinstance(entry, Entry):
        return entry
    if (full := _full(session, entry)) is not None:
        return full
    found = parties.colleague(session, session.get_one(Member, by), name)
    member = session.get(Member, found) if found is not None else None
    if member is None or member.consented_at is None:
        return Unknown()
    author = _row(session, entry_id, member.id)
    if author is not None and author.refused_at is not None:
        # Who said no is not asked again; to who asks they are as unknown as others.
        return Unknown()
    if author is None:
        author = EntryAuthor(entry_id=entry_id, member_id=member.id, asked_at=now)
        session.add(author)
        session.flush()
        _tell(session, member.id, ASKED, author, by, now)
        entries.touch(session, entry, now)
    return Asked(author)


def code_of(session: Session, entry_id: int) -> str:
    """Return the code by which whoever is given it may become an author of an entry."""
    return _code(shared(session, KEY), entry_id)


def join(
    session: Session, entry_id: int, code: str, member_id: int, now: Moment
) -> Entry | Full | Shut | None:
    """Become an author by the code that an author passed on; None where it is another one."""
    key = kept(session, KEY)
    if key is None or not hmac.compare_digest(_code(key, entry_id), codes.plain(code)):
        return None
    entry = session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.member_id is None:
        return None
    open_to = entries.locked(session, entry_id, entry.member_id, now)
    if not isinstance(open_to, Entry):
        return open_to
    author = _row(session, entry_id, member_id)
    if author is None and (full := _full(session, entry)) is not None:
        return full
    if author is None:
        author = EntryAuthor(entry_id=entry_id, member_id=member_id, asked_at=now)
    _agree(session, entry, author, now)
    return entry


def answer(
    session: Session, author_id: int, member_id: int, now: Moment, *, yes: bool
) -> Entry | None:
    """Agree to be an author, or refuse, also later; who hands it in is told. None: not theirs."""
    author = session.get(EntryAuthor, author_id, with_for_update=True, populate_existing=True)
    if author is None or author.member_id != member_id:
        return None
    entry = session.get_one(Entry, author.entry_id)
    if session.get_one(Contest, entry.contest_id).form is Form.AWARD:
        # A nominee agrees by ``nominations.answer``.
        return None
    if yes:
        _agree(session, entry, author, now)
        return entry
    if entry.member_id == member_id or author.refused_at is not None:
        return entry
    author.agreed_at, author.refused_at, author.named = None, now, Named.NOBODY
    session.add(author)
    session.flush()
    _tell(session, entry.member_id, ANSWERED, author, member_id, now)
    return entry


def leave_out(
    session: Session, entry_id: int, author_id: int, by: int, now: Moment
) -> Entry | Shut | None:
    """Take an author from an entry, who did not begin it; what they gave stays."""
    entry = entries.locked(session, entry_id, by, now)
    author = session.get(EntryAuthor, author_id)
    if not isinstance(entry, Entry) or author is None or author.entry_id != entry_id:
        return entry if isinstance(entry, Shut) else None
    if entry.member_id != by or author.member_id == by:
        return None
    session.delete(author)
    session.flush()
    entries.touch(session, entry, now)
    return entry


def show_as(
    session: Session, entry_id: int, member_id: int, named: Named, nickname: str, now: Moment
) -> EntryAuthor | None:
    """Choose what everybody may read of oneself beside an entry; at any time."""
    author = _row(session, entry_id, member_id)
    if author is None or author.agreed_at is None:
        return None
    author.named, author.nickname = named, nickname if named is Named.NICKNAME else ""
    session.add(author)
    entry = session.get_one(Entry, entry_id)
    entry.changed_at = now
    session.add(entry)
    session.flush()
    return author


# Reading


def names_of(session: Session, entry_id: int) -> list[str]:
    """Return the names that everybody may read, in the order of the authors."""
    rows = session.exec(
        select(EntryAuthor, Member.name)
        .join(Member, col(Member.id) == col(EntryAuthor.member_id))
        .where(EntryAuthor.entry_id == entry_id, col(EntryAuthor.agreed_at).is_not(None))
        .order_by(col(EntryAuthor.id))
    )
    shown = [(row.named, name if row.named is Named.NAME else row.nickname) for row, name in rows]
    return [name for named, name in shown if named is not Named.NOBODY and name]


def people_of(session: Session, entry_id: int) -> list[tuple[EntryAuthor, Member]]:
    """Return the authors and those who were asked, with who they are: for authors alone."""
    rows = session.exec(
        select(EntryAuthor, Member)
        .join(Member, col(Member.id) == col(EntryAuthor.member_id))
        .where(EntryAuthor.entry_id == entry_id, col(EntryAuthor.refused_at).is_(None))
        .order_by(col(EntryAuthor.id))
    )
    return list(rows.all())


def of_one(session: Session, author_id: int, member_id: int) -> EntryAuthor | None:
    """Return what was asked of a member; None where it is not theirs, or not asked any more."""
    author = session.get(EntryAuthor, author_id)
    return author if author is not None and author.member_id == member_id else None


def own(session: Session, entry_id: int, member_id: int) -> EntryAuthor | None:
    return _row(session, entry_id, member_id)


def _row(session: Session, entry_id: int, member_id: int) -> EntryAuthor | None:
    return session.exec(
        select(EntryAuthor).where(
            EntryAuthor.entry_id == entry_id, EntryAuthor.member_id == member_id
        )
    ).first()


def _full(session: Session, entry: Entry) -> Full | None:
    most = session.get_one(Contest, entry.contest_id).most_authors
    return Full(most) if len(entries.authors_of(session, entry.id)) >= most else None


def _agree(session: Session, entry: Entry, author: EntryAuthor, now: Moment) -> None:
    if author.agreed_at is not None:
        return
    author.agreed_at, author.refused_at = now, None
    session.add(author)
    session.flush()
    _tell(session, entry.member_id, ANSWERED, author, author.member_id, now)


def _code(key: bytes, entry_id: int) -> str:
    made = hmac.new(key, f"entry {entry_id}".encode(), hashlib.sha256).digest()
    return "".join(codes.LETTERS[each % len(codes.LETTERS)] for each in made[:CODE_LENGTH])


def _tell(
    session: Session,
    member_id: int | None,
    topic: str,
    author: EntryAuthor,
    about: int,
    now: Moment,
) -> None:
    if member_id is None or member_id == about:
        return
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{author.id}:{int(now.timestamp())}",
        topic=topic,
        facts={"author": author.id, "entry": author.entry_id},
        due_at=now,
        expires_at=now + A_WEEK,
        now=now,
        about=about,
    )
