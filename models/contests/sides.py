"""Who enters a tournament: teams by those who lead them, companies by their contact points."""

from secrets import choice

from sqlmodel import Session, col, select

from models.contests.tournaments import (
    NotDone,
    Side,
    Tournament,
    TournamentState,
    WhyNot,
    lock,
    record,
    require,
    sides_of,
)
from models.network import roles
from models.network.stations import Station, StationKind
from models.rules.contests import matches as rules
from models.rules.events import draws
from models.rules.teams.joining import TeamState
from models.store import Moment
from models.teams import leading, teams
from models.teams.teams import Team


def may_enter(
    session: Session, row: Tournament, member_id: int, now: Moment
) -> list[Team | Station]:
    """Return what this member could enter: teams that they lead, or contact points they organize.

    Those that are in it already are left out.
    """
    inside = sides_of(session, row.id)
    station = session.get_one(Station, row.station_id)
    if row.of_companies:
        points = session.exec(
            select(Station).where(
                Station.kind == StationKind.CONTACT_POINT,
                col(Station.path).startswith(station.path),
                col(Station.enterprise_id).is_not(None),
                col(Station.enterprise_id).not_in([each.enterprise_id for each in inside]),
            )
        ).all()
        held = {grant.station_id for grant, _place in roles.grants_of(session, member_id, now)}
        return [point for point in points if point.id in held]
    own = {each.team_id for each in inside}
    return [
        team
        for team in teams.of_member(session, member_id)
        if team.id not in own
        and team.state is TeamState.ACTIVE
        and leading.role_of(session, team.id, member_id, now) is not None
    ]


def enter(
    session: Session, number: int, what: Team | Station, member_id: int, now: Moment
) -> Side | NotDone:
    """Enter a team, or the company of a contact point, by one who leads or organizes it."""
    row = lock(session, number)
    if row.state is not TournamentState.ENTERING:
        return NotDone(WhyNot.NOT_OPEN)
    if what not in may_enter(session, row, member_id, now):
        return NotDone(WhyNot.NOT_LEADING)
    return _enter(session, row, what, member_id, now)


def put_in(
    session: Session, number: int, what: Team | Station, by: int | None, now: Moment
) -> Side | NotDone:
    """Enter a team or a company on behalf of those who lead it, as an organizer."""
    row = lock(session, number)
    require(session, row, by, now)
    if row.state is not TournamentState.ENTERING:
        return NotDone(WhyNot.NOT_OPEN)
    side = _enter(session, row, what, None, now)
    if isinstance(side, Side):
        record(session, row, by, now, "entered", side=side.id)
    return side


def _enter(
    session: Session, row: Tournament, what: Team | Station, captain: int | None, now: Moment
) -> Side | NotDone:
    inside = sides_of(session, row.id)
    if len(inside) >= rules.MOST_SIDES:
        return NotDone(WhyNot.FULL)
    team_id = what.id if isinstance(what, Team) else None
    company = what.enterprise_id if isinstance(what, Station) else None
    if any((each.team_id, each.enterprise_id) == (team_id, company) for each in inside):
        return NotDone(WhyNot.IS_IN)
    side = Side(
        tournament_id=row.id,
        team_id=team_id,
        enterprise_id=company,
        code=draws.make_code(choice),
        captain_id=captain,
        entered_at=now,
    )
    session.add(side)
    session.flush()
    return side
