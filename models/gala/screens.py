"""The second screen of an event: opened by its organizers, read by whoever has its link.

What thousands read is made from few rows (``models.gala.shown``). Each verb is audited, and raises
NotAllowed when ``by`` may not run the event.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event
from models.network import audit, roles
from models.rules.gala import lines as rules
from models.rules.network.permissions import Act
from models.rules.texts import one_line
from models.store import Moment, one_of
from models.store.statements import Prepared

TOKEN_BYTES = 24
"""192 random bits: 32 characters in a link."""

LONGEST_NOTE = 80
"""Characters of the line that stands above everything else on the screen."""


SOON = timedelta(days=14)
"""How long before it begins an evening is found by its screen."""


class Shows(StrEnum):
    """What the wall shows beside the lines; phones find all of it below each other."""

    PROGRAMME = "programme"
    POLL = "poll"
    DRAW = "draw"
    QUESTIONS = "questions"
    STAGE = "stage"


class Moderation(StrEnum):
    """Whether people may write lines, and whether somebody reads them before they are shown."""

    OFF = "off"
    BEFORE = "before"
    AFTER = "after"


class Screen(SQLModel, table=True):
    """The second screen of one event. Of the ``token`` in its link only the hash is kept.

    ``poll_id`` is what it ``shows`` while it shows a poll, ``draw_event_id`` whose draw. ``note``
    is a line above all else. ``banned`` are the words, one a line, with which no line is shown;
    ``seconds`` is how long a person waits between two lines; ``takes_questions`` says whether the
    stage is asked questions.
    """

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", unique=True)
    token_hash: str = Field(unique=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    since: Moment
    shows: Shows = Field(default=Shows.PROGRAMME, sa_type=one_of(Shows))
    poll_id: int | None = None
    draw_event_id: int | None = Field(default=None, foreign_key="event.id")
    note: str = ""
    lines: Moderation = Field(default=Moderation.BEFORE, sa_type=one_of(Moderation))
    seconds: int = rules.SECONDS
    banned: str = ""
    takes_questions: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """``token`` is told once; a link with the one before opens nothing any more."""

    screen: Screen
    token: str


_EVENT = Prepared(select(Screen.event_id).where(col(Screen.token_hash) == bindparam("token_hash")))


def open_one(session: Session, event_id: int, by: int | None, now: Moment) -> Opened:
    """Open the second screen of an event, or give the one that is open another link."""
    event = locked(session, event_id, by, now)
    screen = of_event(session, event_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    what = "screen opened" if screen is None else "screen has another link"
    if screen is None:
        screen = Screen(event_id=event_id, token_hash="", since=now)
    screen.token_hash, screen.by_member_id, screen.since = hash_of(token), by, now
    session.add(screen)
    session.flush()
    record(session, event, by, now, what)
    return Opened(screen, token)


def show(
    session: Session,
    event_id: int,
    what: Shows,
    by: int | None,
    now: Moment,
    *,
    poll_id: int | None = None,
    draw_event_id: int | None = None,
) -> Screen | None:
    """Let the wall show something; None where the event has no screen.

    Without ``poll_id`` it is the poll that was shown last. A draw that is shown is that of an event
    which ``by`` may run as well, or of this event.
    """
    event = locked(session, event_id, by, now)
    screen = of_event(session, event_id)
    if screen is None:
        return None
    if draw_event_id not in (None, event_id):
        other = session.get_one(Event, draw_event_id)
        roles.require(session, by, Act.RUN_EVENT, other.station_id, now, team_id=other.team_id)
    screen.shows = what
    if what is Shows.POLL:
        screen.poll_id = poll_id or screen.poll_id
    if what is Shows.DRAW:
        screen.draw_event_id = draw_event_id or event_id
    session.add(screen)
    session.flush()
    record(session, event, by, now, "screen shows", shown=str(what))
    return screen


def say(session: Session, event_id: int, words: str, by: int | None, now: Moment) -> Screen | None:
    """Put a line above all else on the screen, or take it away with empty words."""
    event = locked(session, event_id, by, now)
    screen = of_event(session, event_id)
    if screen is None:
        return None
    screen.note = one_line(words)[:LONGEST_NOTE]
    session.add(screen)
    session.flush()
    record(session, event, by, now, "screen says")
    return screen


def set_up(
    session: Session,
    event_id: int,
    by: int | None,
    now: Moment,
    *,
    lines: Moderation,
    seconds: int,
    banned: str,
    questions: bool,
) -> Screen | None:
    """Set how lines and questions are taken."""
    event = locked(session, event_id, by, now)
    screen = of_event(session, event_id)
    if screen is None:
        return None
    screen.lines = lines
    screen.seconds = max(rules.LEAST_SECONDS, min(seconds, rules.MOST_SECONDS))
    screen.banned = "\n".join(rules.listed(banned))
    screen.takes_questions = questions
    session.add(screen)
    session.flush()
    record(session, event, by, now, "screen set up", lines=str(lines), seconds=screen.seconds)
    return screen


# Reading


def of_event(session: Session, event_id: int) -> Screen | None:
    """Return the screen of an event; None where it has none."""
    return session.exec(select(Screen).where(Screen.event_id == event_id)).first()


def event_of(session: Session, token: str) -> int | None:
    """Return the number of the event whose screen this token opens."""
    row = _EVENT.first(session, {"token_hash": hash_of(token)})
    return row[0] if row is not None else None


def evenings(session: Session, now: Moment) -> Sequence[int]:
    """Return the events with a screen that are on or begin soon."""
    rows: Sequence[int] = session.exec(
        select(Screen.event_id)
        .join(Event, col(Event.id) == col(Screen.event_id))
        .where(col(Event.ends_at) > now, col(Event.starts_at) < now + SOON)
        .order_by(col(Event.starts_at))
    ).all()
    return rows


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# What the other verbs of an evening share


def locked(session: Session, event_id: int, by: int | None, now: Moment) -> Event:
    """Return an event that ``by`` may run, its row locked. Raises NotAllowed for others."""
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=event.team_id)
    return event


def record(
    session: Session, event: Event, by: int | None, now: Moment, what: str, **details: object
) -> None:
    """Record in the audit what was done at an evening."""
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, what=what, **details)
