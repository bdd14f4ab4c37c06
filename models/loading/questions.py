"""Load what events ask at sign-up, and find the answers by which a row shares seats out."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from models.events import questionnaire, questions
from models.events.events import Event
from models.events.questionnaire import Added, NewQuestion
from models.events.quotas import Share
from models.loading.cells import CellReader
from models.rules.events import questions as rules
from models.rules.events import stops
from models.rules.events.questions import OfSheet, QuestionKind
from models.rules.languages import Translated
from models.rules.sentences import say
from models.store import Moment


def read(reader: CellReader) -> list[OfSheet]:
    """Return the questions in the cell, each with its answers; name what is none."""
    found = rules.read_questions(reader.text("questions"))
    if isinstance(found, str):
        reader.wrong(
            "questions",
            say(
                "'{words}' is no question with its answers, as in {example}",
                words=found,
                example="要不要订餐？要/不要",
            ),
        )
        return []
    if len(found) > rules.MOST_QUESTIONS:
        many = say("{number}; {most} at most", number=len(found), most=rules.MOST_QUESTIONS)
        reader.wrong("questions", many)
    return found


def add(
    session: Session,
    reader: CellReader,
    event: Event,
    wanted: Sequence[OfSheet],
    by: int | None,
    now: Moment,
) -> bool:
    """Ask what an event does not ask yet; what it asks besides stays, people may have answered."""
    session.flush()
    was_added = False
    asked = {each.text for each in questions.of_event(session, event.id)}
    for each in wanted:
        if each.text in asked:
            continue
        kind = QuestionKind.CHOICE if each.choices else QuestionKind.TEXT
        new = NewQuestion(
            kind,
            Translated(each.text),
            [Translated(choice) for choice in each.choices],
            per_person=each.per_person,
        )
        done = questionnaire.add(session, event.id, new, by, now)
        was_added |= isinstance(done, Added)
        if not isinstance(done, Added):
            reader.wrong("questions", say("'{words}' cannot be added any more", words=each.text))
    return was_added


def answers(
    session: Session, event_id: int | None, wanted: Sequence[OfSheet], meet: str
) -> frozenset[str]:
    """Return what can be answered at an event, of its row and as it is, and its stops."""
    asked = questions.of_event(session, event_id) if event_id is not None else ()
    return frozenset(
        [choice for each in asked for choice in each.choices]
        + [choice for each in wanted for choice in each.choices]
        + [each.name for each in stops.of(meet)]
    )


def asked(session: Session, event: Event) -> Sequence[questions.EventQuestion]:
    """Return what an event asks already."""
    return questions.of_event(session, event.id)


def linked(session: Session, event: Event, shares: Sequence[Share]) -> list[Share]:
    """Return the shares with the questions whose answers they name; others name a stop."""
    by_choice = {
        choice: each.id
        for each in reversed(questions.of_event(session, event.id))
        for choice in each.choices
        if each.kind in rules.WITH_CHOICES
    }
    return [
        replace(each, question_id=by_choice.get(each.choice)) if each.choice else each
        for each in shares
    ]
