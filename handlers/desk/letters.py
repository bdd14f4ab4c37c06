"""How both sides see a thread: its kind, who has it, its lines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Sayable, lines, say, say_n
from handlers.words import DOT, station_name, title
from models.desk import threads
from models.desk.threads import Thread, ThreadKind, ThreadLine
from models.events import events
from models.events.events import Event
from models.network import stations

SHORTEST, LONGEST = 2, 4000
SHOWN, EARLIER = 60, 120
IN_A_NOTICE = 1000
"""Characters of a letter in a notice: two of the few texts of 680 that WeChat still delivers."""
MOST_LINES = 4
"""How many of the last lines of a thread are shown."""

KINDS: dict[ThreadKind, Sayable] = {
    ThreadKind.WISH: say("Wish"),
    ThreadKind.QUESTION: say("Question"),
    ThreadKind.REPORT: say("Report"),
}


def short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= SHOWN else one_line[: SHOWN - 1] + "…"


def subject(chat: Chat, thread: Thread) -> str:
    """The first words of a thread, by which both sides know it."""
    return short(threads.first_line(chat.session, thread.id).text)


def event_of(chat: Chat, thread: Thread) -> Event | None:
    return events.for_organizers(chat.session, thread.event_id) if thread.event_id else None


def holder(chat: Chat, thread: Thread) -> Sayable:
    """Whose organizers have a thread: the highest that were asked, or its event's own."""
    event = event_of(chat, thread) if thread.with_event else None
    if event is not None and thread.asked_station_id is None:
        return title(event)
    number = thread.asked_station_id or thread.station_id
    return station_name(stations.get(chat.session, number))


def age(since: datetime, now: datetime) -> Sayable:
    """For how long something waits."""
    hours = int((now - since).total_seconds() // 3600)
    if hours < 1:
        return say("just now")
    return say_n("{n} h", "{n} h", hours) if hours < 48 else say_n("{n} d", "{n} d", hours // 24)


def said(shown: Sequence[ThreadLine], me: Sayable, they: Sayable) -> Sayable:
    """The last lines of a thread, each with who wrote it where there are several."""
    if len(shown) == 1:
        return shown[0].text
    last = shown[-1]
    return lines(
        *(
            lines(
                they if each.is_answer else me,
                each.text if each is last else each.text[:EARLIER],
                between=say("{who}: {words}", who="", words=""),
            )
            for each in shown[-MOST_LINES:]
        )
    )


def in_a_notice(text: str) -> Sayable:
    """The words of a letter as a notice shows them: of a very long one the beginning."""
    if len(text) <= IN_A_NOTICE:
        return text
    return lines(text[:IN_A_NOTICE] + "…", say("{n} characters in all.", n=len(text)))


def in_a_line(chat: Chat, thread: Thread, *parts: Sayable) -> Sayable:
    return lines(KINDS[thread.kind], *parts, subject(chat, thread), between=DOT)


def long_enough(words: str) -> str | Wrong:
    if len(words) < SHORTEST:
        return Wrong(say("A few more words, so that people understand it."))
    if len(words) > LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST))
    return words


def ask_for_words(name: str, asked: Sayable, *, pictures: bool = True) -> Question:
    """A question that words, or a picture, answer; it can be put off."""
    return Question(
        name,
        asked,
        check=long_enough,
        skip=say("Not now"),
        pictures=pictures,
        many_lines=True,
    )


def words_and_picture(chat: Chat, told: Any) -> tuple[str, int | None]:
    """The text of an answer and the picture that came with it."""
    if isinstance(told, Mapping):
        return told["text"][:LONGEST] or chat.in_words(say("[picture]")), told["picture"]
    return told, None
