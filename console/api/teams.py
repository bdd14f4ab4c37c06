"""Teams and clubs, and who is in them; that the names are read is recorded."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from bot.conversation.messages import MAX_NUMBER
from console.api.program import Program
from console.api.routing import Call, Subject, missing
from console.api.schemas import At, Page, Paged, Place, Translations, number_in, translations
from handlers.words import person_apart
from models.network import stations
from models.network.stations import Station
from models.rules.members.interests import Interest
from models.rules.network.permissions import Act, Role
from models.rules.network.scopes import Scope
from models.rules.teams.joining import JoinMode, TeamState
from models.teams import leading, listing, teams
from models.teams.teams import Team

subject = Subject("teams", "Teams", "Teams and clubs of the places of this token's member.")

TEXTS = ("name", "about", "meets")


class TeamTold(BaseModel):
    """A team; with a register number it is a club of its enterprise."""

    number: int
    name: str
    about: str
    meets: str = Field(description="When and where it meets.")
    interest: Interest
    place: Place
    is_club: bool
    register_number: str | None
    members: int
    state: TeamState
    join_mode: JoinMode
    since: At | None
    translations: Translations


class TeamQuery(Paged):
    place: Annotated[
        int | None, Field(ge=1, le=MAX_NUMBER, description="A place and all below it.")
    ] = None
    state: TeamState = TeamState.ACTIVE


class InTeam(BaseModel):
    """Somebody in a team. `member` is null where the token's member sees no places."""

    name: str
    member: int | None
    role: Role | None = Field(description="Captain or deputy, else null.")
    since: At


@subject.read("/teams", scope=Scope.TEAMS_READ, answers=Page[TeamTold], query=TeamQuery)
def list_teams(program: Program, call: Call) -> Page[TeamTold]:
    """List teams and clubs."""
    asked = call.read(TeamQuery)
    paths, own = _paths(program, asked.place), program.teams(Act.SEE_TEAM)
    team_ids = own if asked.place is None else ()
    after, limit = number_in(asked.after), asked.limit
    rows = listing.page(program.session, paths, team_ids, (asked.state,), after, limit + 1)
    following = str(rows[limit - 1][0].id) if len(rows) > limit else None
    items = [_told(program, *each) for each in rows[:limit]]
    return Page[TeamTold](items=items, next=following)


def _paths(program: Program, place: int | None) -> Sequence[str]:
    own = [each.path for each in program.places(Act.SEE_TEAM)]
    if place is None:
        return own
    station = stations.get(program.session, place)
    if station is None or not any(station.path.startswith(each) for each in own):
        raise missing()
    return [station.path]


@subject.read("/teams/{team}", scope=Scope.TEAMS_READ, answers=TeamTold)
def read_team(program: Program, call: Call) -> TeamTold:
    """Tell of one team."""
    return _told(program, *_found(program, call))


@subject.read(
    "/teams/{team}/members",
    scope=Scope.TEAMS_READ,
    answers=Page[InTeam],
    query=Paged,
    records=True,
)
def list_team_members(program: Program, call: Call) -> Page[InTeam]:
    """List who is in a team, in the order in which they joined."""
    team, station = _found(program, call)
    asked = call.read(Paged)
    after, limit = number_in(asked.after), asked.limit
    leading.record_view(program.session, team, program.member.id, program.now)
    rows = listing.people(program.session, team.id, after, limit + 1)
    namesakes = teams.namesakes(program.session, team.id)
    leaders = leading.leaders(program.session, team.id, program.now)
    roles = {member.id: grant.role for grant, member in leaders}
    sees = program.may(Act.SEE_PLACES, station)
    items = [
        InTeam(
            name=program.in_words(person_apart(member, place, namesakes, sees_places=sees)),
            member=member.id if sees else None,
            role=roles.get(member.id),
            since=program.local(joined_at),
        )
        for _number, joined_at, member, place in rows[:limit]
    ]
    following = str(rows[limit - 1][0]) if len(rows) > limit else None
    return Page[InTeam](items=items, next=following)


def _found(program: Program, call: Call) -> tuple[Team, Station]:
    team = teams.get(program.session, call.number("team"))
    station = stations.get(program.session, team.station_id) if team is not None else None
    if team is None or station is None:
        raise missing()
    if not program.may(Act.SEE_TEAM, station, team_id=team.id):
        raise missing()
    return team, station


def _told(program: Program, team: Team, station: Station) -> TeamTold:
    return TeamTold(
        number=team.id,
        **{name: getattr(team, name) for name in TEXTS},
        interest=team.interest,
        place=Place.of(station),
        is_club=team.enterprise_id is not None,
        register_number=team.register_number,
        members=team.members,
        state=team.state,
        join_mode=team.join_mode,
        since=program.local(team.since) if team.since is not None else None,
        translations=translations(team, TEXTS),
    )
