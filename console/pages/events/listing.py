"""The list of events: those to come first, and others by filters in the query."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.events.section import PATH, section, tag_of
from console.pages.today import month_of, whose_events
from console.routing import Asked, Page
from handlers.events.fields import LONGEST_REASON
from handlers.words import CATEGORIES, KINDS, in_the_draw, station_name
from models.events import sought
from models.events.events import Category, Event, Kind
from models.events.sought import Key, Sought, Standing
from models.network import stations
from models.network.stations import Station
from models.rules.events import windows
from models.rules.events.windows import EventAct
from models.rules.network import permissions
from models.rules.network.permissions import Act, Place

PAGE, FOUND = 30, 50
LONGEST = 80
FILTERS = ("state", "words", "place", "kind", "category", "month", "after")

STANDINGS: dict[Standing, Sayable] = {
    Standing.COMING: say("To come"),
    Standing.PAST: say("Past"),
    Standing.HIDDEN: say("Not published"),
    Standing.POSTPONED: say("Put off"),
    Standing.CANCELLED: say("Called off"),
    Standing.ANY: say("All"),
}

Value = TypeVar("Value", bound=StrEnum)


@section.page(PATH)
def events(desk: Desk, asked: Asked) -> Page:
    whose, places = whose_events(desk), places_to_choose(desk)
    wanted = _sought(desk, asked, places)
    words, following = asked.word("words")[:LONGEST], ""
    if words:
        found = sought.matching(desk.session, whose, wanted, words, desk.now, FOUND)
    else:
        after = Key.read(asked.word("after"))
        found = sought.page(desk.session, whose, wanted, desk.now, after, PAGE + 1)
        if len(found) > PAGE:
            found = found[:PAGE]
            following = asked.query(after=str(Key.of(found[-1][0])))
    facts = {
        "rows": [(event, station, *tag_of(desk, event)) for event, station in found],
        "following": following,
        "words_": words,
        "standing": wanted.standing,
        "standings": [
            (each, label, asked.query(state=each, after=None)) for each, label in STANDINGS.items()
        ],
        "places": [("", say("Everywhere")), *((each.id, station_name(each)) for each in places)],
        "kinds": [("", say("Any kind")), *KINDS.items()],
        "categories": [("", say("Any category")), *CATEGORIES.items()],
        "may_publish": desk.holds(Act.PUBLISH_EVENT),
        "ticks": {event.id for event, station in found if _may_cancel(desk, event, station)},
        "filters": {name: asked.word(name) for name in FILTERS},
        "most_reason": LONGEST_REASON,
        "in_the_draw": in_the_draw,
        "is_filtered": any(asked.word(each) for each in ("words", "place", "kind", "category"))
        or wanted.since is not None,
    }
    return Page("events/list.html", say("All events"), facts)


def _may_cancel(desk: Desk, event: Event, station: Station) -> bool:
    place = Place(station.path, event.team_id)
    is_late = windows.refusal(EventAct.CANCEL, event, desk.now)
    return is_late is None and permissions.may(Act.RUN_EVENT, desk.held, place, desk.now)


def places_to_choose(desk: Desk) -> list[Station]:
    """The member's places, each with those right below it, and below a town its contact points."""
    return list({each.id: each for each in _places(desk)}.values())


def _places(desk: Desk) -> Iterator[Station]:
    for place in desk.places(Act.CHECK_IN):
        yield place
        yield from stations.contact_points(desk.session, place.id)


def _sought(desk: Desk, asked: Asked, places: list[Station]) -> Sought:
    wanted = Sought(
        _one_of(Standing, asked.word("state")) or Standing.COMING,
        kind=_one_of(Kind, asked.word("kind")),
        category=_one_of(Category, asked.word("category")),
    )
    place = next((each for each in places if str(each.id) == asked.word("place")), None)
    if place is not None:
        wanted = replace(wanted, path=place.path)
    if (first := month_of(asked.word("month"))) is not None:
        following = (first + timedelta(days=31)).replace(day=1)
        return replace(wanted, since=_midnight(desk, first), until=_midnight(desk, following))
    return wanted


def _one_of(kind: type[Value], words: str) -> Value | None:
    return kind(words) if words in {str(each) for each in kind} else None


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), desk.care.zone)
