"""The questions that people are asked at sign-up for an event: adding, changing, deleting them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from models.events import forgetting, questions, quotas
from models.events.events import Event
from models.events.questions import EventQuestion
from models.events.quotas import Quota, Share
from models.network import audit, roles
from models.network.sealing import Sealing
from models.network.translations import translations_of
from models.rules.events import ready_questions, windows
from models.rules.events.questions import (
    ASKED_AGAIN,
    MOST_QUESTIONS,
    WITH_CHOICES,
    QuestionKind,
    days_for,
    keep_days_of,
)
from models.rules.events.ready_questions import READY
from models.rules.events.shares import Said
from models.rules.events.windows import EventAct, Why
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.store import Moment

NO_KEYS = Sealing()


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
    asked_again: bool = False
    ready: str = ""
    keep_days: int | None = None

    def texts(self) -> Mapping[str, Translated]:
        numbered = {f"choice-{number}": each for number, each in enumerate(self.choices)}
        return {"text": self.text, **numbered}


def of_ready(key: str, choices: Sequence[Translated] = ()) -> NewQuestion:
    """Return a ready-made question, with these answers where it leaves them open."""
    ready = READY[key]
    return NewQuestion(
        ready.kind,
        ready.text,
        choices or ready.choices,
        required=ready.required,
        per_person=ready.per_person,
        at_check_in=ready.at_check_in,
        ready=key,
    )


@dataclass(frozen=True, slots=True)
class Added:
    question: EventQuestion
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class SharesSeats:
    """Nothing was done: seats are shared out by the answers to the question."""

    question: EventQuestion


@dataclass(frozen=True, slots=True)
class NotAdded:
    """Nothing was added: the event is over (``why``), or has ``MOST_QUESTIONS`` already."""

    why: Why | None = None


@dataclass(frozen=True, slots=True)
class NoKey:
    """Nothing was added: ID numbers are kept only where the operator has set a key for them."""


def add(
    session: Session,
    event_id: int,
    new: NewQuestion,
    by: int | None,
    now: Moment,
    *,
    sealing: Sealing = NO_KEYS,
) -> Added | NotAdded | NoKey:
    """Ask one more question; one that is ready-made stands in an event once.

    ``sealing`` is needed for ID numbers. Raises ``roles.NotAllowed`` when ``by`` may not run it.
    """
    event = _locked(session, event_id, by, now)
    if why := windows.refusal(EventAct.EDIT, event, now):
        return NotAdded(why)
    if new.kind is QuestionKind.ID_NUMBER and not sealing:
        return NoKey()
    asked = questions.of_event(session, event_id)
    same = next((each for each in asked if new.ready and each.ready == new.ready), None)
    if same is not None:
        return Added(same, is_new=False)
    if len(asked) >= MOST_QUESTIONS:
        return NotAdded()
    question = _row(event_id, new, max((each.position for each in asked), default=0) + 1)
    session.add(question)
    _changed(session, event, by, now, "question added")
    return Added(question)


def _row(event_id: int, new: NewQuestion, position: int) -> EventQuestion:
    return EventQuestion(
        event_id=event_id,
        position=position,
        kind=new.kind,
        text=new.text.text,
        translations=translations_of(new.texts()),
        choices=[each.text for each in new.choices],
        required=new.required,
        per_person=new.per_person,
        if_question=new.if_question,
        if_choice=new.if_choice,
        at_check_in=new.at_check_in,
        asked_again=new.asked_again and new.kind in ASKED_AGAIN,
        ready=new.ready,
        keep_days=(new.keep_days if new.keep_days is not None else keep_days_of(new.kind)),
    )


def share_by_answers(session: Session, event: Event, shares: Sequence[Said]) -> None:
    """Share the seats of an event that nobody has seen yet by answers to ready-made questions.

    These are asked then. Of a share that is of no such answer nothing comes. Raises ValueError
    where they keep more seats than there are: whoever drafts them sees to that.
    """
    asked: dict[str, EventQuestion] = {}
    found: list[Share] = []
    for each in shares:
        key = ready_questions.of_answer(each.name)
        if key is None:
            continue
        if key not in asked:
            asked[key] = _row(event.id, of_ready(key), len(asked) + 1)
            session.add(asked[key])
            session.flush()
        found.append(Share("", each.least, each.most, asked[key].id, each.name))
    event.questions = len(asked)
    refusal = quotas.put(session, event, found)
    if refusal is not None:
        raise ValueError(f"{refusal}: the seats of event {event.id} cannot be shared so")


CHANGEABLE = ("required", "per_person", "at_check_in", "asked_again")


def change(
    session: Session, question_id: int, what: str, value: bool, by: int | None, now: Moment
) -> EventQuestion | None:
    """Set whether it is required, asked of each person, shown or asked again at check-in.

    None where there is no such question any more. Where seats are shared out by the answers they
    stay required, and people count anew. Raises ``roles.NotAllowed`` as ``add`` does.
    """
    question = questions.get(session, question_id)
    if question is None or what not in CHANGEABLE:
        return question
    if what == "asked_again" and question.kind not in ASKED_AGAIN:
        return question
    event = _locked(session, question.event_id, by, now)
    decides = question_id in quotas.asked(session, event)
    setattr(question, what, value or (decides and what == "required"))
    session.add(question)
    session.flush()
    if decides:
        quotas.count_anew(session, event)
    _changed(session, event, by, now, f"question {what.replace('_', ' ')}")
    return question


def conditions(session: Session, question: EventQuestion) -> list[tuple[EventQuestion, str]]:
    """Return the answers on which a question may hang: to questions with choices before it."""
    return [
        (each, choice)
        for each in questions.of_event(session, question.event_id)
        if each.kind in WITH_CHOICES and each.position < question.position
        for choice in each.choices
    ]


def ask_if(
    session: Session,
    question_id: int,
    if_question: int | None,
    if_choice: str,
    by: int | None,
    now: Moment,
) -> EventQuestion | None:
    """Ask a question only of those whose answer to another one is this; None: of everybody.

    None where there is no such question any more; a condition that cannot be changes nothing.
    Raises ``roles.NotAllowed`` as ``add`` does.
    """
    question = questions.get(session, question_id)
    if question is None:
        return None
    event = _locked(session, question.event_id, by, now)
    possible = {(each.id, choice) for each, choice in conditions(session, question)}
    if if_question is not None and (if_question, if_choice) not in possible:
        return question
    question.if_question, question.if_choice = if_question, if_choice
    session.add(question)
    _changed(session, event, by, now, "question asked if")
    return question


@dataclass(frozen=True, slots=True)
class HangsOn:
    """Nothing was done: ``question`` is asked after an answer to ``other``, so it comes after."""

    question: EventQuestion
    other: EventQuestion


def move(
    session: Session, question_id: int, earlier: bool, by: int, now: Moment
) -> EventQuestion | HangsOn | None:
    """Ask a question one place earlier or later; the first and the last stay where they are.

    None where there is no such question any more. Raises ``roles.NotAllowed`` as ``add`` does.
    """
    question = questions.get(session, question_id)
    if question is None:
        return None
    event = _locked(session, question.event_id, by, now)
    asked = [*questions.of_event(session, event.id)]
    place = asked.index(question)
    upper = place - 1 if earlier else place
    if not 0 <= upper < len(asked) - 1:
        return question
    first, second = asked[upper], asked[upper + 1]
    if second.if_question == first.id:
        return HangsOn(second, first)
    asked[upper], asked[upper + 1] = second, first
    for position, each in enumerate(asked, start=1):
        each.position = position
        session.add(each)
    _changed(session, event, by, now, "question moved")
    return question


def keep_for(
    session: Session, question_id: int, days: int, by: int | None, now: Moment
) -> EventQuestion | None:
    """Keep the answers to a question so many days after the event, those given already as well.

    None where there is no such question any more. Raises ``roles.NotAllowed`` as ``add`` does.
    """
    question = questions.get(session, question_id)
    if question is None or days not in days_for(question.kind):
        return question
    event = _locked(session, question.event_id, by, now)
    question.keep_days = days
    session.add(question)
    session.flush()
    forgetting.moved(session, event)
    _changed(session, event, by, now, "question kept for")
    return question


def remove(
    session: Session, question_id: int, by: int | None, now: Moment
) -> EventQuestion | SharesSeats | None:
    """Delete a question with all answers to it, and the conditions that hang on it.

    Returns the question that was deleted. Raises ``roles.NotAllowed`` as ``add`` does.
    """
    question = questions.get(session, question_id)
    if question is None:
        return None
    event = _locked(session, question.event_id, by, now)
    if question_id in quotas.asked(session, event):
        return SharesSeats(question)
    # Quotas that have ended are there still.
    session.execute(delete(Quota).where(col(Quota.question_id) == question_id))
    forgetting.delete_of_question(session, question_id)
    for each in questions.of_event(session, event.id):
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
