"""Founding a team or an enterprise's club: propose, support, approve or send back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.network import audit, registers, roles, stations
from models.network.members import Member
from models.network.stations import Station
from models.rules.members.interests import INTERESTS, Interest
from models.rules.network.permissions import Act, Role
from models.rules.search import sounds
from models.rules.teams import joining
from models.rules.teams.joining import JoinMode, Supported, TeamState
from models.sending import deliveries
from models.store import Moment
from models.teams import clubs, leading, teams
from models.teams.teams import Bid, BidKind, BidState, Team

SIMILAR = 4
UNDECIDED = (TeamState.PROPOSED, TeamState.WAITING)
SHOWN = (*UNDECIDED, TeamState.ACTIVE)


class NotSupported(StrEnum):
    """Why a member's support does not count: they founded it, or it is decided."""

    FOUNDER = "founder"
    OVER = "over"


class TeamNotDecided(StrEnum):
    """Why a decision changes nothing: it is decided, or the team is one's own."""

    OVER = "over"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class TooMany:
    """The founder already has ``most`` undecided proposals."""

    most: int


def act_for(team: Team) -> Act:
    """The act that approving it takes: clubs are approved by towns."""
    return Act.APPROVE_CLUB if team.enterprise_id is not None else Act.APPROVE_TEAM


# Founding


def similar(session: Session, name: str) -> Sequence[Team]:
    """Teams with a similar name, active or proposed, the best match first."""
    ids = teams.matching(session, name, SIMILAR, states=SHOWN)
    rows = session.exec(select(Team).where(col(Team.id).in_(ids))).all()
    by_id = {team.id: team for team in rows}
    return [by_id[each] for each in ids]


def propose(
    session: Session,
    founder_id: int,
    station: Station,
    *,
    interest: Interest,
    name: str,
    about: str,
) -> Team | TooMany:
    """Add a proposed team, which now needs supporters. ``station`` is where it will belong."""
    if _proposals(session, founder_id) >= joining.MAX_PROPOSALS:
        return TooMany(joining.MAX_PROPOSALS)
    return _keep(
        session,
        Team(
            code=_code(),
            station_id=station.id,
            interest=interest,
            name=name,
            about=about,
            search=_search(name, interest, station),
            state=TeamState.PROPOSED,
            founder_id=founder_id,
        ),
    )


def apply(
    session: Session,
    founder_id: int,
    station: Station,
    now: Moment,
    *,
    interest: Interest,
    name: str,
    responsible: str,
    expected_members: int,
    about: str,
) -> Team | TooMany:
    """Apply for a club of a contact point's enterprise and ask its town to approve it.

    ``responsible`` is the person who answers for it; ``expected_members`` their estimate.
    """
    if _proposals(session, founder_id) >= joining.MAX_PROPOSALS:
        return TooMany(joining.MAX_PROPOSALS)
    team = _keep(
        session,
        Team(
            code=_code(),
            station_id=station.id,
            enterprise_id=_enterprise(session, station),
            interest=interest,
            name=name,
            about=about,
            responsible=responsible,
            expected_members=expected_members,
            search=_search(name, interest, station),
            state=TeamState.WAITING,
            join_mode=JoinMode.OWN,
            founder_id=founder_id,
        ),
    )
    _ask_station(session, team, now)
    return team


def _search(name: str, interest: Interest, station: Station) -> str:
    """As for teams loaded from files: the name, then its interest and place."""
    return sounds.index(name, *station.text_of("name").versions(), *INTERESTS[interest])


def _keep(session: Session, team: Team) -> Team:
    session.add(team)
    session.flush()
    return team


def _code() -> str:
    """A random code, which cannot collide with those in files."""
    return f"founded-{secrets.token_hex(8)}"


def _enterprise(session: Session, station: Station) -> int:
    """The contact point's enterprise; one is added under the station's name if it has none."""
    if station.enterprise_id is None:
        made = stations.Enterprise(code=f"of-{station.code}", name="")
        made.put_text("name", station.text_of("name"))
        session.add(made)
        session.flush()
        station.enterprise_id = made.id
        session.add(station)
        session.flush()
    assert station.enterprise_id is not None
    return station.enterprise_id


def _proposals(session: Session, founder_id: int) -> int:
    undecided = select(func.count()).where(
        col(Team.founder_id) == founder_id, col(Team.state).in_(UNDECIDED)
    )
    return session.exec(undecided).one()


def take_back(session: Session, team_id: int, member_id: int) -> Team | None:
    """Withdraw one's own proposal; None when it is decided, or another member's."""
    team = teams.lock(session, team_id)
    if team is None or team.founder_id != member_id or team.state not in UNDECIDED:
        return None
    team.state = TeamState.WITHDRAWN
    return _keep(session, team)


# Supporting


def support(
    session: Session, team_id: int, member_id: int, now: Moment
) -> Supported | NotSupported:
    """Support a proposed team; with enough supporters its station is asked to approve it.

    Supporting twice counts once.
    """
    team = teams.lock(session, team_id)
    if team is None or team.state is not TeamState.PROPOSED:
        return NotSupported.OVER
    if team.founder_id == member_id:
        return NotSupported.FOUNDER
    is_new = teams.bid(session, team_id, member_id, BidKind.SUPPORT, now) is not None
    outcome = joining.support(len(supporters(session, team_id)))
    if outcome.complete:
        team.state = TeamState.WAITING
        session.add(team)
        session.flush()
        _ask_station(session, team, now)
    if is_new and team.founder_id is not None:
        _notify(session, team.founder_id, team, "team-supported", now, count=outcome.count)
    return outcome


def supporters(session: Session, team_id: int) -> Sequence[Member]:
    """The supporters of a proposed team, in order of their support."""
    return session.exec(
        select(Member)
        .join(Bid, col(Bid.member_id) == col(Member.id))
        .where(Bid.team_id == team_id, Bid.kind == BidKind.SUPPORT)
        .order_by(col(Bid.id))
    ).all()


def _ask_station(session: Session, team: Team, now: Moment) -> None:
    station = session.get_one(Station, team.station_id)
    able = roles.who_can(session, act_for(team), station, now, but=team.founder_id)
    for member in able:
        _notify(session, member.id, team, "approve-team", now)


# Deciding


def waiting(session: Session, path: str) -> Sequence[Team]:
    """Teams that wait for approval at the station of this path and below it, oldest first."""
    return session.exec(
        select(Team)
        .join(Station, col(Station.id) == col(Team.station_id))
        .where(Team.state == TeamState.WAITING, col(Station.path).startswith(path))
        .order_by(col(Team.id))
    ).all()


def approve(
    session: Session, team_id: int, by: int, now: Moment, zone: ZoneInfo
) -> Team | TeamNotDecided:
    """Approve a team: its founder becomes captain, its supporters members.

    ``zone`` decides the year of a club's register number. Raises NotAllowed when ``by`` may not.
    """
    team = _undecided(session, team_id, by, now)
    if isinstance(team, TeamNotDecided):
        return team
    station = session.get_one(Station, team.station_id)
    backers = [each.id for each in supporters(session, team_id)]
    team.state, team.since = TeamState.ACTIVE, now
    if team.enterprise_id is not None:
        district = session.get_one(Station, int(station.path.split("/")[1]))
        year = registers.year_of(now, zone)
        team.register_number = clubs.next_number(session, district, year)
    session.add(team)
    session.flush()
    if team.founder_id is not None:
        teams.join(session, team, team.founder_id, now)
        roles.give(session, team.founder_id, Role.CAPTAIN, station, now, team_id=team_id)
    for member_id in backers:
        teams.join(session, team, member_id, now)
    _settle_bids(session, team_id)
    _record(session, team, by, now, approved=True)
    if team.founder_id is None:
        leading.ask_for_captain(session, team, now)
    _notify_founder_and_supporters(session, team, backers, "team-approved", now)
    return team


def send_back(
    session: Session, team_id: int, by: int, reason: str, now: Moment
) -> Team | TeamNotDecided:
    """Refuse a team. ``reason`` is a sentence for its founder and supporters, or empty.

    Raises NotAllowed when ``by`` may not.
    """
    team = _undecided(session, team_id, by, now)
    if isinstance(team, TeamNotDecided):
        return team
    team.state, team.reason = TeamState.REFUSED, reason
    session.add(team)
    session.flush()
    _record(session, team, by, now, approved=False)
    backers = [each.id for each in supporters(session, team_id)]
    _notify_founder_and_supporters(session, team, backers, "team-sent-back", now)
    return team


def _undecided(session: Session, team_id: int, by: int, now: Moment) -> Team | TeamNotDecided:
    team = teams.lock(session, team_id)
    if team is None:
        return TeamNotDecided.OVER
    roles.require(session, by, act_for(team), team.station_id, now)
    if team.state is not TeamState.WAITING:
        return TeamNotDecided.OVER
    return TeamNotDecided.OWN if team.founder_id == by else team


def _settle_bids(session: Session, team_id: int) -> None:
    bids = select(Bid).where(Bid.team_id == team_id, Bid.kind == BidKind.SUPPORT)
    for each in session.exec(bids).all():
        each.state = BidState.ACCEPTED
        session.add(each)
    session.flush()


def _record(session: Session, team: Team, by: int, now: Moment, *, approved: bool) -> None:
    audit.record(
        session,
        by,
        act_for(team),
        f"team:{team.id}",
        now,
        station_id=team.station_id,
        approved=approved,
    )


def _notify_founder_and_supporters(
    session: Session, team: Team, backers: Sequence[int], topic: str, now: Moment
) -> None:
    founder = [team.founder_id] if team.founder_id is not None else []
    for member_id in dict.fromkeys([*founder, *backers]):
        _notify(session, member_id, team, topic, now)


def _notify(
    session: Session, member_id: int, team: Team, topic: str, now: Moment, **facts: int
) -> None:
    deliveries.plan_for_member(
        session,
        member_id,
        key=":".join([topic, str(team.id), str(member_id), *map(str, facts.values())]),
        topic=topic,
        facts={"team_id": team.id, **facts},
        due_at=now,
        expires_at=now + deliveries.A_WEEK,
        now=now,
        # Until it is a team, its words are its founder's.
        about=team.founder_id
        if team.state is not TeamState.ACTIVE and team.founder_id != member_id
        else None,
    )
