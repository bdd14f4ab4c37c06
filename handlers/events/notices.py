"""Notices about events: reminders, offers of seats, changes."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Button,
    Card,
    Reply,
    Sayable,
    Tells,
    TimeOfDay,
    When,
    lines,
    say,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import (
    EVENTS,
    MINE,
    GiveUp,
    OpenEvent,
    SignUp,
    Ticket,
)
from handlers.events import boarding, in_hall
from handlers.events.fields import Stands, standing, told
from handlers.words import DOT, title
from models.events import changes, either, events, signups, stops
from models.events.events import Event, EventState, SignupState
from models.network import members
from models.rules.events import undated, windows
from models.rules.events.changes import Difference, Facts, between
from models.rules.events.windows import EventAct
from models.rules.languages import Translated
from models.sending import history
from models.sending.reasons import Reason
from models.sending.topics import CALLED_OFF, MOVED, RELOCATED

router = Router()

HINT_EVERY = timedelta(days=7)
AT_THE_DOOR = timedelta(hours=3)
"""A reminder so near the beginning leads to the check-in code, not to the details."""


# Notices


@router.notice("reminder")
def remind(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    if claim is None or claim.state != SignupState.SEATED:
        return Drop(Reason.NOT_SIGNED_UP)
    if facts.get("starts_at") not in (None, event.starts_at.isoformat()):
        # Planned before the event was moved, which has reminders of its own now.
        return Drop(Reason.EVENT_MOVED)
    needed = standing(event, Stands.NEEDED)
    chosen = stops.chosen(chat.session, event.id, chat.member.id)
    text = lines(
        say(
            "🔔 {title}, {when}.",
            title=title(event),
            when=When(event.starts_at, event.ends_at, near=True),
        ),
        lines(
            *standing(event, Stands.PLACE),
            event.text_of("place"),
            *needed,
            between=DOT,
        ),
        boarding.own(event, chosen),
        in_hall.own(chat, event, claim),
        hint(chat),
    )
    map_ = (Button(say("Map"), url=event.map_url),) if event.map_url else ()
    first = (
        Button(say("Check-in code"), Ticket(event.id))
        if event.starts_at - chat.now <= AT_THE_DOOR
        else Button(say("Event details"), OpenEvent(event.id))
    )
    if boarding.own(event, chosen) is None and (found := boarding.choices(event)):
        asked = lines(text, say("Where do you get on?"))
        return Reply(asked, found, (first, Button(say("Can't make it"), GiveUp(event.id))))
    return Reply(
        text,
        buttons=(
            first,
            *map_,
            Button(say("Can't make it"), GiveUp(event.id)),
        ),
        card=as_card(event, next(iter(needed), say("See you there"))),
    )


@router.notice("offer")
def offer(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or claim is None or claim.state != SignupState.OFFERED:
        return Drop(Reason.OFFER_ENDED)
    return Reply(
        lines(
            say(
                "🔔 A seat is free: {title}, {when}.",
                title=title(event),
                when=When(event.starts_at, near=True),
            ),
            say("It's yours until {until}.", until=TimeOfDay(claim.offered_until)),
            _besides(chat, event),
        ),
        buttons=(
            Button(say("Take it"), SignUp(event.id)),
            Button(say("No thanks"), GiveUp(event.id, 1)),
        ),
        card=as_card(
            event, say("A free seat, until {until}", until=TimeOfDay(claim.offered_until))
        ),
    )


def _besides(chat: Chat, event: Event) -> Sayable | None:
    """That they keep waiting for the other one, unless they take this seat."""
    if not either.waits_elsewhere(chat.session, event, chat.member.id):
        return None
    return say("It's the one added to what you wait for: take it, or go on waiting there.")


@router.notice("lapsed")
def lapsed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or claim is not None:
        return Drop(Reason.SIGNED_UP_AGAIN)
    if windows.refusal(EventAct.SIGN_UP, event, chat.now) is not None:
        return Reply(
            say(
                "There was no answer in time, so the seat at {title} is no longer kept.",
                title=title(event),
            ),
            buttons=(EVENTS, MINE),
            card=as_card(event, say("No answer in time")),
        )
    if event.seats is None or event.held < event.seats:
        return Reply(
            say(
                "There was no answer in time, but a seat at {title} is still free.",
                title=title(event),
            ),
            buttons=(Button(say("Sign up"), SignUp(event.id)), EVENTS),
            card=as_card(event, say("A seat is still free")),
        )
    return Reply(
        say(
            "The seat at {title} has gone to the next in line: there was no answer in time.",
            title=title(event),
        ),
        buttons=(Button(say("Join queue"), SignUp(event.id)), EVENTS),
        card=as_card(event, say("The seat went to the next")),
    )


@router.notice("signed-up")
def signed_up(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Somebody has signed this member up, who may refuse."""
    event, claim = _mine(chat, facts)
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    if claim is None or (claim.party_id is None and claim.by_member_id is None):
        return Drop(Reason.NOT_SIGNED_UP)
    waits, asks = claim.state == SignupState.WAITING, claim.state == SignupState.ASKED
    return Reply(
        lines(
            say(
                "{name} has signed you up: {title}, {when}.",
                name=_who(chat, claim.by_member_id),
                title=title(event),
                when=When(event.starts_at, near=True),
            ),
            _how_they_wait(claim) if waits else None,
            say("The organizers answer each sign-up; you hear here.") if asks else None,
        ),
        buttons=(
            Button(say("Event details"), OpenEvent(event.id)),
            Button(say("Can't make it"), GiveUp(event.id)),
        ),
        card=as_card(event, say("You were signed up")),
    )


def _how_they_wait(claim: Any) -> Sayable:
    if claim.party_id is not None:
        return say("You wait for seats together.")
    return say("⏳ It's full: you are in the queue.")


@router.notice("signed-off")
def signed_off(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Who signed this member up does not come, so neither is there a seat for them."""
    event, claim = _mine(chat, facts)
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    if claim is not None:
        return Drop(Reason.SIGNED_UP_AGAIN)
    return Reply(
        say("The seat you had together with others was given up: {title}.", title=title(event)),
        buttons=(Button(say("Sign up"), SignUp(event.id)), EVENTS),
        card=as_card(event, say("The seat was given up")),
    )


def _who(chat: Chat, member_id: int | None) -> Sayable:
    names = members.names_of(chat.session, [member_id or 0])
    return next(iter(names.values()), "") or say("A colleague")


@router.notice("no-seats")
def no_seats(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or event.state == EventState.CANCELLED:
        return Drop(Reason.EVENT_CANCELLED)
    if claim is None or claim.state != SignupState.WAITING:
        return Drop(Reason.NOT_SIGNED_UP)
    if windows.refusal(EventAct.BE_OFFERED, event, chat.now, SignupState.WAITING) is None:
        return Drop(Reason.OUTDATED)
    return Reply(
        say(
            "Sign-up for {title} has closed, and no seat came free. There is more.",
            title=title(event),
        ),
        buttons=(EVENTS, MINE),
        card=as_card(event, say("No seat came free")),
    )


@router.notice(MOVED)
@router.notice(RELOCATED)
@router.notice(CALLED_OFF)
def changed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Everything that differs between what the member knows of the event and what holds."""
    event, claim = _mine(chat, facts)
    if event is None or claim is None:
        return Drop(Reason.NOT_SIGNED_UP)
    knew, holds = changes.knew(chat.session, claim.id, event, facts), changes.facts_of(event)
    difference = between(knew, holds)
    if not difference:
        return Drop(Reason.OUTDATED)
    tells = Tells(claim.id, holds.to_json(), knew.to_json())
    if difference.cancelled:
        return Reply(
            lines(
                say(
                    "❌ Cancelled: {title}, {when}.",
                    title=title(event),
                    # Whoever was not told of a move before it knows the earlier time.
                    when=_known(knew),
                ),
                say("Why: {reason}", reason=event.reason) if event.reason else None,
            ),
            buttons=(EVENTS, MINE),
            card=as_card(event, say("Cancelled"), knew.starts_at),
            tells=tells,
        )
    is_there = claim.state in signups.CAME
    if holds.is_postponed:
        return Reply(
            lines(*_what_changed(event, knew, difference)),
            buttons=(
                Button(say("Event details"), OpenEvent(event.id)),
                Button(say("Cancel sign-up"), GiveUp(event.id)),
            ),
            card=as_card(event, _in_short(difference), knew.starts_at),
            tells=tells,
        )
    return Reply(
        lines(*_what_changed(event, knew, difference), _kept(event, claim, difference, chat.now)),
        buttons=(
            Button(say("Event details") if is_there else say("Still coming"), OpenEvent(event.id)),
            MINE if is_there else Button(say("Can't make it"), GiveUp(event.id)),
        ),
        card=as_card(event, _in_short(difference)),
        tells=tells,
    )


def _in_short(difference: Difference) -> Sayable:
    if difference.postponed:
        return say("Postponed")
    if difference.dated:
        return say("The date is set")
    if difference.time:
        return say("At a new time")
    return say("At another place") if difference.place else say("Meets elsewhere")


def _what_changed(event: Event, knew: Facts, difference: Difference) -> Iterator[Sayable | None]:
    """What changed of an event that takes place; the reason is that of its last move."""
    place, meet = event.text_of("place"), event.text_of("meet")
    when = When(event.starts_at, event.ends_at, near=True)
    if difference.postponed:
        yield say("⚠️ Postponed: {title}, {when}.", title=title(event), when=When(knew.starts_at))
        yield say("Its date is to come. You keep your place; we'll tell you once it is set.")
        yield say("Now at {place}.", place=place) if difference.place else None
        yield say("Why: {reason}", reason=event.reason) if event.reason else None
        return
    if difference.dated:
        yield say("✅ The date is set: {title}, {when}.", title=title(event), when=when)
        yield say("Now at {place}.", place=place) if difference.place else place
        yield told(event, "meet")
        yield say("Why: {reason}", reason=event.reason) if event.reason else None
        return
    if difference.restored:
        yield say("✅ It takes place after all: {title}, {when}.", title=title(event), when=when)
        yield place
        yield told(event, "meet")
        return
    if not difference.time and not difference.place:
        yield (
            say("⚠️ Another meeting point: {title}, now {place}.", title=title(event), place=meet)
            if meet
            else say("⚠️ No meeting point any more: {title}.", title=title(event))
        )
        yield None if meet else _straight_to(place)
        yield when
        return
    if not difference.time:
        yield say("⚠️ Another place: {title}, now at {place}.", title=title(event), place=place)
        yield told(event, "meet")
        yield when
        return
    is_only_end = knew.starts_at == event.starts_at
    yield say(
        "⚠️ Moved: {title}, from {was} to {when}.",
        title=title(event),
        was=When(knew.starts_at, knew.ends_at if is_only_end else None),
        when=when,
    )
    if difference.place:
        yield say("Now at {place}.", place=place)
    if difference.meet:
        yield told(event, "meet") or _straight_to(place)
    if event.reason:
        yield say("Why: {reason}", reason=event.reason)


def _known(knew: Facts) -> Sayable:
    """The time that a member knows an event to have."""
    return say("date to come") if knew.is_postponed else When(knew.starts_at, near=True)


def _kept(event: Event, claim: Any, difference: Difference, now: datetime) -> Sayable | None:
    """Until when a seat is kept for who does not answer, so that it goes to the next in time."""
    asks = difference.time or difference.dated or difference.restored
    if not asks or claim.state != SignupState.SEATED or now >= windows.sign_up_ends(event):
        return None
    until = TimeOfDay(windows.sign_up_ends(event))
    return say("Your seat is kept. If you can't make it, say so by {until}.", until=until)


def _straight_to(place: Translated) -> Sayable | None:
    return say("Come straight to {place}.", place=place) if place else None


def as_card(event: Event, text: Sayable, at: datetime | None = None) -> Card:
    """A notice about an event in its parts; ``text`` is at most some fifteen characters long."""
    return Card(
        title=title(event),
        text=text,
        at=at or (None if undated.is_to_come(event.starts_at) else event.starts_at),
        place=event.text_of("meet") or event.text_of("place"),
    )


def _mine(chat: Chat, facts: Mapping[str, Any]) -> tuple[Event | None, Any]:
    event = events.get(chat.session, facts["event_id"])
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    return event, claim


def hint(chat: Chat) -> Sayable | None:
    """A line about how to get fewer messages, once a week at most."""
    since = chat.now - HINT_EVERY
    if history.was_sent_since(chat.session, chat.member.address_id, since):
        return None
    return say("Fewer messages: write “profile” or “stop”.")
