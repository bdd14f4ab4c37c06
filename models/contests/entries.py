"""Entries of contests: begun, gathered over days by their authors, handed in, withdrawn."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.contests import categories
from models.contests.contests import Contest
from models.contests.parts import EntryPart
from models.events import audiences
from models.network.members import Member
from models.rules.contests import entering, states
from models.rules.contests.entering import Inside, Lack
from models.rules.contests.states import Enters, EntryState, Form, Named, Phase
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


def locked(session: Session, entry_id: int, member_id: int, now: Moment) -> Entry | Shut | None:
    """Lock an entry for one of its authors who changes it; None for everybody else."""
    entry = session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None or not is_author(session, entry_id, member_id):
        return None
    contest = session.get_one(Contest, entry.contest_id)
    if contest.form is Form.AWARD:
        # The dossier of a nomination is gathered by ``dossiers``, which asks who may.
        return None
    phase = states.phase_of(contest, now)
    if not entering.may_change(entry.state, phase, entry.repair_until, now):
        return Shut(contest, phase)
    return entry


def touch(session: Session, entry: Entry, now: Moment) -> None:
    """Write a changed entry; what was handed in and lacks something now is a draft again."""
    entry.changed_at = now
    session.add(entry)
    session.flush()
    if entry.state is EntryState.HANDED_IN:
        contest = session.get_one(Contest, entry.contest_id)
        if lacks_of(session, entry, contest):
            entry.state = EntryState.GATHERING
            session.add(entry)
            session.flush()


def declare(session: Session, entry_id: int, now: Moment) -> Entry:
    """Record that its author says that the work is their own."""
    entry = session.get_one(Entry, entry_id, with_for_update=True, populate_existing=True)
    entry.declared_at = now
    session.add(entry)
    session.flush()
    return entry


def hand_in(session: Session, entry_id: int, now: Moment) -> Done | Incomplete | Shut:
    """Hand an entry in; it can be changed until the deadline as before.

    A nomination is handed in by its nominee's consent alone.
    """
    entry = session.get_one(Entry, entry_id, with_for_update=True, populate_existing=True)
    contest = session.get_one(Contest, entry.contest_id)
    phase = states.phase_of(contest, now)
    may = entering.may_change(entry.state, phase, entry.repair_until, now)
    if contest.form is Form.AWARD or not may:
        return Shut(contest, phase)
    if lacks := lacks_of(session, entry, contest):
        return Incomplete(entry, lacks)
    entry.state, entry.handed_in_at, entry.changed_at = EntryState.HANDED_IN, now, now
    entry.reason, entry.repair_until = "", None
    session.add(entry)
    session.flush()
    return Done(entry)


def withdraw(session: Session, entry_id: int, member_id: int, now: Moment) -> Entry | None:
    """Take an entry out of its contest, until the result is known; only who hands it in does so.

    None where it is not theirs, or too late.
    """
    entry = session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.member_id != member_id or entry.state is EntryState.WITHDRAWN:
        return None
    contest = session.get_one(Contest, entry.contest_id)
    is_over = states.phase_of(contest, now) in (Phase.DECIDED, Phase.CANCELLED)
    if is_over or contest.form is Form.AWARD:
        return None
    entry.state, entry.changed_at = EntryState.WITHDRAWN, now
    session.add(entry)
    session.flush()
    return entry


# Reading


def is_author(session: Session, entry_id: int, member_id: int) -> bool:
    """Return whether a member agreed to be an author of an entry."""
    return any(
        each.member_id == member_id and each.agreed_at is not None
        for each in authors_of(session, entry_id)
    )


def of_author(session: Session, member_id: int) -> Sequence[tuple[Entry, Contest]]:
    """Return the entries of which a member is an author, those changed last first.

    Nominations are no entries of theirs (``nominations.of_nominator``).
    """
    rows = session.exec(
        select(Entry, Contest)
        .join(Contest, col(Contest.id) == col(Entry.contest_id))
        .join(EntryAuthor, col(EntryAuthor.entry_id) == col(Entry.id))
        .where(
            EntryAuthor.member_id == member_id,
            col(EntryAuthor.agreed_at).is_not(None),
            Entry.state != EntryState.WITHDRAWN,
            Contest.form != Form.AWARD,
        )
        .order_by(col(Entry.changed_at).desc(), col(Entry.id).desc())
    )
    return rows.all()


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


def number_of(session: Session, contest_id: int) -> int:
    """Return how many entries of a contest were handed in and count."""
    query = select(func.count()).select_from(Entry)
    return session.exec(
        query.where(Entry.contest_id == contest_id, Entry.state == EntryState.HANDED_IN)
    ).one()


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
    lacks = entering.lacks(inside)
    if contest.form is Form.STAGE:
        # What is performed is there on the evening.
        return tuple(each for each in lacks if each is not Lack.PARTS)
    return lacks
