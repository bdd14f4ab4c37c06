"""Interest teams, their members and bids: rows, joining, leaving, browsing."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint, delete, or_, update
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel, col, select

from models.network import names
from models.network.members import Member
from models.network.memberships import Membership
from models.network.names import Namesakes
from models.network.stations import Station
from models.network.translations import Translatable
from models.rules.members.interests import Interest
from models.rules.search import search
from models.rules.teams.joining import JoinMode, TeamState
from models.store import Moment, insert_once, one_of


class Team(Translatable, table=True):
    """An interest team. ``search`` is its search text (see ``pinyin.index``).

    With ``enterprise_id`` it is a club: ``station_id`` is its contact point, ``responsible`` the
    person who answers for it, ``register_number`` the number its approval gave it. ``founder_id``
    is None for teams from files and after the founder is erased. ``members`` counts memberships.
    ``since`` is when it was approved or first loaded; None: before that was kept. ``ended_at`` is
    when it was closed.
    """

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    interest: Interest = Field(sa_type=one_of(Interest))
    name: str
    about: str = ""
    meets: str = ""
    search: str = ""
    members: int = 0
    state: TeamState = Field(default=TeamState.ACTIVE, sa_type=one_of(TeamState))
    join_mode: JoinMode = Field(default=JoinMode.OPEN, sa_type=one_of(JoinMode))
    founder_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    reason: str = ""
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id")
    responsible: str = ""
    expected_members: int | None = None
    register_number: str | None = Field(default=None, unique=True)
    since: Moment | None = None
    ended_at: Moment | None = None


class BidKind(StrEnum):
    """What a bid is for: supporting a proposal, joining, or taking over as captain."""

    SUPPORT = "support"
    JOIN = "join"
    CAPTAINCY = "captaincy"


class BidState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Bid(SQLModel, table=True):
    """A member's open or settled bid on a team. ``by_member_id`` offered them the captaincy."""

    __tablename__ = "team_bid"
    __table_args__ = (UniqueConstraint("team_id", "member_id", "kind"),)

    id: int = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    member_id: int = Field(foreign_key="member.id", index=True)
    kind: BidKind = Field(sa_type=one_of(BidKind))
    state: BidState = Field(default=BidState.OPEN, sa_type=one_of(BidState))
    by_member_id: int | None = None
    at: Moment


def get(session: Session, team_id: int) -> Team | None:
    return session.get(Team, team_id)


def lock(session: Session, team_id: int) -> Team | None:
    """The team, locked until the transaction ends; None when there is none."""
    row = select(Team).where(Team.id == team_id).with_for_update()
    return session.exec(row.execution_options(populate_existing=True)).first()


def join(session: Session, team: Team, member_id: int, now: Moment) -> bool:
    """Add a member to a team; False when they are in it already."""
    values = {"member_id": member_id, "team_id": team.id, "joined_at": now}
    if not insert_once(session, Membership, values):
        return False
    _count(session, team, 1)
    return True


def leave(session: Session, team: Team, member_id: int) -> bool:
    """Remove a member from a team; False when they were not in it."""
    gone = session.execute(
        delete(Membership)
        .where(col(Membership.team_id) == team.id, col(Membership.member_id) == member_id)
        .returning(col(Membership.id))
    ).first()
    if gone is None:
        return False
    _count(session, team, -1)
    return True


def _count(session: Session, team: Team, more: int) -> None:
    session.execute(
        update(Team).where(col(Team.id) == team.id).values(members=col(Team.members) + more)
    )
    session.refresh(team)


def is_member(session: Session, team_id: int, member_id: int) -> bool:
    membership = select(Membership.id).where(
        Membership.team_id == team_id, Membership.member_id == member_id
    )
    return session.exec(membership).first() is not None


def people(
    session: Session, team_id: int, *, skip: int = 0, limit: int | None = None
) -> Sequence[Member]:
    """The members of a team, in the order in which they joined."""
    return session.exec(
        select(Member)
        .join(Membership, col(Membership.member_id) == col(Member.id))
        .where(Membership.team_id == team_id)
        .order_by(col(Membership.id))
        .offset(skip)
        .limit(limit)
    ).all()


def namesakes(session: Session, team_id: int, *, also: int | None = None) -> Namesakes:
    """Return what members of this team share, ``also`` one who may not be in it."""
    members = select(Membership.member_id).where(Membership.team_id == team_id)
    return names.namesakes(session, or_(col(Member.id).in_(members), col(Member.id) == also))


def bid(
    session: Session,
    team_id: int,
    member_id: int,
    kind: BidKind,
    now: Moment,
    *,
    by: int | None = None,
) -> Bid | None:
    """Open a bid, or a settled one again; None when it is open already."""
    values = {
        "team_id": team_id,
        "member_id": member_id,
        "kind": kind,
        "state": BidState.OPEN,
        "by_member_id": by,
        "at": now,
    }
    is_new = insert_once(session, Bid, values)
    row = bid_of(session, team_id, member_id, kind)
    assert row is not None
    if is_new:
        return row
    if row.state is BidState.OPEN:
        return None
    row.state, row.by_member_id, row.at = BidState.OPEN, by, now
    session.add(row)
    session.flush()
    return row


def open_bid(session: Session, bid_id: int, kind: BidKind) -> Bid | None:
    """An open bid of this kind, locked until the transaction ends; None when there is none."""
    row = select(Bid).where(Bid.id == bid_id, Bid.kind == kind, Bid.state == BidState.OPEN)
    locked = row.with_for_update().execution_options(populate_existing=True)
    return session.exec(locked).first()


def bid_of(session: Session, team_id: int, member_id: int, kind: BidKind) -> Bid | None:
    return session.exec(
        select(Bid).where(Bid.team_id == team_id, Bid.member_id == member_id, Bid.kind == kind)
    ).first()


def of_member(session: Session, member_id: int) -> Sequence[Team]:
    """The member's teams, the last joined first."""
    return session.exec(
        select(Team)
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .where(Membership.member_id == member_id)
        .order_by(col(Membership.id).desc())
    ).all()


def browse(
    session: Session,
    *,
    interest: str = "",
    interests: Sequence[Interest] = (),
    station_id: int | None = None,
    among: Sequence[int] | None = None,
    skip: int = 0,
    limit: int = 6,
) -> Sequence[Team]:
    """Active teams, the largest first; ``station_id`` means that station and all below it.

    ``among`` restricts them to these ids. ``skip`` and ``limit`` page through them.
    """
    query = (
        _narrowed(select(Team), interest, station_id)
        .order_by(col(Team.members).desc(), col(Team.id))
        .offset(skip)
        .limit(limit)
    )
    if interests:
        query = query.where(col(Team.interest).in_(interests))
    if among is not None:
        query = query.where(col(Team.id).in_(among))
    rows: Sequence[Team] = session.exec(query).all()
    return rows


def outline(session: Session, interest: str, station_id: int | None) -> Sequence[Any]:
    """Return, of all teams that ``browse`` returns in its order, the columns that order them.

    They are the id, interest, enterprise_id, and the path of the station.
    """
    columns: tuple[Any, ...] = (Team.id, Team.interest, Team.enterprise_id, Station.path)
    query = (
        _narrowed(columns_of(*columns), interest, station_id)
        .join(Station, col(Station.id) == col(Team.station_id))
        .order_by(col(Team.members).desc(), col(Team.id))
    )
    rows: Sequence[Any] = session.execute(query).all()
    return rows


def _narrowed(query: Any, interest: str, station_id: int | None) -> Any:
    query = query.where(Team.state == TeamState.ACTIVE)
    if interest:
        query = query.where(Team.interest == interest)
    if station_id is not None:
        here = select(Station.path).where(Station.id == station_id).scalar_subquery()
        below = select(Station.id).where(col(Station.path).startswith(here))
        query = query.where(col(Team.station_id).in_(below))
    return query


def matching(
    session: Session,
    words: str,
    limit: int = 20,
    *,
    states: Collection[TeamState] = (TeamState.ACTIVE,),
) -> list[int]:
    """Ids of teams that fit the words (Chinese, pinyin, initials, English), best first."""
    rows = session.exec(
        select(Team.id, Team.search).where(col(Team.state).in_(states)).order_by(col(Team.id))
    ).all()
    return [team_id for team_id, _score in search.rank(words, list(rows))][:limit]


def forget_proposals(session: Session, member_id: int) -> None:
    """Delete the words of what an erased member proposed; what became a team keeps its own."""
    proposed = session.exec(
        select(Team).where(Team.founder_id == member_id, Team.state != TeamState.ACTIVE)
    ).all()
    for team in proposed:
        session.execute(delete(Bid).where(col(Bid.team_id) == team.id))
        if team.state in (TeamState.PROPOSED, TeamState.WAITING):
            team.state = TeamState.WITHDRAWN
        team.name = team.about = team.meets = team.search = team.responsible = team.reason = ""
        team.translations = {}
        session.add(team)
    session.flush()
