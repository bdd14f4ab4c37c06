"""Who belongs to which team: the rows alone, for everything that asks whether somebody does."""

from sqlalchemy import UniqueConstraint, bindparam
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel

from models.store import Moment, table_of
from models.store.statements import Prepared


class Membership(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("member_id", "team_id"),)

    id: int = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id")
    team_id: int = Field(foreign_key="team.id", index=True)
    joined_at: Moment


_TABLE = table_of(Membership)
_TEAMS = Prepared(columns_of(_TABLE.c.team_id).where(_TABLE.c.member_id == bindparam("member_id")))


def teams_of(session: Session, member_id: int) -> frozenset[int]:
    """Return the ids of the teams that a member is in."""
    return frozenset(each.team_id for each in _TEAMS.all(session, {"member_id": member_id}))
