"""What several events have in common: that they come again, or that they are one course."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.network.translations import Translatable
from models.rules.dates.repeats import Repeat
from models.store import Moment, one_of


class Repeating(Translatable, table=True):
    """What comes again. ``rule`` is written by ``models.rules.dates.repeats``.

    It counts from ``first``, whose time on the wall all have; each takes ``minutes`` and is held at
    ``place``. ``title`` names each of a team's regular sessions, with ``{team}`` for the team's
    name; else each is called as the one before it. ``upto``: what begins until then is published
    or left out. ``due_at`` is when the next one is to be published; None: there is none.
    """

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    is_session: bool = False
    rule: str
    first: Moment
    minutes: int
    place: str = ""
    title: str = ""
    upto: Moment
    due_at: Moment | None = Field(default=None, index=True)

    @property
    def repeat(self) -> Repeat:
        return Repeat.from_column(self.rule)


class Mode(StrEnum):
    """How people sign up for a series: for all of it, for single dates, or as they like.

    EITHER: it is one event that is held more than once, and people come to one of them.
    """

    WHOLE = "whole"
    SINGLE = "single"
    BOTH = "both"
    EITHER = "either"


class Series(SQLModel, table=True):
    """A course of several dates, each of them an event; what it tells stands with these."""

    __tablename__ = "event_series"

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    mode: Mode = Field(sa_type=one_of(Mode))
