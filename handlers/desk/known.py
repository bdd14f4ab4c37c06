"""Say what is known: an answer with its source, or the question whether that was meant."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Choice, Days, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU, TELL
from handlers.words import DOT, station_name
from models.desk import known
from models.desk.known import KnownAnswer
from models.network import stations
from models.rules.desk.likeness import Found

router = Router()

LABEL = 20
LINK = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class ShowAnswer(Action, tag="answer"):
    answer_id: int


def answer(chat: Chat, found: Found) -> Reply | None:
    """The answer that is certain; else whether one of the likely ones is meant; else None."""
    if found.certain is not None:
        row = _told(chat, found.certain)
        return in_words(chat, row) if row is not None else None
    return ask(chat, found.likely)


def questions(chat: Chat, numbers: Iterable[int]) -> tuple[tuple[int, str], ...]:
    """The questions of those answers that whoever writes may be told, by number."""
    rows = (_told(chat, each) for each in numbers)
    return tuple((row.id, row.question) for row in rows if row is not None)


def ask(chat: Chat, numbers: Iterable[int]) -> Reply | None:
    """Whether one of these answers is meant; None where they may be told none of them."""
    rows = [row for each in numbers if (row := _told(chat, each)) is not None]
    if not rows:
        return None
    return Reply(
        say("Is this what you ask?"),
        tuple(
            Choice(number, label(chat, row), ShowAnswer(row.id), row.text_of("question"))
            for number, row in enumerate(rows, start=1)
        ),
        (TELL, MENU),
    )


def _told(chat: Chat, answer_id: int) -> KnownAnswer | None:
    """The answer, where whoever writes may be told it."""
    today = chat.now.astimezone(chat.care.zone).date()
    return known.for_member(chat.session, answer_id, chat.member, today)


def in_words(chat: Chat, row: KnownAnswer) -> Reply:
    """The question, the answer, and who says so, where and when it was written."""
    source, is_link = row.text_of("source"), row.source.startswith(LINK)
    place = station_name(stations.get(chat.session, row.station_id))
    written = Days(row.changed_at.astimezone(chat.care.zone).date())
    said = lines(None if is_link else source, place, written, between=DOT)
    link = (Button(say("Source"), url=row.source),) if is_link else ()
    return Reply(
        lines(row.text_of("question"), row.text_of("answer"), say("From: {source}", source=said)),
        buttons=(*link, TELL, MENU),
    )


def button(chat: Chat, found: Found) -> tuple[Button, ...]:
    """The button of the answer that fits best; none where none does."""
    return (Button(say("Known answer"), ShowAnswer(found.best)),) if found.best is not None else ()


@router.button(ShowAnswer)
@router.without_consent
def show(chat: Chat, press: ShowAnswer) -> Reply:
    row = _told(chat, press.answer_id)
    if row is None:
        return Reply(say("This answer isn't there any more."), buttons=(TELL, MENU))
    return in_words(chat, row)


def label(chat: Chat, row: KnownAnswer) -> str:
    """The question, short enough for a button."""
    said = chat.in_words(row.text_of("question"))
    return said if len(said) <= LABEL else f"{said[: LABEL - 1]}…"
