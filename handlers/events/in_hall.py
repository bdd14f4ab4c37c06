"""Where people sit in a hall, as they and their organizers read it."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Lines, Sayable, Text, lines, listing, say, say_n
from models.events import sitting
from models.events.events import Event, Signup
from models.rules.events import halls as rules
from models.rules.events.halls import Hall, HallKind, Seat
from models.store.compiled import Row


def said(event: Event, *seats: Seat) -> Lines | None:
    """The seats in words: ``row 5, seat 12``; None without any."""
    hall = sitting.of(event)
    if hall is None or not seats:
        return None
    tables = hall.kind is HallKind.TABLES
    return listing(
        *(
            say("table {unit}, seat {numbers}", unit=unit, numbers=listing(*numbers))
            if tables
            else say("row {unit}, seat {numbers}", unit=unit, numbers=listing(*numbers))
            for unit, numbers in rules.together(seats)
        )
    )


def described(event: Event) -> Sayable:
    """The hall of an event in the reader's words, in whichever language it was written.

    What is said can be written as well: it is read as the same hall.
    """
    hall = sitting.of(event)
    return in_words(hall) if hall is not None else event.hall


def in_words(hall: Hall) -> Lines:
    """The rows or tables of a hall, and which are kept free."""
    tables = hall.kind is HallKind.TABLES
    if len(hall.runs) == 1:
        each = [_all_alike(tables, len(hall.sizes), hall.sizes[0])]
    else:
        each = [_some(tables, units, size) for units, size in hall.runs]
    whole = hall.kept_units
    kept = [_kept(tables, units) for units in rules.ranges(whole)]
    apart = rules.together(seat for seat in hall.kept if seat.unit not in whole)
    kept += [_kept_in(tables, unit, seats) for unit, runs in apart for seats in runs]
    return lines(*each, *kept, between=say("{one}; {other}", one="", other=""))


def _all_alike(tables: bool, units: int, size: int) -> Text:
    if tables:
        return say_n("{n} table of {size}", "{n} tables of {size}", units, size=size)
    return say_n("{n} row of {size}", "{n} rows of {size}", units, size=size)


def _some(tables: bool, units: str, size: int) -> Text:
    many = _how_many(units)
    if tables:
        return say_n(
            "table {units}: {size}", "tables {units}: {size}", many, units=units, size=size
        )
    return say_n("row {units}: {size}", "rows {units}: {size}", many, units=units, size=size)


def _kept(tables: bool, units: str) -> Text:
    many = _how_many(units)
    if tables:
        return say_n("keep table {units}", "keep tables {units}", many, units=units)
    return say_n("keep row {units}", "keep rows {units}", many, units=units)


def _how_many(units: str) -> int:
    """As many as the grammar of the words needs."""
    return 2 if rules.TO in units else 1


def _kept_in(tables: bool, unit: int, seats: str) -> Text:
    if tables:
        return say("keep table {unit} seats {seats}", unit=unit, seats=seats)
    return say("keep row {unit} seats {seats}", unit=unit, seats=seats)


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
