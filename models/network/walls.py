"""The wall between a firm's organizers and the firm's own people.

Who holds a role at a company is one of its organizers, whatever other roles they hold: of its own
people they neither read letters nor see profiles.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, or_, select

from models.network import roles
from models.network.stations import Station, StationKind
from models.rules.network.permissions import LEADERS
from models.store import Moment


def firms_of(session: Session, member_id: int, now: Moment) -> list[str]:
    """The paths of the contact points at which a member holds a role, but for those in teams."""
    return [
        station.path
        for grant, station in roles.grants_of(session, member_id, now)
        if station.kind == StationKind.CONTACT_POINT and grant.role not in LEADERS
    ]


def points_of(paths: Sequence[str]) -> Any:
    """Return the query of the stations of the firms at these paths, wherever their places are."""
    here = or_(*(col(Station.path).startswith(path) for path in paths))
    firms = select(Station.enterprise_id).where(here, col(Station.enterprise_id).is_not(None))
    return select(Station.id).where(or_(here, col(Station.enterprise_id).in_(firms)))
