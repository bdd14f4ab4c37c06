"""The hall of an event as its organizers see it: said in a line, seated, printed."""

from collections.abc import Callable, Generator, Mapping
from typing import Any, assert_never

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import (
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    Text,
    When,
    clauses,
    lines,
    listing,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MINE, GiveUp, OpenEvent
from handlers.events import browsing, in_hall
from handlers.events.buttons import MY_EVENTS, Run
from handlers.events.confirming import meanwhile, seen_of, too_late
from handlers.events.printing import KINDS, Words
from handlers.events.running import may_have_list, name_of, sees_places, to_run
from handlers.words import DOT, station_name, title
from models.events import events, halls, lookup, running, signups, sitting
from models.events.events import Event, SignupState
from models.events.running import Meanwhile, TooLate
from models.events.sitting import Seated
from models.network import stations
from models.rules.events import halls as rules
from models.rules.events.halls import Hall, HallKind, Seat, Unread
from models.rules.texts import file_name
from models.sending.reasons import Reason
from papers.facts import Order, PlaceCards, SeatOnPlan, SeatPlan

router = Router()

EXAMPLE = say("Like this: 10 rows of 20, rows 1-3 18, front 2 rows for guests. Or: 12 tables of 10")
UNREAD: Mapping[rules.Why, Text] = {
    rules.Why.WORDS: say("I can't read a hall in “{part}”."),
    rules.Why.HOW_MANY: say("How many rows or tables are there in all?"),
    rules.Why.SIZE: say("How many seats has each row or table?"),
    rules.Why.NO_SUCH: say("There is no such row, table or seat: “{part}”."),
    rules.Why.TOO_LARGE: say("That's more than I can seat: up to 5,000."),
    rules.Why.ALL_KEPT: say("Then there'd be no seat left to give."),
}


# The card


def show(chat: Chat, event: Event) -> Reply:
    """The hall and how far it is seated; where none is said yet, it is asked for."""
    return _show(chat, event) if event.hall else _ask(chat, event)


def _show(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    stand = sitting.standing(chat.session, event)
    acts: list[tuple[Sayable, Run]] = []
    if stand.is_lacking:
        acts.append((say("Seat people now"), Run(event.id, "hall-seat")))
    acts += [
        (say("Seat plan to print"), Run(event.id, "hall-plan")),
        (say("Seat plan as a picture"), Run(event.id, "hall-picture")),
    ]
    if stand.sit:
        acts.append((say("Place cards"), Run(event.id, "hall-cards")))
        acts.append((say("Seat all anew"), Run(event.id, "hall-anew")))
    acts.append((say("Change the hall"), Run(event.id, "hall-ask")))
    lack = say_n(
        "⚠️ {n} person more than seats: the last to sign up gets none.",
        "⚠️ {n} people more than seats: the last to sign up get none.",
        stand.lack,
    )
    later = say("People are seated when sign-up closes, or 3 hours before the start.")
    return Reply(
        lines(
            before,
            title(event),
            say("Hall: {hall}", hall=in_hall.described(event)),
            say(
                "{sit} of {people} seated; {seats} can be given.",
                sit=stand.sit,
                people=stand.people,
                seats=stand.seats,
            ),
            lack if stand.lack else None,
            later if event.hall_seated_at is None else None,
        ),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(acts, start=1)),
        (Button(say("Back"), Run(event.id)), MY_EVENTS),
    )


# Saying it


@router.dialog("event-hall")
def hall(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "hall",
        lines(say("Which rows or tables has the hall? In one line."), EXAMPLE),
        check=_read,
        skip=say("No seats to give"),
        many_lines=True,
    )
    return start, words


def _read(words: str) -> str | Wrong:
    if len(words) > rules.LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=rules.LONGEST))
    found = rules.read(words)
    return Wrong(why_unread(found)) if isinstance(found, Unread) else " ".join(words.split())


def why_unread(found: Unread) -> Sayable:
    """Why a hall cannot be read, with an example."""
    return lines(say(UNREAD[found.why].id, part=found.part), EXAMPLE)


def _ask(chat: Chat, event: Event) -> Reply:
    now = say("Hall: {hall}", hall=in_hall.described(event)) if event.hall else None
    return hall.begin(chat, before=lines(title(event), now), **seen_of(event))


@hall.done
def said(chat: Chat, form: tuple[Mapping[str, Any], str | None]) -> Reply:
    start, words = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    by, seen = chat.member.id, start["revision"]
    match halls.set_hall(chat.session, event.id, words or "", by, chat.now, seen=seen):
        case Meanwhile(event):
            return hall.begin(chat, before=meanwhile(event, start), **seen_of(event))
        case TooLate() as late:
            return too_late(chat, late)
        case Unread() as unread:
            return hall.begin(chat, before=why_unread(unread), **seen_of(event))
        case Seated(event) as done:
            if not event.hall:
                told = say("✅ Nobody has a seat of their own now.")
                return Reply(
                    lines(told, title(event)), buttons=(Button(say("Back"), Run(event.id)),)
                )
            return _show(chat, event, before=lines(say("✅ Noted."), changes(done)))
        case never:
            assert_never(never)


# Seating


def _seat(chat: Chat, event: Event) -> Reply:
    return _seated(chat, halls.seat(chat.session, event.id, chat.member.id, chat.now), event)


def _ask_anew(chat: Chat, event: Event) -> Reply:
    """What would change: nothing is done before the next tap."""
    would = sitting.would_seat(chat.session, event)
    if not would.moved and not would.given and not would.lost:
        return _show(chat, event, before=say("Everybody would sit where they sit."))
    return Reply(
        lines(
            title(event),
            say("Seated anew, parties together and groups side by side:"),
            changes(would),
            say("Whoever moves gets a message. Do it?"),
        ),
        buttons=(
            Button(say("Leave it"), Run(event.id, "hall")),
            Button(say("Seat all anew"), Run(event.id, "hall-anew-sure")),
        ),
    )


def _anew(chat: Chat, event: Event) -> Reply:
    done = halls.seat(chat.session, event.id, chat.member.id, chat.now, anew=True)
    return _seated(chat, done, event)


def _seated(chat: Chat, done: Seated | TooLate | None, event: Event) -> Reply:
    match done:
        case None:
            return _ask(chat, event)
        case TooLate() as late:
            return too_late(chat, late)
        case Seated(event):
            return _show(chat, event, before=lines(say("✅ Done."), changes(done)))
        case never:
            assert_never(never)


def changes(done: Seated) -> Sayable | None:
    """Whom a seating concerns; None where it is nobody."""
    parts = (
        say_n("{n} gets a seat", "{n} get a seat", done.given) if done.given else None,
        say_n("{n} moves", "{n} move", done.moved) if done.moved else None,
        say_n("{n} loses theirs", "{n} lose theirs", done.lost) if done.lost else None,
        say_n("{n} stays", "{n} stay", done.stay) if done.stay else None,
    )
    return clauses(*parts) if any(parts[:3]) else None


# Printing


def _file(maker: str, kind: str, called: Sayable) -> Callable[[Chat, Event], Reply]:
    """An act that hands a paper of the hall out; who took it stands in the audit."""

    def act(chat: Chat, event: Event) -> Reply:
        if not event.hall:
            return _ask(chat, event)
        running.record_view(chat.session, event, chat.member.id, chat.now, what="file")
        zone, at = str(chat.care.zone), chat.now.isoformat()
        sees = int(sees_places(chat, event))
        args = (chat.member.id, event.id, chat.language, zone, sees, at)
        name = file_name(chat.in_words(title(event)), chat.in_words(called)) or str(event.id)
        extension = "png" if kind == KINDS["png"] else "pdf"
        return Reply(
            lines(
                lines(title(event), called, between=DOT),
                say("It holds names: keep it to yourself."),
            ),
            buttons=(Button(say("Back"), Run(event.id, "hall")), MY_EVENTS),
            file=Attachment(f"{name}.{extension}", kind, maker, args),
        )

    return act


ACTS: dict[str, Callable[[Chat, Event], Reply]] = {
    "hall": show,
    "hall-ask": _ask,
    "hall-seat": _seat,
    "hall-anew": _ask_anew,
    "hall-anew-sure": _anew,
    "hall-plan": _file("seat-plan", KINDS["pdf"], say("Seat plan")),
    "hall-picture": _file("seat-picture", KINDS["png"], say("Seat plan")),
    "hall-cards": _file("place-cards", KINDS["pdf"], say("Place cards")),
}


@router.file("seat-plan", may=may_have_list)
def make_plan(
    session: Session, by: int, event_id: int, language: str, zone: str, sees: int = 0, at: str = ""
) -> Order:
    """The hall with a name on each seat that is given."""
    return Order(_plan(session, event_id, language, zone, sees, at))


@router.file("seat-picture", may=may_have_list)
def make_picture(
    session: Session, by: int, event_id: int, language: str, zone: str, sees: int = 0, at: str = ""
) -> Order:
    return Order(_plan(session, event_id, language, zone, sees, at), "png")


@router.file("place-cards", may=may_have_list)
def make_cards(
    session: Session, by: int, event_id: int, language: str, zone: str, sees: int = 0, at: str = ""
) -> Order:
    """A card for everybody who sits, from the front on."""
    event, _hall = _with_hall(session, event_id)
    in_words = Words.of(language, zone, at)
    names = _names(session, event, in_words, sees)
    cards = tuple(
        (names.get(claim, ""), in_words(in_hall.said(event, seat) or ""))
        for seat, claim in sitting.plan_of(session, event)
    )
    return Order(PlaceCards(language, in_words(title(event)), cards))


def _plan(
    session: Session, event_id: int, language: str, zone: str, sees: int, at: str
) -> SeatPlan:
    event, hall_ = _with_hall(session, event_id)
    in_words = Words.of(language, zone, at)
    names = _names(session, event, in_words, sees)
    sits = {seat: names.get(claim, "") for seat, claim in sitting.plan_of(session, event)}
    tables = hall_.kind is HallKind.TABLES
    label = say("Table {n}").id if tables else say("Row {n}").id
    units = tuple(
        (in_words(say(label, n=unit)), tuple(_on_plan(hall_, seat, sits) for seat in seats))
        for unit, seats in ((unit, hall_.of_unit(unit)) for unit in range(1, len(hall_.sizes) + 1))
    )
    where = event.text_of("place") or station_name(stations.get(session, event.station_id))
    number = say_n("{n} person", "{n} people", len(sits))
    when = When(event.starts_at, event.ends_at)
    return SeatPlan(
        language=language,
        title=in_words(title(event)),
        subtitle=in_words(lines(when, where, number, between=DOT)),
        front=in_words(say("Stage")),
        units=units,
        are_tables=tables,
        foot=in_words(say("It holds names: keep it to yourself.")),
    )


def _on_plan(hall_: Hall, seat: Seat, sits: Mapping[Seat, str]) -> SeatOnPlan:
    return SeatOnPlan(str(seat.number), sits.get(seat, ""), seat in hall_.kept)


def _with_hall(session: Session, event_id: int) -> tuple[Event, Hall]:
    event = events.for_organizers(session, event_id)
    found = sitting.of(event) if event is not None else None
    if event is None or found is None:
        raise LookupError("no such event, or no hall")
    return event, found


def _names(session: Session, event: Event, in_words: Words, sees: int) -> dict[int, str]:
    """The names of those who sit, by their claims."""
    namesakes = running.namesakes(session, event.id)
    return {
        signup.id: in_words(name_of(signup, member, station, namesakes, sees_places=bool(sees)))
        for signup, member, station in running.people(session, event.id, sitting.HOLDING)
    }


# In words


@router.command(
    "myseat", zh="我的座位", also=("我坐哪", "坐哪里", "my seat"), about=say("Where I sit")
)
def my_seat(chat: Chat, words: str) -> Reply:
    """Where the member sits at each event to come; else how one gets a seat with a number."""
    mine = signups.of_member(chat.session, chat.member.id, chat.now)
    sits = [
        lines(title(event), When(event.starts_at, near=True), seat, between=DOT)
        for claim, event in mine
        if (seat := in_hall.where(chat, event, claim)) is not None
    ]
    if sits:
        return Reply(lines(say("Your seats:"), *sits[:5]), buttons=(MINE, EVENTS))
    to_be_given = [
        title(event)
        for claim, event in mine
        if event.hall_seats and claim.state == SignupState.SEATED
    ]
    if to_be_given:
        later = say(
            "Seat numbers for {titles} aren't given out yet; we'll tell you yours.",
            titles=listing(*to_be_given[:3]),
        )
        return Reply(later, buttons=(MINE, EVENTS))
    among = sitting.to_come(chat.session, chat.now)
    numbered = lookup.upcoming(chat.session, chat.now, among=among, caller=chat.member, limit=3)
    nothing = say("You have no seat with a number.")
    if not numbered:
        return Reply(nothing, buttons=(MINE, EVENTS))
    gives = say("Whoever signs up here gets one:")
    return Reply(lines(nothing, gives), browsing.choices_of(chat, numbered), (MINE, EVENTS))


# The notice


@router.notice("hall-seat")
def told(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.get(chat.session, facts["event_id"])
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    if event is None or claim is None or claim.state != SignupState.SEATED:
        return Drop(Reason.NOT_SIGNED_UP)
    seat = in_hall.own(chat, event, claim)
    if seat is None:
        return Drop(Reason.NOT_SIGNED_UP)
    values = {"title": title(event), "when": When(event.starts_at, near=True)}
    first = (
        say("⚠️ You sit elsewhere now: {title}, {when}.", **values)
        if facts.get("moved")
        else say("🔔 {title}, {when}.", **values)
    )
    return Reply(
        lines(first, seat),
        buttons=(
            Button(say("Event details"), OpenEvent(event.id)),
            Button(say("Can't make it"), GiveUp(event.id)),
        ),
    )
