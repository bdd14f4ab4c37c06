"""Correct what stands about a published event: words, sort, picture, host and audience.

Nobody is told of it: what concerns those who come (time, place, cancelling) has verbs of its own in
``models.events.running``. Each change is audited with what was before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from models.events import _changes
from models.events.events import Event
from models.events.running import Changed, Meanwhile, TooLate
from models.network import audit, roles, stations
from models.rules.events import windows
from models.rules.events.publishing import PublishRight, publish_right
from models.rules.events.windows import EventAct
from models.rules.network.permissions import Act, Place
from models.store import Moment


@dataclass(frozen=True, slots=True)
class NotTheirHost:
    """The member may not give the event to this host: they do not publish there by themselves."""


@dataclass(frozen=True, slots=True)
class Same:
    """The event has these values already; nothing was written."""

    event: Event


def edit(
    session: Session,
    event_id: int,
    values: Mapping[str, Any],
    by: int | None,
    now: Moment,
    *,
    seen: int | None = None,
) -> Changed | Same | TooLate | Meanwhile | NotTheirHost:
    """Change columns of an event; ``by`` and ``seen`` are as in ``running``.

    Raises ``roles.NotAllowed`` when ``by`` may not run the event.
    ``values`` are by the names in ``EDITABLE``; those of texts are a Translated. A new host is a
    place at which the member may publish without asking.
    """
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    team_id = event.team_id
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=team_id)
    if by is not None and "station_id" in values and not _publishes(session, values, by, now):
        return NotTheirHost()
    if why := windows.refusal(EventAct.EDIT, event, now):
        return TooLate(event, why)
    if seen not in (None, event.revision):
        return Meanwhile(event)
    host = event.station_id
    made = _changes.edit(session, event, values, now)
    if not made:
        return Same(event)
    audit.record(
        session,
        by,
        Act.RUN_EVENT,
        f"event:{event.id}",
        now,
        station_id=host,
        what="edited",
        changes=made,
    )
    return Changed(event)


def as_edited(event: Event, values: Mapping[str, Any]) -> Event:
    """Return the event as it would be with these values; the row stays as it is."""
    copy = Event(**event.model_dump())
    _changes.put(copy, values)
    return copy


def _publishes(session: Session, values: Mapping[str, Any], by: int, now: Moment) -> bool:
    """Return whether the member publishes for the host of these values without asking."""
    host = stations.get(session, values["station_id"])
    if host is None:
        return False
    place = Place(host.path, values.get("team_id"))
    return publish_right(roles.held_by(session, by, now), place, now) is PublishRight.AT_ONCE
