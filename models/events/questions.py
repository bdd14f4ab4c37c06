"""The questions of an event that people are asked at sign-up: adding, changing, deleting them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, UniqueConstraint, delete, func
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event
from models.network import audit, roles
from models.network.translations import Translatable, translations_of
from models.rules.events import windows
from models.rules.events.questions import (
    KEEP_DAYS,
    KEEP_DAYS_ID,
    MOST_QUESTIONS,
    Asked,
    Condition,
    QuestionKind,
)
from models.rules.events.windows import EventAct, Why
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.store import Moment, one_of


class EventQuestion(Translatable, table=True):
    """A question of an event.

    ``choices`` are the answers to choose from, as they were written; their translations stand
    under ``choice-0``, ``choice-1``. ``per_person`` asks it for each person of a party, else once.
    It is asked only where the answer to question ``if_question`` is, or holds, ``if_choice``. With
    ``at_check_in`` those who check in see the answer. ``ready`` is the key of a ready-made one.
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

    def choices_said(self) -> list[Translated]:
        return [
            Translated(each, self.translations.get(f"choice-{number}", {}))
            for number, each in enumerate(self.choices)
        ]


class Answer(SQLModel, table=True):
    """An answer of the person of a claim, as ``models.rules.events.questions`` writes it.

    It is erased at ``erase_at``.
    """

    __tablename__ = "event_answer"
    __table_args__ = (UniqueConstraint("signup_id", "question_id"),)

    id: int = Field(default=None, primary_key=True)
    signup_id: int = Field(foreign_key="signup.id")
    question_id: int = Field(foreign_key="event_question.id", index=True)
    value: str
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


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question as it is to be asked; the fields are those of ``EventQuestion``."""

    kind: QuestionKind
    text: Translated
    choices: Sequence[Translated] = ()
    required: bool = True
    per_person: bool = False
    if_question: int | None = None
    if_choice: str = ""
    at_check_in: bool = False
    ready: str = ""
    keep_days: int | None = None

    def texts(self) -> Mapping[str, Translated]:
        numbered = {f"choice-{number}": each for number, each in enumerate(self.choices)}
        return {"text": self.text, **numbered}


@dataclass(frozen=True, slots=True)
class Added:
    question: EventQuestion
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class NotAdded:
    """Nothing was added: the event is over (``why``), or has ``MOST_QUESTIONS`` already."""

    why: Why | None = None


def add(
    session: Session, event_id: int, new: NewQuestion, by: int | None, now: Moment
) -> Added | NotAdded:
    """Ask one more question; one that is ready-made stands in an event once.

    Raises ``roles.NotAllowed`` when ``by`` may not run the event.
    """
    event = _locked(session, event_id, by, now)
    if why := windows.refusal(EventAct.EDIT, event, now):
        return NotAdded(why)
    asked = of_event(session, event_id)
    same = next((each for each in asked if new.ready and each.ready == new.ready), None)
    if same is not None:
        return Added(same, is_new=False)
    if len(asked) >= MOST_QUESTIONS:
        return NotAdded()
    keep_days = KEEP_DAYS_ID if new.kind is QuestionKind.ID_NUMBER else KEEP_DAYS
    question = EventQuestion(
        event_id=event_id,
        position=max((each.position for each in asked), default=0) + 1,
        kind=new.kind,
        text=new.text.text,
        translations=translations_of(new.texts()),
        choices=[each.text for each in new.choices],
        required=new.required,
        per_person=new.per_person,
        if_question=new.if_question,
        if_choice=new.if_choice,
        at_check_in=new.at_check_in,
        ready=new.ready,
        keep_days=new.keep_days if new.keep_days is not None else keep_days,
    )
    session.add(question)
    _changed(session, event, by, now, "question added")
    return Added(question)


CHANGEABLE = ("required", "per_person", "at_check_in")


def change(
    session: Session, question_id: int, what: str, value: bool, by: int, now: Moment
) -> EventQuestion | None:
    """Set whether an answer is required, asked of each person, or shown at check-in.

    None where there is no such question any more. Raises ``roles.NotAllowed`` as ``add`` does.
    """
    question = get(session, question_id)
    if question is None or what not in CHANGEABLE:
        return question
    event = _locked(session, question.event_id, by, now)
    setattr(question, what, value)
    session.add(question)
    _changed(session, event, by, now, f"question {what.replace('_', ' ')}")
    return question


def remove(session: Session, question_id: int, by: int, now: Moment) -> EventQuestion | None:
    """Delete a question with all answers to it, and the conditions that hang on it.

    Returns the question that was deleted. Raises ``roles.NotAllowed`` as ``add`` does.
    """
    question = get(session, question_id)
    if question is None:
        return None
    event = _locked(session, question.event_id, by, now)
    session.execute(delete(Answer).where(col(Answer.question_id) == question_id))
    for each in of_event(session, event.id):
        if each.if_question == question_id:
            each.if_question, each.if_choice = None, ""
            session.add(each)
    session.flush()
    session.delete(question)
    _changed(session, event, by, now, "question deleted")
    return question


def _locked(session: Session, event_id: int, by: int | None, now: Moment) -> Event:
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    return event


def _changed(session: Session, event: Event, by: int | None, now: Moment, what: str) -> None:
    session.flush()
    number = select(func.count()).where(EventQuestion.event_id == event.id)
    event.questions = session.exec(number).one()
    session.add(event)
    session.flush()
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, what=what)


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


def relink(session: Session, like: int, event_id: int) -> None:
    """Let the conditions of copied questions hang on the copies, not on the questions copied."""
    copied = of_event(session, event_id)
    numbers = {was.id: each.id for was, each in zip(of_event(session, like), copied, strict=True)}
    for each in copied:
        if each.if_question is not None:
            each.if_question = numbers[each.if_question]
            session.add(each)
    session.flush()
