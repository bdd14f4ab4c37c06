"""The questions of an event that people are asked at sign-up, and the rows of their answers."""

from collections.abc import Sequence

from sqlalchemy import JSON, Index, UniqueConstraint, false, text
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.network.translations import Translatable
from models.rules.events.questions import KEEP_DAYS, Asked, Condition, QuestionKind
from models.rules.languages import Translated
from models.store import Moment, one_of


class EventQuestion(Translatable, table=True):
    """A question of an event.

    ``choices`` are the answers to choose from, as they were written; their translations stand
    under ``choice-0``, ``choice-1``. ``per_person`` asks it for each person of a party, else once.
    It is asked only where the answer to question ``if_question`` is, or holds, ``if_choice``. With
    ``at_check_in`` those who check in see the answer; ``asked_again`` asks it of whoever checks in
    once more. ``ready`` is the key of a ready-made one.
    Answers are erased ``keep_days`` after the event.
    """

    __tablename__ = "event_question"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    position: int
    kind: QuestionKind = Field(sa_type=one_of(QuestionKind))
    text: str
    choices: list[str] = Field(default_factory=list, sa_column=SAColumn(JSON, nullable=False))
    required: bool = True
    per_person: bool = False
    if_question: int | None = Field(default=None, foreign_key="event_question.id")
    if_choice: str = ""
    at_check_in: bool = False
    asked_again: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    ready: str = ""
    keep_days: int = KEEP_DAYS

    @property
    def asked(self) -> Asked:
        """What decides whether it is asked, as the rules take it."""
        if self.if_question is None:
            return Asked(self.id)
        return Asked(self.id, Condition(self.if_question, self.if_choice))

    @property
    def key(self) -> str:
        """Under what an answer is kept for the next event."""
        return self.ready or self.text

    @property
    def likeness(self) -> tuple[str, ...]:
        """What two questions of different events have in common that are the same."""
        return (self.ready or self.text, self.kind, *self.choices)

    def choices_said(self) -> list[Translated]:
        return [
            Translated(each, self.translations.get(f"choice-{number}", {}))
            for number, each in enumerate(self.choices)
        ]


class Answer(SQLModel, table=True):
    """An answer of the person of a claim, as ``models.rules.events.questions`` writes it.

    It is erased at ``erase_at``, with the picture that it is: then ``value`` is the number of that.
    """

    __tablename__ = "event_answer"
    __table_args__ = (
        UniqueConstraint("signup_id", "question_id"),
        Index(
            "event_answer_picture",
            "picture_id",
            sqlite_where=text("picture_id IS NOT NULL"),
            postgresql_where=text("picture_id IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    signup_id: int = Field(foreign_key="signup.id")
    question_id: int = Field(foreign_key="event_question.id", index=True)
    value: str
    picture_id: int | None = Field(default=None, foreign_key="picture.id")
    at: Moment
    erase_at: Moment = Field(index=True)


class MemberAnswer(SQLModel, table=True):
    """An answer that a member let us keep for the next event, under the question's ``key``."""

    __tablename__ = "member_answer"
    __table_args__ = (UniqueConstraint("member_id", "key"),)

    id: int = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id")
    key: str
    value: str
    at: Moment


# Reading


def get(session: Session, question_id: int) -> EventQuestion | None:
    return session.get(EventQuestion, question_id)


def of_event(session: Session, event_id: int) -> Sequence[EventQuestion]:
    """Return the questions of an event in the order in which they are asked."""
    return session.exec(
        select(EventQuestion)
        .where(EventQuestion.event_id == event_id)
        .order_by(col(EventQuestion.position), col(EventQuestion.id))
    ).all()


def relink(session: Session, like: int, event_id: int) -> dict[int, int]:
    """Let the conditions of copied questions hang on the copies; return these by those copied."""
    copied = of_event(session, event_id)
    numbers = {was.id: each.id for was, each in zip(of_event(session, like), copied, strict=True)}
    for each in copied:
        if each.if_question is not None:
            each.if_question = numbers[each.if_question]
            session.add(each)
    session.flush()
    return numbers
