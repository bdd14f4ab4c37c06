"""What a member has at an event, in words: their claim as the event stands now."""

from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Sayable, TimeOfDay, say
from models.events import signups
from models.events.events import Event, SignupState
from models.rules.events import windows
from models.rules.events.windows import EventAct, Phase


def in_short(chat: Chat, event: Event, claim: Any) -> Sayable:
    """The claim as a list of one's own shows it, behind title and time."""
    phase = windows.phase_of(event, chat.now)
    if phase == Phase.CANCELLED:
        return say("❌ cancelled")
    match claim.state:
        case SignupState.ATTENDED:
            return say("✅ checked in")
        case SignupState.WAITING if not _can_come(event, chat):
            return say("no seat came free")
        case SignupState.WAITING if has_free_seat(event):
            return say("🔔 a seat is free")
        case SignupState.WAITING:
            place = signups.position(chat.session, event.id, claim.turn)
            return say("⏳ number {n} in the queue", n=place)
        case SignupState.OFFERED:
            return say("🔔 a seat is free for you")
        case SignupState.ENTERED:
            return say("⏳ in the draw")
        case SignupState.NO_SHOW:
            return say("didn't come")
        case SignupState.CANCELLED:
            return say("gave up")
        case _:
            return say("✅ seat")


def on_card(chat: Chat, event: Event, claim: Any) -> Sayable | None:
    """The claim as a line of the event's page; None where the page says all there is to say."""
    phase = windows.phase_of(event, chat.now)
    if claim is None or phase == Phase.CANCELLED:
        return None
    match claim.state:
        case SignupState.ATTENDED:
            return say("✅ You're checked in.")
        case SignupState.WAITING if not _can_come(event, chat):
            return say("Sign-up has closed, and no seat came free for you.")
        case SignupState.WAITING if has_free_seat(event):
            return say("🔔 A seat is free.")
        case SignupState.WAITING:
            place = signups.position(chat.session, event.id, claim.turn)
            return say("⏳ You're number {n} in the queue.", n=place)
        case SignupState.OFFERED:
            return say(
                "🔔 A seat is free for you, until {until}.", until=TimeOfDay(claim.offered_until)
            )
        case SignupState.ENTERED:
            return say("⏳ You're in the draw.")
        case SignupState.SEATED:
            return say("✅ You have a seat.")
    return None


def has_free_seat(event: Event) -> bool:
    """Whether a seat is free that nobody is asked for: whoever waits can take it by asking."""
    return event.seats is None or event.held < event.seats


def _can_come(event: Event, chat: Chat) -> bool:
    """Whether a seat may still come to those who wait."""
    act = EventAct.BE_OFFERED
    return windows.refusal(act, event, chat.now, SignupState.WAITING) is None
