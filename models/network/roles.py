"""Give roles at stations, withdraw them, and answer who may do what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from models.network import audit, helpers
from models.network.members import Address, Member
from models.network.second_factors import SecondFactor
from models.network.stations import Station, StationKind
from models.rules.network import permissions
from models.rules.network.permissions import RANK, Act, Held, Place, Role
from models.store import Moment, cached, one_of

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


class NotAllowed(Exception):
    """A verb was called for a member without the right to it; its handler refuses before."""


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

    def read() -> Sequence[tuple[Grant, Station]]:
        return session.exec(
            select(Grant, Station)
            .join(Station, col(Station.id) == col(Grant.station_id))
            .where(Grant.member_id == member_id, *in_force(now))
            .order_by(col(Grant.id))
        ).all()

    # A page asks for what its reader may do again and again.
    return cached(session, ("grants", member_id, now), read)


def held_then(session: Session, member_id: int, at: Moment) -> Sequence[tuple[Grant, Station]]:
    """Return the roles that a member held at a moment, the highest first."""
    grants = session.exec(
        select(Grant, Station)
        .join(Station, col(Station.id) == col(Grant.station_id))
        .where(
            Grant.member_id == member_id,
            Grant.since <= at,
            or_(col(Grant.withdrawn_at).is_(None), col(Grant.withdrawn_at) > at),
            or_(col(Grant.until).is_(None), col(Grant.until) > at),
        )
    ).all()
    return sorted(grants, key=lambda each: -RANK[each[0].role])


def may(
    session: Session,
    member_id: int,
    act: Act,
    station: Station,
    now: Moment,
    *,
    team_id: int | None = None,
    event_id: int | None = None,
) -> bool:
    """Return whether a member may do this at that station, or in that team, or at that event.

    Where the act is about an event, whoever helps at it may do some of it without a role.
    """
    place = Place(station.path, team_id)
    if permissions.may(act, held_by(session, member_id, now), place, now):
        return True
    helps = event_id is not None and act in permissions.FOR_AN_EVENING
    return helps and helpers.helps(session, event_id or 0, member_id, now)


def where(session: Session, member_id: int, act: Act, now: Moment) -> Station | None:
    """Return the first station where a member may do this; None where they may nowhere."""
    for grant, station in grants_of(session, member_id, now):
        if grant.role in permissions.roles_for(act):
            return station
    return None


def require(
    session: Session,
    by: int | None,
    act: Act,
    station_id: int | None,
    now: Moment,
    *,
    team_id: int | None = None,
    event_id: int | None = None,
) -> None:
    """Let a verb go on for a member who may do this; None is the operator, who may.

    Raises NotAllowed when the member may not, so that nothing of the transaction is kept.
    """
    if by is None:
        return
    station = session.get(Station, station_id) if station_id is not None else None
    about = {"team_id": team_id, "event_id": event_id}
    if station is None or not may(session, by, act, station, now, **about):
        raise NotAllowed(act)


def may_grant(
    session: Session,
    by: int,
    role: Role,
    station: Station,
    now: Moment,
    *,
    team_id: int | None = None,
) -> bool:
    """Return whether a member may give this role there, or take it away."""
    place = Place(station.path, team_id)
    return permissions.may_grant(role, held_by(session, by, now), place, now)


def who_can(
    session: Session, act: Act, station: Station, now: Moment, *, but: int | None = None
) -> Sequence[Member]:
    """Return the members who may do this at a station, of the nearest level that has any.

    ``but`` excludes a member: no one approves their own request. As in ``nearest``, a role counts
    once somebody can be told.
    """
    found = nearest(session, act, station, now, but=but)
    return found[1] if found is not None else []


def nearest(
    session: Session, act: Act, station: Station, now: Moment, *, but: int | None = None
) -> tuple[Station, Sequence[Member]] | None:
    """Return the nearest station, this one or one above, whose members may do this, and these.

    Whoever has no chat hears of nothing: a role that a file gave to a row counts from when its
    person is bound.
    """
    allowed = [role for role in permissions.roles_for(act) if role not in permissions.LEADERS]
    for path in _upwards(station.path):
        holders = session.exec(
            select(Station, Member)
            .join(Grant, col(Grant.station_id) == col(Station.id))
            .join(Member, col(Grant.member_id) == col(Member.id))
            .where(Station.path == path, col(Grant.role).in_(allowed), *in_force(now), has_chat())
            .order_by(col(Grant.id))
        ).all()
        others = {member.id: member for _station, member in holders if member.id != but}
        if others:
            return holders[0][0], list(others.values())
    return None


def upwards(
    session: Session, act: Act, station: Station, now: Moment, *, limit: int
) -> Sequence[Member]:
    """Return those who may do this at a station, of every level above as well, nearest first."""
    allowed = [role for role in permissions.roles_for(act) if role not in permissions.LEADERS]
    rows = session.exec(
        select(Member)
        .join(Grant, col(Grant.member_id) == col(Member.id))
        .join(Station, col(Grant.station_id) == col(Station.id))
        .where(
            col(Station.path).in_(_upwards(station.path)),
            col(Grant.role).in_(allowed),
            *in_force(now),
        )
        .order_by(func.length(Station.path).desc(), col(Grant.id))
        .limit(limit)
    )
    return list({each.id: each for each in rows}.values())


def who_hold(session: Session, ids: Collection[int], now: Moment) -> dict[int, Member]:
    """Return those of these members who hold any role now, by their numbers."""
    if not ids:
        return {}
    holds = select(Grant.member_id).where(col(Grant.member_id).in_(ids), *in_force(now))
    rows = session.exec(select(Member).where(col(Member.id).in_(holds)))
    return {each.id: each for each in rows}


def paths_with(session: Session, act: Act, now: Moment) -> set[str]:
    """Return the paths of the stations where somebody with a chat holds a role that allows it."""
    allowed = [role for role in permissions.roles_for(act) if role not in permissions.LEADERS]
    query = (
        select(Station.path)
        .join(Grant, col(Grant.station_id) == col(Station.id))
        .where(col(Grant.role).in_(allowed), *in_force(now), has_chat())
    )
    return set(session.exec(query.distinct()))


def grant_in_force(session: Session, grant_id: int, now: Moment) -> Grant | None:
    """Return a role that holds now; None if it has ended, or there is none."""
    return session.exec(select(Grant).where(Grant.id == grant_id, *in_force(now))).first()


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


def at_station(session: Session, station_id: int, now: Moment) -> Sequence[tuple[Grant, Member]]:
    """Return the roles that stand at this station itself, but for those in its teams."""
    grants = session.exec(
        select(Grant, Member)
        .join(Member, col(Member.id) == col(Grant.member_id))
        .where(Grant.station_id == station_id, col(Grant.team_id).is_(None), *in_force(now))
        .order_by(col(Grant.id))
    ).all()
    return sorted(grants, key=lambda each: -RANK[each[0].role])


def in_force(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a grant that holds at ``now``, for a query's WHERE."""
    return (
        col(Grant.withdrawn_at).is_(None),
        or_(col(Grant.until).is_(None), col(Grant.until) > now),
    )


def with_chat(session: Session, grant_ids: Sequence[int]) -> set[int]:
    """Return which of these grants are held by somebody who can be told of anything."""
    return set(session.exec(select(Grant.id).where(col(Grant.id).in_(grant_ids), has_chat())))


def has_chat() -> ColumnElement[bool]:
    """Return the condition of a grant whose member has a chat, or a password for the desk."""
    chat = exists().where(col(Address.member_id) == col(Grant.member_id))
    return or_(chat, exists().where(col(SecondFactor.member_id) == col(Grant.member_id)))


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
    """Give a role, or renew the same one if the member holds it.

    The verb that calls this has checked the right, and records its own act in the audit.
    """
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
    """End a role at once; return None if it had ended already.

    A member may give up a role of their own. Raises NotAllowed when ``by`` may not take it away.
    """
    grant = session.exec(
        select(Grant).where(Grant.id == grant_id, *in_force(now)).with_for_update()
    ).first()
    if grant is None:
        return None
    station, team_id = session.get_one(Station, grant.station_id), grant.team_id
    is_own = grant.member_id == by
    if not is_own and not may_grant(session, by, grant.role, station, now, team_id=team_id):
        raise NotAllowed(Act.WITHDRAW_ROLE)
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
