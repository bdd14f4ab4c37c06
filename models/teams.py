"""Interest teams and who is in them."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.members import Interest
from models.store import Moment, one_of


class Team(SQLModel, table=True):
    """An interest team. ``search`` holds name, pinyin, initials and aliases, made when it is saved."""

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
