"""The questions of an event, asked one by one: before the seat is claimed, or afterwards."""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.conversation.asking import Dialog
from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, State, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Reply,
    Sayable,
    lines,
    say,
)
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE, OpenEvent
from handlers.events import claims, room
from handlers.events.ready_questions import everywhere
from handlers.words import DOT, seats_left, title
from models.events import (
    answering,
    answers,
    draws,
    events,
    gates,
    parties,
    questions,
    quotas,
    signups,
    stops,
)
from models.events.answers import PersonAsked
from models.events.events import Event
from models.events.parties import Companion
from models.events.questions import EventQuestion
from models.rules.events import questions as rules
from models.rules.events import windows
from models.rules.events.questions import (
    STOP,
    Asked,
    Condition,
    QuestionKind,
    Values,
    WrongAnswer,
)
from models.rules.events.windows import EventAct
from models.rules.languages import LANGUAGES, Translated
from models.store.compiled import Row

router = Router()

KEPT = "kept"
SIZES = tuple(Option(size, size) for size in rules.SIZES)
Json = Mapping[str, Any]
"""A question, or a person who is asked, as the dialog keeps them."""


@dataclass(frozen=True, slots=True)
class RememberAnswers(Action, tag="remember-answers"):
    """Lets the station keep the answers for the next event."""

    event_id: int


WRONG: dict[WrongAnswer, Sayable] = {
    WrongAnswer.EMPTY: say("Write a few words."),
    WrongAnswer.TOO_LONG: say("That's too long: {n} characters at most.", n=rules.LONGEST),
    WrongAnswer.NO_CHOICE: say("Pick one of these, or send its number."),
    WrongAnswer.NO_NUMBER: say("Write a whole number like 3."),
    WrongAnswer.NO_DATE: say("Write the day with its year, like 1990-5-31."),
    WrongAnswer.NO_PHONE: say("That's no phone number. A mobile has 11 digits."),
    WrongAnswer.NO_SIZE: say("Write a size like M, XL or 2XL."),
    WrongAnswer.NO_PHOTO: say("This one takes a picture: take a photo or choose one, and send it."),
}

NO_ID_HERE = say(
    "Don't write an ID number here: a chat is no place for it, and nobody asks for it."
)
ID_ON_ITS_PAGE = say(
    "Don't write an ID number here: a chat is no place for it. "
    "When these questions are done you get a page to type it on."
)


# The dialog


def _worth(chat: Chat, state: State) -> bool:
    """Whether something was answered, and the event still takes it."""
    event = events.get(chat.session, state.start["event_id"])
    if event is None or not state.answers:
        return False
    return windows.refusal(EventAct.SIGN_UP, event, chat.now) is None


@router.dialog("asked", draft=say("Finish sign-up"), worth=_worth, of_oneself=True)
def dialog(start: Json) -> Generator[Question, Any, Any]:
    """Ask each person what concerns them and was not answered; the form holds all answers.

    It is None after a consent without which nobody can come was refused.
    """
    said: dict[str, dict[int, str]] = {}
    is_first = True
    for person in start["people"]:
        values = {int(number): value for number, value in person["values"].items()}
        asked = [as_asked(each) for each in person["questions"]]
        for each in person["questions"]:
            if each["id"] in values or each["id"] not in rules.shown(asked, values):
                continue
            if each["kind"] == QuestionKind.ID_NUMBER:
                # It is typed on a page, and its answer never passes through here.
                continue
            answer = yield question_of(start, person, each, values, is_first=is_first)
            if answer == "no" and each["kind"] == QuestionKind.CONSENT:
                return {**start, "said": None}
            values[each["id"]] = value_of(each, answer, start["kept"])
            is_first = False
        said[str(person["signup"])] = values
    return {**start, "said": said}


def in_chat(question: EventQuestion) -> bool:
    """Whether a question is asked in the chat: ID numbers are not."""
    return question.kind is not QuestionKind.ID_NUMBER


def as_asked(each: Json) -> Asked:
    return Asked(each["id"], Condition(*each["if"]) if each["if"] else None)


def question_of(start: Json, person: Json, each: Json, said: Values, *, is_first: bool) -> Question:
    kind, name = QuestionKind(each["kind"]), f"{person['signup']}-{each['id']}"
    text = partial(_text, start, person, each, is_first, dict(said))
    skip = None if each["required"] else say("Skip")
    kept = start["kept"].get(each["key"], "") if not person["number"] else ""
    as_before = (Option(KEPT, say("As before: {answer}", answer=kept)),) if kept else ()
    check = partial(_check, start, kind)
    match kind:
        case QuestionKind.CHOICE | QuestionKind.CHOICES:
            options = tuple(
                Option(str(number), Translated(*choice))
                for number, choice in enumerate(each["choices"])
            )
            many = kind is QuestionKind.CHOICES
            return Question(name, text, options, many=many, skip=skip)
        case QuestionKind.SIZE:
            return Question(name, text, (*as_before, *SIZES), check=check, skip=skip)
        case QuestionKind.CONSENT:
            agree = Option(rules.YES, say("I agree"))
            options = (agree, Option("no", say("I don't agree"))) if each["required"] else (agree,)
            return Question(name, text, options, skip=skip)
        case QuestionKind.PHOTO:
            return Question(name, text, check=check, skip=skip, pictures=True, private=True)
        case QuestionKind.NUMBER:
            # Beside an option a number would be its place.
            return Question(name, text, check=check, skip=skip)
        case _:
            return Question(name, text, as_before, check=check, skip=skip)


def _text(
    start: Json, person: Json, each: Json, is_first: bool, before: Values, chat: Chat
) -> Sayable:
    """The question; at sign-up below what is left of the seats, read whenever it is asked."""
    said: Sayable = Translated(*each["text"])
    if person["number"]:
        name = called(person["name"], person["number"])
        said = say("{name}: {question}", name=name, question=said)
    event = events.get(chat.session, start["event_id"])
    if event is None or not is_sign_up(start):
        return said
    if start.get("handover"):
        return lines(title(event), said)
    shared = room.open_by(chat, event, each["id"], before)
    left = None if shared is not None else seats_left(event, chat.now)
    return lines(
        lines(title(event), left, between=DOT),
        claims.in_the_way(chat, event) if is_first else None,
        shared,
        said,
    )


def _asks_id(start: Json) -> bool:
    """Whether an ID number is asked of any of them, on the page for it."""
    return any(
        each["kind"] == QuestionKind.ID_NUMBER
        for person in start["people"]
        for each in person["questions"]
    )


def _check(start: Json, kind: QuestionKind, words: str) -> str | Wrong:
    checked = rules.check(kind, words)
    if not isinstance(checked, WrongAnswer):
        return checked
    if rules.holds_id_number(words):
        return Wrong(ID_ON_ITS_PAGE if _asks_id(start) else NO_ID_HERE)
    return Wrong(WRONG[checked])


def value_of(each: Json, answer: str | list[str] | Json | None, kept: Mapping[str, str]) -> str:
    """The answer as it is kept; empty where it was skipped."""
    if not answer:
        return ""
    if isinstance(answer, list):
        return "\n".join(each["choices"][int(number)][0] for number in sorted(answer, key=int))
    if isinstance(answer, Mapping):
        return str(answer["picture"])
    if answer == KEPT:
        return kept[each["key"]]
    if each["kind"] == QuestionKind.CHOICE:
        text: str = each["choices"][int(answer)][0]
        return text
    return answer


def called(name: str, number: int) -> Sayable:
    """Somebody who comes along, with or without a name; the member themselves is the first."""
    return name or (say("Person {n}", n=number + 1) if number else "")


def begin(
    chat: Chat,
    event: Event | Row,
    people: Iterable[PersonAsked],
    *,
    bringing: Sequence[Companion] = (),
    before: Sayable | None = None,
    without: Sequence[int] = (),
    stop: bool = False,
    within: Dialog | None = None,
    handover: int = 0,
    birth_year: int | None = None,
    **start: Any,
) -> Reply:
    """Ask these people; what they answered is asked again only if it is in ``without``.

    With ``stop`` the first of them is asked where they get on before anything else. ``within`` is
    another dialog that is begun with ``start`` as well; of whoever takes over the seat of
    ``handover``, or of a course.
    """
    first = (_stop_to_json(chat, event),) if stop else ()
    return (within or dialog).begin(
        chat,
        before=before,
        handover=handover,
        event_id=event.id,
        birth_year=birth_year,
        kept=answers.kept_of(chat.session, chat.member.id),
        bringing=[[each.name, each.member_id, each.is_child] for each in bringing],
        people=[
            {
                "signup": each.signup_id,
                "name": each.name,
                "number": each.number,
                "questions": [
                    *(first if not place else ()),
                    *(to_json(one) for one in each.questions),
                ],
                "values": {
                    str(number): value
                    for number, value in each.values.items()
                    if number not in without
                },
            }
            for place, each in enumerate(people)
        ],
        **start,
    )


def _stop_to_json(chat: Chat, event: Event | Row) -> dict[str, Any]:
    """At which stop somebody gets on, as a question of the dialog."""
    labels = stops.labels(chat.session.get_one(Event, event.id))
    text = everywhere(say("Where do you get on?"))
    return {
        "id": STOP,
        "kind": str(QuestionKind.CHOICE),
        "text": [text.text, dict(text.translations)],
        "choices": [
            [name, {code: label.to(code) for code in LANGUAGES}] for name, label in labels.items()
        ],
        "required": True,
        "key": "",
        "if": None,
    }


def to_json(each: EventQuestion) -> dict[str, Any]:
    text = each.text_of("text")
    return {
        "id": each.id,
        "kind": str(each.kind),
        "text": [text.text, dict(text.translations)],
        "choices": [[one.text, dict(one.translations)] for one in each.choices_said()],
        "required": each.required,
        "key": each.key,
        "ready": each.ready != "",
        "if": [each.if_question, each.if_choice] if each.if_question is not None else None,
    }


# Before the seat is claimed


def first(
    chat: Chat,
    event: Event,
    bringing: Sequence[Companion] = (),
    *,
    birth_year: int | None = None,
) -> Reply | None:
    """The first question to somebody who may sign up; None where there is nothing to ask.

    Those of ``bringing`` who have no chat are asked through them.
    """
    if not (event.questions or event.quotas):
        return None
    if windows.refusal(EventAct.SIGN_UP, event, chat.now) is not None:
        return None
    if signups.claim_of(chat.session, event.id, chat.member.id) is not None:
        return None
    if gates.why_closed(
        chat.session, event, chat.member, chat.care, chat.now, birth_year=birth_year
    ):
        return None
    if signups.was_refused(chat.session, event, chat.member.id):
        return None
    if not draws.may_enter(chat.session, event, chat.member.id):
        # They hear how they may; nothing is asked before that.
        return None
    asked = questions.of_event(chat.session, event.id)
    decides = quotas.asked(chat.session, event)
    stop = STOP in decides
    if not asked and not stop:
        return None
    people = [PersonAsked(0, "", asked, {}), *_who_come(asked, decides, bringing)]
    if not stop and not any(in_chat(each) for each in asked):
        # ID numbers alone are typed on a page once there is a seat.
        return None
    return begin(chat, event, people, bringing=bringing, stop=stop, birth_year=birth_year)


def of_companions(chat: Chat, event: Event, bringing: Sequence[Companion]) -> Reply | None:
    """The first question about people who come along later, where seats hang on the answers."""
    decides = quotas.asked(chat.session, event)
    people = _who_come(questions.of_event(chat.session, event.id), decides, bringing)
    if not any(each.id in decides for person in people for each in person.questions):
        return None
    asked = [each for each in people if each.questions]
    return begin(chat, event, asked, bringing=bringing)


def _who_come(
    asked: Sequence[EventQuestion], decides: Collection[int], bringing: Sequence[Companion]
) -> list[PersonAsked]:
    """Those who come along, with what of this whoever brings them is asked about each.

    Of somebody with a chat that is only what decides whether there is a seat.
    """
    of_each = [each for each in asked if each.per_person]
    for_seats = [each for each in of_each if each.id in decides]
    return [
        PersonAsked(
            -number, each.name, of_each if each.member_id is None else for_seats, {}, number
        )
        for number, each in enumerate(bringing, start=1)
    ]


def of_newcomer(chat: Chat, event: Event, within: Dialog, handover: int) -> Reply | None:
    """The first question to somebody who takes over a seat; None where nothing is asked.

    ``within`` is the dialog whose end gives them the seat.
    """
    asked = questions.of_event(chat.session, event.id) if event.questions else ()
    stop = STOP in quotas.asked(chat.session, event)
    if not asked and not stop:
        return None
    people = [PersonAsked(0, "", asked, {})]
    return begin(chat, event, people, stop=stop, within=within, handover=handover)


def companions_of(form: Json) -> list[Companion]:
    """Those who come along, as they were given before the questions."""
    return [Companion(name, number, is_child) for name, number, is_child in form["bringing"]]


def is_sign_up(form: Json) -> bool:
    """Whether the answers are of somebody who has no seat yet."""
    return bool(form["people"][0]["signup"] == 0)


def is_bringing(form: Json) -> bool:
    """Whether the answers are of people who are to come along with somebody who signed up."""
    return bool(form["people"][0]["signup"] < 0)


def said_by(form: Json, number: int) -> Values:
    """What one of those who sign up together answered; 0 is the member themselves.

    Where the party gets on is asked once.
    """
    led, own = form["said"].get("0", {}), form["said"].get(str(-number), {})
    return {**own, STOP: led[STOP]} if STOP in led else own


def refused(chat: Chat, form: Json) -> Reply:
    """What they hear who did not agree to what they had to agree to."""
    event = events.get(chat.session, form["event_id"])
    if event is None:
        return gone()
    said = (
        say("All right, you're not signed up: {title}.", title=title(event))
        if is_sign_up(form)
        else say("All right, nothing was changed.")
    )
    return Reply(said, buttons=(back(event), EVENTS, MINE))


def keep(chat: Chat, form: Json, reply: Reply, claim: Row | None) -> Reply:
    """Keep the answers with the claim that was just made; the reply offers to remember them.

    Where the sign-up came to nothing, and there is no claim, they are dropped.
    """
    if claim is None:
        return reply
    event_id, said = form["event_id"], {claim.id: said_by(form, 0)} if is_sign_up(form) else {}
    along = [said_by(form, number) for number in range(1, 1 + len(form["bringing"]))]
    if any(along):
        added = parties.newest(chat.session, claim.id, len(along))
        said |= dict(zip(added, along, strict=True))
    answering.keep_first(chat.session, event_id, said, chat.care, chat.now)
    if len(reply.buttons) > 2 or not _is_of_use(form):
        return reply
    remember = Button(say("Remember answers"), RememberAnswers(event_id))
    return replace(reply, buttons=(*reply.buttons, remember))


def _is_of_use(form: Json) -> bool:
    """Whether the member answered what can be kept for the next event, and is not kept yet."""
    said, kept = form["said"].get("0", {}), form["kept"]
    return any(
        said[each["id"]] not in ("", kept.get(each["key"]))
        for each in form["people"][0]["questions"]
        # What was begun before 0.4.0 does not say which questions are ready-made.
        if each.get("ready") and each["kind"] in answers.KEPT_KINDS and each["id"] in said
    )


def back(event: Event) -> Button:
    return Button(say("Event details"), OpenEvent(event.id))


def gone() -> Reply:
    return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
