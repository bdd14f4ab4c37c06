"""Sharing the seats of an event out: who gets how many."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, assert_never

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Reply, Sayable, When, lines, listing, say
from bot.conversation.routing import Router
from handlers.events import audiences
from handlers.events.confirming import NOTHING_CHANGED, asked_now, meanwhile, seen_of, too_late
from handlers.events.room import line, share
from handlers.events.running import numbers, run_card, to_run
from handlers.words import title
from models.events import events, questionnaire, questions, running, stops
from models.events.events import Event
from models.events.questionnaire import Added, NoKey, NotAdded
from models.events.quotas import MOST_QUOTAS, Share, TooMuch
from models.events.running import Changed, Meanwhile, TooLate
from models.network import stations
from models.rules.events import audience as rules
from models.rules.events import declared, ready_questions, undated
from models.rules.events import questions as rules_of_questions
from models.rules.events import shares as reading
from models.rules.events.ready_questions import READY
from models.rules.events.shares import Said
from models.rules.languages import Translated
from models.rules.network.audience import Audience

router = Router()

FOR_GOOD, ANEW, ASK_IT = "for good", "anew", "ask it"
MOST_NAMED = 6
DAYS_BEFORE = (1, 3, 7)
"""How many days before an event what is left of its shares may be released."""

EXAMPLE = say("Like this: Zhaoxin Group 10; Shishan at least 5; Dali up to 20")


@router.dialog("share-out")
def share_out(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield Question(
        "shares",
        partial(_ask, start["event_id"]),
        check=check,
        skip=say("Anybody any seat"),
        many_lines=True,
    )
    if said is None:
        return {**start, "said": "", "until": FOR_GOOD}
    until = yield Question(
        "until",
        partial(_preview, start["event_id"], said),
        offer=partial(_until, start["event_id"], said, start["times"]),
    )
    return {**start, "said": said, "until": until}


def _until(event_id: int, said: str, times_: Sequence[str], session: Session) -> tuple[Option, ...]:
    """When what is left is released; of words that mean nobody here, what helps instead."""
    event = events.for_organizers(session, event_id)
    unknown = meant(session, event, said)[1] if event is not None else ""
    leave = Option("no", say("Leave it"))
    if unknown and ready_questions.of_answer(unknown) is not None:
        return Option(ASK_IT, say("Ask it")), Option(ANEW, say("Write anew")), leave
    if unknown:
        return Option(ANEW, say("Write anew")), leave
    return (
        *(Option(at, lines(When(datetime.fromisoformat(at)))) for at in times_),
        Option(FOR_GOOD, say("Never")),
        leave,
    )


def _ask(event_id: int, chat: Chat) -> Sayable:
    event = events.for_organizers(chat.session, event_id)
    named = [each.said for each in _answers(chat.session, event)] if event is not None else []
    return lines(
        say("Who gets how many seats? One a line."),
        EXAMPLE,
        say("By answers, too: {answers}. Men/women 20 each.", answers=listing(*named[:MOST_NAMED]))
        if named
        else say("By interest or shift, too: night shift 10; first-timers at least 5"),
    )


def check(words: str) -> str | Wrong:
    found = reading.read(words)
    if isinstance(found, str):
        return Wrong(lines(say("“{words}”: who, and how many?", words=found), EXAMPLE))
    if not found or len(found) > MOST_QUOTAS:
        return Wrong(lines(say("Up to {n} of them, one a line.", n=MOST_QUOTAS), EXAMPLE))
    return words


def _preview(event_id: int, said: str, chat: Chat) -> Sayable:
    event = events.for_organizers(chat.session, event_id)
    if event is None:
        return say("There is no such event any more.")
    shares, unknown = meant(chat.session, event, said)
    if unknown and (key := ready_questions.of_answer(unknown)) is not None:
        return lines(
            say("Nobody is asked yet: {question}", question=READY[key].text),
            say("Ask it at sign-up, and share the seats out by the answer?"),
        )
    if unknown:
        return say(
            "“{words}” is no place, company, team or answer here. Leave it and write it anew.",
            words=unknown,
        )
    parts = [share(chat.session, event, each) for each in shares]
    by = {each.question_id for each in shares if each.question_id is not None}
    asked = [questions.get(chat.session, number) for number in sorted(by)]
    return lines(
        say("Seats: {shares}", shares=listing(*parts)),
        *(
            say("By the answer to: {question}", question=each.text_of("text"))
            for each in asked
            if each is not None
        ),
        say("All others share what is left. When is what nobody took released to all?"),
    )


def meant(session: Session, event: Event, said: str) -> tuple[list[Share], str]:
    """The shares of these words, and the first name that nobody has."""
    found = reading.read(said)
    return shares_of(session, event, found if not isinstance(found, str) else ())


def shares_of(session: Session, event: Event, found: Sequence[Said]) -> tuple[list[Share], str]:
    """The shares of groups that are named, and the first name that nobody has.

    What can be answered at this event is meant before a place of the same name.
    """
    answers = _answers(session, event)
    shares: list[Share] = []
    for each in found:
        answer = next((one for one in answers if one.is_called(each.name)), None)
        if answer is not None:
            share = Share("", each.least, each.most, answer.question_id, answer.choice)
        elif (part := audiences.part_called(session, _anywhere(session), each.name)) is not None:
            who = rules.to_column(Audience().toggled(*part))
            share = Share(who, each.least, each.most)
        elif who := declared.column_of(each.name):
            share = Share(who, each.least, each.most)
        else:
            return shares, each.name
        shares.append(share)
    return shares, ""


def nobody_called(name: str) -> Sayable:
    return say("“{words}” is no place, company, team or answer here.", words=name)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What can be answered to a question, or without one a stop; and how it is ``said``."""

    question_id: int | None
    choice: str
    said: Translated

    def is_called(self, name: str) -> bool:
        wanted = name.casefold()
        return any(each.casefold() == wanted for each in (self.choice, *self.said.versions()))


def _answers(session: Session, event: Event) -> list[_Answer]:
    """What seats can be shared out by: the choices of this event's questions, and its stops."""
    stop_labels = stops.labels(event)
    return [
        *(
            _Answer(question.id, each.text, each)
            for question in questions.of_event(session, event.id)
            if question.kind in rules_of_questions.WITH_CHOICES
            for each in question.choices_said()
        ),
        *(_Answer(None, name, label) for name, label in stop_labels.items()),
    ]


def _anywhere(session: Session) -> audiences.Host:
    """Seats may be shared with anybody in the district, whoever holds the event."""
    district = stations.district(session)
    return {"station_id": district.id if district is not None else 0}


def ask(chat: Chat, event: Event, *, said: str = "") -> Reply:
    """Ask who gets how many; of what is ``said`` already, when the rest is released."""
    now = line(chat.session, event, chat.now)
    return share_out.begin(
        chat,
        before=lines(title(event), numbers(event, chat.now), now),
        answered={"shares": said} if said else None,
        **seen_of(event),
        times=[at.isoformat() for at in times(event, chat.now)],
    )


def _ask_it(chat: Chat, event: Event, said: str) -> Reply:
    """Add the ready-made question that seats are to be shared out by, and go on with the words."""
    key = ready_questions.of_answer(meant(chat.session, event, said)[1])
    if key is None:
        return ask(chat, event)
    by, sealing = chat.member.id, chat.care.sealing
    new = questionnaire.of_ready(key)
    match questionnaire.add(chat.session, event.id, new, by, chat.now, sealing=sealing):
        case Added():
            return ask(chat, event, said=said)
        case NotAdded() | NoKey():
            return run_card(chat, event, before=say("No further question can be added."))
        case never:
            assert_never(never)


def times(event: Event, now: datetime) -> Sequence[datetime]:
    """When what is left may be released: whole days before the event, those that are ahead."""
    if undated.is_to_come(event.starts_at):
        return ()
    times = [event.starts_at - timedelta(days=days) for days in DAYS_BEFORE]
    return [each for each in times if each > now]


@share_out.done
def put(chat: Chat, form: Mapping[str, Any]) -> Reply:
    event, refusal = to_run(chat, form["event_id"])
    if event is None:
        return refusal
    if form["until"] == "no":
        return run_card(chat, event, before=NOTHING_CHANGED)
    if form["until"] == ASK_IT:
        return _ask_it(chat, event, form["said"])
    shares, unknown = meant(chat.session, event, form["said"])
    if unknown:
        return ask(chat, event)
    until = None if form["until"] == FOR_GOOD else datetime.fromisoformat(form["until"])
    by, revision = chat.member.id, form["revision"]
    match running.share_out(
        chat.session, event.id, shares, until, by, chat.care, chat.now, seen=revision
    ):
        case Changed(event, offered=offered):
            text = say("✅ Seats shared out.") if shares else say("✅ Any seat is anybody's.")
            return run_card(chat, event, before=lines(text, asked_now(offered)))
        case TooMuch(kept, seats):
            why = say("That keeps {kept} seats, and there are {seats}.", kept=kept, seats=seats)
            return run_card(chat, event, before=why)
        case Meanwhile(event):
            return run_card(chat, event, before=meanwhile(event, form))
        case TooLate() as late:
            return too_late(chat, late)
        case never:
            assert_never(never)
