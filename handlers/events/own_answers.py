"""The answers that somebody gave at sign-up: seen, changed, completed, remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MINE
from handlers.events import id_numbers, photo_files
from handlers.events.answers import NOT_CHANGED, in_words
from handlers.events.asking import Json, RememberAnswers, back, begin, called, gone, in_chat
from handlers.events.notices import as_card
from handlers.words import DOT, title
from models.events import answering, answers, course_questions, events, questions, signups
from models.events.answering import Noted
from models.events.answers import PersonAsked
from models.events.events import Event, SignupState
from models.events.questions import EventQuestion
from models.rules.events import windows
from models.rules.events.questions import QuestionKind
from models.rules.events.windows import EventAct
from models.sending.reasons import Reason
from models.store.compiled import Row

router = Router()


@dataclass(frozen=True, slots=True)
class MyAnswers(Action, tag="my-answers"):
    event_id: int


@dataclass(frozen=True, slots=True)
class AnswerAgain(Action, tag="answer-again"):
    """Asks one question once more, of the person of this claim.

    A photo is shown first, and asked for with ``sure``.
    """

    event_id: int
    signup_id: int
    question_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class AnswerNow(Action, tag="answer-now"):
    """Asks what was not asked yet; what is answered holds for all ``dates`` of a course."""

    event_id: int
    dates: int = 0


def changed(chat: Chat, form: Json) -> Reply:
    """Keep answers that were given after the sign-up."""
    event = events.get(chat.session, form["event_id"])
    if event is None:
        return gone()
    mine = answers.people_asked(chat.session, event.id, chat.member.id)
    said = {
        each.signup_id: values
        for each in mine
        if (values := form["said"].get(str(each.signup_id))) is not None
    }
    session, care, now = chat.session, chat.care, chat.now
    # What was begun before 0.4.0 says nothing of other dates.
    if form.get("dates"):
        done = course_questions.answer(session, event, said, chat.member.id, care, now)
        left = _left(chat, event) if isinstance(done, Noted) else None
        if left is not None:
            return left
    else:
        done = answering.put(session, event.id, said, care, now)
    before = say("✅ Noted.") if isinstance(done, Noted) else NOT_CHANGED[type(done)]
    return id_numbers.then(chat, event.id, _mine(chat, event, before=before))


def _left(chat: Chat, event: Event) -> Reply | None:
    """What another date asks besides, or about whom they bring to it; None without that."""
    for each in _unanswered(chat, event):
        if each.id != event.id and _is_left_in_chat(chat, each):
            when = lines(title(each), When(each.starts_at), between=DOT)
            return missing(chat, each, before=lines(say("✅ Noted."), when), dates=1)
    return None


def _is_left_in_chat(chat: Chat, event: Event) -> bool:
    people = answers.people_asked(chat.session, event.id, chat.member.id)
    return any(in_chat(one) for each in people for one in each.missing())


@router.button(MyAnswers)
def show_mine(chat: Chat, press: MyAnswers) -> Reply:
    event = events.get(chat.session, press.event_id)
    return _mine(chat, event) if event is not None else gone()


def _mine(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    """One's own answers, each with a tap that asks it again."""
    people = answers.people_asked(chat.session, event.id, chat.member.id)
    said = [
        (each, question)
        for each in people
        for question in each.questions
        if question.id in each.values
    ]
    rest = any(not each.is_complete for each in people)
    now = (Button(say("Answer the rest"), AnswerNow(event.id)),) if rest else ()
    if not said:
        text = lines(before, title(event), say("There is nothing to answer here."))
        return Reply(text, buttons=(*now, back(event), MINE))
    return Reply(
        lines(before, say("Your answers for {title}:", title=title(event))),
        tuple(
            Choice(
                number,
                question.text_of("text"),
                AnswerAgain(event.id, each.signup_id, question.id),
                lines(
                    called(each.name, each.number),
                    question.text_of("text"),
                    _said(question, each),
                    between=DOT,
                ),
            )
            for number, (each, question) in enumerate(said, start=1)
        ),
        (*now, back(event), MINE),
    )


def _said(question: EventQuestion, each: PersonAsked) -> Sayable:
    return in_words(question, each.values[question.id]) or say("skipped")


@router.button(AnswerAgain)
def again(chat: Chat, press: AnswerAgain) -> Reply:
    """Ask one question again, and whatever then is to be asked besides."""
    event = events.get(chat.session, press.event_id)
    if event is None:
        return gone()
    if windows.refusal(EventAct.EDIT, event, chat.now) is not None:
        return _too_late(event)
    people = answers.people_asked(chat.session, event.id, chat.member.id)
    person = next((each for each in people if each.signup_id == press.signup_id), None)
    question = questions.get(chat.session, press.question_id)
    if person is None or question is None or question not in person.questions:
        return _mine(chat, event)
    if not in_chat(question):
        return id_numbers.page(chat, event) or _mine(chat, event)
    if question.kind is QuestionKind.PHOTO and not press.sure:
        return _own_photo(chat, event, press) or begin(chat, event, [person], without=[question.id])
    return begin(chat, event, [person], without=[press.question_id])


def _own_photo(chat: Chat, event: Event, press: AnswerAgain) -> Reply | None:
    """The photo that was sent, with the ways to send another; None where none is there."""
    file = photo_files.own(chat, press.question_id, press.signup_id)
    question = questions.get(chat.session, press.question_id)
    if file is None or question is None:
        return None
    return Reply(
        lines(question.text_of("text"), say("This is what you sent. Organizers of it see it.")),
        buttons=(
            Button(say("Send another"), replace(press, sure=1)),
            Button(say("My answers"), MyAnswers(event.id)),
            back(event),
        ),
        file=file,
    )


@router.button(AnswerNow)
def rest(chat: Chat, press: AnswerNow) -> Reply:
    """Ask what was not asked yet, of oneself and of those one brings."""
    event = events.get(chat.session, press.event_id)
    if event is not None and press.dates:
        event = next(iter(_unanswered(chat, event)), event)
    if event is None:
        return gone()
    if windows.refusal(EventAct.EDIT, event, chat.now) is not None:
        return _too_late(event)
    return missing(chat, event, dates=press.dates) or _mine(chat, event)


def missing(
    chat: Chat, event: Event | Row, *, before: Sayable | None = None, dates: int = 0
) -> Reply | None:
    """The first question that was not asked yet of this member's party; None where all were.

    With ``dates`` what they answer holds for all dates of its course.
    """
    if not event.questions:
        return None
    people = answers.people_asked(chat.session, event.id, chat.member.id)
    asked = [each for each in people if any(in_chat(one) for one in each.missing())]
    if not asked and any(each.missing() for each in people):
        return id_numbers.page(chat, event, before=before)
    return begin(chat, event, asked, before=before, dates=dates) if asked else None


def on_card(chat: Chat, event: Event, claim: Any) -> tuple[Choice, ...]:
    """The way to one's answers from the event's page."""
    if not event.questions or claim is None or claim.state in signups.CAME:
        return ()
    people = answers.people_asked(chat.session, event.id, chat.member.id)
    if not any(each.questions for each in people):
        return ()
    if all(each.is_complete for each in people):
        return (Choice(1, say("My answers"), MyAnswers(event.id)),)
    return (Choice(1, say("Answer the questions"), AnswerNow(event.id)),)


def left_in_chat(chat: Chat, event: Event, claim: Any) -> tuple[Choice, ...]:
    """The way to what is still to be answered in the chat, right after a sign-up."""
    if not event.questions or claim is None:
        return ()
    if not _is_left_in_chat(chat, event):
        return ()
    return (Choice(1, say("Answer the questions"), AnswerNow(event.id)),)


@router.button(RememberAnswers)
def remember(chat: Chat, press: RememberAnswers) -> Reply:
    event = events.get(chat.session, press.event_id)
    if event is None:
        return gone()
    answers.keep_for_next(chat.session, event.id, chat.member.id, chat.now)
    said = say("All right: next time they are one tap. “Privacy” shows and deletes them.")
    return Reply(said, buttons=(back(event), MINE))


@router.notice("sign-up-questions")
def asked_later(chat: Chat, facts: Json) -> Reply | Drop:
    """Tell somebody with a claim that something is asked of them that was not asked before."""
    event = events.get(chat.session, facts["event_id"])
    if event is not None and facts.get("dates"):
        return _asked_at_dates(event, _unanswered(chat, event))
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    if event is None or windows.refusal(EventAct.EDIT, event, chat.now) is not None:
        return Drop(Reason.OUTDATED)
    if claim is None or claim.state not in (*signups.LIVE, SignupState.ENTERED):
        return Drop(Reason.NOT_SIGNED_UP)
    people = answers.people_asked(chat.session, event.id, chat.member.id)
    number = sum(not each.is_complete for each in people)
    if not number:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("🔔 {title}: its organizers ask something.", title=title(event)),
            say_n("It takes a tap or two.", "It takes a tap or two for each of you.", number),
        ),
        buttons=(Button(say("Answer"), AnswerNow(event.id)), back(event)),
        card=as_card(event, say("A question to you")),
    )


def _asked_at_dates(event: Event, dates: Sequence[Event]) -> Reply | Drop:
    """Tell them of the first of their dates that asks something, and that one answer does."""
    if not dates:
        return Drop(Reason.OUTDATED)
    first = dates[0]
    return Reply(
        lines(
            say("🔔 {title}: its organizers ask something.", title=title(first)),
            say("One answer does for your {n} dates.", n=len(dates)) if len(dates) > 1 else None,
            say_n("It takes a tap or two.", "It takes a tap or two for each of you.", 1),
        ),
        buttons=(Button(say("Answer"), AnswerNow(first.id, 1)), back(first)),
        card=as_card(first, say("A question to you")),
    )


def _unanswered(chat: Chat, event: Event) -> list[Event]:
    return course_questions.unanswered(chat.session, event, chat.member.id, chat.now)


def _too_late(event: Event) -> Reply:
    return Reply(
        say("{title} is over or cancelled, so nothing changes any more.", title=title(event)),
        buttons=(EVENTS, MINE),
    )
