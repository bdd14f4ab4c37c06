"""Looking for events: by time, category, town, team and words; and one event in full."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Lines, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import plain
from handlers.actions import (
    EVENTS,
    MINE,
    TEAMS,
    FilterEvents,
    GiveUp,
    ListEvents,
    OpenEvent,
    OpenTeam,
    SignUp,
    Ticket,
    ToCalendar,
)
from handlers.events import audiences, claims
from handlers.words import (
    CATEGORIES,
    DOT,
    event_card,
    event_line,
    how_to_pick,
    station_name,
    team_name,
    title,
    why_mine,
)
from models.events import checking_in, events, pictures, signups
from models.events.audiences import admits
from models.events.events import Category, Event, SignupState, Wanted
from models.members import for_me
from models.network import stations
from models.network.stations import Station, StationKind
from models.rules.events import for_me as order
from models.rules.events import windows
from models.rules.events.windows import EventAct, Phase
from models.rules.understanding import spans
from models.rules.understanding.intents import Intent, Understood
from models.rules.understanding.spans import DaySpan
from models.teams import teams

router = Router()

Reasons = Mapping[int, Sayable | None]
"""Why events are the member's own, by their numbers."""

PAGE = order.FIRST
NEXT = 3
SPANS: dict[str, Sayable] = {
    DaySpan.TODAY: say("Today"),
    DaySpan.TOMORROW: say("Tomorrow"),
    DaySpan.WEEKEND: say("This weekend"),
    DaySpan.WEEK: say("Next 7 days"),
}
"""The stretches of days to choose from."""
OTHER_SPANS: dict[str, Sayable] = {
    DaySpan.DAY_AFTER: say("The day after tomorrow"),
    DaySpan.NEXT_WEEK: say("Next week"),
    DaySpan.NEXT_WEEKEND: say("Next weekend"),
    DaySpan.MONTH: say("This month"),
    DaySpan.MONDAY: say("Monday"),
    DaySpan.TUESDAY: say("Tuesday"),
    DaySpan.WEDNESDAY: say("Wednesday"),
    DaySpan.THURSDAY: say("Thursday"),
    DaySpan.FRIDAY: say("Friday"),
    DaySpan.SATURDAY: say("Saturday"),
    DaySpan.SUNDAY: say("Sunday"),
}
"""Those that are understood as well."""
CATEGORY_WORDS = {
    Category.THOUGHT: ("学习", "思想", "思想教育", "learning"),
    Category.CULTURE: ("文体", "文艺", "体育", "文体艺术", "culture", "sport", "sports"),
    Category.LIFE: ("生活", "生活服务", "life"),
    Category.CAREER: ("职场", "职场提升", "career"),
}


@router.command("events", zh="活动", also=("event", "看活动"), about=say("Find events"))
def list_events(chat: Chat, words: str) -> Reply:
    """``/events`` alone, with a time, a category, a town, or words of a title."""
    span, left = spans.read(words.casefold())
    return look(chat, left if span else words, span)


@router.intent(Intent.EVENTS)
def asked_for_events(chat: Chat, request: Understood) -> Reply:
    if request.text:
        return _look_through(chat, request)
    typed = plain(chat.incoming.text) if chat.incoming is not None else ""
    is_no_name = (
        bool(request.words)
        and not request.certain
        and not fitting(chat, request.words, request.span)
    )
    # What is left of a long sentence is no name, but a name may stand in it.
    if is_no_name and events.named_in(chat.session, typed, chat.now, caller=chat.member):
        return _look_through(chat, replace(request, text=typed))
    return look(chat, request.words, request.span)


def _look_through(chat: Chat, request: Understood) -> Reply:
    """Events named somewhere in a text, on the days it speaks of; else all of those days."""
    ids = events.named_in(chat.session, request.text, chat.now, caller=chat.member)
    since, until = span_of(request.span, chat)
    found = events.upcoming(
        chat.session, chat.now, since=since, until=until, among=ids, caller=chat.member, limit=PAGE
    )
    if ids and not found:
        found = events.upcoming(chat.session, chat.now, among=ids, caller=chat.member, limit=PAGE)
    if not found:
        return browse(chat, ListEvents(span=request.span))
    return Reply(say("I found these:"), choices_of(chat, found), (EVENTS, MINE))


def look(chat: Chat, words: str, span: str) -> Reply:
    """Events in a span, of the category or town that the words name, or that fit the words."""
    if not words:
        return browse(chat, ListEvents(span=span))
    for category, names in CATEGORY_WORDS.items():
        if words.casefold() in names:
            return browse(chat, ListEvents(span=span, category=category))
    for town in stations.towns(chat.session):
        called = [each.casefold() for each in town.text_of("name").versions()]
        if words.casefold() in (*called, town.name[:2]):
            return browse(chat, ListEvents(span=span, station_id=town.id))
    return search(chat, words, span)


def search(chat: Chat, words: str, span: str = "") -> Reply:
    """What fits the words; teams where only they do."""
    ordered = fitting(chat, words, span)
    if ordered:
        return Reply(
            say("These fit “{words}”:", words=words[:30]), choices_of(chat, ordered), (EVENTS, MINE)
        )
    team_buttons = [
        Button(team_name(team), OpenTeam(team.id))
        for team_id in teams.matching(chat.session, words, 2)
        if (team := teams.get(chat.session, team_id)) is not None
    ]
    nothing = say("No coming event fits “{words}”.", words=words[:30])
    if team_buttons:
        return Reply(lines(nothing, say("There is a team:")), buttons=(*team_buttons, EVENTS))
    return Reply(nothing, buttons=(EVENTS, TEAMS, MINE))


def fitting(chat: Chat, words: str, span: str = "", limit: int = PAGE) -> list[Event]:
    """Coming events that fit the words, the best first."""
    since, until = span_of(span, chat)
    ids = events.matching(chat.session, words, chat.now, limit, caller=chat.member)
    coming = events.upcoming(chat.session, chat.now, since=since, until=until, among=ids)
    shown = {event.id: event for event in coming}
    fits = [shown[event_id] for event_id in ids if event_id in shown]
    return sorted(fits, key=lambda event: windows.phase_of(event, chat.now) != Phase.OPEN)


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
    shown = _page(chat, wanted, skip, is_by_time=bool(press.by_time))
    if not shown.rows:
        return _nothing_there(chat, press)
    more = Button(say("More"), replace(press, skip=skip + PAGE))
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

    ``has_more`` rows after them.
    """

    rows: Sequence[Event]
    has_more: bool
    why: Reasons | None = None
    is_moved: bool = False


def _page(chat: Chat, wanted: Wanted, skip: int, *, is_by_time: bool) -> Page:
    """One page: in the member's own order, and by time alone where they told nothing."""
    found = for_me.in_order(chat.session, chat.member, chat.care, wanted, chat.now)
    if found is None:
        rows = events.upcoming(
            chat.session,
            chat.now,
            **asdict(wanted),
            caller=chat.member,
            skip=skip,
            limit=PAGE + 1,
        )
        return Page(rows[:PAGE], len(rows) > PAGE)
    timely = order.by_time(found)
    ordered = timely if is_by_time else found
    page = ordered[skip : skip + PAGE]
    by_id = {
        each.id: each
        for each in events.upcoming(chat.session, chat.now, among=[one.number for one in page])
    }
    return Page(
        [by_id[each.number] for each in page],
        len(ordered) > skip + PAGE,
        {each.number: why_mine(each) for each in page},
        ordered != timely,
    )


def _everything(press: ListEvents, shown: Page) -> Button | None:
    """The way to all events: without the filter, or by time where one's own are put first."""
    unfiltered = replace(press, skip=0, by_time=0)
    if unfiltered != ListEvents():
        return Button(say("All"), ListEvents())
    return Button(say("All by time"), ListEvents(by_time=1)) if shown.is_moved else None


def _nothing_there(chat: Chat, press: ListEvents) -> Reply:
    """What comes next, where there is nothing at the time that was asked for."""
    soonest = events.upcoming(
        chat.session,
        chat.now,
        category=press.category if press.category in set(Category) else "",
        station_id=press.station_id or None,
        team_id=press.team_id or None,
        caller=chat.member,
        limit=NEXT,
    )
    if not soonest:
        text = say("Nothing there yet. Everything that is coming is under Events.")
        return Reply(text, buttons=(EVENTS, Button(say("Filter"), FilterEvents())))
    return Reply(say("Nothing then. What comes next:"), choices_of(chat, soonest), (EVENTS, MINE))


def _heading(chat: Chat, press: ListEvents, shown: Page) -> Sayable:
    parts: list[Sayable] = []
    if press.span:
        parts.append(SPANS.get(press.span) or OTHER_SPANS.get(press.span, ""))
    if press.category in set(Category):
        parts.append(CATEGORIES[Category(press.category)])
    if press.station_id:
        parts.append(station_name(stations.get(chat.session, press.station_id)))
    if shown.is_moved:
        parts.append(say("yours first"))
    return Lines((say("Coming events"), *parts), DOT)


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
    spans = [(label, ListEvents(span=span)) for span, label in SPANS.items()]
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
    """A deep link or a poster's code: the event's number."""
    event = events.get(chat.session, int(rest)) if rest.isdecimal() and len(rest) < 10 else None
    return card(chat, event) if event is not None else no_such_event()


def no_such_event() -> Reply:
    return Reply(say("There is no such event any more."), buttons=(EVENTS, MINE))


def card(chat: Chat, event: Event) -> Reply:
    """An event in full, with what this member can do about it now."""
    station = stations.get(chat.session, event.station_id)
    claim = signups.claim_of(chat.session, event.id, chat.member.id)
    whom = audiences.whom_and(chat, event, is_in=claim is not None)
    mine = claims.on_card(chat, event, claim)
    may_sign_up = claim is None and admits(chat.session, event.audience, chat.member)
    return Reply(
        lines(
            event_card(event, station_name(station), chat.now, claim=mine, whom=whom),
            _who_sees(station) if may_sign_up else None,
        ),
        buttons=(*_acts(chat, event, claim), *_map(event)),
        picture=pictures.name(chat.session, event.picture_id),
    )


def _who_sees(station: Station | None) -> Sayable | None:
    """That a company sees the list of its event, before somebody signs up."""
    if station is None or station.kind is not StationKind.CONTACT_POINT:
        return None
    return say("{place}'s organizers see the list of names.", place=station_name(station))


def _map(event: Event) -> tuple[Button, ...]:
    return (Button(say("Map"), url=event.map_url),) if event.map_url else ()


def _acts(chat: Chat, event: Event, claim: Any) -> tuple[Button, ...]:
    """What this member can do now; where there is nothing, the page says why."""
    state = claim.state if claim is not None else None
    can_leave = signups.why_kept(event, state, chat.now) is None
    if state == SignupState.SEATED:
        if checking_in.is_the_day(event, chat.now):
            first = Button(say("Check-in code"), Ticket(event.id))
        elif can_leave:
            first = Button(say("Add to calendar"), ToCalendar(event.id))
        else:
            return (EVENTS, MINE)
        give_up = Button(say("Cancel sign-up"), GiveUp(event.id)) if can_leave else MINE
        return (first, give_up)
    is_free = state == SignupState.WAITING and claims.has_free_seat(event)
    if (state == SignupState.OFFERED or is_free) and can_leave:
        return (
            Button(say("Take it"), SignUp(event.id)),
            Button(say("No thanks"), GiveUp(event.id, 1)),
        )
    if state == SignupState.WAITING and can_leave:
        return (Button(say("Leave queue"), GiveUp(event.id)),)
    if state is not None:
        return (EVENTS, MINE)
    if windows.refusal(EventAct.SIGN_UP, event, chat.now) is not None:
        return (EVENTS,)
    if not admits(chat.session, event.audience, chat.member):
        return (*audiences.ways_in(chat, event.aim), EVENTS)
    is_full = event.seats is not None and (event.waiting > 0 or event.held >= event.seats)
    return (Button(say("Join queue") if is_full else say("Sign up"), SignUp(event.id)), EVENTS)
