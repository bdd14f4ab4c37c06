"""Posters of events, each with a code of its own by where it hangs, and who came by which.

A sign-up counts for the poster that its member came by last before it.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import UniqueConstraint, and_, distinct, exists, func, or_, update
from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.events.events import Event, Signup, SignupState
from models.network import audit, roles
from models.rules.network.codes import LETTERS
from models.rules.network.permissions import Act
from models.store import Moment, insert_once, table_of

MOST = 20
"""Posters of one event: more places than that are compared by nobody."""

LENGTH = 6
CODE = re.compile(r"[a-z0-9]{1,12}")


class Poster(SQLModel, table=True):
    """A poster of an event: ``place`` is where it hangs, ``code`` stands behind its links.

    ``by_member_id`` is None after the organizer is erased.
    """

    __tablename__ = "event_poster"
    __table_args__ = (UniqueConstraint("event_id", "place"),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    place: str
    code: str = Field(unique=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    at: Moment

    @property
    def link(self) -> str:
        """What its codes hold, as a deep link: ``e31-k7f2mq``."""
        return f"e{self.event_id}-{self.code}"


class Arrival(SQLModel, table=True):
    """A member who came by a poster, when they first did.

    ``member_id`` is None after the member is erased, so that the count stays.
    """

    __tablename__ = "poster_arrival"
    __table_args__ = (UniqueConstraint("poster_id", "member_id"),)

    id: int = Field(default=None, primary_key=True)
    poster_id: int = Field(foreign_key="event_poster.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    at: Moment


@dataclass(frozen=True, slots=True)
class Counted:
    """A poster, how many people came by it, and how many of them have signed up since."""

    poster: Poster
    opened: int
    signed_up: int


@dataclass(frozen=True, slots=True)
class TooMany:
    """The event has ``MOST`` posters already."""


def hang(session: Session, event_id: int, place: str, by: int, now: Moment) -> Poster | TooMany:
    """Return the poster for a place, a new one where the event has none there.

    Raises ``roles.NotAllowed`` when ``by`` may not run the event.
    """
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    at, team = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, at, now, team_id=team)
    hung = of_event(session, event_id)
    same = next((each for each in hung if each.place.casefold() == place.casefold()), None)
    if same is not None:
        return same
    if len(hung) >= MOST:
        return TooMany()
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH)).lower()
    poster = Poster(event_id=event_id, place=place, code=code, by_member_id=by, at=now)
    session.add(poster)
    session.flush()
    subject = f"event:{event_id}"
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=at, what="poster")
    return poster


def arrive(session: Session, event_id: int, code: str, member_id: int, now: Moment) -> None:
    """Count a member who came by the poster with this code, once; any other code counts nothing."""
    if not CODE.fullmatch(code):
        return
    wanted = select(Poster.id).where(Poster.event_id == event_id, Poster.code == code)
    poster_id = session.exec(wanted).first()
    if poster_id is not None:
        values = {"poster_id": poster_id, "member_id": member_id, "at": now}
        insert_once(session, Arrival, values)


# Reading


def get(session: Session, poster_id: int) -> Poster | None:
    return session.get(Poster, poster_id)


def of_event(session: Session, event_id: int) -> Sequence[Poster]:
    """Return the posters of an event, the oldest first."""
    return session.exec(
        select(Poster).where(Poster.event_id == event_id).order_by(col(Poster.id))
    ).all()


def counts(session: Session, event_id: int) -> list[Counted]:
    """Return the posters of an event with what came of each, the oldest first."""
    later, other = table_of(Arrival).alias(), table_of(Poster).alias()
    arrived, claimed = col(Arrival.at), col(Signup.at)
    came_by_another_since = exists().where(
        later.c.member_id == col(Arrival.member_id),
        other.c.id == later.c.poster_id,
        other.c.event_id == event_id,
        later.c.at <= claimed,
        or_(later.c.at > arrived, and_(later.c.at == arrived, later.c.id > col(Arrival.id))),
    )
    theirs = and_(
        col(Signup.event_id) == event_id,
        col(Signup.member_id) == col(Arrival.member_id),
        col(Signup.state) != SignupState.CANCELLED,
        claimed >= arrived,
        ~came_by_another_since,
    )
    rows = session.execute(
        select(
            col(Poster.id),
            func.count(distinct(col(Arrival.id))),
            func.count(distinct(col(Signup.id))),
        )
        .join(Arrival, col(Arrival.poster_id) == col(Poster.id))
        .join(Signup, theirs, isouter=True)
        .where(col(Poster.event_id) == event_id)
        .group_by(col(Poster.id))
    ).all()
    found = {number: (opened, signed_up) for number, opened, signed_up in rows}
    return [Counted(each, *found.get(each.id, (0, 0))) for each in of_event(session, event_id)]


def of_member(session: Session, member_id: int) -> list[dict[str, object]]:
    """Return the posters that a member came by, as plain values."""
    rows = session.exec(
        select(Event.title, Poster.place, Arrival.at)
        .join(Poster, col(Poster.event_id) == col(Event.id))
        .join(Arrival, col(Arrival.poster_id) == col(Poster.id))
        .where(Arrival.member_id == member_id)
        .order_by(col(Arrival.id))
    )
    return [{"event": title, "poster_at": place, "at": at} for title, place, at in rows]


def made_by(session: Session, member_id: int) -> list[dict[str, object]]:
    """Return the posters that a member made, as plain values."""
    rows = session.exec(
        select(Event.title, Poster.place, Poster.at)
        .join(Poster, col(Poster.event_id) == col(Event.id))
        .where(Poster.by_member_id == member_id)
        .order_by(col(Poster.id))
    )
    return [{"event": title, "hangs_at": place, "at": at} for title, place, at in rows]


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one member the arrivals of another; of two by one poster the earlier stays."""
    own = {each.poster_id: each for each in _arrivals(session, stays)}
    for each in _arrivals(session, goes):
        if (same := own.get(each.poster_id)) is not None:
            same.at = min(same.at, each.at)
            session.execute(delete(Arrival).where(col(Arrival.id) == each.id))
    session.flush()
    moved = update(Arrival).where(col(Arrival.member_id) == goes).values(member_id=stays)
    session.execute(moved)


def _arrivals(session: Session, member_id: int) -> Sequence[Arrival]:
    return session.exec(select(Arrival).where(Arrival.member_id == member_id)).all()
