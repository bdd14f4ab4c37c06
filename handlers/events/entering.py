"""Being in the draw of an event: the answer to who enters, and the notices of its result."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, When, lines, say, say_n
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, GiveUp, ToCalendar, ask
from handlers.events.buttons import Run, record_link
from handlers.events.notices import as_card
from handlers.events.promises import ONLY_WHILE_OPEN
from handlers.members.linking import Link, chats_to_link
from handlers.words import in_the_draw, title
from models.events import draws, events, signups
from models.events.events import EventState, SignupState
from models.rules.events.states import DrawState
from models.rules.languages import Translated
from models.sending import reach
from models.sending.reasons import Reason
from models.store.compiled import Row

router = Router()


def entered(chat: Chat, event: Row, name: Translated, code: str, *, again: bool) -> Reply:
    """The answer to who enters: when it is drawn, how they hear of it, and their code."""
    heard_closed = reach.reaches_when_closed(chat.session, chat.member.id)
    values = {"title": name, "when": When(event.starts_at, near=True)}
    closes = When(event.closes_at, near=True)
    return Reply(
        lines(
            say("⏳ You're in the draw already: {title}, {when}.", **values)
            if again
            else say("✅ You're in the draw: {title}, {when}.", **values),
            say("Entries close {when}; then it's drawn, and you hear here.", when=closes)
            if event.draw == DrawState.ENTERING
            else say("Entries have closed; you hear the result here."),
            say("Your code in the published list: {code}.", code=code),
            None if heard_closed else ONLY_WHILE_OPEN,
        ),
        buttons=(record_link(event.id), Button(say("Leave the draw"), GiveUp(event.id))),
        offers_alerts=not heard_closed,
    )


def web_alone(chat: Chat, event_id: int, name: Translated) -> Reply:
    """One person shall be one entry: a web chat alone tells nobody who it is."""
    drawn = say("Seats of {title} are drawn, one entry a person.", title=name)
    chats = chats_to_link(chat)
    if chats is None:
        return Reply(
            lines(
                drawn,
                say("A web chat alone may be anybody's. The organizers can let web chats in."),
                say("Did they give you a code? Write “claim” and the code first."),
            ),
            buttons=(ask(event_id), EVENTS),
        )
    link = say("Link {chats} with this chat first; then sign up again.", chats=chats)
    return Reply(lines(drawn, link), buttons=(Button(say("Link a chat"), Link()), EVENTS))


# Notices


@router.notice("drawn")
def drawn(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.get(chat.session, facts["event_id"])
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    if claim is None:
        return Drop(Reason.NOT_SIGNED_UP)
    values = {"title": title(event), "when": When(event.starts_at, near=True)}
    if claim.state != SignupState.WAITING:
        return Reply(
            say("✅ Drawn: you have a seat at {title}, {when}.", **values),
            buttons=(
                Button(say("Add to calendar"), ToCalendar(event.id)),
                Button(say("Can't make it"), GiveUp(event.id)),
                record_link(event.id),
            ),
            card=as_card(event, say("You have a seat")),
        )
    return Reply(
        lines(
            say_n(
                "⏳ Not drawn this time: {title}, {when}. You're next in the queue.",
                "⏳ Not drawn this time: {title}, {when}. You're number {n} in the queue.",
                signups.position(chat.session, event.id, claim.turn),
                **values,
            ),
            say("We'll ask you if a seat frees up. If not, your chances are better next time."),
        ),
        buttons=(Button(say("Leave queue"), GiveUp(event.id)), record_link(event.id)),
        card=as_card(event, say("Not drawn this time")),
    )


@router.notice("draw-closed")
def draw_closed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """To organizers: the list is published, and the public number is theirs to enter."""
    event = events.get(chat.session, facts["event_id"])
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    if event.draw != DrawState.CLOSED:
        return Drop(Reason.OUTDATED)
    draw = draws.of_event(chat.session, event)
    return Reply(
        lines(
            say("🔔 Entries for {title} have closed.", title=title(event)),
            in_the_draw(event),
            say("The list is published. It waits for: {name}.", name=draw.number_name),
        ),
        buttons=(
            Button(say("Enter number"), Run(event.id, "draw-number")),
            Button(say("The draw"), Run(event.id, "draw")),
        ),
        card=as_card(event, say("Enter the number")),
    )
