"""An answer in a thread is kept for whoever asks alike; its organizer sees the words before."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import Action, Button, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.desk.answers import ALL, kept, within
from handlers.words import title
from models.desk import keeping, known
from models.desk.threads import ThreadLine
from models.rules.desk.likeness import LONGEST_QUESTION
from models.rules.languages import Translated

router = Router()

SO, REWORD = "so", "reword"


@dataclass(frozen=True, slots=True)
class KeepForAll(Action, tag="thread-keep"):
    """Shows what an answer in a thread would tell all; ``line_id`` is the answer."""

    line_id: int


def button(chat: Chat, line: ThreadLine) -> tuple[Button, ...]:
    """The button that keeps an answer; none where it is for its member alone."""
    found = keeping.suggested(chat.session, line.id, chat.member.id, chat.now)
    return (Button(say("Answer so always"), KeepForAll(line.id)),) if found is not None else ()


@router.dialog("thread-keep")
def preview(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    question, until_now = start["question"], start["until_now"]
    shown = lines(
        say("Whoever asks: “{question}”", question=question),
        say("reads: “{answer}”", answer=start["answer"]),
        say("Until now it was: “{answer}”", answer=until_now) if until_now else None,
        say(
            "It stands with {place}, without who asked.",
            place=Translated.from_json(start["place"]),
        ),
    )
    options = (Option(SO, say("Just so")), Option(REWORD, say("Ask differently")))
    chosen = yield Question("sure", shown, options=options, skip=say("Don't keep it"))
    if chosen == REWORD:
        asked = say("How do people ask it? Write it as they say it.")
        question = yield Question("question", asked, check=within(LONGEST_QUESTION))
    return start["line_id"], question if chosen is not None else None


@router.button(KeepForAll)
def show_preview(chat: Chat, press: KeepForAll) -> Reply:
    found = keeping.suggested(chat.session, press.line_id, chat.member.id, chat.now)
    if found is None:
        return _not_for_all()
    event_id = found.event.id if found.event is not None else None
    same = known.to_question(chat.session, found.station.id, found.question, event_id=event_id)
    place = title(found.event) if found.event is not None else found.station.text_of("name")
    return preview.begin(
        chat,
        line_id=press.line_id,
        question=found.question,
        answer=found.answer,
        until_now=same.answer if same is not None else "",
        place=place.to_json(),
    )


@preview.done
def keep_for_all(chat: Chat, form: tuple[int, str | None]) -> Reply:
    line_id, question = form
    if question is None:
        return Reply(say("All right, it stays between you two."), buttons=(ALL, MENU))
    found = keeping.suggested(chat.session, line_id, chat.member.id, chat.now)
    if found is None:
        return _not_for_all()
    row = known.keep(
        chat.session,
        found.station.id,
        question,
        found.answer,
        chat.member.id,
        chat.now,
        event_id=found.event.id if found.event is not None else None,
    )
    return kept(row)


def _not_for_all() -> Reply:
    return Reply(say("This answer can't be kept for all."), buttons=(ALL, MENU))
