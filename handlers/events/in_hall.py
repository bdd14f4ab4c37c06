"""Where people sit in a hall, as they and their organizers read it."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Lines, Sayable, listing, say, say_n
from models.events import sitting
from models.events.events import Event, Signup
from models.rules.events import halls as rules
from models.rules.events.halls import HallKind, Seat
from models.store.compiled import Row


def said(event: Event, *seats: Seat) -> Lines | None:
    """The seats in words: ``row 5, seat 12``; None without any."""
    hall = sitting.of(event)
    if hall is None or not seats:
        return None
    tables = hall.kind is HallKind.TABLES
    return listing(
        *(
            say("table {unit}, seat {numbers}", unit=unit, numbers=numbers)
            if tables
            else say("row {unit}, seat {numbers}", unit=unit, numbers=numbers)
            for unit, numbers in rules.together(seats)
        )
    )


def of_claim(event: Event, claim: Signup) -> Sayable | None:
    """The seat of one person, as a list shows it."""
    seat = Seat.from_column(claim.seat) if claim.state in sitting.HOLDING else None
    return said(event, seat) if seat is not None else None


def where(chat: Chat, event: Event, claim: Signup | Row | None) -> Lines | None:
    """Where a member sits, and who comes along with them without a chat."""
    return said(event, *sitting.seats_of(chat.session, event, claim))


def own(chat: Chat, event: Event, claim: Signup | Row | None) -> Sayable | None:
    """The same as a line that a member reads."""
    seats = sitting.seats_of(chat.session, event, claim)
    if not seats:
        return None
    return say_n("Your seat: {seats}", "Your seats: {seats}", len(seats), seats=said(event, *seats))
