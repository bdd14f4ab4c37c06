"""ID numbers: links to the page on which they are typed, and to that which shows them in full."""

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Action, Button, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU, MINE, OpenEvent
from handlers.events.buttons import MY_EVENTS, Run
from handlers.words import title
from models.events import events, id_pages
from models.events.events import Event
from models.store.compiled import Row

router = Router()

LASTS = int(id_pages.LASTS.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class TypeId(Action, tag="type-id"):
    """Gives the link to a page on which a member types ID numbers."""

    event_id: int


@dataclass(frozen=True, slots=True)
class ReadIds(Action, tag="read-ids"):
    """Asks an organizer why they need the ID numbers, then gives the link to their page."""

    event_id: int


@router.button(TypeId)
def type_id(chat: Chat, press: TypeId) -> Reply:
    event = events.get(chat.session, press.event_id)
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    return page(chat, event) or Reply(
        lines(title(event), say("There is nothing to answer here.")),
        buttons=(Button(say("Event details"), OpenEvent(event.id)), MINE),
    )


def page(chat: Chat, event: Event | Row, *, before: Sayable | None = None) -> Reply | None:
    """The link to the page for a member's own numbers; None where none are asked of them."""
    if not chat.care.sealing:
        return None
    token = id_pages.make(chat.session, event.id, chat.member.id, chat.now)
    if token is None:
        return None
    return Reply(
        lines(
            before,
            say("ID numbers are typed on a page of their own, not in the chat."),
            say("It works once, for {n} minutes.", n=LASTS),
        ),
        buttons=(
            Button(say("Open the page"), url=f"/ask/{token}"),
            Button(say("Event details"), OpenEvent(event.id)),
            MINE,
        ),
    )


def then(chat: Chat, event_id: int, reply: Reply) -> Reply:
    """A reply after a sign-up, which says that ID numbers are still to be typed, if any are."""
    event = events.get(chat.session, event_id) if chat.care.sealing else None
    if event is None or not event.questions:
        return reply
    number = id_pages.missing(chat.session, event, chat.member.id)
    if not number:
        return reply
    left = say_n("One thing is left: an ID number.", "Left to do: {n} ID numbers.", number)
    button = Button(say("ID number"), TypeId(event.id))
    return replace(reply, text=lines(reply.text, left), buttons=(button, *reply.buttons)[:3])


def then_for_all(chat: Chat, dates: Iterable[Event], reply: Reply) -> Reply:
    """What ``then`` says after a sign-up for these dates of a course, of the first that asks."""
    asks = (each for each in dates if id_pages.missing(chat.session, each, chat.member.id))
    first = next(asks, None)
    return then(chat, first.id, reply) if first is not None else reply


def not_here(chat: Chat) -> Reply:
    """What somebody hears who typed an ID number in the chat: it was not kept."""
    said = say("An ID number is nothing for a chat, so it wasn't kept. Delete your message.")
    needs = id_pages.event_that_asks(chat.session, chat.member.id, chat.now)
    event = events.get(chat.session, needs) if needs is not None else None
    link = page(chat, event, before=said) if event is not None else None
    return link or Reply(said, buttons=(EVENTS, MINE, MENU))


# What organizers do


@router.dialog("read-ids")
def why(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield Question(
        "reason",
        say("What do you need the whole ID numbers for? Your answer is recorded with your name."),
        check=_reason,
        skip=say("I don't need them"),
    )
    return start["event_id"], reason


def _reason(words: str) -> str | Wrong:
    if len(words.strip()) < 2:
        return Wrong(say("Write a few words."))
    if len(words) > id_pages.LONGEST_REASON:
        return Wrong(say("That's long; {n} characters at most.", n=id_pages.LONGEST_REASON))
    return words


def _refusal(chat: Chat, event: Event | None) -> Reply | None:
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    if id_pages.runs_it(chat.session, event, chat.member.id, chat.now):
        return None
    return Reply(
        say("Only those who run {title} themselves can read ID numbers.", title=title(event)),
        buttons=(MY_EVENTS, MENU),
    )


@router.button(ReadIds)
def read_ids(chat: Chat, press: ReadIds) -> Reply:
    event = events.for_organizers(chat.session, press.event_id)
    return _refusal(chat, event) or why.begin(chat, event_id=press.event_id)


@why.done
def give_page(chat: Chat, form: tuple[int, str | None]) -> Reply:
    event_id, reason = form
    event = events.for_organizers(chat.session, event_id)
    if (refusal := _refusal(chat, event)) is not None:
        return refusal
    back = Button(say("Back"), Run(event_id, "questions"))
    if reason is None:
        return Reply(say("All right, nothing was shown."), buttons=(back, MY_EVENTS))
    token = id_pages.make_for_all(chat.session, event_id, reason, chat.member.id, chat.now)
    return Reply(
        lines(
            say("They stand on this page, shown once. Your reason is recorded."),
            say("It works once, for {n} minutes.", n=LASTS),
        ),
        buttons=(Button(say("Open the page"), url=f"/ask/{token}"), back),
    )
