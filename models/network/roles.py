"""Who is what at which station: roles given by a one-time code, withdrawn in one tap."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Field, Session, SQLModel, col, delete, or_, select

from models.network import audit
from models.network.members import Caller, Member
from models.network.stations import Station, StationKind
from models.rules.network import permissions
from models.rules.network.permissions import RANK, Act, Held, Place, Role
from models.store import Moment, one_of

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
CODE_LASTS = timedelta(days=7)
"""Read aloud in a workshop: no letters that sound or look like another's digit."""

LEVELS = {
    StationKind.DISTRICT: Role.DISTRICT,
    StationKind.TOWN: Role.TOWN,
    StationKind.CONTACT_POINT: Role.CONTACT_POINT,
}


class Grant(SQLModel, table=True):
    """A role somebody has or had: at a station, or in a team. ``until`` may end it by itself."""

    __tablename__ = "role_grant"

    id: int = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    role: Role = Field(sa_type=one_of(Role))
    station_id: int = Field(foreign_key="station.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    since: Moment
    until: Moment | None = None
    withdrawn_at: Moment | None = None


class Invite(SQLModel, table=True):
    """A one-time code for a role; only its hash is kept. ``role_until`` ends the role itself."""

    id: int = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True)
    role: Role = Field(sa_type=one_of(Role))
    station_id: int = Field(foreign_key="station.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    by_member_id: int | None = None
    expires_at: Moment
    role_until: Moment | None = None
    used_at: Moment | None = None


class BadCode(StrEnum):
    """Why a code gives nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class RoleGiven:
    grant: Grant
    station: Station
    team_id: int | None


# Looking


def held_by(session: Session, member_id: int, now: Moment) -> list[Held]:
    """The roles that hold now, as the rules want them."""
    return [
        Held(grant.role, station.path, grant.team_id, grant.until)
        for grant, station in grants_of(session, member_id, now)
    ]


def grants_of(session: Session, member_id: int, now: Moment) -> Sequence[tuple[Grant, Station]]:
    """The roles of a member that hold now, with their stations."""
    return session.exec(
        select(Grant, Station)
        .join(Station, col(Station.id) == col(Grant.station_id))
        .where(Grant.member_id == member_id, *in_force(now))
        .order_by(col(Grant.id))
    ).all()


def may(
    session: Session,
    member_id: int,
    act: Act,
    station: Station,
    now: Moment,
    *,
    team_id: int | None = None,
) -> bool:
    """Whether this member may do this at that station, or in that team."""
    return permissions.may(act, held_by(session, member_id, now), Place(station.path, team_id), now)


def who_can(
    session: Session, act: Act, station: Station, now: Moment, *, but: int | None = None
) -> Sequence[Member]:
    """Who may do this at a station: those nearest to it; of upper levels only where none is there.

    ``but`` leaves somebody out: nobody approves what they asked for themselves.
    """
    allowed = [role for role in permissions.roles_for(act) if role not in permissions.LEADERS]
    for path in _upwards(station.path):
        holders = session.exec(
            select(Member)
            .join(Grant, col(Grant.member_id) == col(Member.id))
            .join(Station, col(Station.id) == col(Grant.station_id))
            .where(Station.path == path, col(Grant.role).in_(allowed), *in_force(now))
            .order_by(col(Grant.id))
        ).all()
        others = {member.id: member for member in holders if member.id != but}
        if others:
            return list(others.values())
    return []


def of_station(session: Session, station: Station, now: Moment) -> Sequence[tuple[Grant, Member]]:
    """The roles at a station and below it, the highest first."""
    grants = session.exec(
        select(Grant, Member)
        .join(Member, col(Member.id) == col(Grant.member_id))
        .join(Station, col(Station.id) == col(Grant.station_id))
        .where(col(Station.path).startswith(station.path), *in_force(now))
        .order_by(col(Station.path), col(Grant.id))
    ).all()
    return sorted(grants, key=lambda each: -RANK[each[0].role])


def in_force(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a grant that holds at ``now``, for a query's WHERE."""
    return (
        col(Grant.withdrawn_at).is_(None),
        or_(col(Grant.until).is_(None), col(Grant.until) > now),
    )


def _upwards(path: str) -> list[str]:
    """``/1/3/17/`` and its ancestors, the nearest first."""
    steps = path.strip("/").split("/")
    return ["/" + "/".join(steps[:length]) + "/" for length in range(len(steps), 0, -1)]


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Every role a member has or had, as plain values."""
    grants = session.exec(
        select(Grant, Station).join(Station).where(Grant.member_id == member_id)
    ).all()
    return [
        {
            "role": grant.role,
            "station": station.name,
            "since": grant.since,
            "until": grant.withdrawn_at or grant.until,
        }
        for grant, station in grants
    ]


# Giving and taking


def invite(
    session: Session,
    role: Role,
    station: Station,
    now: Moment,
    *,
    team_id: int | None = None,
    by: int | None = None,
    role_until: Moment | None = None,
) -> str:
    """Make a code that gives this role to whoever sends it first, within a week.

    ``by`` is None at the command line. The caller has asked ``permissions.may_grant`` before.
    """
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    session.add(
        Invite(
            code_hash=_hash(code),
            role=role,
            station_id=station.id,
            team_id=team_id,
            by_member_id=by,
            expires_at=now + CODE_LASTS,
            role_until=role_until,
        )
    )
    session.flush()
    if by is not None:
        act = Act.INVITE_ORGANIZER if role in permissions.ORGANIZERS else Act.INVITE_CORE_MEMBER
        audit.record(session, by, act, f"role:{role}", now, station_id=station.id)
    return code


def claim(session: Session, caller: Caller, code: str, now: Moment) -> RoleGiven | BadCode:
    """Take the role that a code gives; it works once."""
    invitation = session.exec(
        select(Invite).where(Invite.code_hash == _hash(code)).with_for_update()
    ).first()
    if invitation is None:
        return BadCode.UNKNOWN
    if invitation.used_at is not None:
        return BadCode.USED
    if now >= invitation.expires_at:
        return BadCode.EXPIRED
    invitation.used_at = now
    session.add(invitation)
    return give(
        session,
        caller.id,
        invitation.role,
        session.get_one(Station, invitation.station_id),
        now,
        team_id=invitation.team_id,
        until=invitation.role_until,
    )


def give(
    session: Session,
    member_id: int,
    role: Role,
    station: Station,
    now: Moment,
    *,
    team_id: int | None = None,
    until: Moment | None = None,
) -> RoleGiven:
    """Give a role; the same one held already is renewed."""
    same = session.exec(
        select(Grant).where(
            Grant.member_id == member_id,
            Grant.role == role,
            Grant.station_id == station.id,
            Grant.team_id == team_id,
            *in_force(now),
        )
    ).first()
    grant = same or Grant(
        member_id=member_id, role=role, station_id=station.id, team_id=team_id, since=now
    )
    grant.until = until
    session.add(grant)
    session.flush()
    return RoleGiven(grant, station, team_id)


def withdraw(session: Session, grant_id: int, by: int, now: Moment) -> Grant | None:
    """End a role at once; None when it had ended already."""
    grant = session.exec(
        select(Grant).where(Grant.id == grant_id, *in_force(now)).with_for_update()
    ).first()
    if grant is None:
        return None
    grant.withdrawn_at = now
    session.add(grant)
    session.flush()
    audit.record(
        session,
        by,
        Act.WITHDRAW_ROLE,
        f"member:{grant.member_id}",
        now,
        station_id=grant.station_id,
        role=str(grant.role),
    )
    return grant


def forget_member(session: Session, member_id: int) -> None:
    """Drop every role of a member who is erased; the audit keeps what was done by number."""
    session.exec(delete(Grant).where(col(Grant.member_id) == member_id))


def _hash(code: str) -> str:
    plain = code.strip().upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode()).hexdigest()
