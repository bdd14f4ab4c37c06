"""Words that several subjects share: names of categories, an event in a line, seats left."""

from collections.abc import Sequence

from bot.chat import Chat
from bot.messages import Bilingual, Button, Lines, Reply, Sayable, Text, When, lines, say, say_n
from models import stations
from models.events import Category, Event, EventState, Kind
from models.members import Interest, Shift
from models.stations import Station
from models.teams import Team

CATEGORIES = {
    Category.THOUGHT: say("Learning"),
    Category.CULTURE: say("Culture and sport"),
    Category.LIFE: say("Life"),
    Category.CAREER: say("Career"),
}
KINDS = {
    Kind.LECTURE: say("lecture"),
    Kind.TOUR: say("tour"),
    Kind.SOCIAL: say("social"),
    Kind.CONTEST: say("contest"),
    Kind.TRAINING: say("training"),
    Kind.GALA: say("gala"),
    Kind.SESSION: say("team session"),
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
    Shift.NIGHT: say("Night shift"),
    Shift.ROTATING: say("Rotating shifts"),
}

DOT = " · "


def title(event: Event) -> Bilingual:
    return Bilingual(event.title, event.title_en)


def team_name(team: Team) -> Bilingual:
    return Bilingual(team.name, team.name_en)


def station_name(station: Station | None) -> Sayable:
    return Bilingual(station.name, station.name_en) if station is not None else ""


def when(event: Event) -> When:
    return When(event.starts_at, event.ends_at, near=True)


def seats_left(event: Event) -> Text:
    """Seats in words, as a list shows them."""
    if event.state == EventState.CANCELLED:
        return say("cancelled")
    if event.state == EventState.CLOSED:
        return say("sign-up closed")
    if event.seats is None:
        return say("open to all")
    if event.waiting or event.held >= event.seats:
        if event.waiting:
            return say_n("full, {n} waiting", "full, {n} waiting", event.waiting)
        return say("full")
    free = event.seats - event.held
    return say_n("{n} seat left", "{n} seats left", free)


def event_line(chat: Chat, event: Event) -> Lines:
    """An event in a list: what, when, where, seats left."""
    station = stations.get(chat.session, event.station_id)
    starts = When(event.starts_at, near=True)
    return lines(title(event), starts, station_name(station), seats_left(event), between=DOT)


def page(shown: Sequence[object], most: int) -> bool:
    """Whether there is more than fits: lists are read with one row to spare."""
    return len(shown) > most


def menu(text: Sayable, *buttons: Button) -> Reply:
    return Reply(text, buttons=buttons)
