"""Running events: who comes, who waits; close, seats, time, place, cancel; the list as a file."""

from collections.abc import Callable, Generator, Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from bot.chat import Chat
from bot.dialogs import Option, Question, Wrong
from bot.messages import (
    Attachment,
    Bilingual,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.routing import Drop, Router
from handlers import dates
from handlers.actions import EVENTS, MENU, GiveUp, OpenEvent
from handlers.organizing import (
    MY_EVENTS,
    CheckIn,
    MyEvents,
    NewEvent,
    Run,
    ShowPeople,
)
from handlers.permission import denied
from handlers.publishing import LONGEST_PLACE, LONGEST_TEXT, approval_card
from handlers.words import DOT, event_card, person, seats_left, station_name, title
from models import audit, checking_in, events, publishing, roles, running, signups, stations
from models.events import Event, EventState, Signup, SignupState
from models.members import Member, NoticeKind
from models.rules import publishing as rules
from models.rules.permissions import Act
from models.running import Changed, TooFew, TooLate
from models.stations import Station

router = Router()

PAGE, PEOPLE_PAGE = 5, 20
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES: dict[SignupState, Sayable] = {
    SignupState.ATTENDED: say("came"),
    SignupState.SEATED: say("seat"),
    SignupState.NO_SHOW: say("didn't come"),
    SignupState.OFFERED: say("asked"),
    SignupState.WAITING: say("waits"),
    SignupState.CANCELLED: say("gave up"),
    SignupState.ENTERED: say("in the draw"),
}


# My events


@router.command("myevents", zh="管理活动", also=("我的活动", "my events"))
def my_events_by_words(chat: Chat, words: str) -> Reply:
    return my_events(chat, MyEvents())


@router.button(MyEvents)
def my_events(chat: Chat, press: MyEvents) -> Reply:
    """The events this member may run, and before them those that wait for their approval."""
    if not roles.held_by(chat.session, chat.member.id, chat.now):
        here = stations.get(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.PUBLISH_EVENT, here or stations.district(chat.session))
        if refusal is not None:
            return refusal
    if not (press.past or press.skip or press.later):
        waiting = publishing.to_be_answered(chat.session, chat.member.id, chat.now)
        if waiting:
            return _to_be_answered(chat, waiting[0], len(waiting))
    past = bool(press.past)
    found = running.events_of(
        chat.session, chat.member.id, chat.now, past=past, skip=press.skip, limit=PAGE + 1
    )
    more = (
        (Button(say("More"), MyEvents(press.past, press.skip + PAGE)),) if len(found) > PAGE else ()
    )
    other = Button(say("Coming"), MyEvents()) if past else Button(say("Past"), MyEvents(1))
    new = Button(say("New event"), NewEvent())
    if not found:
        nothing = say("No past events.") if past else say("No coming events of yours.")
        return Reply(nothing, buttons=(new, other, MENU))
    heading = say("Past events:") if past else say("Your coming events:")
    return Reply(
        heading,
        tuple(
            Choice(event.id, title(event), Run(event.id), _line(event))
            for event in found[:PAGE]
            if event.id is not None
        ),
        (new, other, *more),
        edit=press.skip > 0,
    )


def _to_be_answered(chat: Chat, event: Event, number: int) -> Reply:
    card = approval_card(chat, event)
    rest = number - 1
    others = say_n("{n} more waits for you.", "{n} more wait for you.", rest) if rest else None
    later = Button(say("Later"), MyEvents(later=1))
    return Reply(lines(card.text, others), buttons=(*card.buttons, later), picture=card.picture)


def _line(event: Event) -> Sayable:
    starts = When(event.starts_at, near=True)
    return lines(title(event), starts, _numbers(event), between=DOT)


def _numbers(event: Event) -> Sayable:
    """How many have a seat, of how many, and how many wait."""
    if event.state != EventState.OPEN and event.state != EventState.CLOSED:
        return seats_left(event)
    taken = (
        say("{held} of {seats} signed up", held=event.held, seats=event.seats)
        if event.seats is not None
        else say("{held} signed up", held=event.held)
    )
    waiting = say("{n} waiting", n=event.waiting) if event.waiting else None
    closed = say("sign-up closed") if event.state == EventState.CLOSED else None
    return lines(taken, waiting, closed, between=DOT)


# One event


@router.button(Run)
def run(chat: Chat, press: Run) -> Reply:
    """One event as its organizer sees it, or one thing about it."""
    event = events.for_organizers(chat.session, press.event_id)
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    act = Act.RUN_EVENT if press.what in ACTS else Act.CHECK_IN
    if refusal := may_not(chat, act, event):
        return refusal
    return ACTS.get(press.what, run_card)(chat, event)


def may_not(chat: Chat, act: Act, event: Event) -> Reply | None:
    """The refusal, for whoever may not; whoever published an event may look at it."""
    if act == Act.CHECK_IN and event.by_member_id == chat.member.id:
        return None
    station = stations.get(chat.session, event.station_id)
    subject = f"event:{event.id}"
    return denied(chat, act, station, team_id=event.team_id, subject=subject)


def run_card(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    assert event.id is not None
    if event.state == EventState.RETURNED:
        change = Button(say("Change it"), NewEvent(event.id, 1))
        return Reply(lines(before, _summary(chat, event)), buttons=(change, MY_EVENTS))
    if event.state == EventState.ASKED:
        return Reply(lines(before, _summary(chat, event)), buttons=(MY_EVENTS, MENU))
    people = Button(say("Names"), ShowPeople(event.id))
    more = Button(say("More"), Run(event.id, "more"))
    second = (
        Button(say("Check in"), CheckIn(event.id))
        if checking_in.is_the_day(event, chat.now) and chat.now < event.ends_at
        else Button(say("Hold again"), NewEvent(event.id))
    )
    return Reply(lines(before, _summary(chat, event)), buttons=(people, second, more))


def _summary(chat: Chat, event: Event) -> Sayable:
    assert event.id is not None
    found = running.counts(chat.session, event.id)
    came, absent = found.get(SignupState.ATTENDED, 0), found.get(SignupState.NO_SHOW, 0)
    return lines(
        title(event),
        When(event.starts_at, event.ends_at, near=True),
        Bilingual(event.place, event.place_en)
        or station_name(stations.get(chat.session, event.station_id)),
        _numbers(event),
        say("{n} asked about a free seat", n=found[SignupState.OFFERED])
        if SignupState.OFFERED in found
        else None,
        say("✅ {n} came", n=came) if came else None,
        say("{n} didn't come", n=absent) if absent else None,
    )


def _more(chat: Chat, event: Event) -> Reply:
    """Everything else that can be done with it; what cannot be undone stands last."""
    assert event.id is not None
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
    assert event.id is not None
    where = station_name(stations.get(chat.session, event.station_id))
    back = Button(say("Back"), Run(event.id))
    return Reply(event_card(event, where), buttons=(back, MY_EVENTS))


@router.button(ShowPeople)
def show_people(chat: Chat, press: ShowPeople) -> Reply:
    """Names, for those who run it or check people in."""
    event = events.for_organizers(chat.session, press.event_id)
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    if refusal := may_not(chat, Act.CHECK_IN, event):
        return refusal
    found = running.people(chat.session, press.event_id, skip=press.skip, limit=PEOPLE_PAGE + 1)
    back = Button(say("Back"), Run(press.event_id))
    if not found:
        return Reply(say("Nobody has signed up yet."), buttons=(back, MY_EVENTS))
    listed = [
        lines(f"{number}. ", _person(each), between="")
        for number, each in enumerate(found[:PEOPLE_PAGE], start=press.skip + 1)
    ]
    sheet = Button(say("List as a file"), Run(press.event_id, "sheet"))
    more = ShowPeople(press.event_id, press.skip + PEOPLE_PAGE)
    buttons = (
        (Button(say("More"), more), sheet, back) if len(found) > PEOPLE_PAGE else (sheet, back)
    )
    return Reply(lines(title(event), *listed), buttons=buttons, edit=press.skip > 0)


def _person(each: tuple[Signup, Member | None, Station | None]) -> Sayable:
    signup, member, station = each
    return lines(
        name_of(signup, member),
        station_name(station),
        STATES[signup.state],
        between=DOT,
    )


def name_of(signup: Signup, member: Member | None) -> Sayable:
    if member is None:
        return say("erased")
    return person(member.name, member.id)


# Changes that can be undone


def _open(chat: Chat, event: Event) -> Reply:
    return _let_sign_up(chat, event, True)


def _close(chat: Chat, event: Event) -> Reply:
    return _let_sign_up(chat, event, False)


def _let_sign_up(chat: Chat, event: Event, open_: bool) -> Reply:
    assert event.id is not None
    done = running.let_sign_up(chat.session, event.id, open_, chat.member.id, chat.now)
    if isinstance(done, TooLate):
        return _too_late(chat, done.event)
    said = say("✅ Sign-up is open again.") if open_ else say("✅ Sign-up is closed.")
    return run_card(chat, done.event, before=said)


def _too_late(chat: Chat, event: Event) -> Reply:
    return run_card(chat, event, before=say("It's cancelled, or over: nothing was changed."))


def _sheet(chat: Chat, event: Event) -> Reply:
    """The list as a file; who took it stands in the audit."""
    assert event.id is not None
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
    return seats.begin(chat, before=_numbers(event), event_id=event.id)


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


# Changes that people are told of: each asks once


@router.dialog("run-time")
def time_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    when = yield Question("when", lines(say("When?"), dates.EXAMPLE), read=dates.read)
    starts_at, ends_at = dates.span(when, timedelta(minutes=start["minutes"]))
    sure = yield Question(
        "sure",
        lines(
            say(
                "{title}: from {was} to {when}.",
                title=Bilingual(*start["title"]),
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
        title=[event.title, event.title_en],
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
            say("{title}: at {place}.", title=Bilingual(*start["title"]), place=place),
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
        before=lines(title(event), Bilingual(event.place, event.place_en), between=DOT),
        event_id=event.id,
        title=[event.title, event.title_en],
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
            say("{title} will be cancelled for good.", title=Bilingual(*start["title"])),
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
        title=[event.title, event.title_en],
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
    "seats": _ask_seats,
    "time": _ask_time,
    "place": _ask_place,
    "off": _ask_off,
}


# What members hear, and the file


@router.notice("relocated")
def relocated(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.get(chat.session, facts["event_id"])
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    if event is None or claim is None or event.state == EventState.CANCELLED:
        return Drop("not signed up any more")
    if event.place != facts["place"]:
        return Drop("it is somewhere else by now")
    if NoticeKind.CHANGE in chat.member.muted:
        return Drop("muted")
    assert event.id is not None
    return Reply(
        lines(
            say("⚠️ Another place: {title}, now at {place}.", title=title(event), place=event.place),
            When(event.starts_at, event.ends_at, near=True),
        ),
        buttons=(
            Button(say("Still coming"), OpenEvent(event.id)),
            Button(say("Can't make it"), GiveUp(event.id)),
            EVENTS,
        ),
    )


@router.file("signup-list")
def make_list(session: Session, event_id: int, language: str, zone: str) -> bytes:
    from models import sign_up_lists

    return sign_up_lists.workbook(session, event_id, language, zone)
