"""What is asked again at check-in: of people themselves, or of whoever checks them in."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import PICK_ONE, Check, Question, Wrong
from bot.conversation.messages import Button, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.events import door_words
from handlers.events.answers import NOT_CHANGED, in_words
from handlers.events.arrivals import named
from handlers.events.asking import Json, as_asked, called, question_of, to_json, value_of
from models.events import asking_again, questions
from models.events.answering import Noted
from models.events.asking_again import AskedAgain
from models.events.events import Event
from models.network import members
from models.rules.events import questions as rules
from models.rules.events.codes import code_in
from models.rules.events.questions import QuestionKind, Values

router = Router()

AT_CODES = -1
"""Where a helper goes on: with codes, or at this place of the list."""

NO_STOP = -1
"""Where a helper goes on who calls no roll at a stop of a tour."""

NEXT = "\n"
"""Before the next person's six digits, or a word of the door; both leave all else as it was."""


@router.dialog("asked-again", of_oneself=True)
def dialog(start: Json) -> Generator[Question, Any, Any]:
    """Ask each of these people what they had answered; skipping leaves it as it was."""
    said: dict[str, dict[int, str]] = {}
    following = ""
    for person in start["people"]:
        values = {int(number): value for number, value in person["values"].items()}
        all_asked = [as_asked(each) for each in person["all"]]
        told: dict[int, str] = {}
        for each in person["questions"]:
            if following or each["id"] not in rules.shown(all_asked, values):
                continue
            answer = yield _question(start, person, each, values)
            if isinstance(answer, str) and answer.startswith(NEXT):
                following = answer.removeprefix(NEXT)
                continue
            values[each["id"]] = told[each["id"]] = _value(each, answer, values)
        said[str(person["signup"])] = told
    return {**start, "said": said, "next": following}


def _value(each: Json, answer: Any, values: Values) -> str:
    if not answer:
        return values.get(each["id"], "")
    if answer == "no" and each["kind"] == QuestionKind.CONSENT:
        return ""
    return value_of(each, answer, {})


def _question(start: Json, person: Json, each: Json, values: Values) -> Question:
    # Both answers to a consent stand there: it can be taken back.
    asked = question_of(
        {**start, "kept": {}}, person, {**each, "required": True}, {}, is_first=False
    )
    was = values.get(each["id"], "")
    return replace(
        asked,
        text=partial(_text, person, each, was),
        skip=say("As it was") if was else say("Skip"),
        check=asked.check if start["own"] else partial(_or_next, asked.check),
    )


def _or_next(check: Check | None, words: str) -> str | Wrong:
    if following := code_in(words) or door_words.meant_by(words):
        return NEXT + following
    return check(words) if check is not None else Wrong(PICK_ONE)


def _text(person: Json, each: Json, was: str, chat: Chat) -> Sayable:
    question = questions.get(chat.session, each["id"])
    if question is None:
        return person["name"] or ""
    said: Sayable = question.text_of("text")
    if person["name"]:
        said = say("{name}: {question}", name=person["name"], question=said)
    return lines(said, say("At sign-up: {answer}", answer=in_words(question, was)) if was else None)


def _begin(
    chat: Chat,
    event: Event,
    people: Sequence[AskedAgain],
    before: Sayable | None,
    **start: Any,
) -> Reply:
    asked = questions.of_event(chat.session, event.id)
    return dialog.begin(
        chat,
        before=before,
        event_id=event.id,
        people=[
            {
                "signup": each.claim.id,
                "name": _name(chat, event, each, own=start["own"]),
                "number": 0,
                "questions": [to_json(one) for one in each.questions],
                "all": [to_json(one) for one in asked],
                "values": {str(number): value for number, value in each.values.items()},
            }
            for each in people
        ],
        **start,
    )


def _name(chat: Chat, event: Event, each: AskedAgain, *, own: bool) -> str:
    claim = each.claim
    if own and claim.member_id == chat.member.id:
        return ""
    member = members.get(chat.session, claim.member_id) if claim.member_id is not None else None
    return chat.in_words(called(claim.name, 1) if own else named(chat, event, claim, member))


# Of people themselves


def of_oneself(
    chat: Chat, event: Event, signup_ids: Sequence[int], *, before: Sayable
) -> Reply | None:
    """The first question to somebody who has just come; None where nothing is asked again.

    Those without a chat whom they bring are asked about through them.
    """
    people = [
        each
        for each in asking_again.left(chat.session, event, signup_ids)
        if each.claim.member_id in (None, chat.member.id)
    ]
    return _begin(chat, event, people, before, own=1, at=AT_CODES, stop=NO_STOP) if people else None


# Of whoever checks people in


def at_the_door(
    chat: Chat,
    event: Event,
    signup_ids: Sequence[int],
    *,
    before: Sayable,
    at: int = AT_CODES,
    stop: int = NO_STOP,
    undo: Sequence[Button] = (),
) -> Reply | None:
    """The first question about people who were just checked in; None where nothing is asked.

    ``stop`` is the number of that at which the roll is called.
    """
    people = asking_again.left(chat.session, event, signup_ids)
    if not people:
        return None
    reply = _begin(chat, event, people, before, own=0, at=at, stop=stop)
    return replace(reply, buttons=(*reply.buttons, *undo)[:3])


def keep(chat: Chat, event: Event, form: Mapping[str, Any]) -> Sayable:
    """Keep what was said; say so, or why an answer stays that decides about a seat."""
    said = {int(number): values for number, values in form["said"].items()}
    put = asking_again.note_own if form["own"] else asking_again.note
    done = put(chat.session, event.id, said, chat.member.id, chat.care, chat.now)
    return say("✅ Noted.") if isinstance(done, Noted) else NOT_CHANGED[type(done)]
