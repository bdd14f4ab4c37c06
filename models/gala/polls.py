"""Polls and quizzes of an evening: up to ten questions, opened and closed while people look on.

All questions of a poll are open together; those of a quiz one after the other. Each verb of an
organizer is audited, and raises NotAllowed when ``by`` may not run the event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint, delete, func, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event
from models.gala import screens
from models.rules.gala import polls as rules
from models.rules.gala.polls import Drafted
from models.store import Moment, one_of


class PollState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Poll(SQLModel, table=True):
    """Some questions to the audience of an event.

    Of a quiz the right answers and the points are shown afterwards. ``is_hidden``: nobody sees the
    votes before the end. ``may_change``: an answer can be changed until then. ``ranked_at`` is when
    the places of a closed quiz were worked out.
    """

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    title: str
    is_quiz: bool = False
    is_hidden: bool = False
    may_change: bool = True
    state: PollState = Field(default=PollState.DRAFT, sa_type=one_of(PollState))
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    ranked_at: Moment | None = None
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)


class PollQuestion(SQLModel, table=True):
    """A question of a poll; it takes answers from ``opened_at`` until ``closed_at``."""

    __tablename__ = "poll_question"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id")
    position: int
    text: str
    opened_at: Moment | None = None
    closed_at: Moment | None = None

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class PollChoice(SQLModel, table=True):
    """An answer that a question offers."""

    __tablename__ = "poll_choice"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="poll_question.id")
    position: int
    text: str
    is_right: bool = False


class PollTally(SQLModel, table=True):
    """How many votes a choice has, in parts: each process counts in a ``part`` of its own.

    So processes do not wait for each other's commits. A part may be below zero, where votes that
    were counted in another one have been changed; their sum is the number of votes.
    """

    __tablename__ = "poll_tally"

    choice_id: int = Field(foreign_key="poll_choice.id", primary_key=True)
    part: int = Field(primary_key=True)
    votes: int = 0


class PollVote(SQLModel, table=True):
    """What a member answered. ``member_id`` is None once nothing points to them any more."""

    __tablename__ = "poll_vote"
    __table_args__ = (UniqueConstraint("question_id", "member_id"),)

    id: int = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="poll_question.id")
    choice_id: int = Field(foreign_key="poll_choice.id", index=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    at: Moment


class PollPlace(SQLModel, table=True):
    """A place in a quiz that is over."""

    __tablename__ = "poll_place"

    id: int = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    place: int
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    points: int
    seconds: int


class NotDone(StrEnum):
    """Why nothing was done about a poll."""

    TOO_MANY = "too many"
    NOT_A_DRAFT = "not a draft"
    NOT_OPEN = "not open"
    ANOTHER_IS_OPEN = "another is open"


# What organizers do


def write(
    session: Session,
    event_id: int,
    drafted: Drafted,
    by: int | None,
    now: Moment,
    *,
    is_hidden: bool = False,
    may_change: bool = True,
    poll_id: int | None = None,
) -> Poll | NotDone:
    """Keep a draft of a poll; with ``poll_id`` in the place of the one that stood there."""
    event = screens.locked(session, event_id, by, now)
    if poll_id is not None:
        found = get(session, event_id, poll_id)
        if found is None or found.state is not PollState.DRAFT:
            return NotDone.NOT_A_DRAFT
        poll = found
        _delete_questions(session, poll.id)
    elif len(of_event(session, event_id)) >= rules.MOST_POLLS:
        return NotDone.TOO_MANY
    else:
        poll = Poll(event_id=event_id, title="", by_member_id=by)
    poll.title, poll.is_quiz = drafted.title, drafted.is_quiz
    poll.is_hidden, poll.may_change = is_hidden or drafted.is_quiz, may_change
    session.add(poll)
    session.flush()
    for position, asked in enumerate(drafted.questions, start=1):
        question = PollQuestion(poll_id=poll.id, position=position, text=asked.text)
        session.add(question)
        session.flush()
        session.add_all(
            PollChoice(
                question_id=question.id, position=place, text=text, is_right=place in asked.right
            )
            for place, text in enumerate(asked.choices, start=1)
        )
    session.flush()
    screens.record(session, event, by, now, "poll written", poll=poll.id)
    return poll


def remove(
    session: Session, event_id: int, poll_id: int, by: int | None, now: Moment
) -> NotDone | None:
    """Delete a draft; None when that is done."""
    event = screens.locked(session, event_id, by, now)
    poll = get(session, event_id, poll_id)
    if poll is None or poll.state is not PollState.DRAFT:
        return NotDone.NOT_A_DRAFT
    _delete_questions(session, poll.id)
    session.execute(delete(Poll).where(col(Poll.id) == poll_id))
    session.expire_all()
    screens.record(session, event, by, now, "poll removed", poll=poll_id)
    return None


def open_one(
    session: Session, event_id: int, poll_id: int, by: int | None, now: Moment
) -> Poll | NotDone:
    """Open a poll, of a quiz its first question, and let the screen show it.

    One is open at a time: whoever looks up sees what they are asked.
    """
    event = screens.locked(session, event_id, by, now)
    poll = get(session, event_id, poll_id)
    if poll is None or poll.state is not PollState.DRAFT:
        return NotDone.NOT_A_DRAFT
    if open_at(session, event_id) is not None:
        return NotDone.ANOTHER_IS_OPEN
    poll.state, poll.opened_at = PollState.OPEN, now
    asked = questions_of(session, poll_id)
    for each in asked[:1] if poll.is_quiz else asked:
        each.opened_at = now
        session.add(each)
    session.add(poll)
    session.flush()
    screens.record(session, event, by, now, "poll opened", poll=poll_id)
    screens.show(session, event_id, screens.Shows.POLL, by, now, poll_id=poll_id)
    return poll


def go_on(
    session: Session, event_id: int, poll_id: int, by: int | None, now: Moment, *, seen: int | None
) -> Poll | NotDone:
    """Close the open question of a quiz, or open the next one; after the last, close the quiz.

    ``seen`` is the question that was open for whoever asks; where it is another, nothing changes.
    """
    event = screens.locked(session, event_id, by, now)
    poll = get(session, event_id, poll_id)
    if poll is None or poll.state is not PollState.OPEN:
        return NotDone.NOT_OPEN
    asked = questions_of(session, poll_id)
    current = next((each for each in asked if each.is_open), None)
    if (current.id if current is not None else None) != seen:
        return poll
    following = next((each for each in asked if each.opened_at is None), None)
    if current is not None:
        current.closed_at = now
    elif following is not None:
        following.opened_at = now
    else:
        return close(session, event_id, poll_id, by, now)
    session.add_all(asked)
    session.flush()
    screens.record(session, event, by, now, "poll goes on", poll=poll_id)
    return poll


def close(
    session: Session, event_id: int, poll_id: int, by: int | None, now: Moment
) -> Poll | NotDone:
    """Close a poll: it takes no more answers, and what was hidden is shown."""
    event = screens.locked(session, event_id, by, now)
    poll = get(session, event_id, poll_id)
    if poll is None or poll.state is not PollState.OPEN:
        return NotDone.NOT_OPEN
    poll.state, poll.closed_at = PollState.CLOSED, now
    session.add(poll)
    session.flush()
    still = (col(PollQuestion.opened_at).is_not(None), col(PollQuestion.closed_at).is_(None))
    session.execute(
        update(PollQuestion)
        .where(col(PollQuestion.poll_id) == poll_id, *still)
        .values(closed_at=now)
    )
    session.expire_all()
    screens.record(session, event, by, now, "poll closed", poll=poll_id)
    return poll


# Reading


@dataclass(frozen=True, slots=True)
class Counted:
    """A choice with its votes."""

    choice: PollChoice
    votes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its choices."""

    question: PollQuestion
    choices: tuple[Counted, ...]

    @property
    def votes(self) -> int:
        return sum(each.votes for each in self.choices)


def of_event(session: Session, event_id: int) -> Sequence[Poll]:
    """Return the polls of an event, in the order in which they were written."""
    return session.exec(select(Poll).where(Poll.event_id == event_id).order_by(col(Poll.id))).all()


def get(session: Session, event_id: int, poll_id: int) -> Poll | None:
    """Return a poll of an event."""
    poll = session.get(Poll, poll_id)
    return poll if poll is not None and poll.event_id == event_id else None


def open_at(session: Session, event_id: int) -> Poll | None:
    """Return the poll of an event that is open."""
    return session.exec(
        select(Poll).where(Poll.event_id == event_id, Poll.state == PollState.OPEN)
    ).first()


def questions_of(session: Session, poll_id: int) -> Sequence[PollQuestion]:
    """Return the questions of a poll in their order."""
    return session.exec(
        select(PollQuestion)
        .where(PollQuestion.poll_id == poll_id)
        .order_by(col(PollQuestion.position))
    ).all()


def counted(session: Session, poll_id: int) -> Sequence[Asked]:
    """Return the questions of a poll with their choices and votes, by the counters alone."""
    asked = questions_of(session, poll_id)
    ids = [each.id for each in asked]
    votes = dict(
        session.exec(
            select(PollTally.choice_id, func.sum(PollTally.votes))
            .join(PollChoice, col(PollChoice.id) == col(PollTally.choice_id))
            .where(col(PollChoice.question_id).in_(ids))
            .group_by(col(PollTally.choice_id))
        ).all()
    )
    choices: dict[int, list[Counted]] = {}
    for each in session.exec(
        select(PollChoice)
        .where(col(PollChoice.question_id).in_(ids))
        .order_by(col(PollChoice.position))
    ):
        found = Counted(each, int(votes.get(each.id, 0)))
        choices.setdefault(each.question_id, []).append(found)
    return [Asked(each, tuple(choices.get(each.id, ()))) for each in asked]


def made_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the polls that a member wrote, as plain values."""
    rows = session.exec(
        select(Poll, Event.title)
        .join(Event, col(Event.id) == col(Poll.event_id))
        .where(Poll.by_member_id == member_id)
        .order_by(col(Poll.id))
    )
    return [{"event": title, "poll": poll.title, "state": poll.state} for poll, title in rows]


def _delete_questions(session: Session, poll_id: int) -> None:
    ids = [each.id for each in questions_of(session, poll_id)]
    session.execute(delete(PollChoice).where(col(PollChoice.question_id).in_(ids)))
    session.execute(delete(PollQuestion).where(col(PollQuestion.poll_id) == poll_id))
    session.expire_all()
