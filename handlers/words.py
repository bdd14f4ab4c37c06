"""Words that several subjects share: names of categories, an event in a line, seats left."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from unicodedata import east_asian_width

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Lines, Sayable, Text, TimeOfDay, When, lines, say, say_n
from models.events.events import Category, Companions, Event, EventState, Kind
from models.network import stations
from models.network.members import Member
from models.network.names import Namesakes
from models.network.stations import Station
from models.rules.events import attending, windows
from models.rules.events.handing import Handing
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import Phase
from models.rules.languages import Translated
from models.rules.members.belonging import Own, Reason
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.rules.network import floors
from models.rules.network.audience import Audience
from models.rules.network.floors import Count
from models.teams import teams
from models.teams.teams import Team

CATEGORIES = {
    Category.THOUGHT: say("Learning"),
    Category.CULTURE: say("Culture and sport"),
    Category.LIFE: say("Life"),
    Category.CAREER: say("Career"),
}
KINDS = {
    Kind.SESSION: say("Team session"),
    Kind.CONTEST: say("Contest"),
    Kind.SOCIAL: say("Get-together"),
    Kind.TRAINING: say("Training"),
    Kind.LECTURE: say("Lecture"),
    Kind.TOUR: say("Visit"),
    Kind.GALA: say("Performance"),
}
COMPANIONS = {
    Companions.NOBODY: say("For yourself only"),
    Companions.FAMILY: say("Family welcome"),
    Companions.CHILDREN: say("Children welcome"),
    Companions.FRIENDS: say("Friends welcome"),
    Companions.ANYONE: say("Family, friends welcome"),
}
"""Whom people may bring, as cards and buttons say it."""

HANDING = {
    Handing.ANYBODY: say("Seats may be handed to anybody"),
    Handing.NOBODY: say("Seats aren't handed over"),
}

INTERESTS = {
    Interest.BALL_GAMES: say("Ball games"),
    Interest.FITNESS: say("Running and fitness"),
    Interest.OUTDOORS: say("Outdoors"),
    Interest.MUSIC: say("Music"),
    Interest.DANCE: say("Dance"),
    Interest.PHOTOGRAPHY: say("Photography"),
    Interest.READING: say("Reading and writing"),
    Interest.CRAFTS: say("Crafts"),
    Interest.CHESS: say("Chess and cards"),
    Interest.FOOD: say("Cooking"),
    Interest.TECHNOLOGY: say("Technology"),
    Interest.LANGUAGES: say("Languages"),
    Interest.VOLUNTEERING: say("Volunteering"),
    Interest.FAMILY: say("Family"),
}
SHIFTS = {
    Shift.DAY: say("Day shift"),
    Shift.MIDDLE: say("Middle shift"),
    Shift.NIGHT: say("Night shift"),
    Shift.ROTATING: say("Rotating shifts"),
}

LEADS = {
    7 * 24 * 60: say("a week"),
    3 * 24 * 60: say("3 days"),
    24 * 60: say("a day"),
    2 * 60: say("2 hours"),
    30: say("half an hour"),
}
"""What people call the time before an event, in minutes."""

REASONS = {
    Reason.TEAM: say("your team"),
    Reason.COMPANY: say("your company"),
    Reason.TOWN: say("your town"),
}

DOT = " · "
NEW_FOR = timedelta(days=1)
"""How long after the consent a member is told how lists are used."""


def title(event: Event) -> Translated:
    return event.text_of("title")


def team_name(team: Team) -> Translated:
    return team.text_of("name")


def person(name: str, member_id: int | None) -> Sayable:
    """A member's name, or their number: not every platform gives a name."""
    return name or say("Member {n}", n=member_id)


def masked(name: str) -> str:
    """A name by which its bearer knows themselves and a stranger learns nobody: 李＊, L* W*."""
    return " ".join(
        part[0] + ("＊" if east_asian_width(part[0]) in "WF" else "*") for part in name.split()
    )


def person_apart(
    member: Member, station: Station | None, namesakes: Namesakes, *, sees_places: bool
) -> Sayable:
    """A member's name, and as much more as tells them from others of that name.

    Where their place of work is not to be seen, it is what else they have told, and a number.
    """
    name, place = member.name, (member.name, member.station_id)
    is_shared, is_same = place in namesakes.places, (*place, member.tail) in namesakes.tails
    if not sees_places:
        station, is_shared = None, name in namesakes.names
        is_same = is_shared
    return lines(
        person(name, member.id),
        station_name(station) if name in namesakes.names else None,
        say("no. …{digits}", digits=member.tail) if is_shared and member.tail else None,
        say("member {n}", n=member.id) if is_same else None,
        between=DOT,
    )


def people(count: Count) -> Sayable:
    """How many people it is, as exactly as it may be said."""
    if count.is_exact:
        return say_n("{n} person", "{n} people", count.number)
    if not count.number:
        return say("fewer than {n} people", n=floors.STEP)
    return say("{n} people or more", n=count.number)


def how_to_pick(chat: Chat) -> Sayable | None:
    """How a list is used, for those who have come a short while ago; others know."""
    agreed_at = chat.member.consented_at
    is_new = agreed_at is None or chat.now - agreed_at < NEW_FOR
    return say("Send a number or tap one:") if is_new else None


def station_name(station: Station | None) -> Sayable:
    return station.text_of("name") if station is not None else ""


def when(event: Event) -> When:
    return When(event.starts_at, event.ends_at, near=True)


def told_apart(names: Sequence[tuple[Translated, Sayable]]) -> list[Sayable]:
    """The names in order, those that occur twice with what tells each from the others."""
    seen = Counter(name.text for name, _apart in names)
    return [
        lines(name, apart, between=DOT) if seen[name.text] > 1 else name for name, apart in names
    ]


def places_and_teams(session: Session, audience: Audience) -> list[Sayable]:
    """The names of the stations, the enterprises and the teams of an audience."""
    places = [station_name(stations.get(session, number)) for number in audience.stations]
    companies = [name for _number, name in stations.enterprises(session, audience.enterprises)]
    rows = [teams.get(session, number) for number in audience.teams]
    return [*places, *companies, *(team_name(team) for team in rows if team is not None)]


def when_now(event: Event, now: datetime) -> Sayable:
    """When it begins, as a list shows it; when it ends, once it has begun."""
    if windows.phase_of(event, now) == Phase.BEGUN:
        return say("on now, until {until}", until=TimeOfDay(event.ends_at))
    return When(event.starts_at, near=True)


def seats_left(event: Event, now: datetime) -> Text:
    """Seats in words, as a list shows them; or why there are none to be had."""
    return why_no_seats(event, now) or opens_later(event, now) or _seats_left(event)


def opens_later(event: Event, now: datetime | None, *, near: bool = True) -> Text | None:
    """When sign-up opens, where that is still to come; ``now`` None: of a draft."""
    if event.opens_at is None or (now is not None and now >= event.opens_at):
        return None
    return say("sign-up opens {when}", when=When(event.opens_at, near=near))


def why_no_seats(event: Event, now: datetime) -> Text | None:
    """Why nobody can sign up now; None while they can."""
    match windows.phase_of(event, now):
        case Phase.CANCELLED:
            return say("❌ cancelled")
        case Phase.POSTPONED:
            return say("⏳ postponed")
        case Phase.OVER:
            return say("over")
        case Phase.BEGUN:
            return say("sign-up has closed")
        case Phase.CLOSED if event.draw not in (DrawState.NONE, DrawState.DRAWN):
            return say("entries closed, being drawn")
        case Phase.OPEN if event.draw in LISTED:
            return say("entries closed, being drawn")
        case Phase.CLOSED if event.state == EventState.CLOSED:
            return say("sign-up closed")
        case Phase.CLOSED:
            return say("sign-up closed {when}", when=TimeOfDay(event.closes_at))
        case Phase.UNPUBLISHED if event.state == EventState.ASKED:
            return say("waits for approval")
        case Phase.UNPUBLISHED if event.state == EventState.LAPSED:
            return say("not approved in time")
        case Phase.UNPUBLISHED:
            return say("sent back")
    return None


def _seats_left(event: Event) -> Text:
    if event.seats is None:
        return say("open to all")
    if event.draw == DrawState.ENTERING:
        return say("seats to draw: {seats}, {n} entered", seats=event.seats, n=event.entered)
    free = event.seats - event.held
    left = say_n("{n} seat left", "{n} seats left", free)
    if _waits_for_others(event):
        return say("{seats}, {n} waiting", seats=left, n=event.waiting)
    if event.waiting:
        return say_n("full, {n} waiting", "full, {n} waiting", event.waiting)
    return left if free > 0 else say("full")


def _waits_for_others(event: Event) -> bool:
    """Whether seats are free while people wait, whose share of them is full."""
    free = (event.seats or 0) - event.held
    return bool(event.quotas and event.waiting and free > 0)


def seats_of_all(event: Event) -> Text:
    """Seats in words, and how many there are in all."""
    if event.seats is None or event.draw == DrawState.ENTERING:
        return _seats_left(event)
    free = event.seats - event.held
    left = say_n("{n} of {seats} seats left", "{n} of {seats} seats left", free, seats=event.seats)
    if _waits_for_others(event):
        return say("{seats}, {n} waiting", seats=left, n=event.waiting)
    if event.waiting or free <= 0:
        if event.waiting:
            return say("{full}, {n} waiting", full=_full(event.seats), n=event.waiting)
        return _full(event.seats)
    return left


def hours(minutes: int) -> Sayable | None:
    """How long it was, in hours; None where that is not told."""
    if not minutes:
        return None
    return say_n("{h} hour", "{h} hours", 1 if minutes == 60 else 2, h=attending.hours(minutes))


def _full(seats: int) -> Text:
    return say_n("full ({n} seat)", "full ({n} seats)", seats)


def in_the_draw(event: Event) -> Text:
    """How many are in the draw of an event, and for how many seats."""
    if event.seats is None:
        return say("{n} in the draw", n=event.entered)
    return say_n(
        "{entered} in the draw for {n} seat",
        "{entered} in the draw for {n} seats",
        event.seats,
        entered=event.entered,
    )


def why_mine(own: Own) -> Sayable | None:
    """Why something is the member's own, in a word or two: whose it is, what they like."""
    # What is their company's is in their town as well.
    whose = [REASONS[each] for each in own.reasons if each in REASONS][:1]
    likes = [say("you like: {interest}", interest=INTERESTS[own.liked])] if own.liked else []
    said = [*whose, *likes]
    return lines(*said, between=DOT) if said else None


def event_line(chat: Chat, event: Event, why: Sayable | None = None) -> Lines:
    """An event in a list: what, when, where, seats left, and why it is theirs."""
    station = stations.get(chat.session, event.station_id)
    starts = when_now(event, chat.now)
    seats = seats_left(event, chat.now)
    return lines(title(event), starts, station_name(station), seats, why, between=DOT)
