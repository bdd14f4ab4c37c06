"""An event as a text that a group chat passes on (接龙): what it is, who comes, how to sign up."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Lines, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from handlers.events import gates
from handlers.events.buttons import PrintChain, Run
from handlers.events.running import name_of, to_run
from handlers.words import station_name, title, why_no_seats
from models.events import running
from models.events.events import HIDDEN, Event, SignupState
from models.network import stations
from models.network.names import Namesakes
from models.rules.network.permissions import Act

router = Router()

PAGE = 50
"""Names of one message."""

COME = (SignupState.ATTENDED, SignupState.SEATED, SignupState.NO_SHOW)
NOTHING_ELSE = Namesakes()
"""In a group a name stands alone: no place or number tells two people apart there."""


def begin(chat: Chat, event: Event) -> Reply:
    return show(chat, PrintChain(event.id))


@router.button(PrintChain)
def show(chat: Chat, press: PrintChain) -> Reply:
    """The text alone, so that it can be passed on as it stands."""
    event, refusal = to_run(chat, press.event_id, Act.RUN_EVENT, Act.SEE_LIST)
    if event is None:
        return refusal
    back = Button(say("Back"), Run(event.id))
    if press.nameless:
        with_names = Button(say("With names"), PrintChain(event.id))
        return Reply(lines(*_head(chat, event), *_foot(chat, event)), buttons=(with_names, back))
    skip = max(press.skip, 0)
    names, is_last = _names(chat, event, skip)
    text = lines(
        *(() if skip else _head(chat, event)), *names, *(_foot(chat, event) if is_last else ())
    )
    without = Button(say("Without names"), PrintChain(event.id, nameless=1))
    if is_last:
        return Reply(text, buttons=(without, back))
    more = Button(say("More"), PrintChain(event.id, skip + PAGE))
    return Reply(text, buttons=(more, without, back))


def _head(chat: Chat, event: Event) -> tuple[Sayable | None, ...]:
    """What it is, when and where, in full: the text is read days later as well."""
    place = event.text_of("place") or station_name(stations.get(chat.session, event.station_id))
    return (
        say("#Sign-up list"),
        title(event),
        say("When: {when}", when=When(event.starts_at, event.ends_at)),
        say("Where: {place}", place=place),
    )


def _names(chat: Chat, event: Event, skip: int) -> tuple[list[Lines], bool]:
    """Those with a seat by their numbers, and whether these are the last; noted as a view."""
    rows = running.people(chat.session, event.id, COME, skip=skip, limit=PAGE + 1)
    if rows:
        running.record_view(chat.session, event, chat.member.id, chat.now, what="list for a group")
    named = [
        lines(
            f"{number}. ",
            name_of(claim, member, None, NOTHING_ELSE, sees_places=False),
            between="",
        )
        for number, (claim, member, _station) in enumerate(rows[:PAGE], start=skip + 1)
    ]
    return named, len(rows) <= PAGE


def _foot(chat: Chat, event: Event) -> tuple[Sayable | None, ...]:
    """Who waits, and how to sign up; nothing leads to an event that nobody sees yet."""
    if event.state in HIDDEN:
        return ()
    waiting = say("{n} waiting", n=event.waiting) if event.waiting else None
    if closed := why_no_seats(event, chat.now):
        return (waiting, closed)
    conditions = gates.line(event, chat.now, near=False)
    link = chat.link_to(f"/e/{event.id}") if event.has_page else ""
    return (
        waiting,
        conditions,
        say("To sign up: {link}", link=link) if link else None,
        say("Or write “sign up {n}” to the station.", n=event.id)
        if link
        else say("To sign up, write “sign up {n}” to the station.", n=event.id),
    )
