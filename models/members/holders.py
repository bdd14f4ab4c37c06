"""Who holds which role where, and until when: lists for organizers, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_
from sqlmodel import Session, col, false, or_, select

from models.network import roles
from models.network.members import Member
from models.network.name_keys import NameKey
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.languages import Translated
from models.rules.network import permissions
from models.rules.network.permissions import Act, Place, Role
from models.rules.search import people
from models.store import Moment
from models.teams.teams import Team

MOST = 100
"""Roles on a page at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which roles are looked for; what is empty leaves none out.

    ``words`` begin the name of who holds it, in Chinese, pinyin or initials. ``station_id`` is a
    place and all below it.
    """

    words: str = ""
    role: Role | None = None
    station_id: int | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """A role in force. ``team`` is the team of a captain or deputy; ``may_end`` for who asked."""

    grant_id: int
    member_id: int
    name: str
    role: Role
    place: Translated
    team_id: int | None
    team: Translated | None
    since: Moment
    until: Moment | None
    may_end: bool


def holders(
    session: Session,
    by: int,
    wanted: Wanted,
    now: Moment,
    *,
    before: int | None = None,
    limit: int = 30,
) -> tuple[list[Holder], int | None]:
    """Return the roles at an organizer's places and below, the newest first, and where to go on.

    ``before`` is the number with which the page before ended. Whoever may give no role sees none.
    """
    limit = min(max(limit, 1), MOST)
    allowed = permissions.roles_for(Act.INVITE_CORE_MEMBER)
    mine = [
        station for grant, station in roles.grants_of(session, by, now) if grant.role in allowed
    ]
    below = or_(*(col(Station.path).startswith(each.path) for each in mine)) if mine else false()
    query = (
        select(Grant, Member, Station)
        .join(Member, col(Member.id) == col(Grant.member_id))
        .join(Station, col(Station.id) == col(Grant.station_id))
        .where(below, *roles.in_force(now))
        .order_by(col(Grant.id).desc())
        .limit(limit + 1)
    )
    if wanted.role is not None:
        query = query.where(Grant.role == wanted.role)
    if wanted.station_id is not None:
        here = select(Station.path).where(Station.id == wanted.station_id).scalar_subquery()
        query = query.where(col(Station.path).startswith(here))
    if words := wanted.words.strip():
        keys = people.asked(words).keys
        ranges = [
            and_(col(NameKey.key) >= each, col(NameKey.key) < people.until(each)) for each in keys
        ]
        named = select(NameKey.member_id).where(or_(*ranges) if ranges else false())
        query = query.where(col(Grant.member_id).in_(named))
    if before is not None:
        query = query.where(col(Grant.id) < before)
    rows = session.exec(query).all()
    held = roles.held_by(session, by, now)
    teams = _teams(session, [grant.team_id for grant, _member, _station in rows])
    found = [
        Holder(
            grant.id,
            member.id,
            member.name,
            grant.role,
            station.text_of("name"),
            grant.team_id,
            teams.get(grant.team_id or 0),
            grant.since,
            grant.until,
            member.id == by
            or permissions.may_grant(grant.role, held, Place(station.path, grant.team_id), now),
        )
        for grant, member, station in rows[:limit]
    ]
    return found, found[-1].grant_id if len(rows) > limit else None


def _teams(session: Session, ids: Sequence[int | None]) -> Mapping[int, Translated]:
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    rows = session.exec(select(Team).where(col(Team.id).in_(wanted)))
    return {each.id: each.text_of("name") for each in rows}
