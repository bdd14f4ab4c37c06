"""Tokens by which programs act for a member: made and ended at the desk, kept as a hash.

A token belongs to one role of its member and ends with it. What a program does by it, the verbs
allow or refuse as to the member themselves, and only within the token's scopes.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, delete, func, or_, select, update

from models.network import audit, members, roles
from models.network.members import Member
from models.network.roles import Grant, NotAllowed
from models.network.stations import Station
from models.rules.network import permissions, scopes
from models.rules.network.permissions import LEADERS, Act
from models.rules.network.scopes import Scope
from models.store import Moment

PREFIX = "yizhan_"
"""What a token begins with, so that a search for leaked secrets finds it."""

TOKEN_BYTES = 32
LONGEST_NAME = 60
LASTS = (timedelta(days=30), timedelta(days=90), timedelta(days=365))
"""How long a token may last: none is for good, and nobody has to remember to end it."""

MOST = 20
"""How many tokens a member may have at a time."""

SEEN_EVERY = timedelta(minutes=5)
"""How old the note of a token's last use may be: a write for each request would be too many."""


class ApiToken(SQLModel, table=True):
    """A token that holds until ``until`` and while the role ``grant_id`` does; the row goes then.

    ``scopes`` are as ``models.rules.network.scopes.to_column`` has them. ``grant_id`` is no foreign
    key: a role that is gone ends the token as one that was withdrawn does.
    """

    __tablename__ = "api_token"

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    name: str
    member_id: int = Field(foreign_key="member.id", index=True)
    grant_id: int = Field(index=True)
    scopes: str
    since: Moment
    until: Moment = Field(index=True)
    used_at: Moment | None = None

    @property
    def opens(self) -> frozenset[Scope]:
        """``scopes`` as a value."""
        return scopes.from_column(self.scopes)


class NotMade(StrEnum):
    """Why no token was made."""

    NO_NAME = "no name"
    NO_SCOPE = "no scope"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Made:
    """``secret`` is the token itself, which is told once."""

    token: ApiToken
    secret: str


def make(
    session: Session,
    grant_id: int,
    name: str,
    wanted: Collection[Scope],
    lasts: timedelta,
    by: int,
    now: Moment,
) -> Made | NotMade:
    """Make a token for one of a member's own roles; it lasts one of ``LASTS``.

    Raises NotAllowed for a role that is not theirs, or lets no programs in. Scopes for which the
    role has no right are left out.
    """
    grant = roles.grant_in_force(session, grant_id, now)
    if grant is None or grant.member_id != by or lasts not in LASTS:
        raise NotAllowed(Act.LET_PROGRAMS)
    if grant.role not in permissions.roles_for(Act.LET_PROGRAMS):
        raise NotAllowed(Act.LET_PROGRAMS)
    roles.require(session, by, Act.LET_PROGRAMS, grant.station_id, now)
    name = " ".join(name.split())[:LONGEST_NAME]
    kept = scopes.to_column(set(wanted) & set(scopes_of(grant)))
    if not name:
        return NotMade.NO_NAME
    if not kept:
        return NotMade.NO_SCOPE
    query = select(func.count()).where(ApiToken.member_id == by, col(ApiToken.until) > now)
    if session.exec(query).one() >= MOST:
        return NotMade.TOO_MANY
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken(
        token_hash=_hash(secret),
        name=name,
        member_id=by,
        grant_id=grant.id,
        scopes=kept,
        since=now,
        until=now + lasts,
    )
    session.add(row)
    session.flush()
    _record(session, row, grant, by, now, what="made", scopes=kept)
    return Made(row, secret)


def scopes_of(grant: Grant) -> list[Scope]:
    """Return the scopes that a role can give to a token."""
    needs = scopes.NEEDS
    return [each for each in Scope if grant.role in permissions.roles_for(needs[each])]


def end(session: Session, token_id: int, by: int | None, now: Moment) -> bool:
    """End a token at once; return False if there is none.

    A member ends their own, and whoever lets programs in at its place or above ends any there; so
    does the operator, None. Raises NotAllowed for others.
    """
    row = session.get(ApiToken, token_id, with_for_update=True)
    if row is None:
        return False
    grant = session.get(Grant, row.grant_id)
    if row.member_id != by:
        station_id = grant.station_id if grant is not None else None
        roles.require(session, by, Act.LET_PROGRAMS, station_id, now)
    session.delete(row)
    session.flush()
    _record(session, row, grant, by, now, what="ended")
    return True


def end_all(session: Session, member_id: int) -> None:
    """End every token of a member: of who lost their phone, for instance."""
    session.exec(delete(ApiToken).where(col(ApiToken.member_id) == member_id))


def _record(
    session: Session, row: ApiToken, grant: Grant | None, by: int | None, now: Moment, **said: str
) -> None:
    station_id = grant.station_id if grant is not None else None
    about = f"member:{row.member_id}"
    named = {"token": row.id, **said}
    audit.record(session, by, Act.LET_PROGRAMS, about, now, station_id=station_id, **named)


# Reading


@dataclass(frozen=True, slots=True)
class Held:
    """A token with its member, and with the role and the place to which it belongs."""

    token: ApiToken
    member: Member
    grant: Grant
    station: Station


def find(session: Session, secret: str, now: Moment) -> Held | None:
    """Return the token of this secret, while it, its role and its member's right last."""
    if not secret.startswith(PREFIX):
        return None
    row = session.exec(_held(now).where(ApiToken.token_hash == _hash(secret))).first()
    if row is None or members.is_blocked(row[1], now):
        return None
    return Held(*row)


def at_places(session: Session, member_id: int, now: Moment) -> Sequence[Held]:
    """Return a member's own tokens, and those at their places and below, the newest first."""
    allowed = permissions.roles_for(Act.LET_PROGRAMS) - LEADERS
    places = [
        col(Station.path).startswith(each.path)
        for each in roles.held_by(session, member_id, now)
        if each.role in allowed
    ]
    theirs = or_(ApiToken.member_id == member_id, *places)
    rows = session.exec(_held(now).where(theirs).order_by(col(ApiToken.id).desc()))
    return [Held(*each) for each in rows]


def below(session: Session, station: Station, now: Moment) -> Sequence[Held]:
    """Return the tokens that belong to a station and those below it, the newest first."""
    here = col(Station.path).startswith(station.path)
    rows = session.exec(_held(now).where(here).order_by(col(ApiToken.id).desc()))
    return [Held(*each) for each in rows]


def _held(now: Moment) -> Any:
    return (
        select(ApiToken, Member, Grant, Station)
        .join(Member, col(Member.id) == col(ApiToken.member_id))
        .join(Grant, col(Grant.id) == col(ApiToken.grant_id))
        .join(Station, col(Station.id) == col(Grant.station_id))
        .where(
            col(ApiToken.until) > now,
            col(Grant.member_id) == col(ApiToken.member_id),
            *roles.in_force(now),
        )
    )


def is_unseen(row: ApiToken, now: Moment) -> bool:
    """Return whether a token's use is to be noted."""
    return row.used_at is None or now - row.used_at >= SEEN_EVERY


def saw(session: Session, token_id: int, now: Moment) -> None:
    """Note that a token is in use."""
    session.exec(update(ApiToken).where(col(ApiToken.id) == token_id).values(used_at=now))


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return a member's tokens, as plain values."""
    rows = session.exec(select(ApiToken).where(ApiToken.member_id == member_id))
    return [
        {
            "name": each.name,
            "scopes": each.scopes,
            "since": each.since,
            "until": each.until,
            "used_at": each.used_at,
        }
        for each in rows
    ]


def forget_expired(session: Session, before: Moment) -> None:
    """Delete tokens that ended before a moment."""
    session.exec(delete(ApiToken).where(col(ApiToken.until) < before))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
