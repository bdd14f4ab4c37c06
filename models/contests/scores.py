"""What judges have to look at, and the points that they give.

Points may be changed until they are unsealed: at the deadline, or a while after all are in. Until
then nobody but their judge reads them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Index, UniqueConstraint, text
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.contests import judges, judging
from models.contests.contests import Contest
from models.contests.entries import Entry, EntryAuthor
from models.contests.judges import Judge
from models.contests.judging import Criterion, Judging
from models.contests.parts import EntryPart
from models.network.members import Member
from models.rules.contests.scoring import Scored
from models.store import Moment

LONGEST_NOTE = 500
"""Letters of a judge's note on an entry."""


class Assignment(SQLModel, table=True):
    """An entry that a judge looks at; ``round_id`` is the round of a stage it is performed in.

    ``done_at`` is when it had points for every criterion. ``declined_at`` is when the judge said
    that they have a conflict: then it is nobody's any more, and somebody else's instead. ``note``
    is what they wrote to the organizers.
    """

    __table_args__ = (
        Index(
            "assignment_once",
            "judge_id",
            "entry_id",
            unique=True,
            sqlite_where=text("round_id IS NULL"),
            postgresql_where=text("round_id IS NULL"),
        ),
        Index("assignment_of_round", "round_id", "entry_id", "judge_id", unique=True),
    )

    id: int = Field(default=None, primary_key=True)
    judge_id: int = Field(foreign_key="judge.id")
    entry_id: int = Field(foreign_key="entry.id", index=True)
    round_id: int | None = None
    given_at: Moment
    done_at: Moment | None = None
    declined_at: Moment | None = None
    note: str = ""


class Score(SQLModel, table=True):
    """The points of one judge for one entry by one criterion."""

    __table_args__ = (UniqueConstraint("assignment_id", "criterion_id"),)

    id: int = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id")
    criterion_id: int = Field(foreign_key="criterion.id", index=True)
    points: int


@dataclass(frozen=True, slots=True)
class Given:
    """The points are kept; ``lacks`` are the criteria that this entry still has no points for."""

    assignment: Assignment
    lacks: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Points cannot be changed any more."""

    contest: Contest


def give(
    session: Session, assignment_id: int, criterion_id: int, points: int, by: int, now: Moment
) -> Given | Sealed | None:
    """Give an entry points by a criterion, or others; None: it is not theirs, or no such points."""
    found = own(session, assignment_id, by)
    if found is None:
        return None
    row, _judge, contest = found
    sealed = judging.locked(session, contest.id)
    if sealed.unsealed_at is not None or (row.round_id is None and now >= sealed.until):
        return Sealed(contest)
    criteria = judging.criteria_of(session, contest.id)
    criterion = next((each for each in criteria if each.id == criterion_id), None)
    if criterion is None or not 0 <= points <= criterion.most:
        return None
    there = points_of(session, [row.id]).get(row.id, {})
    score = there.get(criterion_id) or Score(
        assignment_id=row.id, criterion_id=criterion_id, points=points
    )
    score.points = points
    session.add(score)
    lacks = tuple(each for each in criteria if each.id not in {*there, criterion_id})
    row.done_at = now if not lacks else None
    session.add(row)
    session.flush()
    if row.round_id is None:
        settle(session, sealed, now)
    return Given(row, lacks)


def note(session: Session, assignment_id: int, words: str, by: int, now: Moment) -> bool:
    """Keep what a judge writes on an entry; False: it is not theirs, or points are final."""
    found = own(session, assignment_id, by)
    if found is None or judges.is_over(session, found[2]):
        return False
    row = found[0]
    row.note = words[:LONGEST_NOTE]
    session.add(row)
    session.flush()
    return True


def settle(session: Session, row: Judging, now: Moment) -> None:
    """Let scores be unsealed a while after all are in, or at the deadline again where not."""
    given, done = session.exec(
        select(func.count(), func.count(col(Assignment.done_at)))
        .join(Judge, col(Judge.id) == col(Assignment.judge_id))
        .where(Judge.contest_id == row.contest_id, is_live(), col(Assignment.round_id).is_(None))
    ).one()
    is_in = given > 0 and done == given
    row.unseals_at = min(row.until, now + judging.LATER) if is_in else None
    session.add(row)
    session.flush()


# Reading


@dataclass(frozen=True, slots=True)
class Progress:
    """A judge with how many entries they have finished of how many; never the points."""

    judge: Judge
    member: Member | None
    done: int
    given: int


def progress(session: Session, contest_id: int) -> list[Progress]:
    """Return how far each judge of a contest is, who was asked first first."""
    counts = {
        judge_id: (done, given)
        for judge_id, done, given in session.exec(
            select(Assignment.judge_id, func.count(col(Assignment.done_at)), func.count())
            .join(Judge, col(Judge.id) == col(Assignment.judge_id))
            .where(Judge.contest_id == contest_id, is_live())
            .group_by(col(Assignment.judge_id))
        )
    }
    return [
        Progress(judge, member, *counts.get(judge.id, (0, 0)))
        for judge, member in judges.of_contest(session, contest_id)
    ]


def is_live() -> ColumnElement[bool]:
    """Return the condition of an assignment that was not declined."""
    return col(Assignment.declined_at).is_(None)


def of_judge(session: Session, judge_id: int) -> list[Assignment]:
    """Return what a judge looks at, in an order of their own: all do not begin with the same."""
    rows = session.exec(select(Assignment).where(Assignment.judge_id == judge_id, is_live())).all()
    return sorted(rows, key=lambda each: _lot(each.judge_id, each.entry_id))


def _lot(judge_id: int, entry_id: int) -> bytes:
    return hashlib.sha256(f"{judge_id}/{entry_id}".encode()).digest()


def own(
    session: Session, assignment_id: int, member_id: int
) -> tuple[Assignment, Judge, Contest] | None:
    """Return an assignment that a member has as a judge now; None: it is not theirs, or ended."""
    return session.exec(
        select(Assignment, Judge, Contest)
        .join(Judge, col(Judge.id) == col(Assignment.judge_id))
        .join(Contest, col(Contest.id) == col(Judge.contest_id))
        .where(
            Assignment.id == assignment_id,
            Judge.member_id == member_id,
            is_live(),
            *judges.active(),
        )
    ).first()


def of_entry(session: Session, row: Assignment) -> Entry:
    return session.get_one(Entry, row.entry_id)


def made_by(session: Session, entry_id: int) -> list[str]:
    """Return the names of an entry's authors, for judges who are not blind."""
    rows = session.exec(
        select(Member.name)
        .join(EntryAuthor, col(EntryAuthor.member_id) == col(Member.id))
        .where(EntryAuthor.entry_id == entry_id, col(EntryAuthor.agreed_at).is_not(None))
        .order_by(col(EntryAuthor.id))
    )
    return [each for each in rows if each]


def may_hear(session: Session, assignment_id: int, part_id: int) -> bool:
    """Return whether a part belongs to an entry that somebody judges by this assignment now."""
    found = session.exec(
        select(Assignment, Judge)
        .join(Judge, col(Judge.id) == col(Assignment.judge_id))
        .join(EntryPart, col(EntryPart.entry_id) == col(Assignment.entry_id))
        .where(Assignment.id == assignment_id, EntryPart.id == part_id, is_live(), *judges.active())
    ).first()
    if found is None:
        return False
    return not judges.is_over(session, session.get_one(Contest, found[1].contest_id))


def points_of(session: Session, assignment_ids: Sequence[int]) -> dict[int, dict[int, Score]]:
    """Return the scores of assignments by criterion: for their judge alone, until unsealed."""
    found: dict[int, dict[int, Score]] = {}
    for each in session.exec(select(Score).where(col(Score.assignment_id).in_(assignment_ids))):
        found.setdefault(each.assignment_id, {})[each.criterion_id] = each
    return found


def scored(session: Session, contest_id: int, round_id: int | None = None) -> list[Scored]:
    """Return the complete marks of a contest or of one round, by codes: for what is unsealed."""
    order = {each.id: at for at, each in enumerate(judging.criteria_of(session, contest_id))}
    rows = session.execute(
        columns_of(
            col(Assignment.id),
            col(Entry.code),
            col(Judge.code),
            col(Score.criterion_id),
            col(Score.points),
        )
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .join(Judge, col(Judge.id) == col(Assignment.judge_id))
        .join(Score, col(Score.assignment_id) == col(Assignment.id))
        .where(
            col(Judge.contest_id) == contest_id,
            col(Assignment.round_id) == round_id,
            col(Assignment.done_at).is_not(None),
            is_live(),
        )
    ).all()
    points: dict[int, list[int]] = {}
    codes: dict[int, tuple[str, str]] = {}
    for number, entry, judge, criterion_id, given in rows:
        points.setdefault(number, [0] * len(order))[order[criterion_id]] = given
        codes[number] = (entry, judge)
    return [Scored(*codes[number], tuple(given)) for number, given in points.items()]
