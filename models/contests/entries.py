"""Entries of contests: begun, gathered over days by their authors, handed in, withdrawn."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Index, UniqueConstraint, delete, update
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from models.contests import categories, parts
from models.contests.contests import Contest
from models.contests.parts import EntryPart
from models.contests.sounds import Sound
from models.events import audiences
from models.network.members import Member
from models.rules.contests import entering, states
from models.rules.contests.entering import Inside, Lack
from models.rules.contests.states import Enters, EntryState, Named, Phase
from models.rules.network import codes
from models.store import Moment, one_of


class Entry(SQLModel, table=True):
    """An entry of a contest; everybody knows it by its random ``code``.

    ``member_id`` is who hands it in, and None after that member is erased; ``team_id`` or
    ``enterprise_id`` is for whom. ``reason`` is why it was sent back or hidden. ``declared_at`` is
    when its author said that the work is their own. What was sent back may be changed until
    ``repair_until``; None: until the contest's deadline.
    """

    __table_args__ = (Index("entry_contest", "contest_id", "state", "id"),)

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id")
    category_id: int | None = Field(default=None, foreign_key="contest_category.id", index=True)
    code: str = Field(unique=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id", index=True)
    title: str = ""
    state: EntryState = Field(default=EntryState.GATHERING, sa_type=one_of(EntryState))
    reason: str = ""
    begun_at: Moment
    changed_at: Moment
    declared_at: Moment | None = None
    handed_in_at: Moment | None = None
    repair_until: Moment | None = None


class EntryAuthor(SQLModel, table=True):
    """An author of an entry; who begins one has agreed at once.

    ``agreed_at`` and ``refused_at`` are both None while they were asked and did not answer. Who
    refused is no author. ``named`` is what everybody may read of them, ``nickname`` what they are
    called where they chose one.
    """

    __tablename__ = "entry_author"
    __table_args__ = (UniqueConstraint("entry_id", "member_id"),)

    id: int = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id")
    member_id: int = Field(foreign_key="member.id", index=True)
    named: Named = Field(default=Named.NOBODY, sa_type=one_of(Named))
    nickname: str = ""
    asked_at: Moment
    agreed_at: Moment | None = None
    refused_at: Moment | None = None


# Outcomes


@dataclass(frozen=True, slots=True)
class Done:
    entry: Entry


@dataclass(frozen=True, slots=True)
class Incomplete:
    """It cannot be handed in, for it still lacks this."""

    entry: Entry
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Shut:
    """The contest takes no entries now, or this one is not changed any more."""

    contest: Contest
    phase: Phase


@dataclass(frozen=True, slots=True)
class NotForThem:
    """The contest is for other places and teams."""

    contest: Contest


@dataclass(frozen=True, slots=True)
class Enough:
    """The member has as many entries there as the contest takes; this is the newest."""

    entry: Entry


def begin(
    session: Session,
    contest_id: int,
    member_id: int,
    now: Moment,
    *,
    title: str = "",
    category_id: int | None = None,
    team_id: int | None = None,
    enterprise_id: int | None = None,
) -> Done | Enough | Shut | NotForThem:
    """Begin an entry of a member, which is their draft until they hand it in."""
    contest = session.get_one(Contest, contest_id, with_for_update=True, populate_existing=True)
    phase = states.phase_of(contest, now)
    if phase is not Phase.ENTERING:
        return Shut(contest, phase)
    if not audiences.admits(session, contest.audience, session.get_one(Member, member_id)):
        return NotForThem(contest)
    theirs = of_member_in(session, contest_id, member_id)
    if len(theirs) >= contest.most_entries:
        return Enough(theirs[-1])
    entry = Entry(
        contest_id=contest_id,
        category_id=category_id,
        code=codes.make(secrets.choice),
        member_id=member_id,
        team_id=team_id,
        enterprise_id=enterprise_id,
        title=title,
        begun_at=now,
        changed_at=now,
    )
    session.add(entry)
    session.flush()
    author = EntryAuthor(entry_id=entry.id, member_id=member_id, asked_at=now, agreed_at=now)
    session.add(author)
    session.flush()
    return Done(entry)


def declare(session: Session, entry_id: int, now: Moment) -> Entry:
    """Record that its author says that the work is their own."""
    entry = session.get_one(Entry, entry_id, with_for_update=True, populate_existing=True)
    entry.declared_at = now
    session.add(entry)
    session.flush()
    return entry


def hand_in(session: Session, entry_id: int, now: Moment) -> Done | Incomplete | Shut:
    """Hand an entry in; it can be changed until the deadline as before."""
    entry = session.get_one(Entry, entry_id, with_for_update=True, populate_existing=True)
    contest = session.get_one(Contest, entry.contest_id)
    phase = states.phase_of(contest, now)
    if not entering.may_change(entry.state, phase, entry.repair_until, now):
        return Shut(contest, phase)
    if lacks := lacks_of(session, entry, contest):
        return Incomplete(entry, lacks)
    entry.state, entry.handed_in_at, entry.changed_at = EntryState.HANDED_IN, now, now
    entry.reason, entry.repair_until = "", None
    session.add(entry)
    session.flush()
    return Done(entry)


# Reading


def get(session: Session, entry_id: int) -> Entry | None:
    return session.get(Entry, entry_id)


def by_code(session: Session, contest_id: int, code: str) -> Entry | None:
    """Return the entry of a contest that has this code, typed in any way."""
    query = select(Entry).where(Entry.contest_id == contest_id, Entry.code == codes.plain(code))
    return session.exec(query).first()


def of_member_in(session: Session, contest_id: int, member_id: int) -> Sequence[Entry]:
    """Return the entries that a member began in a contest and did not withdraw, oldest first."""
    query = select(Entry).where(
        Entry.contest_id == contest_id,
        Entry.member_id == member_id,
        Entry.state != EntryState.WITHDRAWN,
    )
    return session.exec(query.order_by(col(Entry.id))).all()


def handed_in(session: Session, contest_id: int) -> Sequence[Entry]:
    """Return the entries of a contest that count, by their numbers."""
    query = select(Entry).where(Entry.contest_id == contest_id, Entry.state == EntryState.HANDED_IN)
    return session.exec(query.order_by(col(Entry.id))).all()


def authors_of(session: Session, entry_id: int) -> Sequence[EntryAuthor]:
    """Return who agreed to be its author or was asked, but for those who refused."""
    query = select(EntryAuthor).where(
        EntryAuthor.entry_id == entry_id, col(EntryAuthor.refused_at).is_(None)
    )
    return session.exec(query.order_by(col(EntryAuthor.id))).all()


def lacks_of(session: Session, entry: Entry, contest: Contest) -> tuple[Lack, ...]:
    """Return what an entry lacks before it can be handed in."""
    has_categories = bool(categories.of_contest(session, contest.id))
    hosts = {
        Enters.PERSON: True,
        Enters.TEAM: entry.team_id is not None,
        Enters.COMPANY: entry.enterprise_id is not None,
    }
    number = select(func.count()).select_from(EntryPart).where(EntryPart.entry_id == entry.id)
    inside = Inside(
        parts=session.exec(number).one(),
        has_title=bool(entry.title),
        has_category=entry.category_id is not None or not has_categories,
        has_host=hosts[contest.enters],
        waits=sum(each.agreed_at is None for each in authors_of(session, entry.id)),
        is_declared=entry.declared_at is not None,
    )
    return entering.lacks(inside)


# What is kept about a member


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the entries that a member hands in, as plain values."""
    rows = session.exec(
        select(Entry, Contest)
        .join(Contest, col(Contest.id) == col(Entry.contest_id))
        .where(Entry.member_id == member_id)
        .order_by(col(Entry.id))
    )
    return [
        {
            "contest": contest.title,
            "code": entry.code,
            "title": entry.title,
            "state": entry.state,
            "declared_as_own_at": entry.declared_at,
            "handed_in_at": entry.handed_in_at,
        }
        for entry, contest in rows
    ]


def parts_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the parts of entries that a member gave, as plain values."""
    rows = session.exec(
        select(EntryPart, Entry.code)
        .join(Entry, col(Entry.id) == col(EntryPart.entry_id))
        .where(EntryPart.by_member_id == member_id)
        .order_by(col(EntryPart.id))
    )
    return [{"entry": code, "kind": part.kind, "text": part.text} for part, code in rows]


def authored_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the entries of which a member is an author or was asked, as plain values."""
    rows = session.exec(
        select(EntryAuthor, Entry)
        .join(Entry, col(Entry.id) == col(EntryAuthor.entry_id))
        .where(EntryAuthor.member_id == member_id)
        .order_by(col(EntryAuthor.id))
    )
    return [
        {
            "entry": entry.code,
            "title": entry.title,
            "shown_as": author.named,
            "nickname": author.nickname,
            "agreed_at": author.agreed_at,
            "refused_at": author.refused_at,
        }
        for author, entry in rows
    ]


def forget_member(session: Session, member_id: int) -> None:
    """Erase the parts that a member gave; their entries pass to another author, or to nobody.

    An entry that nobody is left of keeps its code, state and times, for the results need them.
    """
    theirs = or_(col(EntryPart.by_member_id) == member_id, col(Sound.by_member_id) == member_id)
    session.execute(
        delete(EntryPart).where(
            col(EntryPart.id).in_(
                select(EntryPart.id)
                .join(Sound, col(Sound.id) == col(EntryPart.sound_id), isouter=True)
                .where(theirs)
            )
        )
    )
    session.execute(delete(Sound).where(col(Sound.by_member_id) == member_id))
    for entry in session.exec(select(Entry).where(Entry.member_id == member_id)).all():
        others = authors_of(session, entry.id)
        agreed = [
            each.member_id
            for each in others
            if each.agreed_at is not None and each.member_id != member_id
        ]
        entry.member_id = agreed[0] if agreed else None
        if not agreed:
            _empty(session, entry)
        session.add(entry)
    session.flush()


def _empty(session: Session, entry: Entry) -> None:
    """Take from an entry what its authors wrote; one that is not handed in is withdrawn."""
    entry.title, entry.reason = "", ""
    for part in parts.of_entry(session, entry.id):
        session.delete(part)
    if entry.state is not EntryState.HANDED_IN:
        entry.state = EntryState.WITHDRAWN


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one member the authorship of another; of two of one entry that which agreed stays."""
    rows = session.exec(
        select(EntryAuthor)
        .where(col(EntryAuthor.member_id).in_((stays, goes)))
        .order_by(col(EntryAuthor.agreed_at).is_(None), col(EntryAuthor.id))
    ).all()
    kept: dict[int, EntryAuthor] = {}
    for each in rows:
        if each.entry_id in kept:
            session.delete(each)
        kept.setdefault(each.entry_id, each)
    session.flush()
    session.execute(
        update(EntryAuthor)
        .where(col(EntryAuthor.id).in_([each.id for each in kept.values()]))
        .values(member_id=stays)
    )
