"""The questions of an event at sign-up: read and set by the desk's forms."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from console.api import events
from console.api.acts import SURE, asked, done
from console.api.events import subject
from console.api.program import Program
from console.api.routing import Call, missing
from console.api.schemas import NO_NUL, Line, Number, Page, Strict, Translations
from console.pages.events import question_form as forms
from console.pages.events import questions as desk
from models.events import course_questions, questionnaire, questions, quotas
from models.events.events import Event
from models.events.questions import EventQuestion
from models.network.stations import Station
from models.rules.events.questions import LONGEST, LONGEST_CHOICE, MOST_CHOICES, QuestionKind
from models.rules.events.ready_questions import READY
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope

READ, WRITE = Scope.EVENTS_READ, Scope.EVENTS_WRITE
PATH = "/events/{event}/questions"
QUESTION = f"{PATH}/{{question}}"

QuestionText = Annotated[str, StringConstraints(max_length=LONGEST, pattern=NO_NUL)]
Choice = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_CHOICE, pattern=r"^[^\x00\n/／、|]*$")
]
Choices = Annotated[list[Choice], Field(max_length=MOST_CHOICES)]


class Condition(Strict):
    """The answer to another question on which a question hangs."""

    question: Number
    choice: Line


class QuestionTold(BaseModel):
    """A question of an event. What people answered is not told here."""

    number: int
    kind: QuestionKind
    text: str
    choices: list[str]
    required: bool
    per_person: bool = Field(description="Asked for each person of a party, else once.")
    condition: Condition | None = Field(description="Null: it is always asked.")
    at_check_in: bool = Field(description="Whether those who check in see the answer.")
    asked_again: bool = Field(description="Whether it is asked once more at check-in.")
    ready: str = Field(description="The key of a ready-made one, else empty.")
    keep_days: int = Field(description="Answers are erased so many days after the event.")
    decides: bool = Field(description="Whether seats are shared out by its answers.")
    translations: Translations = Field(
        description="`text`, and `choice-0`, `choice-1`: by language code, in that language."
    )


class Said(Strict):
    """A question's words in a further language: as many choices as the question has."""

    text: QuestionText = ""
    choices: Choices = Field(default_factory=list)


class NewQuestion(Strict):
    """A question of one's own; `choices` are of the kinds `choice` and `choices`."""

    kind: QuestionKind
    text: Annotated[QuestionText, Field(min_length=1)]
    choices: Choices = Field(default_factory=list)
    required: bool = True
    per_person: bool = False
    condition: Condition | None = None
    at_check_in: bool = False
    asked_again: bool = False
    keep_days: Annotated[
        int | None, Field(ge=0, le=366, description="Null: as answers of this kind usually are.")
    ] = None
    translations: Annotated[
        dict[str, Said], Field(description="By language code, its words in that language.")
    ] = Field(default_factory=dict)


class ReadyQuestion(Strict):
    """A ready-made question, with what can be chosen where it leaves that open."""

    ready: Annotated[Line, Field(description=f"One of: {', '.join(READY)}.")]
    choices: Choices = Field(default_factory=list)


class QuestionChange(Strict):
    """What differs; what is left out stays. A `condition` of null lets it be always asked."""

    required: bool | None = None
    per_person: bool | None = None
    condition: Condition | None = None
    at_check_in: bool | None = None
    asked_again: bool | None = None
    keep_days: Annotated[int | None, Field(ge=0, le=366)] = None


class AtDates(BaseModel):
    """What became of all dates to come of a course."""

    dates: int = Field(description="At how many of the course's dates it was done.")
    left: list[int] = Field(
        description="The events at which it could not be done: look at their questions."
    )


class QuestionAtDates(QuestionTold, AtDates):
    """A question, and at how many other dates it is asked now as at this one."""

    unasked: int = Field(
        description="How many people signed up for these dates and were not asked everything."
    )


class LeftAtDates(Page[QuestionTold], AtDates):
    """The questions that an event has left after one was deleted at the course's dates."""


class Where(Strict):
    earlier: bool = Field(description="Whether it moves one place up, else one down.")


def all_of(program: Program, event_id: int) -> Page[QuestionTold]:
    """The questions of an event after one was moved, deleted, or asked of others."""
    event, _station = events.the(program, event_id)
    program.session.refresh(event)
    found = questions.of_event(program.session, event_id)
    decide = quotas.asked(program.session, event)
    return Page[QuestionTold](items=[_told(each, decide) for each in found])


def shown(program: Program, event_id: int, question_id: int) -> QuestionTold:
    event, _station = events.the(program, event_id)
    found = _of(program, event_id, question_id)
    return _told(found, quotas.asked(program.session, event))


def shown_at_dates(
    program: Program, event_id: int, question_id: int, dates: int, *left: int
) -> QuestionAtDates:
    told = shown(program, event_id, question_id)
    event, _station = events.the(program, event_id)
    return QuestionAtDates(
        **told.model_dump(),
        dates=dates,
        left=list(left),
        unasked=course_questions.unasked(program.session, event, program.now).people,
    )


def left_at_dates(program: Program, event_id: int, dates: int, *left: int) -> LeftAtDates:
    """The questions of an event after one was deleted at all dates of its course."""
    found = all_of(program, event_id)
    return LeftAtDates(**found.model_dump(), dates=dates, left=list(left))


def _told(each: EventQuestion, decide: set[int]) -> QuestionTold:
    on = each.if_question
    return QuestionTold(
        number=each.id,
        kind=each.kind,
        text=each.text,
        choices=each.choices,
        required=each.required,
        per_person=each.per_person,
        condition=Condition(question=on, choice=each.if_choice) if on is not None else None,
        at_check_in=each.at_check_in,
        asked_again=each.asked_again,
        ready=each.ready,
        keep_days=each.keep_days,
        decides=each.id in decide,
        translations=each.translations,
    )


def _of(program: Program, event_id: int, question_id: int) -> EventQuestion:
    """A question of this event. Raises Problem for one of another."""
    found = questions.get(program.session, question_id)
    if found is None or found.event_id != event_id:
        raise missing()
    return found


def to_run(program: Program, call: Call) -> tuple[Event, Station]:
    """The event of the path. Raises NotAllowed for who may not run it."""
    event, station = events.found(program, call)
    program.require(Act.RUN_EVENT, station, team_id=event.team_id, event_id=event.id)
    return event, station


@subject.read(PATH, scope=READ, answers=Page[QuestionTold])
def list_questions(program: Program, call: Call) -> Page[QuestionTold]:
    """List the questions of an event, in the order in which they are asked.

    There are few: all come at once.
    """
    event, _station = to_run(program, call)
    return all_of(program, event.id)


@subject.read(QUESTION, scope=READ, answers=QuestionTold)
def read_question(program: Program, call: Call) -> QuestionTold:
    """Tell of one question."""
    event, _station = to_run(program, call)
    return shown(program, event.id, call.number("question"))


@subject.write(PATH, scope=WRITE, answers=QuestionTold, shows=shown, body=NewQuestion, status=201)
def ask_question(program: Program, call: Call) -> tuple[int, ...]:
    """Ask one more question at sign-up."""
    event, _station = to_run(program, call)
    sent = call.read(NewQuestion)
    words: dict[str, Any] = {
        **sent.model_dump(include={"kind", "text", *questionnaire.CHANGEABLE, "keep_days"}),
        "choices": "\n".join(sent.choices),
        forms.CONDITION: _key(program, sent.condition),
    }
    for code, said in sent.translations.items():
        words |= {f"text-{code}": said.text, f"choices-{code}": "\n".join(said.choices)}
    new = forms.read(program, asked({}, words), desk.conditions(program, event))
    return event.id, desk.added(program, event, new).question.id


@subject.write(f"{PATH}/ready", scope=WRITE, answers=QuestionTold, shows=shown, body=ReadyQuestion)
def ask_ready_question(program: Program, call: Call) -> tuple[int, ...]:
    """Ask a ready-made question; one that is asked already stays as it is."""
    event, _station = to_run(program, call)
    sent = call.read(ReadyQuestion)
    words = {"ready": sent.ready, f"choices-of-{sent.ready}": "\n".join(sent.choices)}
    done(desk.add_ready(program, asked({"event": event.id}, words)))
    found = questions.of_event(program.session, event.id)
    return event.id, next(each.id for each in found if each.ready == sent.ready)


@subject.write(f"{PATH}/ask-others", scope=WRITE, answers=Page[QuestionTold], shows=all_of)
def ask_others(program: Program, call: Call) -> tuple[int, ...]:
    """Ask those who signed up before a question was added; they get a message."""
    number = call.number("event")
    done(desk.ask_others(program, asked({"event": number}, {})))
    return (number,)


@subject.write(
    f"{PATH}/ask-others/all-dates", scope=WRITE, answers=Page[QuestionTold], shows=all_of
)
def ask_others_at_all_dates(program: Program, call: Call) -> tuple[int, ...]:
    """Ask those who signed up before at all dates to come of a course; each gets one message."""
    number = call.number("event")
    done(desk.ask_others(program, asked({"event": number}, {"dates": True})))
    return (number,)


@subject.write(
    QUESTION,
    scope=WRITE,
    answers=QuestionTold,
    shows=shown,
    body=QuestionChange,
    method="PATCH",
)
def change_question(program: Program, call: Call) -> tuple[int, ...]:
    """Change how a question is asked; its words and choices stay."""
    event, _station = to_run(program, call)
    found = _of(program, event.id, call.number("question"))
    sent = call.read(QuestionChange)
    possible = questionnaire.conditions(program.session, found)
    words: dict[str, Any] = {
        **{what: getattr(found, what) for what in questionnaire.CHANGEABLE},
        "keep_days": found.keep_days,
        forms.CONDITION: forms.condition_now(found, possible),
    }
    words |= sent.model_dump(exclude={"condition"}, exclude_none=True)
    if "condition" in sent.model_fields_set:
        words[forms.CONDITION] = _key(program, sent.condition)
    done(desk.change(program, asked({"event": event.id, "question": found.id}, words)))
    return event.id, found.id


@subject.write(
    f"{QUESTION}/move", scope=WRITE, answers=Page[QuestionTold], shows=all_of, body=Where
)
def move_question(program: Program, call: Call) -> tuple[int, ...]:
    """Move a question up or down among the others."""
    path = {"event": call.number("event"), "question": call.number("question")}
    done(desk.move(program, asked(path, {"earlier": call.read(Where).earlier})))
    return (path["event"],)


@subject.write(f"{QUESTION}/all-dates", scope=WRITE, answers=QuestionAtDates, shows=shown_at_dates)
def ask_at_all_dates(program: Program, call: Call) -> tuple[int, ...]:
    """Ask a question at all dates to come of its course as at this one; what is so stays."""
    path = {"event": call.number("event"), "question": call.number("question")}
    spread = desk.spread(program, asked(path, {}))
    return path["event"], path["question"], spread.dates, *spread.left


@subject.write(
    f"{QUESTION}/all-dates",
    scope=WRITE,
    answers=LeftAtDates,
    shows=left_at_dates,
    method="DELETE",
)
def delete_at_all_dates(program: Program, call: Call) -> tuple[int, ...]:
    """Delete a question with all answers to it at all dates to come of its course.

    Where seats are shared out by its answers it stays.
    """
    path = {"event": call.number("event"), "question": call.number("question")}
    gone = desk.delete_at_all_dates(program, asked(path, {}))
    return path["event"], gone.dates, *gone.left


@subject.write(QUESTION, scope=WRITE, answers=Page[QuestionTold], shows=all_of, method="DELETE")
def delete_question(program: Program, call: Call) -> tuple[int, ...]:
    """Delete a question with all answers to it."""
    path = {"event": call.number("event"), "question": call.number("question")}
    done(desk.delete(program, asked(path, SURE)))
    return (path["event"],)


def _key(program: Program, condition: Condition | None) -> str:
    """A condition as the desk's form sends it; of what nobody can answer one that is refused."""
    if condition is None:
        return ""
    found = questions.get(program.session, condition.question)
    if found is None or condition.choice not in found.choices:
        return "none"
    return forms.key_of(found, condition.choice)
