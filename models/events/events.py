"""Store events and claims."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Index,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    text,
    true,
)
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.groups import Repeating, Series
from models.network.translations import Translatable
from models.rules.events import audience as rules
from models.rules.events import undated
from models.rules.events.companions import Along, Companions
from models.rules.events.details import DETAIL_TEXTS
from models.rules.events.handing import Handing
from models.rules.events.states import DrawState, EventState, SignupState
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.store import Link, Moment, one_of
from models.store.statements import Prepared

__all__ = [
    "TEXTS",
    "Category",
    "Companions",
    "Event",
    "EventState",
    "Kind",
    "Repeating",
    "Series",
    "Signup",
    "SignupState",
]


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


HIDDEN = (EventState.ASKED, EventState.LAPSED, EventState.RETURNED)
"""States before approval: members do not see the event and cannot sign up."""
UNLISTED = (*HIDDEN, EventState.CANCELLED)

TEXTS = ("title", "place", *DETAIL_TEXTS)
"""The texts of an event that stand in further languages as well."""


class Event(Translatable, table=True):
    """An event. Without ``seats`` there is room for everyone.

    ``held`` counts seats taken or on offer, ``waiting`` the queue and ``turns`` the numbers given
    out to it, so that a sign-up costs the same at ten and at a million members. ``by_member_id`` is
    the member who published it in the chat; None for events from files and after that member is
    erased. ``meet`` is where people gather before they go on to ``place``, ``contact`` who can be
    asked about it. ``station_id`` is its host; ``audience`` is whom it admits, as
    ``models.rules.events.audience`` writes it, and empty for everybody. ``revision`` grows
    with every change of what the event says, ``changed_at`` is when it last did; None: never since
    it was published. ``asked_again_at`` is when both sides were told that its approval still waits,
    ``queue_told_at`` when those who wait for a seat were told that no more will come; None while
    some may come; ``feedback_asked_at`` when those who came were asked how it was. ``along`` is how
    many may sign up together with one person, ``handing`` to whom seats may be handed over.
    ``quotas`` counts its quotas, which hold until ``quotas_until``; None: until the end.
    ``questions`` counts what is asked at sign-up. ``repeating_id`` is what comes again and this is
    one of, ``series_id`` the series whose dates people may sign up for together. ``draw`` says
    where the draw of its seats stands, ``entered`` counts who is in it and not drawn yet.
    ``state_was`` is the state before it was cancelled, which comes back when that is taken back.
    With ``door_rotates`` only the code that changes checks people in at the door, and not the one
    that was hung up. ``is_template``: its organizers are offered to hold one like it.
    ``page_open``: anybody may read its page, though it is for some people only.
    ``opens_at`` is when sign-up opens; None: at once. ``gates`` are its further conditions, as
    ``models.rules.events.gates`` has them.
    ``hall`` are its rows or tables in words, as ``models.rules.events.halls`` reads them,
    ``hall_seats`` how many seats people may be given there, ``hall_seated_at`` when they were
    first; None: not yet.
    ``certifying_at`` is when certificates of ``certifying_minutes`` were issued of which some are
    still to come.
    """

    __table_args__ = (
        Index(
            "event_hall",
            "ends_at",
            sqlite_where=text("hall_seats > 0"),
            postgresql_where=text("hall_seats > 0"),
        ),
        Index(
            "event_certifying",
            "certifying_at",
            sqlite_where=text("certifying_at IS NOT NULL"),
            postgresql_where=text("certifying_at IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    category: Category = Field(sa_type=one_of(Category))
    kind: Kind = Field(sa_type=one_of(Kind))
    title: str
    about: str = ""
    place: str = ""
    map_url: str = Field(default="", sa_type=Link)
    bring: str = ""
    cost: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    meet: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    contact: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    companions: Companions = Field(
        default=Companions.UNSAID,
        sa_type=one_of(Companions),
        sa_column_kwargs={"server_default": text("''")},
    )
    starts_at: Moment = Field(index=True)
    ends_at: Moment = Field(index=True)
    closes_at: Moment
    seats: int | None = None
    state: EventState = Field(default=EventState.OPEN, sa_type=one_of(EventState))
    state_was: EventState | None = Field(default=None, sa_type=one_of(EventState))
    reason: str = ""
    held: int = 0
    waiting: int = 0
    turns: int = 0
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    picture_id: int | None = Field(default=None, foreign_key="picture.id")
    search: str = ""
    audience: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    changed_at: Moment | None = None
    asked_again_at: Moment | None = None
    queue_told_at: Moment | None = None
    feedback_asked_at: Moment | None = None
    certifying_at: Moment | None = None
    certifying_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    along: Along = Field(
        default=Along.NOBODY,
        sa_type=one_of(Along),
        sa_column_kwargs={"server_default": text("''")},
    )
    handing: Handing = Field(
        default=Handing.ALIKE,
        sa_type=one_of(Handing),
        sa_column_kwargs={"server_default": text("''")},
    )
    quotas: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    quotas_until: Moment | None = Field(default=None, index=True)
    draw: DrawState = Field(
        default=DrawState.NONE,
        sa_type=one_of(DrawState),
        sa_column_kwargs={"server_default": text("''")},
    )
    entered: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    questions: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    repeating_id: int | None = Field(default=None, foreign_key="repeating.id", index=True)
    series_id: int | None = Field(default=None, foreign_key="event_series.id", index=True)
    page_open: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    door_rotates: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    is_template: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    opens_at: Moment | None = None
    gates: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    hall: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    hall_seats: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    hall_seated_at: Moment | None = None

    @property
    def aim(self) -> Audience:
        """``audience`` as a value."""
        return rules.from_column(self.audience)

    @property
    def has_page(self) -> bool:
        """Whether anybody may read its page: it is for everybody, or its organizer opened it."""
        return not self.audience or self.page_open


HAS_SEAT = "state IN ('seated', 'offered', 'attended', 'no_show')"
LEADS_QUEUE = "state = 'waiting' AND party_id IS NULL"


class Signup(SQLModel, table=True):
    """A person's claim on an event. ``turn`` is their place in the queue, growing with time.

    ``member_id`` is None after the member is erased, so that the count stays, and for a person
    without a chat, who has a ``name``. ``attended_at`` is when they were checked in,
    ``disputed_at`` when they said that they were there, though they are marked as absent, until
    that is decided. ``knows`` is what the member was told last of time and place, as
    ``models.rules.events.changes.Facts``, where that is not what holds; None: they know it.

    People who sign up together are a party: one of them leads it, ``party_id`` of the others is
    that claim, and they are seated, offered seats and waiting together, in the leader's turn.
    ``brings`` of the leader counts the others who take a seat; children may take none.
    ``by_member_id`` is who signed them up, None: they did; of a claim that was given up the member
    themselves, where they said no to it. ``counts_in`` are the quotas in which they count, as
    ``/3/17/``. Only the leader's claim has ``offered_until``. ``stop`` is where they get on, by the
    name of one of the stops that ``Event.meet`` tells. ``from_member_id`` is who handed this seat
    over to them. ``refused`` is why an organizer did not let them in, perhaps without
    a word; None: nobody refused. ``seat`` is theirs in the hall, as
    ``5-12``: the row or table, and its number there. It counts while they have a seat at the
    event; of who gave up it may be given to others.
    """

    __table_args__ = (
        UniqueConstraint("event_id", "member_id"),
        # Accounts read from this alone who was at each event.
        Index("signup_queue", "event_id", "state", "turn", "member_id"),
        # What every sign-up to an event with quotas counts, and counts from this alone.
        Index(
            "signup_held",
            *("event_id", "counts_in", "takes_seat"),
            sqlite_where=text(HAS_SEAT),
            postgresql_where=text(HAS_SEAT),
        ),
        # By which a queue of many whom quotas bar is passed without being read.
        Index(
            "signup_kind",
            *("event_id", "counts_in", "turn"),
            sqlite_where=text(LEADS_QUEUE),
            postgresql_where=text(LEADS_QUEUE),
        ),
        Index(
            "signup_party",
            "party_id",
            sqlite_where=text("party_id IS NOT NULL"),
            postgresql_where=text("party_id IS NOT NULL"),
        ),
        # What most claims have not, none of their inserts pays for.
        Index(
            "signup_offered",
            "offered_until",
            sqlite_where=text("offered_until IS NOT NULL"),
            postgresql_where=text("offered_until IS NOT NULL"),
        ),
        Index(
            "signup_by_member",
            "by_member_id",
            sqlite_where=text("by_member_id IS NOT NULL"),
            postgresql_where=text("by_member_id IS NOT NULL"),
        ),
        Index(
            "signup_from_member",
            "from_member_id",
            sqlite_where=text("from_member_id IS NOT NULL"),
            postgresql_where=text("from_member_id IS NOT NULL"),
        ),
        Index(
            "signup_seat",
            *("event_id", "seat"),
            unique=True,
            sqlite_where=text("seat != ''"),
            postgresql_where=text("seat != ''"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    state: SignupState = Field(sa_type=one_of(SignupState))
    turn: int = 0
    offered_until: Moment | None = None
    attended_at: Moment | None = None
    disputed_at: Moment | None = None
    at: Moment
    knows: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    party_id: int | None = Field(default=None, foreign_key="signup.id")
    brings: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    name: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    is_child: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    takes_seat: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    by_member_id: int | None = Field(default=None, foreign_key="member.id")
    counts_in: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    stop: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    from_member_id: int | None = Field(default=None, foreign_key="member.id")
    refused: str | None = None
    seat: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


NEVER = and_(col(Event.state) == EventState.CANCELLED, col(Event.starts_at) >= undated.BEGINS)
"""The condition of an event that was cancelled while its date was to come: no day ends it."""

_STEPS = Prepared(
    select(Event.series_id, Event.questions, Event.gates, Event.quotas).where(
        Event.id == bindparam("event_id")
    )
)


def get(session: Session, event_id: int) -> Event | None:
    """Return an event that members may see; None if there is none, or before its approval."""
    event = session.get(Event, event_id)
    return event if event is not None and event.state not in HIDDEN else None


def asks_nothing(session: Session, event_id: int) -> bool:
    """Return whether a press on "Sign up" is decided at once, as it is for most events.

    Before others stand a course, questions, conditions or shares.
    """
    first = _STEPS.first(session, {"event_id": event_id})
    return first is None or not (
        first.series_id is not None or first.questions or first.gates or first.quotas
    )


def for_organizers(session: Session, event_id: int) -> Event | None:
    """Return an event in any state; None if there is none."""
    return session.get(Event, event_id)


def titles_by(session: Session, member_id: int) -> list[Translated]:
    """Return the titles of the events that a member published in the chat."""
    published = select(Event).where(Event.by_member_id == member_id).order_by(col(Event.id))
    return [each.text_of("title") for each in session.exec(published)]
