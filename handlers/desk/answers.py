"""Known answers as a list: everybody reads theirs, organizers write those of their places."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Check, Option, Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Days,
    Reply,
    Sayable,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import MENU, TELL
from handlers.dates import read_day
from handlers.desk.known import ShowAnswer, answer, in_words, label
from handlers.permission import denied
from handlers.words import DOT, station_name
from models.desk import known
from models.desk.known import KnownAnswer
from models.network import roles, stations
from models.network.stations import Station
from models.rules.desk.likeness import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    LONGEST_SOURCE,
    MOST_VARIANTS,
)
from models.rules.languages import Translated
from models.rules.network.permissions import Act

router = Router()

PAGE = 5
ALWAYS = "always"
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class ListAnswers(Action, tag="answers"):
    skip: int = 0


@dataclass(frozen=True, slots=True)
class OpenAnswer(Action, tag="answer-open"):
    """Shows an answer to whoever may change it."""

    answer_id: int


@dataclass(frozen=True, slots=True)
class AddAnswer(Action, tag="answer-add"):
    pass


@dataclass(frozen=True, slots=True)
class ChangeAnswer(Action, tag="answer-change"):
    """Asks for another ``answer`` or ``source``, other ``variants``, or how long it holds."""

    answer_id: int
    what: str


@dataclass(frozen=True, slots=True)
class RemoveAnswer(Action, tag="answer-remove"):
    """Removes an answer; asks once."""

    answer_id: int
    sure: int = 0


CHANGES: Mapping[str, Sayable] = {
    "answer": say("Change answer"),
    "variants": say("Ways to ask"),
    "source": say("Change source"),
    "valid_until": say("How long"),
}
"""What of an answer can be changed, by its columns."""

ALL = Button(say("All answers"), ListAnswers())
GONE = Reply(say("This answer isn't there any more."), buttons=(ALL, MENU))


# Reading


@router.command("answers", zh="常见问答", also=("问答", "faq"), about=say("Known answers"))
def list_by_words(chat: Chat, words: str) -> Reply:
    """``常见问答`` lists them, ``常见问答 加班`` looks for one."""
    found = answer(chat, chat.recall(words)) if words else None
    return found or list_answers(chat, ListAnswers())


@router.button(ListAnswers)
def list_answers(chat: Chat, press: ListAnswers) -> Reply:
    """Those of an organizer's places, with the means to change them; else what one is told."""
    skip, places = max(press.skip, 0), _places(chat)
    if places:
        rows = known.listed(chat.session, places, skip=skip, limit=PAGE + 1)
    else:
        today = chat.now.astimezone(chat.care.zone).date()
        place_id = chat.member.station_id
        rows = known.told(chat.session, place_id, today, skip=skip, limit=PAGE + 1)
    more = (Button(say("More"), ListAnswers(skip + PAGE)),) if len(rows) > PAGE else ()
    rest = (Button(say("Add an answer"), AddAnswer()), MENU) if places else (TELL, MENU)
    if not rows:
        return Reply(say("There are no known answers yet."), buttons=rest)
    return Reply(
        say("What is asked often:"),
        tuple(
            Choice(number, label(chat, row), _open(row, places), _line(chat, row, places))
            for number, row in enumerate(rows[:PAGE], start=skip + 1)
        ),
        (*more, *rest),
        edit=skip > 0,
    )


def _open(row: KnownAnswer, places: Sequence[Station]) -> Action:
    return OpenAnswer(row.id) if places else ShowAnswer(row.id)


def _line(chat: Chat, row: KnownAnswer, places: Sequence[Station]) -> Sayable:
    question = row.text_of("question")
    if not places:
        return question
    is_old = not row.is_valid(chat.now.astimezone(chat.care.zone).date())
    place = station_name(stations.get(chat.session, row.station_id))
    return lines(question, place, say("out of date") if is_old else None, between=DOT)


def _places(chat: Chat) -> list[Station]:
    """The stations whose answers the member may write."""
    return [
        station
        for _grant, station in roles.grants_of(chat.session, chat.member.id, chat.now)
        if roles.may(chat.session, chat.member.id, Act.KEEP_ANSWER, station, chat.now)
    ]


@router.button(OpenAnswer)
def open_answer(chat: Chat, press: OpenAnswer) -> Reply:
    row = known.get(chat.session, press.answer_id)
    if row is None:
        return GONE
    if (refusal := _denied(chat, row)) is not None:
        return refusal
    ways = len(row.variants)
    also = say_n("{n} other way to ask", "{n} other ways to ask", ways) if ways else None
    until = say("Holds until {day}", day=Days(row.valid_until)) if row.valid_until else None
    return Reply(
        lines(in_words(chat, row).text, lines(also, until, between=DOT)),
        tuple(
            Choice(number, label, ChangeAnswer(row.id, what))
            for number, (what, label) in enumerate(CHANGES.items(), start=1)
        ),
        (Button(say("Remove it"), RemoveAnswer(row.id)), ALL, MENU),
    )


def _denied(chat: Chat, row: KnownAnswer) -> Reply | None:
    place, team_id = stations.get(chat.session, row.station_id), known.team_of(chat.session, row)
    return denied(chat, Act.KEEP_ANSWER, place, team_id=team_id)


# Writing


def within(most: int) -> Check:
    """Return the check of a question's words, or an answer's, of at most so many characters."""

    def check(words: str) -> str | Wrong:
        if len(words) < SHORTEST:
            return Wrong(say("A few more words, so that people understand it."))
        if len(words) > most:
            return Wrong(say("That's long; {n} characters at most.", n=most))
        return words

    return check


def ways(words: str) -> str | Wrong:
    given = lines_of(words)
    if len(given) > MOST_VARIANTS:
        return Wrong(say("That's many; {n} lines at most.", n=MOST_VARIANTS))
    if any(len(each) > LONGEST_QUESTION for each in given):
        return Wrong(say("One is long; {n} characters a line at most.", n=LONGEST_QUESTION))
    return words


def lines_of(words: str) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in words.splitlines() if each.strip()))


@router.dialog("answer-add")
def add(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    places, place = start["places"], start["places"][0][0]
    if len(places) > 1:
        options = tuple(Option(str(each[0]), Translated.from_json(each[1])) for each in places)
        place = int((yield Question("place", say("For whose people?"), options=options)))
    question = yield Question(
        "question",
        say("What is asked? Write it as people say it."),
        check=within(LONGEST_QUESTION),
    )
    told = yield Question(
        "answer",
        say("And the answer? Say as well who says so: a law, an office."),
        check=within(LONGEST_ANSWER),
        many_lines=True,
    )
    return place, question, told


@router.button(AddAnswer)
def begin_adding(chat: Chat, press: AddAnswer) -> Reply:
    places = _places(chat)
    if not places:
        desk = stations.desk_of(chat.session, chat.member.station_id)
        return denied(chat, Act.KEEP_ANSWER, desk) or list_answers(chat, ListAnswers())
    return add.begin(chat, places=[[each.id, each.text_of("name").to_json()] for each in places])


@add.done
def keep(chat: Chat, form: tuple[int, str, str]) -> Reply:
    place_id, question, told = form
    refusal = denied(chat, Act.KEEP_ANSWER, stations.get(chat.session, place_id))
    if refusal is not None:
        return refusal
    row = known.keep(chat.session, place_id, question, told, chat.member.id, chat.now)
    return kept(row)


def kept(row: KnownAnswer) -> Reply:
    """What has been kept, in its words, and the way to more of them."""
    return Reply(
        lines(
            say("✅ Kept. Whoever asks alike reads it within ten seconds."),
            row.text_of("question"),
            row.text_of("answer"),
        ),
        buttons=(Button(say("Ways to ask"), ChangeAnswer(row.id, "variants")), ALL, MENU),
    )


ASKED = {
    "answer": Question(
        "words",
        say("Write the new answer in one message."),
        check=within(LONGEST_ANSWER),
        skip=say("Not now"),
        many_lines=True,
    ),
    "variants": Question(
        "words",
        say("How else is it asked? One way a line; these replace the ones above."),
        check=ways,
        skip=say("Not now"),
        many_lines=True,
    ),
    "source": Question(
        "words",
        say("Who says so: a law, an office, or a link?"),
        check=within(LONGEST_SOURCE),
        skip=say("Not now"),
    ),
    "valid_until": Question(
        "words",
        say("Until which day does it hold? After it nobody is told it."),
        options=(Option(ALWAYS, say("Always")),),
        read=read_day,
        skip=say("Not now"),
    ),
}


@router.dialog("answer-change")
def change(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield ASKED[start["what"]]
    return start["answer_id"], start["what"], words


@router.button(ChangeAnswer)
def begin_changing(chat: Chat, press: ChangeAnswer) -> Reply:
    row = known.get(chat.session, press.answer_id)
    if row is None or press.what not in ASKED:
        return GONE
    if (refusal := _denied(chat, row)) is not None:
        return refusal
    before: Sayable | None = None
    match press.what:
        case "answer" | "source":
            before = row.text_of(press.what)
        case "variants":
            before = "\n".join(row.variants)
    return change.begin(chat, before=before, answer_id=row.id, what=press.what)


@change.done
def keep_change(chat: Chat, form: tuple[int, str, str | None]) -> Reply:
    answer_id, what, words = form
    row = known.get(chat.session, answer_id)
    if row is None:
        return GONE
    if words is None:
        return open_answer(chat, OpenAnswer(answer_id))
    if (refusal := _denied(chat, row)) is not None:
        return refusal
    value: str | list[str] | date | None = words
    match what:
        case "variants":
            value = lines_of(words)
        case "valid_until":
            value = None if words == ALWAYS else date.fromisoformat(words)
    known.change(chat.session, answer_id, {what: value}, chat.member.id, chat.now)
    return kept(row)


@router.button(RemoveAnswer)
def remove(chat: Chat, press: RemoveAnswer) -> Reply:
    row = known.get(chat.session, press.answer_id)
    if row is None:
        return GONE
    if (refusal := _denied(chat, row)) is not None:
        return refusal
    question = row.text_of("question")
    if not press.sure:
        return Reply(
            say("Remove the answer to “{question}” for good?", question=question),
            buttons=(
                Button(say("Keep it"), OpenAnswer(row.id)),
                Button(say("Remove it"), RemoveAnswer(row.id, 1)),
            ),
        )
    known.remove(chat.session, row.id, chat.member.id, chat.now)
    return Reply(say("✅ Removed: “{question}”", question=question), buttons=(ALL, MENU))
