"""Changing an event: sign-up, seats, time, place; cancelling it; its list as a file."""

from collections.abc import Callable, Generator, Mapping
from datetime import timedelta
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    QR,
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers import dates
from handlers.actions import MENU
from handlers.events.audiences import whom
from handlers.events.buttons import MY_EVENTS, CheckIn, NewEvent, Run
from handlers.events.questions import LONGEST_PLACE, LONGEST_TEXT
from handlers.events.running import may_not, numbers, run_card
from handlers.words import DOT, event_card, station_name, title
from models.events import checking_in, events, running
from models.events.events import Event, EventState
from models.events.running import Changed, TooFew, TooLate
from models.network import audit, stations
from models.rules.events import publishing as rules
from models.rules.languages import Translated
from models.rules.network.permissions import Act

router = Router()

PNG = "image/png"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.button(Run)
def run(chat: Chat, press: Run) -> Reply:
    """One event as its organizer sees it, or one thing about it."""
    event = events.for_organizers(chat.session, press.event_id)
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    act = Act.RUN_EVENT if press.what in ACTS else Act.CHECK_IN
    # The author of an event sees its numbers, but no names.
    is_theirs = event.by_member_id == chat.member.id and not press.what
    if not is_theirs and (refusal := may_not(chat, act, event)):
        return refusal
    return ACTS.get(press.what, run_card)(chat, event)


def _more(chat: Chat, event: Event) -> Reply:
    """Everything else that can be done with it; what cannot be undone stands last."""
    acts: list[tuple[Sayable, Any]] = []
    if event.state != EventState.CANCELLED and event.ends_at > chat.now:
        is_open = event.state == EventState.OPEN
        acts.append(
            (say("Close sign-up"), Run(event.id, "close"))
            if is_open
            else (say("Reopen sign-up"), Run(event.id, "open"))
        )
        acts += [
            (say("Change seats"), Run(event.id, "seats")),
            (say("Change time"), Run(event.id, "time")),
            (say("Change place"), Run(event.id, "place")),
        ]
    if checking_in.is_the_day(event, chat.now):
        acts.append((say("Check in"), CheckIn(event.id)))
    acts += [
        (say("List as a file"), Run(event.id, "sheet")),
        (say("Poster code"), Run(event.id, "poster")),
        (say("Hold again"), NewEvent(event.id)),
        (say("As members see it"), Run(event.id, "seen")),
    ]
    if event.state != EventState.CANCELLED and event.ends_at > chat.now:
        acts.append((say("Cancel the event"), Run(event.id, "off")))
    return Reply(
        lines(title(event), say("What shall happen?")),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(acts, start=1)),
        (Button(say("Back"), Run(event.id)), MY_EVENTS),
    )


def _as_seen(chat: Chat, event: Event) -> Reply:
    where = station_name(stations.get(chat.session, event.station_id))
    back = Button(say("Back"), Run(event.id))
    card = event_card(event, where, whom=whom(chat.session, event))
    return Reply(card, buttons=(back, MY_EVENTS))


def _poster(chat: Chat, event: Event) -> Reply:
    """A QR code for posters and groups, which opens the event."""
    path = f"/go/{chat.member.account}/e{event.id}"
    return Reply(
        lines(
            say("Put this on the poster of {title}: a scan leads to it.", title=title(event)),
            say("In a group, write “sign up {n}” beside it.", n=event.id),
        ),
        buttons=(Button(say("Back"), Run(event.id)), MY_EVENTS),
        file=Attachment(f"event-{event.id}.png", PNG, QR, (path,)),
    )


# Changes that can be undone


def _open(chat: Chat, event: Event) -> Reply:
    return _let_sign_up(chat, event, True)


def _close(chat: Chat, event: Event) -> Reply:
    return _let_sign_up(chat, event, False)


def _let_sign_up(chat: Chat, event: Event, open_: bool) -> Reply:
    done = running.let_sign_up(chat.session, event.id, open_, chat.member.id, chat.now)
    if isinstance(done, TooLate):
        return _too_late(chat, done.event)
    text = say("✅ Sign-up is open again.") if open_ else say("✅ Sign-up is closed.")
    return run_card(chat, done.event, before=text)


def _too_late(chat: Chat, event: Event) -> Reply:
    return run_card(chat, event, before=say("It's cancelled, or over: nothing was changed."))


def _sheet(chat: Chat, event: Event) -> Reply:
    """The list as a file; who took it stands in the audit."""
    audit.record(
        chat.session,
        chat.member.id,
        Act.RUN_EVENT,
        f"event:{event.id}",
        chat.now,
        station_id=event.station_id,
        what="list taken",
    )
    args = (event.id, chat.language, str(chat.care.zone))
    return Reply(
        say("Who signed up for {title}. It holds names: keep it to yourself.", title=title(event)),
        buttons=(Button(say("Back"), Run(event.id)), MY_EVENTS),
        file=Attachment(f"event-{event.id}.xlsx", SHEET, "signup-list", args),
    )


# Seats


@router.dialog("run-seats")
def seats(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    number = yield Question(
        "seats", say("How many seats? Write a number."), check=_seats, skip=say("No limit")
    )
    return start["event_id"], number


def _seats(words: str) -> str | Wrong:
    number = rules.read_seats(words)
    return str(number) if number is not None else Wrong(say("Write a number like 20."))


def _ask_seats(chat: Chat, event: Event) -> Reply:
    return seats.begin(chat, before=numbers(event), event_id=event.id)


@seats.done
def change_seats(chat: Chat, form: tuple[int, str | None]) -> Reply:
    event, refusal = _to_change(chat, form[0])
    if event is None:
        return refusal
    number = int(form[1]) if form[1] and form[1] != "0" else None
    done = running.change_seats(chat.session, form[0], number, chat.member.id, chat.care, chat.now)
    match done:
        case TooLate(event):
            return _too_late(chat, event)
        case TooFew(held):
            return seats.begin(
                chat,
                before=say_n(
                    "{n} person has a seat already, so it can't be fewer.",
                    "{n} people have a seat already, so it can't be fewer.",
                    held,
                ),
                event_id=form[0],
            )
        case Changed(event, offered=offered):
            asked = (
                say_n("{n} of the queue is asked now.", "{n} of the queue are asked now.", offered)
                if offered
                else None
            )
            return run_card(chat, event, before=lines(say("✅ Seats changed."), asked))


def _to_change(chat: Chat, event_id: int) -> tuple[Event | None, Reply]:
    """The event, or why it is not this member's to change."""
    event = events.for_organizers(chat.session, event_id)
    gone = Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    if event is None:
        return None, gone
    refusal = may_not(chat, Act.RUN_EVENT, event)
    return (None, refusal) if refusal is not None else (event, gone)


# Changes with notices: each asks once


@router.dialog("run-time")
def time_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    when = yield Question("when", lines(say("When?"), dates.EXAMPLE), read=dates.read)
    starts_at, ends_at = dates.span(when, timedelta(minutes=start["minutes"]))
    sure = yield Question(
        "sure",
        lines(
            say(
                "{title}: from {was} to {when}.",
                title=Translated.from_json(start["title"]),
                was=When(dates.span(start["was"], timedelta(0))[0]),
                when=When(starts_at, ends_at, near=True),
            ),
            _will_be_told(start["people"]),
        ),
        options=(Option("yes", say("Move it")), Option("no", say("Leave it"))),
    )
    return start["event_id"], when if sure == "yes" else None, start["minutes"]


def _will_be_told(people: int) -> Sayable:
    if not people:
        return say("Nobody has signed up yet.")
    return say_n("{n} person will be told.", "{n} people will be told.", people)


def _people(event: Event) -> int:
    return event.held + event.waiting


def _ask_time(chat: Chat, event: Event) -> Reply:
    return time_.begin(
        chat,
        before=lines(title(event), When(event.starts_at, event.ends_at, near=True), between=DOT),
        event_id=event.id,
        title=title(event).to_json(),
        was=dates.kept(event.starts_at, event.ends_at),
        minutes=int((event.ends_at - event.starts_at).total_seconds() // 60),
        people=_people(event),
    )


@time_.done
def move(chat: Chat, form: tuple[int, str | None, int]) -> Reply:
    event, refusal = _to_change(chat, form[0])
    if event is None:
        return refusal
    if form[1] is None:
        return run_card(chat, event, before=say("All right, nothing was changed."))
    starts_at, ends_at = dates.span(form[1], timedelta(minutes=form[2]))
    done = running.move(
        chat.session, form[0], starts_at, ends_at, chat.member.id, chat.care, chat.now
    )
    if isinstance(done, TooLate):
        return _too_late(chat, done.event)
    return run_card(chat, done.event, before=lines(say("✅ Moved."), _are_told(done.told)))


def _are_told(people: int) -> Sayable | None:
    if not people:
        return None
    return say_n("{n} person is told.", "{n} people are told.", people)


@router.dialog("run-place")
def place_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    place = yield Question("place", say("Where?"), check=_place)
    sure = yield Question(
        "sure",
        lines(
            say("{title}: at {place}.", title=Translated.from_json(start["title"]), place=place),
            _will_be_told(start["people"]),
        ),
        options=(Option("yes", say("Change it")), Option("no", say("Leave it"))),
    )
    return start["event_id"], place if sure == "yes" else None


def _place(words: str) -> str | Wrong:
    if len(words) > LONGEST_PLACE:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_PLACE))
    return words


def _ask_place(chat: Chat, event: Event) -> Reply:
    return place_.begin(
        chat,
        before=lines(title(event), event.text_of("place"), between=DOT),
        event_id=event.id,
        title=title(event).to_json(),
        people=_people(event),
    )


@place_.done
def relocate(chat: Chat, form: tuple[int, str | None]) -> Reply:
    event, refusal = _to_change(chat, form[0])
    if event is None:
        return refusal
    if form[1] is None:
        return run_card(chat, event, before=say("All right, nothing was changed."))
    done = running.relocate(chat.session, form[0], form[1], chat.member.id, chat.now)
    if isinstance(done, TooLate):
        return _too_late(chat, done.event)
    return run_card(chat, done.event, before=lines(say("✅ Place changed."), _are_told(done.told)))


@router.dialog("run-off")
def off(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield Question(
        "reason", say("Why? Everyone who signed up reads it."), check=_reason, skip=say("No reason")
    )
    sure = yield Question(
        "sure",
        lines(
            say("{title} will be cancelled for good.", title=Translated.from_json(start["title"])),
            _will_be_told(start["people"]),
        ),
        options=(Option("no", say("Keep it")), Option("yes", say("Cancel the event"))),
    )
    return start["event_id"], sure == "yes", reason or ""


def _reason(words: str) -> str | Wrong:
    if len(words) > LONGEST_TEXT:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_TEXT))
    return words


def _ask_off(chat: Chat, event: Event) -> Reply:
    return off.begin(
        chat,
        event_id=event.id,
        title=title(event).to_json(),
        people=_people(event),
    )


@off.done
def call_off(chat: Chat, form: tuple[int, bool, str]) -> Reply:
    event, refusal = _to_change(chat, form[0])
    if event is None:
        return refusal
    if not form[1]:
        return run_card(chat, event, before=say("All right, nothing was changed."))
    done = running.call_off(chat.session, form[0], form[2], chat.member.id, chat.now)
    if isinstance(done, TooLate):
        return _too_late(chat, done.event)
    return run_card(chat, done.event, before=lines(say("❌ Cancelled."), _are_told(done.told)))


ACTS: dict[str, Callable[[Chat, Event], Reply]] = {
    "more": _more,
    "seen": _as_seen,
    "open": _open,
    "close": _close,
    "sheet": _sheet,
    "poster": _poster,
    "seats": _ask_seats,
    "time": _ask_time,
    "place": _ask_place,
    "off": _ask_off,
}
