"""Holding an event a second time, for those who wait for a seat."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Reply, Sayable, When, lines, say, say_n
from bot.conversation.routing import Drop, Router
from handlers import dates
from handlers.actions import GiveUp, OpenEvent
from handlers.events.buttons import MY_EVENTS, Run
from handlers.events.confirming import (
    NOTHING_CHANGED,
    YES,
    asked_now,
    called,
    meanwhile,
    seen_of,
    too_late,
)
from handlers.events.notices import as_card
from handlers.events.running import numbers, run_card, to_run
from handlers.words import title
from models.events import doubling, events, signups
from models.events.doubling import TOPIC, HeldTwice, OfACourse
from models.events.events import Event, SignupState
from models.events.quotas import TooMuch
from models.events.running import Meanwhile, TooLate
from models.rules.events import publishing as rules
from models.rules.events import windows
from models.rules.events.changes import Facts
from models.rules.events.states import DrawState
from models.rules.events.windows import EventAct
from models.sending.reasons import Reason

router = Router()

SAME = "same"


@router.dialog("hold-twice")
def again(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    when = yield Question(
        "when",
        lines(say("When is the second one?"), dates.EXAMPLE),
        read=dates.read,
        options=(Option(SAME, say("Same time")),),
    )
    as_many = "0" if start["seats"] is None else str(start["seats"])
    seats = yield Question(
        "seats",
        say("How many seats? Write a number."),
        options=(Option(as_many, say("As many")),),
        check=_seats,
    )
    starts_at, ends_at = _span(start, when)
    sure = yield Question(
        "sure",
        lines(
            say(
                "{title}, once more: {when}.",
                title=called(start),
                when=When(starts_at, ends_at, near=True),
            ),
            say_n(
                "{n} in the queue is offered a seat, in turn.",
                "{n} in the queue are offered seats, in turn.",
                start["waiting"],
            )
            if start["waiting"]
            else say("Nobody waits for a seat now."),
        ),
        options=(Option(YES, say("Hold it twice")), Option("no", say("Leave it"))),
    )
    return start, when, int(seats), sure == YES


def _seats(words: str) -> str | Wrong:
    number = rules.read_seats(words)
    return str(number) if number is not None else Wrong(say("Write a number like 20."))


def _span(start: Mapping[str, Any], when: str) -> tuple[Any, Any]:
    seen = Facts.from_json(start["seen"])
    if when == SAME:
        return seen.starts_at, seen.ends_at
    return dates.span(when, seen.ends_at - seen.starts_at)


def ask(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    """Ask when, and with how many seats; not where it has begun or has no date."""
    if why := windows.refusal(EventAct.HOLD_TWICE, event, chat.now):
        return too_late(chat, TooLate(event, why))
    if event.draw not in (DrawState.NONE, DrawState.DRAWN):
        first = say("Its seats are drawn first; after that it can be held once more.")
        return run_card(chat, event, before=first)
    said = before or lines(title(event), When(event.starts_at, near=True), numbers(event, chat.now))
    return again.begin(chat, before=said, **seen_of(event), waiting=event.waiting)


@again.done
def hold_twice(chat: Chat, form: tuple[Mapping[str, Any], str, int, bool]) -> Reply:
    start, when, seats, is_sure = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    if not is_sure:
        return run_card(chat, event, before=NOTHING_CHANGED)
    starts_at, ends_at = _span(start, when)
    match doubling.hold_twice(
        chat.session,
        event.id,
        starts_at,
        ends_at,
        seats or None,
        chat.member.id,
        chat.care,
        chat.now,
        seen=start["revision"],
    ):
        case TooLate() as refused:
            return too_late(chat, refused)
        case Meanwhile(event):
            return ask(chat, event, before=meanwhile(event, start))
        case TooMuch(kept, number):
            why = say("That keeps {kept} seats, and there are {seats}.", kept=kept, seats=number)
            return ask(chat, event, before=why)
        case OfACourse(event):
            why = say("It is one of a course: people can change to its other dates.")
            return run_card(chat, event, before=why)
        case HeldTwice(event, second, offered, told):
            return Reply(
                lines(
                    say(
                        "✅ Published: {title}, {when}. Its number is {n}.",
                        title=title(second),
                        when=When(second.starts_at, near=True),
                        n=second.id,
                    ),
                    asked_now(offered),
                    say_n("{n} more waits for both.", "{n} more wait for both.", told)
                    if told
                    else None,
                    say("Another place or meeting point? Change it there."),
                ),
                buttons=(Button(say("Run it"), Run(second.id)), MY_EVENTS),
            )


@router.notice(TOPIC)
def another(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Who waits and was offered no seat hears that they wait for both."""
    event = events.get(chat.session, facts["event_id"])
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    if event is None or claim is None or claim.state != SignupState.WAITING:
        return Drop(Reason.NOT_SIGNED_UP)
    place = signups.position(chat.session, event.id, claim.turn)
    return Reply(
        lines(
            say("🔔 Once more: {title}, {when}.", title=title(event), when=When(event.starts_at)),
            say("You're number {n} there and wait for both; you get what is free first.", n=place),
        ),
        buttons=(
            Button(say("Event details"), OpenEvent(event.id)),
            Button(say("Only the other"), GiveUp(event.id, 1)),
        ),
        card=as_card(event, say("Held once more")),
    )
