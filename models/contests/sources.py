"""Where votes came from, as keyed hashes: erased in turns once nobody looks for signs any more.

That is when the result is fixed, when the contest is cancelled, and ``KEEP`` after the end where
no result is fixed. The key of the hashes is erased with the first turn, so that what remains for
a moment longer says nothing about an address. ``look`` finds votes on a snapshot, ``work`` erases
some of them; a process that is killed between two turns loses nothing, the next goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.contests.contests import Contest
from models.contests.votes import Vote
from models.contests.voting import Voting
from models.rules.contests.states import ContestState
from models.store import Moment

KEEP = timedelta(days=30)
"""For how long it is kept where votes came from, where no result is fixed."""

AT_ONCE, MOST_FOUND = 500, 5000
"""Votes of one turn, and of one look."""


@dataclass(frozen=True, slots=True)
class Found:
    """Votes of a contest that still say where they came from; none: it is done."""

    contest_id: int
    vote_ids: Sequence[int]


def any_due(session: Session, now: Moment) -> bool:
    """Return whether ``look`` finds something."""
    return session.exec(over(now).limit(1)).first() is not None


def look(session: Session, now: Moment) -> Found | None:
    """Find votes of a contest whose sources are to be erased; None where there is no such one."""
    contest_id = session.exec(over(now).order_by(col(Voting.id)).limit(1)).first()
    if contest_id is None:
        return None
    sourced = select(Vote.id).where(Vote.contest_id == contest_id, Vote.source != "")
    return Found(contest_id, session.exec(sourced.limit(MOST_FOUND)).all())


def work(session: Session, now: Moment, found: Found) -> int:
    """Erase the sources of some votes that were found; return of how many.

    Where none was found, the contest is not looked at again.
    """
    query = select(Voting).where(Voting.contest_id == found.contest_id).with_for_update()
    row = session.exec(query).one()
    row.source_key = ""
    if not found.vote_ids:
        row.watch_at = None
    session.add(row)
    session.flush()
    some = select(col(Vote.id)).where(col(Vote.id).in_(found.vote_ids), Vote.source != "")
    erased = session.execute(
        update(Vote)
        .where(col(Vote.id).in_(some.limit(AT_ONCE)))
        .values(source="")
        .returning(col(Vote.id))
    )
    return len(erased.all())


def over(now: Moment) -> SelectOfScalar[int]:
    """The contests on which voting is over, and whose votes may still say where they came from."""
    return (
        select(Voting.contest_id)
        .join(Contest, col(Contest.id) == col(Voting.contest_id))
        .where(
            col(Voting.watch_at) <= now,
            or_(
                col(Voting.settled_at).is_not(None),
                col(Contest.state) == ContestState.CANCELLED,
                col(Voting.closes_at) <= now - KEEP,
            ),
        )
    )
