"""Record what members did by virtue of a role; rows are never changed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, and_, col, or_, select

from models.network import aliases
from models.network.aliases import MemberAlias
from models.network.members import Member
from models.network.stations import Station, StationKind
from models.rules.network.permissions import Act
from models.store import Moment, one_of

CODES_TAKEN = "codes taken"
"""Says of BIND_MEMBER, as ``what``, that the personal codes of a place were taken as a file."""

PEOPLE_TAKEN = "people taken"
"""Says of SEE_PERSON that they stood on a list of people that was taken as a file."""

BY_TOKEN = "token"  # noqa: S105
"""Says in ``details`` by which token a program did it for the member."""


class Audit(SQLModel, table=True):
    """One act of a member in a role. The database refuses changes.

    ``member_id`` is no foreign key: it stays when the member is erased. It is None for the
    operator, who loads files at the command line. ``subject`` is ``event:12`` or ``member:7``.
    """

    id: int = Field(default=None, primary_key=True)
    at: Moment = Field(index=True)
    member_id: int | None = Field(default=None, index=True)
    act: Act = Field(sa_type=one_of(Act))
    subject: str = Field(index=True)
    station_id: int | None = Field(default=None, index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))


def record(
    session: Session,
    member_id: int | None,
    act: Act,
    subject: str,
    now: Moment,
    *,
    station_id: int | None = None,
    **details: Any,
) -> None:
    """Insert an act into the audit.

    ``details`` hold no personal data, but for a reason in the organizer's own words: one line of
    200 characters at most. What is done inside ``by_token`` says so.
    """
    if (token := session.info.get(BY_TOKEN)) is not None:
        details = {BY_TOKEN: token, **details}
    session.add(
        Audit(
            at=now,
            member_id=member_id,
            act=act,
            subject=subject,
            station_id=station_id,
            details=details,
        )
    )
    session.flush()


@contextmanager
def by_token(session: Session, token_id: int) -> Iterator[None]:
    """Let what is recorded meanwhile say that a program did it, by this token."""
    session.info[BY_TOKEN] = token_id
    try:
        yield
    finally:
        del session.info[BY_TOKEN]


def about(session: Session, subject: str) -> Sequence[Audit]:
    """Return the acts on a subject, the oldest first."""
    return session.exec(select(Audit).where(Audit.subject == subject).order_by(col(Audit.id))).all()


def has_done(
    session: Session,
    member_id: int,
    act: Act,
    subject: str,
    since: Moment,
    *,
    what: str | None = None,
) -> bool:
    """Return whether a member did this since then; with ``what``, only what says so of itself."""
    query = select(Audit.details).where(
        Audit.subject == subject,
        Audit.member_id == member_id,
        Audit.act == act,
        col(Audit.at) > since,
    )
    return any(what is None or each.get("what", "") == what for each in session.exec(query))


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return what a member did by virtue of a role, as plain values."""
    theirs = col(Audit.member_id).in_(aliases.all_of(session, member_id))
    rows = session.exec(select(Audit).where(theirs).order_by(col(Audit.id)))
    return [{"at": each.at, "act": each.act, "subject": each.subject} for each in rows]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which acts are wanted; what is empty leaves nothing out."""

    act: str = ""
    by: int | None = None
    since: Moment | None = None
    until: Moment | None = None


def at_places(
    session: Session,
    places: Sequence[Station],
    wanted: Filter,
    *,
    skip: int = 0,
    after: int | None = None,
    limit: int = 6,
) -> Sequence[Audit]:
    """Return the acts at these stations and below them, the newest first; or those ``after`` one.

    Acts without a station, such as the operator's, are those of the district.
    """
    query = select(Audit).where(_is_at(places)).order_by(col(Audit.id).desc())
    if wanted.act:
        query = query.where(Audit.act == wanted.act)
    if wanted.by is not None:
        query = query.where(col(Audit.member_id).in_(aliases.all_of(session, wanted.by)))
    if wanted.since is not None:
        query = query.where(col(Audit.at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(Audit.at) < wanted.until)
    if after is not None:
        query = query.where(col(Audit.id) < after)
    return session.exec(query.offset(skip).limit(limit)).all()


def acts_at(session: Session, places: Sequence[Station]) -> list[Act]:
    """Return which acts there are at these stations and below them, in the order of the table."""
    found = set(session.exec(select(Audit.act).where(_is_at(places)).distinct()))
    return [act for act in Act if act in found]


def actors_at(
    session: Session, places: Sequence[Station], name: str, limit: int
) -> Sequence[Member]:
    """Return those who acted there and are called so; if nobody is, whose name holds the words."""
    acted = select(Audit.member_id).where(_is_at(places), col(Audit.member_id).is_not(None))
    merged = select(MemberAlias.member_id).where(col(MemberAlias.old_id).in_(acted))
    theirs = or_(col(Member.id).in_(acted), col(Member.id).in_(merged))
    query = select(Member).where(theirs).order_by(Member.name, col(Member.id)).limit(limit)
    exactly = session.exec(query.where(Member.name == name)).all()
    holds = col(Member.name).contains(name, autoescape=True)
    return exactly or session.exec(query.where(holds)).all()


def _is_at(places: Sequence[Station]) -> ColumnElement[bool]:
    """Return the condition of an act that the organizers of any of these stations may read.

    Those of a contact point do not read who of their people was found in a list: it is nothing to
    the employer who of them talks with the station.
    """
    parts = []
    for place in places:
        below = select(Station.id).where(col(Station.path).startswith(place.path))
        is_there: ColumnElement[bool] = col(Audit.station_id).in_(below)
        if place.kind is StationKind.CONTACT_POINT:
            is_there = and_(is_there, col(Audit.act) != Act.BIND_MEMBER)
        parts.append(is_there)
        if place.parent_id is None:
            parts.append(col(Audit.station_id).is_(None))
    return or_(*parts)
