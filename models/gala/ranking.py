"""Who came first in a quiz: worked out once it is over, on a snapshot, and then kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import exists
from sqlmodel import Session, col, select

from models.gala.polls import Poll, PollChoice, PollPlace, PollQuestion, PollState, PollVote
from models.network.members import Member
from models.rules.gala import quizzes as rules
from models.rules.gala.quizzes import Answered, Place
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Ranked:
    """The places of a quiz."""

    poll_id: int
    places: Sequence[Place]


def any_due(session: Session, _now: Moment) -> bool:
    """Return whether a quiz is over whose places are not known."""
    return bool(session.execute(select(exists().where(*_DUE))).scalar())


_DUE = (
    col(Poll.state) == PollState.CLOSED,
    col(Poll.is_quiz),
    col(Poll.ranked_at).is_(None),
)


def look(session: Session, _now: Moment) -> Ranked | None:
    """Return the places of a quiz that is over; None where none waits for them."""
    poll_id = session.exec(select(Poll.id).where(*_DUE).order_by(col(Poll.id))).first()
    return Ranked(poll_id, _places(session, poll_id)) if poll_id is not None else None


def take(session: Session, now: Moment, step: Ranked) -> bool:
    """Keep the places of a quiz; False where they are kept already."""
    poll = session.get_one(Poll, step.poll_id, with_for_update=True, populate_existing=True)
    if poll.ranked_at is not None:
        return False
    poll.ranked_at = now
    session.add(poll)
    there = set(
        session.exec(
            select(Member.id).where(col(Member.id).in_([e.member_id for e in step.places]))
        )
    )
    session.add_all(
        PollPlace(
            poll_id=poll.id,
            place=each.place,
            member_id=each.member_id if each.member_id in there else None,
            points=each.points,
            seconds=each.seconds,
        )
        for each in step.places
    )
    session.flush()
    return True


def places_of(session: Session, poll_id: int) -> Sequence[tuple[PollPlace, str]]:
    """Return the places of a quiz, each with the member's name; empty where it is not known."""
    rows = session.exec(
        select(PollPlace, Member.name)
        .join(Member, col(Member.id) == col(PollPlace.member_id), isouter=True)
        .where(PollPlace.poll_id == poll_id)
        .order_by(col(PollPlace.place), col(PollPlace.id))
    )
    return [(place, name or "") for place, name in rows]


def _places(session: Session, poll_id: int) -> Sequence[Place]:
    found: dict[int, Answered] = {}
    for member_id, at, opened_at in session.exec(
        select(PollVote.member_id, PollVote.at, PollQuestion.opened_at)
        .join(PollChoice, col(PollChoice.id) == col(PollVote.choice_id))
        .join(PollQuestion, col(PollQuestion.id) == col(PollVote.question_id))
        .where(
            PollQuestion.poll_id == poll_id,
            col(PollChoice.is_right),
            col(PollVote.member_id).is_not(None),
        )
    ):
        assert member_id is not None
        assert opened_at is not None
        before = found.get(member_id, Answered(member_id, 0, timedelta()))
        took = rules.thought(at - opened_at)
        found[member_id] = replace(before, right=before.right + 1, thought=before.thought + took)
    return rules.places(found.values())
