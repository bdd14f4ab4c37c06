"""Set who may sign up for an event, and from when: what organizers do about it, audited."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from models.events import changes, events, gates, requests
from models.events.events import Event
from models.network import audit, roles
from models.network.stations import Care
from models.rules.events import gates as rules
from models.rules.events import windows
from models.rules.events.gates import Gates
from models.rules.events.windows import EventAct, Why
from models.rules.network.permissions import Act
from models.store import Moment


@dataclass(frozen=True, slots=True)
class GatesSet:
    """The conditions hold now; ``let_in`` so many who waited for an approval, which none needs."""

    event: Event
    let_in: int = 0


@dataclass(frozen=True, slots=True)
class GatesNotSet:
    """Nothing was changed, for this reason."""

    event: Event
    why: Why


def put(
    session: Session,
    event_id: int,
    wanted: Gates,
    opens_at: Moment | None,
    by: int | None,
    care: Care,
    now: Moment,
) -> GatesSet | GatesNotSet:
    """Give an event these conditions in place of those it has. Whoever has a claim keeps it.

    Raises ``roles.NotAllowed`` when ``by`` may not run the event; None is the operator.
    """
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    was = rules.from_column(event.gates)
    if why := windows.refusal(EventAct.EDIT, event, now):
        return GatesNotSet(event, why)
    if wanted.approval and event.draw:
        return GatesNotSet(event, Why.NOT_WITH_DRAW)
    if wanted.done_number is not None and wanted.done != was.done:
        before = events.get(session, wanted.done_number)
        if before is None or before.id == event.id:
            return GatesNotSet(event, Why.NO_SUCH_EVENT)
        wanted = replace(wanted, done=f"#{before.id} {before.title}")
    if opens_at is not None and opens_at >= windows.sign_up_ends(event):
        return GatesNotSet(event, Why.CLOSED)
    is_moved = opens_at != event.opens_at
    event.gates, event.opens_at = wanted.to_column(), opens_at
    changes.note_change(session, event, now)
    session.add(event)
    session.flush()
    audit.record(
        session,
        by,
        Act.RUN_EVENT,
        f"event:{event.id}",
        now,
        station_id=place,
        what="conditions",
        gates=event.gates,
        opens_at=opens_at.isoformat() if opens_at is not None else None,
    )
    if is_moved:
        gates.tell_anew(session, event, now)
    # Nobody who asked is overtaken by who need not ask any more.
    let_in = 0
    if was.approval and not wanted.approval:
        let_in = requests.let_in_all(session, event.id, by, care, now)
        session.refresh(event)
    return GatesSet(event, let_in)
