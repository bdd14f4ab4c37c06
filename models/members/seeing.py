"""Which people an organizer may see, and on whom they may act."""

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import Session, col, select

from models.network import roles, stations, walls
from models.network.members import Member
from models.network.roles import NotAllowed
from models.network.stations import Station
from models.rules.network import permissions
from models.rules.network.permissions import Act, Place
from models.store import Moment


def visible_to(session: Session, by: int, now: Moment) -> ColumnElement[bool]:
    """Return the condition of a member whom an organizer may find and open.

    Those are the people of their places and below, and for the district also those who told no
    place; but never strangers who agreed to nothing, nor the own people of a firm at which the
    organizer holds a role.
    """
    allowed = permissions.roles_for(Act.SEE_PERSON)
    grants = roles.grants_of(session, by, now)
    places = [station for grant, station in grants if grant.role in allowed]
    if not places:
        return false()
    agreed = or_(col(Member.consented_at).is_not(None), col(Member.loaded_as) != "")
    has_all = any(station.parent_id is None for station in places)
    below = or_(*(col(Station.path).startswith(station.path) for station in places))
    here = true() if has_all else col(Member.station_id).in_(select(Station.id).where(below))
    firms = walls.firms_of(session, by, now)
    if not firms:
        return and_(agreed, here)
    points = walls.points_of(firms)
    return and_(
        agreed, here, or_(col(Member.station_id).is_(None), col(Member.station_id).not_in(points))
    )


def find(session: Session, by: int, member_id: int, now: Moment) -> Member | None:
    """Return a member whom this organizer may see; None for all others."""
    query = select(Member).where(Member.id == member_id, visible_to(session, by, now))
    return session.exec(query).first()


def desk_of(session: Session, member: Member) -> int | None:
    """Return the station in whose audit it stands what is done about a member.

    That is never a contact point: it is nothing to the employer who of them talks with the station.
    """
    desk = stations.desk_of(session, member.station_id)
    return desk.id if desk is not None else None


def require_above(session: Session, by: int | None, act: Act, member: Member, now: Moment) -> None:
    """Let a verb act on a member by an organizer who sees them and is above every role they hold.

    None is the operator. Raises NotAllowed else, also for oneself.
    """
    if by is None:
        return
    if by == member.id or find(session, by, member.id, now) is None:
        raise NotAllowed(act)
    desk = stations.desk_of(session, member.station_id)
    held, theirs = (roles.held_by(session, each, now) for each in (by, member.id))
    place = Place(desk.path if desk is not None else "")
    if not permissions.is_above(act, held, theirs, place, now):
        raise NotAllowed(act)
