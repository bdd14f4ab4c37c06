"""The events' place in the menu, and the event that a page or an act is about."""

from collections.abc import Mapping

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.routing import Asked, Missing, Section
from handlers.words import opens_later, why_no_seats
from models.events import events
from models.events.events import Event
from models.network import stations
from models.network.stations import Station
from models.rules.events import windows
from models.rules.events.windows import Phase
from models.rules.network.permissions import Act

PATH = "/events"
HERE = f"/console{PATH}"
ONE = f"{PATH}/{{event:int}}"

section = Section("events", label=say("All events"), path=PATH, needs=Act.CHECK_IN)

CLASSES: Mapping[Phase, str] = {
    Phase.OPEN: "good",
    Phase.BEGUN: "good",
    Phase.CANCELLED: "bad",
    Phase.POSTPONED: "care",
    Phase.UNPUBLISHED: "care",
}


def path_of(event: Event, page: str = "") -> str:
    return f"{HERE}/{event.id}/{page}".removesuffix("/")


def found(desk: Desk, asked: Asked) -> tuple[Event, Station]:
    """The event of the path, and its station. Raises Missing where it is not there for this member.

    Its author sees it as well, whatever they may do there now.
    """
    event = events.for_organizers(desk.session, asked.number("event"))
    station = stations.get(desk.session, event.station_id) if event is not None else None
    if event is None or station is None:
        raise Missing
    if event.by_member_id != desk.member.id and not may(desk, Act.CHECK_IN, event, station):
        raise Missing
    return event, station


def may(desk: Desk, act: Act, event: Event, station: Station) -> bool:
    return desk.may(act, station, team_id=event.team_id, event_id=event.id)


def to_do(desk: Desk, asked: Asked, act: Act = Act.RUN_EVENT) -> tuple[Event, Station]:
    """The same for a page of who may do this at it. Raises NotAllowed for the others."""
    event, station = found(desk, asked)
    desk.require(act, station, team_id=event.team_id, event_id=event.id)
    return event, station


def tag_of(desk: Desk, event: Event) -> tuple[Sayable, str]:
    """How an event stands, in a word or two, and the class of its tag."""
    phase = windows.phase_of(event, desk.now)
    if phase is Phase.BEGUN:
        return say("on now"), CLASSES[phase]
    said = why_no_seats(event, desk.now) or opens_later(event, desk.now)
    return said or say("sign-up is open"), CLASSES.get(phase, "")
