"""What check-in by codes, by the list and at the door say alike."""

from collections.abc import Sequence
from typing import assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply, Sayable, listing, say, say_n
from handlers.events import in_hall
from handlers.events.running import name_of, sees_places, to_run
from handlers.words import title
from models.events import checking_in, running
from models.events.checking_in import (
    CheckedIn,
    CheckInOutcome,
    NoSeat,
    NotNow,
    OldCode,
    TooManyGuesses,
)
from models.events.events import Event, Signup, SignupState
from models.network import stations
from models.network.members import Member
from models.rules.events.windows import Why
from models.rules.network.permissions import Act


def to_check_in(chat: Chat, event_id: int) -> tuple[Event | None, Reply]:
    return to_run(chat, event_id, Act.CHECK_IN)


def so_far(chat: Chat, event: Event) -> Sayable:
    counts = running.counts(chat.session, event.id)
    came = counts.get(SignupState.ATTENDED, 0)
    seated = came + counts.get(SignupState.SEATED, 0) + counts.get(SignupState.NO_SHOW, 0)
    return say("{title}: {came} of {seated} here.", title=title(event), came=came, seated=seated)


def outcome(chat: Chat, event: Event, done: CheckInOutcome) -> Sayable:
    match done:
        case CheckedIn(signup, member, again=True):
            name = named(chat, event, signup, member)
            return say("{name} was checked in before.", name=name)
        case CheckedIn(signup, member):
            name = named(chat, event, signup, member)
            if (seat := in_hall.where(chat, event, signup)) is not None:
                return say("✅ {name} is here: {seat}.", name=name, seat=seat)
            return say("✅ {name} is here.", name=name)
        case NoSeat():
            return say("❌ Nobody with a seat has this code.")
        case NotNow(Why.POSTPONED):
            return say("⏳ It's postponed: check-in waits for its date.")
        case NotNow(Why.CANCELLED):
            return say("❌ It's cancelled: there is no check-in.")
        case NotNow():
            return say("Check-in opens on the day of the event.")
        case OldCode():
            return say("That code has changed. Scan the one that stands there now.")
        case TooManyGuesses():
            return say("Too many wrong codes. Use the list, or wait ten minutes.")
        case never:
            assert_never(never)


def taken_back(chat: Chat, event: Event, signup_ids: Sequence[int]) -> Sayable:
    """Undo the check-in of these people, and say whose it was."""
    done = [
        checking_in.undo(chat.session, event.id, each, chat.member.id, chat.now)
        for each in signup_ids
    ]
    names = [
        named(chat, event, each.signup, each.member) for each in done if isinstance(each, CheckedIn)
    ]
    if not names:
        return say("Nobody was checked in here just now.")
    return say("Taken back: {names}.", names=listing(*names))


def named(chat: Chat, event: Event, claim: Signup, member: Member | None) -> Sayable:
    """A person on the event's list by the name that tells them from the others there."""
    station = stations.get(chat.session, member.station_id) if member is not None else None
    namesakes = running.namesakes(chat.session, event.id, [member])
    sees = sees_places(chat, event)
    return name_of(claim, member, station, namesakes, sees_places=sees)


def those_along(chat: Chat, event: Event, done: CheckInOutcome) -> Sayable | None:
    """Who came along with a person who is checked in now; None with nobody."""
    if not isinstance(done, CheckedIn) or done.again:
        return None
    along = checking_in.coming_along(chat.session, done.signup)
    if not along:
        return None
    names = [named(chat, event, each, member) for each, member in along]
    return say_n(
        "{n} came along: {names}. Here as well?",
        "{n} came along: {names}. All here?",
        len(along),
        names=listing(*names),
    )
