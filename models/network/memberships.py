"""Who belongs to which team: the rows alone, for everything that asks whether somebody does."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment


class Membership(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("member_id", "team_id"),)

    id: int = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id")
    team_id: int = Field(foreign_key="team.id", index=True)
    joined_at: Moment


def teams_of(session: Session, member_id: int) -> frozenset[int]:
    """Return the ids of the teams that a member is in."""
    rows = select(Membership.team_id).where(col(Membership.member_id) == member_id)
    return frozenset(session.exec(rows))
