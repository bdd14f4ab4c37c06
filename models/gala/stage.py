"""Questions to the stage: asked by people, backed by others, answered by who stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, delete, func, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event
from models.gala import screens
from models.gala.lines import NotTaken, Writer
from models.network.members import is_blocked
from models.rules.gala import lines as rules
from models.store import Moment, insert_once, one_of

MOST_OPEN = 3
"""How many questions of one person may wait or stand on the screen at a time."""

ON_SCREEN = 8


class QuestionState(StrEnum):
    """WAITING for somebody to read it; SHOWN to all; then ANSWERED, or HIDDEN."""

    WAITING = "waiting"
    SHOWN = "shown"
    ANSWERED = "answered"
    HIDDEN = "hidden"


OPEN = (QuestionState.WAITING, QuestionState.SHOWN)


class StageQuestion(SQLModel, table=True):
    """A question of a member to the stage of an event; ``backed`` counts who wants it answered."""

    __tablename__ = "stage_question"
    __table_args__ = (Index("stage_question_state", "event_id", "state", "backed"),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    words: str
    state: QuestionState = Field(default=QuestionState.WAITING, sa_type=one_of(QuestionState))
    backed: int = 0
    at: Moment = Field(index=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)


class StageBacking(SQLModel, table=True):
    """A member wants a question answered."""

    __tablename__ = "stage_backing"

    question_id: int = Field(foreign_key="stage_question.id", primary_key=True)
    member_id: int = Field(foreign_key="member.id", primary_key=True, index=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question waits to be read. ``again``: it was asked before."""

    question: StageQuestion
    again: bool = False


# What people do


def ask(session: Session, event_id: int, who: Writer, words: str, now: Moment) -> Asked | NotTaken:
    """Take a question to the stage; the same one again is taken once."""
    screen = screens.of_event(session, event_id)
    if screen is None or not screen.takes_questions:
        return NotTaken.OFF
    if is_blocked(who, now):
        return NotTaken.BLOCKED
    said = rules.cleaned(words, rules.LONGEST_QUESTION)
    if not said:
        return NotTaken.EMPTY
    theirs = session.exec(
        select(StageQuestion).where(
            StageQuestion.event_id == event_id,
            StageQuestion.member_id == who.id,
            col(StageQuestion.state).in_(OPEN),
        )
    ).all()
    for each in theirs:
        if rules.same(said, (each.words,)):
            return Asked(each, again=True)
    if len(theirs) >= MOST_OPEN:
        return NotTaken.TOO_MANY
    row = StageQuestion(event_id=event_id, member_id=who.id, words=said, at=now)
    session.add(row)
    session.flush()
    return Asked(row)


def back(
    session: Session, event_id: int, question_id: int, who: Writer, now: Moment
) -> StageQuestion | None:
    """Say that one wants a question answered, which counts once; None where it is not shown."""
    if is_blocked(who, now):
        return None
    row = session.get(StageQuestion, question_id)
    if row is None or row.event_id != event_id or row.state is not QuestionState.SHOWN:
        return None
    values = {"question_id": question_id, "member_id": who.id}
    if row.member_id != who.id and insert_once(session, StageBacking, values):
        session.execute(
            update(StageQuestion)
            .where(col(StageQuestion.id) == question_id)
            .values(backed=col(StageQuestion.backed) + 1)
        )
        session.refresh(row)
    return row


# What organizers do


def decide(
    session: Session,
    event_id: int,
    question_id: int,
    state: QuestionState,
    by: int | None,
    now: Moment,
) -> StageQuestion | None:
    """Show a question, note that it was answered, or hide it; None where it is not there.

    Raises NotAllowed when ``by`` may not run the event.
    """
    event = screens.locked(session, event_id, by, now)
    row = session.get(StageQuestion, question_id, populate_existing=True)
    if row is None or row.event_id != event_id:
        return None
    row.state, row.by_member_id = state, by
    session.add(row)
    session.flush()
    screens.record(session, event, by, now, "stage question", question=row.id, state=str(state))
    return row


# Reading


def shown(session: Session, event_id: int, limit: int = ON_SCREEN) -> Sequence[StageQuestion]:
    """Return the questions that are shown, those that most want answered first."""
    return session.exec(
        select(StageQuestion)
        .where(StageQuestion.event_id == event_id, StageQuestion.state == QuestionState.SHOWN)
        .order_by(col(StageQuestion.backed).desc(), col(StageQuestion.id))
        .limit(limit)
    ).all()


def in_state(
    session: Session, event_id: int, state: QuestionState, limit: int
) -> Sequence[StageQuestion]:
    """Return questions in a state, the oldest first."""
    return session.exec(
        select(StageQuestion)
        .where(StageQuestion.event_id == event_id, StageQuestion.state == state)
        .order_by(col(StageQuestion.id))
        .limit(limit)
    ).all()


def waiting(session: Session, event_id: int) -> int:
    """Return how many questions wait to be read."""
    return session.exec(
        select(func.count()).where(
            StageQuestion.event_id == event_id, StageQuestion.state == QuestionState.WAITING
        )
    ).one()


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the questions that a member asked or wants answered, as plain values."""
    asked = session.exec(
        select(StageQuestion, Event.title)
        .join(Event, col(Event.id) == col(StageQuestion.event_id))
        .where(StageQuestion.member_id == member_id)
        .order_by(col(StageQuestion.id))
    )
    own = [
        {"event": title, "question": each.words, "state": each.state, "at": each.at}
        for each, title in asked
    ]
    backed = session.exec(
        select(StageQuestion.words)
        .join(StageBacking, col(StageBacking.question_id) == col(StageQuestion.id))
        .where(StageBacking.member_id == member_id)
    )
    return own + [{"wants_answered": words} for words in backed]


# Merging and forgetting


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one member what another wants answered; of one question once."""
    both = session.exec(
        select(StageBacking.question_id)
        .where(col(StageBacking.member_id).in_((stays, goes)))
        .group_by(col(StageBacking.question_id))
        .having(func.count() > 1)
    ).all()
    session.execute(
        delete(StageBacking).where(
            col(StageBacking.member_id) == goes, col(StageBacking.question_id).in_(both)
        )
    )
    session.execute(
        update(StageQuestion)
        .where(col(StageQuestion.id).in_(both))
        .values(backed=col(StageQuestion.backed) - 1)
    )
    session.execute(
        update(StageBacking).where(col(StageBacking.member_id) == goes).values(member_id=stays)
    )
    session.expire_all()


def forget_member(session: Session, member_id: int) -> None:
    """Delete the questions of a member who is erased, and who wants them answered."""
    theirs = session.exec(
        select(StageQuestion.id).where(StageQuestion.member_id == member_id)
    ).all()
    forget(session, theirs, None)


def old(session: Session, moment: datetime) -> Sequence[int]:
    """Return some questions from before a moment; to be read on a snapshot."""
    rows: Sequence[int] = session.exec(
        select(StageQuestion.id)
        .where(StageQuestion.at < moment)
        .order_by(col(StageQuestion.id))
        .limit(AT_ONCE)
    ).all()
    return rows


def forget(session: Session, question_ids: Sequence[int], _now: Moment | None) -> None:
    """Delete these questions."""
    session.execute(delete(StageBacking).where(col(StageBacking.question_id).in_(question_ids)))
    session.execute(delete(StageQuestion).where(col(StageQuestion.id).in_(question_ids)))


AT_ONCE = 500
"""How many questions are deleted in one transaction."""
