"""Events as their organizers see them: which they run, who comes, who waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.language import phrasebook
from bot.conversation.messages import (
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
from handlers.actions import MENU, Mine
from handlers.events import in_hall, photo_files, signups
from handlers.events.answers import AnswersOf
from handlers.events.answers import in_words as said_in_words
from handlers.events.approvals import approval_card
from handlers.events.buttons import (
    MY_EVENTS,
    REQUESTS,
    CheckIn,
    MyEvents,
    NewEvent,
    Run,
    ShowPeople,
)
from handlers.permission import denied
from handlers.words import DOT, in_the_draw, person_apart, seats_left, station_name, title, when_now
from models.events import checking_in, events, handovers, parties, publishing, running
from models.events.events import Event, EventState, Signup, SignupState
from models.network import roles, stations
from models.network.members import Member
from models.network.names import Namesakes
from models.network.stations import Station
from models.rules.events import windows
from models.rules.events.states import DrawState
from models.rules.events.windows import EventAct, Phase
from models.rules.network.permissions import Act

router = Router()

PAGE, PEOPLE_PAGE = 5, 20
STATES: dict[SignupState, Sayable] = {
    SignupState.ATTENDED: say("came"),
    SignupState.SEATED: say("seat"),
    SignupState.NO_SHOW: say("didn't come"),
    SignupState.OFFERED: say("asked"),
    SignupState.WAITING: say("waits"),
    SignupState.CANCELLED: say("gave up"),
    SignupState.ENTERED: say("in the draw"),
    SignupState.ASKED: say("waits for your answer"),
}


HEADINGS = (
    say("No."),
    say("Name"),
    say("Company or town"),
    say("State"),
    say("Queue"),
    say("Signed up"),
    say("Came"),
    say("Gave up"),
    say("Seat"),
)


# My events


@router.command("myevents", zh="管理活动", also=("我的活动", "管理", "my events", "manage"))
def my_events_by_words(chat: Chat, words: str) -> Reply:
    """Their own sign-ups to whoever runs nothing: every member calls them 我的活动.

    ``管理活动 12`` opens the event of this number.
    """
    if not runs_any(chat):
        return signups.show_mine(chat, Mine())
    number = int(words) if words.isdecimal() and len(words) < 10 else 0
    if (event := events.for_organizers(chat.session, number)) is not None:
        return may_not(chat, Act.CHECK_IN, event) or run_card(chat, event)
    return my_events(chat, MyEvents())


def runs_any(chat: Chat) -> bool:
    """Whether this member holds a role."""
    return bool(roles.held_by(chat.session, chat.member.id, chat.now))


@router.button(MyEvents)
def my_events(chat: Chat, press: MyEvents) -> Reply:
    """The events this member may run, and before them those that wait for their approval."""
    if not runs_any(chat):
        here = stations.desk_of(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.PUBLISH_EVENT, here)
        if refusal is not None:
            return refusal
    if not (press.past or press.skip or press.later):
        waiting = publishing.to_be_answered(chat.session, chat.member.id, chat.now)
        if waiting:
            return _to_be_answered(chat, waiting[0], len(waiting))
    past = bool(press.past)
    rows = running.events_of(
        chat.session, chat.member.id, chat.now, past=past, skip=press.skip, limit=PAGE + 1
    )
    more = (
        (Button(say("More"), MyEvents(press.past, press.skip + PAGE)),) if len(rows) > PAGE else ()
    )
    other = Button(say("Coming"), MyEvents()) if past else Button(say("Past"), MyEvents(1))
    new = Button(say("New event"), NewEvent())
    if not rows:
        nothing = say("No past events.") if past else say("No coming events of yours.")
        return Reply(nothing, buttons=(new, other, MENU))
    heading = say("Past events:") if past else say("Your coming events:")
    return Reply(
        heading,
        tuple(
            Choice(event.id, title(event), Run(event.id), line(event, chat.now))
            for event in rows[:PAGE]
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


def line(event: Event, now: datetime) -> Sayable:
    """An event in a list of its organizers: what, when, how many come."""
    starts = when_now(event, now)
    return lines(title(event), starts, numbers(event, now), between=DOT)


def numbers(event: Event, now: datetime) -> Sayable:
    """How many have a seat, of how many, how many wait, and whether sign-up is open."""
    phase = windows.phase_of(event, now)
    if phase in (Phase.CANCELLED, Phase.UNPUBLISHED):
        return seats_left(event, now)
    if event.draw and event.draw != DrawState.DRAWN:
        closed = seats_left(event, now) if phase != Phase.OPEN else None
        return lines(in_the_draw(event), closed, between=DOT)
    taken = (
        say("{held} of {seats} signed up", held=event.held, seats=event.seats)
        if event.seats is not None
        else say("{held} signed up", held=event.held)
    )
    waiting = say("{n} waiting", n=event.waiting) if event.waiting else None
    closed = seats_left(event, now) if phase != Phase.OPEN else None
    return lines(taken, waiting, closed, between=DOT)


# One event


def may_not(chat: Chat, act: Act, event: Event) -> Reply | None:
    """The refusal; None where this member may."""
    station = stations.get(chat.session, event.station_id)
    subject = f"event:{event.id}"
    return denied(chat, act, station, team_id=event.team_id, subject=subject)


def to_run(chat: Chat, event_id: int, *acts: Act) -> tuple[Event, Reply] | tuple[None, Reply]:
    """The event at which this member may do these acts, or why not; without any: run it."""
    event = events.for_organizers(chat.session, event_id)
    gone = Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    if event is None:
        return None, gone
    for act in acts or (Act.RUN_EVENT,):
        if (refusal := may_not(chat, act, event)) is not None:
            return None, refusal
    return event, gone


def to_prepare(chat: Chat, event_id: int) -> tuple[Event, Reply] | tuple[None, Reply]:
    """The event that this member may prepare, or why not; one that is over shows its card."""
    event, refusal = to_run(chat, event_id)
    if event is not None and windows.refusal(EventAct.EDIT, event, chat.now) is not None:
        return None, run_card(chat, event)
    return (event, refusal) if event is not None else (None, refusal)


def run_card(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    counts = running.counts(chat.session, event.id)
    told = lines(before, _summary(chat, event, counts))
    if event.state == EventState.LAPSED:
        again = Button(say("Hold again"), NewEvent(event.id))
        return Reply(told, buttons=(again, MY_EVENTS))
    if event.state == EventState.RETURNED:
        change = Button(say("Change it"), NewEvent(event.id, 1))
        return Reply(told, buttons=(change, MY_EVENTS))
    if event.state == EventState.ASKED:
        return Reply(told, buttons=(MY_EVENTS, MENU))
    people = Button(say("Names"), ShowPeople(event.id))
    more = Button(say("More"), Run(event.id, "more"))
    second = Button(say("Hold again"), NewEvent(event.id))
    if SignupState.ASKED in counts and chat.now < event.starts_at:
        second = Button(say("Requests"), Run(event.id, REQUESTS))
    elif checking_in.is_the_day(event, chat.now) and chat.now < event.ends_at:
        second = Button(say("Check in"), CheckIn(event.id))
    return Reply(told, buttons=(people, second, more))


def _summary(chat: Chat, event: Event, counts: Mapping[SignupState, int]) -> Sayable:
    came, absent = counts.get(SignupState.ATTENDED, 0), counts.get(SignupState.NO_SHOW, 0)
    return lines(
        title(event),
        When(event.starts_at, event.ends_at, near=True),
        event.text_of("place") or station_name(stations.get(chat.session, event.station_id)),
        numbers(event, chat.now),
        say("{n} asked about a free seat", n=counts[SignupState.OFFERED])
        if SignupState.OFFERED in counts
        else None,
        say_n(
            "🔔 {n} waits for your answer.",
            "🔔 {n} wait for your answer.",
            counts[SignupState.ASKED],
        )
        if SignupState.ASKED in counts
        else None,
        say("✅ {n} came", n=came) if came else None,
        say("{n} didn't come", n=absent) if absent else None,
    )


@router.button(ShowPeople)
def show_people(chat: Chat, press: ShowPeople) -> Reply:
    """Names, for those who run it or check people in."""
    event, refusal = to_run(chat, press.event_id, Act.SEE_LIST)
    if event is None:
        return refusal
    rows = running.people(chat.session, press.event_id, skip=press.skip, limit=PEOPLE_PAGE + 1)
    back = Button(say("Back"), Run(press.event_id))
    if not rows:
        nobody = lines(title(event), say("Nobody has signed up yet."))
        return Reply(nobody, buttons=(back, MY_EVENTS))
    running.record_view(chat.session, event, chat.member.id, chat.now)
    namesakes = running.namesakes(chat.session, press.event_id, [each[1] for each in rows])
    claims = [each[0] for each in rows]
    beside = Beside(parties.leaders(chat.session, claims), handovers.givers(chat.session, claims))
    sees = sees_places(chat, event)
    answers = AnswersOf(chat, event)
    listed = [
        lines(
            f"{number}. ",
            answers.behind(_person(event, each, namesakes, beside, sees), each[0].id),
            between="",
        )
        for number, each in enumerate(rows[:PEOPLE_PAGE], start=press.skip + 1)
    ]
    sheet = Button(say("List as a file"), Run(press.event_id, "sheet"))
    more = ShowPeople(press.event_id, press.skip + PEOPLE_PAGE)
    buttons = (Button(say("More"), more), sheet, back) if len(rows) > PEOPLE_PAGE else (sheet, back)
    return Reply(
        lines(title(event), *listed),
        photo_files.on_list(chat, event),
        buttons,
        edit=press.skip > 0,
    )


def sees_places(chat: Chat, event: Event) -> bool:
    """Whether this member sees where the people on an event's list work."""
    station = chat.session.get_one(Station, event.station_id)
    return roles.may(chat.session, chat.member.id, Act.SEE_PLACES, station, chat.now)


@dataclass(frozen=True, slots=True)
class Beside:
    """Who stands in the list beside somebody: who brings them by party, who gave them the seat."""

    leaders: Mapping[int, str]
    givers: Mapping[int, str]


def _person(
    event: Event,
    each: tuple[Signup, Member | None, Station | None],
    namesakes: Namesakes,
    beside: Beside,
    sees: bool,
) -> Sayable:
    signup, member, station = each
    name = name_of(signup, member, station, namesakes, sees_places=sees)
    if leader := beside.leaders.get(signup.party_id or 0):
        name = say("{name} (with {leader})", name=name, leader=leader)
    if (giver := beside.givers.get(signup.from_member_id or 0)) is not None:
        name = say("{name} (seat from {giver})", name=name, giver=giver)
    is_placed = member is not None and member.name in namesakes.names
    place = station_name(station) if sees and not is_placed else None
    seat = in_hall.of_claim(event, signup)
    return lines(name, place, STATES[signup.state], seat, between=DOT)


def name_of(
    claim: Signup | None,
    member: Member | None,
    station: Station | None,
    namesakes: Namesakes,
    *,
    sees_places: bool,
) -> Sayable:
    """A person on a list: a member, somebody without a chat, or who is erased."""
    if member is None:
        if claim is None or (not claim.name and claim.party_id is None):
            return say("erased")
        return claim.name or (say("a child") if claim.is_child else say("somebody"))
    return person_apart(member, station, namesakes, sees_places=sees_places)


# The file


def may_have_list(
    session: Session,
    now: datetime,
    by: int,
    event_id: int,
    language: str,
    zone: str,
    with_places: int = 0,
    at: str = "",
) -> bool:
    """Whether this member may have the list of an event, also ``with_places`` of work."""
    event = events.for_organizers(session, event_id)
    station = stations.get(session, event.station_id) if event is not None else None
    if event is None or station is None:
        return False
    if with_places and not roles.may(session, by, Act.SEE_PLACES, station, now):
        return False
    return roles.may(session, by, Act.RUN_EVENT, station, now, team_id=event.team_id)


@router.file("signup-list", may=may_have_list)
def make_list(
    session: Session, by: int, event_id: int, language: str, zone: str, with_places: int = 0
) -> bytes:
    """The sign-up list as .xlsx, in this language, with the places of work where they are seen."""
    from models.events import sign_up_lists

    in_words = phrasebook().into(language)
    said = sign_up_lists.ListWords(
        in_words(say("List")),
        tuple(in_words(each) for each in HEADINGS),
        {state: in_words(each) for state, each in STATES.items()},
        lambda question, value: in_words(said_in_words(question, value)),
        lambda event, signup: in_words(in_hall.of_claim(event, signup) or ""),
    )
    return sign_up_lists.workbook(
        session, event_id, language, said, zone, with_places=bool(with_places)
    )
