"""Interest teams and who is in them."""

from collections.abc import Sequence

from sqlalchemy import UniqueConstraint, delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.members import Interest
from models.rules import search
from models.stations import Station
from models.store import Moment, insert_once, one_of


class Team(SQLModel, table=True):
    """An interest team. ``search`` holds its names and their sounds, made when it is saved."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    interest: Interest = Field(sa_type=one_of(Interest))
    name: str
    name_en: str = ""
    about: str = ""
    about_en: str = ""
    meets: str = ""
    meets_en: str = ""
    search: str = ""
    members: int = 0


class Membership(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("member_id", "team_id"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id")
    team_id: int = Field(foreign_key="team.id", index=True)
    joined_at: Moment


def get(session: Session, team_id: int) -> Team | None:
    return session.get(Team, team_id)


def join(session: Session, team: Team, member_id: int, now: Moment) -> bool:
    """Join a team; False when the member is in it already."""
    values = {"member_id": member_id, "team_id": team.id, "joined_at": now}
    if not insert_once(session, Membership, values):
        return False
    _count(session, team, 1)
    return True


def leave(session: Session, team: Team, member_id: int) -> bool:
    """Leave a team; False when the member was not in it."""
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
    found = select(Membership.id).where(
        Membership.team_id == team_id, Membership.member_id == member_id
    )
    return session.exec(found).first() is not None


def of_member(session: Session, member_id: int) -> Sequence[Team]:
    """The member's teams, the newest first."""
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
    """Teams, the largest first; ``station_id`` means that station and everything below it."""
    wanted = select(Team).order_by(col(Team.members).desc(), col(Team.id)).offset(skip).limit(limit)
    if interest:
        wanted = wanted.where(Team.interest == interest)
    if interests:
        wanted = wanted.where(col(Team.interest).in_(interests))
    if among is not None:
        wanted = wanted.where(col(Team.id).in_(among))
    if station_id is not None:
        here = select(Station.path).where(Station.id == station_id).scalar_subquery()
        below = select(Station.id).where(col(Station.path).startswith(here))
        wanted = wanted.where(col(Team.station_id).in_(below))
    return session.exec(wanted).all()


def matching(session: Session, words: str, limit: int = 20) -> list[int]:
    """Ids of teams that fit the words (Chinese, pinyin, initials, English), best first."""
    rows = session.exec(select(Team.id, Team.search).order_by(col(Team.id))).all()
    entries = [(team_id, text) for team_id, text in rows if team_id is not None]
    return [team_id for team_id, _score in search.rank(words, entries)][:limit]
