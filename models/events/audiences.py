"""Whom events are for: the rule of ``models.rules.events.audience``, for one event and in SQL."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    String,
    bindparam,
    cast,
    exists,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.network.members import Member
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.events import audience as rules
from models.store import Moment, table_of
from models.store.statements import Prepared


class Somebody(Protocol):
    """A member by their number and place, as a row or as a caller."""

    @property
    def id(self) -> int: ...

    @property
    def station_id(self) -> int | None: ...

    @property
    def blocked_until(self) -> Moment | None: ...


_MEMBERS, _STATIONS, _MEMBERSHIPS = table_of(Member), table_of(Station), table_of(Membership)
_PLACES = Prepared(
    select(_STATIONS.c.path, _STATIONS.c.enterprise_id, _MEMBERSHIPS.c.team_id)
    .select_from(_MEMBERS)
    .outerjoin(_STATIONS, _STATIONS.c.id == bindparam("station_id"))
    .outerjoin(_MEMBERSHIPS, _MEMBERSHIPS.c.member_id == _MEMBERS.c.id)
    .where(_MEMBERS.c.id == bindparam("member_id"))
)
"""Where a member works, once for each of their teams, and once without any.

Prepared, for it runs for every claim of a rush where an event is narrowed or has quotas.
"""


def admits(session: Session, column: str, member: Somebody) -> bool:
    """Return whether an event with this audience admits a member; reads nothing if it is open."""
    return not column or belongs(session, [column], member) == [True]


def belongs(session: Session, columns: Sequence[str], member: Somebody) -> list[bool]:
    """Return for each of these audiences whether it admits a member."""
    if not columns:
        return []
    rows = _PLACES.all(session, {"member_id": member.id, "station_id": member.station_id})
    path, employer = (rows[0].path or "", rows[0].enterprise_id) if rows else ("", None)
    teams = [each.team_id for each in rows if each.team_id is not None]
    parts = rules.parts_of(path, employer, teams)
    return [rules.admits(each, parts) for each in columns]


def is_for(column: Any) -> ColumnElement[bool]:
    """Return the same as a condition on the column, whose parameters are ``asked_by`` somebody.

    Building it takes ten times as long as SQLite takes to answer, so callers keep it.
    """
    parts = _parts_of(bindparam("member_id", type_=Integer), bindparam("here", type_=Integer))
    return or_(column == "", exists().where(column.contains(parts.c.part)))


def asked_by(caller: Somebody) -> dict[str, Any]:
    """Return the parameters of ``is_for`` for a member."""
    return {"member_id": caller.id, "here": caller.station_id}


def _parts_of(member_id: Any, station_id: Any) -> CTE:
    """Every part of an audience that a member belongs to, as it stands in the column."""
    own, above = aliased(Station), aliased(Station)
    here = col(own.id) == station_id
    parts = union_all(
        select(_part("s", above.id))
        .select_from(own)
        .join(above, col(own.path).startswith(above.path))
        .where(here),
        select(_part("e", own.enterprise_id)).where(here, col(own.enterprise_id).is_not(None)),
        select(_part("t", Membership.team_id)).where(col(Membership.member_id) == member_id),
    )
    # Materialized, or SQLite would find them anew for each narrowed event.
    return parts.cte("parts").prefix_with("MATERIALIZED")


def _part(letter: str, number: Any) -> Any:
    return (f"/{letter}" + cast(number, String) + "/").label("part")
