"""Answers at sign-up in words, as those see them who may."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Sayable, lines, listing, say, say_n
from handlers.words import DOT
from models.events import answers, questions
from models.events.answering import ListIsFixed, NoSeatForThat
from models.events.events import Event
from models.events.questions import EventQuestion
from models.network import roles, stations
from models.rules.events import questions as rules
from models.rules.events.questions import QuestionKind
from models.rules.network.permissions import Act

NOT_CHANGED: Mapping[type, Sayable] = {
    NoSeatForThat: say(
        "No seat is open to that answer now, so yours stays as it was. "
        "Give up your seat, and you can queue for another."
    ),
    ListIsFixed: say(
        "The seats are being drawn by what everybody had answered, so your answer stays."
    ),
}
"""Why an answer was not changed that decides about the seat."""


def in_words(question: EventQuestion, value: str) -> Sayable:
    """An answer as people read it, in their language where it was one of the choices."""
    if not value:
        return ""
    if question.kind in rules.WITH_CHOICES:
        known = {each.text: each for each in question.choices_said()}
        return listing(*(known.get(each, each) for each in value.split("\n")))
    match question.kind:
        case QuestionKind.CONSENT:
            return say("agreed")
        case QuestionKind.PHOTO:
            return say("photo sent")
        case kind:
            return rules.told(kind, value)


class AnswersOf:
    """What was answered at sign-up for an event, to be shown behind people's names.

    Whoever checks people in sees what is asked for it; who runs the event sees all.
    """

    def __init__(self, chat: Chat, event: Event, *, at_check_in: bool = False) -> None:
        self._asked: Sequence[EventQuestion] = ()
        self._values: Mapping[int, Mapping[int, str]] = {}
        if not event.questions:
            return
        asked = questions.of_event(chat.session, event.id)
        if at_check_in or not _runs(chat, event):
            asked = [each for each in asked if each.at_check_in]
        self._asked = asked
        if asked:
            self._values = answers.of_event_claims(chat.session, event.id)

    def of(self, signup_id: int) -> list[Sayable]:
        """What was answered, in the order of the questions; empty what was not."""
        values = self._values.get(signup_id, {})
        return [in_words(each, values.get(each.id, "")) for each in self._asked]

    def behind(self, name: Sayable, signup_id: int) -> Sayable:
        """A name, and behind it the answers."""
        said = self.of(signup_id)
        return lines(name, *said, between=DOT) if any(said) else name


def _runs(chat: Chat, event: Event) -> bool:
    station = stations.get(chat.session, event.station_id)
    if station is None:
        return False
    return roles.may(
        chat.session,
        chat.member.id,
        Act.RUN_EVENT,
        station,
        chat.now,
        team_id=event.team_id,
    )


def how_asked(session: Session, question: EventQuestion, *, can_be_many: bool) -> list[Sayable]:
    """How it is asked now, in short."""
    said: list[Sayable] = [say("must be answered") if question.required else say("may be skipped")]
    if can_be_many:
        said.append(say("for each person") if question.per_person else say("once for a party"))
    if question.if_question is not None:
        other = questions.get(session, question.if_question)
        known = other.choices_said() if other is not None else ()
        choice = next((e for e in known if e.text == question.if_choice), question.if_choice)
        said.append(say("only after “{answer}”", answer=choice))
    if question.at_check_in:
        said.append(say("shown at check-in"))
    if question.asked_again:
        said.append(say("asked again at check-in"))
    said.append(say_n("erased {n} day after", "erased {n} days after", question.keep_days))
    return said
