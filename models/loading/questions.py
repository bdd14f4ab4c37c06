"""Load what events ask at sign-up, and find the answers by which a row shares seats out."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from models.events import questionnaire, questions
from models.events.events import Event
from models.events.questionnaire import Added, NewQuestion
from models.events.quotas import Share
from models.loading.cells import CellReader
from models.loading.loader import Plan
from models.network.sealing import Sealing
from models.rules.events import questions as rules
from models.rules.events import stops
from models.rules.events.questions import QuestionKind
from models.rules.events.sheet_questions import Fault, NotRead, OfSheet, read_questions
from models.rules.sentences import Text, say

_NO_NOTE = say(
    "'{words}' says nothing of '{question}' that can be said in [ ], as in {example}",
    example="带什么来？水果/零食[多选，可跳过，答“要”才问，签到时再问，保留 7 天]",
)
FAULTS: dict[Fault, Text] = {
    Fault.NO_QUESTION: say(
        "'{question}' is no question with its answers, as in {example}",
        example="要不要订餐？要/不要",
    ),
    Fault.NO_NOTE: _NO_NOTE,
    Fault.NO_CHOICES: say("'{question}' needs at least two answers, with / between them"),
    Fault.HAS_CHOICES: say("'{question}' has answers to choose from and is answered otherwise"),
    Fault.NO_ANSWER: say("no question before '{question}' has the answer '{words}'"),
    Fault.NO_DAYS: say("answers to '{question}' are kept {days} days, not {words}"),
    Fault.NOT_AGAIN: say("'{question}' cannot be asked again: it takes a photo or an ID number"),
}


def read(reader: CellReader, sealing: Sealing) -> list[OfSheet]:
    """Return the questions in the cell, each with its answers; name what is none."""
    found = read_questions(reader.text("questions"))
    if isinstance(found, NotRead):
        said = FAULTS[found.why]
        days = "/".join(map(str, found.days))
        values = {"question": found.question, "words": found.words, "days": days}
        reader.wrong("questions", Text(said.id, {**values, **said.values}))
        return []
    if len(found) > rules.MOST_QUESTIONS:
        many = say("{number}; {most} at most", number=len(found), most=rules.MOST_QUESTIONS)
        reader.wrong("questions", many)
    if any(each.kind is QuestionKind.ID_NUMBER for each in found) and not sealing:
        reader.wrong("questions", say("ID numbers are asked only where a key is set for them"))
    return found


def new(session: Session, event: Event, wanted: Sequence[OfSheet]) -> list[OfSheet]:
    """Return what an event does not ask yet; what it asks besides stays as it is."""
    asked = questions.of_event(session, event.id)
    texts, ready = {each.text for each in asked}, {each.ready for each in asked}
    return [
        each
        for each in wanted
        if each.text.text not in texts and not (each.ready and each.ready in ready)
    ]


def add(
    session: Session,
    reader: CellReader,
    event: Event,
    wanted: Sequence[OfSheet],
    plan: Plan,
) -> bool:
    """Ask what an event does not ask yet; what it asks besides stays, people may have answered."""
    session.flush()
    was_added = False
    for each in new(session, event, wanted):
        asked = NewQuestion(
            each.kind,
            each.text,
            each.choices,
            each.required,
            each.per_person,
            _before(session, event, each.if_choice),
            each.if_choice,
            at_check_in=each.at_check_in,
            asked_again=each.asked_again,
            ready=each.ready,
            keep_days=each.keep_days,
        )
        care = plan.care
        done = questionnaire.add(session, event.id, asked, plan.by, plan.now, sealing=care.sealing)
        was_added |= isinstance(done, Added)
        if not isinstance(done, Added):
            reader.wrong("questions", say("'{words}' cannot be added any more", words=each.text))
    return was_added


def _before(session: Session, event: Event, choice: str) -> int | None:
    """Return the last question so far that has this answer; None without one."""
    asked = questions.of_event(session, event.id) if choice else ()
    return next((each.id for each in reversed(asked) if choice in each.choices), None)


def answers(
    session: Session, event_id: int | None, wanted: Sequence[OfSheet], meet: str
) -> frozenset[str]:
    """Return what can be answered at an event, of its row and as it is, and its stops."""
    asked = questions.of_event(session, event_id) if event_id is not None else ()
    return frozenset(
        [choice for each in asked for choice in each.choices]
        + [choice.text for each in wanted for choice in each.choices]
        + [each.name for each in stops.of(meet)]
    )


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
