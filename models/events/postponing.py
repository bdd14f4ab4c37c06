"""Postpone an event whose new date is to come, and take back that one is cancelled.

``running.move`` sets the date. Each raises ``roles.NotAllowed`` when ``by`` may not run the event;
``by`` and ``seen`` are as in ``running``.
"""

from sqlmodel import Session

from models.events import _changes, checking_in, offers
from models.events.events import Event
from models.events.running import Changed, ChangeOutcome, note, to_change
from models.network.stations import Care
from models.rules.events.windows import EventAct
from models.store import Moment


def postpone(
    session: Session,
    event_id: int,
    reason: str,
    by: int | None,
    now: Moment,
    *,
    seen: int | None = None,
) -> ChangeOutcome:
    """Leave the date of an event to come, and notify members with a claim.

    Claims stay in their order; offers end, and these people are the first to be asked again. What
    has begun begins anew: nobody is checked in.
    """
    event = to_change(session, event_id, by, now, EventAct.POSTPONE, seen)
    if not isinstance(event, Event):
        return event
    was = event.starts_at
    undone = checking_in.start_anew(session, event_id)
    told = _changes.postpone(session, event, reason=reason, now=now)
    note(session, event, by, now, "postponed", was=was.isoformat())
    return Changed(event, told=told, undone=undone)


def restore(
    session: Session,
    event_id: int,
    by: int | None,
    care: Care,
    now: Moment,
    *,
    seen: int | None = None,
) -> ChangeOutcome:
    """Take back that an event is cancelled, before it begins, and notify who was told of it.

    Claims are as they were; free seats are offered to the queue.
    """
    event = to_change(session, event_id, by, now, EventAct.RESTORE, seen)
    if not isinstance(event, Event):
        return event
    told = _changes.restore(session, event, care=care, now=now)
    note(session, event, by, now, "restored")
    offered = offers.fill(session, event_id, care, now).offered
    session.refresh(event)
    return Changed(event, told=told, offered=offered)
