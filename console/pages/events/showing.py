"""One event: as people see it, what stands about it, and its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.conversation.messages import Lines, Sayable, Text, When, say
from console.desk import Desk
from console.pages.events import picture as seats_drawn
from console.pages.events.section import ONE, found, may, section, tag_of
from console.routing import Asked, File, Missing, Page
from handlers.events import gates, partners, room
from handlers.events.audiences import described, whom
from handlers.events.cards import event_card
from handlers.words import CATEGORIES, KINDS, person, station_name, team_name, title
from models.events import checking_in, draws, pictures, posters, quotas, running, stops
from models.events.events import HIDDEN, Event, EventState, SignupState
from models.network import members
from models.network.stations import Station
from models.rules.events import windows
from models.rules.events.windows import EventAct, Phase
from models.rules.languages import LanguageName
from models.rules.network.permissions import Act
from models.teams import teams


@dataclass(frozen=True, slots=True)
class Rights:
    """What the member may do at an event: run it, see names, check in, approve it."""

    run: bool
    names: bool
    check_in: bool
    approve: bool

    @classmethod
    def at(cls, desk: Desk, event: Event, station: Station) -> "Rights":
        is_asked = event.state == EventState.ASKED and event.by_member_id != desk.member.id
        return cls(
            may(desk, Act.RUN_EVENT, event, station),
            may(desk, Act.SEE_LIST, event, station),
            may(desk, Act.CHECK_IN, event, station),
            is_asked and desk.may(Act.APPROVE_EVENT, station),
        )


@section.page(ONE)
def event_page(desk: Desk, asked: Asked) -> Page:
    event, station = found(desk, asked)
    rights = Rights.at(desk, event, station)
    counts = running.counts(desk.session, event.id)
    said, kind = tag_of(desk, event)
    is_published = event.state not in HIDDEN
    has_page = is_published and event.has_page
    facts = {
        "event": event,
        "rights": rights,
        "state": (said, kind),
        "card": card(desk, event, station),
        "picture": pictures.name(desk.session, event.picture_id),
        "about": [*_facts(desk, event, station)],
        "seats": seats_drawn.of(desk, event),
        "numbers": [*_numbers(event, counts)],
        "asking": counts.get(SignupState.ASKED, 0),
        "public": desk.house.link_to(f"/e/{event.id}") if has_page else "",
        "posters": posters.counts(desk.session, event.id) if rights.run and is_published else [],
        "is_published": is_published,
        "has_stops": bool(stops.of(event)),
        "is_over": event.ends_at < desk.now,
        "can_draw": bool(event.draw) or draws.why_not(event, desk.now) is None,
        "checks_in": rights.check_in and checking_in.is_the_day(event, desk.now),
        "can_edit": windows.refusal(EventAct.EDIT, event, desk.now) is None,
    }
    return Page("events/one.html", title(event), facts)


def card(desk: Desk, event: Event, station: Station) -> Lines:
    """The event as people see it in a chat."""
    return event_card(
        event,
        station_name(station),
        desk.now,
        whom=whom(desk.session, event),
        shared=room.line(desk.session, event, desk.now),
        partners=partners.told(desk.session, event.id),
    )


@section.page(f"{ONE}/picture")
def picture(desk: Desk, asked: Asked) -> File:
    event, _station = found(desk, asked)
    kept = pictures.named(desk.session, pictures.name(desk.session, event.picture_id))
    if kept is None:
        raise Missing
    media_type, content = kept
    return File(f"event-{event.id}", media_type, lambda: content)


def _facts(desk: Desk, event: Event, station: Station) -> Iterator[tuple[Sayable, Sayable]]:
    """Labels with what stands there, for its organizers."""
    yield say("Number"), str(event.id)
    yield say("Kind"), KINDS[event.kind]
    yield say("Category"), CATEGORIES[event.category]
    team = teams.get(desk.session, event.team_id) if event.team_id is not None else None
    if team is not None:
        yield say("Team"), team_name(team)
    yield say("Host"), station_name(station)
    yield say("For whom"), described(desk.session, event.aim)
    if event.state not in HIDDEN and windows.phase_of(event, desk.now) is not Phase.POSTPONED:
        yield say("Sign-up ends"), When(event.closes_at)
    if (conditions := gates.line(event, desk.now)) is not None:
        yield say("Who may sign up"), conditions
    if event.quotas_until is not None and quotas.has_quotas(event, desk.now):
        yield say("Shares hold until"), When(event.quotas_until)
    if event.by_member_id is not None:
        names = members.names_of(desk.session, [event.by_member_id])
        yield say("Published by"), person(names.get(event.by_member_id, ""), event.by_member_id)
    for code in event.text_of("title").translations:
        yield LanguageName(code), event.text_of("title").translations[code]
    if event.is_template:
        yield say("Template"), say("“new event” offers it")
    if event.reason:
        yield say("Why"), event.reason


NUMBERS: dict[SignupState, Text] = {
    SignupState.OFFERED: say("asked about a free seat"),
    SignupState.WAITING: say("in the queue"),
    SignupState.ENTERED: say("in the draw"),
    SignupState.ASKED: say("wait for an answer"),
    SignupState.ATTENDED: say("came"),
    SignupState.NO_SHOW: say("didn't come"),
    SignupState.CANCELLED: say("gave up"),
}


def _numbers(event: Event, counts: dict[SignupState, int]) -> Iterator[tuple[int, Sayable]]:
    yield event.held, say("have a seat")
    for state, label in NUMBERS.items():
        if counts.get(state):
            yield counts[state], label
