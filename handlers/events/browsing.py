"""Looking for events: by time, category, town, team and words; and one event in full."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Lines, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.actions import (
    EVENTS,
    MINE,
    Bring,
    FilterEvents,
    GiveUp,
    HandOver,
    ListEvents,
    OpenEvent,
    SignUp,
    Ticket,
    ToCalendar,
    ask,
)
from handlers.events import (
    audiences,
    claims,
    conditions,
    days,
    own_answers,
    partners,
    room,
    series,
    sharing,
)
from handlers.events.buttons import record_link
from handlers.events.cards import event_card
from handlers.events.company import with_you
from handlers.words import (
    CATEGORIES,
    DOT,
    event_line,
    how_to_pick,
    station_name,
    title,
    why_mine,
)
from models.events import (
    checking_in,
    events,
    handing,
    handovers,
    lookup,
    pictures,
    posters,
    signups,
)
from models.events.audiences import admits
from models.events.events import Category, Event, SignupState
from models.events.lookup import Wanted
from models.members import for_me
from models.network import stations
from models.network.stations import Station, StationKind
from models.rules.events import for_me as order
from models.rules.events import gates as rules
from models.rules.events import undated, windows
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import EventAct, Why
from models.rules.understanding import spans
from models.rules.understanding.spans import DaySpan

router = Router()

Reasons = Mapping[int, Sayable | None]
"""Why events are the member's own, by their numbers."""

PAGE = order.FIRST
NEXT = 3
MOST_BUTTONS = 3
SPANS = (DaySpan.TODAY, DaySpan.TOMORROW, DaySpan.WEEKEND, DaySpan.WEEK)
"""The stretches of days to choose from."""


def choices_of(chat: Chat, rows: Sequence[Event], why: Reasons | None = None) -> tuple[Choice, ...]:
    """Events under their own numbers: the number means the same event everywhere."""
    return tuple(
        Choice(
            event.id,
            title(event),
            OpenEvent(event.id),
            event_line(chat, event, (why or {}).get(event.id)),
        )
        for event in rows
    )


@router.button(ListEvents)
def browse(chat: Chat, press: ListEvents) -> Reply:
    """A page of coming events: the member's own first, then the soonest."""
    since, until = span_of(press.span, chat)
    wanted = Wanted(
        since,
        until,
        press.category if press.category in set(Category) else "",
        press.station_id or None,
        press.team_id or None,
    )
    skip = max(press.skip, 0)
    shown = _page(chat, wanted, press, skip)
    if not shown.rows:
        return _nothing_there(chat, press)
    more = Button(say("More"), replace(press, skip=skip + PAGE, seat=shown.seat))
    return Reply(
        lines(_heading(chat, press, shown), how_to_pick(chat)),
        choices_of(chat, shown.rows, shown.why),
        (
            *((more,) if shown.has_more else ()),
            Button(say("Filter"), FilterEvents()),
            _everything(press, shown) or MINE,
        ),
        edit=press.skip > 0,
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list, why they are the member's own, and whether the list is out of time's order.

    ``has_more`` rows after them. ``seat`` is the newest seat that the order knows of.
    """

    rows: Sequence[Event]
    has_more: bool
    why: Reasons | None = None
    is_moved: bool = False
    seat: int = -1


def _page(chat: Chat, wanted: Wanted, press: ListEvents, skip: int) -> Page:
    """One page: in the member's own order, and by time alone where they told nothing."""
    in_part = days.begins_in_part(chat, press.span)
    seat = (
        press.seat if press.seat >= 0 else for_me.newest_seat(chat.session, chat.member, chat.now)
    )
    found = for_me.in_order(chat.session, chat.member, chat.care, wanted, chat.now, seat)
    if found is None:
        rows = lookup.upcoming(
            chat.session,
            chat.now,
            **asdict(wanted),
            among=in_part,
            caller=chat.member,
            skip=skip,
            limit=PAGE + 1,
        )
        return Page(rows[:PAGE], len(rows) > PAGE)
    if in_part is not None:
        found = [each for each in found if each.number in in_part]
    timely = order.by_time(found)
    ordered = timely if press.by_time else found
    page = ordered[skip : skip + PAGE]
    by_id = {
        each.id: each
        for each in lookup.upcoming(chat.session, chat.now, among=[one.number for one in page])
    }
    return Page(
        [by_id[each.number] for each in page],
        len(ordered) > skip + PAGE,
        {each.number: why_mine(each) for each in page},
        ordered != timely,
        seat,
    )


def _everything(press: ListEvents, shown: Page) -> Button | None:
    """The way to all events: without the filter, or by time where one's own are put first."""
    unfiltered = replace(press, skip=0, by_time=0, seat=-1)
    if unfiltered != ListEvents():
        return Button(say("All"), ListEvents())
    return Button(say("All by time"), ListEvents(by_time=1)) if shown.is_moved else None


def _nothing_there(chat: Chat, press: ListEvents) -> Reply:
    """What comes next, where there is nothing at the time that was asked for."""
    until = span_of(press.span, chat)[1]
    later = (*((until,) if until is not None else ()), None)
    for since, is_there in product(later, (True, False)):
        soonest = lookup.upcoming(
            chat.session,
            chat.now,
            since=since,
            category=press.category if is_there and press.category in set(Category) else "",
            station_id=(press.station_id or None) if is_there else None,
            team_id=(press.team_id or None) if is_there else None,
            caller=chat.member,
            limit=NEXT,
        )
        if soonest:
            return Reply(_nothing(chat, press), choices_of(chat, soonest), (EVENTS, MINE))
    text = say("Nothing there yet. Everything that is coming is under Events.")
    return Reply(text, buttons=(EVENTS, Button(say("Filter"), FilterEvents())))


def _nothing(chat: Chat, press: ListEvents) -> Sayable:
    narrowed = _narrowed(chat, press)
    if press.span == DaySpan.TODAY and not narrowed:
        return say("Nothing more today. What comes next:")
    asked = Lines(tuple(each for each in (days.named(chat, press.span), *narrowed) if each), DOT)
    if not asked.parts:
        return say("What comes next:")
    return say("{what}: nothing there. What comes next:", what=asked)


def _heading(chat: Chat, press: ListEvents, shown: Page) -> Sayable:
    parts = [days.named(chat, press.span), *_narrowed(chat, press)]
    if shown.is_moved:
        parts.append(say("yours first"))
    return Lines((say("Coming events"), *parts), DOT)


def _narrowed(chat: Chat, press: ListEvents) -> Sequence[Sayable]:
    """The category and the place that a list is of."""
    parts: list[Sayable] = []
    if press.category in set(Category):
        parts.append(CATEGORIES[Category(press.category)])
    if press.station_id:
        parts.append(station_name(stations.get(chat.session, press.station_id)))
    return parts


def span_of(span: str, chat: Chat) -> tuple[datetime | None, datetime | None]:
    """From when to when a span reaches, in the station's days."""
    return spans.reach(span, chat.now.astimezone(chat.care.zone))


@router.button(FilterEvents)
def filter_events(chat: Chat, press: FilterEvents) -> Reply:
    """Ways to look: by time, category or town."""
    if press.by == "town":
        return Reply(
            say("Which town?"),
            tuple(
                Choice(number, station_name(town), ListEvents(station_id=town.id))
                for number, town in enumerate(stations.towns(chat.session), start=1)
            ),
        )
    spans = [(days.SPANS[span], ListEvents(span=span)) for span in SPANS]
    categories = [(label, ListEvents(category=each)) for each, label in CATEGORIES.items()]
    return Reply(
        say("Which events?"),
        tuple(
            Choice(number, label, action)
            for number, (label, action) in enumerate([*spans, *categories], start=1)
        ),
        (Button(say("By town"), FilterEvents("town")), EVENTS),
    )


# One event


@router.button(OpenEvent)
def open_event(chat: Chat, press: OpenEvent) -> Reply:
    event = events.get(chat.session, press.event_id)
    return card(chat, event) if event is not None else no_such_event()


def follow(chat: Chat, rest: str) -> Reply:
    """A deep link, the event's number; behind it may stand the code of the poster they came by."""
    number, _, code = rest.partition("-")
    is_number = number.isdecimal() and len(number) < 10
    event = events.get(chat.session, int(number)) if is_number else None
    if event is not None and code:
        posters.arrive(chat.session, event.id, code, chat.member.id, chat.now)
    return card(chat, event) if event is not None else no_such_event()


def no_such_event() -> Reply:
    return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))


def card(chat: Chat, event: Event) -> Reply:
    """An event in full, with what this member can do about it now."""
    station = stations.get(chat.session, event.station_id)
    claim = signups.claim_of(chat.session, event.id, chat.member.id)
    whom = audiences.whom_and(chat, event, is_in=claim is not None)
    may_sign_up = claim is None and admits(chat.session, event.audience, chat.member)
    is_open = windows.refusal(EventAct.SIGN_UP, event, chat.now) is None
    closed = conditions.closed_to(chat, event) if may_sign_up and is_open else None
    mine = (
        claims.in_the_way(chat, event)
        if may_sign_up and is_open and closed is None
        else lines(claims.on_card(chat, event, claim), with_you(chat, claim))
    )
    unfit = conditions.on_card(chat, event, closed) if closed is not None else None
    shared = room.line(chat.session, event, chat.now)
    if shared is not None and may_sign_up and is_open and closed is None:
        shared = lines(shared, room.open_to(chat, event))
    told = {"claim": mine, "whom": whom, "shared": shared, "unfit": unfit}
    told["partners"] = partners.told(chat.session, event.id)
    return Reply(
        lines(
            event_card(event, station_name(station), chat.now, **told),
            series.dates_line(chat, event),
            _who_sees(station) if may_sign_up and closed is None else None,
        ),
        choices=_ways_on(chat, event, claim),
        buttons=_with_ask(
            event, _acts(chat, event, claim, closed), sharing.below(chat, event, claim)
        ),
        picture=pictures.name(chat.session, event.picture_id),
    )


def _ways_on(chat: Chat, event: Event, claim: Any) -> tuple[Choice, ...]:
    """What else one can do: answer what is asked, hand one's seat over, pass the event on."""
    ways = own_answers.on_card(chat, event, claim)
    if _may_hand_over(chat, event, claim):
        ways = (*ways, Choice(len(ways) + 1, say("Hand over seat"), HandOver(event.id)))
    return (*ways, *sharing.on_card(chat, event, claim, len(ways) + 1))


def _may_hand_over(chat: Chat, event: Event, claim: Any) -> bool:
    if claim is None or claim.state != SignupState.SEATED:
        return False
    if not handovers.seats_of(chat.session, event.id, chat.member.id):
        return False
    return handing.why_nobody(chat.session, event, claim, chat.now) is None


def _who_sees(station: Station | None) -> Sayable | None:
    """That a company sees the list of its event, before somebody signs up."""
    if station is None or station.kind is not StationKind.CONTACT_POINT:
        return None
    return say("{place}'s organizers see the list of names.", place=station_name(station))


def _with_ask(event: Event, acts: Sequence[Button], share: Sequence[Button]) -> tuple[Button, ...]:
    """What can be done, the map, the question to its organizers; ways elsewhere give room."""
    own = [each for each in acts if each not in (EVENTS, MINE)]
    asking = () if len(own) + bool(event.map_url) >= MOST_BUTTONS else (ask(event.id),)
    elsewhere = [each for each in acts if each in (EVENTS, MINE)]
    return (*own, *asking, *_map(event), *share, *elsewhere)[:MOST_BUTTONS]


def _map(event: Event) -> tuple[Button, ...]:
    return (Button(say("Map"), url=event.map_url),) if event.map_url else ()


def _acts(chat: Chat, event: Event, claim: Any, closed: Why | None) -> tuple[Button, ...]:
    """What this member can do now; where there is nothing, the page says why."""
    state = claim.state if claim is not None else None
    can_leave = signups.why_kept(event, state, chat.now) is None
    if state == SignupState.SEATED:
        if undated.is_to_come(event.starts_at):
            return (Button(say("Cancel sign-up"), GiveUp(event.id)),)
        if checking_in.is_the_day(event, chat.now):
            first = Button(say("Check-in code"), Ticket(event.id))
        elif can_leave:
            first = Button(say("Add to calendar"), ToCalendar(event.id))
        else:
            return (EVENTS, MINE)
        give_up = Button(say("Cancel sign-up"), GiveUp(event.id)) if can_leave else MINE
        if can_leave and series.may_change(chat, event, claim):
            return (first, Button(say("Another date"), series.OtherDate(event.id)), give_up)
        return (first, give_up)
    is_free = state == SignupState.WAITING and claims.has_free_seat(chat, event, claim)
    if (state == SignupState.OFFERED or is_free) and can_leave:
        return (
            Button(say("Take it"), SignUp(event.id)),
            Button(say("No thanks"), GiveUp(event.id, 1)),
        )
    if state == SignupState.WAITING and can_leave:
        return (Button(say("Leave queue"), GiveUp(event.id)),)
    if state == SignupState.ASKED and can_leave:
        return (Button(say("Ask no more"), GiveUp(event.id)),)
    if state == SignupState.ENTERED and can_leave:
        return (Button(say("Leave the draw"), GiveUp(event.id)), record_link(event.id))
    if state is not None:
        return (EVENTS, MINE)
    if windows.refusal(EventAct.SIGN_UP, event, chat.now) is not None:
        return (EVENTS,)
    if not admits(chat.session, event.audience, chat.member):
        return (*audiences.ways_in(chat, event.aim), EVENTS)
    if closed is not None:
        return conditions.ways_on(chat, event, closed)
    if event.draw == DrawState.ENTERING:
        first = Button(say("Enter the draw"), SignUp(event.id))
        others = (Button(say("With others"), Bring(event.id)),) if event.along else ()
        return (first, *others, record_link(event.id))
    if event.draw in LISTED:
        return (record_link(event.id), EVENTS)
    if rules.from_column(event.gates).approval:
        others = (Button(say("With others"), Bring(event.id)),) if event.along else ()
        return (Button(say("Ask for a seat"), SignUp(event.id)), *others, EVENTS)
    own = room.seats_for(chat, event)
    is_full = event.seats is not None and (event.waiting > 0 or event.held >= event.seats)
    if own is not None:
        is_full = own == 0
    first = Button(say("Join queue") if is_full else say("Sign up"), SignUp(event.id))
    if event.along and (event.seats is not None or not is_full):
        return (first, Button(say("With others"), Bring(event.id)), EVENTS)
    return (first, EVENTS)
