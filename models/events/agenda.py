"""The events of places and teams, as who runs them looks at them: by day, and who is short."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, false, or_, select

from models.events.events import UNLISTED, Event, EventState
from models.network.stations import Station
from models.store import Moment

SOON = timedelta(days=7)
SHORT_OF = 0.3
"""Below this share of its seats, an event that is near is short of sign-ups."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The places, by their paths, and the teams whose events are looked at; and single events."""

    paths: Sequence[str] = ()
    teams: Collection[int] = ()
    events: Collection[int] = ()

    def condition(self) -> ColumnElement[bool]:
        """The condition of an event that is held there; false where there are none."""
        below = [col(Station.path).startswith(path) for path in self.paths]
        at_places = col(Event.station_id).in_(select(Station.id).where(or_(false(), *below)))
        conditions: list[ColumnElement[bool]] = [at_places] if below else []
        if self.teams:
            conditions.append(col(Event.team_id).in_(self.teams))
        if self.events:
            conditions.append(col(Event.id).in_(self.events))
        return or_(*conditions) if conditions else false()


def between(
    session: Session, whose: Whose, since: Moment, until: Moment, limit: int
) -> Sequence[tuple[Event, Station]]:
    """Return the events that start in a span, the earliest first, with their stations."""
    return session.exec(
        select(Event, Station)
        .join(Station, col(Station.id) == col(Event.station_id))
        .where(
            col(Event.starts_at) >= since,
            col(Event.starts_at) < until,
            col(Event.state).not_in(UNLISTED),
            whose.condition(),
        )
        .order_by(col(Event.starts_at), col(Event.id))
        .limit(limit)
    ).all()


def short(
    session: Session, whose: Whose, now: Moment, limit: int
) -> Sequence[tuple[Event, Station]]:
    """Return the events of the next days that few have signed up for, the earliest first."""
    taken = col(Event.held) + col(Event.entered)
    return session.exec(
        select(Event, Station)
        .join(Station, col(Station.id) == col(Event.station_id))
        .where(
            col(Event.starts_at) > now,
            col(Event.starts_at) < now + SOON,
            Event.state == EventState.OPEN,
            col(Event.seats).is_not(None),
            taken < col(Event.seats) * SHORT_OF,
            whose.condition(),
        )
        .order_by(col(Event.starts_at), col(Event.id))
        .limit(limit)
    ).all()
