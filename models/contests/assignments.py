"""Which judge looks at which entry: assigned at once, and anew where somebody drops out."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.contests import conflicts, contests, entries, judges, judging
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.judges import Judge
from models.contests.judging import Judging
from models.contests.scores import Assignment, Score, own, settle
from models.rules.contests import assigning
from models.rules.contests.assigning import Conflict, Pair, Short
from models.rules.contests.states import Phase, phase_of
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment

TO_JUDGE = "entries-to-judge"
"""Topic: to a judge who has entries to look at."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What assigning would do: entries by judge, those with too few, and how many conflicts."""

    entries: int
    loads: tuple[tuple[Judge, int], ...]
    short: tuple[tuple[Entry, int], ...]
    conflicts: Mapping[Conflict, int]


@dataclass(frozen=True, slots=True)
class Assigned:
    """So many entries are with their judges, who are told; those in ``short`` lack judges."""

    entries: int
    short: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class NotReady:
    """Entries are still taken or go to judges as they are called, or something is missing."""

    contest: Contest
    lacks: str


CRITERIA, ENTRIES, JUDGES, CLOSING, SEALED = "criteria", "entries", "judges", "closing", "sealed"
CALLED = "called"


def preview(session: Session, contest: Contest) -> Preview | None:
    """Return what assigning would do now; None where nothing says how the contest is judged."""
    row = judging.of_contest(session, contest.id)
    if row is None:
        return None
    desk = _Desk(session, row)
    found = desk.assign()
    loads = {each.code: 0 for each in desk.able}
    for given in found.judges.values():
        for code in given:
            loads[code] = loads.get(code, 0) + 1
    return Preview(
        len(desk.entries),
        tuple((each, loads[each.code]) for each in desk.able),
        tuple((desk.by_code[each.entry], each.able) for each in found.short),
        desk.reasons,
    )


def assign(session: Session, contest_id: int, by: int | None, now: Moment) -> Assigned | NotReady:
    """Assign the entries of a contest to its judges, and tell these; again: what is lacking.

    Raises NotAllowed when ``by`` may not run the contest.
    """
    contest = contests.locked(session, contest_id, by, now)
    if judging.of_contest(session, contest_id) is None:
        return NotReady(contest, CRITERIA)
    if not judging.has_deadline(contest):
        return NotReady(contest, CALLED)
    row = judging.locked(session, contest_id)
    if row.unsealed_at is not None:
        return NotReady(contest, SEALED)
    if phase_of(contest, now) is not Phase.CLOSED:
        return NotReady(contest, CLOSING)
    desk = _Desk(session, row)
    if not desk.entries or not desk.able:
        return NotReady(contest, JUDGES if desk.entries else ENTRIES)
    short = _give(session, desk, now)
    row.seed, row.assigned_at = desk.seed, row.assigned_at or now
    row.remind_at = judging.next_reminder(row.until, now)
    session.add(row)
    session.flush()
    settle(session, row, now)
    contests.record(session, contest, by, now, "entries assigned", entries=len(desk.entries))
    return Assigned(len(desk.entries), tuple(desk.by_code[each.entry] for each in short))


def leave(session: Session, judge_id: int, by: int, now: Moment) -> Judge | None:
    """Let a judge drop out, or be taken off; what they have not finished goes to the others.

    A judge may do so themselves; anybody else has to run the contest, or NotAllowed is raised.
    None: they have left already, or the scores are unsealed.
    """
    judge = session.get(Judge, judge_id, with_for_update=True, populate_existing=True)
    if judge is None or judge.left_at is not None:
        return None
    contest = session.get_one(Contest, judge.contest_id)
    if judge.member_id != by:
        contests.locked(session, contest.id, by, now)
    if judges.is_over(session, contest):
        return None
    take_from(session, judge, now)
    contests.record(session, contest, by, now, "judge left", judge=judge.code)
    return judge


def take_from(session: Session, judge: Judge, now: Moment) -> None:
    """End a judge's part: what is not finished goes to the others, where there are any."""
    judge.left_at = now
    session.add(judge)
    unfinished = select(Assignment.id).where(
        Assignment.judge_id == judge.id, col(Assignment.done_at).is_(None)
    )
    session.execute(delete(Score).where(col(Score.assignment_id).in_(unfinished)))
    session.execute(
        delete(Assignment).where(
            col(Assignment.judge_id) == judge.id,
            col(Assignment.done_at).is_(None),
            col(Assignment.declined_at).is_(None),
        )
    )
    session.flush()
    fill(session, judge.contest_id, now)


def decline(session: Session, assignment_id: int, member_id: int, now: Moment) -> Assignment | None:
    """Declare a conflict with an entry, which goes to another judge; points for it are deleted.

    None: it is not theirs, or the scores are unsealed.
    """
    found = own(session, assignment_id, member_id)
    if found is None:
        return None
    row, judge, contest = found
    if judges.is_over(session, contest):
        return None
    judging.locked(session, contest.id)
    session.execute(delete(Score).where(col(Score.assignment_id) == row.id))
    row.declined_at, row.done_at, row.note = now, None, ""
    session.add(row)
    session.flush()
    fill(session, judge.contest_id, now)
    return row


def fill(session: Session, contest_id: int, now: Moment) -> None:
    """Give each assigned contest's entries the judges that they lack, and no other is moved.

    On a stage every judge marks whoever is called.
    """
    row = judging.of_contest(session, contest_id)
    if not judging.has_deadline(session.get_one(Contest, contest_id)):
        return
    if row is None or row.assigned_at is None or row.unsealed_at is not None:
        return
    row = judging.locked(session, contest_id)
    _give(session, _Desk(session, row), now)
    settle(session, row, now)


class _Desk:
    """The entries and judges of a contest, with what assigning them follows from."""

    def __init__(self, session: Session, row: Judging) -> None:
        self.row = row
        self.entries = entries.handed_in(session, row.contest_id)
        self.by_code = {each.code: each for each in self.entries}
        query = select(Judge).where(Judge.contest_id == row.contest_id)
        self.judges = session.exec(query.order_by(col(Judge.id))).all()
        self.able = [
            each
            for each in self.judges
            if each.accepted_at is not None and each.left_at is None and each.member_id is not None
        ]
        self.kept, declined = _pairs(session, row.contest_id)
        self.conflicts, self.reasons = conflicts.between(session, self.entries, self.able, declined)
        self.seed = assigning.seed_of(self.by_code, [each.code for each in self.able])

    def assign(self) -> assigning.Assignment:
        kept = {pair for pair in self.kept if pair[0] in self.by_code}
        able = [each.code for each in self.able]
        per_entry = self.row.per_entry
        return assigning.assign(self.by_code, able, self.conflicts, per_entry, self.seed, kept)


def _give(session: Session, desk: _Desk, now: Moment) -> tuple[Short, ...]:
    """Write what is new of an assignment, and tell the judges who have something new."""
    found = desk.assign()
    numbers = {each.code: each for each in desk.judges}
    new = [
        Assignment(judge_id=numbers[code].id, entry_id=desk.by_code[entry].id, given_at=now)
        for entry, given in found.judges.items()
        for code in given
        if (entry, code) not in desk.kept
    ]
    session.add_all(new)
    session.flush()
    given_to = {each.judge_id for each in new}
    plans = [
        Plan(
            key=f"{TO_JUDGE}:{each.id}:{int(now.timestamp())}",
            member_id=each.member_id,
            topic=TO_JUDGE,
            facts={"judge": each.id},
            due_at=now,
            expires_at=desk.row.until,
        )
        for each in desk.able
        if each.id in given_to and each.member_id is not None and now < desk.row.until
    ]
    deliveries.plan_all(session, plans, now)
    return found.short


def _pairs(session: Session, contest_id: int) -> tuple[set[Pair], set[Pair]]:
    """Return which entries are with whom, and which were declined, by codes."""
    rows = session.exec(
        select(Entry.code, Judge.code, Assignment.declined_at)
        .join(Assignment, col(Assignment.entry_id) == col(Entry.id))
        .join(Judge, col(Judge.id) == col(Assignment.judge_id))
        .where(Entry.contest_id == contest_id, col(Assignment.round_id).is_(None))
    ).all()
    kept = {(entry, judge) for entry, judge, declined_at in rows if declined_at is None}
    return kept, {(entry, judge) for entry, judge, declined_at in rows if declined_at is not None}


def conflicts_of(session: Session, contest_id: int) -> frozenset[Pair]:
    """Return who does not judge what, by codes, of those who judge."""
    rows = entries.handed_in(session, contest_id)
    query = select(Judge).where(Judge.contest_id == contest_id, *judges.active())
    _kept, declined = _pairs(session, contest_id)
    return conflicts.between(session, rows, session.exec(query).all(), declined)[0]


def forget_member(session: Session, member_id: int, now: Moment) -> None:
    """Erase a judge's notes, and end what they judge; points that are complete stay, by a code."""
    for judge in session.exec(select(Judge).where(Judge.member_id == member_id)).all():
        for each in session.exec(
            select(Assignment).where(Assignment.judge_id == judge.id, Assignment.note != "")
        ).all():
            each.note = ""
            session.add(each)
        judge.member_id = None
        session.add(judge)
        session.flush()
        contest = session.get_one(Contest, judge.contest_id)
        if judge.left_at is None and not judges.is_over(session, contest):
            take_from(session, judge, now)
