"""Notices about events that are read too late: what they said then, and what holds now.

``None`` says that a notice is still of use and stands as it was sent.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, When, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MINE, OpenEvent, SignUp
from handlers.events import notices
from handlers.words import title
from models.events import events, signups
from models.events.events import Event, EventState, SignupState
from models.rules.events import undated, windows
from models.rules.events.windows import EventAct

router = Router()


@router.past("reminder")
def reminder(chat: Chat, facts: Mapping[str, Any]) -> Reply | None:
    event, claim = _mine(chat, facts)
    if event is None:
        return _gone()
    is_on = event.state != EventState.CANCELLED and chat.now < event.starts_at
    was = datetime.fromisoformat(facts["starts_at"])
    if is_on and was == event.starts_at and claim == SignupState.SEATED:
        return None
    return Reply(
        lines(
            say("Missed: the reminder of {title}, {when}.", title=title(event), when=When(was)),
            _what_became_of_it(chat, event, was),
        ),
        buttons=(Button(say("Details"), OpenEvent(event.id)), EVENTS, MINE),
    )


def _what_became_of_it(chat: Chat, event: Event, was: datetime) -> Sayable | None:
    if event.state == EventState.CANCELLED:
        return say("It was cancelled.")
    if undated.is_to_come(event.starts_at):
        return say("It was postponed; its date is to come.")
    if was != event.starts_at:
        return say("It was moved to {when}.", when=When(event.starts_at, near=True))
    if chat.now >= event.ends_at:
        return say("It's over.")
    return say("It has begun.") if chat.now >= event.starts_at else None


@router.past("offer")
def offer(chat: Chat, facts: Mapping[str, Any]) -> Reply | None:
    event, claim = _mine(chat, facts)
    if event is None:
        return _gone()
    if claim == SignupState.OFFERED:
        row = signups.claim_of(chat.session, event.id, chat.member.id)
        if row is not None and chat.now < row.offered_until:
            return None
    when = When(event.starts_at, near=True)
    said = say("Missed: a seat was kept for you at {title}, {when}.", title=title(event), when=when)
    if claim in (SignupState.SEATED, *signups.CAME):
        return Reply(lines(said, say("You have a seat.")), buttons=(MINE, EVENTS))
    if _is_free(chat, event, claim):
        sign_up = Button(say("Sign up"), SignUp(event.id))
        return Reply(lines(said, say("A seat is still free.")), buttons=(sign_up, EVENTS))
    if claim == SignupState.WAITING:
        return Reply(lines(said, say("You're in the queue again.")), buttons=(MINE, EVENTS))
    return Reply(lines(said, say("It's no longer free.")), buttons=(EVENTS, MINE))


@router.past("lapsed")
def lapsed(chat: Chat, facts: Mapping[str, Any]) -> Reply | None:
    """In the words of now: the seat may be free again, or somebody else's."""
    said = notices.lapsed(chat, facts)
    return offer(chat, facts) if isinstance(said, Drop) else said


def _is_free(chat: Chat, event: Event, claim: SignupState | None) -> bool:
    act = EventAct.TAKE_SEAT if claim == SignupState.WAITING else EventAct.SIGN_UP
    if windows.refusal(act, event, chat.now, claim) is not None:
        return False
    return event.seats is None or event.held < event.seats


def _mine(chat: Chat, facts: Mapping[str, Any]) -> tuple[Event | None, SignupState | None]:
    event = events.get(chat.session, facts["event_id"])
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    return event, SignupState(claim.state) if claim is not None else None


def _gone() -> Reply:
    return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))
