"""Teams page by page, for who looks after them."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import Session, col, select

from models.network.members import Member
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.search import sifting
from models.rules.teams.joining import TeamState
from models.store import Moment
from models.teams.teams import Bid, BidKind, BidState, Team


def page(
    session: Session,
    paths: Sequence[str],
    team_ids: Collection[int],
    states: Collection[TeamState],
    after: int,
    limit: int,
) -> Sequence[tuple[Team, Station]]:
    """Return the teams of these places and all below, and these teams, from above a number on."""
    return session.exec(
        select(Team, Station)
        .join(Station, col(Station.id) == col(Team.station_id))
        .where(_is_there(paths, team_ids), col(Team.state).in_(states), col(Team.id) > after)
        .order_by(col(Team.id))
        .limit(limit)
    ).all()


def _is_there(paths: Sequence[str], team_ids: Collection[int]) -> ColumnElement[bool]:
    below = or_(false(), *(col(Station.path).startswith(path) for path in paths))
    return or_(below, col(Team.id).in_(team_ids))


def people(
    session: Session, team_id: int, after: int, limit: int
) -> Sequence[tuple[int, Moment, Member, Station | None]]:
    """Return who is in a team, with the number and the time of their joining, and their station."""
    return session.exec(
        select(Membership.id, Membership.joined_at, Member, Station)
        .join(Member, col(Member.id) == col(Membership.member_id))
        .join(Station, col(Station.id) == col(Member.station_id), isouter=True)
        .where(Membership.team_id == team_id, col(Membership.id) > after)
        .order_by(col(Membership.id))
        .limit(limit)
    ).all()


def named(
    session: Session,
    paths: Sequence[str],
    team_ids: Collection[int],
    states: Collection[TeamState],
    words: str,
    limit: int,
) -> Sequence[tuple[Team, Station]]:
    """Return those of the same teams that fit the words (Chinese, pinyin, initials), best first."""
    entries = session.exec(
        select(Team.id, Team.search)
        .join(Station, col(Station.id) == col(Team.station_id))
        .where(_is_there(paths, team_ids), col(Team.state).in_(states))
        .order_by(col(Team.members).desc(), col(Team.id))
    ).all()
    ranked = [number for number, _score in sifting.rank(words, list(entries))[:limit]]
    rows = session.exec(
        select(Team, Station)
        .join(Station, col(Station.id) == col(Team.station_id))
        .where(col(Team.id).in_(ranked))
    )
    by_id = {team.id: (team, station) for team, station in rows}
    return [by_id[each] for each in ranked]


def requests(session: Session, team_id: int, limit: int) -> Sequence[tuple[Bid, Member]]:
    """Return the open requests to join a team, the oldest first."""
    return session.exec(
        select(Bid, Member)
        .join(Member, col(Member.id) == col(Bid.member_id))
        .where(Bid.team_id == team_id, Bid.kind == BidKind.JOIN, Bid.state == BidState.OPEN)
        .order_by(col(Bid.id))
        .limit(limit)
    ).all()
