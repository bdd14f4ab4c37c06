"""What an organizer has people asked at sign-up: ready-made questions, own ones, the answers."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.events.answers import how_asked
from handlers.events.buttons import MY_EVENTS, AskIf, KeepDays, Run
from handlers.events.id_numbers import ReadIds
from handlers.events.photo_files import ShowSenders
from handlers.events.question_words import (
    ASK_AT_ALL_DATES,
    ASKED_NOW,
    AT_ALL_DATES,
    KINDS,
    NO_KEY,
    OF_CHOICES,
    SHARES,
    TOO_MANY,
    WRITE_CHOICES,
    check_choices,
    counted_in_words,
    delete_at_dates,
    delete_with_answers,
    deleted,
    deleted_at,
    hangs_on,
    not_asked,
    spread_to,
    too_long,
)
from handlers.events.ready_questions import LABELS
from handlers.events.running import run_card, to_prepare
from handlers.words import DOT, title
from models.events import answers, course_questions, questionnaire, questions, quotas
from models.events.events import Event
from models.events.questionnaire import Added, HangsOn, NewQuestion, NoKey, NotAdded, SharesSeats
from models.events.questions import EventQuestion
from models.rules.events import questions as rules
from models.rules.events.companions import Along
from models.rules.events.questions import QuestionKind, Written, WrongAnswer
from models.rules.events.ready_questions import READY
from models.rules.languages import Translated

router = Router()

WHAT = "questions"
"""What ``Run`` shows of an event here."""


@dataclass(frozen=True, slots=True)
class AskReady(Action, tag="ask-ready"):
    """Adds the ready-made question of this key; without one it lists them."""

    event_id: int
    ready: str = ""


@dataclass(frozen=True, slots=True)
class WriteQuestion(Action, tag="write-question"):
    event_id: int


@dataclass(frozen=True, slots=True)
class ShowQuestion(Action, tag="question"):
    question_id: int


@dataclass(frozen=True, slots=True)
class SetQuestion(Action, tag="set-question"):
    """Switches what ``models.events.questions.CHANGEABLE`` names."""

    question_id: int
    what: str
    value: int


@dataclass(frozen=True, slots=True)
class MoveQuestion(Action, tag="move-question"):
    """Asks a question one place ``earlier`` or later."""

    question_id: int
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class DeleteQuestion(Action, tag="delete-question"):
    """Deletes a question, of a course at all its ``dates`` to come if wanted.

    It asks once where somebody has answered it, or other dates ask it as well.
    """

    question_id: int
    sure: int = 0
    dates: int = 0


@dataclass(frozen=True, slots=True)
class AskAtAllDates(Action, tag="ask-dates"):
    """Asks a question at all dates to come of its course as at this one."""

    question_id: int


@dataclass(frozen=True, slots=True)
class AskThose(Action, tag="ask-those"):
    """Asks those who signed up before a question was added, of a course at all ``dates``."""

    event_id: int
    dates: int = 0


# The list


def show(chat: Chat, event: Event) -> Reply:
    """The questions of an event with what was answered; the ready-made ones where it has none."""
    asked = questions.of_event(chat.session, event.id)
    if not asked:
        return _ready_made(chat, event)
    counted = answers.counts(chat.session, event.id)
    another = Button(say("Another question"), AskReady(event.id))
    return Reply(
        say("Asked at sign-up for {title}:", title=title(event)),
        tuple(
            Choice(
                number,
                each.text_of("text"),
                ShowQuestion(each.id),
                lines(
                    each.text_of("text"),
                    counted_in_words(each, counted.get(each.id, {})),
                    between=DOT,
                ),
            )
            for number, each in enumerate(asked, start=1)
        ),
        (another, *_those(chat, event), Button(say("Back"), Run(event.id)))[:3],
    )


def _those(chat: Chat, event: Event) -> tuple[Button, ...]:
    """The button that asks those who were not asked, where there are any, here or at any date."""
    waiting = course_questions.unasked(chat.session, event, chat.now)
    if waiting.elsewhere:
        return (Button(ASK_AT_ALL_DATES, AskThose(event.id, 1)),)
    return (Button(say("Ask the others"), AskThose(event.id)),) if waiting.here else ()


def _ready_made(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    has = {each.ready for each in questions.of_event(chat.session, event.id)}
    left = [(key, label) for key, label in LABELS.items() if key not in has]
    own = Button(say("Write my own"), WriteQuestion(event.id))
    back = Button(say("Back"), Run(event.id, WHAT) if has else Run(event.id))
    return Reply(
        lines(
            before, say("What shall people be asked at sign-up for {title}?", title=title(event))
        ),
        tuple(
            Choice(number, label, AskReady(event.id, key))
            for number, (key, label) in enumerate(left, start=1)
        ),
        (own, back),
    )


# Adding one


@router.button(AskReady)
def ask_ready(chat: Chat, press: AskReady) -> Reply:
    event, refusal = to_prepare(chat, press.event_id)
    if event is None:
        return refusal
    ready = READY.get(press.ready)
    if ready is None:
        return _ready_made(chat, event)
    if ready.kind is QuestionKind.CHOICE and not ready.choices:
        return choices.begin(chat, event_id=event.id, ready=press.ready)
    return _add(chat, event, questionnaire.of_ready(press.ready))


@router.dialog("question-choices")
def choices(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask for what can be chosen, of a ready-made question that leaves it open."""
    words = yield Question(
        "choices",
        WRITE_CHOICES,
        check=check_choices,
    )
    return start["event_id"], start["ready"], words


@choices.done
def add_with_choices(chat: Chat, form: tuple[int, str, str]) -> Reply:
    event, refusal = to_prepare(chat, form[0])
    if event is None:
        return refusal
    said = [Translated(each) for each in rules.read_choices(form[2])]
    return _add(chat, event, questionnaire.of_ready(form[1], said))


@router.button(WriteQuestion)
def write(chat: Chat, press: WriteQuestion) -> Reply:
    event, refusal = to_prepare(chat, press.event_id)
    return own.begin(chat, event_id=event.id) if event is not None else refusal


@router.dialog("own-question", draft=say("Finish the question"))
def own(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask for the question, and how it is answered: nothing of that is guessed."""
    words = yield Question(
        "question",
        lines(
            say("Write the question, and behind it the answers to choose from:"),
            say("“Will you eat with us? yes/no”. Without answers people write their own."),
        ),
        check=_question,
    )
    written = rules.read_question(words)
    assert isinstance(written, Written), words
    options = OF_CHOICES if written.choices else KINDS
    kind = yield Question(
        "kind",
        lines(
            written.text,
            lines(*written.choices, between=" / "),
            say("How is it answered?"),
        ),
        options=tuple(Option(str(each), label) for each, label in options.items()),
    )
    return start["event_id"], words, kind


def _question(words: str) -> str | Wrong:
    match rules.read_question(words):
        case WrongAnswer.EMPTY:
            return Wrong(say("Write a few words."))
        case WrongAnswer():
            return Wrong(too_long())
        case _:
            return words


@own.done
def add_own(chat: Chat, form: tuple[int, str, str]) -> Reply:
    event, refusal = to_prepare(chat, form[0])
    written = rules.read_question(form[1])
    if event is None or not isinstance(written, Written):
        return refusal
    said = [Translated(each) for each in written.choices]
    return _add(chat, event, NewQuestion(QuestionKind(form[2]), Translated(written.text), said))


def _add(chat: Chat, event: Event, new: NewQuestion) -> Reply:
    sealing = chat.care.sealing
    match questionnaire.add(chat.session, event.id, new, chat.member.id, chat.now, sealing=sealing):
        case NoKey():
            return Reply(NO_KEY, buttons=(Button(say("Back"), Run(event.id, WHAT)), MY_EVENTS))
        case NotAdded(None):
            return Reply(TOO_MANY, buttons=(Button(say("Back"), Run(event.id, WHAT)), MY_EVENTS))
        case NotAdded():
            return run_card(chat, event)
        case Added(question, is_new):
            before = ASKED_NOW if is_new else None
            return _page(chat, event, question, before=before)


# One of them


@router.button(ShowQuestion)
def show_question(chat: Chat, press: ShowQuestion) -> Reply:
    return with_question(chat, press.question_id)


@router.button(SetQuestion)
def set_question(chat: Chat, press: SetQuestion) -> Reply:
    question = questions.get(chat.session, press.question_id)
    event, refusal = to_prepare(chat, question.event_id if question is not None else 0)
    if event is None:
        return refusal
    value = bool(press.value)
    questionnaire.change(
        chat.session, press.question_id, press.what, value, chat.member.id, chat.now
    )
    return with_question(chat, press.question_id)


@router.button(MoveQuestion)
def move_question(chat: Chat, press: MoveQuestion) -> Reply:
    """Move it by one place, and show it again with its place: another tap moves it further."""
    question = questions.get(chat.session, press.question_id)
    event, refusal = to_prepare(chat, question.event_id if question is not None else 0)
    if event is None or question is None:
        return refusal
    by, earlier = chat.member.id, bool(press.earlier)
    done = questionnaire.move(chat.session, question.id, earlier, by, chat.now)
    asked = [each.id for each in questions.of_event(chat.session, event.id)]
    place = say("It is number {n} of {all} now.", n=asked.index(question.id) + 1, all=len(asked))
    told = hangs_on(done) if isinstance(done, HangsOn) else place
    return replace(_page(chat, event, question, before=told), edit=True)


@router.button(DeleteQuestion)
def delete_question(chat: Chat, press: DeleteQuestion) -> Reply:
    question = questions.get(chat.session, press.question_id)
    event, refusal = to_prepare(chat, question.event_id if question is not None else 0)
    if event is None or question is None:
        return refusal
    same = course_questions.like(chat.session, question, chat.now)
    is_answered = course_questions.are_answered(chat.session, [question, *same])
    if same and not press.sure:
        return Reply(
            delete_at_dates(question, 1 + len(same), is_answered=is_answered),
            buttons=(
                Button(say("Delete here"), DeleteQuestion(question.id, 1)),
                Button(say("Delete at every date"), DeleteQuestion(question.id, 1, 1)),
                Button(say("Keep it"), ShowQuestion(question.id)),
            ),
        )
    if is_answered and not press.sure:
        return Reply(
            delete_with_answers(question),
            buttons=(
                Button(say("Delete it"), DeleteQuestion(question.id, 1)),
                Button(say("Keep it"), ShowQuestion(question.id)),
            ),
        )
    if press.dates:
        gone = course_questions.remove(chat.session, question.id, chat.member.id, chat.now)
        following = show(chat, event)
        told = deleted_at(gone) if gone is not None else None
        return Reply(lines(told, following.text), following.choices, following.buttons)
    said = deleted(question)
    done = questionnaire.remove(chat.session, question.id, chat.member.id, chat.now)
    if isinstance(done, SharesSeats):
        return Reply(
            SHARES,
            buttons=(
                Button(say("Share seats out"), Run(event.id, "shares")),
                Button(say("Keep it"), ShowQuestion(question.id)),
            ),
        )
    following = show(chat, event)
    return Reply(lines(said, following.text), following.choices, following.buttons)


@router.button(AskAtAllDates)
def ask_at_all_dates(chat: Chat, press: AskAtAllDates) -> Reply:
    question = questions.get(chat.session, press.question_id)
    event, refusal = to_prepare(chat, question.event_id if question is not None else 0)
    if event is None or question is None:
        return refusal
    sealing = chat.care.sealing
    done = course_questions.spread(
        chat.session, question.id, chat.member.id, chat.now, sealing=sealing
    )
    waiting = course_questions.unasked(chat.session, event, chat.now)
    told = lines(spread_to(done), not_asked(waiting.people)) if done is not None else None
    return _page(chat, event, question, before=told)


@router.button(AskThose)
def ask_those(chat: Chat, press: AskThose) -> Reply:
    event, refusal = to_prepare(chat, press.event_id)
    if event is None:
        return refusal
    ask = (course_questions if press.dates else answers).ask_those_signed_up
    number = ask(chat.session, event, chat.member.id, chat.now)
    said = say_n("{n} person gets a message.", "{n} people get a message.", number)
    return Reply(said, buttons=(Button(say("Back"), Run(event.id, WHAT)), MY_EVENTS))


def with_question(chat: Chat, question_id: int) -> Reply:
    question = questions.get(chat.session, question_id)
    event, refusal = to_prepare(chat, question.event_id if question is not None else 0)
    if event is None or question is None:
        return refusal
    return _page(chat, event, question)


def _page(
    chat: Chat, event: Event, question: EventQuestion, *, before: Sayable | None = None
) -> Reply:
    """One question with its answers so far, and what can be set about it."""
    counted = answers.counts(chat.session, event.id).get(question.id, {})
    can_be_many = Along(event.along).most > 0

    def switch(what: str, on: Sayable, off: Sayable) -> tuple[Sayable, Action]:
        is_on = getattr(question, what)
        return (off if is_on else on), SetQuestion(question.id, what, int(not is_on))

    acts: list[tuple[Sayable, Action]] = []
    if question.id not in quotas.asked(chat.session, event):
        acts.append(switch("required", say("It must be answered"), say("It may be skipped")))
    acts.append(switch("at_check_in", say("Show it at check-in"), say("Not shown at check-in")))
    if question.kind in rules.ASKED_AGAIN:
        again, not_again = say("Ask again at check-in"), say("Not again at check-in")
        acts.append(switch("asked_again", again, not_again))
    if can_be_many:
        acts.append(switch("per_person", say("Ask for each person"), say("Ask once for a party")))
    if question.kind in rules.WITH_CHOICES and event.seats is not None:
        acts.append((say("Share seats out by it"), Run(event.id, "shares")))
    if question.kind is QuestionKind.ID_NUMBER and counted:
        acts.append((say("Numbers in full"), ReadIds(event.id)))
    if question.kind is QuestionKind.PHOTO and counted:
        acts.append((say("Look at the photos"), ShowSenders(question.id)))
    acts.append((say("Only after an answer"), AskIf(question.id)))
    acts.append((say("How long to keep"), KeepDays(question.id)))
    asked = [each.id for each in questions.of_event(chat.session, event.id)]
    if question.id != asked[0]:
        acts.append((say("Ask it earlier"), MoveQuestion(question.id, 1)))
    if question.id != asked[-1]:
        acts.append((say("Ask it later"), MoveQuestion(question.id)))
    acts.append((say("Delete the question"), DeleteQuestion(question.id)))
    return Reply(
        lines(
            before,
            question.text_of("text"),
            lines(*question.choices_said(), between=" / ") if question.choices else None,
            lines(*how_asked(chat.session, question, can_be_many=can_be_many), between=DOT),
            counted_in_words(question, counted),
        ),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(acts, start=1)),
        (
            Button(say("Another question"), AskReady(event.id)),
            *(_at_all_dates(chat, question) or _those(chat, event)),
            Button(say("Back"), Run(event.id, WHAT)),
        ),
    )


def _at_all_dates(chat: Chat, question: EventQuestion) -> tuple[Button, ...]:
    """The button that asks it at the other dates of a course, where one differs."""
    if not course_questions.differing(chat.session, question, chat.now):
        return ()
    return (Button(AT_ALL_DATES, AskAtAllDates(question.id)),)
