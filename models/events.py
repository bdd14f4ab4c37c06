"""Events and sign-ups: seats, the queue, offers."""

from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.store import Moment, one_of


class Category(StrEnum):
    THOUGHT = "thought"
    CULTURE = "culture"
    LIFE = "life"
    CAREER = "career"


class Kind(StrEnum):
    LECTURE = "lecture"
    TOUR = "tour"
    SOCIAL = "social"
    CONTEST = "contest"
    TRAINING = "training"
    GALA = "gala"
    SESSION = "session"


class EventState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SignupState(StrEnum):
    SEATED = "seated"
    WAITING = "waiting"
    OFFERED = "offered"
    ENTERED = "entered"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


class Event(SQLModel, table=True):
    """Something to go to. Without ``seats`` there is room for everybody.

    ``held`` counts seats taken or on offer, ``waiting`` the queue and ``turns`` the numbers given
    out to it, so that a sign-up costs the same at ten and at a million members.
    """

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    category: Category = Field(sa_type=one_of(Category))
    kind: Kind = Field(sa_type=one_of(Kind))
    title: str
    title_en: str = ""
    about: str = ""
    about_en: str = ""
    place: str = ""
    place_en: str = ""
    map_url: str = ""
    bring: str = ""
    bring_en: str = ""
    starts_at: Moment = Field(index=True)
    ends_at: Moment
    closes_at: Moment
    seats: int | None = None
    state: EventState = Field(default=EventState.OPEN, sa_type=one_of(EventState))
    reason: str = ""
    held: int = 0
    waiting: int = 0
    turns: int = 0
    search: str = ""


class Signup(SQLModel, table=True):
    """A member's claim on an event. ``turn`` is their place in line, growing with time.

    ``member_id`` is empty once the person has been erased: the count stays.
    """

    __table_args__ = (
        UniqueConstraint("event_id", "member_id"),
        Index("signup_queue", "event_id", "state", "turn"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    state: SignupState = Field(sa_type=one_of(SignupState))
    turn: int = 0
    offered_until: Moment | None = Field(default=None, index=True)
    at: Moment
