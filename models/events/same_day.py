"""What else the same people are called to on a day: the calendar of collisions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.events.events import UNLISTED, Event
from models.network.stations import Station
from models.store import Moment

LOOKED_AT = 60
NAMED = 2


@dataclass(frozen=True, slots=True)
class SameDay:
    """The nearest others of the day, those at the same hours first, and how many there are."""

    nearest: Sequence[Event]
    number: int


def others(
    session: Session,
    station_id: int,
    team_id: int | None,
    starts_at: Moment,
    ends_at: Moment,
    zone: ZoneInfo,
    *,
    but: Collection[int] = (),
) -> SameDay:
    """Return what is held that day for the same people: at that station, above and below it.

    Of a team's events only those of that team and of no team at all are for its people.
    """
    station = session.get(Station, station_id)
    if station is None:
        return SameDay((), 0)
    day = starts_at.astimezone(zone).date()
    begins = datetime.combine(day, time(), zone)
    rows = session.exec(
        select(Event, Station.path)
        .join(Station, col(Station.id) == col(Event.station_id))
        .where(
            col(Event.starts_at) >= begins,
            col(Event.starts_at) < begins + timedelta(days=1),
            col(Event.state).not_in(UNLISTED),
            col(Event.id).not_in(but),
        )
        .order_by(col(Event.starts_at), col(Event.id))
        .limit(LOOKED_AT)
    ).all()
    found = [event for event, path in rows if _is_for_the_same(event, path, station, team_id)]

    def apart(event: Event) -> tuple[bool, bool, timedelta]:
        clashes = event.starts_at < ends_at and starts_at < event.ends_at
        is_own = event.team_id == team_id if event.team_id else event.station_id == station_id
        return not clashes, not is_own, abs(event.starts_at - starts_at)

    return SameDay(sorted(found, key=apart)[:NAMED], len(found))


def _is_for_the_same(event: Event, path: str, station: Station, team_id: int | None) -> bool:
    if team_id is not None and event.team_id == team_id:
        return True
    if event.team_id is not None:
        # What a team does concerns those who are in it, and nobody else.
        return False
    return path.startswith(station.path) or station.path.startswith(path)
