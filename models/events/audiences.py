"""Whom events are for: the rule of ``models.rules.events.audience``, for one event and in SQL."""

from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.network import memberships
from models.network.members import Caller
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.events import audience as rules


def admits(session: Session, column: str, caller: Caller) -> bool:
    """Return whether an event with this audience admits a member; reads nothing if it is open."""
    if not column:
        return True
    station = session.get(Station, caller.station_id) if caller.station_id is not None else None
    return rules.admits(
        rules.from_column(column),
        station.path if station is not None else "",
        station.enterprise_id if station is not None else None,
        memberships.teams_of(session, caller.id),
    )


def is_for(column: Any, member_id: int, station_id: int | None) -> ColumnElement[bool]:
    """Return the same as a condition on the column, for the member at this station."""
    own, above = aliased(Station), aliased(Station)
    in_team = exists().where(
        col(Membership.member_id) == member_id, _names(column, "t", Membership.team_id)
    )
    if station_id is None:
        return or_(column == "", in_team)
    is_below = exists().where(
        col(own.id) == station_id,
        col(own.path).startswith(above.path),
        _names(column, "s", above.id),
    )
    works_for = exists().where(
        col(own.id) == station_id,
        col(own.enterprise_id).is_not(None),
        _names(column, "e", own.enterprise_id),
    )
    return or_(column == "", is_below, works_for, in_team)


def _names(column: Any, letter: str, number: Any) -> ColumnElement[bool]:
    part: ColumnElement[bool] = column.contains(f"/{letter}" + cast(number, String) + "/")
    return part
