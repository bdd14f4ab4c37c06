"""Who reads of a contest in the chat: what is for some people only is not there for others."""

from collections.abc import Iterable

from sqlmodel import Session, col, or_, select

from models.contests import contests, organizing
from models.contests.contests import Contest
from models.contests.entries import Entry, EntryAuthor
from models.contests.judges import Judge
from models.contests.nominations import Nomination
from models.events import audiences
from models.store import Moment


def get(
    session: Session, contest_id: int, caller: audiences.Somebody, now: Moment
) -> Contest | None:
    """Return a contest that a member may read of; None if there is none, or it is for others."""
    contest = contests.get(session, contest_id)
    return contest if contest is not None and reads(session, contest, caller, now) else None


def among(
    session: Session, rows: Iterable[Contest], caller: audiences.Somebody, now: Moment
) -> list[Contest]:
    """Return those of these contests that a member may read of."""
    return [each for each in rows if reads(session, each, caller, now)]


def reads(session: Session, contest: Contest, caller: audiences.Somebody, now: Moment) -> bool:
    """Return whether a member may read of a contest: whom it is for, and who has a part in it.

    Those are its authors, nominators, nominees and judges, and those who run it.
    """
    return (
        contest.is_for_all
        or audiences.admits(session, contest.audience, caller)
        or _has_a_part(session, contest.id, caller.id)
        or organizing.may_run(session, contest, caller.id, now)
    )


def _has_a_part(session: Session, contest_id: int, member_id: int) -> bool:
    """Whether a member makes, nominates or judges something there, or was asked whether they do."""
    author = (
        select(Entry.id)
        .join(EntryAuthor, col(EntryAuthor.entry_id) == col(Entry.id))
        .where(
            Entry.contest_id == contest_id,
            EntryAuthor.member_id == member_id,
            col(EntryAuthor.refused_at).is_(None),
        )
    )
    nomination = (
        select(Entry.id)
        .join(Nomination, col(Nomination.entry_id) == col(Entry.id))
        .where(
            Entry.contest_id == contest_id,
            or_(
                col(Nomination.by_member_id) == member_id,
                (col(Nomination.asked_member_id) == member_id)
                & col(Nomination.asked_at).is_not(None),
            ),
        )
    )
    judge = select(Judge.id).where(
        Judge.contest_id == contest_id,
        Judge.member_id == member_id,
        col(Judge.refused_at).is_(None),
        col(Judge.left_at).is_(None),
    )
    return any(session.exec(each).first() is not None for each in (author, nomination, judge))
