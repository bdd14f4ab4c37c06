"""Give roles at stations by one-time codes, withdraw them, and answer who may do what."""

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
    """A role that a member holds or held, at a station or in a team; it may end at ``until``."""

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
    """A one-time code for a role, stored as a hash; the role given ends at ``role_until``."""

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
    """Why a code gives no role."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class RoleGiven:
    grant: Grant
    station: Station
    team_id: int | None


# Reading


def held_by(session: Session, member_id: int, now: Moment) -> list[Held]:
    """Return the roles that a member holds now, as the permission rules take them."""
    return [
        Held(grant.role, station.path, grant.team_id, grant.until)
        for grant, station in grants_of(session, member_id, now)
    ]


def grants_of(session: Session, member_id: int, now: Moment) -> Sequence[tuple[Grant, Station]]:
    """Return a member's roles in force, with their stations."""
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
    """Return whether a member may do this at that station, or in that team."""
    return permissions.may(act, held_by(session, member_id, now), Place(station.path, team_id), now)


def who_can(
    session: Session, act: Act, station: Station, now: Moment, *, but: int | None = None
) -> Sequence[Member]:
    """Return the members who may do this at a station, of the nearest level that has any.

    ``but`` excludes a member: no one approves their own request.
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
    """Return the roles at a station and below it, the highest first."""
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
    """Return a path like ``/1/3/17/`` and its ancestors, the nearest first."""
    steps = path.strip("/").split("/")
    return ["/" + "/".join(steps[:length]) + "/" for length in range(len(steps), 0, -1)]


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return every role that a member holds or held, as plain values."""
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
    """Return a new code for a role; the first member who sends it within a week gets it.

    ``by`` is None at the command line. The caller must have checked ``permissions.may_grant``.
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
    """Give the caller the role of a code, once."""
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
    """Give a role, or renew the same one if the member holds it."""
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
    """End a role at once; return None if it had ended already."""
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
    """Delete the roles of a member who is erased; the audit keeps their acts by number."""
    session.exec(delete(Grant).where(col(Grant.member_id) == member_id))


def _hash(code: str) -> str:
    plain = code.strip().upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode()).hexdigest()
