"""Passing an event on: its public page for everybody, its posters for who runs it."""

from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, When, lines, say
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE, OpenEvent
from handlers.events.buttons import Run, ShareEvent
from handlers.words import DOT, station_name, title
from models.events import events
from models.events.events import Event
from models.network import roles, stations
from models.rules.events import windows
from models.rules.events.windows import EventAct
from models.rules.network.permissions import Act

router = Router()

SHARE = say("Share")


def may_share(chat: Chat, event: Event) -> bool:
    """Whether an event is still to come that everybody may read of.

    Nobody shall send a link that leads to nothing.
    """
    return event.has_page and windows.refusal(EventAct.EDIT, event, chat.now) is None


def on_card(chat: Chat, event: Event, claim: Any, place: int) -> tuple[Choice, ...]:
    """The way to pass an event on that one has a claim on, as the choice of this number."""
    if claim is None or not may_share(chat, event):
        return ()
    return (Choice(place, SHARE, ShareEvent(event.id)),)


def below(chat: Chat, event: Event, claim: Any) -> tuple[Button, ...]:
    """The same to whoever has none: signing up stands first, and this where there is room."""
    if claim is not None or not may_share(chat, event):
        return ()
    return (Button(SHARE, ShareEvent(event.id)),)


@router.button(ShareEvent)
def share(chat: Chat, press: ShareEvent) -> Reply:
    """What is sent to somebody else or into a group: it names nobody, and anybody may open it."""
    event = events.get(chat.session, press.event_id)
    back = Button(say("Event details"), OpenEvent(press.event_id))
    if event is None or not event.has_page:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
    host = stations.get(chat.session, event.station_id)
    link = chat.link_to(f"/e/{event.id}")
    sign_up = say("Or write “sign up {n}” to the station.", n=event.id)
    text = lines(
        say("Send this on:"),
        title(event),
        lines(
            When(event.starts_at, event.ends_at),
            event.text_of("place") or station_name(host),
            between=DOT,
        ),
        lines(say("To sign up: {link}", link=link), sign_up)
        if link
        else say("To sign up, write “sign up {n}” to the station.", n=event.id),
    )
    about = {"team_id": event.team_id}
    runs = host is not None and roles.may(
        chat.session, chat.member.id, Act.RUN_EVENT, host, chat.now, **about
    )
    poster = (Button(say("Poster"), Run(event.id, "poster")),) if runs else ()
    return Reply(text, buttons=(*poster, back, MINE))
