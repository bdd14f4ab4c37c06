"""Events: their list and each one."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from bot.conversation.messages import MAX_NUMBER, say
from console.api.problems import Problem
from console.api.program import Program
from console.api.routing import Call, Subject, missing
from console.api.schemas import NO_NUL, At, Moment, Page, Paged, Place, Translations, translations
from console.pages.today import whose_events
from handlers.words import places_and_teams
from models.events import events, sought
from models.events.events import HIDDEN, TEXTS, Category, Event, EventState, Kind
from models.events.sought import Key, Sought, Standing
from models.network import stations
from models.network.stations import Station
from models.rules.events import gates as rules_of_gates
from models.rules.events import undated, windows
from models.rules.events.companions import Along, Companions
from models.rules.events.handing import Handing
from models.rules.events.states import DrawState
from models.rules.events.windows import Phase
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope

subject = Subject("events", "Events", "Events of the places and teams of this token's member.")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = timedelta(microseconds=1)


class EventTold(BaseModel):
    """An event. `starts_at` and `ends_at` are null while its date is to come."""

    number: int
    title: str
    about: str
    starts_at: At | None
    ends_at: At | None
    was_planned_for: At | None = Field(description="Its start before it was postponed, else null.")
    opens_at: At | None = Field(description="When sign-up opens; null: it is open from the start.")
    closes_at: At | None = Field(description="When sign-up ends.")
    place: str
    map_url: str
    meet: str = Field(description="Where people gather.")
    bring: str
    cost: str
    contact: str
    kind: Kind
    category: Category
    companions: Companions = Field(description="What is said of children and others beside.")
    along: Along = Field(description="Whom people may bring along.")
    handing: Handing = Field(description="To whom a seat may be handed over.")
    host: Place
    team: int | None = Field(description="The team that holds it; null: the place does.")
    audience: list[str] = Field(description="Places, companies and teams for whom it is.")
    is_approved_by_hand: bool = Field(description="Whether each sign-up waits for an organizer.")
    seats: int | None = Field(description="Null sets no limit.")
    held: int = Field(description="Seats that are taken or offered.")
    waiting: int = Field(description="People in the queue.")
    entered: int = Field(description="People in the draw.")
    draw: DrawState
    state: EventState
    phase: Phase = Field(description="Where it stands now, by its state and the time.")
    reason: str = Field(description="Why it was cancelled, postponed or sent back.")
    revision: int = Field(description="Counts changes; goes into what changes the event.")
    url: str = Field(description="Its public page; empty where it has none.")
    translations: Translations


class EventQuery(Paged):
    """Which events; `words` finds by name, pinyin or number, and knows no further pages."""

    after: Annotated[
        str,
        StringConstraints(pattern=r"^([0-9]{1,17}-[0-9]{1,9})?$"),
        Field(description="`next` of the page before."),
    ] = ""
    standing: Standing = Standing.COMING
    words: Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)] = ""
    place: Annotated[
        int | None, Field(ge=1, le=MAX_NUMBER, description="A place and all below it.")
    ] = None
    kind: Kind | None = None
    category: Category | None = None
    since: Annotated[Moment | None, Field(description="The earliest start.")] = None
    until: Annotated[Moment | None, Field(description="All starts are before.")] = None


@subject.read("/events", scope=Scope.EVENTS_READ, answers=Page[EventTold], query=EventQuery)
def list_events(program: Program, call: Call) -> Page[EventTold]:
    """List events.

    Those to come begin with the soonest, past and cancelled ones with the latest.
    """
    asked = call.read(EventQuery)
    whose, wanted = whose_events(program), _sought(program, asked)
    if asked.words.strip():
        words = asked.words.strip()
        found = sought.matching(program.session, whose, wanted, words, program.now, asked.limit)
        return Page[EventTold](items=[told(program, *each) for each in found])
    key, limit = _key(asked.after), asked.limit
    rows = sought.page(program.session, whose, wanted, program.now, key, limit + 1)
    following = _cursor(rows[limit - 1][0]) if len(rows) > limit else None
    items = [told(program, *each) for each in rows[:limit]]
    return Page[EventTold](items=items, next=following)


def _sought(program: Program, asked: EventQuery) -> Sought:
    path = ""
    if asked.place is not None:
        station = stations.get(program.session, asked.place)
        if station is None:
            raise Problem(422, say("There is no such place."), "place")
        path = station.path
    return Sought(asked.standing, path, asked.kind, asked.category, asked.since, asked.until)


def _cursor(event: Event) -> str:
    """Where a page ended, in digits: the start in microseconds, and the number."""
    return f"{(event.starts_at - EPOCH) // AT_ONCE}-{event.id}"


def _key(cursor: str) -> Key | None:
    if not cursor:
        return None
    at, _, number = cursor.partition("-")
    return Key(EPOCH + int(at) * AT_ONCE, int(number))


@subject.read("/events/{event}", scope=Scope.EVENTS_READ, answers=EventTold)
def read_event(program: Program, call: Call) -> EventTold:
    """Tell of one event."""
    return told(program, *found(program, call))


def found(program: Program, call: Call) -> tuple[Event, Station]:
    """The event of the path, and its station. Raises Problem where it is not for this member."""
    return the(program, call.number("event"))


def the(program: Program, number: int) -> tuple[Event, Station]:
    """An event that this member may look after, or has published."""
    event = events.for_organizers(program.session, number)
    station = stations.get(program.session, event.station_id) if event is not None else None
    if event is None or station is None:
        raise missing()
    is_own = event.by_member_id == program.member.id
    if not is_own and not may(program, Act.CHECK_IN, event, station):
        raise missing()
    return event, station


def may(program: Program, act: Act, event: Event, station: Station) -> bool:
    return program.may(act, station, team_id=event.team_id, event_id=event.id)


def told(program: Program, event: Event, station: Station) -> EventTold:
    """An event as a program is told of it."""
    is_dated = not undated.is_to_come(event.starts_at)

    def local(at: datetime) -> datetime | None:
        return program.local(at) if is_dated else None

    is_shown = event.state not in HIDDEN and event.has_page
    return EventTold(
        number=event.id,
        **{name: getattr(event, name) for name in TEXTS},
        starts_at=local(event.starts_at),
        ends_at=local(event.ends_at),
        was_planned_for=None if is_dated else program.local(undated.planned(event.starts_at)),
        opens_at=local(event.opens_at) if event.opens_at is not None else None,
        closes_at=local(event.closes_at),
        map_url=event.map_url,
        kind=event.kind,
        category=event.category,
        companions=event.companions,
        along=event.along,
        handing=event.handing,
        host=Place.of(station),
        team=event.team_id,
        audience=[program.in_words(each) for each in places_and_teams(program.session, event.aim)],
        is_approved_by_hand=rules_of_gates.from_column(event.gates).approval,
        seats=event.seats,
        held=event.held,
        waiting=event.waiting,
        entered=event.entered,
        draw=event.draw,
        state=event.state,
        phase=windows.phase_of(event, program.now),
        reason=event.reason,
        revision=event.revision,
        url=program.house.link_to(f"/e/{event.id}") if is_shown else "",
        translations=translations(event, TEXTS),
    )
