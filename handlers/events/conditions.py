"""What somebody is told whom the conditions of an event keep out, and when sign-up opens."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, When, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import (
    EVENTS,
    MINE,
    Change,
    GiveUp,
    OpenEvent,
    ShowHistory,
    SignUp,
    TellWhenOpen,
    ask,
)
from handlers.events.gates import ages, not_this_time
from handlers.events.notices import as_card
from handlers.members.linking import Link, chats_to_link
from handlers.words import opens_later, title
from models.events import events, gates, requests, signups
from models.events.events import Event, EventState
from models.events.gates import Noted, NotNoted
from models.rules.events import gates as rules
from models.rules.events import windows
from models.rules.events.windows import EventAct, Why
from models.sending.reasons import Reason

router = Router()

CLOSED = frozenset(
    {
        *(Why.NOT_YET_OPEN, Why.NOT_OF_AGE, Why.NOT_DONE_BEFORE, Why.MISSED_TWICE),
        *(Why.WEB_ALONE, Why.REFUSED),
    }
)
"""What this module says to somebody who is kept out; whom an event is for is said elsewhere."""


# On the card


def closed_to(chat: Chat, event: Event) -> Why | None:
    """Why this member may not sign up, whom the event is for aside; None if they may try."""
    if requests.refused(chat.session, event.id, chat.member.id) is not None:
        return Why.REFUSED if rules.from_column(event.gates).approval else None
    why = gates.why_closed(chat.session, event, chat.member, chat.care, chat.now)
    return why if why in CLOSED else None


def on_card(chat: Chat, event: Event, why: Why) -> Sayable | None:
    """What does not fit of this member, in a line; when sign-up opens the card says anyway."""
    if why is Why.NOT_YET_OPEN:
        return say("We'll tell you then.") if _is_told(chat, event) else None
    return _what_is_wrong(chat, event, why)


def ways_on(chat: Chat, event: Event, why: Why) -> tuple[Button, ...]:
    """What somebody who is kept out can do instead."""
    match why:
        case Why.NOT_YET_OPEN if not _is_told(chat, event):
            return (Button(say("Tell me then"), TellWhenOpen(event.id)), EVENTS)
        case Why.NOT_OF_AGE if gates.birth_year_of(chat.session, chat.member.id):
            return (Button(say("My year of birth"), Change("born")), EVENTS)
        case Why.NOT_DONE_BEFORE:
            first = gates.next_to_do(chat.session, event, chat.member, chat.now)
            open_it = (Button(say("See that one"), OpenEvent(first.id)),) if first else ()
            return (*open_it, Button(say("Took part"), ShowHistory()), EVENTS)
        case Why.MISSED_TWICE:
            return (Button(say("I was there"), ShowHistory()), EVENTS)
        case Why.WEB_ALONE if chats_to_link(chat) is not None:
            return (Button(say("Link a chat"), Link()), EVENTS)
        case Why.REFUSED | Why.WEB_ALONE:
            return (ask(event.id), EVENTS)
        case _:
            return (EVENTS,)


def _is_told(chat: Chat, event: Event) -> bool:
    return gates.is_told(chat.session, event, chat.member.id)


def _what_is_wrong(chat: Chat, event: Event, why: Why) -> Sayable:
    said = rules.from_column(event.gates)
    match why:
        case Why.NOT_OF_AGE:
            return say("It's for others: {ages}.", ages=ages(said))
        case Why.NOT_DONE_BEFORE:
            first = gates.next_to_do(chat.session, event, chat.member, chat.now)
            when = When(first.starts_at) if first is not None else None
            return lines(
                say("First comes {course}, where you haven't been yet.", course=said.done_title),
                say("The next is on {when}.", when=when) if when is not None else None,
            )
        case Why.MISSED_TWICE:
            missed = gates.missed(chat.session, chat.member.id, chat.now)
            again = rules.open_again_at(missed, chat.now) or chat.now
            return lines(
                say(
                    "You missed 2 events within 90 days; sign up again from {when}.",
                    when=When(again),
                ),
                say("If you were there after all, say so: it's looked at."),
            )
        case Why.WEB_ALONE:
            if (chats := chats_to_link(chat)) is None:
                return say("It asks who comes to what they signed up for; a web chat can't tell.")
            return say(
                "It asks who comes to what they signed up for: link {chats} first.", chats=chats
            )
        case Why.REFUSED:
            reason = requests.refused(chat.session, event.id, chat.member.id)
            return not_this_time(reason or "")
        case _:
            return say("Sign-up opens {when}.", when=When(event.opens_at or chat.now, near=True))


def refusal(chat: Chat, event: Event, why: Why) -> Reply:
    """The answer to a sign-up of somebody who is kept out, with what is possible instead."""
    told = _is_told(chat, event) if why is Why.NOT_YET_OPEN else False
    return Reply(
        lines(
            title(event),
            _what_is_wrong(chat, event, why),
            say("We'll tell you then.") if told else None,
        ),
        buttons=(*ways_on(chat, event, why), MINE)[:3],
    )


# Where an organizer answers


def requested(chat: Chat, event: Any, name: Sayable, *, again: bool) -> Reply:
    """The answer to who signs up where an organizer answers each sign-up."""
    values = {"title": name, "when": When(event.starts_at, near=True)}
    return Reply(
        lines(
            say("⏳ You asked already: {title}, {when}.", **values)
            if again
            else say("⏳ Asked for a seat: {title}, {when}.", **values),
            say("The organizers answer each sign-up; you hear here. You have no seat until then."),
        ),
        buttons=(
            Button(say("Ask no more"), GiveUp(event.id)),
            Button(say("Event details"), OpenEvent(event.id)),
            EVENTS,
        ),
    )


# When it opens


@router.button(TellWhenOpen)
def tell_when_open(chat: Chat, press: TellWhenOpen) -> Reply:
    match gates.tell_at_opening(chat.session, press.event_id, chat.member.id, chat.now):
        case Noted(at):
            return Reply(
                say("🔔 Noted: we'll tell you when it opens, {when}.", when=When(at, near=True)),
                buttons=(Button(say("Event details"), OpenEvent(press.event_id)), EVENTS, MINE),
            )
        case NotNoted(event):
            if windows.refusal(EventAct.SIGN_UP, event, chat.now) is not None:
                return Reply(
                    say("Sign-up for {title} is closed.", title=title(event)),
                    buttons=(EVENTS, MINE),
                )
            return Reply(
                say("Sign-up is open already: {title}.", title=title(event)),
                buttons=(Button(say("Sign up"), SignUp(event.id)), EVENTS),
            )
        case _:
            return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))


@router.notice(gates.OPENS)
def opens(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Sign-up is open now, for who wanted to know."""
    event = events.get(chat.session, facts["event_id"])
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    if opens_later(event, chat.now) is not None:
        return Drop(Reason.OUTDATED)
    if windows.refusal(EventAct.SIGN_UP, event, chat.now) is not None:
        return Drop(Reason.OUTDATED)
    if signups.claim_of(chat.session, event.id, chat.member.id) is not None:
        return Drop(Reason.ANSWERED)
    return Reply(
        say(
            "🔔 Sign-up is open: {title}, {when}.",
            title=title(event),
            when=When(event.starts_at, near=True),
        ),
        buttons=(
            Button(say("Sign up"), SignUp(event.id)),
            Button(say("Event details"), OpenEvent(event.id)),
        ),
        card=as_card(event, say("Sign-up is open")),
    )
