"""What judges write on entries: read once points are unsealed, and by nobody with who wrote it."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.contests import judging, results
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.judges import Judge
from models.contests.judging import Judging
from models.contests.scores import Assignment, is_live
from models.rules.contests.states import ContestState


def of_contest(session: Session, contest_id: int) -> list[tuple[Entry, list[str]]]:
    """Return the entries of a contest with the notes on each: for who runs it.

    There are none while points are sealed.
    """
    return _notes(session, col(Entry.contest_id) == contest_id)


def for_authors(session: Session, entry: Entry) -> list[str]:
    """Return the notes on an entry where its authors may read them: once the result is fixed."""
    how = judging.of_contest(session, entry.contest_id)
    if how is None or not how.shows_notes:
        return []
    contest = session.get_one(Contest, entry.contest_id)
    is_known = contest.state is ContestState.DECIDED
    if not is_known and results.settled(session, contest.id) is None:
        return []
    return next((notes for _, notes in _notes(session, col(Entry.id) == entry.id)), [])


def _notes(session: Session, which: ColumnElement[bool]) -> list[tuple[Entry, list[str]]]:
    found: dict[int, tuple[Entry, list[str]]] = {}
    rows = session.exec(
        select(Entry, Assignment.note)
        .join(Assignment, col(Assignment.entry_id) == col(Entry.id))
        .join(Judge, col(Judge.id) == col(Assignment.judge_id))
        .join(Judging, col(Judging.contest_id) == col(Entry.contest_id))
        .where(which, is_live(), Assignment.note != "", col(Judging.unsealed_at).is_not(None))
        # Codes are random, so the order does not tell who of the judges wrote what.
        .order_by(col(Entry.id), col(Judge.code), col(Assignment.id))
    )
    for entry, note in rows:
        found.setdefault(entry.id, (entry, []))[1].append(note)
    return list(found.values())
