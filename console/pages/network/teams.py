"""Teams and clubs: their lists, each one's page, and who is in it once that is opened."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.network.section import PATH, TEAMS, section, tabs
from console.pages.network.texts import rows_of
from console.routing import Asked, Missing, Page
from handlers.members.roles import ROLES
from handlers.teams.closing import what_ends
from handlers.teams.leading import WAYS_IN
from handlers.words import INTERESTS, person_apart
from models.network import members, stations
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.rules.teams.joining import JoinMode, TeamState
from models.teams import closing, founding, leading, listing
from models.teams import teams as all_teams
from models.teams.describing import TEXTS
from models.teams.teams import Team

NEEDS = Act.SEE_TEAM
ONE = f"{TEAMS}/{{team:int}}"
SHOWN, PEOPLE, REQUESTS = 30, 50, 50
OPEN_FOR = timedelta(hours=1)
"""How long a list of names stays open for whoever opened it."""

STATES: Mapping[TeamState, Sayable] = {
    TeamState.ACTIVE: say("Approved ones"),
    TeamState.WAITING: say("Waiting for approval"),
    TeamState.PROPOSED: say("Looking for supporters"),
    TeamState.CLOSED: say("Closed ones"),
}
LABELS: Mapping[str, Sayable] = {
    "name": say("Its name"),
    "about": say("About it"),
    "meets": say("When it meets"),
}


@section.page(PATH, needs=NEEDS)
@section.page(TEAMS, needs=NEEDS)
def shows_teams(desk: Desk, asked: Asked) -> Page:
    """The teams of the member's places and those they lead, by number or by what fits words."""
    said = asked.word("state")
    state = TeamState(said) if said in set(STATES) else TeamState.ACTIVE
    paths, own = _where(desk, asked.number("place", 0))
    if words := asked.word("words")[:60]:
        rows = listing.named(desk.session, paths, own, (state,), words, SHOWN)
    else:
        after = asked.number("after", 0)
        rows = listing.page(desk.session, paths, own, (state,), after, SHOWN + 1)
    more = len(rows) > SHOWN
    facts = {
        "tabs": tabs(desk),
        "open": "teams",
        "here": f"/console{TEAMS}",
        "rows": rows[:SHOWN],
        "following": asked.query(after=rows[SHOWN - 1][0].id) if more else "",
        "state": state,
        "states": [
            (each, label, asked.query(state=each, after=None)) for each, label in STATES.items()
        ],
        "interests": INTERESTS,
        "places": [(each.id, each.text_of("name")) for each in _choices(desk)],
    }
    return Page("network/teams.html", say("Teams and clubs"), facts)


def _choices(desk: Desk) -> list[Station]:
    """The member's places, and those right below."""
    own = desk.places(NEEDS)
    return [
        each for place in own for each in (place, *stations.contact_points(desk.session, place.id))
    ]


def _where(desk: Desk, place: int) -> tuple[Sequence[str], Sequence[int]]:
    """The paths and the teams that a list is about: one place, or all that are the member's."""
    own = [each.path for each in desk.places(NEEDS)]
    if not place:
        return own, desk.teams(NEEDS)
    station = stations.get(desk.session, place)
    if station is None or not station.path.startswith(tuple(own)):
        raise Missing
    return [station.path], ()


def found(desk: Desk, asked: Asked) -> tuple[Team, Station]:
    """The team of the path, and its station. Raises Missing where it is none of this member's."""
    team = all_teams.get(desk.session, asked.number("team"))
    station = stations.get(desk.session, team.station_id) if team is not None else None
    if team is None or station is None or not desk.may(NEEDS, station, team_id=team.id):
        raise Missing
    return team, station


def path_of(team: Team, page: str = "") -> str:
    return f"/console{TEAMS}/{team.id}/{page}".removesuffix("/")


@section.page(ONE, needs=NEEDS)
def shows_team(desk: Desk, asked: Asked) -> Page:
    """What a team is, who leads it, and what this member may change."""
    team, station = found(desk, asked)
    session, about = desk.session, {"team_id": team.id}
    is_active = team.state is TeamState.ACTIVE
    founder = members.get(session, team.founder_id) if team.founder_id is not None else None
    facts = {
        "team": team,
        "place": station,
        "here": path_of(team),
        "interests": INTERESTS,
        "leaders": leading.leaders(session, team.id, desk.now),
        "roles": ROLES,
        "founder": founder,
        "supporters": len(founding.supporters(session, team.id)),
        "ways": WAYS_IN,
        "modes": [
            (str(mode), label)
            for mode, label in WAYS_IN.items()
            if mode is not JoinMode.OWN or team.enterprise_id is not None
        ],
        "is_active": is_active,
        "can": {
            "decide": team.state is TeamState.WAITING
            and team.founder_id != desk.member.id
            and desk.may(founding.act_for(team), station),
            "run": is_active and desk.may(Act.RUN_TEAM, station, **about),
            "describe": is_active and desk.may(Act.HAND_OVER_TEAM, station, **about),
            "close": is_active and desk.may(founding.act_for(team), station),
        },
        "ends": what_ends(team.members, len(closing.to_come(session, team.id, desk.now))),
        "texts": rows_of(team, TEXTS, LABELS),
    }
    return Page("network/team.html", team.text_of("name"), facts)


@section.page(f"{ONE}/people", needs=NEEDS)
def shows_people(desk: Desk, asked: Asked) -> Page:
    """Who is in a team and who asks to be, once this member has opened it; else the button."""
    team, station = found(desk, asked)
    by, since = desk.member.id, desk.now - OPEN_FOR
    is_open = leading.has_viewed(desk.session, team, by, since)
    facts: dict[str, Any] = {"team": team, "here": path_of(team, "people"), "is_open": is_open}
    if is_open:
        facts |= _people(desk, asked, team, station)
    title = say("In the team: {team}", team=team.text_of("name"))
    return Page("network/team_people.html", title, facts)


def _people(desk: Desk, asked: Asked, team: Team, station: Station) -> dict[str, Any]:
    session, by = desk.session, desk.member.id
    after = asked.number("after", 0)
    rows = listing.people(session, team.id, after, PEOPLE + 1)
    namesakes = all_teams.namesakes(session, team.id)
    roles = {member.id: grant.role for grant, member in leading.leaders(session, team.id, desk.now)}
    sees = desk.may(Act.SEE_PLACES, station)
    asking = listing.requests(session, team.id, REQUESTS)
    return {
        "rows": [
            (
                member.id,
                person_apart(member, place, namesakes, sees_places=sees),
                joined,
                roles.get(member.id),
                leading.may_change(session, team, member.id, by, desk.now),
            )
            for _number, joined, member, place in rows[:PEOPLE]
        ],
        "following": asked.query(after=rows[PEOPLE - 1][0]) if len(rows) > PEOPLE else "",
        "asking": [
            (bid.id, member.name or say("Member {n}", n=member.id)) for bid, member in asking
        ],
        "roles": ROLES,
        "runs": desk.may(Act.RUN_TEAM, station, team_id=team.id),
        "hands_over": desk.may(Act.HAND_OVER_TEAM, station, team_id=team.id),
    }
