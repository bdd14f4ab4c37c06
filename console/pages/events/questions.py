"""The questions of an event at sign-up: listed, added, changed, put in order and deleted."""

from typing import Any, assert_never

from bot.conversation.messages import Sayable, lines, say, say_n
from console.desk import Desk
from console.pages.events import question_form as forms
from console.pages.events.editing import SURE
from console.pages.events.section import ONE, path_of, section, to_do
from console.routing import Asked, Done, Missing, NotTaken, Page, Wrong
from handlers.events.answers import how_asked
from handlers.events.confirming import TOO_LATE
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
    counted_in_words,
    days,
    delete_with_answers,
    delete_with_answers_at,
    deleted,
    deleted_at,
    hangs_on,
    not_asked,
    spread_to,
)
from handlers.events.ready_questions import LABELS
from handlers.words import DOT, title
from models.events import answers, course_questions, questionnaire, quotas
from models.events import questions as asking
from models.events.course_questions import Spread
from models.events.events import Event
from models.events.questionnaire import Added, HangsOn, NewQuestion, NoKey, NotAdded, SharesSeats
from models.events.questions import EventQuestion
from models.rules.events import questions as rules
from models.rules.events import windows
from models.rules.events.companions import Along
from models.rules.events.questions import MOST_QUESTIONS, WITH_CHOICES, QuestionKind
from models.rules.events.ready_questions import READY
from models.rules.events.windows import EventAct
from models.rules.languages import LANGUAGES, LanguageName, Translated
from models.rules.network.permissions import Act

PATH = f"{ONE}/questions"
QUESTION = f"{PATH}/{{question:int}}"

OF_KIND = {
    **OF_CHOICES,
    **KINDS,
    QuestionKind.ID_NUMBER: say("With an ID number"),
    QuestionKind.SIZE: say("With a size"),
}
"""How each is answered."""

USUAL_DAYS = say(
    "As usual: {n} days, photos {photos}", n=rules.KEEP_DAYS, photos=rules.KEEP_DAYS_PHOTO
)
SO_ALREADY = say("It is so already.")
LONGEST_CHOICES = 300
"""Characters of a field with all choices."""


@section.page(PATH, needs=Act.RUN_EVENT)
def questions(desk: Desk, asked: Asked) -> Page:
    """The questions in the order in which they are asked, and the ways to add one."""
    event, _station = to_do(desk, asked)
    found = asking.of_event(desk.session, event.id)
    why = windows.refusal(EventAct.EDIT, event, desk.now)
    has = {each.ready for each in found}
    facts = {
        **_of_both(desk, event),
        "rows": [(each, _about(desk, event, each)) for each in found],
        "not_at_all_dates": {
            each.id for each in found if course_questions.differing(desk.session, each, desk.now)
        },
        "at_all_dates": AT_ALL_DATES,
        "why": TOO_LATE[why] if why is not None else None,
        "full": TOO_MANY if len(found) >= MOST_QUESTIONS else None,
        "ready": [(key, label) for key, label in LABELS.items() if key not in has],
        "open_ready": [key for key, each in READY.items() if _is_open(key)],
        "write_choices": WRITE_CHOICES,
        **_unasked(desk, event),
        "kinds": [*forms.OFFERED.items()],
        "conditions": forms.offered(conditions(desk, event)),
        "days": [("", USUAL_DAYS), *((n, days(n)) for n in rules.DAYS)],
        "others": [code for code in LANGUAGES if code != desk.house.home],
        "language": LanguageName,
        "longest": rules.LONGEST,
        "longest_choices": LONGEST_CHOICES,
    }
    return Page(
        "events/questions.html", say("Questions at sign-up: {title}", title=title(event)), facts
    )


@section.page(QUESTION, needs=Act.RUN_EVENT)
def question(desk: Desk, asked: Asked) -> Page:
    """One of them, and what can be set about it."""
    event, found = _one(desk, asked)
    why = windows.refusal(EventAct.EDIT, event, desk.now)
    possible = questionnaire.conditions(desk.session, found)
    facts = {
        **_of_both(desk, event),
        "question": found,
        "about": _about(desk, event, found),
        "why": TOO_LATE[why] if why is not None else None,
        "decides": found.id in quotas.asked(desk.session, event),
        "can_ask_again": found.kind in rules.ASKED_AGAIN,
        "conditions": forms.offered(possible),
        "condition": forms.condition_now(found, possible),
        "same": len(course_questions.like(desk.session, found, desk.now)),
        "days": [(n, days(n)) for n in sorted({*rules.days_for(found.kind), found.keep_days})],
    }
    return Page("events/question.html", found.text_of("text"), facts)


def _of_both(desk: Desk, event: Event) -> dict[str, Any]:
    return {"event": event, "can_be_many": Along(event.along).most > 0}


def _unasked(desk: Desk, event: Event) -> dict[str, Any]:
    """Who signed up before a question was added, here and where else at dates of its course."""
    waiting = course_questions.unasked(desk.session, event, desk.now)
    return {
        "unasked": not_asked(len(waiting.here)),
        "unasked_at_dates": not_asked(waiting.people) if waiting.elsewhere else None,
        "ask_at_all_dates": ASK_AT_ALL_DATES,
    }


def _about(desk: Desk, event: Event, each: EventQuestion) -> list[Sayable]:
    """The kind with the choices, how it is asked, and what was answered so far."""
    many = Along(event.along).most > 0
    counted = answers.counts(desk.session, event.id).get(each.id, {})
    other = asking.get(desk.session, each.if_question) if each.if_question is not None else None
    found: list[Sayable | None] = [
        lines(OF_KIND[each.kind], lines(*each.choices_said(), between=" / "), between=DOT)
        if each.choices
        else OF_KIND[each.kind],
        lines(*how_asked(desk.session, each, can_be_many=many), between=DOT),
        say("Hangs on: {question}", question=other.text_of("text")) if other is not None else None,
        counted_in_words(each, counted),
    ]
    return [said for said in found if said is not None]


def conditions(desk: Desk, event: Event) -> forms.Conditions:
    """The answers on which a new question may hang, which is asked last."""
    return [
        (each, choice)
        for each in asking.of_event(desk.session, event.id)
        if each.kind in WITH_CHOICES
        for choice in each.choices
    ]


def _is_open(key: str) -> bool:
    """Whether a ready-made question leaves open what can be chosen."""
    return READY[key].kind is QuestionKind.CHOICE and not READY[key].choices


def _one(desk: Desk, asked: Asked) -> tuple[Event, EventQuestion]:
    """The event and the question of the path. Raises Missing for one of another event."""
    event, _station = to_do(desk, asked)
    found = asking.get(desk.session, asked.number("question"))
    if found is None or found.event_id != event.id:
        raise Missing
    return event, found


def _require_in_time(desk: Desk, event: Event) -> None:
    why = windows.refusal(EventAct.EDIT, event, desk.now)
    if why is not None:
        raise NotTaken(TOO_LATE[why])


def _to_set(desk: Desk, asked: Asked) -> tuple[Event, EventQuestion]:
    event, found = _one(desk, asked)
    _require_in_time(desk, event)
    return event, found


# Adding one


@section.act(f"{PATH}/ready", again=questions, needs=Act.RUN_EVENT)
def add_ready(desk: Desk, asked: Asked) -> Done | Wrong:
    """Add a ready-made one, with what can be chosen where it leaves that open."""
    event, _station = to_do(desk, asked)
    key = asked.word("ready")
    if key not in READY:
        return Wrong(say("Pick one of these."), "ready")
    field = f"choices-of-{key}"
    said = forms.choices_of(asked.word(field), field) if _is_open(key) else ()
    new = questionnaire.of_ready(key, [Translated(each) for each in said])
    return _told(event, added(desk, event, new))


@section.act(PATH, again=questions, needs=Act.RUN_EVENT)
def add_own(desk: Desk, asked: Asked) -> Done:
    event, _station = to_do(desk, asked)
    new = forms.read(desk, asked, conditions(desk, event))
    return _told(event, added(desk, event, new))


def _told(event: Event, done: Added) -> Done:
    said = ASKED_NOW if done.is_new else SO_ALREADY
    return Done(path_of(event, "questions"), said)


def added(desk: Desk, event: Event, new: NewQuestion) -> Added:
    """Ask one more question. Raises NotTaken where none can be added."""
    done = questionnaire.add(
        desk.session, event.id, new, desk.member.id, desk.now, sealing=desk.care.sealing
    )
    match done:
        case NoKey():
            raise NotTaken(NO_KEY)
        case NotAdded(None):
            raise NotTaken(TOO_MANY)
        case NotAdded(why=why):
            assert why is not None
            raise NotTaken(TOO_LATE[why])
        case Added():
            return done
        case never:
            assert_never(never)


@section.act(f"{PATH}/others", again=questions, needs=Act.RUN_EVENT)
def ask_others(desk: Desk, asked: Asked) -> Done:
    """Ask those who signed up before a question was added, here or at all dates of its course."""
    event, _station = to_do(desk, asked)
    _require_in_time(desk, event)
    ask = (course_questions if asked.is_on("dates") else answers).ask_those_signed_up
    number = ask(desk.session, event, desk.member.id, desk.now)
    said = say_n("{n} person gets a message.", "{n} people get a message.", number)
    return Done(path_of(event, "questions"), said)


# One of them


@section.act(QUESTION, again=question, needs=Act.RUN_EVENT)
def change(desk: Desk, asked: Asked) -> Done:
    """Set what the form says otherwise than it is."""
    event, found = _to_set(desk, asked)
    session, by, now = desk.session, desk.member.id, desk.now
    if (kept := forms.days_of(asked, found.kind, found.keep_days)) not in (None, found.keep_days):
        assert kept is not None
        questionnaire.keep_for(session, found.id, kept, by, now)
    other, choice = forms.condition_of(asked, questionnaire.conditions(session, found))
    on = other.id if other is not None else None
    if (on, choice) != (found.if_question, found.if_choice):
        questionnaire.ask_if(session, found.id, on, choice, by, now)
    for what in questionnaire.CHANGEABLE:
        is_offered = what != "per_person" or Along(event.along).most > 0
        if is_offered and asked.is_on(what) != getattr(found, what):
            questionnaire.change(session, found.id, what, asked.is_on(what), by, now)
    return Done(path_of(event, "questions"), say("Saved."))


@section.act(f"{QUESTION}/move", again=questions, needs=Act.RUN_EVENT)
def move(desk: Desk, asked: Asked) -> Done | Wrong:
    event, found = _to_set(desk, asked)
    earlier = asked.is_on("earlier")
    done = questionnaire.move(desk.session, found.id, earlier, desk.member.id, desk.now)
    if isinstance(done, HangsOn):
        return Wrong(hangs_on(done))
    return Done(path_of(event, "questions"))


@section.act(f"{QUESTION}/delete", again=question, needs=Act.RUN_EVENT)
def delete(desk: Desk, asked: Asked) -> Done | Wrong:
    """Delete it; one that somebody has answered is asked about once."""
    event, found = _to_set(desk, asked)
    same = course_questions.like(desk.session, found, desk.now) if asked.is_on("dates") else []
    gone = [found, *same]
    if not asked.is_on(SURE) and course_questions.are_answered(desk.session, gone):
        many = delete_with_answers_at(found, len(gone))
        return Wrong(many if same else delete_with_answers(found), SURE)
    if same:
        return Done(path_of(event, "questions"), deleted_at(delete_at_all_dates(desk, asked)))
    said = deleted(found)
    done = questionnaire.remove(desk.session, found.id, desk.member.id, desk.now)
    if isinstance(done, SharesSeats):
        return Wrong(SHARES)
    return Done(path_of(event, "questions"), said)


@section.act(f"{QUESTION}/dates", again=questions, needs=Act.RUN_EVENT)
def ask_at_all_dates(desk: Desk, asked: Asked) -> Done:
    """Ask it at all dates to come of its course as it is asked here."""
    event, _station = to_do(desk, asked)
    done = spread(desk, asked)
    said = spread_to(done) if done.dates or done.left else SO_ALREADY
    waiting = course_questions.unasked(desk.session, event, desk.now)
    said = lines(said, not_asked(waiting.people))
    return Done(path_of(event, "questions"), said)


def spread(desk: Desk, asked: Asked) -> Spread:
    """Ask the question of the path at all dates to come, for who does so here or by a program."""
    _event, found = _to_set(desk, asked)
    session, by, sealing = desk.session, desk.member.id, desk.care.sealing
    done = course_questions.spread(session, found.id, by, desk.now, sealing=sealing)
    assert done is not None
    return done


def delete_at_all_dates(desk: Desk, asked: Asked) -> Spread:
    """Delete the question of the path at all dates to come; nobody is asked once more."""
    _event, found = _to_set(desk, asked)
    done = course_questions.remove(desk.session, found.id, desk.member.id, desk.now)
    assert done is not None
    return done
