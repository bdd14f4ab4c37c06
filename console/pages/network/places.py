"""Places and companies: lists, and a page of each with who organizes it and what is there."""

from collections.abc import Mapping, Sequence

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.network.section import COMPANIES, STATIONS, section, tabs
from console.pages.network.texts import rows_of, texts_in
from console.routing import Asked, Done, Missing, Page, Wrong
from handlers.members.roles import ROLES
from models.network import describing, placing, roles, stations
from models.network.placing import Counted
from models.network.stations import Station, StationKind
from models.rules.network.permissions import Act
from models.rules.teams.joining import TeamState
from models.rules.texts import is_link
from models.teams import listing

NEEDS = Act.INVITE_CORE_MEMBER
ONE = f"{STATIONS}/{{station:int}}"
LABELS: Mapping[str, Sayable] = {"name": say("Its name"), "address": say("Address")}
SHOWN, BELOW = 30, 50
KINDS: Mapping[StationKind, Sayable] = {
    StationKind.DISTRICT: say("District"),
    StationKind.TOWN: say("Town"),
    StationKind.CONTACT_POINT: say("Contact point"),
}


@section.page(STATIONS, needs=NEEDS)
def shows_places(desk: Desk, asked: Asked) -> Page:
    """The member's places and all below, in the order of the tree, or by what fits words."""
    below = [each.path for each in desk.places(NEEDS)]
    kind = asked.word("kind")
    kinds = (StationKind(kind),) if kind in set(StationKind) else tuple(StationKind)
    if words := asked.word("words")[:60]:
        rows: Sequence[Station] = stations.matching(
            desk.session, words, SHOWN, kinds=kinds, below=below
        )
        more = False
    else:
        after = asked.number("after", 0)
        found = placing.places(desk.session, below, kinds, after, SHOWN + 1)
        rows, more = found[:SHOWN], len(found) > SHOWN
    above = placing.by_id(desk.session, [each.parent_id or 0 for each in rows])
    facts = {
        "tabs": tabs(desk),
        "open": "places",
        "here": f"/console{STATIONS}",
        "rows": [(each, above.get(each.parent_id or 0)) for each in rows],
        "following": asked.query(after=rows[-1].id) if more else "",
        "kinds": KINDS,
    }
    return Page("network/places.html", say("Stations and contact points"), facts)


def _found(desk: Desk, asked: Asked) -> Station:
    """The place of the path. Raises Missing where it is none of this member's."""
    station = stations.get(desk.session, asked.number("station"))
    if station is None or not desk.may(NEEDS, station):
        raise Missing
    return station


@section.page(ONE, needs=NEEDS)
def shows_place(desk: Desk, asked: Asked) -> Page:
    station, session = _found(desk, asked), desk.session
    enterprise = placing.company(session, station.enterprise_id)
    teams = listing.page(session, [station.path], (), (TeamState.ACTIVE,), 0, BELOW + 1)
    facts = {
        "place": station,
        "above": stations.get(session, station.parent_id),
        "kinds": KINDS,
        "roles": ROLES,
        "organizers": roles.at_station(session, station.id, desk.now),
        "company": enterprise,
        "people": _people(desk, station),
        "below": stations.contact_points(session, station.id)[:BELOW],
        "teams": teams[:BELOW],
        "most": BELOW,
        "sees_report": desk.may(Act.SEE_REPORT, station),
        "sees_people": desk.may(Act.SEE_PERSON, station),
        "changes": desk.may(Act.LOAD, station),
        "texts": rows_of(station, describing.TEXTS, LABELS),
        "longest_link": describing.LONGEST_LINK,
    }
    return Page("network/place.html", station.text_of("name"), facts)


@section.act(f"{ONE}/describe", needs=Act.LOAD, again=shows_place)
def describe(desk: Desk, asked: Asked) -> Done | Wrong:
    station = _found(desk, asked)
    texts = texts_in(asked, describing.TEXTS, LABELS)
    map_url = asked.word("map_url")
    if not texts["name"].text:
        return Wrong(say("A place has a name."), "name")
    if map_url and (len(map_url) > describing.LONGEST_LINK or not is_link(map_url)):
        return Wrong(say("A link begins with https:// and has no spaces."), "map_url")
    describing.describe(desk.session, station.id, texts, map_url, desk.member.id, desk.now)
    return Done(f"/console{STATIONS}/{station.id}", say("Saved."))


def _people(desk: Desk, station: Station) -> Counted | None:
    """How many people are of a town or a contact point; the district has too many to count."""
    if station.kind is StationKind.DISTRICT:
        return None
    is_exact = desk.may(Act.SEE_REACH, station)
    return placing.people_of(desk.session, [station.path], is_exact=is_exact)


@section.page(COMPANIES, needs=NEEDS)
def shows_companies(desk: Desk, asked: Asked) -> Page:
    """The companies that have a contact point at the member's places."""
    below = [each.path for each in desk.places(NEEDS)]
    words, after = asked.word("words")[:60], asked.number("after", 0)
    rows = placing.companies(desk.session, below, words, after, SHOWN + 1)
    more = len(rows) > SHOWN and not words
    facts = {
        "tabs": tabs(desk),
        "open": "companies",
        "here": f"/console{COMPANIES}",
        "rows": rows[:SHOWN],
        "following": asked.query(after=rows[SHOWN - 1].id) if more else "",
    }
    return Page("network/companies.html", say("Companies"), facts)


@section.page(f"{COMPANIES}/{{company:int}}", needs=NEEDS)
def shows_company(desk: Desk, asked: Asked) -> Page:
    company = placing.company(desk.session, asked.number("company"))
    if company is None:
        raise Missing
    points = [each for each in placing.points_of(desk.session, company.id) if desk.may(NEEDS, each)]
    if not points:
        raise Missing
    paths = [each.path for each in points]
    teams = listing.page(desk.session, paths, (), (TeamState.ACTIVE,), 0, BELOW + 1)
    is_exact = all(desk.may(Act.SEE_REACH, each) for each in points)
    facts = {
        "company": company,
        "points": points[:BELOW],
        "clubs": [each for each in teams if each[0].enterprise_id == company.id],
        "people": placing.people_of(desk.session, paths, is_exact=is_exact),
    }
    return Page("network/company.html", company.text_of("name"), facts)
