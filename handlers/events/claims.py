"""What a member has at an event, in words: their claim as the event stands now."""

from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Sayable, TimeOfDay, lines, say, say_n
from handlers.events import in_hall
from handlers.words import DOT, SHIFTS
from models.events import chances, entries, signups
from models.events.events import Event, SignupState
from models.members import for_me
from models.rules.events import clashes, undated, windows
from models.rules.events.chances import Chance
from models.rules.events.windows import EventAct, Phase
from models.store.compiled import Row


def in_short(chat: Chat, event: Event, claim: Any) -> Sayable:
    """The claim as a list of one's own shows it, behind title and time."""
    phase = windows.phase_of(event, chat.now)
    if phase == Phase.CANCELLED:
        return say("❌ cancelled")
    if phase == Phase.POSTPONED:
        return say("⏳ postponed")
    match claim.state:
        case SignupState.ATTENDED:
            return say("✅ checked in")
        case SignupState.WAITING if not _can_come(event, chat):
            return say("no seat came free")
        case SignupState.WAITING if has_free_seat(chat, event, claim):
            return say("🔔 a seat is free")
        case SignupState.WAITING:
            place = signups.position(chat.session, event.id, claim.turn)
            return say("⏳ number {n} in the queue", n=place)
        case SignupState.OFFERED:
            return say("🔔 a seat is free for you")
        case SignupState.ASKED if chat.now >= event.starts_at:
            return say("not answered")
        case SignupState.ASKED:
            return say("⏳ waits for the organizers")
        case SignupState.ENTERED:
            return say("⏳ in the draw")
        case SignupState.NO_SHOW:
            return say("didn't come")
        case SignupState.CANCELLED:
            return say("gave up")
        case _:
            seat = in_hall.where(chat, event, claim)
            return say("✅ {seat}", seat=seat) if seat is not None else say("✅ seat")


def on_card(chat: Chat, event: Event, claim: Any) -> Sayable | None:
    """The claim as a line of the event's page; None where the page says all there is to say."""
    phase = windows.phase_of(event, chat.now)
    if claim is None or phase == Phase.CANCELLED:
        return None
    match claim.state:
        case SignupState.ATTENDED:
            return lines(say("✅ You're checked in."), in_hall.own(chat, event, claim))
        case SignupState.WAITING if not _can_come(event, chat):
            return say("Sign-up has closed, and no seat came free for you.")
        case SignupState.WAITING if has_free_seat(chat, event, claim):
            return say("🔔 A seat is free.")
        case SignupState.WAITING:
            place = signups.position(chat.session, event.id, claim.turn)
            return lines(
                say("⏳ You're number {n} in the queue.", n=place),
                chance(chat, event, claim, place),
            )
        case SignupState.OFFERED:
            return say(
                "🔔 A seat is free for you, until {until}.", until=TimeOfDay(claim.offered_until)
            )
        case SignupState.ASKED if chat.now < event.starts_at:
            return say("⏳ The organizers haven't answered yet.")
        case SignupState.ENTERED:
            code = entries.code_of(chat.session, claim.id)
            return say("⏳ You're in the draw, code {code}.", code=code or "")
        case SignupState.SEATED:
            return lines(say("✅ You have a seat."), in_hall.own(chat, event, claim))
    return None


def chance(chat: Chat, event: Event | Row, claim: Any, place: int) -> Sayable | None:
    """What a place in the queue is worth, by past events; None where too little is known."""
    found = chances.of_claim(chat.session, event, claim, place, chat.now)
    if found is None:
        return None
    if not found.usually:
        return say("Seats at such events seldom come free: don't count on it.")
    match found.chance:
        case Chance.LIKELY:
            return say_n(
                "At such events {n} seat usually comes free: you'll probably get one.",
                "At such events {n} seats usually come free: you'll probably get one.",
                found.usually,
            )
        case Chance.UNSURE:
            return say_n(
                "At such events {n} seat usually comes free: it may work out.",
                "At such events {n} seats usually come free: it may work out.",
                found.usually,
            )
        case Chance.UNLIKELY:
            return say_n(
                "At such events {n} seat usually comes free: don't count on it.",
                "At such events {n} seats usually come free: don't count on it.",
                found.usually,
            )


def has_free_seat(chat: Chat, event: Event, claim: Any) -> bool:
    """Whether seats are free that nobody is asked for: whoever waits can take them by asking."""
    is_full = event.seats is not None and event.held >= event.seats
    if undated.is_to_come(event.starts_at):
        return False
    return not is_full and signups.would_fit(chat.session, event, claim, chat.now)


def _can_come(event: Event, chat: Chat) -> bool:
    """Whether a seat may still come to those who wait."""
    act = EventAct.BE_OFFERED
    if undated.is_to_come(event.starts_at):
        return True
    return windows.refusal(act, event, chat.now, SignupState.WAITING) is None


def in_the_way(chat: Chat, event: Event) -> Sayable | None:
    """What is at the same time as an event that the member could sign up for."""
    other = for_me.seat_at_the_time(chat.session, event, chat.member, chat.now)
    said = (
        say("same time as {title}", title=other) if other is not None else None,
        against_shift(chat, event),
    )
    return lines(*said, between=DOT) if any(said) else None


def against_shift(chat: Chat, event: Event | Row) -> Sayable | None:
    """That the member works or sleeps then, as far as their shift tells it."""
    shift = chat.member.shift
    hours = for_me.hours_of_shift(chat.member, chat.care)
    if shift is None or not hours:
        return None
    if not clashes.falls_into(event.starts_at, event.ends_at, hours, chat.care.zone):
        return None
    return say("clashes with your shift: {shift}", shift=SHIFTS[shift])
